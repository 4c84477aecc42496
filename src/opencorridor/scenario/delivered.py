"""What delivery costs and how long goods stand at borders, by sector, for a pair of countries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import arc_parts
from opencorridor.freight.demand import CARGOES
from opencorridor.network import BORDER
from opencorridor.scenario.model import Model
from opencorridor.scenario.state import Baseline

__all__ = ["Delivered", "delivered"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Delivered:
    """Means over what moves between two countries at the baseline, by sector and direction.

    Arrays are ``[S, 2]``, the directions a to b and b to a; NaN where nothing of the sector moves
    on the network.

    Attributes
    ----------
    cost_share
        Generalised cost from door to door as a share of the goods' value.
    border_h, border_spread_h
        Hours at borders on the way, and their standard deviation, without queues at capacities.
    value
        US$ of ``price_year`` that the means stand for.
    """

    cost_share: Floats
    border_h: Floats
    border_spread_h: Floats
    value: Floats

    def mean(self, values: Floats) -> float:
        """Return the mean of one of the arrays by value, NaN where nothing moves."""
        known = np.isfinite(values) & (self.value > 0)
        weight = self.value[known]
        return float(weight @ values[known] / weight.sum()) if weight.sum() > 0 else float("nan")


def _by_route(model: Model, per_arc: Floats) -> Floats:
    """Return sums along the routes ``[routes]`` of a quantity per arc of the used graph."""
    used, routes = model.used, model.routes
    steps = per_arc[used.fare // 3]
    total = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(total[routes.first[1:]] - total[routes.first[:-1]])


def _at_borders(model: Model) -> tuple[Floats, Floats]:
    """Return hours and squared spread at borders of every option ``(O,)``."""
    study, graph = model.study, model.used.graph
    plan = model.cost_plan(study, study.settings.baseline_date, graph)
    border = graph.kind == BORDER
    group = model.routes.group[model.options.route]
    hours, square = np.zeros(model.options.n), np.zeros(model.options.n)
    for c, cargo in enumerate(CARGOES):
        parts = arc_parts(plan, study, cargo)
        known = border & np.isfinite(parts.time_h)
        on_way = _by_route(model, np.where(known, parts.time_h, 0.0))
        spread = _by_route(model, np.where(known, np.nan_to_num(parts.spread_h) ** 2, 0.0))
        mine = group == c
        hours[mine] = on_way[model.options.route[mine]]
        square[mine] = spread[model.options.route[mine]]
    return hours, square


def _cell_means(model: Model, base: Baseline, per_option: Floats) -> Floats:
    """Return the mean of a quantity of options over the goods of every cell ``(C,)``."""
    chosen = np.where(base.share > 0, base.share * per_option, 0.0)
    by_row = np.bincount(model.options.row, weights=chosen, minlength=model.rows.n)
    live = np.isfinite(base.row_cost)
    weight = np.where(live, base.prices.weight, 0.0)
    total = np.bincount(model.rows.cell, weights=weight, minlength=model.cells.n)
    part = np.bincount(model.rows.cell, weights=weight * by_row, minlength=model.cells.n)
    return np.divide(part, total, out=np.full_like(total, np.nan), where=total > 0)


def delivered(model: Model, base: Baseline, pair: tuple[str, str]) -> Delivered:
    """Return what delivery costs between two countries of a model at its baseline.

    Parameters
    ----------
    model, base
        A study's model and its baseline.
    pair
        The countries a and b.
    """
    hours, square = _at_borders(model)
    cost = base.cell_cost / base.prices.value_density
    quantities = (cost, _cell_means(model, base, hours), _cell_means(model, base, square))
    index = {name: i for i, name in enumerate(model.countries)}
    shape = (len(model.sectors), 2)
    found = [np.full(shape, np.nan) for _ in quantities]
    value = np.zeros(shape)
    for d, (exporter, importer) in enumerate((pair, pair[::-1])):
        if exporter not in index or importer not in index:
            continue
        i, j = index[exporter], index[importer]
        cells = np.flatnonzero((model.cells.exporter == i) & (model.cells.importer == j))
        share = base.prices.sector_share[cells]
        for out, per_cell in zip(found, quantities, strict=True):
            known = np.isfinite(per_cell[cells])
            weight = share * known[:, None]
            part = weight.T @ np.where(known, per_cell[cells], 0.0)
            total = weight.sum(axis=0)
            np.divide(part, total, out=out[:, d], where=total > 0)
        value[:, d] = model.flows[:, i, j]
    return Delivered(found[0], found[1], np.sqrt(found[2]), value)
