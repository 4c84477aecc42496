"""Every problem of every table, and the fit to observations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from opencorridor.study import OpenCorridorError, Problem, open_study
from opencorridor.study.cache import code_version, load_arrays, save_arrays
from opencorridor.study.check import registered, run_checks

if TYPE_CHECKING:
    from opencorridor.routing.fit import Fit
    from opencorridor.scenario.observed import FreightFit
    from opencorridor.study import Study

__all__ = ["CheckRequest", "CheckResult", "checked", "load_checks", "run"]

ROOMS = ("network", "costs", "trade", "routing", "freight", "scenario", "roadmap", "documents")


@dataclass(frozen=True)
class CheckRequest:
    """A study, and whether the fit is wanted."""

    study: str | Path | Study = "iran_kazakhstan"
    fit: bool = True


@dataclass(frozen=True)
class CheckResult:
    """What was found.

    Attributes
    ----------
    problems
        Errors first, then notices.
    checks
        Number of checks that ran.
    rows, tables
        How much was checked.
    fit
        Times and costs; None where there are errors, or the fit was not wanted.
    freight
        Tonnages; None too where the study compares none.
    """

    study_id: str
    study_hash: str
    problems: tuple[Problem, ...]
    checks: int
    rows: int
    tables: int
    fit: Fit | None
    freight: FreightFit | None = None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that stop the work."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def notices(self) -> tuple[Problem, ...]:
        """Things worth knowing."""
        return tuple(p for p in self.problems if p.severity != "error")

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "schema_version": 1,
            "study": self.study_id,
            "study_hash": self.study_hash,
            "checks": self.checks,
            "tables": self.tables,
            "rows": self.rows,
            "errors": len(self.errors),
            "notices": len(self.notices),
            "problems": [p.as_dict() for p in self.problems],
            "by_code": dict(Counter(p.code for p in self.problems)),
            "fit": self.fit.as_dict() if self.fit else None,
            "freight_fit": self.freight.as_dict() if self.freight else None,
        }


def load_checks() -> int:
    """Load the checks of every room (its module ``checks``, or ``check``); return their number."""
    for room in ROOMS:
        for name in ("checks", "check"):
            module = f"opencorridor.{room}.{name}"
            if find_spec(f"opencorridor.{room}") and find_spec(module):
                import_module(module)
    return len(registered())


def checked(study: Study) -> None:
    """Raise with all errors of a study; a study that was clean once is not checked again.

    Raises
    ------
    OpenCorridorError
        Every problem of every table.
    """
    key = f"checked-{code_version()}"
    if load_arrays(study.hash, key) is not None:
        return
    load_checks()
    errors = [p for p in run_checks(study) if p.severity == "error"]
    if errors:
        raise OpenCorridorError(errors)
    save_arrays(study.hash, key, {"clean": np.ones(1)})


def run(request: CheckRequest, progress: Callable[[str], None] | None = None) -> CheckResult:
    """Run all checks of all rooms; with a clean study compare it with its observations.

    Raises
    ------
    OpenCorridorError
        The study cannot be read: all problems of its files at once.
    """
    tell = progress or (lambda text: None)
    checks = load_checks()
    given = request.study
    tell("Reading the study")
    study = open_study(given) if isinstance(given, str | Path) else given
    tell(f"Running {checks} checks")
    problems = run_checks(study)
    clean = not any(p.severity == "error" for p in problems)
    found, freight = None, None
    if request.fit and clean:
        from opencorridor.routing.fit import fit

        tell("Comparing with observations")
        try:
            found = fit(study)
            freight = _freight_fit(study, tell)
        except OpenCorridorError as error:
            problems = [*error.problems, *problems]
    return CheckResult(
        study_id=study.id,
        study_hash=study.hash,
        problems=tuple(problems),
        checks=checks,
        rows=sum(table.n for table in study.tables.values()),
        tables=sum(1 for table in study.tables.values() if table.n),
        fit=found,
        freight=freight,
    )


def _freight_fit(study: Study, tell: Callable[[str], None]) -> FreightFit | None:
    """Compare the loads of the baseline with counts, where the study matches any."""
    if not (study["traffic_match"]["use"] == "compared").any():
        return None
    from opencorridor.scenario.observed import freight_fit
    from opencorridor.scenario.prices import prices
    from opencorridor.scenario.state import baseline
    from opencorridor.scenario.store import load_model

    tell("Comparing loads with counts")
    model = load_model(study)
    return freight_fit(model, baseline(model, prices(model, study, study.settings.baseline_date)))
