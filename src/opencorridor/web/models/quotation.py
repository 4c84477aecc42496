"""The numbers of a quotation for a route."""

from __future__ import annotations

from pydantic import Field

from opencorridor.web.models.base import Id, In, Names, Out
from opencorridor.web.models.routes import Needs, RouteAsk


class QuotationAsk(In):
    """A route that an ask finds; without ``route_id`` that of least generalised cost."""

    ask: RouteAsk
    route_id: Id | None = None


class QuoteLine(Out):
    """A leg of a quotation.

    ``status`` is that of the least sure row that prices or times it, ``tariffs`` are the numbers
    of the documents that price it.
    """

    leg: int
    mode: str
    from_: str = Field(alias="from")
    to: str
    place: str | None
    country: str | None
    carries: str | None
    method: str | None
    distance_km: float
    moving_h: float
    dwell_h: float
    time_h: float
    cost_usd_per_t: float
    cost_usd_per_unit: float
    cost_usd: float
    co2_kg_per_t: float
    co2_kg: float
    status: str
    tariffs: list[str]


class QuoteTotal(Out):
    """Sums over the lines; ``status`` is that of the least sure one."""

    distance_km: float
    moving_h: float
    dwell_h: float
    time_h: float
    cost_usd_per_t: float
    cost_usd_per_unit: float
    cost_usd: float
    co2_kg_per_t: float
    co2_kg: float
    status: str


class QuoteDocument(Out):
    """A tariff that prices legs (``legs`` counts from 1), or a permit that the truck needs."""

    kind: str
    document_no: str | None
    text: str
    country: str | None
    valid_from: str | None
    valid_to: str | None
    legs: list[int]


class NeededDocument(Out):
    """A document that the goods need.

    ``stage``: origin, transit, border or destination; ``need``: required, conditional or option;
    ``at``: the places that ask for it.
    """

    document_id: str
    name: str
    code: str
    stage: str
    country: str
    at: list[str]
    need: str
    condition: str
    issuer: str
    electronic: str
    legal_base: str
    note: str
    source: str
    status: str


class QuoteRide(Out):
    """A unit that the goods ride in on some legs (from 1), and its way back empty.

    ``owner``: carrier, shipper, or either (of a box). ``return_usd_per_unit`` is null where the
    rate has it in (``included``) or the study has no price of empties.
    """

    unit: str
    owner: str
    legs: list[int]
    return_from: str
    return_to: str
    return_usd_per_unit: float | None
    included: bool
    status: str | None


class QuoteFleet(Out):
    """A fleet of the study in whose units such goods ride on some legs (from 1)."""

    fleet_id: str
    names: Names
    unit: str
    owner: str
    count: float
    legs: list[int]


class QuoteEquipment(Out):
    """Whose units the goods ride in."""

    rides: list[QuoteRide]
    fleets: list[QuoteFleet]


class QuoteGround(Out):
    """What the numbers rest on.

    ``code``: legs_observed, legs_derived, legs_assumed, price_year (with ``count``), wagons,
    changes, note (with ``text``).
    """

    code: str
    count: int | None
    text: str | None


class Quotation(Out):
    """A route as a quotation has it.

    ``valid_from`` and ``valid_to`` are the days on which all dated tariffs hold; ``dated`` is
    false where none prices the route. Insurance is beside the sum of the lines, in ``total_usd``;
    null where the study has no premium.
    """

    study_hash: str
    route_id: str
    origin: str
    destination: str
    commodity: str
    commodity_name: str
    cargo: str
    unit: str
    tonnes: float
    t_per_unit: float
    units: float
    needs: Needs
    date: str
    currency: str
    price_year: int
    lines: list[QuoteLine]
    total: QuoteTotal
    insurance_usd_per_t: float | None
    insurance_usd: float | None
    insurance_status: str | None
    total_usd: float
    p50_h: float | None
    p95_h: float | None
    seed: int
    draws: int
    departs: str | None
    arrives: str | None
    valid_from: str | None
    valid_to: str | None
    dated: bool
    documents: list[QuoteDocument]
    documents_needed: list[NeededDocument]
    equipment: QuoteEquipment
    rules: list[str]
    assumptions: list[QuoteGround]
