"""Ways round places that may shut: searched once for many closures, each with its own options.

A closure asks for new ways between the zones whose goods pass the place. They are those that the
searches of a scenario find while the place is shut: shortest trees of every class that leads a
search, and of the first of each cargo by rail and by road. A tree changes only if it passes the
place, so that most of a search is known from the trees without any closure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kept import ByArc, Kept, from_sets, merge
from opencorridor.freight.options import Options, make_options
from opencorridor.network import BORDER
from opencorridor.routing import Pass, build_routes
from opencorridor.scenario.model import Model
from opencorridor.scenario.prices import Prices
from opencorridor.scenario.search import Search, leaders, search_pass
from opencorridor.study import Study

__all__ = ["Detours", "PlaceArcs", "detours", "place_arcs", "searches"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Progress = Callable[[int, int], None]


def searches(study: Study, day: str) -> list[Search]:
    """Return the searches for ways under a changed study: all classes, rail alone, road alone."""
    every, first = leaders(study)
    return [
        Search(study, day, every),
        Search(study, day, first, modes=("rail",)),
        Search(study, day, first, modes=("road",)),
    ]


class PlaceArcs:
    """Which arcs cannot be used while crossings, terminals or links are shut."""

    def __init__(self, model: Model) -> None:
        graph = model.graph
        self.graph = graph
        self.places = {name: n for n, name in enumerate(graph.places)}
        links = model.study["link"]["link_id"].astype(str).tolist()
        self.links = {name: n for n, name in enumerate(links)}
        # Arcs that are no links stand under one number more than the rows of the table.
        self.link = np.where(graph.kind <= BORDER, graph.ref, len(links))

    def __call__(self, places: Sequence[str]) -> Bools:
        """Return the arcs (A,) of some places."""
        # The last entry serves the arcs without a place, whose position is -1.
        named = np.zeros(len(self.places) + 1, dtype=bool)
        named[[self.places[p] for p in places if p in self.places]] = True
        rows = np.zeros(len(self.links) + 1, dtype=bool)
        rows[[self.links[p] for p in places if p in self.links]] = True
        return np.asarray(named[self.graph.place] | rows[self.link])


def place_arcs(model: Model, places: Sequence[str]) -> Bools:
    """Return the arcs (A,) that cannot be used while crossings, terminals or links are shut."""
    return PlaceArcs(model)(places)


@dataclass(frozen=True, eq=False)
class Detours:
    """A model that knows the ways round several closures.

    Attributes
    ----------
    model
        The model with all its routes and those round every closure.
    known
        Routes (W,) of the model as it was.
    round
        Routes of the model, by closure, that are ways round it.
    """

    model: Model
    known: Bools
    round: Mapping[str, Ints]

    def of(self, closure: str, p: Prices) -> tuple[Model, Prices, Bools]:
        """Return the model with the ways that goods choose from before and after a closure.

        Routes are those of all closures, options and their overlaps the closure's own. With it
        come its prices, of those ``p`` of the whole model, and which options (O,) were known
        before.
        """
        wide = self.model
        keep = self.known.copy()
        keep[self.round[closure]] = True
        mine = keep[wide.options.route]
        options, entries = wide.options.only(mine)
        ways = wide.ways.only(keep)
        model = wide.with_demand(options=options, _ways=[(wide.rows, wide.routes, ways)])
        priced = replace(p, cost=p.cost[mine], use=p.use[entries])
        return model, priced, self.known[options.route]


@dataclass(frozen=True, eq=False)
class _Trees:
    """One search: how it prices, and the ways that it finds while nothing is shut."""

    cargo: int
    one: Pass
    ways: Kept
    by_arc: ByArc


def _open_trees(model: Model, study: Study, day: str) -> list[_Trees]:
    """Return all searches of a study with the ways of every pair of zones that rows need."""
    n, found = study["zone"].n, []
    for search in searches(study, day):
        for klass, cargo in search.leaders:
            rows = model.rows.cargo == cargo
            pairs = np.zeros((n, n), dtype=bool)
            pairs[model.rows.origin[rows], model.rows.destination[rows]] = True
            if pairs.any():
                one = search_pass(model, search, klass, cargo)
                ways = from_sets([(cargo, build_routes(model.graph, [one], pairs))])
                found.append(_Trees(cargo, one, ways, ByArc(ways)))
    return found


def _pairs(kept: Kept, which: Bools, n: int) -> Bools:
    pairs = np.zeros((n, n), dtype=bool)
    pairs[kept.origin[which], kept.destination[which]] = True
    return pairs


def _round(model: Model, known: ByArc, trees: Sequence[_Trees], shut: Bools) -> Kept:
    """Return the ways of the pairs of zones whose goods pass arcs (A,) that are shut."""
    n, routes = model.study["zone"].n, model.routes
    hit, parts = known.passes(shut), []
    for tree in trees:
        asked = _pairs(routes, hit & (routes.group == tree.cargo), n)
        if not asked.any():
            continue
        ways, lost = tree.ways, tree.by_arc.passes(shut)
        mine = asked[ways.origin, ways.destination]
        parts.append(ways.take(np.flatnonzero(mine & ~lost)))
        again = _pairs(ways, mine & lost, n)
        if again.any():
            present = np.where(shut, 0, tree.one.present).astype(tree.one.present.dtype)
            one = replace(tree.one, present=present)
            room = int(again.any(axis=1).sum())
            found = build_routes(model.graph, [one], again, chunk=min(room, 128))
            parts.append(from_sets([(tree.cargo, found)]))
    return merge(parts) if parts else routes.take(np.empty(0, np.int64))


def _keys(kept: Kept) -> list[tuple[int, int, int, bytes]]:
    """Return what tells routes apart: cargo, zones, arcs."""
    first, arcs = kept.first.tolist(), kept.arcs.tobytes()
    size = kept.arcs.itemsize
    heads = zip(
        kept.group.tolist(), kept.origin.tolist(), kept.destination.tolist(), first, first[1:],
        strict=False,
    )  # fmt: skip
    return [(g, o, d, arcs[size * a : size * b]) for g, o, d, a, b in heads]


def detours(
    model: Model,
    closures: Mapping[str, Bools],
    progress: Progress = lambda *_: None,
) -> Detours:
    """Search ways round closures, each alone, on the baseline's day.

    ``closures`` maps names to the arcs (A,) that are shut (:func:`place_arcs`); ``progress`` is
    told how many are done and of how many.
    """
    study, day = model.study, model.study.settings.baseline_date
    trees = _open_trees(model, study, day) if closures else []
    known, found = ByArc(model.routes), dict[str, Kept]()
    for done, (name, shut) in enumerate(closures.items()):
        progress(done, len(closures))
        found[name] = _round(model, known, trees, shut)
    routes = merge([model.routes, *found.values()])
    index = {key: r for r, key in enumerate(_keys(routes))}

    def at(part: Kept) -> Ints:
        return np.array([index[key] for key in _keys(part)], dtype=np.int64)

    kept = np.zeros(routes.n, dtype=bool)
    kept[at(model.routes)] = True
    options: Options = make_options(study, model.cells, model.rows, routes, model.places)
    # Plans, routes in use and overlaps of its own: those of the kept model stay as they are.
    wide = model.with_demand(routes=routes, options=options, _plans={}, _used=[], _ways=[])
    return Detours(wide, kept, {name: at(part) for name, part in found.items()})
