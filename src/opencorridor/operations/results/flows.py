"""Tables of what moves, of the baseline and of the plan in the target year."""

from __future__ import annotations

from typing import Any

from opencorridor.network import Graph
from opencorridor.operations import flow_rows
from opencorridor.operations.results.solve import Solved
from opencorridor.operations.workbench.compare import Side, side_of_base, side_of_state
from opencorridor.scenario.measures import apply, in_force_between
from opencorridor.scenario.movement import Movement, movement
from opencorridor.scenario.path import mid_year

__all__ = ["flow_tables"]

Row = dict[str, Any]
_TABLES = {
    "freight_place": flow_rows.place_rows,
    "freight_mode": flow_rows.mode_rows,
    "freight_country": flow_rows.country_rows,
    "freight_pair": flow_rows.pair_rows,
    "freight_class": flow_rows.class_rows,
    "freight_transit": flow_rows.transit_rows,
}
# Links with less are left to the table of loads.
_LEAST_T = 1_000.0


def _plan(solved: Solved) -> Side:
    """Return the plan in the target year, priced by the measures that act by its middle."""
    study, day = solved.study, mid_year(solved.target_year)
    acting = in_force_between(study, study.settings.baseline_date, day)
    acting += [m for m, start in solved.starts.items() if start <= day]
    return side_of_state(apply(study, acting), day, solved.plan[solved.target_year])


def _moved(solved: Solved, side: Side) -> Movement:
    return movement(solved.model, side.study, side.date, side.prices, side.tonnes, side.share,
                    side.clearing.wait_h)  # fmt: skip


def flow_tables(solved: Solved, whole: Graph) -> dict[str, list[Row]]:
    """Return what moves by place, mode, country, pair and class, and what transit pays.

    ``state`` is ``baseline`` or ``plan``; links are told of the baseline alone.
    """
    base = _moved(solved, side_of_base(solved.model, solved.base))
    plan = _moved(solved, _plan(solved))
    out: dict[str, list[Row]] = {
        name: [
            {"state": state, **row, "status": "derived"}
            for state, moved in (("baseline", base), ("plan", plan))
            for row in rows_of(moved)
        ]
        for name, rows_of in _TABLES.items()
    }
    links = flow_rows.link_rows(base, whole)
    out["freight_link"] = [
        {**row, "status": "derived"} for row in links if row["t_per_year"] >= _LEAST_T
    ]
    return out
