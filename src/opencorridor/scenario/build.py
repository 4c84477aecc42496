"""Draw up the model of a study: demand, and the routes that it may take.

Routes are found by column generation: shortest trees at free flow and at high waits, for all
modes, by rail and by road; then again at the waits that clear the places, until no search finds
a way that is worth keeping. A route is kept if its cost is within ``route_cost_ratio_cut`` of
the pair's best in at least one of the states that were searched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import generalised, price, weights
from opencorridor.freight.demand import CARGOES, Cells, Rows, plan_cells, plan_rows
from opencorridor.freight.kept import Kept, empty_kept, from_sets, merge
from opencorridor.freight.options import make_options, search_class
from opencorridor.freight.places import Places, find_places
from opencorridor.network import BORDER, Graph, Reduced, open_mask, reduced
from opencorridor.routing import Pass, PricedGraph, build_routes, mode_mask, present_bits
from opencorridor.scenario.measures import apply, edited_places
from opencorridor.scenario.model import Model, parameters
from opencorridor.scenario.state import Prices, baseline, prices
from opencorridor.study import Study
from opencorridor.trade import deflator, matrix, to_constant

__all__ = ["Search", "build_model", "bundles", "extend", "frame", "prune"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Hours put on every place with a capacity in the search that looks for ways round them.
HIGH_WAIT_H = 120.0


@dataclass(frozen=True)
class Search:
    """One search: its name, the study and date that price it, modes, and waits by place."""

    label: str
    study: Study
    date: str
    modes: tuple[str, ...] = ()
    wait_h: Floats | None = None
    closed: frozenset[str] = frozenset()


def _arc_wait(places: Places, wait_h: Floats | None, cargo: int) -> Floats:
    """Hours that the waits put on every arc for one cargo."""
    n = places.arc_first.size - 1
    if wait_h is None:
        return np.zeros(n)
    counted = (places.cargo < 0) | (places.cargo == cargo)
    counted &= places.klass < 0
    hours = np.where(counted, wait_h, 0.0)[places.arc_place]
    arc = np.repeat(np.arange(n), np.diff(places.arc_first))
    return np.bincount(arc, weights=hours, minlength=n)


def _mask(graph: Graph, study: Study, search: Search, cargo: int) -> Bools:
    mask = open_mask(study, graph, search.date) & (graph.cargo_mask & (1 << cargo) > 0)
    if search.modes:
        mask &= mode_mask(graph, search.modes)
    if search.closed:
        shut = np.array([p in search.closed for p in graph.places] + [False])
        mask &= ~shut[graph.place]
    return np.asarray(mask)


def _priced(
    model_plan: Model, search: Search, class_id: str, cargo: int
) -> tuple[PricedGraph, Bools]:
    """Graph priced for one search of one class and cargo, and the arcs that may be used."""
    study = search.study
    arcs = price(model_plan.cost_plan(study, search.date), study, class_id, CARGOES[cargo])
    wait = _arc_wait(model_plan.places, search.wait_h, cargo)
    kinds = generalised(arcs, weights(study, class_id), wait)
    priced = PricedGraph(
        model_plan.graph,
        arcs.time_h,
        arcs.spread_h,
        arcs.co2_kg_per_t,
        np.ascontiguousarray(arcs.money_usd_per_t.T),
        np.ascontiguousarray(np.stack(kinds, axis=1)),
    )
    mask = _mask(model_plan.graph, study, search, cargo) & priced.usable
    return priced, mask


def _search(
    model: Model, searches: Sequence[Search], wanted: Mapping[tuple[int, int], Bools]
) -> Kept:
    """Routes of all searches for the wanted pairs of zones of every (class, cargo)."""
    found = []
    classes = model.study["commodity"]["class_id"]
    for (klass, cargo), pairs in wanted.items():
        passes = []
        for search in searches:
            priced, mask = _priced(model, search, str(classes[klass]), cargo)
            passes.append(Pass(search.label, priced, present_bits(mask)))
        group = klass * len(CARGOES) + cargo
        found.append((group, build_routes(model.graph, passes, pairs)))
    return merge([from_sets(found)]) if found else empty_kept()


def _wanted(model: Model, zones: Sequence[int] | None = None) -> dict[tuple[int, int], Bools]:
    """Pairs of zones that rows need, by searched class and cargo."""
    searched = search_class(model.study)[model.cells.klass[model.rows.cell]]
    n = model.study["zone"].n
    keep = np.ones(model.rows.n, dtype=bool)
    if zones is not None:
        keep = np.isin(model.rows.origin, zones) & np.isin(model.rows.destination, zones)
    out: dict[tuple[int, int], Bools] = {}
    for k in np.unique(searched):
        for cargo in range(len(CARGOES)):
            rows = keep & (searched == k) & (model.rows.cargo == cargo)
            if rows.any():
                pairs = np.zeros((n, n), dtype=bool)
                pairs[model.rows.origin[rows], model.rows.destination[rows]] = True
                out[int(k), cargo] = pairs
    return out


def _watched(study: Study, graph: Graph, places: Places) -> Bools:
    """Arcs that a measure, a capacity or the two countries of the pair can change."""
    marked = np.diff(places.arc_first) > 0
    table = study["measure"]
    ids = [m for m, why in zip(table["measure_id"], table["not_expressed"], strict=True) if not why]
    edited = edited_places(study, ids)
    marked |= np.array([p in edited for p in graph.places] + [False])[graph.place]
    links = graph.kind <= BORDER
    named = np.isin(study["link"]["link_id"].astype(str), list(edited))
    marked[links] |= named[graph.ref[links]]
    pair = [n for n, c in enumerate(graph.countries) if c in study.settings.pair]
    marked |= np.isin(graph.country, pair) & links
    return np.asarray(marked)


def _live_pairs(model: Model, watched: Bools) -> Bools:
    """Pairs of zones of two countries that have a route over a watched arc."""
    study, n = model.study, model.study["zone"].n
    country = model.origin_country
    abroad = country[:, None] != country[None, :]
    boxed = study["commodity"]["containerised_share"]
    search = search_class(study)
    typical = {
        (int(search[int(np.argmax(boxed))]), 0): abroad,
        (int(search[int(np.argmin(boxed))]), 1): abroad,
    }
    day = study.settings.baseline_date
    high = np.full(model.places.n, HIGH_WAIT_H)
    kept = _search(
        model, [Search("all", study, day), Search("high", study, day, wait_h=high)], typical
    )
    live = np.zeros((n, n), dtype=bool)
    hit = kept.passes(watched)
    live[kept.origin[hit], kept.destination[hit]] = True
    return live


def _country_pairs(study: Study, countries: tuple[str, ...], live: Bools) -> Bools:
    """Pairs of trade countries with a live pair of zones."""
    index = {c: n for n, c in enumerate(countries)}
    zone_of = {z: n for n, z in enumerate(study["zone"]["zone_id"])}
    member = np.zeros((len(countries), len(zone_of)), dtype=bool)
    for name in ("zone_country", "zone_share"):
        table = study[name]
        for country, zone in zip(table["country_id"], table["zone_id"], strict=True):
            if country in index:
                member[index[country], zone_of[zone]] = True
    pairs = (member.astype(np.int64) @ live.astype(np.int64) @ member.T.astype(np.int64)) > 0
    np.fill_diagonal(pairs, False)
    return np.asarray(pairs)


def frame(study: Study) -> Model:
    """Model with the graph, places and trade matrix, still without demand and routes."""
    small: Reduced = reduced(study)
    trade = matrix(study)
    flows = to_constant(trade.flows, trade.year, deflator(study))
    places = find_places(study, small.graph)
    none = np.empty(0, dtype=np.int64)
    wide = np.empty((0, len(trade.sectors)), dtype=np.int64)
    cells = Cells(none, none, none, wide, wide, none)
    rows = Rows(none, none, none, none, none, none)
    kept = empty_kept()
    return Model(
        study=study,
        reduced=small,
        countries=trade.countries,
        sectors=trade.sectors,
        flows=flows,
        cells=cells,
        rows=rows,
        routes=kept,
        options=make_options(study, cells, rows, kept, places),
        places=places,
        pair_exporter=none,
        pair_importer=none,
        cell_pair=none,
        origin_country=small.graph.node_country[small.graph.zone_node].astype(np.int64),
        left_out_t=0.0,
        kept_t=0.0,
    )


def _with_demand(model: Model, live: Bools) -> Model:
    """Model with the cells and rows that move over live pairs."""
    study = model.study
    pairs = _country_pairs(study, model.countries, live)
    run = study.settings.run
    least = float(run.get("min_flow_t", 500.0))
    cells, left_out = plan_cells(study, model.countries, model.sectors, model.flows, pairs, least)
    tonnes = cells.tonnes(study, model.flows)
    rows = plan_rows(
        study, model.countries, cells, tonnes, least, float(run.get("min_own_flow_t", 5.0))
    )
    index = {c: n for n, c in enumerate(model.countries)}
    keys = {(int(i), int(j)) for i, j in zip(cells.exporter, cells.importer, strict=True)}
    table = study["tariff"]
    keys |= {
        (index[a], index[b])
        for a, b in zip(table["exporter"], table["importer"], strict=True)
        if a in index and b in index
    }
    ordered = sorted(keys)
    position = {key: n for n, key in enumerate(ordered)}
    both = np.array(ordered, dtype=np.int64).reshape(-1, 2)
    return model.with_demand(
        cells=cells,
        rows=rows,
        pair_exporter=both[:, 0],
        pair_importer=both[:, 1],
        cell_pair=np.array(
            [
                position[int(i), int(j)]
                for i, j in zip(cells.exporter, cells.importer, strict=True)
            ],
            dtype=np.int64,
        ),
        left_out_t=left_out,
        kept_t=float(tonnes.sum()),
    )


def extend(model: Model, searches: Sequence[Search], zones: Sequence[int] | None = None) -> Model:
    """Model with the routes of further searches added (of rows between ``zones``, if given)."""
    kept = merge([model.routes, _search(model, searches, _wanted(model, zones))])
    return _with_routes(model, kept)


def _with_routes(model: Model, kept: Kept) -> Model:
    options = make_options(model.study, model.cells, model.rows, kept, model.places)
    return model.with_demand(routes=kept, options=options)


def bundles(study: Study) -> list[list[str]]:
    """Sets of measures without alternatives in them, that together name every expressed one."""
    table = study["measure"]
    expressed = [
        (str(m), frozenset(x for x in excludes.split(";") if x))
        for m, role, why, excludes in zip(
            table["measure_id"], table["role"], table["not_expressed"], table["excludes"],
            strict=True,
        )
        if role != "adverse_event" and not why
    ]  # fmt: skip
    out: list[list[str]] = []
    left = [m for m, _ in expressed]
    while left:
        bundle: list[str] = []
        for m, excludes in sorted(expressed, key=lambda e: e[0] not in left):
            if not excludes & set(bundle):
                bundle.append(m)
        out.append(sorted(bundle))
        left = [m for m in left if m not in bundle]
    return out


def prune(model: Model, states: Sequence[tuple[Prices, Floats]], ratio: float) -> Model:
    """Keep the routes that come within a ratio of a row's best in one of the states.

    A state is prices and waits (F,) in hours.
    """
    o = model.options
    keep = np.zeros(o.n, dtype=bool)
    has = np.flatnonzero(np.diff(o.row_first) > 0)
    for p, wait in states:
        waited = np.concatenate([[0.0], np.cumsum(wait[o.place])])
        cost = p.cost + p.vot[o.row] * (waited[o.place_first[1:]] - waited[o.place_first[:-1]])
        best = np.full(model.rows.n, np.inf)
        best[has] = np.minimum.reduceat(cost, o.row_first[has])
        keep |= np.isfinite(cost) & (cost <= ratio * best[o.row])
    return _with_routes(model, model.routes.take(np.unique(o.route[keep])))


def build_model(study: Study, rounds: int = 2) -> Model:
    """Model of a study with the routes of all searches.

    ``rounds`` is the number of searches at the waits that clear the places.
    """
    model = frame(study)
    live = _live_pairs(model, _watched(study, model.graph, model.places))
    model = _with_demand(model, live)
    day = study.settings.baseline_date
    high = np.full(model.places.n, HIGH_WAIT_H)
    free = np.zeros(model.places.n)
    variants = [study, *(apply(study, bundle) for bundle in bundles(study))]
    searches = [
        Search("all", study, day),
        Search("all, high waits", study, day, wait_h=high),
        Search("rail", study, day, modes=("rail",)),
        Search("rail, high waits", study, day, modes=("rail",), wait_h=high),
        Search("road", study, day, modes=("road",)),
        *(Search("measures", v, day) for v in variants[1:]),
    ]
    model = extend(model, searches)
    ratio = parameters(study).get("route_cost_ratio_cut", 1.1)
    for last in range(rounds + 1):
        states = [(prices(model, v, day), wait) for v in variants for wait in (free, high)]
        solved = baseline(model, states[0][0])
        states.append((states[0][0], solved.clearing.wait_h))
        model = prune(model, states, ratio)
        if last < rounds:
            waits = solved.clearing.wait_h
            model = extend(
                model,
                [
                    Search("waits", study, day, wait_h=waits),
                    Search("rail, waits", study, day, modes=("rail",), wait_h=waits),
                ],
            )
    return model
