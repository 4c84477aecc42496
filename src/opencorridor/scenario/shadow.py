"""What an extra tonne of capacity is worth at each place: shadow prices.

At a solution every place that makes goods wait meets b_f(w, x(w), cap_f) = 0, the balance of
``freight.clearing``. Differentiating it gives how all waits answer one more tonne of capacity,

    M dw = -b_cap dcap,      M = diag(b_w) + diag(b_x) dx/dw,

over the places that wait; the others keep their wait of 0. The worth of that is g . dw, g the
slope of what is judged by the waits, found for all places at once from one system with M
transposed. Loads dx/dw are those of the choice at fixed tonnes for the cost of transport, and of
choice and general equilibrium together for trade.

Where tonnes are stranded no wait is a price: NaN. A place right at the load where its wait begins
has two slopes; the one without a wait is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.clearing import Balance, balance
from opencorridor.scenario.loading import Choice, Demand
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import pair_trade
from opencorridor.scenario.prices import Prices
from opencorridor.scenario.response import trade_costs
from opencorridor.scenario.state import Baseline, State
from opencorridor.trade import world as world_of

__all__ = ["generalised_cost_usd", "shadow_prices", "trade_worth"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Waits below this many hours count as none: the place has room.
LEAST_WAIT_H = 1e-6


def generalised_cost_usd(model: Model, p: Prices, tonnes: Floats, row_cost: Floats) -> float:
    """Return the generalised cost of carrying tonnes (C,) a year at row costs (R,), US$ a year.

    Rows without a way move nothing and cost nothing here.
    """
    known = np.isfinite(row_cost)
    return float((_row_tonnes(model, p, tonnes) * np.where(known, row_cost, 0.0))[known].sum())


def _row_tonnes(model: Model, p: Prices, tonnes: Floats) -> Floats:
    moved: Floats = (tonnes * model.covered)[model.rows.cell] * p.weight
    return moved


def _tonnes(model: Model, solved: Baseline | State) -> Floats:
    if isinstance(solved, State):
        return solved.tonnes
    total: Floats = (solved.prices.tonnes_per_usd * model.cell_values(model.flows)).sum(axis=1)
    return total


@dataclass(frozen=True)
class _Entries:
    """Options that pass places, one entry each: row (Q,), place (Q,), dC/dw (Q,), and use (Q,).

    The composite cost C of a row answers the cost of an option c by share x C / c, whatever the
    nests: its utilities are logarithms of costs.
    """

    row: Ints
    place: Ints
    slope: Floats
    carried: Floats


def _entries(model: Model, solved: Baseline | State) -> _Entries:
    o, p, wait = model.options, solved.prices, solved.clearing.wait_h
    option = np.repeat(np.arange(o.n), np.diff(o.place_first))
    hours = np.bincount(option, weights=wait[o.place], minlength=o.n)
    share, row = solved.share[option], o.row[option]
    cost = (p.cost + p.vot[o.row] * hours)[option]
    taken = share > 0.0
    slope = np.zeros(option.size)
    slope[taken] = (share * p.vot[row])[taken] * solved.row_cost[row[taken]] / cost[taken]
    return _Entries(row, o.place, slope, share * p.use)


@dataclass(frozen=True)
class _System:
    """The places that wait (A,), their balance, and the loads' slopes by their waits (A, A)."""

    where: Ints
    lost: Ints
    spare: Balance
    slope: Floats

    def worth(self, gain: NDArray[Any], n: int, more: Floats | None = None) -> Floats:
        """(F,) what one more tonne of capacity does to something with slopes ``gain`` (A,).

        ``more`` (A, A) adds to the slopes of the loads.
        """
        slope = self.slope if more is None else self.slope + more
        matrix = np.diag(self.spare.by_wait) + self.spare.by_load[:, None] * slope
        price = np.zeros(n)
        price[self.where] = -np.linalg.solve(matrix.T, gain) * self.spare.by_capacity
        price[self.lost] = np.nan
        return price


def _system(model: Model, solved: Baseline | State) -> _System:
    p, clearing = solved.prices, solved.clearing
    where = np.flatnonzero(np.isfinite(p.capacity) & (clearing.wait_h > LEAST_WAIT_H))
    load, slope = Choice(model, p)(Demand(_tonnes(model, solved)), clearing.wait_h)[2:4]
    spare = balance(clearing.wait_h[where], load[where], p.capacity[where], p.curve.take(where))
    lost = np.flatnonzero(clearing.stranded_t > 0.0)
    return _System(where, lost, spare, slope[np.ix_(where, where)])


def shadow_prices(model: Model, solved: Baseline | State) -> Floats:
    """(F,) fall of the generalised cost by one more tonne of capacity a year, US$ per t.

    At the tonnes of the state or baseline, which choose their ways anew while all places clear;
    the cost is :func:`generalised_cost_usd`. 0 where nobody waits, NaN where tonnes are stranded.
    """
    p, n = solved.prices, model.places.n
    entries, system = _entries(model, solved), _system(model, solved)
    paid = _row_tonnes(model, p, _tonnes(model, solved))[entries.row] * entries.slope
    gain = np.bincount(entries.place, weights=paid, minlength=n)[system.where]
    return 0.0 - system.worth(gain, n)


def trade_worth(model: Model, base: Baseline, state: State) -> Floats:
    """(F,) rise of the pair's trade by one more tonne of capacity a year, US$ a year per t.

    Constant US$ of ``price_year``. Trade, tonnes, ways and waits all answer. 0 where nobody
    waits, NaN where tonnes are stranded.
    """
    p, n = state.prices, model.places.n
    entries, system = _entries(model, state), _system(model, state)
    equilibrium_of = _Trade(model, base, state)
    load_per_t = np.bincount(
        model.rows.cell[entries.row] * n + entries.place,
        weights=(model.covered[model.rows.cell] * p.weight)[entries.row] * entries.carried,
        minlength=model.cells.n * n,
    ).reshape(model.cells.n, n)[:, system.where]
    gain, more = np.zeros(system.where.size), np.zeros_like(system.slope)
    for at, place in enumerate(system.where):
        mine = entries.place == place
        dearer = np.bincount(entries.row[mine], weights=entries.slope[mine], minlength=model.rows.n)
        flows = equilibrium_of.answer(dearer)
        gain[at] = sum(pair_trade(model, flows))
        moved = (p.tonnes_per_usd * model.cell_values(flows)).sum(axis=1)
        more[:, at] = moved @ load_per_t
    return system.worth(gain, n, more)


class _Trade:
    """How the flows of a state answer small changes of its costs, wages included."""

    def __init__(self, model: Model, base: Baseline, state: State) -> None:
        self.model, self.base, self.state = model, base, state
        economy = world_of(
            state.flows, state.prices.theta, countries=model.countries, sectors=model.sectors
        )
        self.world = economy.base
        self.tau = trade_costs(model, state.prices, base, state.row_cost)[0]

    def answer(self, dearer: NDArray[Any]) -> Floats:
        """Slopes of the flows (S, N, N) along a direction of the row costs (R,).

        Changes of trade costs are linear in the costs of rows, so a whole step gives their slope.
        """
        model, state, world = self.model, self.state, self.world
        there = trade_costs(model, state.prices, self.base, state.row_cost + dearer)[0]
        relative = (there - self.tau) / self.tau
        rise = np.zeros_like(state.flows)
        rise[:, model.pair_exporter, model.pair_importer] = relative
        excess, _ = self._moved(rise)
        wage = -world.inverse @ excess
        wage -= (world.output * wage).sum()
        return self._moved(rise + wage[None, :, None], wage)[1]

    def _moved(self, rise: Floats, wage: Floats | None = None) -> tuple[Floats, Floats]:
        """Slopes of excess demands (N,) and flows (S, N, N) as exporters' prices rise."""
        world, flows = self.world, self.state.flows
        cheaper = -world.theta[:, None, None] * rise
        share = cheaper - (world.share * cheaper).sum(axis=1, keepdims=True)
        outlay = np.zeros(world.outlay.size) if wage is None else world.output * wage
        moved = flows * (share + (outlay / world.outlay)[None, None, :])
        return moved.sum(axis=(0, 2)) / flows.sum() / world.output, moved
