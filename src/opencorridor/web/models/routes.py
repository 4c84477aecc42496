"""Routes: what is asked and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In, Names, Out, Point, Text
from opencorridor.web.models.study import PlaceItem


class Edit(In):
    """One change of a study's table: a measure of one's own.

    ``insert`` adds a link: ``column`` is ``link_id``, ``value`` its id, ``key`` spells out
    ``from_node_id``, ``to_node_id``, ``mode``, ``length_km`` and, where wanted, ``gauge_mm``,
    ``speed_km_per_h``, ``electrified``, ``border_crossing_id`` and ``name``.
    """

    table: Literal["border_dwell", "capacity", "border_crossing", "fleet", "link",
                   "transshipment", "tariff", "mode_rate"]  # fmt: skip
    key: Annotated[str, Field(min_length=1, max_length=400)]
    column: Annotated[str, Field(min_length=1, max_length=60)]
    op: Literal["set", "add", "multiply", "insert"]
    value: float | Text


class RouteAsk(In):
    """Places are names in any recorded spelling, UN/LOCODE, ``lat,lon``, or ``zone:ID``.

    ``depart`` is an ISO 8601 time with its UTC offset, ``vehicle`` the country of the truck's
    registration, ``dangerous`` a class of dangerous goods, ``t_per_unit`` the tonnes in one unit,
    ``point`` the ``point_id`` of a route of the front that is wanted too.
    """

    origin: Annotated[str, Field(min_length=1, max_length=200)]
    destination: Annotated[str, Field(min_length=1, max_length=200)]
    commodity: Id | None = None
    unit: Literal["t", "teu", "feu", "truck", "wagon"] | None = None
    tonnes: Annotated[float, Field(gt=0, le=1e7)] | None = None
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    modes: Annotated[list[Literal["rail", "road", "sea", "inland_water"]], Field(max_length=4)] = (
        Field(default_factory=list)
    )
    avoid: Annotated[list[Id], Field(max_length=40)] = Field(default_factory=list)
    no_transit: Annotated[list[Id], Field(max_length=40)] = Field(default_factory=list)
    edits: Annotated[list[Edit], Field(max_length=50)] = Field(default_factory=list)
    measures: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)
    alternatives: Annotated[int, Field(ge=0, le=5)] = 3
    depart: Annotated[str, Field(max_length=40)] | None = None
    crew: Annotated[int, Field(ge=1, le=2)] = 1
    vehicle: Id | None = None
    dangerous: Annotated[str, Field(max_length=10)] | None = None
    temperature: bool = False
    container_type: Annotated[str, Field(max_length=40)] | None = None
    t_per_unit: Annotated[float, Field(gt=0, le=1e4)] | None = None
    point: Id | None = None


class Needs(Out):
    """What the cargo asks of the way."""

    dangerous: str
    temperature: bool
    container_type: str
    t_per_unit: float | None


class Leg(Out):
    """A stage of a route by one mode, or a stop at a crossing or terminal."""

    mode: str
    from_: str = Field(alias="from")
    to: str
    country: str | None
    border_crossing: str | None
    border_crossing_id: str | None
    terminal: str | None
    terminal_id: str | None
    carries: str | None
    method: str | None
    time_h: float
    spread_h: float
    cost_usd_per_t: float
    gc_usd_per_t: float
    co2_kg_per_t: float
    distance_km: float
    co2_kg: float
    cost_usd: float
    line: list[Point] = Field(default_factory=list)


class WayPart(Out):
    """A part of a way that is closed, and why."""

    name: str
    why: str


class Way(Out):
    """A way that would open if its parts did."""

    parts: list[WayPart]
    distance_km: float


class Wait(Out):
    """A wait on the way.

    ``kind``: opening, departure, headway, break, rest or weekly_rest; ``assumed``: a mean.
    """

    kind: str
    place: str
    hours: float
    until: str
    reason: str | None
    row_id: str | None
    document_no: str | None
    assumed: bool


class TimedLeg(Out):
    """A leg by the clock."""

    mode: str
    from_: str = Field(alias="from")
    to: str
    starts: str
    ends: str
    hours: float
    waits: list[Wait]


class Schedule(Out):
    """A route by the clock, times in the offset of the departure.

    ``arrives`` is null where the trip cannot go on: ``reason`` says why, ``facts`` are the names
    and times in it.
    """

    departs: str
    arrives: str | None
    hours: float | None
    waited_h: float
    rested_h: float
    reason_code: str | None
    reason: str | None
    facts: dict[str, str | float]
    legs: list[TimedLeg]


class Permit(Out):
    """A permit that a truck needs; ``rule``: required, or quota."""

    permit_id: str
    country: str
    rule: str
    per_year: float | None
    reason: str
    document_no: str


class Nearly(Out):
    """A role that a route misses by a share: ``role`` is best, fastest, cheapest or cleanest."""

    role: str
    share: float


class Difference(Out):
    """A route's figures less those of the listed route of a role."""

    rival: str
    time_h: float
    cost_usd_per_t: float
    co2_kg_per_t: float


class FrontPoint(Out):
    """A route that no other beats; ``route_id`` where it is listed."""

    point_id: str
    time_h: float
    cost_usd_per_t: float
    co2_kg_per_t: float
    route_id: str | None


class Front(Out):
    """All routes that no other beats in hours, US$ and kg CO2e per tonne at once."""

    size: int
    points: list[FrontPoint]


class RouteItem(Out):
    """One route; ``route_id`` hashes what it passes.

    ``best_in``: time, cost, co2, overall (least generalised cost), arrival (by the clock).
    ``facts`` are the names and numbers in ``reason``.
    ``on_front``: no route beats it; ``difference`` and ``nearly`` tell why it is listed.
    """

    route_id: str
    found: bool
    reason_code: str | None
    reason: str | None
    facts: dict[str, str | float]
    opens_with: list[Way]
    best_in: list[str]
    on_front: bool
    shared_share: float | None
    difference: Difference | None
    nearly: list[Nearly]
    mode_chain: list[str]
    time_h: float | None
    spread_h: float | None
    p50_h: float | None
    p95_h: float | None
    schedule: Schedule | None
    cost_usd_per_t: float | None
    gc_usd_per_t: float | None
    co2_kg_per_t: float | None
    distance_km: float | None
    cost_usd: float | None
    cost_usd_per_unit: float | None
    co2_kg: float | None
    gauge_changes: int
    crossings: list[str]
    permits: list[Permit]
    legs: list[Leg]


class RouteAnswer(Out):
    """Routes for what was asked, as the server understood it.

    ``rules``: what the study forbids to this cargo and truck on the day. ``seed`` and ``draws``
    made ``p50_h`` and ``p95_h``. ``front`` is null where it was not asked for, where there is no
    route, and where it is too large (``front_problem``).
    """

    study_hash: str
    origin: PlaceItem
    destination: PlaceItem
    commodity: str
    commodity_names: Names
    cargo: str
    unit: str
    tonnes: float
    needs: Needs
    date: str
    date_given: bool
    depart: str | None
    crew: int
    vehicle: str | None
    modes: list[str]
    avoid: list[str]
    no_transit: list[str]
    rules: list[str]
    price_basis: str
    seed: int
    draws: int
    front: Front | None
    front_problem: str | None
    routes: list[RouteItem]
    seconds: float
