"""Time the fixed point of trade and traffic: cold, warm for a changed measure, and all closures.

Cold is a fresh process with an empty cache: the study is opened, its model drawn up, the baseline
and one state of the target year solved. Warm is every measure that can be expressed, in turn, on
the model that is there: the study edited, all options priced, trade and traffic solved to both
residuals. Closures are those of all crossings, each alone. ``make bench`` runs it and keeps the
table in ``docs/reference``. It ends with 1 where a limit is passed or a residual is too large.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from opencorridor.scenario.measures import apply, in_force_between
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import mid_year, year_flows
from opencorridor.scenario.prices import prices
from opencorridor.scenario.resilience import cases_of, solve_all
from opencorridor.scenario.starts import two_starts
from opencorridor.scenario.state import Baseline, State, baseline, run_state
from opencorridor.scenario.store import load_model
from opencorridor.study import Study, open_study
from pages import finish, machine, versions

STUDY = "iran_kazakhstan"
COLD_S, WARM_S, CLOSURES_S = 10.0, 0.5, 30.0
RESIDUAL = 1e-6


@dataclass(frozen=True)
class Took:
    """Seconds on the clock and of all processors."""

    wall: float
    cpu: float


def timed(work: Callable[[], Any]) -> tuple[Any, Took]:
    """Return what work gives and what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, Took(time.perf_counter() - wall, time.process_time() - cpu)


def target_year(study: Study) -> int:
    """Return the year that the study asks about."""
    assert study.settings.target is not None
    return study.settings.target.year


def state_with(
    model: Model, study: Study, base: Baseline, names: list[str], start: State | None
) -> State:
    """Solve the target year with measures, all of them acting."""
    year = target_year(study)
    day = mid_year(year)
    acting = in_force_between(study, study.settings.baseline_date, day) + names
    priced = prices(model, apply(study, acting), day)
    flows = year_flows(model, study, year)
    wait = None if start is None else start.clearing.wait_h
    return run_state(model, priced, base, flows, start_wait=wait, tolerance=RESIDUAL)


def child() -> None:
    """Solve the study from nothing and print what each step took, as JSON."""
    steps: dict[str, Took] = {}
    study, steps["study opened"] = timed(lambda: open_study(STUDY))
    model, steps["model drawn up"] = timed(lambda: load_model(study))
    day = study.settings.baseline_date
    base, steps["baseline"] = timed(lambda: baseline(model, prices(model, study, day)))
    _, steps["target year"] = timed(lambda: state_with(model, study, base, [], None))
    print(json.dumps({name: [took.wall, took.cpu] for name, took in steps.items()}))


def cold(repeats: int) -> list[dict[str, Took]]:
    """Run the child a few times, each with an empty cache."""
    runs = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "OPENCORRIDOR_CACHE": folder}
            done, whole = timed(
                lambda env=environment: subprocess.run(
                    [sys.executable, __file__, "--child"], env=env, capture_output=True, check=True
                )
            )
        steps = {name: Took(*both) for name, both in json.loads(done.stdout).items()}
        cpu = sum(took.cpu for took in steps.values())
        runs.append({**steps, "whole process": Took(whole.wall, cpu)})
    return runs


def expressed(study: Study) -> list[str]:
    """Return the candidates that are expressed in tables."""
    table = study["measure"]
    return [
        str(m)
        for m, role, why in zip(
            table["measure_id"], table["role"], table["not_expressed"], strict=True
        )
        if role == "candidate" and not why
    ]


def row(name: str, times: list[Took]) -> str:
    """Return a row of the table: least, median and most of the clock, least of the processors."""
    wall = [t.wall for t in times]
    cells = (min(wall), float(np.median(wall)), max(wall), min(t.cpu for t in times))
    return f"| {name} | {' | '.join(f'{x:.2f}' for x in cells)} |"


def verdict(good: bool) -> str:
    """Return the verdict on a limit."""
    return "met" if good else "NOT met"


def measure(repeats: int) -> tuple[str, bool]:
    """Return the page, and whether all limits are met."""
    runs = cold(repeats)
    study = open_study(STUDY)
    model = load_model(study)
    base = baseline(model, prices(model, study, study.settings.baseline_date))
    without = state_with(model, study, base, [], None)
    names = expressed(study)
    state_with(model, study, base, names[:1], without)
    states, warm = [], []
    for name in names:
        state, took = timed(lambda n=name: state_with(model, study, base, [n], without))
        states.append(state)
        warm.append(took)
    flows = year_flows(model, study, target_year(study))
    apart = two_starts(model, without.prices, base, flows).spread
    crossings = [str(c) for c in study["border_crossing"]["border_crossing_id"]]
    closures, shut = timed(lambda: solve_all(model, base, cases_of(crossings)))
    whole = [run["whole process"] for run in runs]
    worst = max(max(s.clearing.gap, s.cost_change) for s in states)
    fine = {
        "cold": min(t.wall for t in whole) < COLD_S,
        "warm": float(np.median([t.wall for t in warm])) < WARM_S,
        "closures": shut.wall < CLOSURES_S,
    }
    lines = [
        "<!-- Generated by `make bench`. Do not edit. -->",
        "",
        "# Speed of the fixed point of trade and traffic",
        "",
        f"Machine: {machine()}. {versions()}. Study `{STUDY}`: {len(model.countries)} countries, "
        f"{study['zone'].n} zones, {study['commodity'].n} classes of goods, {model.rows.n:,} rows "
        f"of demand, {model.options.n:,} options, {model.places.n} places with a capacity.",
        "",
        "| seconds | least | median | most | processors, least |",
        "|---|---|---|---|---|",
        *(row(f"cold: {name}", [run[name] for run in runs]) for name in runs[0]),
        row(f"warm: one changed measure ({len(names)} in turn)", warm),
        row(f"closures: all {len(crossings)} crossings, each alone", [shut]),
        "",
        f"Limits: cold {COLD_S:g} s ({verdict(fine['cold'])}, by the least of {repeats}), warm "
        f"{WARM_S:g} s ({verdict(fine['warm'])}, by the median), closures {CLOSURES_S:g} s "
        f"({verdict(fine['closures'])}). Cold counts the whole process, imports too, with an empty "
        "cache; compiled kernels are those that an installation keeps.",
        "",
        f"Residuals over the {len(names)} measures: assignment gap at most "
        f"{max(s.clearing.gap for s in states):.1e}, change of costs at most "
        f"{max(s.cost_change for s in states):.1e}; {min(s.iterations for s in states)} to "
        f"{max(s.iterations for s in states)} rounds. The target year from empty places and from "
        f"long waits: trade of the pair {apart.trade_share:.1e} apart, waits at most "
        f"{apart.wait_h.size if apart.wait_h else 0.0:.1e} h. "
        f"{sum(1 for c in closures if c.problem)} closures found no state.",
        "",
    ]
    return "\n".join(lines), all(fine.values()) and worst <= RESIDUAL


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="cold runs")
    parser.add_argument("--out", type=Path, help="Markdown file to write the table to")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child()
        return 0
    table, good = measure(options.repeats)
    return finish(table, options.out, good)


if __name__ == "__main__":
    sys.exit(main())
