"""Run a study: baseline, measures, roadmap, band and report."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from opencorridor.documents import Answer, check_folder, render
from opencorridor.documents.csvfiles import csv_text
from opencorridor.documents.folder import json_text, results_folder
from opencorridor.study import OpenCorridorError, Problem, Study, open_study
from opencorridor.study.cache import cache_dir, code_version

__all__ = ["RunRequest", "RunResult", "StoredRun", "again", "run", "stored"]


@dataclass(frozen=True)
class RunRequest:
    """What is asked: a study by name or folder, and how to run it.

    ``draws`` and ``seed`` default to the study's; ``budget_usd`` to none. ``closures`` adds what
    happens if each crossing shuts for a year, which is no part of the answer.
    """

    study: str = "iran_kazakhstan"
    out: str = "results"
    seed: int | None = None
    draws: int | None = None
    loop: bool = True
    budget_usd: float | None = None
    workers: int = 2
    force: bool = False
    use_cache: bool = True
    closures: bool = False


@dataclass(frozen=True)
class RunResult:
    """Folder written, summary, seconds, and whether the answer came from the cache.

    ``result_id`` names the result; ``stored`` is where it is kept, None where it could not be.
    """

    folder: Path
    summary: dict[str, Any]
    tables: dict[str, list[dict[str, Any]]]
    seconds: float
    from_cache: bool
    result_id: str
    stored: Path | None


@dataclass(frozen=True)
class StoredRun:
    """Where the result of a request is kept, and whether it is there."""

    result_id: str
    folder: Path
    done: bool


def _key(study_hash: str, request: RunRequest, seed: int, draws: int) -> str:
    """Content hash of a result: study, settings and the program."""
    parts = [study_hash, seed, draws, request.loop, request.budget_usd, code_version()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _seed_and_draws(study: Study, request: RunRequest) -> tuple[int, int]:
    """Seed and draws of a request; the study's where it names none."""
    own = study.settings.run
    return (
        own.seed if request.seed is None else request.seed,
        own.draws if request.draws is None else request.draws,
    )


def stored(request: RunRequest, study: Study | None = None) -> StoredRun:
    """Return where the result of a request is kept; ``study`` saves reading it again.

    Raises
    ------
    OpenCorridorError
        If the study cannot be read.
    """
    study = open_study(request.study) if study is None else study
    key = _key(study.hash, request, *_seed_and_draws(study, request))
    folder = cache_dir(study.hash) / f"run-{key}"
    return StoredRun(key, folder, (folder / "done").is_file())


def _cached(folder: Path) -> dict[str, str] | None:
    """Texts of a stored result by file name."""
    if not (folder / "done").is_file():
        return None
    return {
        p.name: p.read_text(encoding="utf-8") for p in sorted(folder.iterdir()) if p.name != "done"
    }


def _store(folder: Path, files: dict[str, str]) -> None:
    """Store a result; a cache that cannot be written is no error."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8", newline="")
        (folder / "done").write_text("", encoding="utf-8")
    except OSError:
        return


def _files(answer: Answer) -> dict[str, str]:
    files = {"summary.json": json_text(answer.summary), "report.html": render(answer)}
    for name, rows in answer.tables.items():
        files[f"{name}.csv"] = csv_text(rows)
    files["tables.json"] = json_text(dict(answer.tables), indent=None)
    return files


def _closures(request: RunRequest, progress: Callable[[str, int, int], None]) -> str:
    """Return what each crossing is worth as CSV; the list has a cache of its own."""
    from opencorridor.operations.freight_closures import ClosuresRequest
    from opencorridor.operations.freight_closures import run as closures

    listed = closures(ClosuresRequest(request.study), progress, use_cache=request.use_cache)
    return csv_text([{k: v for k, v in row.items() if k != "names"} for row in listed.rows])


def _write(files: dict[str, str], request: RunRequest, info: dict[str, Any]) -> Path:
    with results_folder(request.out, info, request.force) as new:
        for name, content in files.items():
            if name != "tables.json":
                (new / name).write_text(content, encoding="utf-8", newline="")
    return Path(request.out)


def run(
    request: RunRequest,
    *,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    central: Callable[[dict[str, Any]], None] = lambda _: None,
) -> RunResult:
    """Run a study and write its results folder.

    ``progress`` is told step, done and of how many; ``central`` gets the summary as soon as the
    central answer stands, before the band.

    Raises
    ------
    OpenCorridorError
        Bad input, with all problems; nothing is written then.
    """
    from opencorridor import __version__

    started = time.perf_counter()
    check_folder(request.out, request.force)
    progress("study", 0, 0)
    study = open_study(request.study)
    seed, draws = _seed_and_draws(study, request)
    place = stored(request, study)
    info = {
        "study": request.study,
        "study_hash": study.hash,
        "version": __version__,
        "settings": {k: v for k, v in asdict(request).items() if k not in ("force", "use_cache")},
        "seed": seed,
        "draws": draws,
    }
    found = _cached(place.folder) if request.use_cache else None
    if found is None:
        found = _solve(study, request, seed, draws, progress, central)
        if request.use_cache:
            _store(place.folder, found)
        cached = False
    else:
        cached = True
        central(json.loads(found["summary.json"]))
    if request.closures:
        found = {**found, "closures.csv": _closures(request, progress)}
    seconds = time.perf_counter() - started
    folder = _write(found, request, {**info, "seconds": round(seconds, 3), "from_cache": cached})
    return RunResult(
        folder,
        json.loads(found["summary.json"]),
        json.loads(found["tables.json"]),
        seconds,
        cached,
        place.result_id,
        place.folder if (place.folder / "done").is_file() else None,
    )


def _solve(
    study: Study,
    request: RunRequest,
    seed: int,
    draws: int,
    progress: Callable[[str, int, int], None],
    central: Callable[[dict[str, Any]], None],
) -> dict[str, str]:
    """Solve the study and turn the answer into files."""
    from opencorridor.operations.check import checked
    from opencorridor.operations.results.answer import make_answer
    from opencorridor.operations.results.solve import add_band, solve

    checked(study)
    budget = float("inf") if request.budget_usd is None else request.budget_usd
    solved = solve(study, budget_usd=budget, loop=request.loop, progress=progress)
    progress("tables", 0, 0)
    answer = make_answer(solved)
    central(dict(answer.summary))
    if draws > 0:
        solved = add_band(
            solved, seed=seed, draws=draws, workers=request.workers, progress=progress
        )
        progress("report", 0, 0)
        answer = make_answer(solved)
    return _files(answer)


def again(run_json: Path, *, force: bool = False) -> RunRequest:
    """Request that repeats a run from its ``run.json``.

    Raises
    ------
    OpenCorridorError
        If the file is none that a run wrote.
    """
    try:
        stored = json.loads(run_json.read_text(encoding="utf-8"))
        settings = {**stored["settings"], "seed": stored["seed"], "draws": stored["draws"]}
        return RunRequest(**settings, force=force)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OpenCorridorError(
            [
                Problem(
                    "bad_run_file",
                    "is no run.json that can be repeated",
                    file=str(run_json),
                    expected="the run.json of a results folder, of this version",
                    mend="name the run.json that a run wrote",
                )
            ]
        ) from error
