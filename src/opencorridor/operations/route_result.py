"""What is asked of a route, and what is answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencorridor.operations.route_values import (
    figures,
    listed_values,
    place_values,
    rounded,
    tell_tariffs,
)
from opencorridor.routing.asking import MAX_ROUTES, NO_NEEDS, Cargo, Needs
from opencorridor.routing.papers import NeededDocument
from opencorridor.routing.reliability import SEED, Reliability
from opencorridor.routing.routes import Route
from opencorridor.routing.rules import Permit
from opencorridor.routing.tariffs import RowTariff
from opencorridor.study.places import Place

if TYPE_CHECKING:
    from opencorridor.operations.alternatives import Alternatives
    from opencorridor.routing.clock import Schedule
    from opencorridor.study import Study

__all__ = ["RouteRequest", "RouteResult"]

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class RouteRequest:
    """What is asked.

    Attributes
    ----------
    origin, destination
        Places in any recorded spelling, or ``lat,lon``.
    study
        Name, folder or study.
    commodity, unit, tonnes
        Cargo; by default the study's.
    at
        ISO date; by default the study's ``baseline_date``.
    modes, avoid, no_transit
        See :class:`opencorridor.routing.routes.Wanted`.
    depart
        ISO 8601 time with its UTC offset: the route follows the clock, and the way that arrives
        first is answered. Its day is the date unless ``at`` is given.
    crew
        Drivers in a truck, 1 or 2.
    vehicle
        Country in which a truck is registered, for permits and bans.
    needs
        Dangerous goods, temperature, type of container, weight of a unit.
    pareto, max_routes
        Whether to list further routes that no other beats, and at most how many in all.
    seed
        Of the draws of ``p50_h`` and ``p95_h``.
    """

    origin: str
    destination: str
    study: str | Path | Study = "iran_kazakhstan"
    commodity: str | None = None
    unit: str | None = None
    tonnes: float | None = None
    at: str | None = None
    modes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    no_transit: tuple[str, ...] = ()
    depart: str | None = None
    crew: int = 1
    vehicle: str | None = None
    needs: Needs = NO_NEEDS
    pareto: bool = False
    max_routes: int = MAX_ROUTES
    seed: int = SEED


@dataclass(frozen=True)
class RouteResult:
    """What is answered; ``as_dict`` is the stable JSON form.

    ``reliability`` is None where no spread of any part is known, ``alternatives`` where they were
    not asked for. ``documents_needed`` follow the order of use.
    """

    study_id: str
    study_hash: str
    price_year: int
    date: str
    date_given: bool
    origin: Place
    destination: Place
    cargo: Cargo
    modes: tuple[str, ...]
    avoid: tuple[str, ...]
    no_transit: tuple[str, ...]
    route: Route
    payload_t: float
    permits: tuple[Permit, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    leg_tariffs: tuple[tuple[RowTariff, ...], ...] = ()
    documents_needed: tuple[NeededDocument, ...] = ()
    notes: tuple[str, ...] = ()
    insurance_usd_per_t: float = 0.0
    reliability: Reliability | None = None
    alternatives: Alternatives | None = None
    listed_tariffs: tuple[tuple[tuple[RowTariff, ...], ...], ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a route."""
        return self.route.found

    def arrives(self, which: str) -> dt.datetime | None:
        """Return when half (``p50``) or 19 of 20 (``p95``) have arrived, of a known departure."""
        hours = getattr(self.reliability, f"{which}_h") if self.reliability else None
        if hours is None or not self.schedules:
            return None
        return self.schedules[0].departs + dt.timedelta(hours=hours)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: stable field names, units in names, null where there is none."""
        route, tonnes = self.route, self.cargo.tonnes
        values: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "study": self.study_id,
            "study_hash": self.study_hash,
            "from": place_values(self.origin),
            "to": place_values(self.destination),
            "commodity": self.cargo.class_id,
            "commodity_name": self.cargo.name,
            "cargo": self.cargo.cargo,
            "unit": self.cargo.unit,
            "tonnes": tonnes,
            "needs": asdict(self.cargo.needs),
            "date": self.date,
            "date_given": self.date_given,
            "modes": list(self.modes),
            "avoid": list(self.avoid),
            "no_transit": list(self.no_transit),
            "price_basis": f"constant US$ of {self.price_year}",
            "found": route.found,
            "reason_code": route.reason_code or None,
            "reason": route.reason or None,
            "opens_with": [
                {
                    "parts": [{"name": name, "why": why} for name, why in way.parts],
                    "distance_km": way.distance_km,
                }
                for way in route.opens_with
            ],
        }
        values |= figures(route, self.reliability, tonnes, self.payload_t)
        tell_tariffs(values["legs"], self.leg_tariffs)
        values["notes"] = list(self.notes)
        values["insurance_usd_per_t"] = rounded(self.insurance_usd_per_t or None)
        values["permits"] = [asdict(permit) for permit in self.permits]
        values["documents_needed"] = [asdict(one) for one in self.documents_needed]
        if self.schedules:
            from opencorridor.operations.depart import schedule_dict

            values["schedules"] = [schedule_dict(one) for one in self.schedules]
            for name in ("p50", "p95"):
                at = self.arrives(name)
                values[f"{name}_arrives"] = at.isoformat(timespec="minutes") if at else None
        if self.alternatives is not None:
            values["pareto"] = {
                "criteria": list(self.alternatives.criteria),
                "front_size": self.alternatives.front_size,
                "max_shared_share": self.alternatives.max_shared_share,
                "holds_best": self.alternatives.holds(route),
            }
            values["routes"] = [
                listed_values(item, tonnes, self.payload_t) for item in self.alternatives.routes
            ]
            for listed, named in zip(values["routes"], self.listed_tariffs, strict=True):
                tell_tariffs(listed["legs"], named)
        return values
