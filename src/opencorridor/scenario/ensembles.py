"""The band: the same question asked of many draws of everything that is uncertain.

Each draw re-prices the routes kept from the baseline, solves its own baseline, and solves trade,
loads and waits again for the target year. Draws are independent of each other and of the number
of workers; results are gathered in the order of draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kernels.threads import use_threads
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import (
    Schedule,
    pair_trade,
    price_index,
    schedule,
    state_of_year,
    year_flows,
)
from opencorridor.scenario.state import baseline, prices
from opencorridor.study import Study
from opencorridor.study.bands import Plan, plan

__all__ = ["DrawResult", "Drawer", "draw_once", "drawer", "drawn_flows", "run_draws"]

Floats = NDArray[np.float64]
# Residuals of a draw: far below what the draws differ by.
TOLERANCE = 1e-4


@dataclass(frozen=True)
class DrawResult:
    """One draw: trade of the pair in the target year, constant US$, and the price index.

    ``no_new`` without, ``plan`` with the new measures; ``grown`` by growth alone.
    """

    draw: int
    baseline: float
    grown: float
    no_new: float
    plan: float
    price_index: float
    gap: float


def drawn_flows(model: Model, study: Study) -> Floats:
    """Baseline flows of a draw: cells with a band replaced, output kept by sales at home."""
    table, own = study["trade_flow"], model.study["trade_flow"]
    if table["value_usd_current"] is own["value_usd_current"]:
        return model.flows
    changed = np.flatnonzero(table["value_usd_current"] != own["value_usd_current"])
    sector = {s: n for n, s in enumerate(model.sectors)}
    index = {c: n for n, c in enumerate(model.countries)}
    flows = model.flows.copy()
    for row in changed:
        s = sector[table["sector_id"][row]]
        i, j = index[table["exporter"][row]], index[table["importer"][row]]
        ratio = table["value_usd_current"][row] / own["value_usd_current"][row]
        new = model.flows[s, i, j] * ratio
        flows[s, i, i] = max(flows[s, i, i] - (new - flows[s, i, j]), 0.05 * flows[s, i, i])
        flows[s, i, j] = new
    return flows


@dataclass(frozen=True)
class Drawer:
    """Asks one question of many draws: the model, its bands, and the central case to start from.

    ``start_h`` are the central baseline's waits; ``growth_ratio`` is the pair's trade under growth
    alone, waits included, over that of the grown flows, so that a draw need not solve it.
    """

    model: Model
    bands: Plan
    chosen: tuple[str, ...]
    start_h: Floats
    growth_ratio: float

    def once(self, seed: int, draw: int, model: Model | None = None) -> DrawResult:
        """Answer of one draw; lead times are drawn too, so a measure may come too late.

        ``model`` may hold more routes than the drawer's.
        """
        study = self.bands.draw(seed, draw)
        settings = study.settings
        assert settings.target is not None
        year = settings.target.year
        used = model or self.model
        flows = drawn_flows(used, study)
        world = used.with_demand(flows=flows)
        base = baseline(world, prices(world, study, settings.baseline_date), self.start_h)
        decision = str(settings.run.get("decision_date", f"{settings.baseline_year + 1}-01-01"))
        new: Schedule = schedule(study, self.chosen, decision)
        grown = year_flows(world, study, year)
        without = state_of_year(world, study, base, year, {}, flows=grown, tolerance=TOLERANCE)
        wait = without.clearing.wait_h
        within = state_of_year(
            world, study, base, year, new, flows=grown, start_wait=wait, tolerance=TOLERANCE
        )
        return DrawResult(
            draw=draw,
            baseline=sum(pair_trade(world, flows)),
            grown=sum(pair_trade(world, grown)) * self.growth_ratio,
            no_new=sum(pair_trade(world, without.flows)),
            plan=sum(pair_trade(world, within.flows)),
            price_index=price_index(study, year),
            gap=max(within.clearing.gap, within.cost_change),
        )


def drawer(model: Model, chosen: Sequence[str], *, threads: int = 0) -> Drawer:
    """Drawer of a model; the central case is solved first. ``threads`` limits the kernels'."""
    if threads:
        use_threads(threads)
    study = model.study
    assert study.settings.target is not None
    year = study.settings.target.year
    base = baseline(model, prices(model, study, study.settings.baseline_date))
    grown = year_flows(model, study, year)
    alone = state_of_year(model, study, base, year, {}, in_force=False, flows=grown)
    ratio = sum(pair_trade(model, alone.flows)) / sum(pair_trade(model, grown))
    return Drawer(model, plan(study), tuple(chosen), base.clearing.wait_h, ratio)


def draw_once(model: Model, bands: Plan, seed: int, draw: int, chosen: Sequence[str]) -> DrawResult:
    """One draw by itself; for many make a :func:`drawer` once."""
    return replace(drawer(model, chosen), bands=bands).once(seed, draw)


_WORKER: dict[str, Drawer] = {}


def _start(folder: str, chosen: tuple[str, ...]) -> None:
    """Load the model once in a worker; kernels run on one thread each."""
    from opencorridor.scenario.store import load_model
    from opencorridor.study import open_study

    _WORKER["drawer"] = drawer(load_model(open_study(folder)), chosen, threads=1)


def _task(job: tuple[int, int]) -> DrawResult:
    return _WORKER["drawer"].once(*job)


def run_draws(
    model: Model,
    chosen: Sequence[str],
    *,
    seed: int,
    draws: int,
    workers: int,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> list[DrawResult]:
    """Results of all draws, in their order.

    With more than one worker the study must be readable from its folder by new processes.
    """
    jobs = [(seed, k) for k in range(draws)]
    out: list[DrawResult] = []
    if workers <= 1:
        own = drawer(model, chosen)
        for job in jobs:
            out.append(own.once(*job))
            progress(len(out), draws)
        return out
    context = get_context("spawn")
    start = (str(model.study.folder), tuple(chosen))
    with ProcessPoolExecutor(workers, context, initializer=_start, initargs=start) as pool:
        for result in pool.map(_task, jobs, chunksize=4):
            out.append(result)
            progress(len(out), draws)
    return out
