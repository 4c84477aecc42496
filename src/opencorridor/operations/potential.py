"""What a pair of countries could trade, why it trades less, and the levers there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs.spread import Z95
from opencorridor.operations.goods import goods_of
from opencorridor.operations.pair_costs import (
    DRAWS,
    PairBand,
    delivered_of,
    levers_of,
    pair_costs,
)
from opencorridor.operations.potential_answer import (
    DIRECTIONS,
    Potential,
    SectorPotential,
    Step,
    VariantPotential,
    read,
)
from opencorridor.operations.potential_book import books_of, in_book
from opencorridor.operations.trade_world import TradeWorld, pair_flows, pair_of, trade_world
from opencorridor.operations.workbench.places import names_of
from opencorridor.scenario.delivered import Delivered
from opencorridor.study.cache import load_arrays, save_arrays
from opencorridor.study.errors import OpenCorridorError, Problem, suggest
from opencorridor.trade.draws import Normal, drawn
from opencorridor.trade.gravity import HEADLINE, Comparable, Estimate, Variant, comparable
from opencorridor.trade.shortfall import STEPS, advantage, export_potential, shortfall
from opencorridor.trade.size_only import by_size

if TYPE_CHECKING:
    from opencorridor.operations.workbench.session import Session

__all__ = ["Potential", "SectorPotential", "Step", "VariantPotential", "of_sector", "potential"]

Floats = npt.NDArray[np.float64]

_ENDS = (0.05, 0.95)
_ESTIMATE_PART = 1
"""Part of the question that the draws of the estimates are; those of costs are part 0."""
_BOTH = Variant(HEADLINE.effects, HEADLINE.coast, "both")


def potential(
    session: Session, a: str | None = None, b: str | None = None, book: str | None = None
) -> Potential:
    """Return what a pair could trade at the costs, policies and sizes of the baseline year.

    Kept in the cache by content: a study and program that are the same answer at once.

    Parameters
    ----------
    session
        The study with what is kept of it.
    a, b
        Countries by id or name; by default the study's pair.
    book
        Whose books say what is traded: one of the answer's ``books``; None: the study's table.

    Raises
    ------
    OpenCorridorError
        ``unknown_country``, ``country_without_trade`` or ``trade_pair`` at the field ``a`` or
        ``b``; ``unknown_book`` at ``book``.
    """
    study = session.study
    given = (a or study.settings.pair[0], b or study.settings.pair[1])
    pair = pair_of(study, given, ("a", "b"))
    made: Potential = session.kept("potential", 20).get(pair, lambda: _kept(session, pair))
    return in_book(made, book)


def _kept(session: Session, pair: tuple[str, str]) -> Potential:
    """Return the answer from the cache, or made and stored there."""
    study, key = session.study, f"potential-{session.code}-{pair[0]}-{pair[1]}"
    found = load_arrays(study.hash, key)
    if found is None:
        made = _answer(session, pair)
        save_arrays(study.hash, key, {}, made.as_dict())
    else:
        made = read(found["meta"])
    return replace(made, books=books_of(study, pair, made.year))


def of_sector(found: Potential, sector: str | None) -> Potential:
    """Return the answer with the rows of one sector alone (id or name); None: all of them.

    The waterfall is then that of the sector, both directions; bands of directions are added up.

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
    return replace(found, sectors=rows, waterfall=_added(rows))


def _added(rows: tuple[SectorPotential, ...]) -> tuple[Step, ...]:
    """Return the steps of several rows together; ends add up, as one draw of the sector does."""
    return tuple(
        Step(
            step,
            sum(row.waterfall[k].value_usd_current for row in rows),
            sum(row.waterfall[k].low for row in rows),
            sum(row.waterfall[k].high for row in rows),
        )
        for k, step in enumerate(STEPS)
    )


def _answer(session: Session, pair: tuple[str, str]) -> Potential:
    world, way = trade_world(session), delivered_of(session, pair)
    m = world.matrix
    i, j = m.index(pair[0]), m.index(pair[1])
    costs = pair_costs(session.study, pair, m.sectors, way)
    bars = _bars(world, costs, i, j)
    fall = _waterfall(bars, (slice(None), slice(None)))
    variants = (_sum_of_sectors(world, fall[0]), *_variants(world, i, j))
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
        goods=goods_of(session.study, m, (i, j), bars.mode["potential"], bars.drawn["potential"]),
        notes=_notes(world, costs, pair, (i, j)),
    )


def _sum_of_sectors(world: TradeWorld, level: Step) -> VariantPotential:
    """Return the headline: the sum of the estimates sector by sector."""
    label = "sector by sector, country effects, coasts count as borders, distance"
    effects, coast, cost = HEADLINE.effects, HEADLINE.coast, str(HEADLINE.cost)
    if not world.estimated:
        label, effects, coast, cost = "sector by sector, size alone", True, False, "none"
    ends = (level.value_usd_current, level.low, level.high)
    return VariantPotential("by-sector", label, effects, coast, cost, *ends)


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
    if not world.estimated:
        whole = by_size(world.total).both_ways(i, j)
        label = "all sectors together, size alone"
        return (VariantPotential("size", label, True, False, "none", whole, whole, whole),)
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
    slope, slope_std = _network_slope(world)
    beyond = np.nan_to_num(np.array([world.cost_beyond[i, j], world.cost_beyond[j, i]]))
    spread = np.stack(
        [[found.log_std([cell]) for cell in ((i, j), (j, i))] for found in world.by_sector]
    )
    # Both directions of a sector come from one estimate, sectors from estimates of their own.
    sectors = len(spread)
    normal = {
        "slope": Normal(np.array([slope]), np.array([[slope_std**2]])),
        "error": Normal(np.zeros(sectors), np.eye(sectors)),
    }
    found = drawn(normal, world.study.settings.run.seed, DRAWS, part=_ESTIMATE_PART)
    level = expected * np.exp(found["error"][:, :, None] * spread)
    mode = _factors(costs, slope * beyond, drawn=False)
    varied = _factors(costs, found["slope"][:, :, None] * beyond, drawn=True)
    at_mode = {s.step: s.value for s in shortfall(expected, actual, mode)}
    in_draws = {
        s.step: np.broadcast_to(s.value, level.shape) for s in shortfall(level, actual, varied)
    }
    return _Bars(at_mode, in_draws)


def _network_slope(world: TradeWorld) -> tuple[float, float]:
    """Return the elasticity to the network's cost beside distance, with its error; 0 without."""
    if not world.estimated:
        return 0.0, 0.0
    both = world.variants[_BOTH]
    k = both.variables.index("log_network_cost")
    return float(both.coefficients[k]), float(both.std_error[k])


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
    if not world.estimated:
        return ()
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
    notes = ["estimated_on_derived_matrix"] if world.estimated else ["size_alone"]
    notes.append("waterfall_order")
    if not all(costs.duty_known):
        notes.append("duty_unknown")
    if not np.isfinite(world.cost_beyond[at]):
        notes.append("no_network_cost")
    if world.estimated and world.facts.coast_contiguous[at]:
        notes.append("shared_closed_sea")
    return tuple(notes)
