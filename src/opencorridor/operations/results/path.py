"""Tables of the path: years, parts, measures, and the summary's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from opencorridor.operations.results.solve import NO_NEW, PLAN, Solved
from opencorridor.scenario.ensembles import DrawResult
from opencorridor.scenario.path import decompose, pair_trade, price_index
from opencorridor.study import Study

__all__ = [
    "BAND",
    "band",
    "congestion",
    "decomposition_rows",
    "loop_rows",
    "observed_trade",
    "path_rows",
]

Row = dict[str, Any]
# The band holds eight of ten draws.
BAND = (10.0, 90.0)
PARTS = {
    "baseline": "baseline",
    "growth": "growth",
    "measures_in_force": "in_force",
    "new_measures": "new",
    "prices": "prices",
    "remaining_gap": "gap",
    "target": "target",
}


def band(values: list[float]) -> tuple[float | None, float | None]:
    """Tenth and ninetieth percentile, or nothing without draws."""
    if not values:
        return None, None
    low, high = np.percentile(values, BAND)
    return float(low), float(high)


def observed_trade(study: Study) -> dict[int, tuple[float, str]]:
    """Trade of the pair as reported, current US$, with its source, by year.

    Years after the baseline stand in ``[run] observed``.
    """
    rows = study.settings.run.get("observed", ())
    return {int(r["year"]): (float(r["usd"]), str(r.get("source", ""))) for r in rows}


def _fan(solved: Solved, draws: list[DrawResult], year: int, what: str) -> list[float]:
    """Return current dollars of a year in every draw.

    The target year is solved in each draw. Before it a draw's distance from the central path
    grows in proportion to the time that has passed, in logarithms.
    """
    start, end = solved.study.settings.baseline_year, solved.target_year
    passed = (year - start) / (end - start)
    states = solved.plan if what == "plan" else solved.without
    centre = solved.pair(states[year]) * price_index(solved.study, year)
    final = solved.pair(states[end]) * price_index(solved.study, end)
    return [centre * (getattr(d, what) * d.price_index / final) ** passed for d in draws]


def path_rows(solved: Solved) -> list[Row]:
    """One row a year, from the baseline to the target year."""
    study = solved.study
    target = study.settings.target
    assert target is not None
    seen = observed_trade(study)
    start = sum(pair_trade(solved.model, solved.model.flows))
    first = study.settings.baseline_year
    rows: list[Row] = []
    for year in range(first, target.year + 1):
        index = price_index(study, year)
        low: float | None
        high: float | None
        if year == first:
            without = plan = start
            low = high = start * index if solved.draws else None
        else:
            without, plan = solved.pair(solved.without[year]), solved.pair(solved.plan[year])
            low, high = band(_fan(solved, list(solved.draws), year, "plan"))
        rows.append(
            {
                "year": year,
                "no_new_usd_current": without * index,
                "plan_usd_current": plan * index,
                "plan_low_usd_current": low,
                "plan_high_usd_current": high,
                "no_new_usd_constant": without,
                "plan_usd_constant": plan,
                "observed_usd_current": seen[year][0] if year in seen
                else start * index if year == first else None,
                "target_usd_current": target.usd,
                "price_index": index,
                "status": "derived",
                "source": seen[year][1] if year in seen else "",
            }
        )  # fmt: skip
    return rows


def decomposition_rows(solved: Solved) -> list[Row]:
    """Parts of the way to the target, current US$ of the target year; they add up to it."""
    study = solved.study
    target = study.settings.target
    assert target is not None
    index = price_index(study, target.year)
    parts = decompose(
        sum(pair_trade(solved.model, solved.model.flows)),
        solved.pair(solved.grown),
        solved.pair(solved.without[target.year]),
        solved.pair(solved.plan[target.year]),
        index,
        target.usd,
    )
    drawn = [
        decompose(d.baseline, d.grown, d.no_new, d.plan, d.price_index, target.usd)
        for d in solved.draws
    ]
    rows: list[Row] = []
    for name, part in PARTS.items():
        low, high = band([getattr(d, part) for d in drawn])
        rows.append(
            {
                "part": name,
                "usd_current_target_year": getattr(parts, part),
                "low": low,
                "high": high,
                "status": "observed" if name in ("baseline", "target") else "derived",
            }
        )
    return rows


def loop_rows(solved: Solved) -> list[Row]:
    """Return what congestion takes back in the target year, one row a set of measures.

    Constant US$ of ``price_year``; columns as in :class:`~opencorridor.scenario.feedback.Feedback`.
    """
    return [
        {
            "measures": name,
            "against": "baseline" if name == NO_NEW else NO_NEW,
            "without_usd_constant": found.without_usd,
            "before_congestion_usd_constant": found.before_usd,
            "cleared_usd_constant": found.cleared_usd,
            "after_congestion_usd_constant": found.after_usd,
            "taken_back_usd_constant": found.taken_back_usd,
            "taken_back_share": found.taken_back_share,
        }
        for name, found in solved.feedback.items()
    ]


def congestion(solved: Solved) -> Row | None:
    """Return what congestion takes back of growth and of the plan, constant US$ and shares.

    A share is of the change before congestion; None where the loop was left open.
    """
    if not solved.feedback:
        return None
    found = {name: solved.feedback[name] for name in (NO_NEW, PLAN)}
    amounts: Row = {f"{name}_usd_constant": f.taken_back_usd for name, f in found.items()}
    return amounts | {f"{name}_share": f.taken_back_share for name, f in found.items()}
