"""The question asked backwards: which fall of trade costs gives a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from opencorridor.study.errors import OpenCorridorError, Problem, raise_if, suggest
from opencorridor.trade.labels import Labels
from opencorridor.trade.solve import Cells, Equilibrium, World, world

__all__ = ["RequiredTauHat", "position", "required_tau_hat"]

_LEAST = 1e-4


@dataclass(frozen=True)
class RequiredTauHat:
    """The uniform change of a pair's trade costs that brings its trade to a target.

    Attributes
    ----------
    tau_hat
        Factor on the pair's whole trade cost factor (1 + costs), both directions.
    fall_share
        ``1 - tau_hat``; negative if costs may rise.
    trade
        Trade of the pair at that factor, in the unit of the flows.
    equilibrium
        The world at that factor.
    solves
        Equilibria solved on the way.
    """

    tau_hat: float
    fall_share: float
    trade: float
    equilibrium: Equilibrium
    solves: int


def position(labels: Labels, country: str | int) -> int:
    """Return the position of a country given by name or position, or raise with near names."""
    if isinstance(country, int) and 0 <= country < len(labels.countries):
        return country
    if str(country) not in labels.countries:
        mend = suggest(str(country), labels.countries)
        text = f"{country} is not a country of the flows"
        raise OpenCorridorError([Problem("unknown_label", text, value=str(country), mend=mend)])
    return labels.countries.index(str(country))


def required_tau_hat(
    flows: Any,
    theta: Any,
    pair: tuple[str | int, str | int],
    target: float,
    *,
    deficit: str = "fixed_share",
    countries: Sequence[str] | None = None,
    tol: float = 1e-10,
) -> RequiredTauHat:
    """Return the uniform fall of a pair's trade costs at which its trade reaches ``target``.

    Every sector and both directions change by one factor; the world is solved in general
    equilibrium at each trial (Brent's method in the factor's logarithm).

    Parameters
    ----------
    flows, theta, deficit, countries
        As in :func:`~opencorridor.trade.world`; ``flows`` may be a :class:`World` (then ``theta``
        is not used).
    pair
        Two countries, by name or position.
    target
        Sum of both directions over all sectors, in the unit of the flows.
    tol
        Relative distance of the trade reached from the target.

    Raises
    ------
    OpenCorridorError
        Where the pair does not trade, or no fall reaches the target (its economies are too small).
    """
    from scipy.optimize import brentq

    if isinstance(flows, World):
        start = flows
    else:
        start = world(flows, theta, deficit=deficit, countries=countries)
    a, b = (position(start.labels, country) for country in pair)
    now = float(start.flows[:, a, b].sum() + start.flows[:, b, a].sum())
    raise_if(_check_question(start, a, b, now, target))
    seen: dict[float, tuple[float, Equilibrium]] = {}

    def gap(log_tau: float) -> float:
        if log_tau not in seen:
            found = start.solve(_pair_cells(start, a, b, float(np.exp(log_tau))))
            values = np.asarray(found.flows)
            seen[log_tau] = (float(values[:, a, b].sum() + values[:, b, a].sum()), found)
        return float(np.log(seen[log_tau][0] / target))

    both = start.flows[:, a, b] + start.flows[:, b, a]
    near = -np.log(target / now) / float(both @ start.base.theta / now)
    log_tau = _root(gap, near, tol, brentq)
    if log_tau is None:
        least = min(seen)
        raise OpenCorridorError([_out_of_reach(start, a, b, target, least, seen[least][0])])
    trade, found = seen[log_tau]
    tau_hat = float(np.exp(log_tau))
    return RequiredTauHat(tau_hat, 1.0 - tau_hat, trade, found, len(seen))


def _out_of_reach(
    start: World, a: int, b: int, target: float, log_tau: float, trade: float
) -> Problem:
    names = f"{start.labels.countries[a]} and {start.labels.countries[b]}"
    return Problem(
        "trade_target_out_of_reach",
        f"trade of {names} cannot reach {target:g}: at {np.exp(log_tau):.2g} of its trade costs "
        f"it is {trade:.6g}",
        value=f"{target:g}",
    )


def _root(gap: Any, near: float, tol: float, brentq: Any) -> float | None:
    """Return the log factor where ``gap`` (falling in it) vanishes, searching out from ``near``."""
    if abs(gap(near)) <= tol:
        return near
    high = low = near
    step = 0.02
    while gap(high) > 0:  # too much trade: costs may be higher
        high, step = high + step, step * 2
    while gap(low) < 0:
        if low < np.log(_LEAST):
            return None
        low, step = low - step, step * 2
    if abs(gap(low)) <= tol or abs(gap(high)) <= tol:
        return low if abs(gap(low)) <= tol else high
    found = float(brentq(gap, low, high, xtol=1e-14, rtol=1e-14))
    gap(found)
    return found


def _pair_cells(start: World, a: int, b: int, tau_hat: float) -> Cells:
    sectors = np.arange(len(start.labels.sectors))
    count = len(sectors)
    return Cells(
        np.concatenate([sectors, sectors]),
        np.repeat([a, b], count),
        np.repeat([b, a], count),
        np.full(2 * count, tau_hat),
    )


def _check_question(start: World, a: int, b: int, now: float, target: float) -> list[Problem]:
    problems = []
    if a == b:
        problems.append(
            Problem("trade_pair", "the pair is one country", value=start.labels.countries[a])
        )
    if not now > 0:
        names = f"{start.labels.countries[a]} and {start.labels.countries[b]}"
        problems.append(
            Problem(
                "trade_pair_without_trade",
                f"{names} do not trade, so no fall of costs raises their trade",
                table="trade_flow",
                expected="a flow in at least one sector",
            )
        )
    if not (np.isfinite(target) and target > 0):
        problems.append(
            Problem("trade_target", f"the target is {target:g}", expected="an amount above 0")
        )
    return problems
