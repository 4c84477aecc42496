"""The study, its places, and the server."""

from __future__ import annotations

from typing import Literal

from opencorridor.web.models.base import Names, Out


class Health(Out):
    """The server is up, with the study that it serves."""

    status: Literal["ok"]
    version: str
    study: str
    study_hash: str


class Commodity(Out):
    """A commodity class; ``payload_t`` by unit (t, teu, feu, truck, wagon), where it has one."""

    class_id: str
    names: Names
    payload_t: dict[str, float]


class Sector(Out):
    """A sector of the study's trade."""

    sector_id: str
    names: Names


class Country(Out):
    """A country of the study; ``traded``: it has flows, so its trade can be asked for."""

    country_id: str
    names: Names
    traded: bool


class SideTarget(Out):
    """One side's share of the target, in US$."""

    side: str
    usd: float
    stage: str
    year: int | None = None
    source: str = ""


class StudyInfo(Out):
    """What every page needs to know of the study."""

    study_id: str
    title: str
    description: str
    licence: str
    study_hash: str
    version: str
    baseline_date: str
    baseline_year: int
    last_year: int
    price_year: int
    pair: list[str]
    pair_names: list[Names]
    target_usd: float | None
    target_year: int | None
    sides: list[SideTarget]
    default_commodity: str
    default_unit: str
    modes: list[str]
    commodities: list[Commodity]
    countries: list[Country]
    sectors: list[Sector]
    window: tuple[float, float, float, float]
    counts: dict[str, int]
    status_shares: dict[str, float]


class PlaceItem(Out):
    """A place that a route may start or end at, or that may be avoided."""

    kind: str
    id: str
    names: Names
    country: str | None = None
    lon: float | None = None
    lat: float | None = None
    matched: str = ""


class Places(Out):
    """Places that match a text, best first."""

    query: str
    places: list[PlaceItem]
