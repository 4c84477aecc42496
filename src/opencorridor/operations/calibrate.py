"""Fit the uncertain numbers of a study to its observations, and write the study that results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencorridor.operations.check import checked
from opencorridor.routing.calibration import Calibrated, calibrate_study
from opencorridor.routing.fit import Fit, fit
from opencorridor.study import OpenCorridorError, Problem, open_study
from opencorridor.study.write import write_study

if TYPE_CHECKING:
    from opencorridor.study import Study

__all__ = ["CalibrateRequest", "CalibrateResult", "run"]

SOURCE_ID = "calibration"


@dataclass(frozen=True)
class CalibrateRequest:
    """A study, and the folder that the calibrated one is written to (None: not written)."""

    study: str | Path | Study = "iran_kazakhstan"
    out: Path | None = None
    force: bool = False


@dataclass(frozen=True, eq=False)
class CalibrateResult:
    """What came out.

    Attributes
    ----------
    found
        The calibrated study, factors, and groups that were left out.
    fit
        Of the calibrated study.
    out
        Folder that was written, or None.
    """

    found: Calibrated
    fit: Fit
    out: Path | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "schema_version": 1,
            "out": str(self.out) if self.out else None,
            "study_hash": self.found.study.hash,
            "groups_left_out": self.found.folds,
            "parameters": [dict(row) for row in self.found.study["calibration"].rows()],
            "fit": self.fit.as_dict(),
        }


def _with_source(study: Study) -> Study:
    table = study["source"]
    if SOURCE_ID in set(table["source_id"]):
        return study
    row = {
        "source_id": SOURCE_ID,
        "title": "Calibration of rates, speeds and stays on the observed trips of this study",
    }
    return study.replace({"source": table.concat([row])})


def run(
    request: CalibrateRequest, progress: Callable[[str], None] = lambda _: None
) -> CalibrateResult:
    """Calibrate a study: hours and prices within their low and high, fitted to observed trips.

    Raises
    ------
    OpenCorridorError
        Every problem of the study; ``no_observations`` where no trip is used.
    """
    given = request.study
    progress("Reading the study")
    study = open_study(given) if isinstance(given, str | Path) else given
    checked(study)
    if not (study["observation_match"]["use"] == "used").any():
        raise OpenCorridorError(
            [
                Problem(
                    "no_observations",
                    "no observed trip is used, so there is nothing to fit to",
                    table="observation_match",
                    column="use",
                    expected="rows with use=used, their ends and a value",
                    mend="match observations to places of the network",
                )
            ]
        )
    progress("Fitting to observations")

    def told(done: int, of: int) -> None:
        progress(f"Leaving out sources and corridors, {done} of {of}")

    found = calibrate_study(_with_source(study), SOURCE_ID, told)
    out = None
    if request.out is not None:
        out = write_study(found.study, request.out, request.force)
    return CalibrateResult(found, fit(found.study), out)
