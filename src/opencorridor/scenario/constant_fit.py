"""Constants of the choice, fitted to counts, and what each count would have been without itself.

Found are the shares x of ``choice_constant`` that make

    sum_i (2 (modelled_i - observed_i) / (modelled_i + observed_i) / s_i)^2 + sum_j (x_j / s0_j)^2

least over the counts i that ``traffic_match`` marks ``calibrates = choice`` and the constants j:
the mode of the posterior for the normal prior around 0 with spread s0 (ridge). s_i is half the
logarithm of highest over lowest count, 0.2 at least. The first term is bounded, so a count that
nothing explains draws nothing with it, but it has flat parts: the search goes through a grid, one
constant after the other, in steps that get finer. Loads are those at the waits that clear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.observed import counted, cut_of
from opencorridor.scenario.build import build_model
from opencorridor.scenario.constants import cost_factors, marked_options
from opencorridor.scenario.model import Model
from opencorridor.scenario.observed import Line, freight_fit, loaded, option_loads
from opencorridor.scenario.prices import Prices, prices
from opencorridor.scenario.state import Baseline, baseline
from opencorridor.study import Study

__all__ = ["WIDE_CUT", "ConstantFit", "fit_constants", "fit_study"]

WIDE_CUT = 1.25
"""Ways this much dearer than the best are options of a fit: a constant may draw them up."""
LEAST_SPREAD = 0.2
LIMIT = 0.5
STEPS = (0.2, 0.1, 0.05, 0.02)
SWEEPS = 2
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ConstantFit:
    """Constants by group, with a range, and the counts they were fitted to.

    ``group`` is the number of every row of the table in ``names``. ``low`` and ``high`` are where
    the sum above is one more than at its least, other constants held. ``before``, ``after`` and
    ``left_out`` are loads in t a year of every count: without constants, at the fit, and at a fit
    that did not see the count.
    """

    names: tuple[str, ...]
    group: Ints
    value: Floats
    low: Floats
    high: Floats
    series: tuple[str, ...]
    observed: Floats
    before: Floats
    after: Floats
    left_out: Floats


class _Loads:
    """Loads of the counts at given constants."""

    def __init__(self, model: Model, lines: Sequence[Line]) -> None:
        study = model.study
        self.model, self.table = model, study["choice_constant"]
        p = prices(model, study, study.settings.baseline_date)
        factor = cost_factors(model, study)
        self.plain: Prices = p if factor is None else replace(p, cost=p.cost / factor)
        self.marked = [marked_options(model, cut_of(self.table, r)) for r in range(self.table.n)]
        start = baseline(model, p, allow_unconverged=True)
        state = loaded(model, start)
        self.hit = [counted(state, line.cut) for line in lines]
        self.wait = start.clearing.wait_h
        names, self.group = np.unique(self.table["constant_group"], return_inverse=True)
        self.names = tuple(str(name) for name in names)
        self.first = [int(np.argmax(self.group == g)) for g in range(len(self.names))]

    def __call__(self, share: Floats) -> Floats:
        cost = self.plain.cost.copy()
        for mine, x in zip(self.marked, share[self.group], strict=True):
            cost[mine] *= 1.0 + x
        p = replace(self.plain, cost=cost)
        base = baseline(self.model, p, self.wait, 1e-7, allow_unconverged=True)
        self.wait = base.clearing.wait_h
        tonnes = option_loads(self.model, base)
        return np.array([tonnes[hit].sum() for hit in self.hit])


def _search(loss: Callable[[Floats], float], start: Floats, steps: Sequence[float]) -> Floats:
    """Go down a function one coordinate after the other, in steps that get finer."""
    x, best = start.copy(), loss(start)
    for step in steps:
        for _ in range(SWEEPS):
            moved = False
            for j in range(x.size):
                for sign in (1.0, -1.0):
                    while True:
                        trial = x.copy()
                        trial[j] = np.clip(round(float(x[j]) + sign * step, 4), -LIMIT, LIMIT)
                        if trial[j] == x[j] or not (value := loss(trial)) < best - 1e-9:
                            break
                        x, best, moved = trial, value, True
            if not moved:
                break
    return x


def _range(loss: Callable[[Floats], float], x: Floats, j: int, sign: float) -> float:
    """Return where the loss is one more than at ``x``, going one way, in steps of 0.02."""
    least, at = loss(x), x[j]
    while abs(at) < LIMIT:
        trial = x.copy()
        trial[j] = np.clip(round(at + 0.02 * sign, 4), -LIMIT, LIMIT)
        if loss(trial) > least + 1.0:
            break
        at = trial[j]
    return float(at)


def fit_constants(
    model: Model, base: Baseline, told: Callable[[str], None] = lambda _: None
) -> ConstantFit:
    """Fit all constants of a model's study to the counts that are marked for it.

    Parameters
    ----------
    model
        A study with rows of ``choice_constant``; drawn up with a wide cut of routes, so that ways
        that a constant draws up are among the options.
    base
        Its baseline: gives the counts.
    """
    lines = [one for one in freight_fit(model, base).lines if one.reason == "choice"]
    loads = _Loads(model, lines)
    table, first = loads.table, loads.first
    seen = np.array([one.observed_t for one in lines])
    spans = np.array([one.high_t / one.low_t for one in lines])
    spread = np.maximum(0.5 * np.log(spans), LEAST_SPREAD)
    prior = table["prior_spread"][first]
    known: dict[bytes, Floats] = {}

    def of(x: Floats) -> Floats:
        key = np.round(x, 4).tobytes()
        if key not in known:
            known[key] = loads(x)
        return known[key]

    def loss_of(which: Bools) -> Callable[[Floats], float]:
        def loss(x: Floats) -> float:
            load = of(x)
            miss = 2.0 * (load - seen) / (load + seen) / spread
            return float((miss[which] ** 2).sum() + ((x / prior) ** 2).sum())

        return loss

    every = np.ones(seen.size, dtype=bool)
    start = np.round(table["cost_share"][first].astype(float), 2)
    whole = loss_of(every)
    found = [_search(whole, near, STEPS) for near in (start, 2.0 * start, np.zeros(start.size))]
    x = min(found, key=whole)
    told("constants: " + ", ".join(f"{n} {v:g}" for n, v in zip(loads.names, x, strict=True)))
    ends = [(_range(whole, x, j, -1.0), _range(whole, x, j, 1.0)) for j in range(x.size)]
    without = np.empty(seen.size)
    for i, one in enumerate(lines):
        others = every.copy()
        others[i] = False
        without[i] = of(_search(loss_of(others), x, STEPS[1:3]))[i]
        told(f"{one.series} left out: {without[i] / 1e6:.2f} of {seen[i] / 1e6:.2f} Mt")
    low, high = np.array(ends).T
    return ConstantFit(
        names=loads.names,
        group=loads.group,
        value=x,
        low=low,
        high=high,
        series=tuple(one.series for one in lines),
        observed=seen,
        before=of(np.zeros(x.size)),
        after=of(x),
        left_out=without,
    )


def fit_study(study: Study, told: Callable[[str], None] = lambda _: None) -> ConstantFit:
    """Fit the constants of a study on a model of its own with a wide cut of routes."""
    table = study["parameter"]
    value = table["value"].copy()
    mine = table["parameter_id"] == "route_cost_ratio_cut"
    value[mine] = np.maximum(value[mine], WIDE_CUT)
    model = build_model(study.replace({"parameter": table.with_column("value", value)}))
    return fit_constants(
        model, baseline(model, prices(model, model.study, study.settings.baseline_date)), told
    )
