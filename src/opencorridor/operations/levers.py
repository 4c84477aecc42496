"""What levers of trade policy do to a pair: trade created and diverted, who wins and loses."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.operations.pair_costs import (
    Lever,
    PairBand,
    delivered_of,
    levers_of,
    pair_costs,
)
from opencorridor.operations.potential import DIRECTIONS
from opencorridor.operations.trade_world import pair_of, trade_world
from opencorridor.scenario.delivered import Delivered
from opencorridor.scenario.model import parameters
from opencorridor.study import OpenCorridorError, Problem
from opencorridor.study.errors import suggest
from opencorridor.trade import (
    Cells,
    Equilibrium,
    World,
    country_effects,
    creation_diversion,
    deflator,
    elasticities,
    grow,
    growth_index,
    to_constant,
    to_current,
    world,
)
from opencorridor.trade.levers import PairCosts, conditional, phased, tau_parts

if TYPE_CHECKING:
    from opencorridor.operations.workbench.session import Session

__all__ = ["LeverEffect", "LeversAnswer", "LeversAsk", "turn"]

Floats = npt.NDArray[np.float64]

_ENDS = (0.05, 0.95)
COUNTRIES_SHOWN = 30


@dataclass(frozen=True)
class LeversAsk:
    """Values of levers by id; ``year`` None is the economy of the baseline, levers in full."""

    pair: tuple[str, str] | None = None
    levers: tuple[tuple[str, float], ...] = ()
    year: int | None = None


@dataclass(frozen=True)
class LeverEffect:
    """What one lever does to the trade of the pair; the levers add up to what is created."""

    lever_id: str
    usd_current: float
    low: float
    high: float


@dataclass(frozen=True)
class LeversAnswer:
    """The answer; money in current US$ of ``price_basis``, intervals 90 %."""

    pair: tuple[str, str]
    year: int
    trade_usd_current: float
    baseline_usd_current: float
    low: float
    high: float
    price_basis: str
    created_usd_current: float
    diverted_usd_current: float
    by_lever: tuple[LeverEffect, ...]
    sectors: tuple[dict[str, Any], ...]
    countries: tuple[dict[str, Any], ...]
    by_year: tuple[dict[str, Any], ...]
    residual: float
    converged: bool
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"schema_version": 1, **asdict(self)}


@dataclass(frozen=True, eq=False)
class _Year:
    """The world of one year before any lever, in current US$ of that year, and the pair in it."""

    world: World
    flow: Floats
    import_share: Floats


@dataclass(frozen=True, eq=False)
class _Question:
    """What is turned, on which pair, at which costs."""

    pair: tuple[str, str]
    at: tuple[int, int]
    levers: Mapping[str, Lever]
    after: Mapping[str, float]
    costs: PairBand
    way: Delivered

    @property
    def before(self) -> dict[str, float]:
        return {kind: self.levers[kind].now for kind in self.after}

    def share_in(self, year: int | None) -> dict[str, float]:
        """Return the share of each lever's change that is made by a year; None: all of it."""
        if year is None:
            return dict.fromkeys(self.after, 1.0)
        out = {}
        for kind in self.after:
            lever = self.levers[kind]
            done = (year - lever.from_year + 1) / max(lever.phase_in_years, 1.0)
            out[kind] = float(np.clip(done, 0.0, 1.0))
        return out

    def parts(self, costs: PairCosts, year: int | None) -> dict[str, Floats]:
        """Return the log change of trade costs by kind of lever ``[..., S, 2]``."""
        return tau_parts(costs, self.before, phased(self.before, self.after, self.share_in(year)))


def turn(session: Session, ask: LeversAsk) -> LeversAnswer:
    """Return what the levers do, in general equilibrium, with intervals from draws.

    The central answer is the exact equilibrium. The draws (elasticities, sizes of effects, rates)
    take the response of the pair at given wages and spending, scaled to the central answer: the
    pair is small beside the world. Levers share out what is created by their part in the change
    of each flow's costs.

    Raises
    ------
    OpenCorridorError
        At ``pair.0``, ``levers.N.lever_id``, ``levers.N.value`` or ``year``; all at once.
    """
    start = time.perf_counter()
    question = _question(session, ask)
    year = _year(session, question, ask.year)
    parts = question.parts(question.costs.mode, ask.year)
    log_tau = sum(parts.values(), np.zeros_like(year.flow))
    found = year.world.solve(_cells(question.at, log_tau))
    after = _pair_flows(np.asarray(found.flows), question.at)
    draws = _draws(question, year, after, log_tau, ask.year)
    before, now = float(year.flow.sum()), float(after.sum())
    effect = creation_diversion(year.world.flows, found.flows, question.at)
    when = ask.year or session.study.settings.baseline_year
    ends = np.quantile(draws.total, _ENDS) if parts else (now, now)
    return LeversAnswer(
        pair=question.pair,
        year=when,
        trade_usd_current=now,
        baseline_usd_current=before,
        low=float(ends[0]),
        high=float(ends[1]),
        price_basis=f"current US$ of {when}",
        created_usd_current=effect.created,
        diverted_usd_current=effect.diverted,
        by_lever=_by_lever(question, parts, after - year.flow, draws),
        sectors=_sectors(session, question, year.flow, after, parts),
        countries=_countries(session, year.world, found),
        by_year=_by_year(session, question),
        residual=found.residual,
        converged=found.converged,
        seconds=time.perf_counter() - start,
    )


def _question(session: Session, ask: LeversAsk) -> _Question:
    """Return the question with everything checked, all problems at once."""
    study = session.study
    problems: list[Problem] = []
    last = _last_year(session)
    first = study.settings.baseline_year
    if ask.year is not None and not first <= ask.year <= last:
        problems.append(
            Problem("year_range", f"{ask.year} has no growth path", column="year",
                    value=str(ask.year), expected=f"{first} to {last}")
        )  # fmt: skip
    try:
        pair = pair_of(study, ask.pair or study.settings.pair, ("pair.0", "pair.1"))
    except OpenCorridorError as error:
        raise OpenCorridorError([*error.problems, *problems]) from None
    world_of, way = trade_world(session), delivered_of(session, pair)
    sectors = world_of.matrix.sectors
    costs = pair_costs(study, pair, sectors, way)
    levers = {one.lever_id: one for one in levers_of(study, pair, sectors, way, costs)}
    problems += _check(ask.levers, levers)
    if problems:
        raise OpenCorridorError(problems)
    moved = {levers[name].kind: value for name, value in ask.levers if value != levers[name].now}
    at = (world_of.matrix.index(pair[0]), world_of.matrix.index(pair[1]))
    by_kind = {one.kind: one for one in levers.values()}
    return _Question(pair, at, by_kind, moved, costs, way)


def _check(asked: Sequence[tuple[str, float]], levers: Mapping[str, Lever]) -> list[Problem]:
    problems, seen = [], set()
    for n, (name, value) in enumerate(asked):
        field = f"levers.{n}"
        if name not in levers:
            text, mend = f"there is no lever {name}", suggest(name, list(levers))
            problems.append(
                Problem("unknown_lever", text, column=f"{field}.lever_id", value=name, mend=mend,
                        expected=", ".join(levers))
            )  # fmt: skip
            continue
        if name in seen:
            problems.append(
                Problem("lever_twice", f"{name} stands twice", column=f"{field}.lever_id",
                        value=name, expected="each lever once")
            )  # fmt: skip
        seen.add(name)
        one = levers[name]
        if not one.minimum <= value <= one.maximum:
            problems.append(
                Problem("lever_range", f"{name} cannot be {value:g}", column=f"{field}.value",
                        value=f"{value:g}",
                        expected=f"{one.minimum:g} to {one.maximum:g} {one.unit}")
            )  # fmt: skip
    return problems


def _last_year(session: Session) -> int:
    years = session.study["growth"]["year"]
    return int(years.max()) if years.size else session.study.settings.baseline_year


def _year(session: Session, question: _Question, year: int | None) -> _Year:
    """Return the world of a year, kept: the baseline's, or grown with the economies."""
    made = trade_world(session)
    base = session.study.settings.baseline_year
    if year is None or year == base:
        economy = made.economy
    else:
        economy = session.kept("grown world", 3).get(year, lambda: _grown(session, year))
    flow = _pair_flows(economy.flows, question.at)
    share = _pair_flows(economy.base.share, question.at)
    return _Year(economy, flow, share)


def _grown(session: Session, year: int) -> World:
    made, study = trade_world(session), session.study
    m, prices = made.matrix, deflator(study)
    growth = growth_index(study, year, m.countries)
    elasticity = parameters(study).get("growth_elasticity", 1.0)
    flows = grow(to_constant(m.flows, m.year, prices), growth.index, elasticity).flows
    now = replace(m, flows=to_current(flows, year, prices), year=year)
    return world(now, elasticities(study, m.sectors))


def _pair_flows(flows: Floats, at: tuple[int, int]) -> Floats:
    """Return cells of a pair ``[S, 2]`` out of ``[S, N, N]``."""
    i, j = at
    return np.stack([flows[:, i, j], flows[:, j, i]], axis=1)


def _cells(at: tuple[int, int], log_tau: Floats) -> Cells:
    sector, direction = np.nonzero(log_tau)
    ends = np.array([at, at[::-1]], dtype=np.intp)
    return Cells(sector, ends[direction, 0], ends[direction, 1], np.exp(log_tau[sector, direction]))


@dataclass(frozen=True, eq=False)
class _Draws:
    """Trade of the pair in draws ``[D]``, and what each kind of lever does to it ``[D]``."""

    total: Floats
    by_kind: dict[str, Floats]


def _draws(
    question: _Question, year: _Year, after: Floats, log_tau: Floats, when: int | None
) -> _Draws:
    mode, drawn = question.costs.mode, question.costs.drawn
    central = conditional(year.flow, year.import_share, mode.theta, log_tau)
    exact = np.divide(after, central, out=np.ones_like(after), where=central > 0)
    parts = question.parts(drawn, when)
    total = sum(parts.values(), np.zeros((len(drawn.theta), *year.flow.shape)))
    level = conditional(year.flow, year.import_share, drawn.theta, total) * exact
    shared = {kind: _shared(part, total, level - year.flow) for kind, part in parts.items()}
    return _Draws(level.sum(axis=(-2, -1)), shared)


def _shared(part: Floats, total: Floats, change: Floats) -> Floats:
    """Return the part of a change that falls to one lever, by its share in the log of the costs."""
    share = np.divide(part, total, out=np.zeros_like(part), where=total != 0)
    return np.asarray((share * change).sum(axis=(-2, -1)))


def _by_lever(
    question: _Question, parts: Mapping[str, Floats], change: Floats, draws: _Draws
) -> tuple[LeverEffect, ...]:
    total = sum(parts.values(), np.zeros_like(change))
    found = {kind: float(_shared(part, total, change)) for kind, part in parts.items()}
    # What wages and spending move in cells whose own costs stay is shared out in proportion.
    rest, whole = float(change.sum()) - sum(found.values()), sum(map(abs, found.values()))
    out = []
    for kind, value in found.items():
        low, high = np.quantile(draws.by_kind[kind], _ENDS)
        more = rest * abs(value) / whole if whole > 0 else 0.0
        out.append(
            LeverEffect(question.levers[kind].lever_id, value + more, float(low), float(high))
        )
    return tuple(sorted(out, key=lambda one: -abs(one.usd_current)))


def _sectors(
    session: Session,
    question: _Question,
    before: Floats,
    after: Floats,
    parts: Mapping[str, Floats],
) -> tuple[dict[str, Any], ...]:
    """Return every sector and direction, the largest unrealised potential left first."""
    made = trade_world(session)
    i, j = question.at
    expected = np.stack([made.expected[:, i, j], made.expected[:, j, i]], axis=1)
    border = sum((parts[k] for k in ("border_hours", "border_spread") if k in parts), 0.0)
    cost = question.way.cost_share
    # The goods' cost of time at borders is a share of value beside the share that delivery costs.
    moved = (1.0 + cost) * np.expm1(border * np.ones_like(cost))
    out = []
    for s, sector in enumerate(made.matrix.sectors):
        for d, direction in enumerate(DIRECTIONS):
            if before[s, d] <= 0 and expected[s, d] <= 0:
                continue
            share = cost[s, d]
            out.append(
                {
                    "sector_id": sector,
                    "direction": direction,
                    "baseline": float(before[s, d]),
                    "new": float(after[s, d]),
                    "gap_usd_current": float(expected[s, d] - after[s, d]),
                    "delivered_cost_share": float(share) if np.isfinite(share) else None,
                    "new_delivered_cost_share": (
                        float(share + moved[s, d]) if np.isfinite(share) else None
                    ),
                }
            )
    return tuple(sorted(out, key=lambda row: -row["gap_usd_current"]))


def _countries(session: Session, before: World, after: Equilibrium) -> tuple[dict[str, Any], ...]:
    """Return the largest winners and losers by real income, at most so many."""
    table = session.study["country"]
    row = {country: r for r, country in enumerate(table["country_id"])}
    effects = country_effects(before.flows, after)
    shown = sorted(effects, key=lambda one: -abs(one.welfare_change_share))[:COUNTRIES_SHOWN]
    return tuple(
        {
            "country_id": one.country,
            "name": {
                lang: str(table[f"name_{lang}"][row[one.country]])
                for lang in ("en", "ru", "kk", "fa")
                if table[f"name_{lang}"][row[one.country]]
            },
            "welfare_change_share": one.welfare_change_share,
            "exports_change": one.exports_change,
            "imports_change": one.imports_change,
        }
        for one in sorted(shown, key=lambda one: -one.welfare_change_share)
    )


def _by_year(session: Session, question: _Question) -> tuple[dict[str, Any], ...]:
    """Return the pair's trade by year, levers phased in on economies that grow, current US$."""
    study = session.study
    first = study.settings.baseline_year
    target = study.settings.target
    last = min(_last_year(session), target.year if target is not None else first + 6)
    out = []
    for year in range(first, last + 1):
        flow, share = _path_flow(session, question.at, year)
        parts = question.parts(question.costs.mode, year)
        log_tau = sum(parts.values(), np.zeros_like(flow))
        new = conditional(flow, share, question.costs.mode.theta, log_tau)
        out.append(
            {
                "year": year,
                "usd_current": float(new.sum()),
                "baseline_usd_current": float(flow.sum()),
            }
        )
    return tuple(out)


def _path_flow(session: Session, at: tuple[int, int], year: int) -> tuple[Floats, Floats]:
    """Return the pair's flows of a year before any lever, and their import shares, kept."""

    def make() -> tuple[Floats, Floats]:
        made = trade_world(session)
        if year == session.study.settings.baseline_year:
            economy = made.economy
        else:
            economy = _grown(session, year)
        return _pair_flows(economy.flows, at), _pair_flows(economy.base.share, at)

    found: tuple[Floats, Floats] = session.kept("pair path", 60).get((at, year), make)
    return found
