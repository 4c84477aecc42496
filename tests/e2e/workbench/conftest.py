"""A served teaching study, and pages that fail on any error or request to the outside."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opencorridor.operations import run
from opencorridor.study import Study
from opencorridor.study.cache import cache_dir
from tests.conftest import alone

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

SHIPPED = "iran_kazakhstan"
ROOT = Path(__file__).resolve().parents[3]
SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 390, "height": 844},
}


@dataclass
class Served:
    """A running server: its address, and what its pages did that they should not."""

    address: str
    process: subprocess.Popen[str]
    faults: list[str] = field(default_factory=list)


def start(home: Path, *options: str) -> Served:
    """Start ``opencorridor serve`` on the teaching study with folders of its own."""
    environment = {**os.environ, "OPENCORRIDOR_CACHE": str(home / "cache")}
    environment["XDG_DATA_HOME"] = str(home / "data")
    command = [sys.executable, "-c", "from opencorridor.cli.main import main; main()", "serve"]
    process = subprocess.Popen(
        [*command, "--study", "teaching", "--port", "0", "--no-open", *options],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://[\d.]+:\d+", line)
        if found:
            return Served(found[0], process)
    raise AssertionError("the server did not say its address")


def stop(served: Served) -> None:
    served.process.terminate()
    served.process.wait(timeout=20)
    if served.process.stdout is not None:
        served.process.stdout.close()


@pytest.fixture(scope="session")
def served(
    tmp_path_factory: pytest.TempPathFactory, cache_folder: Path, teaching: Study
) -> Iterator[Served]:
    """Return a server of the teaching study, whose first run one worker made for all."""
    home = tmp_path_factory.mktemp("served")
    first = run.RunRequest("teaching", str(home / "results"), workers=1)
    with alone(cache_folder, "teaching-run"):
        run.run(first)
    # Nothing else is lent: what other tests asked for would be known before a page asks.
    made = run.stored(first, teaching).folder
    shutil.copytree(made, home / made.relative_to(cache_folder.parent))
    server = start(home)
    yield server
    stop(server)


def watch(page: Page, served: Served) -> None:
    """Note console errors, faults of scripts, and requests that leave the machine."""

    def request(address: str) -> None:
        if not address.startswith((served.address, "data:", "blob:")):
            served.faults.append(f"request to {address}")

    page.on("request", lambda r: request(r.url))
    page.on("console", lambda m: served.faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: served.faults.append(str(e)))


@pytest.fixture(scope="session")
def finished(served: Served) -> Served:
    """Return the server once the study's first run is done, as the page asks for it.

    A route is asked for too: on a new machine the first one compiles the search, and no page
    waits that long.
    """
    import httpx

    ask = {"origin": "Alpha City", "destination": "Charlie City"}
    httpx.post(f"{served.address}/api/v1/routes", json=ask, timeout=240).raise_for_status()
    for _ in range(480):
        latest = httpx.get(f"{served.address}/api/v1/results/latest", timeout=60).json()
        if latest["result"]:
            return served
        time.sleep(0.5)
    raise AssertionError("the first run did not end")


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[dict[bool, BrowserContext]]:
    """Return two windows for all tests, without and with motion: scripts are compiled once.

    In software every frame of a moving map costs; a module with ``MOTION = True`` wants them.
    """
    made = {
        motion: browser.new_context(
            viewport=SIZES["wide"],
            accept_downloads=True,
            reduced_motion="no-preference" if motion else "reduce",
        )
        for motion in (False, True)
    }
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def page(
    request: pytest.FixtureRequest, contexts: dict[bool, BrowserContext], served: Served
) -> Iterator[Page]:
    """Return a page that must end without any fault; it leaves nothing for the next one."""
    served.faults.clear()
    own = contexts[getattr(request.module, "MOTION", False)].new_page()
    own.set_default_timeout(20_000)
    watch(own, served)
    yield own
    if own.url.startswith(served.address):
        own.evaluate("() => localStorage.clear()")
    own.close()
    assert served.faults == []


@pytest.fixture
def visit(page: Page, finished: Served) -> Callable[..., Page]:
    """Open a path of the workbench."""

    def go(path: str) -> Page:
        page.goto(finished.address + path)
        page.get_by_role("main").wait_for()
        return page

    return go


# --- the shipped study --------------------------------------------------------------------------


def borrowed(home: Path, study: Study) -> Path:
    """Return a cache that lends what is in that of the tests, for a server to add runs of its own.

    What it adds stays out of the other one: a run that stands for another must not be found there.
    """
    common = cache_dir(study.hash)
    own = home / "cache" / common.parent.name / common.name
    own.mkdir(parents=True)
    for place, into in ((common.parent, own.parent), (common, own)):
        for entry in place.iterdir():
            if not (into / entry.name).exists():
                (into / entry.name).symlink_to(entry)
    return own


@pytest.fixture(scope="session")
def shipped(
    tmp_path_factory: pytest.TempPathFactory, cache_folder: Path, shipped_potential: Study
) -> Iterator[Served]:
    """Return a server of the shipped study with a finished run.

    That is the default run without its draws: a quarter of the time, and every number but bands.
    """
    study, home = shipped_potential, tmp_path_factory.mktemp("shipped")
    whole = run.stored(run.RunRequest(SHIPPED), study)
    quick = run.RunRequest(SHIPPED, draws=0, out=str(home / "results"))
    if not whole.done:
        with alone(cache_folder, "shipped-run"):
            run.run(quick)
    own = borrowed(home, study)
    if not whole.done:
        shutil.copytree(run.stored(quick, study).folder, own / whole.folder.name)
    server = start(home, "--study", SHIPPED)
    yield server
    stop(server)
