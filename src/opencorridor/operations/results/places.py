"""Tables of places: use by month, and modelled against observed tonnages, of the baseline."""

from __future__ import annotations

from typing import Any

from opencorridor.operations.freight_places import month_rows
from opencorridor.operations.results.solve import Solved
from opencorridor.scenario.observed import Line, freight_fit

__all__ = ["place_tables"]

Row = dict[str, Any]


def place_tables(solved: Solved) -> dict[str, list[Row]]:
    """Return the tables ``month`` and ``freight_fit``."""
    months = [{**row, "status": "derived"} for row in month_rows(solved.model, solved.base)]
    lines = freight_fit(solved.model, solved.base).lines
    return {"month": months, "freight_fit": [_fit_row(line) for line in lines]}


def _fit_row(line: Line) -> Row:
    best = line.seen[0]
    return {
        "place": line.name,
        "place_ids": ";".join(line.place_ids),
        "goods": line.goods,
        "observed_t_per_year": line.observed_t,
        "low": line.low_t,
        "high": line.high_t,
        "year": line.year,
        "modelled_t_per_year": line.modelled_t,
        "background_t_per_year": None
        if line.background_t != line.background_t
        else line.background_t,
        "ratio": None if line.ratio != line.ratio else line.ratio,
        "third_share": None if line.third_share != line.third_share else line.third_share,
        "judged": line.judged,
        "not_judged_because": line.reason,
        "contradictory": line.contradictory,
        "traffic_ids": ";".join(one.traffic_id for one in line.seen),
        "source": best.source,
        "status": best.status,
    }
