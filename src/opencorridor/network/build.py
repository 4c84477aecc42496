"""From the tables of a study to its graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network.cells import keep_mask, plain_cells
from opencorridor.network.graph import (
    ACCESS,
    BORDER,
    BULK,
    CARGO_BIT,
    CONTAINER,
    EGRESS,
    LINK,
    MODES,
    TRANSSHIPMENT,
    Graph,
)
from opencorridor.network.opening import open_mask
from opencorridor.network.reduce import Reduced, reduce
from opencorridor.network.tariffs import ALL_KINDS, Copier, layer_names, layers_open, tariff_book
from opencorridor.study import Study, cache
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["build", "index_of", "make_graph", "reduced"]

Array = npt.NDArray[Any]
Part = dict[str, Array]
_FORMAT = 4  # raise when the arrays of Graph or Reduced change their meaning
WATER = (MODES.index("sea"), MODES.index("inland_water"))
_ALL = CONTAINER | BULK
_CARRIES = {"container": CONTAINER, "bulk": BULK, "wagon": _ALL, "truck": _ALL, "": _ALL}


def index_of(values: Sequence[str] | Array, index: dict[str, int]) -> npt.NDArray[np.int32]:
    """Return the position of every value in ``index``; -1 for blank and unknown values."""
    names = values.tolist() if isinstance(values, np.ndarray) else values
    return np.fromiter(map(index.get, names, repeat(-1)), dtype=np.int32, count=len(names))


class _Names:
    """The ids of a study as numbers, gathered once."""

    def __init__(self, study: Study) -> None:
        node, zone = study["node"], study["zone"]
        self.nodes = [*node["node_id"], *(f"zone:{z}" for z in zone["zone_id"])]
        self.node = {name: i for i, name in enumerate(self.nodes)}
        self.countries = tuple(study["country"]["country_id"])
        self.country = {name: i for i, name in enumerate(self.countries)}
        self.mode = {name: i for i, name in enumerate(MODES)}
        crossings = study["border_crossing"]["border_crossing_id"]
        self.places = (*crossings, *study["terminal"]["terminal_id"])
        self.n_crossings = len(crossings)
        self.crossing = {name: i for i, name in enumerate(crossings)}
        self.terminal = {
            name: i + self.n_crossings for i, name in enumerate(study["terminal"]["terminal_id"])
        }
        mode = np.concatenate(
            [index_of(node["mode"], self.mode), np.full(zone.n, -1, np.int32)]
        ).astype(np.int8)
        country = index_of([*node["country_id"], *zone["country_id"]], self.country)
        # A ship is in no country until its cargo goes ashore.
        country[np.isin(mode, WATER)] = -1
        self.node_mode = mode
        self.node_country = country.astype(np.int16)


def _need(study: Study, names: _Names) -> None:
    """Raise with every reference from an arc to a node that does not exist."""
    problems = []
    wanted = (
        ("link", "from_node_id", ""),
        ("link", "to_node_id", ""),
        ("transshipment", "from_node_id", ""),
        ("transshipment", "to_node_id", ""),
        ("access", "node_id", ""),
        ("access", "zone_id", "zone:"),
    )
    for table, column, prefix in wanted:
        for i, name in enumerate(study[table][column].tolist()):
            if prefix + name not in names.node:
                file, row = study[table].locate(i)
                problems.append(
                    Problem(
                        code="unknown_reference",
                        message=f"{column} {name!r} does not exist",
                        table=table,
                        file=file,
                        row=row,
                        column=column,
                        value=name,
                    )
                )
    if problems:
        raise OpenCorridorError(problems)


def _cargo_mask(carries: Array) -> npt.NDArray[np.uint8]:
    """Return bit 0 container, bit 1 bulk of every ``carries`` cell."""
    seen: dict[str, int] = {}
    cells = carries.tolist()
    for cell in set(cells):
        bits = 0
        for word in cell.split(";"):
            bits |= _CARRIES.get(word.strip(), 0)
        seen[cell] = bits
    return np.fromiter(map(seen.__getitem__, cells), dtype=np.uint8, count=len(cells))


def _both_ways(one: Part, twoway: npt.NDArray[np.bool_]) -> Part:
    """Return arcs from rows, then the opposite arcs of the rows that are two-way."""
    n = len(twoway)
    back = np.flatnonzero(twoway)
    part = {name: np.concatenate([values, values[back]]) for name, values in one.items()}
    part["tail"], part["head"] = (
        np.concatenate([one["tail"], one["head"][back]]),
        np.concatenate([one["head"], one["tail"][back]]),
    )
    reverse = np.full(n + len(back), -1, dtype=np.int32)
    reverse[back] = n + np.arange(len(back))
    reverse[n:] = back
    part["reverse"] = reverse
    return part


def _link_part(study: Study, names: _Names) -> Part:
    t = study["link"]
    tail, head = index_of(t["from_node_id"], names.node), index_of(t["to_node_id"], names.node)
    own = index_of(t["country_id"], names.country).astype(np.int16)
    a, b = names.node_country[tail], names.node_country[head]
    border = (a != b) & (a >= 0) & (b >= 0)
    mode = index_of(t["mode"], names.mode).astype(np.int8)
    part = _both_ways(
        {
            "tail": tail,
            "head": head,
            "kind": np.where(border, BORDER, LINK).astype(np.int8),
            "ref": np.arange(t.n, dtype=np.int32),
            "length_km": t["length_km"],
            "mode": mode,
            "layer": names.node_mode[tail],
            "own": own,
            "place": index_of(t["border_crossing_id"], names.crossing),
            "cargo_mask": _cargo_mask(t["carries"]),
            "charged": t["border_charge"] != "0",
            "pass": t["pass_through"] != "",
        },
        t["oneway"] != "1",
    )
    # Land links that change country and name none: the rates of the country that is entered.
    entered = np.where(part["kind"] == BORDER, names.node_country[part["head"]], -1)
    water = np.isin(part["mode"], WATER)
    own = part.pop("own")
    part["country"] = np.where((own >= 0) | water, own, entered).astype(np.int16)
    return part


def _transshipment_part(study: Study, names: _Names) -> Part:
    t = study["transshipment"]
    tail, head = index_of(t["from_node_id"], names.node), index_of(t["to_node_id"], names.node)
    terminal = index_of(t["terminal_id"], names.terminal)
    country = index_of(study["terminal"]["country_id"], names.country)
    # Ways side by side, and those of other days, are opposite to their own kind only.
    alike = list(
        zip(*(t[c] for c in ("terminal_id", "cargo", "method", "valid_from", "valid_to")),
            strict=True)
    )  # fmt: skip
    ends = list(zip(tail.tolist(), head.tolist(), strict=True))
    back = {(a, b, kind): i for i, ((a, b), kind) in enumerate(zip(ends, alike, strict=True))}
    reverse = [back.get((b, a, kind), -1) for (a, b), kind in zip(ends, alike, strict=True)]
    return {
        "tail": tail,
        "head": head,
        "kind": np.full(t.n, TRANSSHIPMENT, np.int8),
        "ref": np.arange(t.n, dtype=np.int32),
        "length_km": np.nan_to_num(t["distance_km"]),
        "mode": np.full(t.n, -1, np.int8),
        "layer": np.full(t.n, -1, np.int8),
        "country": country[terminal - names.n_crossings].astype(np.int16),
        "place": terminal,
        "cargo_mask": np.fromiter((CARGO_BIT[c] for c in t["cargo"]), np.uint8, t.n),
        "charged": np.ones(t.n, bool),
        "pass": np.zeros(t.n, bool),
        "reverse": np.array(reverse, dtype=np.int32),
    }


def _access_part(study: Study, names: _Names) -> Part:
    t = study["access"]
    zone = index_of([f"zone:{z}" for z in t["zone_id"]], names.node)
    mode = index_of(t["mode"], names.mode).astype(np.int8)
    part = _both_ways(
        {
            "tail": zone,
            "head": index_of(t["node_id"], names.node),
            "kind": np.full(t.n, ACCESS, np.int8),
            "ref": np.arange(t.n, dtype=np.int32),
            "length_km": t["distance_km"],
            "mode": mode,
            "layer": mode,
            "country": names.node_country[zone],
            "place": index_of(t["border_crossing_id"], names.crossing),
            "cargo_mask": np.full(t.n, _ALL, np.uint8),
            "charged": np.ones(t.n, bool),
            "pass": np.zeros(t.n, bool),
        },
        np.ones(t.n, bool),
    )
    part["kind"][t.n :] = EGRESS
    return part


def _direction(study: Study, names: _Names, arcs: Part) -> npt.NDArray[np.int8]:
    """Return 0 / 1 for the two directions through a place, -1 where there is none."""
    t = study["border_crossing"]
    direction = np.full(len(arcs["tail"]), -1, np.int8)
    first = index_of(t["country_a"], names.country)
    at = np.flatnonzero((arcs["place"] >= 0) & (arcs["place"] < names.n_crossings))
    start = names.node_country[arcs["tail"][at]]
    direction[at] = np.where(start == first[arcs["place"][at]], 0, 1)
    at = np.flatnonzero(arcs["kind"] == TRANSSHIPMENT)
    direction[at] = np.select([arcs["enters"][at], arcs["leaves"][at]], [0, 1], -1)
    return direction


def make_graph(study: Study) -> Graph:
    """Return the graph of a study, made anew (``build`` also looks into the cache).

    Raises
    ------
    OpenCorridorError
        Code ``unknown_reference``: an arc names a node that does not exist.
    """
    names = _Names(study)
    _need(study, names)
    parts = [f(study, names) for f in (_link_part, _transshipment_part, _access_part)]
    offsets = np.cumsum([0, *(len(part["tail"]) for part in parts)])
    for part, offset in zip(parts, offsets, strict=False):
        part["reverse"] = np.where(part["reverse"] >= 0, part["reverse"] + offset, -1)
    arcs: Part = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    order = np.argsort(arcs["tail"], kind="stable")
    arcs = {name: values[order] for name, values in arcs.items()}
    place_of = np.full(len(order) + 1, -1, dtype=np.int32)
    place_of[order] = np.arange(len(order), dtype=np.int32)
    arcs["reverse"] = place_of[arcs["reverse"]]

    a, b = names.node_country[arcs["tail"]], names.node_country[arcs["head"]]
    changes = (a != b) & ~arcs.pop("pass")
    arcs["enters"], arcs["leaves"] = changes & (b >= 0), changes & (a >= 0)
    arcs["charged"] &= arcs["place"] >= 0
    arcs["direction"] = _direction(study, names, arcs)
    n = len(order)
    arcs["tariff"], arcs["kinds"] = np.full(n, -1, np.int16), np.full(n, ALL_KINDS, np.uint8)
    zones = study["zone"]
    n_zone = zones.n
    arcs, base = _with_layers(study, names, arcs)
    n, node = len(arcs["tail"]), base  # columns of nodes are taken by their base
    graph = Graph(
        node_id=np.array(names.nodes, dtype=np.str_)[node],
        node_country=names.node_country[node],
        node_mode=names.node_mode[node],
        node_lon=np.concatenate([study["node"]["lon"], zones["lon"]])[node],
        node_lat=np.concatenate([study["node"]["lat"], zones["lat"]])[node],
        zone_id=np.array(list(zones["zone_id"]), dtype=np.str_),
        zone_node=np.arange(len(node) - n_zone, len(node), dtype=np.int32),
        first_out=np.searchsorted(arcs["tail"], np.arange(len(node) + 1)),
        open=np.ones(n, bool),
        cell=np.full(n, -1, np.int32),
        base=np.append(node[: len(node) - n_zone], np.arange(len(node) - n_zone, len(node))),
        countries=names.countries,
        places=names.places,
        n_crossings=names.n_crossings,
        study_hash=study.hash,
        layers=layer_names(study),
        **arcs,
    )
    day = study.settings.baseline_date
    graph = graph.with_open(open_mask(study, graph, day, layers=False))
    graph = replace(graph, cell=plain_cells(study, graph))
    return graph.with_open(graph.open & layers_open(study, graph, day))


def _with_layers(study: Study, names: _Names, arcs: Part) -> tuple[Part, Array]:
    """Return the arcs with those of tariff layers, and the node behind every node, zones last."""
    n, n_zone = len(names.nodes), study["zone"].n
    book = tariff_book(study)
    if book is None or not book.layers:
        return arcs, np.arange(n, dtype=np.int32)
    copier = Copier(
        book, names.node_country, names.node_mode, n - n_zone, names.countries, names.places
    )
    arcs = copier.add(arcs)
    # Copies stand before the zones.
    n_copy = len(copier.base) - n
    number = np.concatenate(
        [np.arange(n - n_zone), n_copy + np.arange(n - n_zone, n), n - n_zone + np.arange(n_copy)]
    ).astype(np.int32)
    arcs["tail"], arcs["head"] = number[arcs["tail"]], number[arcs["head"]]
    order = np.argsort(arcs["tail"], kind="stable")
    position = np.full(len(order) + 1, -1, np.int32)
    position[order] = np.arange(len(order))
    arcs = {name: values[order] for name, values in arcs.items()}
    arcs["reverse"] = position[arcs["reverse"]]
    base = np.empty(len(copier.base), np.int32)
    base[number] = copier.base
    return arcs, base


def build(study: Study) -> Graph:
    """Return the graph of a study: all modes, borders, transshipment and access.

    Made once per study hash and kept in the cache.

    Parameters
    ----------
    study
        Any study that passes ``check``.

    Returns
    -------
    Graph
        Arcs sorted by tail; see ``Graph`` for shapes and units.

    Raises
    ------
    OpenCorridorError
        Code ``unknown_reference``: an arc names a node that does not exist.
    """
    key = f"graph-{_FORMAT}"
    found = cache.load_arrays(study.hash, key)
    if found:
        return Graph.restore(found, found.pop("meta"))
    graph = make_graph(study)
    cache.save_arrays(study.hash, key, graph.arrays(), graph.meta())
    return graph


def reduced(study: Study, graph: Graph | None = None) -> Reduced:
    """Return the reduced graph of a study, made once per study hash and kept in the cache.

    Nodes that the study's measures, capacities or observations name stay in it.

    Parameters
    ----------
    study
        Any study that passes ``check``.
    graph
        ``build(study)``, where the caller has it already.
    """
    key = f"reduced-{_FORMAT}"
    found = cache.load_arrays(study.hash, key)
    if found:
        return Reduced.restore(found, found.pop("meta"))
    graph = graph or build(study)
    small = reduce(graph, keep_mask(study, graph))
    cache.save_arrays(study.hash, key, small.arrays(), small.graph.meta())
    return small
