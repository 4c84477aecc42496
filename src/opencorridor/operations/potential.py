"""What a pair of countries could trade, why it trades less, and the levers there are."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs.spread import Z95
from opencorridor.operations.pair_costs import (
    DRAWS,
    Lever,
    PairBand,
    delivered_of,
    levers_of,
    pair_costs,
)
from opencorridor.operations.trade_world import TradeWorld, pair_flows, pair_of, trade_world
from opencorridor.operations.workbench.places import names_of
from opencorridor.scenario.delivered import Delivered
from opencorridor.study.errors import OpenCorridorError, Problem, suggest
from opencorridor.trade.gravity import HEADLINE, Comparable, Estimate, Variant, comparable
from opencorridor.trade.shortfall import STEPS, advantage, export_potential, shortfall

if TYPE_CHECKING:
    from opencorridor.operations.workbench.session import Session

__all__ = [
    "Potential",
    "SectorPotential",
    "Step",
    "VariantPotential",
    "of_sector",
    "potential",
]

Floats = npt.NDArray[np.float64]

DIRECTIONS = ("a_to_b", "b_to_a")
_ENDS = (0.05, 0.95)
_BOTH = Variant(HEADLINE.effects, HEADLINE.coast, "both")


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
class Potential:
    """The answer; money in current US$ of ``year``."""

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
    notes: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"schema_version": 1, **asdict(self)}


def potential(session: Session, a: str | None = None, b: str | None = None) -> Potential:
    """Return what a pair could trade at the costs, policies and sizes of the baseline year.

    Parameters
    ----------
    session
        The study with what is kept of it.
    a, b
        Countries by id or name; by default the study's pair.

    Raises
    ------
    OpenCorridorError
        ``unknown_country`` or ``trade_pair`` at the field ``a`` or ``b``; ``pair_facts_missing``
        where the study has no distances between countries.
    """
    study = session.study
    given = (a or study.settings.pair[0], b or study.settings.pair[1])
    pair = pair_of(study, given, ("a", "b"))
    made: Potential = session.kept("potential", 20).get(pair, lambda: _answer(session, pair))
    return made


def of_sector(found: Potential, sector: str | None) -> Potential:
    """Return the answer with the rows of one sector alone (id or name); None: all of them.

    Raises
    ------
    OpenCorridorError
        ``unknown_sector`` with the sectors that there are.
    """
    if sector is None:
        return found
    word = sector.casefold()
    rows = tuple(
        row
        for row in found.sectors
        if word in {row.sector_id.casefold(), *(n.casefold() for n in row.name.values())}
    )
    if not rows:
        known = sorted({row.sector_id for row in found.sectors})
        names = [row.name.get("en", "") for row in found.sectors]
        text, mend = f"there is no sector {sector}", suggest(sector, [*known, *names])
        raise OpenCorridorError(
            [Problem("unknown_sector", text, column="sector", value=sector, mend=mend,
                     expected=", ".join(known))]
        )  # fmt: skip
    return replace(found, sectors=rows)


def _answer(session: Session, pair: tuple[str, str]) -> Potential:
    world, way = trade_world(session), delivered_of(session, pair)
    m = world.matrix
    i, j = m.index(pair[0]), m.index(pair[1])
    costs = pair_costs(session.study, pair, m.sectors, way)
    bars = _bars(world, costs, i, j)
    fall = _waterfall(bars, (slice(None), slice(None)))
    variants = (_sum_of_sectors(fall[0]), *_variants(world, i, j))
    values = [v.potential_usd_current for v in variants]
    stands = comparable(world.total, world.expected.sum(axis=0), i, j)
    return Potential(
        pair=pair,
        names=_country_names(session, pair),
        year=m.year,
        price_basis=f"current US$ of {m.year}",
        actual_usd_current=m.pair_usd_current(*pair),
        potential_usd_current=variants[0].potential_usd_current,
        low=min(values),
        high=max(values),
        variants=variants,
        comparable=_stands(stands, variants[0].potential_usd_current),
        sectors=_sectors(session, world, costs, way, bars, (i, j)),
        waterfall=fall,
        coefficients=_coefficients(world),
        levers=levers_of(session.study, pair, m.sectors, way),
        notes=_notes(world, costs, pair, (i, j)),
    )


def _sum_of_sectors(level: Step) -> VariantPotential:
    """Return the headline: the sum of the estimates sector by sector."""
    label = "sector by sector, country effects, coasts count as borders, distance"
    return VariantPotential(
        "by-sector",
        label,
        HEADLINE.effects,
        HEADLINE.coast,
        HEADLINE.cost,
        level.value_usd_current,
        level.low,
        level.high,
    )


def _variant(
    name: str, label: str, variant: Variant, value: float, log_std: float
) -> VariantPotential:
    wide = float(np.exp(Z95 * log_std))
    return VariantPotential(
        name, label, variant.effects, variant.coast, variant.cost, value, value / wide, value * wide
    )


def _label(variant: Variant) -> str:
    size = "country effects" if variant.effects else "GDP of both"
    coast = "coasts count as borders" if variant.coast else "land borders only"
    cost = "distance" if variant.cost == "distance" else "cost of the network"
    return f"all sectors together, {size}, {coast}, {cost}"


def _variants(world: TradeWorld, i: int, j: int) -> tuple[VariantPotential, ...]:
    out = []
    for variant, found in world.variants.items():
        value = found.both_ways(i, j)
        if variant.cost == "both" or value <= 0:
            continue
        spread = found.log_std([(i, j), (j, i)])
        out.append(_variant(variant.id, _label(variant), variant, value, spread))
    return tuple(out)


def _stands(found: Comparable, level: float) -> dict[str, float | int | None]:
    """Return the spread of comparable pairs as shares and, times the potential, as US$."""
    names = ("p10", "p25", "p50", "p75", "p90")
    shares = {n: _known(q) for n, q in zip(names, found.quantiles, strict=True)}
    money = {f"{n}_usd_current": None if q is None else q * level for n, q in shares.items()}
    return {
        "pairs": found.pairs,
        **shares,
        **money,
        "pair_share": _known(found.pair_share),
        "rank_share": _known(found.rank_share),
    }


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True, eq=False)
class _Bars:
    """Steps at the modes ``[S, 2]`` and in draws ``[D, S, 2]``, by name."""

    mode: dict[str, Floats]
    drawn: dict[str, Floats]


def _bars(world: TradeWorld, costs: PairBand, i: int, j: int) -> _Bars:
    """Return the steps from potential to actual, at the modes and in draws."""
    expected = pair_flows(world.expected, (i, j))
    actual = pair_flows(world.matrix.flows, (i, j))
    both = world.variants[_BOTH]
    k = both.variables.index("log_network_cost")
    beyond = np.nan_to_num(np.array([world.cost_beyond[i, j], world.cost_beyond[j, i]]))
    rng = np.random.default_rng(world.study.settings.run.seed)
    slope = both.coefficients[k] + both.std_error[k] * rng.standard_normal(DRAWS)
    spread = np.stack(
        [[found.log_std([cell]) for cell in ((i, j), (j, i))] for found in world.by_sector]
    )
    # Both directions of a sector come from one estimate, sectors from estimates of their own.
    error = rng.standard_normal((DRAWS, len(spread), 1))
    level = expected * np.exp(error * spread)
    mode = _factors(costs, both.coefficients[k] * beyond, drawn=False)
    drawn = _factors(costs, slope[:, None, None] * beyond, drawn=True)
    at_mode = {s.step: s.value for s in shortfall(expected, actual, mode)}
    in_draws = {
        s.step: np.broadcast_to(s.value, level.shape) for s in shortfall(level, actual, drawn)
    }
    return _Bars(at_mode, in_draws)


def _factors(costs: PairBand, transport_log: Floats, drawn: bool) -> dict[str, Floats]:
    """Return factors on trade: what the pair bears against what a usual pair of them does."""
    own = costs.drawn if drawn else costs.mode
    usual = costs.usual_duty_drawn[:, None, None] if drawn else np.array(costs.usual_duty)
    ntm = costs.usual_non_tariff_drawn if drawn else costs.usual_non_tariff
    theta = own.theta[..., :, None]
    known = np.array(costs.duty_known)
    tariff = np.where(known, ((1.0 + own.duty) / (1.0 + usual)) ** -theta, 1.0)
    non_tariff = ((1.0 + own.non_tariff) / (1.0 + ntm[..., :, None])) ** -theta
    transport = np.exp(transport_log) * np.ones_like(tariff)
    return {"transport": transport, "tariff": tariff, "non_tariff": non_tariff}


def _waterfall(bars: _Bars, cell: tuple[Any, Any]) -> tuple[Step, ...]:
    out = []
    for step in STEPS:
        value = bars.mode[step][cell].sum()
        drawn = bars.drawn[step][(slice(None), *cell)].reshape(DRAWS, -1).sum(axis=1)
        low, high = np.quantile(drawn, _ENDS)
        out.append(Step(step, float(value), float(low), float(high)))
    return tuple(out)


def _sectors(
    session: Session,
    world: TradeWorld,
    costs: PairBand,
    way: Delivered,
    bars: _Bars,
    at: tuple[int, int],
) -> tuple[SectorPotential, ...]:
    """Return every sector in both directions, the largest unrealised potential first."""
    flows, names = world.matrix.flows, session.study["sector"]
    edge = advantage(flows)
    out = []
    for d, direction in enumerate(DIRECTIONS):
        i, j = at if d == 0 else at[::-1]
        wanted = export_potential(flows, i, j)
        for s, sector in enumerate(world.matrix.sectors):
            one = _waterfall(bars, (slice(s, s + 1), slice(d, d + 1)))
            value, actual = one[0].value_usd_current, one[-1].value_usd_current
            if value <= 0 and actual <= 0:
                continue
            out.append(
                SectorPotential(
                    sector_id=sector,
                    name=names_of(names, s),
                    direction=direction,
                    actual_usd_current=actual,
                    potential_usd_current=value,
                    low=one[0].low,
                    high=one[0].high,
                    gap_usd_current=value - actual,
                    delivered_cost_share=_known(way.cost_share[s, d]),
                    border_h=_known(way.border_h[s, d]),
                    tariff_share=float(costs.mode.duty[s, d]) if costs.duty_known[d] else None,
                    rca=_known(edge[s, i]),
                    export_potential_usd_current=float(wanted[s]),
                    waterfall=one,
                )
            )
    return tuple(sorted(out, key=lambda row: -row.gap_usd_current))


def _country_names(session: Session, pair: tuple[str, str]) -> dict[str, dict[str, str]]:
    table = session.study["country"]
    row = {country: r for r, country in enumerate(table["country_id"])}
    return {country: names_of(table, row[country]) for country in pair}


def _coefficients(world: TradeWorld) -> tuple[dict[str, Any], ...]:
    """Return the coefficients with country effects and coasts: by distance, by cost, by both."""
    out: list[dict[str, Any]] = []
    for variant in (HEADLINE, Variant(HEADLINE.effects, HEADLINE.coast, "network"), _BOTH):
        found: Estimate = world.variants[variant]
        for name, value, error in zip(
            found.variables, found.coefficients, found.std_error, strict=True
        ):
            out.append(
                {"variable": name, "estimate": float(value), "std_error": float(error),
                 "cost": variant.cost}
            )  # fmt: skip
    return tuple(out)


def _notes(
    world: TradeWorld, costs: PairBand, pair: tuple[str, str], at: tuple[int, int]
) -> tuple[str, ...]:
    """Return what a reader must know of these numbers, as stable words for the catalogues."""
    notes = ["estimated_on_derived_matrix", "waterfall_order"]
    if not all(costs.duty_known):
        notes.append("duty_unknown")
    if not np.isfinite(world.cost_beyond[at]):
        notes.append("no_network_cost")
    if world.facts.coast_contiguous[at]:
        notes.append("shared_closed_sea")
    return tuple(notes)
