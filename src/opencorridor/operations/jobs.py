"""Work that takes longer than an answer: what a job is called, where it is kept, doing it."""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencorridor.operations.workbench.session import session_of
from opencorridor.study import OpenCorridorError, Problem, Study, open_study
from opencorridor.study.cache import cache_dir

if TYPE_CHECKING:
    from opencorridor.operations.run import RunRequest

__all__ = ["KINDS", "JobOutcome", "JobPlace", "job_place", "perform", "plain", "run_request"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class JobPlace:
    """Where the jobs of a study are kept; ``version`` changes with the program."""

    study_id: str
    study_hash: str
    version: str
    folder: Path

    def job_id(self, params: Mapping[str, Any]) -> str:
        """Return the name of a job: the same for the same work on the same study."""
        text = json.dumps([self.study_hash, self.version, params], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class JobOutcome:
    """What a job found; ``result`` is plain JSON, None where the run itself is stored."""

    result_id: str
    result: dict[str, Any] | None = None


def job_place(study: str) -> JobPlace:
    """Return where the jobs of a study are kept.

    Raises
    ------
    OpenCorridorError
        If the study cannot be read.
    """
    session = session_of(study)
    opened = session.study
    folder = cache_dir(opened.hash) / "jobs"
    return JobPlace(opened.settings.id, opened.hash, session.code, folder)


def plain(value: Any) -> Any:
    """Return a value as JSON has it: no NaN, no infinity, no tuples."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def run_request(study: str, params: Mapping[str, Any], out: str = "") -> RunRequest:
    """Return the ``RunRequest`` of a job's parameters."""
    from opencorridor.operations.run import RunRequest as Request

    return Request(
        study,
        out,
        seed=params.get("seed"),
        draws=params.get("draws"),
        loop=params.get("loop", True),
        budget_usd=params.get("budget_usd"),
    )


def _run(study: str, params: Mapping[str, Any], progress: Progress) -> JobOutcome:
    """Run the study; the stored result is what counts, the folder is thrown away."""
    from opencorridor.operations.run import run

    with tempfile.TemporaryDirectory(prefix="opencorridor-job-") as folder:
        request = run_request(study, params, str(Path(folder) / "results"))
        found = run(request, progress=progress)
        if found.stored is None:
            raise OpenCorridorError(
                [
                    Problem(
                        "cannot_save",
                        "the result cannot be stored",
                        mend="free some room, or set OPENCORRIDOR_CACHE to a folder that can be "
                        "written",
                    )
                ]
            )
        return JobOutcome(found.result_id)


def _roadmap(study: str, params: Mapping[str, Any], progress: Progress) -> JobOutcome:
    """Find a roadmap; it is named by its content."""
    from opencorridor.operations.roadmap import RoadmapRequest, run

    asked = {key: params[key] for key in params if key != "kind"}
    found = run(RoadmapRequest(study=study, **asked), progress)
    values = plain(found.as_dict())
    values.pop("schema_version", None)
    text = json.dumps([params, values], sort_keys=True, default=str)
    result_id = hashlib.sha256(text.encode()).hexdigest()[:32]
    return JobOutcome(result_id, {"result_id": result_id, **values})


def _scenario(study: str, params: Mapping[str, Any], progress: Progress) -> JobOutcome:
    """Solve a scenario with the ways that its changes open."""
    from opencorridor.operations.workbench.solve import solve_full

    found = plain(solve_full(open_study(study), params["spec"], progress))
    return JobOutcome(found["scenario_id"], found)


def _closures(study: str, params: Mapping[str, Any], progress: Progress) -> JobOutcome:
    """Solve a list of closures; its rows are kept, whatever the weeks."""
    from opencorridor.operations.freight_closures import ClosuresRequest, kept_list, run

    asked = {"halve": params["halve"], "fixed_trade": params["fixed_trade"]}
    request = ClosuresRequest(study=study, kind=params["place_kind"], **asked)
    run(request, progress)
    found = plain(kept_list(open_study(study), request))
    text = json.dumps([params, found["study_hash"]], sort_keys=True)
    return JobOutcome(hashlib.sha256(text.encode()).hexdigest()[:32], found)


KINDS: dict[str, Callable[[str, Mapping[str, Any], Progress], JobOutcome]] = {
    "run": _run,
    "roadmap": _roadmap,
    "scenario": _scenario,
    "closures": _closures,
}
"""What each kind of job does."""


def perform(
    study: str, study_hash: str, params: Mapping[str, Any], progress: Progress
) -> JobOutcome:
    """Do a job on the study of a hash; ``params["kind"]`` says which.

    Raises
    ------
    OpenCorridorError
        Bad input, with all problems; a study that is no longer the one that was asked about.
    """
    _same(open_study(study), study_hash)
    return KINDS[params["kind"]](study, params, progress)


def _same(study: Study, study_hash: str) -> None:
    if study.hash != study_hash:
        raise OpenCorridorError(
            [
                Problem(
                    "study_changed",
                    "the study's files have changed since the server started",
                    mend="stop the server and start it again",
                )
            ]
        )
