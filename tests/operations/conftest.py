"""The teaching study run once, with a few draws, and its world shared with the other rooms."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from opencorridor.network.kernels.threads import use_threads
from opencorridor.operations.run import RunRequest, run
from tests.scenario.worlds import World, teaching_world

DRAWS = 6


@dataclass(frozen=True)
class Results:
    """A results folder as its readers find it."""

    folder: Path
    draws: int = DRAWS

    @property
    def summary(self) -> dict[str, Any]:
        return json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))

    @property
    def info(self) -> dict[str, Any]:
        return json.loads((self.folder / "run.json").read_text(encoding="utf-8"))

    @property
    def report(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def files(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in sorted(self.folder.iterdir())}


def results_of(study: str | Path, folder: Path, **settings: Any) -> Results:
    """Run a study into a folder, without draws unless they are asked for."""
    use_threads(1)
    request = RunRequest(str(study), str(folder), **{"draws": 0, "workers": 1, **settings})
    run(request)
    return Results(folder, request.draws or 0)


@pytest.fixture(scope="session")
def world(cache_folder: object) -> World:
    """Return the teaching study with its model and baseline."""
    return teaching_world()


@pytest.fixture(scope="session")
def ran(cache_folder: object, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return the results of the teaching study with six draws, freshly solved."""
    return results_of("teaching", tmp_path_factory.mktemp("run") / "results", draws=DRAWS)
