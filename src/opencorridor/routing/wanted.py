"""What a trip has to keep to, and the arcs that this leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.network import MODES
from opencorridor.routing.masks import Element, Shut, forbid_transit, mode_mask, present_bits
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.rules import Ban, without

__all__ = ["Wanted", "presence"]

Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Wanted:
    """What a route has to keep to.

    Attributes
    ----------
    cargo
        ``container`` or ``bulk``.
    modes
        Allowed modes; ``rail`` includes ferries that carry wagons.
    avoid
        Elements that no part of the route may touch.
    no_transit
        Country ids that may not be passed through; ends may lie in them.
    bans
        Rules that forbid arcs to this cargo or truck.
    shut
        Arcs that are not open on the day, and why.
    """

    cargo: str
    modes: tuple[str, ...] = MODES
    avoid: tuple[Element, ...] = ()
    no_transit: tuple[str, ...] = ()
    bans: tuple[Ban, ...] = ()
    shut: tuple[Shut, ...] = ()


def presence(
    priced: PricedGraph, can: Bools, wanted: Wanted, removed: Iterable[Bools] = ()
) -> Bits:
    """Return the presence bits (uint8[A]) of what a question leaves.

    Parameters
    ----------
    priced
        The graph; ``priced.graph.open`` holds for the date and class asked.
    can
        bool[A]: arcs that carry the cargo at a known price.
    wanted
        The question.
    removed
        bool[A] each: the arcs of ``wanted.avoid``.
    """
    graph = priced.graph
    mask = can & graph.open & mode_mask(graph, wanted.modes)
    for one in wanted.shut:
        if one.on_top:
            mask &= ~one.arcs
    for arcs in removed:
        mask &= ~arcs
    present = forbid_transit(graph, present_bits(mask, graph.kinds), wanted.no_transit)
    return without(present, wanted.bans)
