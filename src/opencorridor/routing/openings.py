"""What would open a way where there is none: search again with more allowed, at a penalty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import BORDER, MODES, TRANSSHIPMENT
from opencorridor.routing.gauge import METHODS, rail_breaks
from opencorridor.routing.masks import (
    Shut,
    carried_mode,
    element_arcs,
    forbid_transit,
    mode_mask,
    present_bits,
)
from opencorridor.routing.rules import Ban, without

if TYPE_CHECKING:
    from opencorridor.routing.ends import End
    from opencorridor.routing.labels import Labels
    from opencorridor.routing.priced import PricedGraph
    from opencorridor.routing.routes import Wanted

__all__ = ["Opening", "openings"]

Bools = npt.NDArray[np.bool_]
_PENALTY = 1e7  # US$ per tonne and element: no real route costs as much


@dataclass(frozen=True)
class Opening:
    """One way to open a route: all of ``parts`` together are enough.

    Attributes
    ----------
    parts
        Pairs (name, why it is shut): avoided, planned, construction, closed, no transit,
        not asked for.
    distance_km
        Length of the route that it would open.
    """

    parts: tuple[tuple[str, str], ...]
    distance_km: float

    def __str__(self) -> str:
        return " with ".join(f"{name} ({why})" for name, why in self.parts)


Search = Callable[..., Any]


class _Trial:
    """Searches that allow more than was asked for."""

    def __init__(
        self,
        priced: PricedGraph,
        origin: End,
        destination: End,
        can: Bools,
        search: Search,
        bans: Sequence[Ban],
    ) -> None:
        self.priced, self.can, self.search, self.bans = priced, can, search, bans
        self.origin, self.destination = origin, destination

    def __call__(
        self,
        mask: Bools,
        extra: Bools | None = None,
        no_transit: Sequence[str] = (),
        bans: Sequence[Ban] | None = None,
    ) -> npt.NDArray[np.int64] | None:
        """Return the arcs of the best path over ``mask``, arcs in ``extra`` at a penalty.

        All bans hold unless others are given.
        """
        graph = self.priced.graph
        cost = self.priced.gc
        if extra is not None:
            mask = mask | (extra & self.can)
            cost = cost + np.where(extra, _PENALTY, 0.0)[:, None]
        present = forbid_transit(graph, present_bits(mask & self.can, graph.kinds), no_transit)
        present = without(present, self.bans if bans is None else bans)
        found = self.search(self.priced, cost, present, self.origin, self.destination)
        return None if found is None else found[3]


def _shut_name(
    priced: PricedGraph, labels: Labels, arc: int, shut: Sequence[Shut] = ()
) -> tuple[str, str]:
    """Return name and state of an arc that is not open."""
    graph = priced.graph
    place = int(graph.place[arc])
    state = "closed"
    name = ""
    if graph.kind[arc] <= BORDER:
        state = str(labels.link_state[graph.ref[arc]])
        name = str(labels.link_name[graph.ref[arc]])
    elif graph.kind[arc] == TRANSSHIPMENT:
        state = str(labels.over_state[graph.ref[arc]])
    if state == "open":
        said = next((one for one in shut if one.arcs[arc]), None)
        if said is not None and said.name:
            return said.name, said.why
        state = said.why if said is not None else _out_of_date(priced, labels, arc)
    if place >= 0 and (graph.kind[arc] in (BORDER, TRANSSHIPMENT) or not name):
        name = str(labels.place_name[place])
        if graph.kind[arc] == TRANSSHIPMENT and labels.place_kind[place] == "gauge":
            name = f"{METHODS[labels.over_method[graph.ref[arc]]]} at {name}"
    if not name:
        ends = labels.node_name[graph.tail[arc]], labels.node_name[graph.head[arc]]
        name = "–".join(str(end) for end in ends)
    return name, state


def _out_of_date(priced: PricedGraph, labels: Labels, arc: int) -> str:
    """Say when an arc that no restriction shuts is in use; a transshipment may have its days."""
    graph = priced.graph
    when = str(labels.over_when[graph.ref[arc]]) if graph.kind[arc] == TRANSSHIPMENT else ""
    return f"in use {when}" if when else "closed"


def _length(priced: PricedGraph, arcs: npt.NDArray[np.int64]) -> float:
    return round(float(priced.graph.length_km[arcs].sum()), 3)


def _shut_parts(
    priced: PricedGraph,
    labels: Labels,
    arcs: npt.NDArray[np.int64],
    why: Sequence[Shut] = (),
) -> list[tuple[str, str]]:
    shut = arcs[~priced.graph.open[arcs]]
    return list(dict.fromkeys(_shut_name(priced, labels, int(arc), why) for arc in shut))


def openings(
    priced: PricedGraph,
    labels: Labels,
    origin: End,
    destination: End,
    wanted: Wanted,
    can: Bools,
    removed: Sequence[Bools],
    search: Search,
) -> tuple[Opening, ...]:
    """Name what would open a way, most helpful first; each opening alone is enough.

    Tried in order: every avoided element by itself; every country closed to transit by itself;
    every rule that forbids the cargo or the truck by itself; the other form of cargo; links,
    crossings and terminals that are planned or closed, the fewest that do; where none of these
    does, a change of gauge; the modes that were not asked for; and last everything together.
    """
    graph = priced.graph
    trial = _Trial(priced, origin, destination, can, search, wanted.bans)
    by_mode = mode_mask(graph, wanted.modes)
    usual = by_mode & graph.open
    gone = np.zeros(graph.n_arcs, bool)
    for arcs in removed:
        gone |= arcs
    ways: list[Opening] = []
    for i, element in enumerate(wanted.avoid):
        others = np.zeros(graph.n_arcs, bool)
        for j, arcs in enumerate(removed):
            if j != i:
                others |= arcs
        path = trial(usual & ~others, None, wanted.no_transit)
        if path is not None:
            ways.append(Opening(((element.name, "avoided"),), _length(priced, path)))
    for country in wanted.no_transit:
        rest = [c for c in wanted.no_transit if c != country]
        path = trial(usual & ~gone, None, rest)
        if path is not None:
            name = str(labels.country_name[graph.country_index(country)])
            ways.append(Opening(((name, "no transit"),), _length(priced, path)))
    ways += _lifted(priced, wanted, trial, usual & ~gone)
    path = trial(usual & ~gone, by_mode & ~graph.open & ~gone, wanted.no_transit)
    if path is not None:
        parts = _shut_parts(priced, labels, path, wanted.shut)
        ways.append(Opening(tuple(parts), _length(priced, path)))
    if "rail" in wanted.modes and not ways:
        ways += _gauges(priced, labels, trial, usual & ~gone)
    ways += _other_modes(priced, labels, wanted, trial, gone)
    return tuple(ways) or _everything(priced, labels, wanted, trial, removed)


def _gauges(priced: PricedGraph, labels: Labels, trial: _Trial, usual: Bools) -> list[Opening]:
    """Return the places where a change of gauge would open a way."""
    graph = priced.graph
    present = without(present_bits(usual & trial.can), trial.bans)
    found = rail_breaks(graph, present > 0, trial.origin.nodes, trial.destination.nodes)
    return [
        Opening(((f"a change of gauge at {labels.node_name[node]}", "tracks not joined"),),
                round(km, 3))
        for node, km in found
    ]  # fmt: skip


def _lifted(priced: PricedGraph, wanted: Wanted, trial: _Trial, usual: Bools) -> list[Opening]:
    """Return the rules each of which, lifted by itself, opens a way; and the other cargo."""
    ways = []
    for ban in wanted.bans:
        path = trial(usual, None, wanted.no_transit, [b for b in wanted.bans if b is not ban])
        if path is not None:
            ways.append(Opening(((ban.name, f"forbidden by {ban.kind} rule"),),
                                _length(priced, path)))  # fmt: skip
    graph = priced.graph
    other = "bulk" if wanted.cargo == "container" else "container"
    either = _with_can(trial, graph.carries(other) & priced.usable)
    path = either(usual, None, wanted.no_transit)
    if path is not None:
        ways.append(Opening(((f"as {other}", f"not carried as {wanted.cargo}"),),
                            _length(priced, path)))  # fmt: skip
    return ways


def _with_can(trial: _Trial, can: Bools) -> _Trial:
    """Return a trial for another form of cargo, priced as the one asked for."""
    return _Trial(trial.priced, trial.origin, trial.destination, can, trial.search, trial.bans)


def _other_modes(
    priced: PricedGraph, labels: Labels, wanted: Wanted, trial: _Trial, gone: Bools
) -> list[Opening]:
    """Return the modes that would open a way, each alone, else all of them together."""
    graph = priced.graph
    others = [m for m in MODES if m not in wanted.modes]
    ways: list[Opening] = []
    for more in [*[[m] for m in others], *([others] if len(others) > 1 else [])]:
        if ways and len(more) > 1:
            break
        mask = mode_mask(graph, (*wanted.modes, *more)) & graph.open & ~gone
        extra = mask & ~mode_mask(graph, wanted.modes)
        path = trial(mask, extra, wanted.no_transit)
        if path is not None:
            parts = _mode_parts(priced, labels, wanted, path)
            ways.append(Opening(parts, _length(priced, path)))
    return ways


def _mode_parts(
    priced: PricedGraph, labels: Labels, wanted: Wanted, path: npt.NDArray[np.int64]
) -> tuple[tuple[str, str], ...]:
    """Name modes that were not asked for, with the name of the link where it is but one."""
    graph = priced.graph
    mode = carried_mode(graph)[path]
    parts = []
    for i, m in enumerate(MODES):
        mine = path[mode == i]
        if m in wanted.modes or not len(mine):
            continue
        links = mine[graph.kind[mine] <= BORDER]
        names = {str(labels.link_name[graph.ref[a]]) for a in links} - {""}
        word = m.replace("_", " ")
        parts.append((f"{word}, {names.pop()}" if len(names) == 1 else word, "mode not asked for"))
    return tuple(parts)


def _everything(
    priced: PricedGraph,
    labels: Labels,
    wanted: Wanted,
    trial: _Trial,
    removed: Sequence[Bools],
) -> tuple[Opening, ...]:
    """Allow everything at once; name all the elements that the path needs."""
    graph = priced.graph
    by_mode = mode_mask(graph, wanted.modes)
    shut = ~graph.open | ~by_mode
    for arcs in removed:
        shut = shut | arcs
    path = trial(~shut, shut, (), ())
    if path is None:
        return ()
    parts = [
        (element.name, "avoided")
        for element in wanted.avoid
        if element_arcs(graph, element, labels.link_id)[path].any()
    ]
    parts += _shut_parts(priced, labels, path, wanted.shut)
    parts += [
        (ban.name, f"forbidden by {ban.kind} rule") for ban in wanted.bans if ban.bits[path].any()
    ]
    parts += _mode_parts(priced, labels, wanted, path)
    parts += [
        (str(labels.country_name[graph.country_index(c)]), "no transit")
        for c in wanted.no_transit
        if (graph.country[path] == graph.country_index(c)).any()
    ]
    return (Opening(tuple(parts), _length(priced, path)),)
