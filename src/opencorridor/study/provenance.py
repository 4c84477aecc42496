"""Where numbers come from: source records, and shares of observed, derived and assumed."""

from __future__ import annotations

from dataclasses import dataclass

from opencorridor.study.study import Study

__all__ = [
    "STATUSES",
    "Reference",
    "row_reference",
    "source_record",
    "sources_used",
    "status_shares",
]

STATUSES = ("observed", "derived", "assumed")


@dataclass(frozen=True, slots=True)
class Reference:
    """Origin of one row: its status, and the record of its source (blank where unknown)."""

    status: str
    source_id: str
    title: str = ""
    publisher: str = ""
    url: str = ""
    year: str = ""
    licence: str = ""
    retrieved: str = ""
    attribution: str = ""


def source_record(study: Study, source_id: str, status: str = "") -> Reference:
    """Return the record of a source by id."""
    sources = study["source"]
    found = (sources["source_id"] == source_id).nonzero()[0]
    if not found.size:
        return Reference(status, source_id)
    row = sources.row(int(found[0]))
    row.pop("source_id")
    return Reference(status, source_id, **row)


def row_reference(study: Study, table: str, row: int) -> Reference:
    """Return where row ``row`` (from 0) of a table comes from."""
    values = study[table]
    status = values["status"][row] if "status" in values.columns else ""
    source = values["source"][row] if "source" in values.columns else ""
    return source_record(study, source, status)


def status_shares(study: Study) -> dict[str, dict[str, float]]:
    """Return, per table with rows, the share of rows observed, derived and assumed."""
    shares: dict[str, dict[str, float]] = {}
    for name, table in study.tables.items():
        if table.n and "status" in table.columns:
            cells = table["status"].tolist()
            shares[name] = {status: cells.count(status) / table.n for status in STATUSES}
    return shares


def sources_used(study: Study) -> dict[str, list[str]]:
    """Return the tables that use each source, by source id."""
    used: dict[str, list[str]] = {}
    for name, table in study.tables.items():
        if name != "source" and table.n and "source" in table.columns:
            for source in sorted(set(table["source"].tolist()) - {""}):
                used.setdefault(source, []).append(name)
    return used
