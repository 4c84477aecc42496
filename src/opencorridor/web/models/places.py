"""Cards of crossings and terminals."""

from __future__ import annotations

from typing import Literal

from opencorridor.web.models.base import Names, Out, Status


class Sourced(Out):
    """A number with its band, unit and where it stands, so that a click can explain it."""

    value: float | None
    low: float | None = None
    high: float | None = None
    unit: str
    status: Status | None = None
    source_id: str = ""
    table: str
    row: int
    column: str


class Dwell(Out):
    """Time and money that a crossing takes in one direction, for one kind of cargo."""

    from_country: str
    to_country: str
    cargo: str
    mean_h: Sourced
    p95_h: Sourced
    cost_usd_per_t: Sourced


class CapacityUse(Out):
    """Capacity of a crossing or terminal: tonnes a year, its load, use and wait."""

    capacity_id: str
    name: str
    capacity_t_per_year: Sourced
    load_t_per_year: float | None
    plan_load_t_per_year: float | None
    use_share: float | None
    wait_h: float | None
    own_t_per_year: float | None


class RestrictionItem(Out):
    """A restriction on a crossing: the share that may pass, for whom and when."""

    restriction_id: str
    reason: str
    allowed_share: float
    valid_from: str
    valid_to: str
    class_ids: list[str]
    source_id: str


class Handling(Out):
    """Time and money of a terminal from one mode to another, for one kind of cargo."""

    transshipment_id: str
    from_mode: str
    to_mode: str
    cargo: str
    method: str
    state: str
    time_h: Sourced
    cost_usd_per_t: Sourced
    charge_usd_per_unit: Sourced
    charge_unit: str | None


class MeasureRef(Out):
    """A measure that touches a place."""

    measure_id: str
    title: str
    role: str


class PlaceCard(Out):
    """A crossing, terminal or link: everything the study and the last run say of it.

    ``speed_km_per_h`` is a link's own speed, else that of its mode and country.
    """

    id: str
    kind: Literal["border_crossing", "terminal", "link"]
    names: Names
    type: str
    state: str
    countries: list[str]
    lon: float | None
    lat: float | None
    modes: list[str]
    gauges_mm: list[int]
    dwell: list[Dwell]
    handling: list[Handling]
    length_km: Sourced | None
    speed_km_per_h: Sourced | None
    capacity: list[CapacityUse]
    restrictions: list[RestrictionItem]
    measures: list[MeasureRef]
    t_per_year: float | None
    plan_t_per_year: float | None
    note: str
    source_id: str
    status: Status | None


class NodeItem(Out):
    """A node of the network near a place."""

    node_id: str
    name: str
    mode: str
    country_id: str | None
    gauge_mm: int | None
    lon: float
    lat: float
    distance_km: float


class Nodes(Out):
    """Nodes nearest to a place, and how much longer than the great circle a line is assumed."""

    nodes: list[NodeItem]
    detour_factor: float
