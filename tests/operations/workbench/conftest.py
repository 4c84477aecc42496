"""A stored run of the teaching study, and a data folder that only one test uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencorridor.operations.run import RunRequest
from opencorridor.operations.run import stored as stored_run
from opencorridor.operations.workbench import results
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import Study
from tests.operations.conftest import DRAWS, Results


@pytest.fixture(scope="session")
def stored(ran: Results, teaching: Study) -> Stored:
    """Return the run of the teaching study with draws, as it lies in the cache."""
    place = stored_run(RunRequest("teaching", draws=DRAWS), teaching)
    return results.find(teaching, place.result_id)


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path
