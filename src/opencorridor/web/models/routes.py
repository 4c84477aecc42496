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

    table: Literal["border_dwell", "capacity", "border_crossing", "link", "transshipment", "tariff",
                   "mode_rate"]  # fmt: skip
    key: Annotated[str, Field(min_length=1, max_length=400)]
    column: Annotated[str, Field(min_length=1, max_length=60)]
    op: Literal["set", "add", "multiply", "insert"]
    value: float | Text


class RouteAsk(In):
    """Places are names in any recorded spelling, UN/LOCODE, ``lat,lon``, or ``zone:ID``."""

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


class RouteItem(Out):
    """One route; ``route_id`` hashes what it passes; ``best_in``: time, cost, co2, overall."""

    route_id: str
    found: bool
    reason_code: str | None
    reason: str | None
    opens_with: list[Way]
    best_in: list[str]
    mode_chain: list[str]
    time_h: float | None
    spread_h: float | None
    p95_h: float | None
    cost_usd_per_t: float | None
    gc_usd_per_t: float | None
    co2_kg_per_t: float | None
    distance_km: float | None
    cost_usd: float | None
    co2_kg: float | None
    gauge_changes: int
    crossings: list[str]
    legs: list[Leg]


class RouteAnswer(Out):
    """Routes for what was asked, as the server understood it."""

    study_hash: str
    origin: PlaceItem
    destination: PlaceItem
    commodity: str
    commodity_names: Names
    cargo: str
    unit: str
    tonnes: float
    date: str
    date_given: bool
    modes: list[str]
    avoid: list[str]
    no_transit: list[str]
    price_basis: str
    routes: list[RouteItem]
    seconds: float
