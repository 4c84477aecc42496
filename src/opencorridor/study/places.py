"""From what a person types to a place of the study.

Names of zones, ports, stations, border crossings and countries in any recorded language or
spelling, ids, UN/LOCODE, and ``lat,lon``. Where zone, port and stations of one town share a name
the zone is meant, then the port, then the station; ``port:NAME`` picks another kind. Different
places, or two sides of a border, are an error that lists the candidates.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload
from weakref import WeakKeyDictionary

import numpy as np

from opencorridor.study.errors import OpenCorridorError, Problem, near
from opencorridor.study.study import Study
from opencorridor.study.table import Array

__all__ = [
    "KINDS",
    "Place",
    "PlaceIndex",
    "fold",
    "place_index",
    "resolve",
    "resolve_all",
]

KINDS = ("zone", "port", "station", "border_crossing", "country", "coordinates")
_PREFIXES = {
    "zone": "zone",
    "port": "port",
    "terminal": "port",
    "station": "station",
    "node": "station",
    "crossing": "border_crossing",
    "border_crossing": "border_crossing",
    "border": "border_crossing",
    "country": "country",
}
# Ranks: what is meant where one town has several. Road nodes and yards serve only alone.
_RANK = {"zone": 0, "port": 1, "station": 2, "border_crossing": 3, "country": 5}
_OTHER = 4
_TOWN_KM = 60.0
_FEW = 8  # look-ups that are quicker without an index
_LAT_LON = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*[,;]\s*([-+]?\d+(?:\.\d+)?)\s*")
_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ـ": "", "\u200c": "", "'": "",
                          "’": "", "ʼ": "", "ʻ": "", "`": "", "ı": "i"})  # fmt: skip


def fold(text: str) -> str:
    """Return a name as it is compared: no case, accents, punctuation or variant letters."""
    text = text.casefold().translate(_LETTERS)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(ch for ch in text if not unicodedata.combining(ch))
    return " ".join("".join(ch if ch.isalnum() else " " for ch in text).split())


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the study.

    ``id`` is the id in its own table (a station: ``node_id``; coordinates: ``lat,lon``). ``ids``
    lists all layer nodes of a station. ``country`` is blank for coordinates; of a border crossing
    it is ``A;B``.
    """

    kind: str
    id: str
    name: str
    country: str = ""
    lon: float = math.nan
    lat: float = math.nan
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f", {self.country.replace(';', '–')}" if self.country else ""
        return f"{self.kind}:{self.id} ({self.name}{where})"


def _same_town(a: Place, b: Place) -> bool:
    if not set(a.country.split(";")) & set(b.country.split(";")):
        return False
    if any(math.isnan(v) for v in (a.lon, a.lat, b.lon, b.lat)):
        return True
    x = math.radians(b.lon - a.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    return 6371.0 * math.hypot(x, math.radians(b.lat - a.lat)) <= _TOWN_KM


class _Rows(Sequence[Place]):
    """Places that are made when they are asked for: a route asks for a few of thousands."""

    def __init__(self, columns: list[list[Any]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, k: int) -> Place: ...
    @overload
    def __getitem__(self, k: slice) -> list[Place]: ...
    def __getitem__(self, k: int | slice) -> Place | list[Place]:
        if isinstance(k, slice):
            return [self[i] for i in range(len(self))[k]]
        return Place(*(column[k] for column in self.columns))


class _Names(Mapping[str, Sequence[int]]):
    """Names to place numbers: a few look-ups read the lists, only more of them make an index."""

    def __init__(self, keys: list[str], numbers: list[int]) -> None:
        self._keys, self._numbers, self._asked = keys, numbers, 0

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for name, k in zip(self._keys, self._numbers, strict=True):
            found.setdefault(name, []).append(k)
        return found

    def __getitem__(self, name: str) -> list[int]:
        self._asked += 1
        if self._asked > _FEW:
            return self._index[name]
        found = [self._numbers[at] for at in _positions(self._keys, name)]
        if not found:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)


def _positions(values: list[str], wanted: str) -> Iterator[int]:
    """Yield where a list has a text."""
    at = -1
    for _ in range(values.count(wanted)):
        at = values.index(wanted, at + 1)
        yield at


class PlaceIndex:
    """All places of a study by folded name; small enough to keep in the cache.

    Parameters
    ----------
    places, ranks
        The places, and the rank of each.
    names
        Folded names (and UN/LOCODEs) to place numbers.
    """

    def __init__(
        self, places: Sequence[Place], ranks: Sequence[int], names: Mapping[str, Sequence[int]]
    ) -> None:
        self.places = places if isinstance(places, _Rows) else tuple(places)
        self.ranks = tuple(ranks)
        self.names = names

    @cached_property
    def by_id(self) -> Mapping[str, Sequence[int]]:
        """Numbers of the places by id: kinds share ids."""
        return _Names(self._ids, list(range(len(self._ids))))

    @property
    def _ids(self) -> list[str]:
        rows = self.places
        return rows.columns[1] if isinstance(rows, _Rows) else [place.id for place in rows]

    def to_arrays(self) -> dict[str, Array]:
        """Return the index as flat arrays for ``cache.save_arrays``."""
        pairs = [(name, k) for name, found in self.names.items() for k in found]
        text = {
            field: np.array([getattr(p, field) for p in self.places], dtype=object)
            for field in ("kind", "id", "name", "country")
        }
        return {
            **text,
            "lon": np.array([p.lon for p in self.places]),
            "lat": np.array([p.lat for p in self.places]),
            "rank": np.array(self.ranks, dtype=np.int8),
            "key": np.array([name for name, _ in pairs], dtype=object),
            "key_place": np.array([k for _, k in pairs], dtype=np.int32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> PlaceIndex:
        """Make the index from the arrays of ``to_arrays``."""
        fields = [arrays[f].tolist() for f in ("kind", "id", "name", "country", "lon", "lat")]
        names = _Names(arrays["key"].tolist(), arrays["key_place"].tolist())
        return cls(_Rows(fields), arrays["rank"].tolist(), names)

    def find(self, text: str, kinds: Sequence[str]) -> list[int]:
        """Return the numbers of the places with this id, else with this name, best rank first."""
        found = [k for k in self.by_id.get(text, []) if self.places[k].kind in kinds]
        if not found:
            named = self.names.get(fold(text), [])
            found = [k for k in named if self.places[k].kind in kinds]
        return sorted(dict.fromkeys(found), key=lambda k: (self.ranks[k], k))


class _Builder:
    def __init__(self) -> None:
        self.places: list[Place] = []
        self.ranks: list[int] = []
        self.names: dict[str, list[int]] = {}
        self.number: dict[tuple[str, str], int] = {}

    def add(self, place: Place, rank: int, names: Iterable[str]) -> None:
        k = len(self.places)
        self.places.append(place)
        self.ranks.append(rank)
        self.number[place.kind, place.id] = k
        for name in names:
            self.name(k, name)

    def name(self, k: int, name: str) -> None:
        key = fold(name)
        if key:
            found = self.names.setdefault(key, [])
            if k not in found:
                found.append(k)


_NAMES = ("name_en", "name_ru", "name_kk", "name_fa")


def _add_tables(builder: _Builder, study: Study) -> None:
    for row in study["zone"].rows():
        place = Place(
            "zone", row["zone_id"], row["name_en"], row["country_id"], row["lon"], row["lat"]
        )
        builder.add(place, _RANK["zone"], [*(row[n] for n in _NAMES), row["locode"]])
    for row in study["terminal"].rows():
        place = Place(
            "port", row["terminal_id"], row["name_en"], row["country_id"], row["lon"], row["lat"]
        )
        rank = _RANK["port"] if row["kind"] == "port" else _OTHER
        builder.add(place, rank, [*(row[n] for n in _NAMES), row["locode"]])
    for row in study["border_crossing"].rows():
        countries = f"{row['country_a']};{row['country_b']}"
        place = Place(
            "border_crossing",
            row["border_crossing_id"],
            row["name_en"],
            countries,
            row["lon"],
            row["lat"],
        )
        builder.add(place, _RANK["border_crossing"], (row[n] for n in _NAMES))
    for row in study["country"].rows():
        place = Place("country", row["country_id"], row["name_en"], row["country_id"])
        builder.add(place, _RANK["country"], (row[n] for n in _NAMES))


def _add_nodes(builder: _Builder, study: Study) -> None:
    table = study["node"]
    columns = ("node_id", "mode", "name", "country_id", "lon", "lat", "kind")
    for node_id, mode, name, country, lon, lat, kind in zip(
        *(table[c].tolist() for c in columns), strict=True
    ):
        rank = _RANK["station"] if mode == "rail" or kind == "station" else _OTHER
        place = Place("station", node_id, name or node_id, country, lon, lat)
        builder.add(place, rank, (name,))


def _build(study: Study) -> PlaceIndex:
    builder = _Builder()
    _add_tables(builder, study)
    _add_nodes(builder, study)
    aliases = study["alias"]
    columns = (aliases[c].tolist() for c in ("place_kind", "place_id", "name"))
    for kind, place_id, name in zip(*columns, strict=True):
        k = builder.number.get((kind, place_id))
        if k is not None:
            builder.name(k, name)
    return PlaceIndex(builder.places, builder.ranks, builder.names)


_CACHE: WeakKeyDictionary[Study, PlaceIndex] = WeakKeyDictionary()


def place_index(study: Study) -> PlaceIndex:
    """Return the index of a study's places (made once per study object)."""
    index = _CACHE.get(study)
    if index is None:
        index = _CACHE[study] = _build(study)
    return index


def _error(code: str, message: str, text: str, expected: str, mend: str) -> OpenCorridorError:
    return OpenCorridorError([Problem(code, message, value=text, expected=expected, mend=mend)])


def _coordinates(text: str) -> Place | None:
    match = _LAT_LON.fullmatch(text)
    if not match:
        return None
    lat, lon = float(match[1]), float(match[2])
    if abs(lat) > 90 or abs(lon) > 180:
        raise _error(
            "out_of_range",
            f"{text} is no place on Earth",
            text,
            "latitude,longitude in degrees (-90 to 90, -180 to 180)",
            "the latitude stands first",
        )
    return Place("coordinates", f"{lat:g},{lon:g}", f"{lat:g},{lon:g}", "", lon, lat)


def _asked(text: str, kind: str | Sequence[str] | None) -> tuple[str, tuple[str, ...]]:
    """Split a prefix such as ``port:`` off, and return the kinds that may be meant."""
    kinds = KINDS if kind is None else (kind,) if isinstance(kind, str) else tuple(kind)
    prefix, colon, rest = text.partition(":")
    prefixed = _PREFIXES.get(prefix.strip().casefold()) if colon else None
    if prefixed:
        if prefixed not in kinds:
            raise _error("unknown_place", f"{text} is a {prefixed}", text, " or ".join(kinds), "")
        return rest.strip(), (prefixed,)
    return text.strip(), kinds


def _unknown(index: PlaceIndex, text: str, kinds: Sequence[str]) -> OpenCorridorError:
    wanted = {
        name
        for name, found in index.names.items()
        if any(index.places[k].kind in kinds for k in found)
    }
    shown = []
    for name in near(fold(text), wanted):
        k = min((k for k in index.names[name] if index.places[k].kind in kinds), default=0)
        shown.append(index.places[k].name)
    mend = f"did you mean {' or '.join(dict.fromkeys(shown))}?" if shown else ""
    words = ", ".join(kind.replace("_", " ") for kind in kinds)
    return _error("unknown_place", f"there is no place {text!r}", text, words, mend)


def _ambiguous(index: PlaceIndex, text: str, found: Sequence[int]) -> OpenCorridorError:
    listed = "; ".join(str(index.places[k]) for k in found[:8])
    more = f"; and {len(found) - 8} more" if len(found) > 8 else ""
    return _error(
        "ambiguous_place",
        f"{text!r} names several places: {listed}{more}",
        text,
        "one place",
        "write the kind and id of one of them, such as " + _label(index.places[found[0]]),
    )


def _label(place: Place) -> str:
    kind = "crossing" if place.kind == "border_crossing" else place.kind
    return f"{kind}:{place.id}"


def _candidates(index: PlaceIndex, found: Sequence[int]) -> list[int]:
    """Drop what serves only alone: countries, road nodes and yards beside anything better."""
    strong = [k for k in found if index.ranks[k] < _OTHER]
    if strong:
        return strong
    others = [k for k in found if index.ranks[k] == _OTHER]
    return others or list(found)


def resolve_all(
    source: Study | PlaceIndex, text: str, kind: str | Sequence[str] | None = None
) -> list[Place]:
    """Return every place of one town that ``text`` names: what ``--avoid`` means by a name.

    All must lie in one town (two sides of a border are an error); crossings of both road and
    rail, or several ports of one name, are all returned.

    Raises
    ------
    OpenCorridorError
        ``unknown_place`` with near names, ``ambiguous_place`` with the candidates.
    """
    index = source if isinstance(source, PlaceIndex) else place_index(source)
    rest, kinds = _asked(text, kind)
    found = _candidates(index, index.find(rest, kinds))
    if not found:
        raise _unknown(index, rest, kinds)
    places = [index.places[k] for k in found]
    if not all(_same_town(places[0], other) for other in places[1:]):
        raise _ambiguous(index, rest, found)
    return places


def resolve(
    source: Study | PlaceIndex, text: str, kind: str | Sequence[str] | None = None
) -> Place:
    """Return the one place that ``text`` names.

    Parameters
    ----------
    source
        A study, or its place index.
    text
        Name in any recorded spelling, id, UN/LOCODE, or ``lat,lon``; with a prefix such as
        ``port:`` or ``crossing:`` to pick a kind.
    kind
        Kind or kinds that may be meant; all by default.

    Raises
    ------
    OpenCorridorError
        ``unknown_place`` with near names, ``ambiguous_place`` with the candidates.
    """
    index = source if isinstance(source, PlaceIndex) else place_index(source)
    rest, kinds = _asked(text, kind)
    if "coordinates" in kinds:
        coordinates = _coordinates(rest)
        if coordinates:
            return coordinates
    found = _candidates(index, index.find(rest, kinds))
    if not found:
        raise _unknown(index, rest, kinds)
    lead = index.places[found[0]]
    leads = [k for k in found if index.ranks[k] == index.ranks[found[0]]]
    alone = len(leads) == 1 or lead.kind == "station"
    if not alone or not all(_same_town(lead, index.places[k]) for k in found[1:]):
        raise _ambiguous(index, rest, found)
    if lead.kind != "station":
        return lead
    ids = tuple(index.places[k].id for k in leads)
    return Place(lead.kind, lead.id, lead.name, lead.country, lead.lon, lead.lat, ids)
