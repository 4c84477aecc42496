"""Scales of the choice of routes, fitted to the loads of the built tables.

``opencorridor calibrate --freight`` does the same to any study.
"""

from __future__ import annotations

from pathlib import Path

from data.common import Tables, num

__all__ = ["SOURCE_ID", "fit_scales"]

SOURCE_ID = "choice_calibration"


def fit_scales(tables: Tables, out: Path) -> None:
    """Put the fitted scales into table ``choice`` of a study that is written to ``out``."""
    from opencorridor.scenario.build import build_model
    from opencorridor.scenario.choice_fit import fit_choice, observed_loads
    from opencorridor.study import open_study

    study = open_study(out)
    found = fit_choice(build_model(study), observed_loads(study))
    for row, scale in zip(tables["choice"], found.choice["scale"].tolist(), strict=True):
        row |= {"scale": num(scale), "source": SOURCE_ID, "status": "derived"}
    print("choice: " + ", ".join(f"{g} {k:g}" for g, k in found.scales()))
