"""Tables ``traffic`` and ``trade_series``: volumes and trade as reported."""

from __future__ import annotations

from pathlib import Path

from data.economy.shared import Row, Sources, num, read
from data.economy.trade import PAIR

# Which reports are totals of a whole year, whose books they are from, and which goods they count.
BOOKS = Path(__file__).with_name("bookkeeping.csv")
_DAYS = ("period_start", "period_end")


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
    rows = _reported(source, sources) + _matrix(source, sources)
    kept = {row["row_id"]: row for row in read(BOOKS)}
    missing = kept.keys() - {row["row_id"] for row in rows}
    if missing:
        raise ValueError(f"{BOOKS.name}: no such rows: {', '.join(sorted(missing))}")
    for row in rows:
        row |= {name: row.get(name, "") for name in ("bookkeeping", "goods", *_DAYS)}
        if row["row_id"] in kept:
            own = kept[row["row_id"]]
            row |= {"bookkeeping": own["bookkeeping"], "goods": own["goods"]} | _period(row)
    return rows


def _period(row: Row) -> Row:
    """Return first and last day of the year of a row; the Iranian one starts on 21 March."""
    year = int(row["year"])
    if row["calendar"] == "iranian":
        return {"period_start": f"{year}-03-21", "period_end": f"{year + 1}-03-20"}
    return {"period_start": f"{year}-01-01", "period_end": f"{year}-12-31"}


def _matrix(source: Path, sources: Sources) -> list[Row]:
    """Return the pair's trade as the United Nations' matrix has it, for the years that are there.

    Exports as the exporter reports them, f.o.b.; where one does not report, UNCTAD estimates.
    """
    cited = sources.add(
        "unctad_matrix", "Merchandise trade matrix, exports, annual", "UNCTAD",
        "https://unctadstat.unctad.org", "1995-2015", "UNCTADstat terms (attribution)",
        "UNCTADstat Merchandise Trade Matrix",
    )  # fmt: skip
    rows = []
    for row in read(source / "trade/unctad_bilateral_sitc1_1995_2005_2015.csv.gz"):
        ends = (row["exporter"], row["importer"])
        if row["sector_code"] != "TOTAL" or set(ends) != set(PAIR):
            continue
        own = {
            "row_id": f"UNCTAD{row['year']}{ends[0]}",
            "period": row["year"],
            "year": row["year"],
            "calendar": "gregorian",
            "exporter": ends[0],
            "importer": ends[1],
            "value_usd_current": _scaled(row["value_kusd"], 1e3),
            "product": "merchandise, exports f.o.b.",
            "reporter": "UNCTAD",
            "note": "a country that does not report is estimated from its partners",
            "source": cited,
            "status": "observed",
            "bookkeeping": "UNCTAD",
            "goods": "all",
        }
        rows.append(own | _period(own))
    return rows


def _reported(source: Path, sources: Sources) -> list[Row]:
    """Return what statistics, customs and officials said."""
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
