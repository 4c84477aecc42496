"""Draw up the model of a study: demand, and the routes that it may take.

Routes are found by column generation: shortest trees at free flow and at high waits, for all
modes, by rail and by road; then again at the waits that clear the places, until no search finds
a way that is worth keeping. Goods of the study's own pair also get every route that no other beats
in hours, money and CO2e at once. A route is kept if its cost is within ``route_cost_ratio_cut`` of
the pair's best in at least one of the states that were searched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.demand import CARGOES, Cells, Rows, plan_cells, plan_rows
from opencorridor.freight.kept import Kept, empty_kept, merge
from opencorridor.freight.options import make_options
from opencorridor.freight.places import Places, find_places
from opencorridor.network import BORDER, Graph, Reduced, reduced
from opencorridor.routing import front_routes
from opencorridor.scenario.constants import constant_arcs
from opencorridor.scenario.measures import apply, edited_places
from opencorridor.scenario.model import Model, parameters
from opencorridor.scenario.prices import Prices, prices
from opencorridor.scenario.search import HIGH_WAIT_H, Search, leaders, search_pass, search_routes
from opencorridor.scenario.state import baseline
from opencorridor.study import Study
from opencorridor.trade import deflator, matrix, to_constant

__all__ = ["build_model", "bundles", "extend", "frame", "pair_zones", "prune"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Tonnes a year between two zones of the study's own pair that are worth a search of the front.
FRONT_T = 1000.0


def _wanted(model: Model, zones: Sequence[int] | None = None) -> dict[int, Bools]:
    """Pairs of zones that rows need, by cargo."""
    n = model.study["zone"].n
    keep = np.ones(model.rows.n, dtype=bool)
    if zones is not None:
        keep = np.isin(model.rows.origin, zones) & np.isin(model.rows.destination, zones)
    out: dict[int, Bools] = {}
    for cargo in range(len(CARGOES)):
        rows = keep & (model.rows.cargo == cargo)
        out[cargo] = np.zeros((n, n), dtype=bool)
        out[cargo][model.rows.origin[rows], model.rows.destination[rows]] = True
    return out


def _watched(study: Study, graph: Graph, places: Places) -> Bools:
    """Arcs that a measure, a capacity or the two countries of the pair can change."""
    limited = np.array([not f for f in places.fleet_id], dtype=bool)
    arc = np.repeat(np.arange(graph.n_arcs), np.diff(places.arc_first))
    marked = np.bincount(arc[limited[places.arc_place]], minlength=graph.n_arcs) > 0
    table = study["measure"]
    ids = [m for m, why in zip(table["measure_id"], table["not_expressed"], strict=True) if not why]
    edited = edited_places(study, ids)
    marked |= np.array([p in edited for p in graph.places] + [False])[graph.place]
    links = graph.kind <= BORDER
    named = study["link"].among("link_id", edited)
    marked[links] |= named[graph.ref[links]]
    pair = [n for n, c in enumerate(graph.countries) if c in study.settings.pair]
    marked |= np.isin(graph.country, pair) & links
    return np.asarray(marked)


def _least_t(study: Study) -> float:
    """Smallest flow that is followed, t a year; 0 follows all, whether watched or not."""
    return float(study.settings.run.get("min_flow_t", 0.0))


def _live(model: Model, watched: Bools) -> tuple[Bools, Kept]:
    """Pairs of zones (Z, Z) of two countries with a route over a watched arc, and those routes."""
    study, n = model.study, model.study["zone"].n
    country = model.origin_country
    abroad = country[:, None] != country[None, :]
    day = study.settings.baseline_date
    _, first = leaders(study)
    high = np.full(model.places.n, HIGH_WAIT_H)
    searches = [Search(study, day, first), Search(study, day, first, wait_h=high)]
    kept = search_routes(model, searches, {0: abroad, 1: abroad})
    live = np.zeros((n, n), dtype=bool)
    if _least_t(study) > 0.0:
        hit = kept.passes(watched)
        live[kept.origin[hit], kept.destination[hit]] = True
    else:
        live |= abroad
    return live, kept.take(np.flatnonzero(live[kept.origin, kept.destination]))


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


def _with_new_capacities(study: Study) -> Study:
    """Study with the capacities that measures bring: before them such a place has no limit."""
    table = study["capacity"]
    known = set(table["capacity_id"].tolist())
    edits = study["measure_edit"]
    adding = set(edits["measure_id"][(edits["table"] == "capacity") & (edits["op"] == "insert")])
    rows = []
    for bundle in bundles(study):
        other = apply(study, [m for m in bundle if m in adding])["capacity"]
        for r in range(other.n):
            if other["capacity_id"][r] not in known:
                known.add(other["capacity_id"][r])
                rows.append(other.row(r))
    return study.replace(tables={"capacity": table.concat(rows)}) if rows else study


def frame(study: Study) -> Model:
    """Model with the graph, places and trade matrix, still without demand and routes."""
    small: Reduced = reduced(study)
    trade = matrix(study)
    flows = to_constant(trade.flows, trade.year, deflator(study))
    places = find_places(_with_new_capacities(study), small.graph)
    none = np.empty(0, dtype=np.int64)
    wide = np.empty((0, len(trade.sectors)), dtype=np.int64)
    cells = Cells(none, none, none, wide, wide, none, none)
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
        covered=np.zeros(0),
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
    least = _least_t(study)
    cells, left_out = plan_cells(study, model.countries, model.sectors, model.flows, pairs, least)
    tonnes = cells.tonnes(study, model.flows)
    own = float(study.settings.run.get("min_own_flow_t", min(least, 5.0)))
    rows, covered = plan_rows(study, model.countries, cells, tonnes, live, least, own)
    used = np.flatnonzero(covered > 0.0)
    position = np.full(cells.n, -1, dtype=np.int64)
    position[used] = np.arange(used.size)
    rows, cells, covered = rows.of_cells(position), cells.take(used), covered[used]
    moved = float((tonnes[used] * covered).sum())
    index = {c: n for n, c in enumerate(model.countries)}
    keys = {(int(i), int(j)) for i, j in zip(cells.exporter, cells.importer, strict=True)}
    table = study["tariff"]
    keys |= {
        (index[a], index[b])
        for a, b in zip(table["exporter"], table["importer"], strict=True)
        if a in index and b in index
    }
    ordered = sorted(keys)
    place = {key: n for n, key in enumerate(ordered)}
    both = np.array(ordered, dtype=np.int64).reshape(-1, 2)
    return model.with_demand(
        cells=cells,
        rows=rows,
        covered=covered,
        pair_exporter=both[:, 0],
        pair_importer=both[:, 1],
        cell_pair=np.array(
            [place[int(i), int(j)] for i, j in zip(cells.exporter, cells.importer, strict=True)],
            dtype=np.int64,
        ),
        left_out_t=left_out,
        kept_t=moved,
    )


def extend(
    model: Model,
    searches: Sequence[Search],
    zones: Sequence[int] | None = None,
    more: Sequence[Kept] = (),
) -> Model:
    """Model with the routes of further searches added (of rows between ``zones``, if given).

    ``more`` are routes that were found before.
    """
    kept = merge([model.routes, search_routes(model, searches, _wanted(model, zones)), *more])
    return _with_routes(model, kept)


def _round_constants(model: Model) -> list[Kept]:
    """Ways round those that constants name, where a way at free flow is one of them.

    Elsewhere the shortest way stays what it was.
    """
    study, routes, found = model.study, model.routes, []
    day, (_, first) = study.settings.baseline_date, leaders(study)
    for arcs in constant_arcs(model, study):
        hit, pairs = routes.passes(arcs), _wanted(model)
        for cargo, wanted in pairs.items():
            mine = hit & (routes.group == cargo)
            passing = np.zeros_like(wanted)
            passing[routes.origin[mine], routes.destination[mine]] = True
            wanted &= passing
        found.append(search_routes(model, [Search(study, day, first, shut=arcs)], pairs))
    return found


def _with_routes(model: Model, kept: Kept) -> Model:
    options = make_options(model.study, model.cells, model.rows, kept, model.places)
    return model.with_demand(routes=kept, options=options)


def _with_fronts(model: Model) -> Model:
    """Model with the fronts of the larger flows of the study's own pair at free flow."""
    study, day = model.study, model.study.settings.baseline_date
    cells, rows = model.cells, model.rows
    own = np.isin(cells.exporter, model.pair) & np.isin(cells.importer, model.pair)
    large = cells.tonnes(study, model.flows)[rows.cell] * rows.weight(study, cells) >= FRONT_T
    table = study["commodity"]
    position = {c: n for n, c in enumerate(table["class_id"])}
    leader = np.array([position[o] if o else n for n, o in enumerate(table["search_as"])])
    asked: dict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
    for row in np.flatnonzero(own[rows.cell] & large):
        key = (int(leader[cells.klass[rows.cell[row]]]), int(rows.cargo[row]))
        asked[key].add((int(rows.origin[row]), int(rows.destination[row])))
    parts = [model.routes]
    for (klass, cargo), wanted in sorted(asked.items()):
        pairs = sorted(wanted)
        found = front_routes(search_pass(model, Search(study, day, ()), klass, cargo), pairs)
        zones = np.array(pairs, np.int64)[found.pair].reshape(-1, 2)
        group = np.full(found.pair.size, cargo, np.int64)
        parts.append(Kept(group, zones[:, 0], zones[:, 1], found.first, found.arcs))
    return _with_routes(model, merge(parts))


def bundles(study: Study) -> list[list[str]]:
    """Return sets of measures, no two alternatives in one, that together name every one."""
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


def pair_zones(model: Model) -> list[int]:
    """Zones where the goods of the study's own pair start or end."""
    a, b = model.pair
    own = np.isin(model.cells.exporter, (a, b)) & np.isin(model.cells.importer, (a, b))
    rows = own[model.rows.cell]
    return sorted({*model.rows.origin[rows].tolist(), *model.rows.destination[rows].tolist()})


def build_model(study: Study, rounds: int = 1) -> Model:
    """Model of a study with the routes of all searches.

    ``rounds`` is the number of searches at the waits that clear the places. Ways that only
    measures open are searched for the study's own pair (for all if no flow is too small to be
    followed); a plan that is chosen is searched for all (:func:`extend`).
    """
    model = frame(study)
    live, found = _live(model, _watched(study, model.graph, model.places))
    model = _with_routes(_with_demand(model, live), found)
    day = study.settings.baseline_date
    free, high = np.zeros(model.places.n), np.full(model.places.n, HIGH_WAIT_H)
    every, first = leaders(study)
    others = tuple(e for e in every if e not in first)
    round_them = _round_constants(model)
    model = extend(
        model,
        [
            Search(study, day, others),
            Search(study, day, first, modes=("rail",)),
            Search(study, day, first, modes=("rail",), wait_h=high),
            Search(study, day, first, modes=("road",)),
        ],
        more=round_them,
    )
    variants = [apply(study, bundle) for bundle in bundles(study)]
    with_measures = [
        Search(v, day, first, modes=modes, wait_h=wait)
        for v in variants
        for modes, wait in (((), None), ((), high), (("rail",), None))
    ]
    model = extend(model, with_measures, pair_zones(model) if _least_t(study) > 0.0 else None)
    model = _with_fronts(model)
    ratio = parameters(study).get("route_cost_ratio_cut", 1.1)
    waits = free
    for last in range(rounds + 1):
        states = [
            (p, w)
            for v in (study, *variants)
            for p in [prices(model, v, day)]
            for w in (free, high)
        ]
        solved = baseline(model, states[0][0], waits, tolerance=1e-6, allow_unconverged=True)
        waits = solved.clearing.wait_h
        states.append((states[0][0], waits))
        model = prune(model, states, ratio)
        if last < rounds:
            model = extend(
                model,
                [
                    Search(study, day, every, wait_h=waits),
                    Search(study, day, first, modes=("rail",), wait_h=waits),
                ],
            )
    return model
