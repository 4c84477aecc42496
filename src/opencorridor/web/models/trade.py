"""Trade of a pair: its potential, why it falls short, and what levers would do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In, Names, Out, Status, Text

Direction = Literal["a_to_b", "b_to_a"]
StepName = Literal["potential", "transport", "tariff", "non_tariff", "not_explained", "actual"]
CostName = Literal["distance", "network", "both"]


class TradeVariant(Out):
    """Trade of the pair by one way to estimate it; low and high are a 90 % interval."""

    id: str
    label: str
    effects: bool
    coast_contiguous: bool
    cost: Literal["distance", "network", "none"]
    potential_usd_current: float
    low: float
    high: float


class TradeComparable(Out):
    """Actual over expected trade of pairs of that size, and the same times the potential."""

    pairs: int
    p10: float | None
    p25: float | None
    p50: float | None
    p75: float | None
    p90: float | None
    p10_usd_current: float | None
    p25_usd_current: float | None
    p50_usd_current: float | None
    p75_usd_current: float | None
    p90_usd_current: float | None
    pair_share: float | None
    rank_share: float | None


class TradeStep(Out):
    """A step of the waterfall: the first and last are levels, the others changes."""

    step: StepName
    value_usd_current: float
    low: float
    high: float


class TradeSector(Out):
    """A sector in one direction; ``rca`` is the exporter's, ``tariff_share`` the importer's."""

    sector_id: str
    name: Names
    direction: Direction
    actual_usd_current: float
    potential_usd_current: float
    low: float
    high: float
    gap_usd_current: float
    delivered_cost_share: float | None
    border_h: float | None
    tariff_share: float | None
    rca: float | None
    export_potential_usd_current: float
    waterfall: list[TradeStep]


class TradeGoods(Out):
    """A class of goods in one direction, by the study's mix of goods in sections of trade."""

    class_id: str
    name: Names
    hs2: str
    direction: Direction
    actual_usd_current: float
    actual_low: float
    actual_high: float
    potential_usd_current: float
    low: float
    high: float
    gap_usd_current: float
    rca: float | None
    export_potential_usd_current: float
    own_mix: bool
    sources: list[str]
    status: Status


class TradeBookPart(Out):
    """A part of what separates a book from the study; without dollars where it is not known."""

    reason: Literal["other_year", "coverage", "goods", "same_book", "together", "model_set"]
    usd_current: float | None


class TradeBook(Out):
    """A book that can stand as what is traded, in its year that is nearest to the study's."""

    book: str
    account_id: str
    year: int
    period_start: str
    period_end: str
    calendar: str
    goods: str
    usd_current: float
    a_to_b_usd_current: float | None
    b_to_a_usd_current: float | None
    source: str
    parts: list[TradeBookPart]


class TradeCoefficient(Out):
    """A coefficient of gravity by the cost that it was estimated with."""

    variable: str
    estimate: float
    std_error: float
    cost: CostName


class TradeLever(Out):
    """A lever: where it stands on the baseline's date, and in force since."""

    lever_id: str
    name: Names
    kind: str
    unit: str
    minimum: float
    maximum: float
    now: float
    low: float
    high: float
    from_year: int
    phase_in_years: float
    source: str
    status: Status
    in_force: float | None
    in_force_from: str | None


class TradePotential(Out):
    """What a pair could trade, in current US$ of ``year``; what is traded as ``book`` has it."""

    pair: tuple[str, str]
    names: dict[str, Names]
    year: int
    price_basis: str
    actual_usd_current: float
    potential_usd_current: float
    low: float
    high: float
    variants: list[TradeVariant]
    comparable: TradeComparable
    sectors: list[TradeSector]
    waterfall: list[TradeStep]
    coefficients: list[TradeCoefficient]
    levers: list[TradeLever]
    goods: list[TradeGoods]
    book: str
    books: list[TradeBook]
    notes: list[str]


class TradeLeverValue(In):
    """The value of a lever, in its unit."""

    lever_id: Id
    value: float


class TradeLeversAsk(In):
    """Levers to turn; without a year on the economy of the baseline, all in full."""

    pair: Annotated[list[Text], Field(min_length=2, max_length=2)] | None = None
    levers: Annotated[list[TradeLeverValue], Field(max_length=50, default_factory=list)]
    year: int | None = None


class TradeLeverEffect(Out):
    """What a lever does to the trade of the pair; they add up to what is created."""

    lever_id: str
    usd_current: float
    low: float
    high: float


class TradeLeverSector(Out):
    """A sector in one direction before and after, and what of its potential is left."""

    sector_id: str
    direction: Direction
    baseline: float
    new: float
    gap_usd_current: float
    delivered_cost_share: float | None
    new_delivered_cost_share: float | None


class TradeLeverCountry(Out):
    """What the levers do to a country; exports and imports in US$."""

    country_id: str
    name: Names
    welfare_change_share: float
    exports_change: float
    imports_change: float


class TradeLeverYear(Out):
    """Trade of the pair in a year, with the levers phased in and without."""

    year: int
    usd_current: float
    baseline_usd_current: float


class TradeLevers(Out):
    """What the levers do, in current US$ of ``year``."""

    pair: tuple[str, str]
    year: int
    trade_usd_current: float
    baseline_usd_current: float
    low: float
    high: float
    price_basis: str
    created_usd_current: float
    diverted_usd_current: float
    by_lever: list[TradeLeverEffect]
    sectors: list[TradeLeverSector]
    countries: list[TradeLeverCountry]
    by_year: list[TradeLeverYear]
    residual: float
    converged: bool
    seconds: float
