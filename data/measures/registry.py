"""Tables ``measure``, ``agreement`` and ``commitment``."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from statistics import median

from data.economy.shared import Row, Sources, num, read

HERE = Path(__file__).parent
ROLE = {
    "candidate": "candidate",
    "in_force_or_done": "in_force",
    "adverse_event": "adverse_event",
}
# A missing cost is the median of its kind; its band is half to twice of it.
FILL_BAND = (0.5, 2.0)
# Rows of the source that repeat another measure.
SAME_AS = {"M045": "M032", "M046": "M013", "M047": "M015"}
# The cost columns of this measure hold a yearly budget.
YEARLY_BUDGET = ("M057",)


def raw_measures(source: Path) -> list[Row]:
    """Rows of the source that are measures of their own."""
    return [
        row for row in read(source / "corridor/measures.csv") if row["measure_id"] not in SAME_AS
    ]


def measure(source: Path, sources: Sources, lost: dict[str, str]) -> list[Row]:
    """Rows of table ``measure``; missing costs are filled and counted.

    Parameters
    ----------
    lost
        Measures whose edits found no row to edit, with the reason.
    """
    registry = {row["measure_id"]: row for row in read(HERE / "registry.csv")}
    raw = raw_measures(source)
    medians = _median_cost(raw)
    filled = 0
    rows = []
    for row in raw:
        code = row["measure_id"]
        own = registry.get(code, defaultdict(str))
        cost = _cost(row, medians)
        filled += cost["cost_status"] == "assumed" and not row["capex_mode_usd"]
        lead = row["lead_time_months"].split(";") if row["lead_time_months"] else ["", "", ""]
        rows.append(
            {
                "measure_id": code,
                "title": row["title"],
                "kind": row["kind"],
                "role": ROLE[row["role"]],
                "countries": row["countries_iso3"],
                **cost,
                "lead_time_months": num(lead[1]),
                "lead_time_low_months": num(lead[0]),
                "lead_time_high_months": num(lead[2]),
                "valid_from": own["valid_from"],
                "valid_to": "",
                "planned_year": _year(row["planned_year"]),
                "prerequisites": own["prerequisites"],
                "excludes": own["excludes"],
                "prerequisite_text": row["prerequisites"],
                "responsible": row["responsible"],
                "not_expressed": own["not_expressed"] or lost.get(code, ""),
                "note": "; ".join(x for x in (row["note"], own["note"]) if x),
                "source": sources.page(row["source"]),
                "status": row["status"],
            }
        )
    print(f"measure: {len(rows)} measures, {filled} costs filled by the median of their kind")
    return rows


def _median_cost(raw: list[Row]) -> dict[str, float]:
    """Median cost of the measures of a kind that cost anything; ``""`` for all kinds."""
    known: dict[str, list[float]] = defaultdict(list)
    for row in raw:
        if row["capex_mode_usd"] and float(row["capex_mode_usd"]) > 0:
            for kind in (row["kind"], ""):
                known[kind].append(float(row["capex_mode_usd"]))
    return {kind: median(values) for kind, values in known.items()}


def _cost(row: Row, medians: dict[str, float]) -> Row:
    mode, low, high = (row[f"capex_{k}_usd"] for k in ("mode", "low", "high"))
    yearly, status = row["yearly_cost_usd"], row["status"]
    if row["measure_id"] in YEARLY_BUDGET:
        yearly, mode, low, high = mode, "0", "", ""
    # A promise of capacity builds nothing by itself: 0 stands for "not said" there.
    promise = row["kind"] == "capacity" and row["role"] == "candidate"
    if not mode or (promise and float(mode) == 0.0):
        value = medians.get(row["kind"], medians[""])
        mode, low, high = (str(value * k) for k in (1.0, *FILL_BAND))
        status = "assumed"
    return {
        "capex_usd": num(mode),
        "capex_low_usd": num(low),
        "capex_high_usd": num(high),
        "yearly_cost_usd": num(yearly),
        "cost_status": status,
    }


def _year(text: str) -> str:
    """First year named in a plan, blank where none is."""
    found = re.search(r"\b(?:19|20)\d\d\b", text)
    return found.group() if found else ""


def agreement(source: Path, sources: Sources) -> list[Row]:
    """Rows of table ``agreement``."""
    return [
        {
            "agreement_id": row["agreement_id"],
            "title": row["title"],
            "kind": row["kind"],
            "topic": row["topic"],
            "parties": row["parties_iso3"],
            "signed": row["date_signed"],
            "legal_status": row["legal_status"],
            "url": row["source_url"],
            "note": _note(row, row["evidence"]),
            "source": sources.page(row["source_url"]),
            "status": _status(row["evidence"]),
        }
        for row in read(source / "corridor/agreements.csv")
    ]


def commitment(source: Path, sources: Sources) -> list[Row]:
    """Rows of table ``commitment``, each with the measures that would carry it out."""
    known = {row["measure_id"] for row in raw_measures(source)}
    carried: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in read(source / "joins/commitment_measure.csv"):
        code = SAME_AS.get(row["measure_id"], row["measure_id"])
        if code in known:
            carried[row["commitment_id"]].append((int(row["rank"]), code))
    rows = []
    for row in read(source / "corridor/commitments.csv"):
        measures = dict.fromkeys(code for _, code in sorted(carried[row["commitment_id"]]))
        rows.append(
            {
                "commitment_id": row["commitment_id"],
                "agreement_id": row["agreement_id"],
                "text": row["commitment"],
                "topic": row["topic"],
                "side": row["responsible_side"],
                "body": row["responsible_body"],
                "due_date": row["due_date"],
                "indicator": row["indicator"],
                "baseline_value": num(row["baseline_value"], 12),
                "target_value": num(row["target_value"], 12),
                "target_unit": row["target_unit"],
                "progress": row["progress_status"],
                "status_as_of": row["status_as_of"],
                "measure_ids": ";".join(measures),
                "url": row["evidence_url"],
                "note": _note(row, row["evidence"]),
                "source": sources.page(row["evidence_url"]),
                "status": _status(row["evidence"]),
            }
        )
    return rows


def _status(evidence: str) -> str:
    """Word of the register for the evidence; an unopened reference counts as assumed."""
    return evidence if evidence in ("observed", "derived") else "assumed"


def _note(row: Row, evidence: str) -> str:
    unopened = "general reference, page not opened" if evidence == "reference" else ""
    return "; ".join(text for text in (row["note"], unopened) if text)
