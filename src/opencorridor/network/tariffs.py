"""Tariffs that hang on where cargo comes onto the rails of a country and where it leaves them.

Such a price is no price of an arc. A tariff layer makes it one: a copy of the country's railway
that is entered only by the places a tariff names and left only by those it names. Its arcs refer
to the same rows, so that loads, crossings and lines are those of the railway itself; a layer is
shut where no row holds. The shortest path then picks the layer of the lowest price by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network.graph import Graph
from opencorridor.study import OpenCorridorError, Problem, Study, Table

__all__ = [
    "ALL_KINDS",
    "KIND_BIT",
    "TARE_T",
    "Gate",
    "TariffBook",
    "Terms",
    "held",
    "layer_names",
    "layers_open",
    "tariff_book",
    "terms_of",
]

Bools = npt.NDArray[np.bool_]
Cells = tuple[str, str]
KIND_BIT = {"transit": 1, "import_export": 2, "domestic": 4}
ALL_KINDS = 7
# Typical dry boxes, t; the gross weight of a container is payload and tare (assumed).
TARE_T = {"teu": 2.3, "feu": 3.9}


@dataclass(frozen=True, slots=True)
class Gate:
    """Places that cargo may pass on its way in, or out: those named, or all but some.

    A place without an id (a zone, a change of country without a crossing) is in ``all``.
    """

    named: frozenset[str] | None = None
    but: frozenset[str] = frozenset()

    def __contains__(self, place: str) -> bool:
        return place not in self.but if self.named is None else place in self.named

    def __le__(self, other: Gate) -> bool:
        """Whether ``other`` lets everything pass that this gate does."""
        if self.named is None:
            return other.named is None and other.but <= self.but
        return all(place in other for place in self.named)

    def __and__(self, other: Gate) -> Gate:
        if self.named is None and other.named is None:
            return Gate(None, self.but | other.but)
        one, two = (self, other) if self.named is not None else (other, self)
        return Gate(frozenset(p for p in one.named or () if p in two))

    @property
    def everything(self) -> bool:
        """Whether nothing is kept out."""
        return self.named is None and not self.but


@dataclass(frozen=True, slots=True)
class Terms:
    """When a tariff holds, date and cargo apart.

    ``kinds`` are bits of flow kinds. ``own`` sets a row with a fixed part per stay apart from all
    others (its number plus 1; else 0): of several such rows one alone is paid.
    """

    country: str
    enters: Gate
    leaves: Gate
    kinds: int
    own: int = 0

    def __le__(self, other: Terms) -> bool:
        """Whether the other terms hold wherever these do."""
        return (
            self.country == other.country
            and self.own == other.own
            and not self.kinds & ~other.kinds
            and self.enters <= other.enters
            and self.leaves <= other.leaves
        )

    def __and__(self, other: Terms) -> Terms:
        return Terms(
            self.country,
            self.enters & other.enters,
            self.leaves & other.leaves,
            self.kinds & other.kinds,
        )

    @property
    def empty(self) -> bool:
        """Whether they can never hold."""
        nobody = Gate(frozenset())
        return not self.kinds or nobody in (self.enters, self.leaves)


def _ids(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split(";") if part.strip())


def _gate(named: str, but: str) -> Gate:
    without = _ids(but)
    return Gate(_ids(named) - without) if named else Gate(None, without)


@lru_cache(maxsize=4096)
def _terms(country: str, enters: Cells, leaves: Cells, kind: str, own: int) -> Terms:
    return Terms(country, _gate(*enters), _gate(*leaves), KIND_BIT.get(kind, ALL_KINDS), own)


def terms_of(table: Table) -> list[Terms]:
    """Return the terms of the rows of tariff_rail."""
    ways = ("enters_by", "leaves_by")
    gates = (zip(table[w].tolist(), table[f"except_{w}"].tolist(), strict=True) for w in ways)
    country, kind = table["country_id"].tolist(), table["flow_kind"].tolist()
    own = np.where(table["fixed_usd_per_unit"] > 0, np.arange(1, table.n + 1), 0).tolist()
    return [_terms(*row) for row in zip(country, *gates, kind, own, strict=True)]


def _priced(table: Table, i: int) -> bool:
    return bool(table["applies"][i] != "note" and table["loaded"][i] == "loaded")


def _is_local(table: Table, terms: Sequence[Terms], i: int) -> bool:
    row = terms[i]
    return bool(table["link_ids"][i]) or (
        row.enters.everything and row.leaves.everything and not row.own
    )


@lru_cache(maxsize=16)
def _read(table: Table) -> tuple[tuple[Terms, ...], tuple[Terms, ...]]:
    """Return the terms of every row and those of every layer."""
    terms = tuple(terms_of(table))
    rows = [
        i
        for i in range(table.n)
        if _priced(table, i)
        and not _is_local(table, terms, i)
        and table["applies"][i] == "discount"
    ]
    found = dict.fromkeys(terms[i] for i in rows)
    # Coefficients that multiply one another hold together where both sets of terms do.
    joint = list(dict.fromkeys(terms[i] for i in rows if table["several"][i] == "product"))
    made = list(joint)
    while made:
        one = made.pop()
        for two in joint:
            if one.country == two.country and not (both := one & two).empty and both not in found:
                found[both] = None
                made.append(both)
    return terms, tuple(layer for layer in found if not layer.empty)


class TariffBook:
    """Rows of ``tariff_rail`` and the layers that they ask for.

    Attributes
    ----------
    table
        The rows.
    terms
        Terms of every row.
    layers
        Terms of every layer, in the order of the rows. Rows that hold for a section, or wherever
        cargo comes from and goes to, need none; nor do surcharges and notes.
    """

    def __init__(self, study: Study) -> None:
        self.table = study["tariff_rail"]
        self.study = study
        self.terms, self.layers = _read(self.table)

    def is_local(self, i: int) -> bool:
        """Whether a row holds on its links whatever the way before and after."""
        return _is_local(self.table, self.terms, i)

    @cached_property
    def mine(self) -> Bools:
        """Rows that price cargo in the wagons that the study uses."""
        wagons = self.study.settings.tariffs.wagons
        owner = self.table["ownership"]
        return np.array(
            [_priced(self.table, i) and owner[i] in ("any", wagons) for i in range(self.table.n)],
            bool,
        )

    def suits(self, i: int, class_id: str) -> bool:
        """Whether a row holds for a class: by name, and by the gross weight of its unit."""
        t = self.table
        named, without = _ids(t["class_ids"][i]), _ids(t["except_class_ids"][i])
        if (named and class_id not in named) or class_id in without:
            return False
        low, high, unit = t["gross_t_from"][i], t["gross_t_to"][i], t["unit"][i]
        if not (np.isfinite(low) or np.isfinite(high)) or unit in ("", "t"):
            return True
        at = self.study["commodity"]["class_id"].tolist().index(class_id)
        gross = self.study["commodity"][f"payload_t_per_{unit}"][at] + TARE_T.get(unit, 0.0)
        return bool(gross > np.nan_to_num(low) - 1e-9 and not gross > high + 1e-9)

    def rows(self, date: str, class_id: str = "") -> list[int]:
        """Return the rows that price cargo on a date, for a class or (blank) for any class."""
        start, end = self.table["valid_from"], self.table["valid_to"]
        valid = [i for i in np.flatnonzero(self.mine).tolist() if held(start[i], end[i], date)]
        return [i for i in valid if not class_id or self.suits(i, class_id)]

    def of_layer(self, layer: Terms, rows: Iterable[int]) -> list[int]:
        """Return which of the rows hold in a layer for the whole stay."""
        return [i for i in rows if not self.table["link_ids"][i] and layer <= self.terms[i]]


def held(start: str, end: str, date: str) -> bool:
    """Return whether a date lies between two dates (blank: no end)."""
    return (not start or start <= date) and (not end or date <= end)


def tariff_book(study: Study) -> TariffBook | None:
    """Return the tariffs of a study; None where it has no rows."""
    return TariffBook(study) if study["tariff_rail"].n else None


def layer_names(study: Study) -> tuple[str, ...]:
    """Return what the layers of a study are, as texts to compare."""
    book = tariff_book(study)

    def gate(one: Gate) -> str:
        named = "any" if one.named is None else ",".join(sorted(one.named))
        return f"{named} but {','.join(sorted(one.but))}"

    return tuple(
        f"{x.country}: {gate(x.enters)} to {gate(x.leaves)}, {x.kinds}, {x.own}"
        for x in (book.layers if book else ())
    )


def layers_open(study: Study, graph: Graph, date: str, class_id: str = "") -> Bools:
    """Return for every arc (A) whether its layer holds on a date; arcs outside layers do.

    Parameters
    ----------
    study, graph
        The graph, whole or reduced, of this study.
    date
        ISO 8601.
    class_id
        Commodity class; blank: a layer holds if it does for any class.

    Raises
    ------
    OpenCorridorError
        Code ``tariff_layers_void``: the study's tariffs ask for other layers than the graph has.
    """
    if layer_names(study) != graph.layers:
        raise OpenCorridorError(
            [
                Problem(
                    code="tariff_layers_void",
                    message="the tariffs name other ways in and out than the network was made for",
                    table="tariff_rail",
                    column="enters_by",
                    mend="make the network anew; a measure may change numbers and dates of a row",
                )
            ]
        )
    book = tariff_book(study) if (graph.tariff >= 0).any() else None
    if book is None:
        return np.ones(graph.n_arcs, bool)
    rows = book.rows(date, class_id)
    kind = book.table["applies"]
    on = [any(kind[i] == "discount" and not book.is_local(i) for i in book.of_layer(x, rows))
          for x in book.layers]  # fmt: skip
    # A joint layer opens only where the rows that make it hold together.
    joint = _joint_open(book, rows)
    return np.array([*(a and b for a, b in zip(on, joint, strict=True)), True])[graph.tariff]


def _joint_open(book: TariffBook, rows: list[int]) -> list[bool]:
    """Return for every layer whether its terms are exactly met by the rows that hold in it.

    A layer made by two rows together says nothing new while only one of them holds.
    """
    found = []
    for layer in book.layers:
        both: Terms | None = None
        for i in book.of_layer(layer, rows):
            if not book.is_local(i):
                both = book.terms[i] if both is None else both & book.terms[i]
        found.append(both is not None and layer <= both and both <= layer)
    return found


class Copier:
    """Adds the layers of a study to the arcs of its graph.

    Parameters
    ----------
    book
        The tariffs.
    node_country, node_mode
        Shape N, zones last.
    n_inner
        Number of nodes that are no zones.
    countries, places
        Names behind the numbers of countries and places.
    """

    def __init__(
        self,
        book: TariffBook,
        node_country: npt.NDArray[Any],
        node_mode: npt.NDArray[Any],
        n_inner: int,
        countries: tuple[str, ...],
        places: tuple[str, ...],
    ) -> None:
        self.book, self.country, self.mode = book, node_country, node_mode
        self.n_inner, self.countries, self.places = n_inner, countries, places
        self.base = np.arange(len(node_country))  # of every node; copies are added at the end

    def _inside(self, layer: Terms) -> npt.NDArray[np.int64]:
        """Return the rail nodes of the layer's country."""
        home = self.countries.index(layer.country) if layer.country in self.countries else -2
        inner = slice(self.n_inner)
        return np.flatnonzero((self.mode[inner] == 0) & (self.country[inner] == home))

    def add(self, arcs: dict[str, Any]) -> dict[str, Any]:
        """Return the arcs with those of all layers behind them."""
        for number, layer in enumerate(self.book.layers):
            arcs = self._one(arcs, number, layer)
        return arcs

    def _one(self, arcs: dict[str, Any], number: int, layer: Terms) -> dict[str, Any]:
        nodes = self._inside(layer)
        copy = np.full(len(self.base), -1, np.int64)
        copy[nodes] = len(self.base) + np.arange(len(nodes))
        home = self.country[nodes[0]] if len(nodes) else -2
        # Copies of the country in other layers are no way in or out.
        within = np.isin(self.base, nodes)
        self.base = np.concatenate([self.base, nodes])
        a, b = within[arcs["tail"]], within[arcs["head"]]
        start, end = copy[arcs["tail"]], copy[arcs["head"]]
        own = arcs["country"] == home
        at_zone = arcs["kind"] >= 3
        local = at_zone & (arcs["place"] < 0) & (layer.kinds == KIND_BIT["transit"])
        inner = np.flatnonzero(a & b & (start >= 0) & (end >= 0) & (arcs["tariff"] < 0))
        arcs = self._more(arcs, inner, start[inner], end[inner], number, layer, own, True)
        name = np.array([*self.places, ""], dtype=object)[arcs["place"]]

        def passes(gate: Gate, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
            on = np.fromiter((x in gate for x in name[rows]), bool, len(rows))
            return np.asarray(rows[on], np.int64)

        into = passes(layer.enters, np.flatnonzero(~a & (end >= 0) & ~local))
        tails = arcs["tail"][into]
        arcs = self._more(arcs, into, tails, end[into], number, layer, own)
        out = passes(layer.leaves, np.flatnonzero((start >= 0) & ~b & ~local))
        heads = arcs["head"][out]
        return self._more(arcs, out, start[out], heads, number, layer, own, leaving=True)

    def _more(
        self,
        arcs: dict[str, Any],
        rows: npt.NDArray[np.int64],
        tail: npt.NDArray[Any],
        head: npt.NDArray[Any],
        number: int,
        layer: Terms,
        own: Bools,
        inner: bool = False,
        leaving: bool = False,
    ) -> dict[str, Any]:
        """Return the arcs with copies of some between other nodes."""
        n = len(arcs["tail"])
        new = {key: values[rows] for key, values in arcs.items()}
        new["tail"], new["head"] = tail.astype(np.int32), head.astype(np.int32)
        mine = own[rows]
        new["kinds"] = np.where(mine, new["kinds"] & np.uint8(layer.kinds), new["kinds"])
        keep = (new["tariff"] >= 0) & leaving
        new["tariff"] = np.where(keep, new["tariff"], np.int16(number))
        back = np.full(n + 1, -1, np.int32)
        if inner:
            back[rows] = n + np.arange(len(rows))
            new["reverse"] = back[new["reverse"]]
        else:
            new["reverse"] = np.full(len(rows), -1, np.int32)
        return {key: np.concatenate([arcs[key], new[key]]).astype(values.dtype)
                for key, values in arcs.items()}  # fmt: skip
