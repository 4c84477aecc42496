"""Background load of the built study's capacities: what was counted less what the model brings.

The rule is in docs/decisions/036. A place with a count of all its goods near the baseline year
gets the difference as traffic beside the model's, never below 0. Its agreement in the fit is then
by construction, so the rows it was set from are marked ``calibrates = background``. Left alone
are places that the choice of ways is calibrated on, and places whose ways have capacities apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.common import Row, Tables, num

if TYPE_CHECKING:
    from opencorridor.scenario.observed import Line

__all__ = ["fill"]

CARGOES = {"all": "", "container": " | cargo container"}


def fill(tables: Tables, out: Path) -> None:
    """Fill the background columns of ``capacity`` from the study whose tables stand in ``out``."""
    from opencorridor.scenario.build import build_model
    from opencorridor.scenario.observed import freight_fit
    from opencorridor.scenario.prices import prices
    from opencorridor.scenario.state import baseline
    from opencorridor.study import open_study

    study = open_study(out)
    model = build_model(study)
    base = baseline(model, prices(model, study, study.settings.baseline_date))
    lines = {line.series: line for line in freight_fit(model, base).lines}
    apart = {r["place_ids"] for r in tables["capacity"] if r.get("from_country")}
    filled = 0
    for row in tables["capacity"]:
        cargo = CARGOES.get(row["cargo"])
        if cargo is None or row.get("class_id") or row["place_ids"] in apart:
            continue
        line = lines.get(f"passes {row['place_ids']}{cargo}")
        if line and line.reason in ("", "converted") and line.observed_t > line.modelled_t:
            _set(row, line)
            filled += 1
            for match in tables["traffic_match"]:
                if match.get("series") == line.series:
                    match["calibrates"] = "background"
    print(f"capacity: {filled} places with background load")


def _set(row: Row, line: Line) -> None:
    best = line.seen[0]
    values = [max(t - line.modelled_t, 0.0) for t in (line.low_t, line.observed_t, line.high_t)]
    low, mode, high = (num(value, 4) for value in values)
    row |= {
        "background_t_per_year": mode,
        "background_low_t_per_year": "" if low == high else low,
        "background_high_t_per_year": "" if low == high else high,
        "background_note": f"{best.traffic_id}: {num(line.observed_t / 1e6, 3)} Mt in "
        f"{best.year} ({best.measured}) less {num(line.modelled_t / 1e6, 3)} Mt of the model",
        "background_source": best.source,
        "background_status": "derived" if best.measured == "counted" else "assumed",
    }
