"""Which goods: those of a pair, class, cargo or mode, and those that pass a link or place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.flows import containing, mode_of
from opencorridor.network import BORDER, CARGOES, MODES, Graph
from opencorridor.scenario.movement import Movement
from opencorridor.study import OpenCorridorError, Problem
from opencorridor.study.errors import suggest

__all__ = ["GOODS", "Wanted", "chains", "door_arcs", "only", "place_arcs"]

Row = dict[str, Any]
Bools = NDArray[np.bool_]
GOODS = ("all", "pair", "a_to_b", "b_to_a")
"""Whose goods: all, those of the study's pair, or one way of it."""
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which goods are asked for; blank fields ask for all.

    ``at`` is a crossing, terminal or link that they pass, or several with ``;`` between;
    ``goods`` one of ``GOODS``; ``class_id``, ``cargo`` and ``mode`` what they are, and what they
    use on some part of the way.
    """

    at: str = ""
    goods: str = "all"
    class_id: str = ""
    cargo: str = ""
    mode: str = ""


def _unknown(column: str, value: str, known: Sequence[str]) -> Problem:
    return Problem(f"unknown_{column}", f"there is no {column.replace('_', ' ')} {value[:60]!r}",
                   column=column, value=value[:60], mend=suggest(value[:60], known))  # fmt: skip


def _checked(m: Movement, wanted: Wanted) -> None:
    classes = [str(c) for c in m.model.study["commodity"]["class_id"]]
    places = [*m.graph.places, *map(str, m.model.study["link"]["link_id"])]
    problems = [
        _unknown(column, value, known)
        for column, value, known in (
            *(("place", one, places) for one in wanted.at.split(";")),
            ("goods", wanted.goods, GOODS),
            ("class_id", wanted.class_id, classes),
            ("cargo", wanted.cargo, CARGOES),
            ("mode", wanted.mode, MODES),
        )
        if value and value not in known
    ]
    if problems:
        raise OpenCorridorError(problems)


def place_arcs(m: Movement, whole: Graph, places: str) -> Bools:
    """Arcs (A,) of the movement's graph that pass any of the crossings, terminals and links.

    A crossing and a terminal of one id are taken together: they stand at one place.
    """
    graph, wanted = m.graph, places.split(";")
    here = [i for i, name in enumerate(graph.places) if name in wanted]
    out = np.isin(graph.place, here) & graph.charged
    links = np.flatnonzero(np.isin(m.model.study["link"]["link_id"].astype(str), wanted))
    if links.size:
        on_link = (whole.kind <= BORDER) & np.isin(whole.ref, links)
        out |= containing(m.model.reduced, on_link)[m.on_reduced]
    return np.asarray(out)


def _passing(m: Movement, arcs: Bools) -> Bools:
    """Whether every option (O,) passes any of the arcs (A,)."""
    out = np.zeros(m.goods.tonnes.size, dtype=bool)
    out[m.steps.option[arcs[m.steps.arc]]] = True
    return out


def only(m: Movement, whole: Graph, wanted: Wanted) -> Movement:
    """Return the movement of the goods that are asked for; ``whole`` is the study's graph.

    Raises
    ------
    OpenCorridorError
        With everything that is not known.
    """
    _checked(m, wanted)
    a, b = (m.graph.countries.index(c) for c in m.model.study.settings.pair)
    forth = (m.goods.exporter == a) & (m.goods.importer == b)
    back = (m.goods.exporter == b) & (m.goods.importer == a)
    keep = {"all": np.ones_like(forth), "pair": forth | back, "a_to_b": forth, "b_to_a": back}[
        wanted.goods
    ]
    if wanted.class_id:
        ids = m.model.study["commodity"]["class_id"].tolist()
        keep = keep & (m.goods.klass == ids.index(wanted.class_id))
    if wanted.cargo:
        keep = keep & (m.goods.cargo == CARGOES.index(wanted.cargo))
    if wanted.mode:
        keep = keep & _passing(m, mode_of(m.graph) == MODES.index(wanted.mode))
    if wanted.at:
        keep = keep & _passing(m, place_arcs(m, whole, wanted.at))
    if keep.all():
        return m
    goods = replace(m.goods, tonnes=np.where(keep, m.goods.tonnes, 0.0),
                    teu=np.where(keep, m.goods.teu, 0.0))  # fmt: skip
    return replace(m, goods=goods, steps=m.steps.take(keep[m.steps.option]))


def door_arcs(m: Movement, country: str) -> Bools:
    """Arcs (A,) of crossings and ports on which goods enter or leave a country."""
    graph = m.graph
    if country not in graph.countries:
        raise OpenCorridorError([_unknown("doors", country, graph.countries)])
    c = graph.countries.index(country)
    into = graph.enters & (graph.country == c)
    out_of = graph.leaves & (graph.node_country[graph.tail] == c)
    return np.asarray(graph.charged & (graph.place >= 0) & (into | out_of))


def _first_door(m: Movement, arcs: Bools) -> NDArray[np.int64]:
    """(O,) the place of the first of the arcs that every option passes, -1 where none."""
    out = np.full(m.goods.tonnes.size, -1, dtype=np.int64)
    at = np.flatnonzero(arcs[m.steps.arc])
    option, first = np.unique(m.steps.option[at], return_index=True)
    out[option] = m.graph.place[m.steps.arc[at[first]]]
    return out


def _ends(m: Movement, zones: bool) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Names of ends, and those where every option (O,) starts and ends."""
    rows, row = m.model.rows, m.model.options.row
    if zones:
        names = [str(z) for z in m.model.study["zone"]["zone_id"]]
        return names, rows.origin[row], rows.destination[row]
    return list(m.graph.countries), m.goods.exporter, m.goods.importer


def _largest(key: NDArray[np.int64], tonnes: NDArray[np.float64], most: int) -> set[int]:
    n = int(key.max(initial=0)) + 1
    total = np.bincount(key, weights=tonnes, minlength=n)
    order = np.argsort(-total, kind="stable")[:most]
    return {int(k) for k in order if total[k] > 0.0}


def chains(m: Movement, doors: Bools, zones: bool, most: int = 10) -> list[Row]:
    """Return tonnes a year by origin, door and destination.

    Goods count once, at the first of the doors that they pass; what passes none is left out.
    Ends and doors beyond the largest ``most`` are together under ``other``. Ends are zones, or
    countries.
    """
    door = _first_door(m, doors)
    names, start, end = _ends(m, zones)
    on = np.flatnonzero((door >= 0) & (start >= 0) & (end >= 0) & (m.goods.tonnes > 0.0))
    tonnes = m.goods.tonnes[on]
    found: dict[tuple[str, str, str], float] = {}
    columns = []
    for key, words in ((start, names), (door, list(m.graph.places)), (end, names)):
        large = _largest(key[on], tonnes, most)
        columns.append([words[k] if k in large else _OTHER for k in key[on].tolist()])
    for one in zip(*columns, tonnes.tolist(), strict=True):
        found[one[:3]] = found.get(one[:3], 0.0) + one[3]
    rows = [
        {"origin": a, "place_id": x, "destination": b, "t_per_year": t}
        for (a, x, b), t in found.items()
        if t >= 1.0
    ]
    return sorted(rows, key=lambda r: -r["t_per_year"])
