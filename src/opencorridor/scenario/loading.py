"""Choice of routes and loading of places at the prices of a state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.clearing import Clearing, clear_places, stranded, violation
from opencorridor.freight.kernels.loading import choose_and_load
from opencorridor.scenario.model import Model
from opencorridor.scenario.prices import Prices

__all__ = ["Choice", "Demand", "Elastic"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Elastic:
    """How tonnes of a cell answer its delivered price.

    ``row_cost`` (R,) are the costs of rows at which the tonnes hold, ``price`` (C,) the delivered
    prices there, ``elasticity`` (C,) that of the tonnes by them; ``weight`` (R,) that of each row
    in the mean cost of its cell.
    """

    row_cost: Floats
    price: Floats
    elasticity: Floats
    weight: Floats


@dataclass(frozen=True)
class Demand:
    """Tonnes by cell (C,), fixed or elastic."""

    tonnes: Floats
    elastic: Elastic | None = None


class Choice:
    """Choice and loading at the prices of a state.

    Rows that pass no place choose alike whatever the waits: they are done once.
    """

    def __init__(self, model: Model, p: Prices) -> None:
        self.model, self.p = model, p
        o, free = model.options, model.options.free
        self.part = o.watched
        self.cell = model.rows.cell[self.part.rows]
        self.cost, self.vot = p.cost[self.part.options], p.vot[self.part.rows]
        self.use = p.use[self.part.entries]
        self.ways = model.ways.of(self.part.rows, p.choice)
        none, cells = np.zeros(free.rows.size), model.rows.cell[free.rows]
        asked = (
            free.row_first, none, p.vot[free.rows], p.cost[free.options], free.place_first,
            free.place, p.use[free.entries], np.zeros(p.capacity.size),
            *model.ways.of(free.rows, p.choice), cells, none, none, none, none, False,
        )  # fmt: skip
        share, row_cost, _, _ = choose_and_load(*asked)
        self.share, self.row_cost = np.empty(o.n), np.empty(model.rows.n)
        self.share[free.options], self.row_cost[free.rows] = share, row_cost

    def __call__(self, demand: Demand, wait: Floats, *, slopes: bool = True) -> tuple[Floats, ...]:
        """Shares and costs of the watched rows, loads (F,), and slopes (F, F) by the waits (F,).

        Without ``slopes`` those are 0: they take most of the time.
        """
        part, p = self.part, self.p
        tonnes = (demand.tonnes * self.model.covered)[self.cell] * p.weight[part.rows]
        weight, anchor, price, elasticity = np.zeros((4, self.cell.size))
        if demand.elastic is not None:
            answer = demand.elastic
            weight, anchor = answer.weight[part.rows], answer.row_cost[part.rows]
            price, elasticity = answer.price[self.cell], answer.elasticity[self.cell]
        asked = (
            part.row_first, tonnes, self.vot, self.cost, part.place_first, part.place, self.use,
            wait, *self.ways, self.cell, weight, anchor, price, elasticity, slopes,
        )  # fmt: skip
        found: tuple[Floats, ...] = choose_and_load(*asked)
        return found

    def whole(self, share: Floats, row_cost: Floats) -> tuple[Floats, Floats]:
        """Shares (O,) and composite costs (R,) of all rows, those of the watched ones given."""
        shares, costs = self.share.copy(), self.row_cost.copy()
        shares[self.part.options], costs[self.part.rows] = share, row_cost
        return shares, costs

    def clear(
        self, demand: Demand, start: Floats, tolerance: float
    ) -> tuple[Clearing, Floats, Floats]:
        """Find waits that clear the places at a demand; also shares and row costs there."""
        p = self.p
        where = np.flatnonzero(np.isfinite(p.capacity))
        last: list[Floats] = []

        def loads(wait: Floats) -> tuple[Floats, Floats]:
            full = np.zeros(p.capacity.size)
            full[where] = wait
            share, row_cost, load, slope = self(demand, full)
            last[:] = [full, share, row_cost, load]
            return load[where], slope[np.ix_(where, where)]

        curve = p.curve.take(where)
        got = clear_places(loads, p.capacity[where], curve, start[where], tolerance=tolerance)
        wait, share, row_cost, load = last
        left = np.zeros(p.capacity.size)
        left[where] = got.stranded_t
        full = Clearing(wait, load, left, got.gap, got.iterations, got.converged, got.path)
        return full, *self.whole(share, row_cost)

    def judge(self, tonnes: Floats, wait: Floats) -> Clearing:
        """Return loads of given tonnes at given waits, and how far the places are from clear."""
        p = self.p
        load = self(Demand(tonnes), wait, slopes=False)[2]
        where = np.flatnonzero(np.isfinite(p.capacity))
        curve = p.curve.take(where)
        gap = violation(wait[where], load[where], p.capacity[where], curve)
        left = np.zeros(load.size)
        left[where] = stranded(wait[where], load[where], p.capacity[where], curve)
        return Clearing(wait, load, left, gap, 0, True, ())
