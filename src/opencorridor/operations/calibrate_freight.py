"""Fit the choice of routes to observed loads, and write the study that results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from opencorridor.operations.check import checked
from opencorridor.scenario.choice_fit import ChoiceFit, fit_choice, observed_loads
from opencorridor.scenario.constant_fit import ConstantFit, fit_study
from opencorridor.scenario.store import load_model
from opencorridor.study import OpenCorridorError, Problem, open_study
from opencorridor.study.write import write_study

if TYPE_CHECKING:
    from opencorridor.study import Study

__all__ = ["FreightCalibrateRequest", "FreightCalibrateResult", "run"]

SOURCE_ID = "choice_calibration"


@dataclass(frozen=True)
class FreightCalibrateRequest:
    """A study, and the folder that the calibrated one is written to (None: not written)."""

    study: str | Path | Study = "iran_kazakhstan"
    out: Path | None = None
    force: bool = False


@dataclass(frozen=True, eq=False)
class FreightCalibrateResult:
    """What was fitted, the study with it, and the folder that was written, or None.

    ``constants`` is None for a study without rows of ``choice_constant``.
    """

    found: ChoiceFit
    constants: ConstantFit | None
    study: Study
    out: Path | None

    def places(self) -> list[dict[str, Any]]:
        """Return one row a load: observed, before and after the fit, and whose goods they are."""
        found = self.found
        return [
            {
                "place_id": one.place_id,
                "goods": one.goods,
                "observed_t_per_year": one.t_per_year,
                "before_t_per_year": before.t_per_year,
                "after_t_per_year": after.t_per_year,
                "third_share": after.third_share,
                "own_share": after.own_share,
                "traffic_ids": list(one.traffic_ids),
            }
            for one, before, after in zip(found.observed, found.before, found.after, strict=True)
        ]

    def scales(self) -> list[dict[str, Any]]:
        """Return the scale of every group before and after."""
        f = self.found
        rows = zip(f.groups, f.scale_before.tolist(), f.scale_after.tolist(), strict=True)
        return [{"choice_group": g, "before": a, "after": b} for g, a, b in rows]

    def constant_rows(self) -> list[dict[str, Any]]:
        """Return the constant of every group, as a share of cost, with its range."""
        c = self.constants
        if c is None:
            return []
        numbers = zip(c.value.tolist(), c.low.tolist(), c.high.tolist(), strict=True)
        return [
            {"constant_group": name, "cost_share": value, "low": low, "high": high}
            for name, (value, low, high) in zip(c.names, numbers, strict=True)
        ]

    def count_rows(self) -> list[dict[str, Any]]:
        """Return the counts that constants were fitted to, t a year; left out: fitted without."""
        c = self.constants
        if c is None:
            return []
        loads = (c.observed, c.before, c.after, c.left_out)
        names = ("observed", "before", "after", "left_out")
        return [
            {"series": series}
            | {f"{n}_t_per_year": float(x) for n, x in zip(names, row, strict=True)}
            for series, *row in zip(c.series, *loads, strict=True)
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; a share of no load is null."""
        places = [
            {k: None if isinstance(v, float) and v != v else v for k, v in row.items()}
            for row in self.places()
        ]
        return {
            "schema_version": 1,
            "out": str(self.out) if self.out else None,
            "study_hash": self.study.hash,
            "places": places,
            "scales": self.scales(),
            "constants": self.constant_rows(),
            "counts": self.count_rows(),
        }


def _fitted(study: Study, found: ChoiceFit) -> Study:
    source, choice = study["source"], found.choice
    if SOURCE_ID not in set(source["source_id"]):
        title = "Scales of the choice of routes fitted to the observed loads of this study"
        source = source.concat([{"source_id": SOURCE_ID, "title": title}])
    for column, value in (("source", SOURCE_ID), ("status", "derived")):
        cells = choice[column].copy()
        cells[:] = value
        choice = choice.with_column(column, cells)
    return study.replace({"source": source, "choice": choice})


def _with_constants(study: Study, found: ConstantFit) -> Study:
    table, match = study["choice_constant"], study["traffic_match"]
    changed: dict[str, Any] = {"cost_share": found.value[found.group]}
    same = found.low == found.high
    for end, values in (("low", found.low), ("high", found.high)):
        changed[f"cost_share_{end}"] = np.where(same, np.nan, values)[found.group]
    for column, value in (("source", SOURCE_ID), ("status", "derived")):
        changed[column] = np.full(table.n, value, dtype=table[column].dtype)
    without = match["left_out_t_per_year"].copy()
    for series, load in zip(found.series, found.left_out.tolist(), strict=True):
        without[match["series"] == series] = load
    return study.replace(
        {
            "choice_constant": table.with_columns(changed),
            "traffic_match": match.with_column("left_out_t_per_year", without),
        }
    )


def run(
    request: FreightCalibrateRequest, progress: Callable[[str], None] = lambda _: None
) -> FreightCalibrateResult:
    """Fit the scales of all groups of ``choice`` to the loads of ``choice_places``.

    Then the constants of ``choice_constant``, at these scales, to the counts of ``traffic_match``
    that are marked ``calibrates = choice``.

    Raises
    ------
    OpenCorridorError
        Every problem of the study; ``no_observed_loads`` where no load can be compared.
    NotConverged
        Where the waits do not clear the places at some scale.
    """
    given = request.study
    progress("Reading the study")
    study = open_study(given) if isinstance(given, str | Path) else given
    checked(study)
    observed = observed_loads(study)
    if not observed:
        raise OpenCorridorError(
            [
                Problem(
                    "no_observed_loads",
                    "no observed load is named, so there is nothing to fit to",
                    table="traffic",
                    column="use",
                    expected="choice_places in [run] of study.toml, and rows of traffic with "
                    "use=yes at these places near the baseline year",
                    mend="name crossings or terminals whose traffic was observed",
                )
            ]
        )
    progress("Drawing up the model")
    model = load_model(study)
    progress("Fitting to observed loads")
    found = fit_choice(model, observed)
    fitted, constants = _fitted(study, found), None
    if fitted["choice_constant"].n:
        progress("Fitting constants")
        constants = fit_study(fitted, progress)
        fitted = _with_constants(fitted, constants)
    out = write_study(fitted, request.out, request.force) if request.out is not None else None
    return FreightCalibrateResult(found, constants, fitted, out)
