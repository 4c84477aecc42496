"""The answer about what a pair could trade: plain frozen values, to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from opencorridor.operations.pair_costs import Lever

__all__ = [
    "DIRECTIONS",
    "BookChoice",
    "BookPart",
    "GoodsPotential",
    "Potential",
    "SectorPotential",
    "Step",
    "VariantPotential",
    "read",
]

DIRECTIONS = ("a_to_b", "b_to_a")


@dataclass(frozen=True)
class VariantPotential:
    """Trade of the pair by one way to estimate it; low and high are a 90 % interval."""

    id: str
    label: str
    effects: bool
    coast_contiguous: bool
    cost: str
    potential_usd_current: float
    low: float
    high: float


@dataclass(frozen=True)
class SectorPotential:
    """One sector in one direction.

    ``delivered_cost_share`` is the generalised cost of delivery as a share of value,
    ``tariff_share`` the duty of the importer, ``rca`` the exporter's revealed comparative
    advantage, ``export_potential_usd_current`` supply times demand times ease.
    """

    sector_id: str
    name: dict[str, str]
    direction: str
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
    waterfall: tuple[Step, ...]


@dataclass(frozen=True)
class Step:
    """One step of the waterfall, US$: the first and last are levels, the others changes."""

    step: str
    value_usd_current: float
    low: float
    high: float


@dataclass(frozen=True)
class GoodsPotential:
    """One class of goods in one direction: a section's trade spread by the study's mix of goods.

    ``actual`` is by the pair's own mix where the study has one (``own_mix``), ``potential`` by the
    usual mix of the section; low and high hold 9 of 10 draws of estimate and mix. ``rca`` and
    ``export_potential_usd_current`` are of the class, from every country's trade by the same mixes.
    """

    class_id: str
    name: dict[str, str]
    hs2: str
    direction: str
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
    sources: tuple[str, ...]
    status: str


@dataclass(frozen=True)
class BookPart:
    """A part of what separates a book's trade from the study's; None: not known in US$."""

    reason: str
    usd_current: float | None


@dataclass(frozen=True)
class BookChoice:
    """A book that can stand as what is traded: its year that is nearest to the study's.

    ``parts`` add up to its total less the study's where all of them are known.
    """

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
    parts: tuple[BookPart, ...]


@dataclass(frozen=True)
class Potential:
    """The answer; money in current US$ of ``year``, what is traded as ``book`` has it."""

    pair: tuple[str, str]
    names: dict[str, dict[str, str]]
    year: int
    price_basis: str
    actual_usd_current: float
    potential_usd_current: float
    low: float
    high: float
    variants: tuple[VariantPotential, ...]
    comparable: dict[str, float | int | None]
    sectors: tuple[SectorPotential, ...]
    waterfall: tuple[Step, ...]
    coefficients: tuple[dict[str, Any], ...]
    levers: tuple[Lever, ...]
    goods: tuple[GoodsPotential, ...] = ()
    book: str = "model"
    books: tuple[BookChoice, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"schema_version": 1, **asdict(self)}


def _steps(values: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(Step(**one) for one in values)


def read(values: Mapping[str, Any]) -> Potential:
    """Return the answer that :meth:`Potential.as_dict` wrote, after a way through JSON.

    Books are left out: they are read from the study anew.
    """
    plain = {k: v for k, v in values.items() if k not in ("schema_version", "books")}
    plain |= {
        "pair": tuple(values["pair"]),
        "variants": tuple(VariantPotential(**one) for one in values["variants"]),
        "sectors": tuple(
            SectorPotential(**{**one, "waterfall": _steps(one["waterfall"])})
            for one in values["sectors"]
        ),
        "goods": tuple(
            GoodsPotential(**{**one, "sources": tuple(one["sources"])}) for one in values["goods"]
        ),
        "waterfall": _steps(values["waterfall"]),
        "coefficients": tuple(values["coefficients"]),
        "levers": tuple(Lever(**one) for one in values["levers"]),
        "notes": tuple(values["notes"]),
    }
    return Potential(**plain)
