"""What a closure does: two states side by side, as of a year.

A closure can be a gain. At unchanged waits it never is: less choice costs more. But goods that no
longer pass the place leave the queues further on their way too, and whoever stands in a queue
makes all others wait: what the others save can be more than the closure costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.indicators import option_tonnes
from opencorridor.scenario.loading import Choice, Demand
from opencorridor.scenario.model import Model
from opencorridor.scenario.moving import Side, moved, row_tonnes

__all__ = ["Effect", "effect_of"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# A wait that grows by less is the rounding of none, hours.
LEAST_WAIT_H = 0.05


@dataclass(frozen=True)
class Effect:
    """What a closure does, as of a year.

    Attributes
    ----------
    passed_t
        Tonnes a year over the place before.
    rerouted_t, extra_t_h, extra_usd
        As of :class:`opencorridor.scenario.moving.Moved`, at the tonnes of the baseline.
    held_usd
        ``extra_usd`` as it were if no wait changed; never below 0. The rest is what longer and
        shorter queues add: goods that no longer pass a place leave the queues further on their
        way too, which can gain more than the closure costs.
    no_way_t, stuck_t
        Tonnes of goods that have no way left, and those that no wait can carry at some place.
    lost_usd, lost_pair_usd
        Fall of the trade between all countries, and of the study's pair, US$ of price_year.
    bottleneck
        Position of the place whose wait grows most; -1 where none does.
    bottleneck_wait_h, bottleneck_rise_h
        Its wait then, and by how much it grew.
    bottleneck_new
        Whether goods did not wait there before.
    relief, relief_wait_h, relief_fall_h
        Position of the open place whose goods save most hours by a shorter wait, -1 where none;
        its wait then, and by how much it fell.
    """

    passed_t: float = 0.0
    rerouted_t: float = 0.0
    extra_t_h: float = 0.0
    extra_usd: float = 0.0
    held_usd: float = 0.0
    no_way_t: float = 0.0
    stuck_t: float = 0.0
    lost_usd: float = 0.0
    lost_pair_usd: float = 0.0
    bottleneck: int = -1
    bottleneck_wait_h: float = 0.0
    bottleneck_rise_h: float = 0.0
    bottleneck_new: bool = False
    relief: int = -1
    relief_wait_h: float = 0.0
    relief_fall_h: float = 0.0

    @property
    def stranded_t(self) -> float:
        """Tonnes that do not arrive: without a way, and beyond what any wait can carry."""
        return self.no_way_t + self.stuck_t

    @property
    def damage_usd(self) -> float:
        """Extra generalised cost of goods that still find a way, and the value of lost trade."""
        return self.extra_usd + self.lost_usd


def _bottleneck(before: Side, after: Side) -> tuple[int, float, float, bool]:
    """Return the place whose wait grows most, its wait then, the rise, and whether it is new."""
    rise = after.clearing.wait_h - before.clearing.wait_h
    f = int(np.argmax(rise)) if rise.size else -1
    if f < 0 or rise[f] < LEAST_WAIT_H:
        return -1, 0.0, 0.0, False
    then = float(after.clearing.wait_h[f])
    return f, then, float(rise[f]), bool(before.clearing.wait_h[f] < LEAST_WAIT_H)


def _relief(before: Side, after: Side) -> tuple[int, float, float]:
    """Return the place whose goods save most hours, its wait then, and by how much it fell."""
    a, b = before.clearing, after.clearing
    fall = np.where(b.load_t > 0.0, a.wait_h - b.wait_h, 0.0)
    f = int(np.argmax(fall * a.load_t)) if fall.size else -1
    if f < 0 or fall[f] < LEAST_WAIT_H:
        return -1, 0.0, 0.0
    return f, float(b.wait_h[f]), float(fall[f])


def _held(model: Model, before: Side, after: Side) -> float:
    """Return the extra cost at the waits of before, US$ a year."""
    choice = Choice(model, after.prices)
    found = choice(Demand(before.tonnes), before.clearing.wait_h, slopes=False)
    _, cost = choice.whole(*found[:2])
    both = np.isfinite(before.row_cost) & np.isfinite(cost)
    dearer = np.where(both, cost, 0.0) - np.where(both, before.row_cost, 0.0)
    return float((row_tonnes(model, before) * dearer).sum())


def _gone(before: Side, after: Side) -> Bools:
    """Return the rows (R,) that have no way left."""
    return np.asarray(np.isfinite(before.row_cost) & ~np.isfinite(after.row_cost))


def _left_behind(model: Model, side: Side) -> Floats:
    """Return the share of each row's goods (R,) that no wait can carry.

    At a full place every tonne has the same chance to be left behind.
    """
    o, load = model.options, side.clearing.load_t
    stuck = np.divide(side.clearing.stranded_t, load, out=np.zeros_like(load), where=load > 0.0)
    sums = np.concatenate([[0.0], np.cumsum(stuck[o.place])])
    chance = np.minimum(sums[o.place_first[1:]] - sums[o.place_first[:-1]], 1.0)
    by_row = np.bincount(o.row, weights=side.share * chance, minlength=model.rows.n)
    return by_row.astype(np.float64)


def _lost(model: Model, before: Side, after: Side, fixed: bool) -> tuple[float, float]:
    """Return the fall of the trade between all countries and of the pair, US$ a year.

    With fixed trade it is the value of the goods that do not arrive.
    """
    i, j = model.pair
    if not fixed:
        fall = (before.flows - after.flows).sum(axis=0)
        np.fill_diagonal(fall, 0.0)
        return float(fall.sum()), float(fall[i, j] + fall[j, i])
    share = _left_behind(model, after) + _gone(before, after)
    by_row = row_tonnes(model, before) * before.prices.value_density[model.rows.cell] * share
    own = np.isin(model.cells.exporter, (i, j)) & np.isin(model.cells.importer, (i, j))
    return float(by_row.sum()), float(by_row[own[model.rows.cell]].sum())


def effect_of(
    model: Model, before: Side, after: Side, passing: Bools, *, hours: Floats, fixed: bool
) -> Effect:
    """Return what a closure does.

    ``passing`` (O,) are the options over the place, ``hours`` those of the routes (``moving``);
    ``fixed``: trade stayed as it was.
    """
    tonnes = row_tonnes(model, before)
    change = moved(model, before, after, (hours, hours))
    stuck = [float((_left_behind(model, s) * row_tonnes(model, s)).sum()) for s in (before, after)]
    lost, lost_pair = _lost(model, before, after, fixed)
    place, wait, rise, new = _bottleneck(before, after)
    relief, shorter, fall = _relief(before, after)
    return Effect(
        passed_t=float(option_tonnes(model.options, tonnes, before.share)[passing].sum()),
        rerouted_t=change.rerouted_t,
        extra_t_h=change.extra_t_h,
        extra_usd=change.extra_usd,
        held_usd=_held(model, before, after),
        no_way_t=float(tonnes[_gone(before, after)].sum()),
        stuck_t=max(stuck[1] - stuck[0], 0.0),
        lost_usd=lost,
        lost_pair_usd=lost_pair,
        bottleneck=place,
        bottleneck_wait_h=wait,
        bottleneck_rise_h=rise,
        bottleneck_new=new,
        relief=relief,
        relief_wait_h=shorter,
        relief_fall_h=fall,
    )
