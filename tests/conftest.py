"""Fixtures of every test: a private cache, the studies, Chromium and reference folders."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from opencorridor.study import Study

# Workers share the cores: threads of linear algebra would wait for each other, a hundred times
# longer than they work. Read when numpy is first imported, by the workers and their children too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_CHROMIUM_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# The same examples at every run: a test that fails today fails for everyone.
hypothesis.settings.register_profile("opencorridor", derandomize=True, deadline=None)
hypothesis.settings.load_profile("opencorridor")


# These files take longest. A worker takes one file after the other: were one of these the last,
# as those of few tests would be, the other workers would wait for it.
_LONGEST = (
    "e2e/workbench/test_provenance.py",
    "e2e/test_shipped_trade.py",
    "e2e/workbench/test_pages.py",
    "web/test_fuzz.py",
    "e2e/workbench/test_trade.py",
    "e2e/workbench/test_loose_numbers.py",
    "e2e/test_shipped_chain.py",
    "operations/workbench/test_trade_provenance.py",
    "routing/test_hierarchy.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first (``--no-loadscope-reorder`` keeps them there)."""
    here = Path(__file__).resolve().parent
    places = {here / name: n for n, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@cache
def find_chromium() -> Path | None:
    """Return the Chromium to test with: OPENCORRIDOR_CHROMIUM, else the first one on the PATH."""
    named = os.environ.get("OPENCORRIDOR_CHROMIUM")
    if named:
        return Path(named) if Path(named).exists() else None
    found = next((path for name in _CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if found:
        return Path(found)
    return next((place for place in map(Path, _CHROMIUM_PLACES) if place.exists()), None)


def find_reference() -> Path:
    """Return the reference instances' folder: OPENCORRIDOR_REFERENCE, else beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data" / "reference"
    return Path(os.environ.get("OPENCORRIDOR_REFERENCE") or beside)


def pytest_runtest_setup(item: pytest.Item) -> None:
    # Skipping here, at one place, lets pytest fold all skips of a kind into one line.
    if item.get_closest_marker("browser") and find_chromium() is None:
        reason = "no Chromium found (name one in OPENCORRIDOR_CHROMIUM): browser tests left out"
        if os.environ.get("OPENCORRIDOR_REQUIRE_BROWSER") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    if item.get_closest_marker("reference") and not find_reference().is_dir():
        pytest.skip("no folder of reference instances (OPENCORRIDOR_REFERENCE): left out")


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's own folders out of every test, subprocesses included."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # workers share one cache, as two runs of the product do
    root = base / "opencorridor-home"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
            patch.setenv(name, str(root / name.lower()))
        patch.setenv("OPENCORRIDOR_CACHE", str(root / "cache"))
        yield root / "cache"


@contextmanager
def alone(cache: Path, name: str) -> Iterator[None]:
    """Hold a lock of all workers: what one of them puts into the cache, the others find there.

    The system frees it with the process, so that a worker that dies leaves no lock behind.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(cache.parent / f"{name}.lock", timeout=600)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield
        lock.rollback()


@pytest.fixture(scope="session")
def shipped_model(cache_folder: Path) -> Study:
    """Return the shipped study, whose model is in the cache."""
    from opencorridor.scenario.store import load_model
    from opencorridor.study import open_study

    study = open_study("iran_kazakhstan")
    with alone(cache_folder, "model"):
        load_model(study)
    return study


@pytest.fixture(scope="session")
def shipped_potential(cache_folder: Path, shipped_model: Study) -> Study:
    """Return the shipped study; the potential of its pair is in the cache, too."""
    from opencorridor.operations.potential import potential
    from opencorridor.operations.workbench.session import Session

    with alone(cache_folder, "potential"):
        potential(Session(shipped_model))
    return shipped_model


@pytest.fixture(scope="session")
def teaching() -> Study:
    """Return the shipped teaching study, every result of which is computed by hand elsewhere."""
    from opencorridor.study import open_study

    return open_study("teaching")


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    """Return the folder of the reference instances (tests with the mark ``reference``)."""
    return find_reference()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium (tests with the mark ``browser``)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(find_chromium()), args=list(_CHROMIUM_ARGUMENTS)
        )
        yield chromium
        chromium.close()
