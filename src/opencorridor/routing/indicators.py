"""Trade facilitation indicators of a route, as CAREC's corridor monitoring (CPMM) defines them.

TFI1, hours to clear a border-crossing point, from its entry to its exit, with the waits, the
loading and the change of gauge there; TFI2, US$ paid there; TFI3, US$ to travel a corridor
section, for 20 t of cargo over 500 km; TFI4, km/h along the corridor, with delay (SWD: all hours
of the journey) and without (SWOD: hours in motion alone). Source: CAREC, Corridor Performance
Measurement and Monitoring, annual reports (cpmm.carecprogram.org).

CPMM counts the posts of both countries as points of their own. Here a crossing is one point, both
posts together, since the stay at it is known as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.network import MODES, Graph
from opencorridor.routing.legs import Leg

__all__ = [
    "CARGO_T",
    "INDICATORS",
    "SECTION_KM",
    "Amounts",
    "Facilitation",
    "Journey",
    "Stop",
    "facilitation",
    "journey_of",
    "journeys_by_mode",
    "of_journey",
]

Floats = npt.NDArray[np.float64]

CARGO_T = 20.0
SECTION_KM = 500.0
INDICATORS: dict[str, str] = {
    "tfi1_h": "h",
    "tfi2_usd": "US$",
    "tfi3_usd": "US$/500 km",
    "swod_km_per_h": "km/h",
    "swd_km_per_h": "km/h",
}
"""Name and unit of every indicator; dollars for 20 t of cargo."""

_BESIDE = ("gauge", "transshipment")
_LAND = ("rail", "road")
_WATER = ("sea", "inland_water")


@dataclass(frozen=True, eq=False)
class Amounts:
    """Hours and money of every arc of the whole graph (A), at B states of the study.

    Attributes
    ----------
    moving_h, time_h, stand_h, fee_usd_per_t
        Shape (B, A): hours in motion, all hours, hours held at a crossing or terminal, money paid
        there.
    money_usd_per_t
        Shape (B, 3, A): all money by flow kind.
    """

    moving_h: Floats
    time_h: Floats
    stand_h: Floats
    fee_usd_per_t: Floats
    money_usd_per_t: Floats


@dataclass(frozen=True, eq=False)
class Stop:
    """A border-crossing point on the way; hours and money shape (B)."""

    border_crossing_id: str
    name: str
    mode: str
    time_h: Floats
    cost_usd_per_t: Floats


@dataclass(frozen=True, eq=False)
class Journey:
    """What a route, or its part by one mode, took; hours and money shape (B).

    ``mode`` is blank for the whole route; ``terminal_h`` are hours at terminals and changes of
    gauge that stand at no border.
    """

    mode: str
    distance_km: float
    moving_h: Floats
    terminal_h: Floats
    time_h: Floats
    cost_usd_per_t: Floats
    stops: tuple[Stop, ...]

    @property
    def border_h(self) -> Floats:
        """Hours at all border-crossing points together."""
        return sum((stop.time_h for stop in self.stops), np.zeros_like(self.time_h))

    @property
    def waiting_h(self) -> Floats:
        """All other hours: rests of drivers, hours at stations, waits for a departure."""
        return self.time_h - self.moving_h - self.border_h - self.terminal_h


@dataclass(frozen=True, eq=False)
class Facilitation:
    """The indicators of a journey, shape (B); NaN where there is nothing to measure."""

    tfi1_h: Floats
    tfi2_usd: Floats
    tfi3_usd: Floats
    swod_km_per_h: Floats
    swd_km_per_h: Floats


def facilitation(
    stop_h: Floats,
    stop_usd_per_t: Floats,
    distance_km: float,
    moving_h: Floats,
    time_h: Floats,
    cost_usd_per_t: Floats,
) -> Facilitation:
    """Return TFI1 to TFI4 from the sums of a journey.

    Parameters
    ----------
    stop_h, stop_usd_per_t
        Shape (S, B): hours and US$ per tonne at each border-crossing point.
    distance_km, moving_h, time_h, cost_usd_per_t
        Kilometres; hours in motion, all hours and US$ per tonne, shape (B).

    Notes
    -----
    TFI1 and TFI2 are means over the points, TFI2 for 20 t. TFI3 = cost × 20 t × 500 km ÷ km.
    SWOD = km ÷ hours in motion, SWD = km ÷ all hours.
    """
    nothing = np.full_like(time_h, np.nan)

    def speed(hours: Floats) -> Floats:
        on = (hours > 0) & (distance_km > 0)
        return np.asarray(np.where(on, distance_km / np.where(on, hours, 1.0), np.nan))

    some = len(stop_h) > 0
    section = cost_usd_per_t * CARGO_T * SECTION_KM
    return Facilitation(
        tfi1_h=stop_h.mean(axis=0) if some else nothing,
        tfi2_usd=stop_usd_per_t.mean(axis=0) * CARGO_T if some else nothing,
        tfi3_usd=section / distance_km if distance_km > 0 else nothing,
        swod_km_per_h=speed(moving_h),
        swd_km_per_h=speed(time_h),
    )


def of_journey(journey: Journey) -> Facilitation:
    """Return the indicators of a journey; see :func:`facilitation`."""
    states = len(journey.time_h)
    hours = np.array([s.time_h for s in journey.stops]).reshape(-1, states)
    money = np.array([s.cost_usd_per_t for s in journey.stops]).reshape(-1, states)
    return facilitation(
        hours,
        money,
        journey.distance_km,
        journey.moving_h,
        journey.time_h,
        journey.cost_usd_per_t,
    )


class _Sums:
    """Sums over the arcs of legs; a leg without arcs is taken as it stands, in motion."""

    def __init__(
        self, legs: Sequence[Leg], arcs: Sequence[int], kinds: Sequence[int], amounts: Amounts
    ) -> None:
        self.legs, self.amounts = legs, amounts
        self.kind = dict(zip(arcs, kinds, strict=True))

    def hours(self, of: Floats, chosen: Sequence[int]) -> Floats:
        total = np.zeros(len(of))
        for i in chosen:
            leg = self.legs[i]
            total += of[:, list(leg.arcs)].sum(axis=1) if leg.arcs else leg.time_h
        return total

    def money(self, chosen: Sequence[int]) -> Floats:
        total = np.zeros(len(self.amounts.time_h))
        for i in chosen:
            leg = self.legs[i]
            if not leg.arcs:
                total += leg.cost_usd_per_t
                continue
            at, kind = list(leg.arcs), [self.kind[arc] for arc in leg.arcs]
            total += self.amounts.money_usd_per_t[:, kind, at].sum(axis=1)
        return total

    def km(self, chosen: Sequence[int]) -> float:
        return float(sum(self.legs[i].distance_km for i in chosen))

    def journey(self, mode: str, chosen: Sequence[int], stops: tuple[Stop, ...]) -> Journey:
        amounts = self.amounts
        at_border = {j for _, beside in _points(self.legs) for j in beside}
        handling = [i for i in chosen if self.legs[i].mode in _BESIDE and i not in at_border]
        return Journey(
            mode,
            self.km(chosen),
            self.hours(amounts.moving_h, chosen),
            self.hours(amounts.time_h, handling),
            self.hours(amounts.time_h, chosen),
            self.money(chosen),
            stops,
        )


def _points(legs: Sequence[Leg]) -> Iterator[tuple[int, list[int]]]:
    """Yield each leg with a crossing, and the changes of gauge or vehicle beside it."""
    taken: set[int] = set()
    for i, leg in enumerate(legs):
        if not leg.border_crossing_id:
            continue
        beside: list[int] = []
        if leg.mode == "border":
            for step in (-1, 1):
                j = i + step
                while 0 <= j < len(legs) and legs[j].mode in _BESIDE and j not in taken:
                    beside.append(j)
                    taken.add(j)
                    j += step
        yield i, beside


def _mode(graph: Graph, leg: Leg) -> str:
    """Return the mode by which goods pass a leg; blank at terminals and ways to the network."""
    if leg.mode in MODES:
        return leg.mode
    if leg.mode == "gauge":
        return "rail"
    return MODES[graph.mode[leg.arcs[0]]] if leg.mode == "border" and leg.arcs else ""


def _stops(graph: Graph, sums: _Sums) -> list[Stop]:
    """Return the points where hours or money are spent, in order of travel."""
    legs, amounts = sums.legs, sums.amounts
    found = []
    for i, beside in _points(legs):
        leg, at = legs[i], list(legs[i].arcs)
        hours = amounts.stand_h[:, at].sum(axis=1) + sums.hours(amounts.time_h, beside)
        money = amounts.fee_usd_per_t[:, at].sum(axis=1) + sums.money(beside)
        if hours.any() or money.any():
            mode = leg.mode if leg.mode in _WATER else _mode(graph, leg)
            found.append(Stop(leg.border_crossing_id, leg.border_crossing, mode, hours, money))
    return found


def journey_of(
    graph: Graph,
    legs: Sequence[Leg],
    arcs: Sequence[int],
    kinds: Sequence[int],
    amounts: Amounts,
) -> Journey:
    """Return the whole journey of a route.

    Parameters
    ----------
    graph
        The whole graph.
    legs, arcs, kinds
        Legs of the route, its arcs and the flow kind of each.
    amounts
        Hours and money of the arcs at B states of the study.
    """
    sums = _Sums(legs, arcs, kinds, amounts)
    return sums.journey("", range(len(legs)), tuple(_stops(graph, sums)))


def journeys_by_mode(
    graph: Graph,
    legs: Sequence[Leg],
    arcs: Sequence[int],
    kinds: Sequence[int],
    amounts: Amounts,
) -> tuple[Journey, ...]:
    """Return the parts of a route by rail and by road, as CPMM reports them; see ``journey_of``.

    Terminals between modes and the ways to and from the network belong to no part.
    """
    sums = _Sums(legs, arcs, kinds, amounts)
    stops = _stops(graph, sums)
    found = []
    for mode in _LAND:
        chosen = [i for i, leg in enumerate(legs) if _mode(graph, leg) == mode]
        if sums.km(chosen) > 0:
            mine = tuple(stop for stop in stops if stop.mode == mode)
            found.append(sums.journey(mode, chosen, mine))
    return tuple(found)
