"""The numbers of a quotation as CSV, or as a workbook that tells what they rest on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from opencorridor.documents.csvfiles import csv_text
from opencorridor.documents.xlsx import xlsx_bytes
from opencorridor.operations.workbench import equipment
from opencorridor.operations.workbench.quotation import COLUMNS, table_rows
from opencorridor.routing.exports import check_target, whole_file

__all__ = ["SUFFIXES", "write_quotation"]

SUFFIXES = (".csv", ".xlsx")
_UNITS = {"distance_km": "km", "moving_h": "h", "dwell_h": "h", "cost_usd_per_t": "US$/t",
          "cost_usd_per_unit": "US$ per unit", "cost_usd": "US$", "co2_kg": "kg"}  # fmt: skip


def write_quotation(quoted: dict[str, Any], path: Path, force: bool = False) -> Path:
    """Write the answer of ``quotation`` in the format that the file name ends in.

    Raises
    ------
    OpenCorridorError
        Codes ``unknown_format``, ``file_exists``, ``cannot_write``.
    """
    check_target(path, SUFFIXES, force)
    rows = table_rows(quoted)
    if path.suffix.lower() == ".csv":
        content = csv_text(rows, COLUMNS).encode()
    else:
        content = _workbook(quoted, rows, datetime.now(UTC).date())
    with whole_file(path) as part:
        part.write_bytes(content)
    return path


def _workbook(quoted: dict[str, Any], rows: list[dict[str, Any]], day: date) -> bytes:
    columns = [(name, _UNITS.get(name, "")) for name in COLUMNS]
    cells = [[row[name] for name in COLUMNS] for row in rows]
    return xlsx_bytes(_about(quoted), "quotation", columns, cells, created=day)


def _about(quoted: dict[str, Any]) -> list[tuple[str, Any]]:
    period = f"{quoted['valid_from'] or 'no start'} to {quoted['valid_to'] or 'no end'}"
    lines: list[tuple[str, Any]] = [
        ("Title", f"Quotation: {quoted['origin']} to {quoted['destination']}"),
        ("Cargo", f"{quoted['tonnes']:g} t of {quoted['commodity_name']}, unit {quoted['unit']}"),
        ("Date", quoted["date"]),
        ("Currency", f"{quoted['currency']}, constant prices of {quoted['price_year']}"),
        ("Valid", period if quoted["dated"] else "no dated tariff prices this route"),
        ("P50 h", quoted["p50_h"]),
        ("P95 h", quoted["p95_h"]),
        ("Departs", quoted["departs"]),
        ("Arrives", quoted["arrives"]),
        ("Insurance", quoted["insurance_usd"] or "not included: the study has no premium"),
        ("Study hash", quoted["study_hash"]),
    ]
    for one in quoted["documents"]:
        dates = f"{one['valid_from'] or ''} to {one['valid_to'] or ''}" if one["valid_from"] else ""
        told = (one["document_no"], one["country"], one["text"], dates)
        lines.append((one["kind"].capitalize(), "; ".join(word for word in told if word)))
    for one in quoted["documents_needed"]:
        parts = (one["name"], one["code"], one["need"], one["condition"], ", ".join(one["at"]),
                 one["issuer"])  # fmt: skip
        lines.append(("Document needed", "; ".join(word for word in parts if word)))
    lines += [("Unit", line) for line in equipment.told(quoted["equipment"])]
    lines += [("Rule", rule) for rule in quoted["rules"]]
    for one in quoted["assumptions"]:
        count = "" if one["count"] is None else str(one["count"])
        words = (one["code"].replace("_", " "), count, one["text"])
        lines.append(("Rests on", " ".join(word for word in words if word)))
    return lines
