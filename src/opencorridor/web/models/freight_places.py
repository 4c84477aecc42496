"""Places where freight passes: what binds, use by month, modelled against observed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In, Names, Out


class PlaceNumber(In):
    """A number of an answer; ``key`` is the texts that name its row, with ``>`` between."""

    table: Literal["places", "months", "lines", "shares", "fit"]
    key: Annotated[str, Field(max_length=600)]
    column: Id


class CapacityName(Out):
    """What a capacity is called by: its places, its goods and its direction, where it has one."""

    capacity_id: str
    place_ids: list[str]
    cargo: str
    class_id: str
    from_country: str
    to_country: str


class CapacityNames(Out):
    """What names the capacities of a study; ``names`` are those of the places."""

    names: dict[str, Names]
    capacities: list[CapacityName]


class FreightPlace(Out):
    """A capacity, its load, and what an extra tonne of it is worth, constant US$."""

    capacity_id: str
    name: str
    place_kind: str
    place_ids: list[str]
    cargo: str
    class_id: str
    from_country: str
    to_country: str
    capacity_t_per_year: float
    load_t_per_year: float
    background_t_per_year: float
    use_share: float | None
    wait_h: float
    wait_usd_per_t: float
    shadow_price_usd_per_t: float | None
    first_year: int | None
    background_note: str


class PlaceMonth(Out):
    """A capacity in a month of the baseline year."""

    capacity_id: str
    name: str
    month: int
    open_days: int
    holidays: int
    load_t: float
    background_t: float
    capacity_t: float
    use_share: float | None
    peak: bool
    capacity_trains: float | None = None
    capacity_wagons: float | None = None
    capacity_teu: float | None = None
    capacity_trucks: float | None = None


class SeenTonnes(Out):
    """One reported tonnage."""

    traffic_id: str
    t_per_year: float
    year: int
    measured: Literal["counted", "annualised", "converted"]
    note: str
    source: str
    status: str


class CountCut(Out):
    """Goods that a report counts; empty fields count all."""

    passes: list[str]
    then_passes: list[str]
    country: str
    mode: str
    from_country: str
    to_country: str
    exporters: list[str]
    importers: list[str]
    not_country: str
    cargo: str
    classes: list[str]


class FitLine(Out):
    """One quantity, counted and modelled; not judged where ``reason`` says why."""

    series: str
    name: str
    goods: str
    place_ids: list[str]
    cut: CountCut
    seen: list[SeenTonnes]
    observed_t: float
    year: int
    low_t: float
    high_t: float
    modelled_t: float
    background_t: float | None
    third_share: float | None
    ratio: float | None
    model_ratio: float | None
    contradictory: bool
    judged: bool
    reason: str


class WayShare(Out):
    """A part of a quantity by a mode or over a place, counted and modelled."""

    part: str
    whole: str
    name: str
    goods: str
    observed: float
    modelled: float | None
    year: int
    whole_year: int
    traffic_ids: list[str]


class FreightPlaces(Out):
    """Bottlenecks, dearest first; use by month; modelled against observed."""

    year: int
    price_year: int
    names: dict[str, Names]
    places: list[FreightPlace]
    months: list[PlaceMonth]
    judged: int
    within_factor_two: int
    within_factor_two_of_span: int
    median_ratio: float | None
    lines: list[FitLine]
    shares: list[WayShare]
