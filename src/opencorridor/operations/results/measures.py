"""Tables of measures, commitments and assumptions."""

from __future__ import annotations

from typing import Any

from opencorridor.operations.progress import PROGRESS
from opencorridor.operations.results.solve import Solved
from opencorridor.scenario.path import effect_date

__all__ = ["commitment_rows", "measure_rows", "sensitivity_rows", "status_counts"]

Row = dict[str, Any]


def _reason(solved: Solved, row: int, measure: str) -> str:
    """Why a measure is not in the plan, or what its effect is."""
    table = solved.study["measure"]
    if table["role"][row] == "in_force":
        return "in force, with its date"
    if table["role"][row] == "adverse_event":
        return "adverse event, not a measure"
    if table["not_expressed"][row]:
        return str(table["not_expressed"][row])
    if measure in solved.study.settings.run.get("exclude", ()):
        return "left out, as asked"
    alone = {a.measure_id: a for a in solved.singles}[measure]
    if not alone.in_time:
        return f"acts from {alone.effect_date}, too late for {solved.target_year}"
    if measure in solved.choice.chosen:
        return "in the plan"
    barred = solved.study.settings.run.get("exclude", ())
    lacking = [m for m in table["prerequisites"][row].split(";") if m in barred]
    if lacking:
        return f"needs {', '.join(lacking)}, which is left out"
    rivals = [m for m in table["excludes"][row].split(";") if m in solved.choice.chosen]
    if rivals:
        return f"alternative to {', '.join(rivals)}"
    if not alone.moves:
        return "no kept route of the study's goods meets what it changes"
    return "adds too little to the pair's trade"


def _start(solved: Solved, row: int, decision: str) -> str:
    """Return the day from which a measure that was not solved alone acts; blank if unknown."""
    table = solved.study["measure"]
    stated = str(table["valid_from"][row])
    if stated or not decision:
        return stated
    return effect_date(solved.study, str(table["measure_id"][row]), decision)


def measure_rows(solved: Solved) -> list[Row]:
    """All measures, candidates by their effect alone first."""
    table = solved.study["measure"]
    alone = {a.measure_id: a for a in solved.singles}
    order = sorted(
        range(table.n),
        key=lambda r: (
            table["measure_id"][r] not in alone,
            -getattr(alone.get(str(table["measure_id"][r])), "gain_usd", 0.0),
            r,
        ),
    )
    decision = str(solved.study.settings.run.get("decision_date", ""))
    rows: list[Row] = []
    for rank, r in enumerate(order, 1):
        measure = str(table["measure_id"][r])
        single = alone.get(measure)
        rows.append(
            {
                "rank": rank if single else None,
                "measure_id": measure,
                "title": table["title"][r],
                "kind": table["kind"][r],
                "role": table["role"][r],
                "countries": table["countries"][r],
                "cost_usd": single.cost_usd if single else table["capex_usd"][r],
                "cost_low_usd": table["capex_low_usd"][r],
                "cost_high_usd": table["capex_high_usd"][r],
                "cost_status": table["cost_status"][r],
                "lead_time_months": table["lead_time_months"][r],
                "effect_date": single.effect_date if single else _start(solved, r, decision),
                "alone_usd_constant": single.gain_usd if single else None,
                "alone_low": None,
                "alone_high": None,
                "in_plan": measure in solved.choice.chosen,
                "reason": _reason(solved, r, measure),
                "source": table["source"][r],
                "status": table["status"][r],
            }
        )  # fmt: skip
    return rows


def commitment_rows(solved: Solved) -> list[Row]:
    """Promises with the effect of the measures that would carry them out."""
    table = solved.study["commitment"]
    alone = {a.measure_id: a.gain_usd for a in solved.singles}
    rows: list[Row] = []
    for r in range(table.n):
        measures = [m for m in table["measure_ids"][r].split(";") if m]
        effects = [alone[m] for m in measures if m in alone]
        rows.append(
            {
                "commitment_id": table["commitment_id"][r],
                "text": table["text"][r],
                "topic": table["topic"][r],
                "side": table["side"][r],
                "body": table["body"][r],
                "due_date": table["due_date"][r],
                "progress": PROGRESS[table["progress"][r]],
                "progress_recorded": table["progress"][r],
                "status_as_of": table["status_as_of"][r],
                "measure_ids": ";".join(measures),
                "effect_usd": sum(effects) if effects else None,
                "source": table["source"][r],
                "status": table["status"][r],
            }
        )
    return rows


def sensitivity_rows(solved: Solved) -> list[Row]:
    """Assumptions by how far the answer moves between their two ends.

    The trade elasticity stands first: sources differ by a factor of two.
    """
    ordered = sorted(
        solved.swings, key=lambda s: ("elasticity" not in s.columns.split(".")[0], -s.spread)
    )
    return [
        {
            "assumption": s.assumption,
            "parameter": s.columns,
            "rows": s.rows,
            "low_value": "all low",
            "high_value": "all high",
            "usd_at_low": s.at_low,
            "usd_at_high": s.at_high,
            "spread_usd": s.spread,
            "status": "assumed" if s.assumed_share >= 0.5 else "derived",
            "assumed_share": s.assumed_share,
        }
        for s in ordered[:10]
    ]


def status_counts(solved: Solved) -> dict[str, int]:
    """Rows of the study by status of their numbers."""
    counts = {"observed": 0, "derived": 0, "assumed": 0}
    for table in solved.study.tables.values():
        if "status" in table.columns:
            for status in counts:
                counts[status] += int((table["status"] == status).sum())
    return counts
