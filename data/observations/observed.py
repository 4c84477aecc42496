"""Table ``observation``: trips, services, rates and averages as printed."""

from __future__ import annotations

from pathlib import Path

from data.economy.shared import Row, Sources, num, read


def observation(source: Path, sources: Sources) -> list[Row]:
    """All rows; where only a range is printed its middle is the value."""
    rows = []
    for row in read(source / "corridor/observations.csv"):
        time = _triple(row, "time_{}h")
        cost = _triple(row, "cost_{}usd")
        basis = "; ".join(text for text in (row["cost_basis"], row["cost_unit"]) if text)
        rows.append(
            {
                "obs_id": row["obs_id"],
                "origin": row["origin"],
                "destination": row["destination"],
                "mode_chain": row["mode_chain"],
                "via": row["via"],
                "cargo_unit": row["cargo_unit"],
                "commodity": row["commodity"],
                "time_h": time[0],
                "time_low_h": time[1],
                "time_high_h": time[2],
                "cost_usd_current": cost[0],
                "cost_low_usd_current": cost[1],
                "cost_high_usd_current": cost[2],
                "cost_basis": basis,
                "distance_km": num(row["distance_km"]),
                "year": row["year"],
                "price_year": row["year"] if cost[0] else "",
                "kind": row["kind"],
                "note": row["note"],
                "source": sources.page(row["source"]),
                "status": row["status"],
            }
        )
    return rows


def _triple(row: Row, pattern: str) -> tuple[str, str, str]:
    """Value, low and high of one quantity; the middle of a range stands in for the value."""
    low, high = row[pattern.format("low_")], row[pattern.format("high_")]
    value = row[pattern.format("")]
    if not value and low and high:
        value = str((float(low) + float(high)) / 2)
    elif not value:
        value, low, high = low or high, "", ""  # a bound: the note says so
    return num(value), num(low), num(high)
