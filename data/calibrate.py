"""What a model calibrated without a trip says of it, for every observed trip of the built tables.

The tables keep the numbers of their sources; ``opencorridor calibrate`` writes a study with the
calibrated ones.
"""

from __future__ import annotations

from pathlib import Path

from data.common import Tables, num

__all__ = ["judge"]


def judge(tables: Tables, out: Path) -> None:
    """Fill ``left_out_value`` of the matches of a study whose tables are written to ``out``."""
    from opencorridor.routing.calibration import calibrate_study
    from opencorridor.study import open_study

    # No row of the table calibration is kept, so its source may be any.
    found = calibrate_study(open_study(out), "calibration")
    for match in tables["observation_match"]:
        value = found.left_out.get((match["obs_id"], match["quantity"]))
        match["left_out_value"] = "" if value is None or value != value else num(value)
    print(f"observation_match: {found.folds} groups left out in turn")
