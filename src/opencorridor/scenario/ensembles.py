"""The band: the same question asked of many draws of everything that is uncertain.

Each draw re-prices the routes kept from the baseline, solves its own baseline, and solves trade,
loads and waits again for the target year. Draws are independent of each other and of the number
of workers; results are gathered in the order of draws.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.network.kernels.threads import use_threads
from opencorridor.scenario.assumptions import GROUPS, Swing, at_end
from opencorridor.scenario.build import extend, pair_zones
from opencorridor.scenario.measures import apply, in_force_between
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import (
    Schedule,
    mid_year,
    pair_trade,
    price_index,
    schedule,
    state_of_year,
    year_flows,
)
from opencorridor.scenario.prices import prices
from opencorridor.scenario.search import Search, leaders
from opencorridor.scenario.state import Baseline, State, baseline
from opencorridor.study import Study
from opencorridor.study.bands import Plan, plan
from opencorridor.trade import World, elasticities, world

__all__ = [
    "DrawResult",
    "Drawer",
    "Ensemble",
    "draw_once",
    "drawer",
    "drawn_flows",
    "run_draws",
    "run_ensemble",
]

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
    alone, waits included, over that of the grown flows, so that a draw need not solve it;
    ``like`` the central world of the target year, whose Jacobian serves all draws; ``loop`` as in
    :func:`~opencorridor.scenario.state.run_state`.
    """

    model: Model
    bands: Plan
    chosen: tuple[str, ...]
    start_h: Floats
    growth_ratio: float
    like: World
    loop: bool = True

    def solve(
        self, study: Study, world: Model, grown: Floats, *, without_new: bool = True
    ) -> tuple[State | None, State]:
        """States of the target year without and with the measures, at a study's numbers.

        Lead times are the study's own, so a measure may come too late.
        """
        settings = study.settings
        assert settings.target is not None
        year = settings.target.year
        base = baseline(
            world, prices(world, study, settings.baseline_date), self.start_h, tolerance=TOLERANCE
        )
        decision = str(settings.run.get("decision_date", f"{settings.baseline_year + 1}-01-01"))
        new: Schedule = schedule(study, self.chosen, decision)

        def state(measures: Schedule, wait: Floats) -> State:
            return state_of_year(
                world,
                study,
                base,
                year,
                measures,
                loop=self.loop,
                flows=grown,
                start_wait=wait,
                tolerance=TOLERANCE,
                like=self.like,
            )

        if not without_new:
            return None, state(new, base.clearing.wait_h)
        without = state({}, base.clearing.wait_h)
        return without, state(new, without.clearing.wait_h)

    def once(self, seed: int, draw: int, model: Model | None = None) -> DrawResult:
        """Answer of one draw; ``model`` may hold more routes than the drawer's."""
        study = self.bands.draw(seed, draw)
        assert study.settings.target is not None
        year = study.settings.target.year
        used = model or self.model
        world = used.with_demand(flows=drawn_flows(used, study))
        grown = year_flows(world, study, year)
        without, within = self.solve(study, world, grown)
        assert without is not None
        return DrawResult(
            draw=draw,
            baseline=sum(pair_trade(world, world.flows)),
            grown=sum(pair_trade(world, grown)) * self.growth_ratio,
            no_new=sum(pair_trade(world, without.flows)),
            plan=sum(pair_trade(world, within.flows)),
            price_index=price_index(study, year),
            gap=within.clearing.gap,
        )

    def rerouted(self, seed: int, draw: int) -> DrawResult:
        """Answer of one draw with the ways of its own prices searched for the pair's goods."""
        study = self.bands.draw(seed, draw)
        settings = study.settings
        assert settings.target is not None
        day = mid_year(settings.target.year)
        acting = in_force_between(study, settings.baseline_date, day) + list(self.chosen)
        changed = apply(study, acting)
        every, _ = leaders(study)
        searches = [
            Search(study, settings.baseline_date, every, wait_h=self.start_h),
            Search(changed, day, every, wait_h=self.start_h),
        ]
        wider = extend(self.model, searches, pair_zones(self.model))
        return self.once(seed, draw, wider)

    def end(self, assumption: int, side: str) -> tuple[float, int, float]:
        """Trade with the plan, current US$, at one end of an assumption; rows, share assumed."""
        study, rows, share = at_end(self.model.study, GROUPS[assumption], side)
        if not rows:
            return float("nan"), 0, 0.0
        assert study.settings.target is not None
        world = self.model.with_demand(flows=drawn_flows(self.model, study))
        year = study.settings.target.year
        grown = year_flows(world, study, year)
        _, state = self.solve(study, world, grown, without_new=False)
        index = price_index(study, year)
        return sum(pair_trade(world, state.flows)) * index, rows, share


def drawer(
    model: Model,
    chosen: Sequence[str],
    central: tuple[Baseline, State] | None = None,
    *,
    loop: bool = True,
) -> Drawer:
    """Drawer of a model.

    ``central`` is the baseline and the target year under growth alone; where it is not known yet
    it is solved first.
    """
    study = model.study
    year = _target_year(study)
    grown = year_flows(model, study, year)
    if central is None:
        base = baseline(model, prices(model, study, study.settings.baseline_date))
        alone = state_of_year(model, study, base, year, {}, in_force=False, loop=loop, flows=grown)
    else:
        base, alone = central
    ratio = sum(pair_trade(model, alone.flows)) / sum(pair_trade(model, grown))
    theta = elasticities(study, model.sectors)
    like = world(grown, theta, countries=model.countries, sectors=model.sectors)
    return Drawer(model, plan(study), tuple(chosen), base.clearing.wait_h, ratio, like, loop)


def _target_year(study: Study) -> int:
    assert study.settings.target is not None
    return study.settings.target.year


def draw_once(model: Model, bands: Plan, seed: int, draw: int, chosen: Sequence[str]) -> DrawResult:
    """One draw by itself; for many make a :func:`drawer` once."""
    return replace(drawer(model, chosen), bands=bands).once(seed, draw)


_WORKER: dict[str, Drawer] = {}
Job = tuple[str, int, int | str]


def _start(packed: bytes) -> None:
    """Unpack the drawer once in a worker; kernels run on one thread each."""
    use_threads(1)
    _WORKER["drawer"] = pickle.loads(packed)  # noqa: S301  (packed by the process that started us)


def _task(job: Job) -> Any:
    return _do(_WORKER["drawer"], job)


def _do(own: Drawer, job: Job) -> Any:
    """Do one job: the name of a drawer's method and its two arguments."""
    return getattr(own, job[0])(job[1], job[2])


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let new processes find one thread for linear algebra: workers share the cores already."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _do_all(
    own: Drawer,
    jobs: Sequence[Job],
    workers: int,
    progress: Callable[[int, int], None],
) -> list[Any]:
    """Results of all jobs in their order."""
    out: list[Any] = []
    if workers <= 1:
        for job in jobs:
            out.append(_do(own, job))
            progress(len(out), len(jobs))
        return out
    context = get_context("spawn")
    start = (pickle.dumps(own),)
    with (
        _one_thread(),
        ProcessPoolExecutor(workers, context, initializer=_start, initargs=start) as pool,
    ):
        for result in pool.map(_task, jobs, chunksize=4):
            out.append(result)
            progress(len(out), len(jobs))
    return out


def run_draws(
    model: Model,
    chosen: Sequence[str],
    *,
    seed: int,
    draws: int,
    workers: int,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> list[DrawResult]:
    """Results of all draws, in their order."""
    jobs: list[Job] = [("once", seed, k) for k in range(draws)]
    return _do_all(drawer(model, chosen), jobs, workers, progress)


@dataclass(frozen=True)
class Ensemble:
    """Draws, some of them with their ways searched anew, and the swings of the assumptions."""

    draws: Sequence[DrawResult]
    rerouted: Sequence[tuple[DrawResult, DrawResult]]
    swings: Sequence[Swing]


def run_ensemble(
    model: Model,
    chosen: Sequence[str],
    *,
    seed: int,
    draws: int,
    rerouted: int,
    workers: int,
    central: tuple[Baseline, State] | None = None,
    loop: bool = True,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Ensemble:
    """Everything that the band and the list of assumptions need, in one pool of workers.

    ``central`` and ``loop`` as in :func:`drawer`.
    """
    again = min(rerouted, draws)
    ends = [(n, side) for n in range(len(GROUPS)) for side in ("low", "high")]
    jobs: list[Job] = [("rerouted", seed, k) for k in range(again)]
    jobs += [("end", n, side) for n, side in ends]
    jobs += [("once", seed, k) for k in range(draws)]
    done = _do_all(drawer(model, chosen, central, loop=loop), jobs, workers, progress)
    first = again + len(ends)
    drawn: list[DrawResult] = done[first:]
    swings = []
    for n, group in enumerate(GROUPS):
        (low, rows, share), (high, _, _) = done[again + 2 * n : again + 2 * n + 2]
        if rows:
            names = ", ".join(f"{table}.{column}" for table, column in group.columns)
            swings.append(Swing(group.name, names, rows, share, low, high))
    return Ensemble(
        drawn,
        list(zip(drawn[:again], done[:again], strict=True)),
        sorted(swings, key=lambda s: -s.spread),
    )
