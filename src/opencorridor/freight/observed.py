"""Which tonnes of the model a report counts: by place, direction, ends, class and form of cargo.

A report says how much passed somewhere; here the same cut is made through the model's loads. A
tonne that passes several of the places named counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.demand import CARGOES, Cells, Rows
from opencorridor.freight.kept import Kept
from opencorridor.freight.options import Options
from opencorridor.network import BORDER, MODES, Graph
from opencorridor.study import Table

__all__ = [
    "Cut",
    "Loaded",
    "background_t",
    "counted",
    "cut_of",
    "inside_arcs",
    "marked_arcs",
    "third_share",
]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cut:
    """Goods that a report counts; empty fields count all.

    ``passes`` crossings and terminals of which any is passed (from ``from_country`` to
    ``to_country``), ``then_passes`` others of which any must be passed too; ``country`` counts
    inside a country, by ``mode``; ``not_country`` drops goods with an end there.
    """

    passes: tuple[str, ...] = ()
    then_passes: tuple[str, ...] = ()
    country: str = ""
    mode: str = ""
    from_country: str = ""
    to_country: str = ""
    exporters: tuple[str, ...] = ()
    importers: tuple[str, ...] = ()
    not_country: str = ""
    cargo: str = "all"
    classes: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all goods of the places count, whatever they are and wherever they go."""
        return bool(self.passes) and not (
            self.then_passes or self.exporters or self.importers or self.not_country or self.classes
        )


@dataclass(frozen=True)
class Loaded:
    """Loads of one state of a model: what :func:`counted` needs, and tonnes by option (O,).

    ``countries`` are the trade countries of the cells, ``class_ids`` the classes.
    """

    graph: Graph
    routes: Kept
    options: Options
    rows: Rows
    cells: Cells
    countries: Sequence[str]
    class_ids: Sequence[str]
    option_t: Floats
    _passed: dict[object, Bools] = field(default_factory=dict, repr=False)

    def passing(self, key: object, arcs: Bools) -> Bools:
        """(O,) options whose route runs over any of the arcs (A,); kept under ``key``."""
        if key not in self._passed:
            self._passed[key] = self.routes.passes(arcs)[self.options.route]
        return self._passed[key]


def cut_of(table: Table, row: int) -> Cut:
    """Return the cut of one row of the table ``traffic_match``."""
    ids = {
        name: tuple(i for i in str(table[name][row]).split(";") if i)
        for name in ("passes", "then_passes", "exporters", "importers")
    }
    return Cut(
        **ids,
        country=str(table["country_id"][row]),
        mode=str(table["mode"][row]),
        from_country=str(table["from_country"][row]),
        to_country=str(table["to_country"][row]),
        not_country=str(table["not_country"][row]),
        cargo=str(table["cargo"][row]),
        classes=tuple(c for c in str(table["class_ids"][row]).split(";") if c),
    )


def marked_arcs(graph: Graph, ids: Sequence[str], start: str = "", end: str = "") -> Bools:
    """Return (A,) arcs that pass any of the crossings and terminals, one way or both."""
    wanted = [n for n, place in enumerate(graph.places) if place in set(ids)]
    mask = np.isin(graph.place, wanted) & graph.charged
    for country, node in ((start, graph.tail), (end, graph.head)):
        if country:
            mask &= graph.node_country[node] == _position(graph.countries, country)
    return np.asarray(mask)


def _position(names: Sequence[str], wanted: str) -> int:
    # -1 stands for water; no country has -2.
    return list(names).index(wanted) if wanted in names else -2


def inside_arcs(graph: Graph, country: str, mode: str) -> Bools:
    """Return (A,) links and borders inside a country, of one mode or of all."""
    mask = (graph.kind <= BORDER) & (graph.country == _position(graph.countries, country))
    if mode:
        mask &= graph.mode == MODES.index(mode)
    return np.asarray(mask)


def counted(loaded: Loaded, cut: Cut) -> Bools:
    """Return (O,) options whose tonnes a cut counts."""
    graph, options = loaded.graph, loaded.options
    hit = np.ones(options.n, dtype=bool)
    if cut.passes:
        key = (cut.passes, cut.from_country, cut.to_country)
        hit &= loaded.passing(key, marked_arcs(graph, *key))
    if cut.then_passes:
        hit &= loaded.passing(cut.then_passes, marked_arcs(graph, cut.then_passes))
    if cut.country:
        inside = (cut.country, cut.mode)
        hit &= loaded.passing(inside, inside_arcs(graph, *inside))
    cell = loaded.rows.cell[options.row]
    wanted_ends = (
        (cut.exporters, loaded.cells.exporter),
        (cut.importers, loaded.cells.importer),
    )
    for names, ends in wanted_ends:
        if names:
            hit &= np.isin(ends, [_position(loaded.countries, c) for c in names])[cell]
    if cut.not_country:
        here = _position(loaded.countries, cut.not_country)
        hit &= ((loaded.cells.exporter != here) & (loaded.cells.importer != here))[cell]
    if cut.classes:
        wanted = [_position(loaded.class_ids, c) for c in cut.classes]
        hit &= np.isin(loaded.cells.klass, wanted)[cell]
    if cut.cargo != "all":
        hit &= loaded.rows.cargo[options.row] == CARGOES.index(cut.cargo)
    return hit


def third_share(loaded: Loaded, hit: Bools, pair: tuple[int, int]) -> float:
    """Return the share of the counted tonnes with neither end in the pair; NaN without any."""
    total = float(loaded.option_t[hit].sum())
    if total <= 0.0:
        return float("nan")
    cells = loaded.cells
    outside = ~np.isin(cells.exporter, pair) & ~np.isin(cells.importer, pair)
    mine = hit & outside[loaded.rows.cell[loaded.options.row]]
    return float(loaded.option_t[mine].sum()) / total


def background_t(capacity: Table, cut: Cut) -> float:
    """Return tonnes a year beside the model's at the places of a cut, as far as they are known.

    NaN where none of them has such a capacity, and for a part of the goods.
    """
    if not cut.whole or cut.cargo == "bulk":
        return float("nan")
    total, seen = 0.0, False
    for row in range(capacity.n):
        ids = set(str(capacity["place_ids"][row]).split(";")) & set(cut.passes)
        same = capacity["cargo"][row] == cut.cargo and not capacity["class_id"][row]
        start = capacity["from_country"][row]
        if not (ids and same) or capacity["place_kind"][row] == "link":
            continue
        if cut.from_country and start and start != cut.from_country:
            continue
        seen = True
        total += float(capacity["background_t_per_year"][row])
    return total if seen else float("nan")
