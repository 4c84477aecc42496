"""Corridors of a pair side by side, and how far it is from one place to all zones."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In, Names, Out, Status
from opencorridor.web.models.routes import Edit, RouteAsk
from opencorridor.web.models.study import PlaceItem

IndicatorName = Literal["tfi1_h", "tfi2_usd", "tfi3_usd", "swod_km_per_h", "swd_km_per_h"]
HourPart = Literal["moving_h", "border_h", "terminal_h", "waiting_h"]


class CorridorIndicator(Out):
    """A trade facilitation indicator; ``mode`` is empty for the whole route."""

    indicator: IndicatorName
    mode: str | None
    value: float | None
    low: float | None
    high: float | None
    unit: str


class CorridorStop(Out):
    """A border-crossing point: hours, and US$ for 20 t."""

    border_crossing_id: str
    name: str
    mode: str
    time_h: float
    time_h_low: float
    time_h_high: float
    cost_usd: float
    cost_usd_low: float
    cost_usd_high: float


class CorridorPoint(Out):
    """Sums at the end of a leg."""

    at: str
    km: float
    hours: float
    usd: float


class Corridor(Out):
    """A corridor; ``route_id`` is that of the route by it. Hours in parts add up to ``time_h``."""

    route_id: str
    mode_chain: list[str]
    crossings: list[str]
    time_h: float
    time_h_low: float
    time_h_high: float
    p50_h: float | None
    p95_h: float | None
    moving_h: float
    border_h: float
    terminal_h: float
    waiting_h: float
    cost_usd_per_t: float
    cost_usd_per_t_low: float
    cost_usd_per_t_high: float
    cost_usd: float
    co2_kg_per_t: float
    co2_kg: float
    distance_km: float
    indicators: list[CorridorIndicator]
    stops: list[CorridorStop]
    points: list[CorridorPoint]


class ObservedIndicator(Out):
    """What CPMM printed; ``row`` of table ``corridor_indicator``, dollars of the price year."""

    indicator: IndicatorName
    mode: str
    country_id: str | None
    year: int
    value: float
    printed: float
    row: int
    status: Status


class Corridors(Out):
    """Corridors of a pair, best first; ``reason`` says why there is none."""

    study_hash: str
    origin: PlaceItem
    destination: PlaceItem
    commodity: str
    cargo: str
    unit: str
    tonnes: float
    date: str
    price_basis: str
    reason_code: str | None
    reason: str | None
    facts: dict[str, str | float]
    corridors: list[Corridor]
    observed: list[ObservedIndicator]
    seconds: float


class CorridorNumber(In):
    """An indicator of a corridor that an ask finds, or a part of its hours.

    ``mode`` is empty for the whole route.
    """

    ask: RouteAsk
    route_id: Id
    mode: Literal["rail", "road"] | None = None
    indicator: IndicatorName | HourPart


class ReachAsk(In):
    """A place, and cargo, date, truck, limits and changes as for a route."""

    origin: Annotated[str, Field(min_length=1, max_length=200)]
    commodity: Id | None = None
    unit: Literal["t", "teu", "feu", "truck", "wagon"] | None = None
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    modes: Annotated[list[Literal["rail", "road", "sea", "inland_water"]], Field(max_length=4)] = (
        Field(default_factory=list)
    )
    avoid: Annotated[list[Id], Field(max_length=40)] = Field(default_factory=list)
    no_transit: Annotated[list[Id], Field(max_length=40)] = Field(default_factory=list)
    edits: Annotated[list[Edit], Field(max_length=50)] = Field(default_factory=list)
    measures: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)
    vehicle: Id | None = None
    dangerous: Annotated[str, Field(max_length=10)] | None = None
    temperature: bool = False
    container_type: Annotated[str, Field(max_length=40)] | None = None
    t_per_unit: Annotated[float, Field(gt=0, le=1e4)] | None = None


class ReachZone(Out):
    """A zone: numbers of the best route to it, or the reason why there is none."""

    zone_id: str
    names: Names
    country_id: str
    lon: float
    lat: float
    time_h: float | None
    cost_usd_per_t: float | None
    co2_kg_per_t: float | None
    distance_km: float | None
    gc_usd_per_t: float | None
    reason: str | None


class Reach(Out):
    """How far it is from a place; ``reasons`` tells the codes that occur in words."""

    study_hash: str
    origin: PlaceItem
    commodity: str
    commodity_names: Names
    cargo: str
    unit: str
    date: str
    price_basis: str
    zones: list[ReachZone]
    reached: int
    reasons: dict[str, str]
    seconds: float


class ReachNumber(In):
    """A number of a zone of a reach map."""

    ask: ReachAsk
    zone_id: Id
    column: Literal["time_h", "cost_usd_per_t", "co2_kg_per_t", "distance_km"]


class ZonesNumber(In):
    """A number of all zones of a reach map: those in a class, their middle, those not reached."""

    ask: ReachAsk
    column: Literal["time_h", "cost_usd_per_t", "co2_kg_per_t", "distance_km"]
    of: Literal["reached", "median", "lost"]
    at_least: Annotated[float, Field(ge=-1e15, le=1e15)] | None = None
    below: Annotated[float, Field(ge=-1e15, le=1e15)] | None = None
