"""Tables ``traffic`` and ``trade_series``: volumes and trade as reported."""

from __future__ import annotations

from pathlib import Path

from data.economy.shared import Row, Sources, num, read


def traffic(source: Path, sources: Sources) -> list[Row]:
    """All traffic rows with the places they mean and tonnes a year where they can be said."""
    placed = {row["traffic_id"]: row for row in read(source / "joins/traffic_place.csv")}
    rows = []
    for row in read(source / "corridor/traffic.csv"):
        place = placed[row["traffic_id"]]
        remarks = [row["period"] if row["period"] != "year" else "", row["note"]]
        remarks += [place["conversion"], place["note"]]
        if place["corridor"]:
            remarks.append(f"corridor {place['corridor']}")
        rows.append(
            {
                "traffic_id": row["traffic_id"],
                "place": row["place"],
                "place_kind": place["target_kind"],
                "place_ids": place["target_ids"],
                "direction": row["direction"],
                "commodity": row["commodity"],
                "value": num(row["value"], 12),
                "unit": row["unit"],
                "t_per_year": num(place["t_per_year"], 9),
                "year": row["year"],
                "kind": row["flow_kind"],
                "use": place["use_in_calibration"],
                "note": "; ".join(text for text in remarks if text),
                "source": sources.page(row["source"]),
                "status": row["status"],
            }
        )
    return rows


def trade_series(source: Path, sources: Sources) -> list[Row]:
    """Return reported trade of the pair and of both countries with their partners."""
    rows = []
    for row in read(source / "corridor/history.csv"):
        rows.append(
            {
                "row_id": row["row_id"],
                "period": row["period"],
                "year": row["year_start"],
                "calendar": row["calendar"],
                "exporter": row["exporter"],
                "importer": row["importer"],
                "value_usd_current": _scaled(row["value_usd_million"], 1e6),
                "tonnes": _scaled(row["tonnes_thousand"], 1e3),
                "product": row["product"],
                "reporter": row["reporter"],
                "note": row["note"],
                "source": sources.page(row["source"]),
                "status": row["status"],
            }
        )
    facts = read(source / "trade/iran_kazakhstan_trade_facts.csv")
    for number, row in enumerate(facts, start=1):
        period = row["period"]
        iranian = period[:2] in ("13", "14")
        year = period[:4] if period[:4].isdigit() else ""
        rows.append(
            {
                "row_id": f"FACT{number:03d}",
                "period": period,
                "year": str(int(year) + 621) if iranian else year,
                "calendar": "iranian" if iranian else "gregorian",
                "exporter": row["exporter"],
                "importer": row["importer"],
                "value_usd_current": _scaled(row["value_usd_million"], 1e6),
                "tonnes": _scaled(row["tonnes_thousand"], 1e3),
                "product": row["product"],
                "reporter": row["source_name"],
                "note": row["note"],
                "source": sources.page(row["url"]),
                "status": "observed",
            }
        )
    return rows


def _scaled(text: str, factor: float) -> str:
    """Scale a number to base units; the middle of a printed range; blank stays blank."""
    parts = [part for part in text.strip().lstrip("~").split("-") if part]
    if not parts:
        return ""
    return num(factor * sum(float(part) for part in parts) / len(parts), 12)
