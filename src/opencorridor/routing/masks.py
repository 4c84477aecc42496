"""Which arcs a search may use: cargo, modes, and what the asker avoids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import ACCESS, BORDER, EGRESS, LINK, MODES, TRANSSHIPMENT, Graph
from opencorridor.routing.priced import ALL_KINDS
from opencorridor.study.errors import OpenCorridorError, Problem, suggest

__all__ = [
    "Element",
    "Shut",
    "carried_mode",
    "element_arcs",
    "mode_mask",
    "parse_modes",
    "present_bits",
]

Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]
WATER = (MODES.index("sea"), MODES.index("inland_water"))
_TRANSIT_BIT = 1


@dataclass(frozen=True)
class Element:
    """Something that can be avoided.

    Attributes
    ----------
    kind
        ``country``, ``border_crossing``, ``terminal``, ``link`` or ``mode``.
    id, name
        Its id and the name to show.
    """

    kind: str
    id: str
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class Shut:
    """Why some arcs are not open.

    Attributes
    ----------
    find
        Returns the arcs, bool[A].
    why
        The reason in a few words, with the document and its dates.
    name
        What is shut; blank: the name of the link or place.
    on_top
        Not told by ``Graph.open`` of the date: it has to be shut besides.
    """

    find: Callable[[], Bools]
    why: str
    name: str = ""
    on_top: bool = False

    @cached_property
    def arcs(self) -> Bools:
        """The arcs, bool[A]."""
        return self.find()


def parse_modes(modes: Iterable[str] | None) -> tuple[str, ...]:
    """Return the modes asked for in the order of ``MODES``; none asked: all.

    Raises
    ------
    OpenCorridorError
        Code ``unknown_mode``.
    """
    asked = [m.strip().lower() for m in modes or () if m.strip()]
    unknown = [m for m in asked if m not in MODES]
    if unknown:
        raise OpenCorridorError(
            [
                Problem(
                    code="unknown_mode",
                    message=f"there is no mode {m!r}",
                    value=m,
                    expected=", ".join(MODES),
                    mend=suggest(m, MODES),
                )
                for m in unknown
            ]
        )
    return tuple(m for m in MODES if m in asked) if asked else MODES


def carried_mode(graph: Graph) -> npt.NDArray[np.int8]:
    """Return the mode that an arc counts as (A): a ferry for wagons is part of the railway.

    A ferry lies at sea but joins nodes of the rail (or road) network; all else counts as its own
    mode.
    """
    ferry = np.isin(graph.mode, WATER) & (graph.layer >= 0) & ~np.isin(graph.layer, WATER)
    return np.where(ferry, graph.layer, graph.mode)


def mode_mask(graph: Graph, modes: Sequence[str]) -> Bools:
    """Return the arcs of the allowed modes (A); transshipment only between two of them.

    ``rail`` includes ferries that carry wagons, ``road`` those that carry trucks. Access by truck
    stays allowed: its mode is that of the network which it reaches; where only water is allowed
    it may reach a quay by a port's road node.
    """
    allowed = np.array([m in modes for m in MODES])
    if allowed.all():
        return np.ones(graph.n_arcs, bool)
    mask = np.zeros(graph.n_arcs, bool)
    over = graph.kind == TRANSSHIPMENT
    mode = carried_mode(graph)
    mask[~over] = allowed[mode[~over]]
    a, b = graph.node_mode[graph.tail[over]], graph.node_mode[graph.head[over]]
    mask[over] = allowed[a] & allowed[b]
    if not any(MODES.index(m) not in WATER for m in modes):
        # By water alone: a truck still brings the goods to the quay, but drives no road link.
        road = MODES.index("road")
        at_end = (graph.kind == ACCESS) | (graph.kind == EGRESS)
        mask[at_end] |= graph.mode[at_end] == road
        mask[over] |= (allowed[a] & (b == road)) | (allowed[b] & (a == road))
    return mask


def present_bits(mask: Bools, kinds: Bits | None = None) -> Bits:
    """Return presence bits (uint8[A]) of a mask: all flow kinds, or none.

    ``kinds`` (``Graph.kinds``) keeps arcs of tariff layers to the flow kinds that they are for.
    """
    bits = np.where(mask, ALL_KINDS, 0).astype(np.uint8)
    return bits if kinds is None else bits & kinds


def forbid_transit(graph: Graph, present: Bits, countries: Iterable[str]) -> Bits:
    """Return presence bits without transit through these countries."""
    bits = present.copy()
    for country in countries:
        through = graph.country == graph.country_index(country)
        bits[through] &= ~np.uint8(_TRANSIT_BIT)
    return bits


def element_arcs(graph: Graph, element: Element, link_id: npt.NDArray[Any]) -> Bools:
    """Return the arcs (bool[A]) that belong to an element.

    Parameters
    ----------
    graph
        The full graph: in a reduced one links are hidden in shortcuts.
    element
        A country takes every arc in it or touching it; a terminal its transshipments and all arcs
        of its water nodes; a crossing, a link and a mode their own arcs, ferries counting as sea.
    link_id
        Ids of the rows of the link table.
    """
    if element.kind == "mode":
        return np.asarray(graph.mode == MODES.index(element.id))
    if element.kind == "country":
        at = graph.country_index(element.id)
        touching = graph.node_country == at
        return np.asarray((graph.country == at) | touching[graph.tail] | touching[graph.head])
    if element.kind == "link":
        rows = np.flatnonzero(link_id == element.id)
        links = (graph.kind == LINK) | (graph.kind == BORDER)
        return np.asarray(links & np.isin(graph.ref, rows))
    place = graph.place_index(element.id)
    mask = graph.place == place
    if element.kind == "terminal":
        nodes = np.union1d(graph.tail[mask], graph.head[mask])
        quay = np.zeros(graph.n_nodes, bool)
        quay[nodes[np.isin(graph.node_mode[nodes], WATER)]] = True
        mask = mask | quay[graph.tail] | quay[graph.head]
    return np.asarray(mask)
