"""Corridors and reach maps as files: charts as SVG, tables as CSV and XLSX, zones as GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from opencorridor import __version__
from opencorridor.documents.corridor_book import Sheet, book_bytes
from opencorridor.documents.csvfiles import csv_text
from opencorridor.documents.numbers import hours, usd_per
from opencorridor.documents.profiles import Profile, Strand, profiles_svg
from opencorridor.documents.texts import column_title
from opencorridor.routing.indicators import INDICATORS
from opencorridor.study import Study

__all__ = [
    "CORRIDOR_COLUMNS",
    "CORRIDOR_FORMS",
    "REACH_FORMS",
    "corridor_file",
    "corridor_name",
    "corridor_rows",
    "place_name",
    "reach_file",
    "reach_rows",
]

Row = dict[str, Any]
CORRIDOR_FORMS = (".svg", ".xlsx", ".csv")
REACH_FORMS = (".csv", ".xlsx", ".geojson")

_PLAIN: dict[str, str] = {
    "distance_km": "km",
    "time_h": "h",
    "time_h_low": "h",
    "time_h_high": "h",
    "p50_h": "h",
    "p95_h": "h",
    "moving_h": "h",
    "border_h": "h",
    "terminal_h": "h",
    "waiting_h": "h",
    "cost_usd_per_t": "US$/t",
    "cost_usd_per_t_low": "US$/t",
    "cost_usd_per_t_high": "US$/t",
    "cost_usd": "US$",
    "co2_kg_per_t": "kg/t",
    "co2_kg": "kg",
}
_ENDS = ("", "_low", "_high")
CORRIDOR_COLUMNS: dict[str, str] = {
    "corridor": "",
    "modes": "",
    "crossings": "",
    **_PLAIN,
    **{f"{name}{end}": unit for name, unit in INDICATORS.items() for end in _ENDS},
}
"""Columns of the table of corridors with their units."""

_STOPS = {"time_h": "h", "time_h_low": "h", "time_h_high": "h", "cost_usd": "US$ for 20 t",
          "cost_usd_low": "US$ for 20 t", "cost_usd_high": "US$ for 20 t"}  # fmt: skip
_OBSERVED = ("indicator", "mode", "country_id", "year", "value", "printed", "status")
_REACH = {"time_h": "h", "cost_usd_per_t": "US$/t", "co2_kg_per_t": "kg/t", "distance_km": "km",
          "gc_usd_per_t": "US$/t"}  # fmt: skip
_BOUNDS = ("Low and high: all numbers of the study at the good or the bad end of their ranges at "
           "once; no interval of probability")  # fmt: skip


def corridor_name(corridor: Mapping[str, Any]) -> str:
    """Return a corridor in words: its modes and its border crossings."""
    modes = "–".join(mode.replace("_", " ") for mode in corridor["mode_chain"])
    crossings = ", ".join(corridor["crossings"])
    return f"{modes} by {crossings}" if crossings else modes


def corridor_rows(answer: Mapping[str, Any]) -> list[Row]:
    """Return one row a corridor, by ``CORRIDOR_COLUMNS``; indicators of the whole route."""
    rows = []
    for number, corridor in enumerate(answer["corridors"], 1):
        row: Row = {
            "corridor": number,
            "modes": ";".join(corridor["mode_chain"]),
            "crossings": ";".join(corridor["crossings"]),
            **{name: corridor[name] for name in _PLAIN},
        }
        for one in corridor["indicators"]:
            if one["mode"] is None:
                ends = (one["value"], one["low"], one["high"])
                row |= {one["indicator"] + e: v for e, v in zip(_ENDS, ends, strict=True)}
        rows.append(row)
    return rows


def _charts(answer: Mapping[str, Any]) -> list[Profile]:
    names = [corridor_name(corridor) for corridor in answer["corridors"]]
    found, money = answer["corridors"], f"US$ for {answer['tonnes']:g} t"
    fast, cheap = (
        min(range(len(found)), key=lambda k: found[k][name]) for name in ("time_h", "cost_usd")
    )
    border = hours(found[fast]["border_h"])
    titles = (
        f"Corridor {fast + 1} is the fastest: {hours(found[fast]['time_h'])}, {border} at borders",
        f"Corridor {cheap + 1} is the cheapest: {usd_per(found[cheap]['cost_usd'])} for "
        f"{answer['tonnes']:g} t",
    )
    return [
        Profile(
            title,
            amount,
            [
                Strand(name, [(p["km"], p[of]) for p in corridor["points"]])
                for name, corridor in zip(names, found, strict=True)
            ],
        )
        for title, amount, of in zip(titles, ("Hours", money), ("hours", "usd"), strict=True)
    ]


def place_name(item: Mapping[str, Any]) -> str:
    """Return the English name of a place of an answer, else another, else its id."""
    names = item["names"]
    return str(names.get("en") or next(iter(names.values()), item["id"]))


def _ask(answer: Mapping[str, Any]) -> str:
    to, start = answer.get("destination"), place_name(answer["origin"])
    ends = f"{start} to {place_name(to)}" if to else f"from {start}"
    return f"{ends}; {answer['commodity']}, {answer['cargo']}; {answer['date']}"


def _about(study: Study, answer: Mapping[str, Any], title: str, day: date) -> list[Any]:
    return [
        ("Title", title),
        ("Question", _ask(answer)),
        ("Study", f"{study.title} ({study.id})"),
        ("Study hash", study.hash),
        ("Prices", answer["price_basis"]),
        ("Date", f"{day:%Y-%m-%d}"),
        ("Made by", f"OpenCorridor {__version__}"),
        ("Licence of the study", study.settings.licence),
        ("Source", "the study's network, dwell and rate tables, priced by the model"),
    ]


def _sheet(name: str, columns: Mapping[str, str], rows: Sequence[Row]) -> Sheet:
    titles = [(column_title(column), unit) for column, unit in columns.items()]
    return Sheet(name, titles, [[row.get(column) for column in columns] for row in rows])


def _indicator_rows(answer: Mapping[str, Any]) -> list[Row]:
    return [
        {"corridor": number, **one, "mode": one["mode"] or "whole route"}
        for number, corridor in enumerate(answer["corridors"], 1)
        for one in corridor["indicators"]
    ]


def _stop_rows(answer: Mapping[str, Any]) -> list[Row]:
    return [
        {"corridor": number, **stop}
        for number, corridor in enumerate(answer["corridors"], 1)
        for stop in corridor["stops"]
    ]


def _book(study: Study, answer: Mapping[str, Any], day: date) -> bytes:
    columns = ("corridor", "indicator", "mode", "value", "low", "high", "unit")
    about = [*_about(study, answer, "Corridors side by side", day), ("Bounds", _BOUNDS)]
    about += [(name, f"{column_title(name)}, {unit}") for name, unit in INDICATORS.items()]
    sheets = [
        _sheet("Corridors", CORRIDOR_COLUMNS, corridor_rows(answer)),
        _sheet("Indicators", dict.fromkeys(columns, ""), _indicator_rows(answer)),
        _sheet("Crossings", {"corridor": "", "name": "", "mode": "", **_STOPS}, _stop_rows(answer)),
        _sheet("Observed by CPMM", dict.fromkeys(_OBSERVED, ""), answer["observed"]),
    ]
    charts = _charts(answer) if answer["corridors"] else []
    return book_bytes(about, sheets, charts, created=day)


def corridor_file(study: Study, answer: Mapping[str, Any], form: str) -> bytes:
    """Return corridors as a file; ``form`` is one of ``CORRIDOR_FORMS``.

    Of no corridors there is a table without rows, and no chart: the caller says why.
    """
    day = datetime.now(UTC).date()
    if form == ".csv":
        return csv_text(corridor_rows(answer), list(CORRIDOR_COLUMNS)).encode()
    if form == ".xlsx":
        return _book(study, answer, day)
    notes = [f"{_ask(answer)}; {answer['price_basis']}",
             f"OpenCorridor {__version__}, study {study.id} {study.hash[:8]}"]  # fmt: skip
    return profiles_svg(_charts(answer), notes).encode()


# --- reach --------------------------------------------------------------------------------------


def reach_rows(answer: Mapping[str, Any]) -> list[Row]:
    """Return one row a zone, the nearest in hours first, those without a way last."""
    rows = [
        {
            "zone_id": zone["zone_id"],
            "name": zone["names"].get("en", zone["zone_id"]),
            "country_id": zone["country_id"],
            "lon": zone["lon"],
            "lat": zone["lat"],
            **{name: zone[name] for name in _REACH},
            "reason": answer["reasons"].get(zone["reason"], "") if zone["reason"] else "",
        }
        for zone in answer["zones"]
    ]
    return sorted(rows, key=lambda r: (r["time_h"] is None, r["time_h"] or 0.0, r["zone_id"]))


def _geojson(answer: Mapping[str, Any]) -> bytes:
    features = [
        {
            "type": "Feature",
            "id": row["zone_id"],
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {k: v for k, v in row.items() if k not in ("lon", "lat")},
        }
        for row in reach_rows(answer)
    ]
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def reach_file(study: Study, answer: Mapping[str, Any], form: str) -> bytes:
    """Return how far it is as a file; ``form`` is one of ``REACH_FORMS``."""
    rows, day = reach_rows(answer), datetime.now(UTC).date()
    columns = {"zone_id": "", "name": "", "country_id": "", "lon": "", "lat": "", **_REACH,
               "reason": ""}  # fmt: skip
    if form == ".csv":
        return csv_text(rows, list(columns)).encode()
    if form == ".geojson":
        return _geojson(answer)
    about = _about(study, answer, "How far it is", day)
    return book_bytes(about, [_sheet("Zones", columns, rows)], [], created=day)
