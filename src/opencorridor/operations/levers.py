"""What levers of trade policy do to a pair: trade created and diverted, who wins and loses."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.operations.lever_question import LeversAsk, Question, question_of
from opencorridor.operations.potential_answer import DIRECTIONS
from opencorridor.operations.trade_world import (
    last_year,
    pair_flows,
    pair_path,
    trade_world,
    world_of_year,
)
from opencorridor.operations.workbench.places import names_of
from opencorridor.trade import Cells, Equilibrium, World, country_effects, creation_diversion
from opencorridor.trade.levers import conditional

if TYPE_CHECKING:
    from opencorridor.operations.workbench.session import Session

__all__ = ["LeverEffect", "LeversAnswer", "LeversAsk", "turn"]

Floats = npt.NDArray[np.float64]

_ENDS = (0.05, 0.95)
COUNTRIES_SHOWN = 30


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
    question = question_of(session, ask)
    economy = world_of_year(session, ask.year)
    when = ask.year or session.study.settings.baseline_year
    flow, share = pair_path(session, question.at, when)
    parts = question.parts(question.costs.mode, ask.year)
    log_tau = sum(parts.values(), np.zeros_like(flow))
    found = economy.solve(_cells(question.at, log_tau))
    after = pair_flows(np.asarray(found.flows), question.at)
    draws = _draws(question, (flow, share), after, log_tau, ask.year)
    before, now = float(flow.sum()), float(after.sum())
    effect = creation_diversion(economy.flows, found.flows, question.at)
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
        by_lever=_by_lever(question, parts, after - flow, draws),
        sectors=_sectors(session, question, flow, after, parts),
        countries=_countries(session, economy, found),
        by_year=_by_year(session, question),
        residual=found.residual,
        converged=found.converged,
        seconds=time.perf_counter() - start,
    )


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
    question: Question,
    before: tuple[Floats, Floats],
    after: Floats,
    log_tau: Floats,
    when: int | None,
) -> _Draws:
    flow, import_share = before
    mode, drawn = question.costs.mode, question.costs.drawn
    central = conditional(flow, import_share, mode.theta, log_tau)
    exact = np.divide(after, central, out=np.ones_like(after), where=central > 0)
    parts = question.parts(drawn, when)
    total = sum(parts.values(), np.zeros((len(drawn.theta), *flow.shape)))
    level = conditional(flow, import_share, drawn.theta, total) * exact
    return _Draws(level.sum(axis=(-2, -1)), _shared(parts, total, level - flow))


def _shared(parts: Mapping[str, Floats], total: Floats, change: Floats) -> dict[str, Floats]:
    """Return what of a change falls to each lever, by its share in the log of the costs.

    What wages and spending move in cells whose own costs stay is shared out in proportion, so that
    the levers add up to the whole change.
    """
    out = {}
    for kind, part in parts.items():
        share = np.divide(part, total, out=np.zeros_like(part), where=total != 0)
        out[kind] = np.asarray((share * change).sum(axis=(-2, -1)))
    whole = sum((np.abs(value) for value in out.values()), np.zeros(change.shape[:-2]))
    rest = change.sum(axis=(-2, -1)) - sum(out.values(), np.zeros_like(whole))
    rate = np.divide(rest, whole, out=np.zeros_like(whole), where=whole > 0)
    return {kind: value + rate * np.abs(value) for kind, value in out.items()}


def _by_lever(
    question: Question, parts: Mapping[str, Floats], change: Floats, draws: _Draws
) -> tuple[LeverEffect, ...]:
    total = sum(parts.values(), np.zeros_like(change))
    out = []
    for kind, value in _shared(parts, total, change).items():
        low, high = np.quantile(draws.by_kind[kind], _ENDS)
        out.append(
            LeverEffect(question.levers[kind].lever_id, float(value), float(low), float(high))
        )
    return tuple(sorted(out, key=lambda one: -abs(one.usd_current)))


def _sectors(
    session: Session,
    question: Question,
    before: Floats,
    after: Floats,
    parts: Mapping[str, Floats],
) -> tuple[dict[str, Any], ...]:
    """Return every sector and direction, the largest unrealised potential left first."""
    made = trade_world(session)
    expected = pair_flows(made.expected, question.at)
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
            "name": names_of(table, row[one.country]),
            "welfare_change_share": one.welfare_change_share,
            "exports_change": one.exports_change,
            "imports_change": one.imports_change,
        }
        for one in sorted(shown, key=lambda one: -one.welfare_change_share)
    )


def _by_year(session: Session, question: Question) -> tuple[dict[str, Any], ...]:
    """Return the pair's trade by year, levers phased in on economies that grow, current US$."""
    study = session.study
    first = study.settings.baseline_year
    target = study.settings.target
    last = min(last_year(study), target.year if target is not None else first + 6)
    out = []
    for year in range(first, last + 1):
        flow, share = pair_path(session, question.at, year)
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
