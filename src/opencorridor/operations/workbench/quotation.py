"""The numbers of a quotation: a route leg by leg, moving time and dwell apart, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs.arc_costs import link_hours
from opencorridor.network import CARGOES
from opencorridor.operations import tariffs
from opencorridor.operations.depart import schedule_dict
from opencorridor.operations.pack import Pack
from opencorridor.operations.workbench.equipment import equipment
from opencorridor.operations.workbench.fronts import Listed
from opencorridor.operations.workbench.graphs import plan_of
from opencorridor.operations.workbench.leg_terms import of_hours, of_money, priced_leg
from opencorridor.operations.workbench.route_items import route_id
from opencorridor.operations.workbench.routes import Found, RouteQuery, found_of, permits_of
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.asking import Cargo
from opencorridor.routing.legs import Leg, Totals
from opencorridor.routing.papers import documents_on
from opencorridor.routing.reliability import DRAWS, SEED
from opencorridor.routing.tariffs import RowTariff
from opencorridor.study import OpenCorridorError, Problem, Study

__all__ = [
    "COLUMNS",
    "listed_of",
    "moving_hours",
    "moving_of",
    "quotation",
    "table_rows",
]

Row = dict[str, Any]
Floats = npt.NDArray[np.float64]
_DECIMALS = 4
_STATUS = ("observed", "derived", "assumed")
COLUMNS = (
    "leg", "mode", "from", "to", "place", "country", "distance_km", "moving_h", "dwell_h",
    "cost_usd_per_t", "cost_usd_per_unit", "cost_usd", "co2_kg", "tariffs", "status",
)  # fmt: skip
"""Columns of the table of a quotation, one row a leg."""


def listed_of(found: Found, wanted: str) -> Listed:
    """Return the route of an answer with a ``route_id``.

    Without one: the route that arrives first where a departure is given, else that of least
    generalised cost.

    Raises
    ------
    OpenCorridorError
        ``unknown_route``; without ``wanted`` why there is no route.
    """
    world, listed = found.asked.world, found.listing.listed
    if not wanted:
        return _first(listed)
    for item in listed:
        if item.route.found and route_id(item.route, world.labels, world.graph) == wanted:
            return item
    problem = Problem(
        "unknown_route", "the answer has no such route", column="route", value=wanted[:60],
        mend="ask for the routes again",
    )  # fmt: skip
    raise OpenCorridorError([problem])


def _first(listed: Sequence[Listed]) -> Listed:
    best = listed[0].route
    if not best.found:
        raise OpenCorridorError([Problem(best.reason_code, best.reason)])
    known = ((item.schedule.hours if item.schedule else None, item) for item in listed)
    timed = [(hours, item) for hours, item in known if hours is not None]
    if listed[0].schedule and not timed:
        raise OpenCorridorError([Problem("stuck", listed[0].schedule.reason)])
    return min(timed, key=lambda pair: pair[0])[1] if timed else listed[0]


def _pack_of(session: Session, found: Found) -> Pack:
    """Return what the study, as changed for a question, says of tariffs and goods."""
    world = found.asked.world
    if world.study is session.study:
        return session.pack
    return session.pack.changed(world.study, world.graph, world.labels)


def moving_hours(session: Session, found: Found) -> Floats:
    """Return the hours in motion on every arc of the whole graph, float64[A].

    Kilometres over speed on links and on the way to them. All other hours are dwell: stays at
    borders and terminals, waits for a departure, berths, drivers' rests, fixed hours of terminals.
    """
    asked = found.asked
    plan = plan_of(session, asked.world, asked.date)
    return link_hours(plan, asked.world.study, CARGOES.index(asked.cargo.cargo), driving=True)


def moving_of(moving: Floats, leg: Leg) -> float:
    """Return the hours in motion of a leg; one from or to coordinates has no arcs and no stay."""
    if not leg.arcs:
        return leg.time_h
    return min(float(moving[list(leg.arcs)].sum()), leg.time_h)


def _figures(of: Leg | Totals, moving: float, cargo: Cargo) -> Row:
    """Return the figures of a leg, or of all of them, from those per tonne."""
    per_t, co2 = of.cost_usd_per_t, of.co2_kg_per_t
    figures = {
        "distance_km": of.distance_km,
        "moving_h": moving,
        "dwell_h": of.time_h - moving,
        "time_h": of.time_h,
        "cost_usd_per_t": per_t,
        "cost_usd_per_unit": per_t * cargo.payload_t,
        "cost_usd": per_t * cargo.tonnes,
        "co2_kg_per_t": co2,
        "co2_kg": co2 * cargo.tonnes,
    }
    return {name: _round(value) for name, value in figures.items()}


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), _DECIMALS)


class _Quoting:
    """What the lines of one quotation share."""

    def __init__(self, session: Session, found: Found, item: Listed) -> None:
        self.found, self.item, self.asked = found, item, found.asked
        self.pack = _pack_of(session, found)
        self.plan = plan_of(session, self.asked.world, self.asked.date)
        self.moving = moving_hours(session, found)
        self.tariffs = tariffs.leg_tariffs(self.pack, found.priced, item.route)

    def status(self, leg: Leg) -> str:
        """Return how sure the rows are that price and time a leg: the least sure of them."""
        if not leg.arcs:
            return "assumed"
        study = self.asked.world.study
        priced = priced_leg(self.plan, self.found, self.item.route, leg)
        cells = [*of_money(priced).cells, *of_hours(priced).cells]
        found = {
            str(study[cell.table]["status"][cell.row])
            for cell in cells
            if "status" in study[cell.table].columns
        }
        return _weakest(found)

    def line(self, number: int, leg: Leg, named: tuple[RowTariff, ...]) -> Row:
        """Return a leg as a line."""
        moving = moving_of(self.moving, leg)
        return {
            "leg": number,
            "mode": leg.mode,
            "from": leg.origin,
            "to": leg.destination,
            "place": leg.border_crossing or leg.terminal or None,
            "country": leg.country or None,
            "carries": leg.carries or None,
            "method": leg.method or None,
            **_figures(leg, moving, self.asked.cargo),
            "status": self.status(leg),
            "tariffs": list(dict.fromkeys(one.document_no for one in named)),
        }

    def total(self) -> Row:
        """Return the sums over the legs, as the route has them."""
        totals = self.item.route.totals
        assert totals is not None
        moving = sum(moving_of(self.moving, leg) for leg in self.item.route.legs)
        return _figures(totals, moving, self.asked.cargo)

    def documents(self) -> list[Row]:
        """Return tariffs that price the route and permits of the truck, each once."""
        legs: dict[RowTariff, list[int]] = {}
        for number, named in enumerate(self.tariffs, start=1):
            for one in named:
                legs.setdefault(one, []).append(number)
        rows: list[Row] = [
            {
                "kind": "tariff",
                "document_no": one.document_no,
                "text": f"{one.price}; {one.basis}",
                "country": None,
                "valid_from": one.valid_from or None,
                "valid_to": one.valid_to or None,
                "legs": at,
            }
            for one, at in legs.items()
        ]
        for permit in permits_of(self.found, self.item.route):
            quota = "" if permit.per_year is None else f", {permit.per_year:g} a year"
            rows.append(
                {
                    "kind": "permit",
                    "document_no": permit.document_no or None,
                    "text": f"{permit.reason}{quota}",
                    "country": permit.country,
                    "valid_from": None,
                    "valid_to": None,
                    "legs": [],
                }
            )
        return rows


def _papers(found: Found, legs: Sequence[Leg]) -> list[Row]:
    """Return the documents that the goods need along a route, in order of use."""
    asked = found.asked
    ends = asked.origin, asked.destination
    needed = documents_on(
        asked.world.study["document"], legs, asked.cargo, asked.date,
        (ends[0].country, ends[1].country), (ends[0].name, ends[1].name),
    )  # fmt: skip
    return [{**asdict(one), "at": list(one.at)} for one in needed]


def _equipment(found: Found, item: Listed) -> Row:
    """Return the units that the goods ride in, with their empty return."""
    asked = found.asked
    ends = asked.origin.country, asked.destination.country
    made = equipment(asked.world.study, asked.world.graph, item.route.legs, asked.cargo, ends)
    for ride in made["rides"]:
        ride["return_usd_per_unit"] = _round(ride["return_usd_per_unit"])
    return made


def _weakest(statuses: Iterable[str]) -> str:
    """Return the least sure of the statuses of inputs; derived where none is known."""
    return max((s for s in statuses if s in _STATUS), key=_STATUS.index, default="derived")


def _premium_status(study: Study) -> str:
    table = study["parameter"]
    at = int((table["parameter_id"] == "insurance_share").nonzero()[0][0])
    return str(table["status"][at])


def _validity(documents: Iterable[Row]) -> Row:
    """Return the days on which all dated tariffs of a quotation hold; null where none is dated."""
    rows = [row for row in documents if row["kind"] == "tariff"]
    starts = [row["valid_from"] for row in rows if row["valid_from"]]
    ends = [row["valid_to"] for row in rows if row["valid_to"]]
    return {
        "valid_from": max(starts) if starts else None,
        "valid_to": min(ends) if ends else None,
        "dated": bool(rows),
    }


def _assumptions(
    found: Found, query: RouteQuery, lines: Sequence[Row], notes: Iterable[str]
) -> list[Row]:
    """Return on what ground the numbers stand: a code with a number, or with a text."""
    settings = found.asked.world.study.settings
    counts = {s: sum(line["status"] == s for line in lines) for s in _STATUS}
    rows: list[Row] = [
        {"code": f"legs_{s}", "count": n, "text": None} for s, n in counts.items() if n
    ]
    rows.append({"code": "price_year", "count": settings.price_year, "text": None})
    rows.append({"code": "wagons", "count": None, "text": settings.tariffs.wagons})
    edits = [f"{e.table} {e.key}: {e.column} {e.op} {e.value}" for e in query.edits]
    changes = "; ".join([*query.measures, *edits])
    rows += [{"code": "changes", "count": None, "text": changes}] if changes else []
    return rows + [{"code": "note", "count": None, "text": note} for note in notes]


def quotation(session: Session, query: RouteQuery, wanted: str = "") -> Row:
    """Return the numbers of a quotation for a route of an answer.

    Parameters
    ----------
    session, query
        Study and question; the same question has the same routes.
    wanted
        ``route_id``; blank for the first to arrive, or that of least generalised cost.

    Returns
    -------
    dict
        ``lines`` by leg and their ``total``; sums per tonne, per unit and of the shipment;
        insurance beside them; validity, documents, the units ridden in, and assumptions.

    Raises
    ------
    OpenCorridorError
        ``unknown_route``, and all that is wrong with the question.
    """
    found = found_of(session, query)
    item = listed_of(found, wanted)
    asked, made = found.asked, _Quoting(session, found, item)
    world, cargo, study = asked.world, asked.cargo, asked.world.study
    legs = zip(item.route.legs, made.tariffs, strict=True)
    lines = [made.line(n, leg, named) for n, (leg, named) in enumerate(legs, start=1)]
    total = {**made.total(), "status": _weakest(line["status"] for line in lines)}
    # A study without a premium says nothing of insurance: it is not included then.
    insured = tariffs.insurance(made.pack, cargo) or None
    documents = made.documents()
    notes = tariffs.notes(made.pack, found.priced, item.route, cargo, asked.date)
    schedule = schedule_dict(item.schedule) if item.schedule else None
    return {
        "study_hash": session.study.hash,
        "route_id": route_id(item.route, world.labels, world.graph),
        "origin": asked.origin.name,
        "destination": asked.destination.name,
        "commodity": cargo.class_id,
        "commodity_name": cargo.name,
        "cargo": cargo.cargo,
        "unit": cargo.unit,
        "tonnes": cargo.tonnes,
        "t_per_unit": cargo.payload_t,
        "units": _round(cargo.tonnes / cargo.payload_t),
        "needs": asdict(cargo.needs),
        "date": asked.date,
        "currency": "US$",
        "price_year": study.settings.price_year,
        "lines": lines,
        "total": total,
        "insurance_usd_per_t": _round(insured),
        "insurance_usd": _round(insured * cargo.tonnes if insured else None),
        "insurance_status": _premium_status(study) if insured else None,
        "total_usd": _round((total["cost_usd"] or 0.0) + (insured or 0.0) * cargo.tonnes),
        "p50_h": _round(item.spread.p50_h if item.spread else None),
        "p95_h": _round(item.spread.p95_h if item.spread else None),
        "seed": SEED,
        "draws": DRAWS,
        "departs": schedule["departs"] if schedule else None,
        "arrives": schedule["arrives"] if schedule else None,
        **_validity(documents),
        "documents": documents,
        "documents_needed": _papers(found, item.route.legs),
        "equipment": _equipment(found, item),
        "rules": [ban.name for ban in found.wanted.bans if ban.bits.any()],
        "assumptions": _assumptions(found, query, lines, notes),
    }


def table_rows(quoted: Row) -> list[Row]:
    """Return the table of a quotation: its legs, the total, insurance, and both together."""
    rows = [{name: line[name] for name in COLUMNS} for line in quoted["lines"]]
    blank = dict.fromkeys(COLUMNS)
    sums = {name: quoted["total"][name] for name in COLUMNS if name in quoted["total"]}
    rows.append({**blank, "mode": "total", **sums})
    if quoted["insurance_usd"]:
        per_t = quoted["insurance_usd_per_t"]
        paid = {"cost_usd_per_t": per_t, "cost_usd": quoted["insurance_usd"],
                "cost_usd_per_unit": _round(per_t * quoted["t_per_unit"])}  # fmt: skip
        sure = quoted["insurance_status"]
        rows.append({**blank, "mode": "insurance", **paid, "status": sure})
        weakest = _weakest((sums["status"], sure))
        both = {name: _round(sums[name] + paid[name]) for name in paid}
        rows.append({**blank, "mode": "total_insured", **both, "status": weakest})
    return rows
