"""Fixtures of the web tests: a server of the teaching study with a cache of its own."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():
    # It asks for another client library; the one that is locked does what these tests need.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

from opencorridor.web.app import create_app
from opencorridor.web.settings import Settings

BASE = "http://127.0.0.1"
API = "/api/v1"
QUICK: dict[str, Any] = {"params": {"kind": "run", "draws": 0}}


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty cache that only this test uses, its processes included."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(folder))
    return folder


def built(folder: Path) -> Path:
    """Write a small built front end."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>workbench</title>", encoding="utf-8")
    (folder / "assets" / "app-1a2b.js").write_text("export {};", encoding="utf-8")
    (folder / "fonts.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Return a small built front end."""
    return built(tmp_path / "dist")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a server that is up, for all tests of a file.

    The first request of a server builds its routes: that takes longer than most tests.
    """
    dist = built(tmp_path_factory.mktemp("served") / "dist")
    with TestClient(create_app(Settings(study="teaching", dist=dist)), base_url=BASE) as found:
        yield found


def wait_for(
    client: Any, job_id: str, stop: Callable[[dict[str, Any]], bool], seconds: float = 300.0
) -> dict[str, Any]:
    """Return a job as soon as it is as wanted."""
    end = time.monotonic() + seconds
    while True:
        job: dict[str, Any] = client.get(f"{API}/jobs/{job_id}").json()
        if stop(job):
            return job
        assert time.monotonic() < end, f"the job stays {json.dumps(job)}"
        time.sleep(0.05)


def ended(job: dict[str, Any]) -> bool:
    """Whether a job has ended."""
    return job["state"] in ("done", "failed", "cancelled", "interrupted")
