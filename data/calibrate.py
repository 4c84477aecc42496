"""Calibrate the built tables on the study's own observations, and say by how much.

The numbers of rates, speeds and stays are replaced by the most probable ones within their low and
high given what shipments took and cost (``opencorridor.routing.calibration``); the table
``calibration`` holds every factor, so that the numbers of the sources can be had back.
"""

from __future__ import annotations

from pathlib import Path

from data.common import SCHEMA, Row, Tables, num, read

SOURCE = {
    "source_id": "calibration",
    "title": "Calibration of rates, speeds and stays on the observed trips of this study",
    "publisher": "OpenCorridor",
    "licence": "CC-BY-4.0",
}


def calibrate(tables: Tables, out: Path) -> None:
    """Put calibrated numbers, and what left-out trips say, into tables written to ``out``."""
    from opencorridor.routing.calibration import calibrate_study
    from opencorridor.study import open_study

    found = calibrate_study(open_study(out), SOURCE["source_id"])
    rows: list[Row] = []
    for row in found.study["calibration"].rows():
        p = next(p for p in found.fitted.parameters if p.name == row["parameter_id"])
        factor = float(row["factor"])
        _apply(tables, p.table, p.column, p.source_id, 1.0 / factor if p.inverse else factor)
        rows.append({k: num(v) if isinstance(v, float) else str(v) for k, v in row.items()})
    tables["calibration"] = rows
    for match in tables["observation_match"]:
        value = found.left_out.get((match["obs_id"], match["quantity"]))
        match["left_out_value"] = "" if value is None or value != value else num(value)
    parts = [name for name in tables if name.split("/")[0] == "source"]
    tables[parts[-1]].append({**dict.fromkeys(tables[parts[-1]][0], ""), **SOURCE})
    print(f"calibration: {len(rows)} parameters, {found.folds} groups left out in turn")


def _apply(tables: Tables, table: str, column: str, source: str, factor: float) -> None:
    ends = {row["column"]: (row["low"], row["high"]) for row in read(SCHEMA / f"{table}.csv")}
    low, high = ends[column]
    for name, rows in tables.items():
        if name.split("/")[0] != table:
            continue
        for row in rows:
            value = float(row.get(column) or 0)
            if row["source"] == source and row["status"] != "observed" and value > 0:
                # Rounding may step over an end of the row's own range.
                inside = min(max(value * factor, float(row[low])), float(row[high]))
                row[column] = num(inside)
