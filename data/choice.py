"""Scales and constants of the choice of routes, fitted to the loads of the built tables.

``opencorridor calibrate --freight`` does the same to any study.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.common import Tables, num

if TYPE_CHECKING:
    from opencorridor.scenario.constant_fit import ConstantFit

__all__ = ["SOURCE_ID", "fit_constants", "fit_scales"]

SOURCE_ID = "choice_calibration"


def fit_scales(tables: Tables, out: Path) -> None:
    """Put the fitted scales into table ``choice`` of a study that is written to ``out``."""
    from opencorridor.scenario.build import build_model
    from opencorridor.scenario.choice_fit import fit_choice, observed_loads
    from opencorridor.study import open_study

    study = open_study(out)
    found = fit_choice(build_model(study), observed_loads(study))
    for row, scale in zip(tables["choice"], found.choice["scale"].tolist(), strict=True):
        row |= {
            "scale_prior": row["scale"],
            "scale": num(scale),
            "source": SOURCE_ID,
            "status": "derived",
        }
    print("choice: " + ", ".join(f"{g} {k:g}" for g, k in found.scales()))


def fit_constants(tables: Tables, out: Path) -> None:
    """Put the fitted constants into the tables, and what a fit without each count carries."""
    from opencorridor.scenario.constant_fit import fit_study
    from opencorridor.study import open_study

    found: ConstantFit = fit_study(open_study(out), print)
    for row, group in zip(tables["choice_constant"], found.group.tolist(), strict=True):
        value, low, high = found.value[group], found.low[group], found.high[group]
        row |= {
            "cost_share": num(value),
            "cost_share_low": "" if low == high else num(low),
            "cost_share_high": "" if low == high else num(high),
            "source": SOURCE_ID,
            "status": "derived",
        }
    without = dict(zip(found.series, found.left_out.tolist(), strict=True))
    for match in tables["traffic_match"]:
        if match.get("series") in without:
            match["left_out_t_per_year"] = num(without[match["series"]], 4)
