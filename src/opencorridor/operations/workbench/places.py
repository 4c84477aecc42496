"""Places by what people type: names in four languages, codes, coordinates, or a part of a name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from opencorridor.routing.gauge import METHODS
from opencorridor.study import Study, Table
from opencorridor.study.errors import OpenCorridorError, near
from opencorridor.study.places import Place, PlaceIndex, fold, place_index, resolve

__all__ = ["capacity_name", "names_of", "place_item", "search"]

LANGUAGES = ("en", "ru", "kk", "fa")
_TABLES = {"zone": ("zone", "zone_id"), "port": ("terminal", "terminal_id"),
           "border_crossing": ("border_crossing", "border_crossing_id"),
           "country": ("country", "country_id")}  # fmt: skip
# How well a text fits a name: the whole name, its start, the start of a word of it, any part.
_WHOLE, _START, _WORD, _PART, _NEAR = range(5)
_FEW = 3


def names_of(table: Table, row: int) -> dict[str, str]:
    """Return the names of a row by language; languages without a name of their own are absent."""
    return {
        lang: str(table[f"name_{lang}"][row])
        for lang in LANGUAGES
        if f"name_{lang}" in table.columns and table[f"name_{lang}"][row]
    }


def traded_countries(study: Study) -> set[str]:
    """Return the countries that sell or buy in the study's trade matrix: those one can ask of."""
    table = study["trade_flow"]
    return {*table["exporter"].tolist(), *table["importer"].tolist()}


@dataclass(frozen=True)
class _Names:
    """Rows of the tables of places, and further spellings, by kind and id."""

    row: dict[tuple[str, str], int]
    aliases: dict[tuple[str, str], list[str]]


def _names(study: Study) -> _Names:
    row: dict[tuple[str, str], int] = {}
    for kind, (name, key) in _TABLES.items():
        row |= {(kind, str(i)): n for n, i in enumerate(study[name][key])}
    aliases: dict[tuple[str, str], list[str]] = {}
    table = study["alias"]
    columns = (table[c].tolist() for c in ("place_kind", "place_id", "name"))
    for kind, place_id, name in zip(*columns, strict=True):
        aliases.setdefault((kind, place_id), []).append(name)
    return _Names(row, aliases)


_CACHE: WeakKeyDictionary[Study, _Names] = WeakKeyDictionary()


def _known(study: Study) -> _Names:
    found = _CACHE.get(study)
    if found is None:
        found = _CACHE[study] = _names(study)
    return found


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def place_item(study: Study, place: Place, query: str = "") -> dict[str, Any]:
    """Return a place with its names; ``matched`` is the spelling that the query fits, if another.

    A country of a crossing reads ``A;B``.
    """
    known, key = _known(study), (place.kind, place.id)
    row = known.row.get(key)
    names = {"en": place.name} if row is None else names_of(study[_TABLES[place.kind][0]], row)
    matched, wanted = "", fold(query)
    if wanted:
        spellings = [*names.values(), *known.aliases.get(key, ())]
        fitting = [s for s in spellings if wanted in fold(s)]
        matched = min(fitting, key=lambda s: (fold(s) != wanted, len(s)), default="")
    return {
        "kind": place.kind,
        "id": place.id,
        "names": names,
        "country": place.country or None,
        "lon": _number(place.lon),
        "lat": _number(place.lat),
        "matched": "" if matched == names.get("en") else matched,
    }


def _fit(name: str, wanted: str) -> int | None:
    if name == wanted:
        return _WHOLE
    if name.startswith(wanted):
        return _START
    if f" {wanted}" in name:
        return _WORD
    return _PART if len(wanted) >= _FEW and wanted in name else None


def _ranked(index: PlaceIndex, wanted: str) -> dict[int, tuple[int, int, int, int]]:
    """Return how well each place fits: best first when sorted by the values."""
    found: dict[int, tuple[int, int, int, int]] = {}

    def add(name: str, fit: int) -> None:
        for k in index.names[name]:
            value = (fit, index.ranks[k], len(name), k)
            if k not in found or value < found[k]:
                found[k] = value

    for name in index.names:
        fit = _fit(name, wanted)
        if fit is not None:
            add(name, fit)
    if not found and len(wanted) >= _FEW:
        for n, name in enumerate(near(wanted, index.names, 5)):
            add(name, _NEAR + n)
    return found


def _one_each(places: Iterable[Place]) -> list[Place]:
    """Drop further nodes of one station: one name in one country stands for all its nodes."""
    out: list[Place] = []
    seen: set[tuple[str, str]] = set()
    for place in places:
        if place.kind == "station":
            key = (fold(place.name), place.country)
            if key in seen:
                continue
            seen.add(key)
        out.append(place)
    return out


def _exact(index: PlaceIndex, text: str) -> list[Place]:
    """Return the place of coordinates, or of a kind and id such as ``zone:ID``."""
    if not any(mark in text for mark in ",;:"):
        return []
    try:
        return [resolve(index, text)]
    except OpenCorridorError:
        return []


def search(study: Study, query: str, limit: int = 20, kinds: Sequence[str] = ()) -> dict[str, Any]:
    """Find places by a text: a whole name or code first, then starts of names, then parts.

    Where nothing fits, names that are spelled much alike.
    """
    index, text = place_index(study), query.strip()
    wanted = fold(text)
    places = _exact(index, text)
    places += [index.places[k] for k in index.by_id.get(text, ()) if index.places[k] not in places]
    if wanted:
        found = _ranked(index, wanted)
        ordered = sorted(found, key=lambda k: found[k])
        places += [p for p in (index.places[k] for k in ordered) if p not in places]
    places = [p for p in _one_each(places) if not kinds or p.kind in kinds]
    return {"query": query, "places": [place_item(study, p, text) for p in places[:limit]]}


def capacity_name(study: Study, table: Table, row: int) -> str:
    """Return a name for a capacity: its places, then whom and which direction it holds for."""
    known = _known(study)
    if table["place_kind"][row] == "fleet":
        mine = study["fleet"]["fleet_id"] == table["capacity_id"][row].removeprefix("fleet:")
        return str(study["fleet"]["name_en"][mine.nonzero()[0][0]])
    ids = [i for i in str(table["place_ids"][row]).split(";") if i]
    names = []
    for place in ids[:2]:
        at = [(k, r) for k in ("border_crossing", "port")
              if (r := known.row.get((k, place))) is not None]  # fmt: skip
        names.append(str(study[_TABLES[at[0][0]][0]]["name_en"][at[0][1]]) if at else place)
    text = ", ".join(names) + (f" and {len(ids) - 2} more" if len(ids) > 2 else "")
    classes, klass = study["commodity"], table["class_id"][row]
    for n in (classes["class_id"] == klass).nonzero()[0]:
        text += f", {str(classes['name_en'][n]).lower()}"
    if not klass and table["cargo"][row] != "all":
        text += f", {table['cargo'][row]}"
    if table["method"][row]:
        text += f", {METHODS[table['method'][row]]}"
    if table["from_country"][row]:
        text += f", {table['from_country'][row]} to {table['to_country'][row]}"
    return text
