"""Routes worth a look beside the best one: the exact front, a few of it, and why each is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from opencorridor.routing.choices import MAX_SHARED, Choice, Difference, choose
from opencorridor.routing.gauge import METHODS
from opencorridor.routing.pareto import CRITERIA
from opencorridor.routing.reliability import Reliability
from opencorridor.routing.routes import Route, Wanted, assemble

if TYPE_CHECKING:
    from opencorridor.operations.pack import Pack
    from opencorridor.routing.asking import Cargo
    from opencorridor.routing.ends import End
    from opencorridor.routing.labels import Labels
    from opencorridor.routing.pareto import Front, Ground
    from opencorridor.routing.priced import PricedGraph

__all__ = [
    "Alternative",
    "Alternatives",
    "Spread",
    "alternative_of",
    "alternatives_of",
    "list_alternatives",
    "why",
]

Spread = Callable[[Route], Reliability | None]
"""Draws the hours of a route."""

_NAMES = {
    "best": "least generalised cost",
    "fastest": "fastest",
    "cheapest": "cheapest",
    "cleanest": "cleanest",
}
_RIVAL = {role: f"the {role}" for role in _NAMES} | {"best": "that of least generalised cost"}
# What is smaller is not worth a word: it would print as 0.
_HOURS, _DOLLARS, _KG = 0.05, 0.005, 0.05
_SAME_USD_PER_T = 1e-3


@dataclass(frozen=True)
class Alternative:
    """A listed route with its hours as a distribution (None where no spread is known)."""

    choice: Choice
    route: Route
    reliability: Reliability | None

    @property
    def why(self) -> str:
        """Why it is listed, in words, with the ways in which it changes gauge."""
        gauge = [leg for leg in self.route.legs if leg.mode == "gauge"]
        ways = [f"{METHODS[leg.method]} at {leg.terminal}" for leg in gauge]
        return "; ".join([why(self.choice), *ways])


@dataclass(frozen=True)
class Alternatives:
    """Listed routes of a pair.

    Attributes
    ----------
    front_size
        Number of routes that no other beats, all of them found.
    routes
        The listed ones.
    criteria, max_shared_share
        By what the front is meant, and how different a further route has to be.
    """

    front_size: int
    routes: tuple[Alternative, ...]
    criteria: tuple[str, ...] = CRITERIA
    max_shared_share: float = MAX_SHARED

    def holds(self, route: Route) -> bool:
        """Return whether a route of least generalised cost is as good as the best listed one.

        It may not be: it counts the spread of hours too, which is no criterion of the front.
        """
        best = self.routes[0].route.totals if self.routes else None
        if best is None or route.totals is None:
            return False
        return abs(best.gc_usd_per_t - route.totals.gc_usd_per_t) <= _SAME_USD_PER_T


def _hours(value: float) -> str:
    if value < 1:
        return f"{value * 60:.0f} min"
    return f"{value:,.0f} h" if value >= 10 else f"{value:.1f} h"


def _money(value: float) -> str:
    return (
        f"${value:,.0f}" if value >= 100 else f"${value:,.1f}" if value >= 10 else f"${value:.2f}"
    )


def _parts(difference: Difference) -> tuple[list[str], list[str]]:
    """Return in words what is better and what is worse."""
    better: list[str] = []
    worse: list[str] = []
    for value, least, words, text in (
        (difference.time_h, _HOURS, ("faster", "slower"), _hours),
        (difference.cost_usd_per_t, _DOLLARS, ("per t cheaper", "per t dearer"), _money),
    ):
        if abs(value) >= least:
            (better if value < 0 else worse).append(f"{text(abs(value))} {words[value > 0]}")
    kg = difference.co2_kg_per_t
    if abs(kg) >= _KG:
        amount = f"{abs(kg):,.0f}" if abs(kg) >= 10 else f"{abs(kg):.1f}"
        (better if kg < 0 else worse).append(
            f"{amount} kg CO2e per t {'less' if kg < 0 else 'more'}"
        )
    return better, worse


def why(choice: Choice) -> str:
    """Say why a route is listed: its roles, and what it has over the listed route it answers."""
    words = [_NAMES[role] for role in choice.roles]
    words += [
        f"within {max(share, 0.001) * 100:.1f} % of {_RIVAL[role]}" for role, share in choice.nearly
    ]
    roles = ", ".join(words) or "a different way"
    if choice.difference is None:
        return f"{roles}: no other route beats it" if choice.roles else roles
    better, worse = _parts(choice.difference)
    rival = _RIVAL[choice.difference.rival]
    if not better:
        return f"{roles}: as good as {rival}" + (f", {', '.join(worse)}" if worse else "")
    text = f"{roles}: {', '.join(better)} than {rival}"
    return f"{text}; {', '.join(worse)}" if worse else text


def list_alternatives(
    ground: Ground,
    labels: Labels,
    spread: Spread,
    ends: tuple[End, End],
    wanted: Wanted,
    max_routes: int,
) -> Alternatives:
    """Find the front on a ground made before, and list routes of it.

    Parameters
    ----------
    ground
        Graphs made ready; of an edited study the whole graph alone is enough.
    labels
        Names of the whole graph.
    spread
        Draws the hours of a listed route.
    ends, wanted
        The pair, and what the routes have to keep to.
    max_routes
        At least 1.

    Raises
    ------
    OpenCorridorError
        ``pareto_limit``, ``negative_cost``.
    """
    front = ground.front(labels, *ends, wanted)
    priced = ground.whole.priced
    listed = [
        alternative_of(front, choice, priced, labels, spread, ends)
        for choice in choose(front, np.asarray(priced.graph.length_km), max_routes)
    ]
    return Alternatives(len(front), tuple(listed))


def alternative_of(
    front: Front,
    choice: Choice,
    priced: PricedGraph,
    labels: Labels,
    spread: Spread,
    ends: tuple[End, End],
) -> Alternative:
    """Return a route of a front leg by leg; ``priced`` and ``labels`` are of the whole graph."""
    way = front.ways[choice.index]
    route = assemble(priced, labels, ends, (way.start, way.end), front.arcs(choice.index))
    return Alternative(choice, route, spread(route))


def alternatives_of(
    pack: Pack,
    cargo: Cargo,
    date: str,
    ends: tuple[End, End],
    wanted: Wanted,
    max_routes: int,
    spread: Spread,
) -> Alternatives:
    """Find the front of a pair and list routes of it; see :func:`list_alternatives`."""
    ground = pack.ground(cargo.class_id, cargo.cargo, date)
    return list_alternatives(ground, pack.labels, spread, ends, wanted, max_routes)
