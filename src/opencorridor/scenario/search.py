"""One search of ways: shortest trees of the classes that lead it, in one state of the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import generalised, price, weights
from opencorridor.freight.demand import CARGOES
from opencorridor.freight.kept import Kept, from_sets
from opencorridor.freight.places import Places
from opencorridor.network import Graph, open_mask
from opencorridor.network.tariffs import layers_open
from opencorridor.routing import Pass, PricedGraph, build_routes, mode_mask, present_bits
from opencorridor.scenario.model import Model
from opencorridor.study import Study

__all__ = ["HIGH_WAIT_H", "Search", "leaders", "search_pass", "search_routes"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Hours put on every place with a capacity in the search that looks for ways round them.
HIGH_WAIT_H = 120.0


@dataclass(frozen=True)
class Search:
    """One search of ways: who prices it, and what it may use.

    ``leaders`` are the classes whose costs find the ways of each cargo; ``wait_h`` (F,) hours at
    the places with a capacity; ``closed`` crossings and terminals that are shut, ``shut`` arcs (A,)
    of the whole graph that are.
    """

    study: Study
    date: str
    leaders: tuple[tuple[int, int], ...]
    modes: tuple[str, ...] = ()
    wait_h: Floats | None = None
    closed: frozenset[str] = frozenset()
    shut: Bools | None = None


def _arc_wait(places: Places, wait_h: Floats | None, cargo: int) -> Floats:
    """Hours that the waits put on every arc for one cargo."""
    n = places.arc_first.size - 1
    if wait_h is None:
        return np.zeros(n)
    counted = (places.cargo < 0) | (places.cargo == cargo)
    counted &= places.klass < 0
    # A fleet is waited for once, wherever on the way: that is no price of one arc.
    counted &= np.array([not f for f in places.fleet_id], dtype=bool)
    hours = np.where(counted, wait_h, 0.0)[places.arc_place]
    arc = np.repeat(np.arange(n), np.diff(places.arc_first))
    return np.bincount(arc, weights=hours, minlength=n).astype(np.float64)


def _mask(graph: Graph, search: Search, cargo: int) -> Bools:
    mask = open_mask(search.study, graph, search.date) & (graph.cargo_mask & (1 << cargo) > 0)
    if search.modes:
        mask &= mode_mask(graph, search.modes)
    if search.closed:
        shut = np.array([p in search.closed for p in graph.places] + [False])
        mask &= ~shut[graph.place]
    if search.shut is not None:
        mask &= ~search.shut
    return np.asarray(mask)


def search_pass(model: Model, search: Search, klass: int, cargo: int) -> Pass:
    """Graph priced for one search of one class and cargo, and the arcs that may be used."""
    study = search.study
    class_id = str(study["commodity"]["class_id"][klass])
    plan = model.cost_plan(study, search.date)
    arcs = price(plan, study, class_id, CARGOES[cargo], search.date)
    wait = _arc_wait(model.places, search.wait_h, cargo)
    kinds = generalised(arcs, weights(study, class_id), wait)
    priced = PricedGraph(
        model.graph,
        arcs.time_h,
        arcs.spread_h,
        arcs.co2_kg_per_t,
        np.ascontiguousarray(arcs.money_usd_per_t.T),
        np.ascontiguousarray(np.stack(kinds, axis=1)),
    )
    mask = _mask(model.graph, search, cargo) & priced.usable
    mask &= layers_open(study, model.graph, search.date, class_id)
    return Pass(class_id, priced, present_bits(mask, model.graph.kinds))


def search_routes(model: Model, searches: Sequence[Search], wanted: Mapping[int, Bools]) -> Kept:
    """Routes of all searches for the wanted pairs of zones (Z, Z) of each cargo."""
    found = []
    for cargo, pairs in wanted.items():
        passes = [
            search_pass(model, search, klass, form)
            for search in searches
            for klass, form in search.leaders
            if form == cargo
        ]
        if passes and pairs.any():
            found.append((cargo, build_routes(model.graph, passes, pairs)))
    # Routes of one set stand by pair of zones, each once: nothing is left to merge.
    return from_sets(sorted(found, key=lambda one: one[0]))


def leaders(study: Study) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Classes that lead the searches, by cargo: all of them, and the first of each cargo.

    A class leads that others name in ``search_as`` (or that names none), in the form in which
    most of it moves.
    """
    table = study["commodity"]
    position = {c: n for n, c in enumerate(table["class_id"])}
    found = sorted({position[o] if o else n for n, o in enumerate(table["search_as"])})
    boxed = table["containerised_share"]
    every = [(k, 0 if boxed[k] >= 0.5 else 1) for k in found]
    for cargo, pick in ((0, np.argmax), (1, np.argmin)):
        if not any(form == cargo for _, form in every):
            every.append((int(pick(boxed)), cargo))
    first = tuple(next(e for e in every if e[1] == cargo) for cargo in (0, 1))
    return tuple(every), first
