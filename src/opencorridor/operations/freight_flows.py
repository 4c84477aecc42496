"""What moves over the network: by mode, country and pair, and whose goods pass a place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from opencorridor.network import Graph
from opencorridor.operations import flow_rows
from opencorridor.operations.flow_select import Wanted, chains, door_arcs, only, place_arcs
from opencorridor.operations.workbench.compare import LEAST_T
from opencorridor.operations.workbench.edits import Spec
from opencorridor.operations.workbench.places import names_of
from opencorridor.operations.workbench.saved import scenario_id
from opencorridor.operations.workbench.session import Session
from opencorridor.operations.workbench.solve import side
from opencorridor.scenario.movement import Movement, movement
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.errors import suggest
from opencorridor.study.places import resolve_all

__all__ = ["BY", "FlowsAsk", "flows", "link_flows", "map_flows", "table"]

Row = dict[str, Any]
# A movement holds every arc of every way: some 50 MB.
_KEPT = 2
_ANSWERS = 24
BY = ("link", *flow_rows.BY)
"""Tables that can be asked for."""


@dataclass(frozen=True)
class FlowsAsk:
    """What is asked: which goods, and in which scenario.

    ``scenario`` is a body of measures, edits, closed places and a year; empty: the baseline.
    ``doors`` is the country whose crossings and ports stand in the middle of the chains; blank:
    the place asked for, or the first country of the study's pair. ``before`` asks for the state
    that the scenario is compared with: the same ways are known in both.
    """

    wanted: Wanted = field(default_factory=Wanted)
    scenario: Mapping[str, Any] = field(default_factory=dict)
    doors: str = ""
    before: bool = False

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> FlowsAsk:
        """Return the question of a body of plain values; absent parts take their defaults."""
        own = {k: str(body[k]) for k in Wanted.__dataclass_fields__ if body.get(k)}
        return cls(Wanted(**own), dict(body.get("scenario") or {}), str(body.get("doors") or ""),
                   bool(body.get("before")))  # fmt: skip


def _moved(session: Session, ask: FlowsAsk) -> tuple[Movement, Graph]:
    """Return how the goods of a scenario, or before it, move, and the whole network."""
    body = Spec.of(ask.scenario).as_dict()

    def make() -> tuple[Movement, Graph]:
        model, state, whole = side(session, body, before=ask.before)
        with session.solving:
            found = movement(model, state.study, state.date, state.prices, state.tonnes,
                             state.share, state.clearing.wait_h)  # fmt: skip
        return found, whole

    found: tuple[Movement, Graph] = session.kept("movement", _KEPT).get(
        (scenario_id(body, session.study.hash), ask.before), make
    )
    return found


def _placed(session: Session, moved: Movement, text: str) -> str:
    """Return the ids of what a text names: ids as they are, or the places of one town."""
    links = moved.model.study["link"]["link_id"].astype(str).tolist()
    if not text or set(text.split(";")) <= {*moved.graph.places, *links}:
        return text
    found = resolve_all(session.study, text, ("border_crossing", "port"))
    return ";".join(dict.fromkeys(place.id for place in found))


def _asked(session: Session, ask: FlowsAsk) -> tuple[Movement, Graph, FlowsAsk]:
    """Return the movement of the goods, the whole network, and the question with ids of places."""
    moved, whole = _moved(session, ask)
    at = _placed(session, moved, ask.wanted.at)
    ask = replace(ask, wanted=replace(ask.wanted, at=at))
    return only(moved, whole, ask.wanted), whole, ask


def _names(study: Study, ids: set[str]) -> dict[str, dict[str, str]]:
    """Return the names of crossings, terminals and zones by id; a terminal's own before others."""
    out: dict[str, dict[str, str]] = {}
    for kind, key in (
        ("zone", "zone_id"), ("border_crossing", "border_crossing_id"), ("terminal", "terminal_id"),
    ):  # fmt: skip
        rows = study[kind]
        out |= {str(i): names_of(rows, r) for r, i in enumerate(rows[key]) if i in ids}
    return out


def _chains(m: Movement, whole: Graph, ask: FlowsAsk) -> tuple[str, bool, list[Row]]:
    """Return whose doors stand in the middle, whether ends are zones, and the chains."""
    zones = ask.wanted.goods != "all"
    if ask.wanted.at and not ask.doors:
        arcs, doors = place_arcs(m, whole, ask.wanted.at), ""
        if not (m.graph.charged & arcs & (m.graph.place >= 0)).any():
            # A link has no place of its own: the doors of its country stand for it.
            doors = m.model.study.settings.pair[0]
            arcs = door_arcs(m, doors)
    else:
        doors = ask.doors or m.model.study.settings.pair[0]
        arcs = door_arcs(m, doors)
    return doors, zones, chains(m, arcs, zones)


def flows(session: Session, ask: FlowsAsk, most_pairs: int | None = None) -> Row:
    """Return what moves in a scenario: totals, tables, and chains of origin, door, destination.

    Parameters
    ----------
    session
        A study.
    ask
        Which goods.
    most_pairs
        Pairs of countries that are told; all by default.

    Raises
    ------
    OpenCorridorError
        What is wrong with the question or the scenario.
    """
    moved = session.kept("flows", _ANSWERS).get(_key(ask), lambda: _flows(session, ask))
    return {**moved, "pairs": moved["pairs"][:most_pairs]}


def _key(ask: FlowsAsk) -> str:
    body = Spec.of(ask.scenario).as_dict()
    return json.dumps([asdict(ask.wanted), body, ask.doors, ask.before], sort_keys=True)


def _flows(session: Session, ask: FlowsAsk) -> Row:
    m, whole, ask = _asked(session, ask)
    study = session.study
    doors, zones, rows = _chains(m, whole, ask)
    pairs, places = flow_rows.pair_rows(m), flow_rows.place_rows(m)
    ids = {r["place_id"] for r in places} | {r[c] for r in rows for c in r if c != "t_per_year"}
    transit = flow_rows.transit_rows(m)
    year = Spec.of(ask.scenario).year
    return {
        "study_hash": study.hash,
        "year": study.settings.baseline_year if year is None else year,
        "price_basis": f"constant US$ of {study.settings.price_year}",
        "at": ask.wanted.at,
        "goods": ask.wanted.goods,
        "class_id": ask.wanted.class_id,
        "cargo": ask.wanted.cargo,
        "mode": ask.wanted.mode,
        "total": flow_rows.total_row(m),
        "modes": flow_rows.mode_rows(m),
        "countries": flow_rows.country_rows(m),
        "pairs": pairs,
        "pairs_found": len(pairs),
        "classes": flow_rows.class_rows(m),
        "places": places,
        "transit": transit,
        "doors": doors,
        "ends": "zone" if zones else "country",
        "chains": rows,
        "names": _names(study, ids | {r["at"] for r in transit}),
    }


def link_flows(session: Session, ask: FlowsAsk) -> list[Row]:
    """Return what the goods that are asked for carry over every link."""
    return flow_rows.link_rows(*_asked(session, ask)[:2])


def map_flows(session: Session, ask: FlowsAsk) -> list[Row]:
    """Return the tonnes of the goods that are asked for on every link, for the map.

    Of all goods, links with less than the map draws of a run are left out.
    """
    m, whole, ask = _asked(session, ask)
    return flow_rows.load_rows(m, whole, LEAST_T if ask.wanted == Wanted() else 0.0)


def table(session: Session, ask: FlowsAsk, by: str) -> list[Row]:
    """Return one of the tables ``BY``.

    Raises
    ------
    OpenCorridorError
        As :func:`flows`; ``unknown_table`` for another word.
    """
    if by == "link":
        return link_flows(session, ask)
    if by not in flow_rows.BY:
        raise OpenCorridorError(
            [Problem("unknown_table", f"flows have no table by {by[:60]!r}", column="by",
                     value=by[:60], expected=", ".join(BY), mend=suggest(by[:60], BY))]
        )  # fmt: skip
    return flow_rows.BY[by](_asked(session, ask)[0])
