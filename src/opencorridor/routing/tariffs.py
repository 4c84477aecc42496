"""Which documents price a route and shut places: tariffs and restrictions, with their dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import BORDER, TRANSSHIPMENT, Graph
from opencorridor.network.opening import restricted_arcs, valid_on
from opencorridor.network.tariffs import KIND_BIT, Terms, held, terms_of
from opencorridor.routing.masks import Shut
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.rules import Ban, TradeBan
from opencorridor.study import Table

__all__ = [
    "TABLES",
    "RowTariff",
    "restriction_shut",
    "row_tariff",
    "tariff_notes",
    "tariffs_of",
    "trade_bans",
]

Strings = npt.NDArray[Any]
TABLES = ("tariff_rail", "restriction")
_ALL = 7
_BITS = tuple(KIND_BIT.values())


@dataclass(frozen=True)
class RowTariff:
    """A row of ``tariff_rail`` that prices a leg.

    Attributes
    ----------
    price
        The coefficient or through rate in words.
    basis
        What of it was observed and what is assumed.
    """

    tariff_rail_id: str
    document_no: str
    valid_from: str
    valid_to: str
    price: str
    basis: str
    source: str

    def __str__(self) -> str:
        period = _period(self.valid_from, self.valid_to)
        return f"{self.price}, {self.document_no}, {period}; {self.basis}"


def _period(start: str, end: str) -> str:
    if start and end:
        return f"valid {start} to {end}"
    return f"valid from {start}" if start else f"valid to {end}" if end else "valid without end"


def _number(value: float) -> str:
    return f"{value:.2f}" if round(value, 2) == value else f"{value:g}"


def _price(row: Mapping[str, Any]) -> str:
    if row["rate_usd_per_unit_km"] == row["rate_usd_per_unit_km"]:
        unit = str(row["unit"] or "t")
        name = unit.upper() if unit in ("teu", "feu") else unit
        return f"through rate {row['rate_usd_per_unit_km']:g} US$ per {name}-km"
    return f"coefficient {_number(row['coefficient'])}"


def row_tariff(table: Table, i: int, rate_status: Mapping[str, str]) -> RowTariff:
    """Return what a row of ``tariff_rail`` says; ``rate_status`` by id of mode_rate."""
    row = table.row(i)
    basis = f"rate {row['status']}"
    if row["rate_usd_per_unit_km"] != row["rate_usd_per_unit_km"]:
        base = rate_status.get(row["base_rate_id"], "") or row["base_status"]
        basis = f"coefficient {row['status']}, base {base or 'the rate in force'}"
    return RowTariff(
        row["tariff_rail_id"], row["document_no"], row["valid_from"], row["valid_to"],
        _price(row), basis, row["source"],
    )  # fmt: skip


def tariffs_of(
    priced: PricedGraph, arcs: npt.NDArray[np.int64], kinds: npt.NDArray[np.int64]
) -> list[int]:
    """Return the rows of ``tariff_rail`` that price arcs of a trip, in order of travel."""
    if priced.tariff_row is None or not len(arcs):
        return []
    rows = priced.tariff_row[arcs, kinds]
    return [int(row) for row in dict.fromkeys(rows.tolist()) if row >= 0]


def _is_rail(graph: Graph, arc: int) -> bool:
    """Whether an arc is part of a stay on the rails of one country."""
    if graph.kind[arc] == TRANSSHIPMENT:
        ends = graph.node_mode[graph.tail[arc]], graph.node_mode[graph.head[arc]]
        return ends == (0, 0)
    return bool(graph.kind[arc] < BORDER and graph.mode[arc] == 0)


def _stays(graph: Graph, arcs: npt.NDArray[np.int64]) -> Iterator[tuple[int, str, str, list[int]]]:
    """Yield country, place of entry, place of exit and positions of every stay on rails."""

    def place(k: int) -> str:
        at = int(graph.place[arcs[k]]) if 0 <= k < len(arcs) else -1
        return graph.places[at] if at >= 0 else ""

    run: list[int] = []
    for k in range(len(arcs) + 1):
        on = k < len(arcs) and _is_rail(graph, int(arcs[k]))
        same = on and (not run or graph.country[arcs[k]] == graph.country[arcs[run[-1]]])
        if run and not same:
            yield int(graph.country[arcs[run[0]]]), place(run[0] - 1), place(k), run
            run = []
        if on:
            run.append(k)


def _meets(terms: Terms, country: str, start: str, end: str, kind: int) -> bool:
    return (
        terms.country == country
        and start in terms.enters
        and end in terms.leaves
        and bool(terms.kinds & _BITS[kind])
    )


def tariff_notes(
    priced: PricedGraph,
    table: Table,
    arcs: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.int64],
    class_id: str,
    cargo: str,
    date: str,
    wagons: str,
) -> list[str]:
    """Return what is to be said where a known tariff does not price a stay that it is about.

    It ended before the date or begins after it (the usual rate is used then), it is not below
    the rate used, or it is for goods finer than the classes of the study.
    """
    notes: dict[str, None] = {}
    graph = priced.graph
    terms = terms_of(table)
    for country, start, end, run in _stays(graph, arcs) if table.n else ():
        name = graph.countries[country] if country >= 0 else ""
        kind = int(kinds[run[0]])
        used = tariffs_of(priced, arcs[run], kinds[run])
        about = [
            i
            for i in range(table.n)
            if _meets(terms[i], name, start, end, kind)
            and not table["link_ids"][i]
            and table["cargo"][i] in ("all", cargo)
            and table["ownership"][i] in ("any", wagons)
            and table["loaded"][i] == "loaded"
            and (not table["class_ids"][i] or class_id in table["class_ids"][i].split(";"))
            and class_id not in table["except_class_ids"][i].split(";")
        ]
        notes.update(dict.fromkeys(_said(table, about, used, date)))
    return list(notes)


def _said(table: Table, about: list[int], used: list[int], date: str) -> Iterator[str]:
    """Yield the notes on one stay."""
    on = [i for i in about if held(table["valid_from"][i], table["valid_to"][i], date)]
    dearer: dict[str, list[str]] = {}
    for i in on:
        row = table.row(i)
        if row["applies"] == "note":
            goods = f" for {row['goods']}" if row["goods"] else ""
            yield f"{row['document_no']}: {_price(row)}{goods}, not priced: {row['note']}"
        elif not used and row["applies"] == "discount":
            dearer.setdefault(row["document_no"], []).append(_price(row))
    for document, prices in dearer.items():
        yield f"{document}: not below the usual rate ({', '.join(prices)})"
    off = [i for i in about if i not in on and table["applies"][i] == "discount"]
    if used or not off or any(table["applies"][i] == "discount" for i in on):
        return
    past = [i for i in off if table["valid_to"][i] and table["valid_to"][i] < date]
    if past:
        last = max(table["valid_to"][i] for i in past)
        for i in past:
            if table["valid_to"][i] == last:
                yield (f"{_price(table.row(i))} of {table['document_no'][i]} ended on {last}; "
                       "the usual rate is used")  # fmt: skip
        return
    first = min(table["valid_from"][i] for i in off)
    for i in off:
        if table["valid_from"][i] == first:
            yield (f"{_price(table.row(i))} of {table['document_no'][i]} begins on {first}; "
                   "the usual rate is used")  # fmt: skip


def _restricted(table: Table, date: str) -> list[int]:
    """Return the restrictions of places that let nothing pass on a date."""
    on = valid_on(table, date) & (table["allowed_share"] <= 0.0) & (table["place_kind"] != "flow")
    return [int(i) for i in np.flatnonzero(on)]


def _closure(row: Mapping[str, Any]) -> str:
    """Return reason, document and dates of a restriction."""
    way = ""
    if row["from_country"] or row["to_country"]:
        way = f" from {row['from_country'] or 'any'} to {row['to_country'] or 'any'}"
    said = [row["document_no"], _period(row["valid_from"], row["valid_to"])]
    return f"{row['reason']}{way} ({', '.join(word for word in said if word)})"


def _for_class(table: Table, i: int, class_id: str) -> bool:
    named = table["class_ids"][i]
    return not named or class_id in named.split(";")


def restriction_shut(
    graph: Graph, link_id: Strings, table: Table, class_id: str, date: str
) -> tuple[Shut, ...]:
    """Return the arcs that restrictions shut to a class on a date, and by which document.

    They are shut in a graph that is open as on that date: the arcs are looked up when somebody
    asks why.
    """
    return tuple(
        Shut(partial(restricted_arcs, graph, link_id, table, i), _closure(table.row(i)))
        for i in _restricted(table, date)
        if _for_class(table, i, class_id) and not table["exporter"][i] and not table["importer"][i]
    )


def trade_bans(
    graph: Graph, link_id: Strings, table: Table, class_id: str, date: str
) -> tuple[TradeBan, ...]:
    """Return what restrictions forbid to goods of one country to another at places."""
    bans = []
    for i in _restricted(table, date):
        named = table["exporter"][i], table["importer"][i]
        if any(named) and _for_class(table, i, class_id):
            arcs = restricted_arcs(graph, link_id, table, i)
            bits = np.where(arcs, _ALL, 0).astype(np.uint8)
            bans.append(TradeBan(*named, Ban("restriction", _closure(table.row(i)), bits)))
    return tuple(bans)
