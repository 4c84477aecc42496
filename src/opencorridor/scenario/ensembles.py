"""The band: the same question asked of many draws of everything that is uncertain.

Each draw re-prices the routes kept from the baseline, solves its own baseline, and solves trade,
loads and waits again for the target year. Draws are independent of each other and of the number
of workers; results are gathered in the order of draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

__all__ = ["DrawResult", "draw_once", "drawn_flows", "run_draws"]

Floats = NDArray[np.float64]


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


def draw_once(model: Model, bands: Plan, seed: int, draw: int, chosen: Sequence[str]) -> DrawResult:
    """Ask the question of one draw; lead times are drawn too, so a measure may come too late."""
    study = bands.draw(seed, draw)
    settings = study.settings
    target = settings.target
    assert target is not None
    flows = drawn_flows(model, study)
    world = model.with_demand(flows=flows, study=model.study)
    base = baseline(world, prices(world, study, settings.baseline_date))
    decision = str(settings.run.get("decision_date", f"{settings.baseline_year + 1}-01-01"))
    new: Schedule = schedule(study, chosen, decision)
    grown = year_flows(world, study, target.year)
    alone = state_of_year(world, study, base, target.year, {}, in_force=False, flows=grown)
    without = state_of_year(world, study, base, target.year, {}, flows=grown)
    wait = without.clearing.wait_h
    within = state_of_year(world, study, base, target.year, new, flows=grown, start_wait=wait)
    return DrawResult(
        draw=draw,
        baseline=sum(pair_trade(world, flows)),
        grown=sum(pair_trade(world, alone.flows)),
        no_new=sum(pair_trade(world, without.flows)),
        plan=sum(pair_trade(world, within.flows)),
        price_index=price_index(study, target.year),
        gap=max(within.clearing.gap, within.cost_change),
    )


_WORKER: dict[str, Any] = {}


def _start(folder: str) -> None:
    """Load the model once in a worker; kernels run on one thread each."""
    import numba

    from opencorridor.scenario.store import load_model
    from opencorridor.study import open_study

    numba.set_num_threads(1)
    study = open_study(folder)
    _WORKER["model"] = load_model(study)
    _WORKER["bands"] = plan(study)


def _task(job: tuple[int, int, tuple[str, ...]]) -> DrawResult:
    seed, draw, chosen = job
    return draw_once(_WORKER["model"], _WORKER["bands"], seed, draw, chosen)


def run_draws(
    model: Model,
    chosen: Sequence[str],
    *,
    seed: int,
    draws: int,
    workers: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[DrawResult]:
    """Results of all draws, in their order.

    With more than one worker the study must be readable from its folder by new processes.
    """
    jobs = [(seed, k, tuple(chosen)) for k in range(draws)]
    out: list[DrawResult] = []
    if workers <= 1:
        bands = plan(model.study)
        for job in jobs:
            out.append(draw_once(model, bands, job[0], job[1], job[2]))
            if progress:
                progress(len(out), draws)
        return out
    context = get_context("spawn")
    folder = str(model.study.folder)
    with ProcessPoolExecutor(workers, context, initializer=_start, initargs=(folder,)) as pool:
        for result in pool.map(_task, jobs, chunksize=4):
            out.append(result)
            if progress:
                progress(len(out), draws)
    return out
