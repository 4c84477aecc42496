r"""Time the one-sector equilibrium beside gegravity, on the same worlds, in one run.

A gravity baseline from trade costs, output and expenditure, then the world after new agreements
between some pairs. gegravity stops at a number of calls that 150 countries exceed, without an
error: its limits are raised here until its own diagnostics say that it solved, and only that run
counts. Its "full" equilibrium keeps baseline shares, so it is compared with our closure
``fixed_shares``; the equilibrium whose markets clear is what is timed.

gegravity is no part of the product. Install it into an environment of its own:

    python -m venv peers
    peers/bin/pip install -r benchmarks/requirements-trade-peers.txt
    PYTHONPATH=src peers/bin/python benchmarks/one_sector.py \
        --out docs/reference/one-sector-speed.md

It ends with 1 where a limit is passed or an answer differs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import pages
from opencorridor import trade

COUNTRIES = (30, 69, 150)
SIGMA, SEED, REFERENCE = 5.0, 20, 0
COEFFICIENTS = {"ln_distance": -0.8, "agreement": 0.5, "abroad": -2.0}
TIMES, RESIDUAL, EQUAL = 20_000.0, 1e-12, 1e-6
CALLS = 300_000
RESCALES = (1000, 100, 10, 1)


@dataclass
class Case:
    """A world: variables before and after ``[N, N]``, output and expenditure ``[N]``."""

    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]
    output: np.ndarray
    outlay: np.ndarray

    @property
    def n(self) -> int:
        """Number of countries."""
        return len(self.output)


@dataclass
class Found:
    """What one program found, and the processor seconds of baseline and experiment."""

    baseline_s: float
    experiment_s: float
    values: dict[str, np.ndarray]
    note: dict[str, Any] = field(default_factory=dict)

    @property
    def all_s(self) -> float:
        """Seconds from trade costs to the world after the change."""
        return self.baseline_s + self.experiment_s


def world(n: int) -> Case:
    """Return countries at random places, a seventh of the pairs in agreements, more to come."""
    rng = np.random.default_rng(SEED)
    place = rng.uniform(0.0, 10_000.0, (n, 2))
    km = np.sqrt(np.square(place[:, None] - place).sum(axis=-1))
    km[np.diag_indices(n)] = rng.uniform(50.0, 500.0, n)
    draw = np.triu(rng.random((n, n)), 1)
    draw = draw + draw.T + np.eye(n)
    before = {
        "ln_distance": np.log(np.maximum(km, 50.0)),
        "agreement": (draw < 0.15).astype(float),
        "abroad": 1.0 - np.eye(n),
    }
    after = before | {"agreement": (draw < 0.20).astype(float)}
    output = rng.lognormal(0.0, 1.5, n)
    outlay = output * rng.uniform(0.9, 1.1, n)
    return Case(before, after, output, outlay * (output.sum() / outlay.sum()))


def ours(case: Case) -> Found:
    """Return our answers, the fastest of many runs: a run is a few milliseconds."""
    baseline = experiment = np.inf
    for _ in range(200):
        start = time.process_time()
        reach = trade.gravity_access(COEFFICIENTS, case.before)
        base = trade.gravity_baseline(
            reach, case.output, case.outlay, theta=SIGMA - 1, reference=REFERENCE
        )
        model = trade.one_sector(base.flows, sigma=SIGMA, reference=REFERENCE)
        middle = time.process_time()
        tau_hat = _tau_hat(case)
        full = model.solve(tau_hat)
        end = time.process_time()
        baseline, experiment = min(baseline, middle - start), min(experiment, end - middle)
    held = model.solve(tau_hat, conditional=True)
    fixed = trade.one_sector(
        base.flows, sigma=SIGMA, reference=REFERENCE, closure="fixed_shares"
    ).solve(tau_hat)
    values = {
        "baseline inward resistance": base.inward,
        "conditional inward resistance": base.inward * held.price_hat,
        "conditional outward resistance": base.outward * held.outward_hat,
        "fixed_shares producer price": fixed.producer_price_hat,
        "fixed_shares trade": fixed.flows,
    }
    note = {
        "residual": full.residual,
        "exact": full.producer_price_hat,
        "baseline_steps": base.iterations,
        "steps": full.iterations,
        "gap": fixed.market_residual,
    }
    return Found(baseline, experiment, values, note)


def _tau_hat(case: Case) -> np.ndarray:
    change = COEFFICIENTS["agreement"] * (case.after["agreement"] - case.before["agreement"])
    return np.asarray(np.exp(change / (1 - SIGMA)))


def _frame(case: Case, variables: dict[str, np.ndarray]) -> Any:
    import pandas as pd

    e, i = (axis.ravel() for axis in np.indices((case.n, case.n)))
    names = np.array([f"C{k:03d}" for k in range(case.n)])
    columns = {"exporter": names[e], "importer": names[i], "year": "2020", "trade": 1.0}
    columns |= {"Y": case.output[e], "E": case.outlay[i]}
    return pd.DataFrame(columns | {name: v.ravel() for name, v in variables.items()})


def peer(case: Case) -> Found:
    """Return gegravity's answers at the first rescaling with which its solver succeeds."""
    for rescale in RESCALES:
        found = _peer(case, rescale)
        if found is not None:
            return found
    sys.exit(f"gegravity: no rescaling of {RESCALES} solves {case.n} countries")


def _peer(case: Case, rescale: float) -> Found | None:
    import gegravity as ge
    import pandas as pd

    table = {"var": list(COEFFICIENTS), "beta": list(COEFFICIENTS.values()), "stderr": 0.0}
    coefficients = ge.CostCoeffs(
        pd.DataFrame(table), identifier_col="var", coeff_col="beta", stderr_col="stderr"
    )
    frame, changed = _frame(case, case.before), _frame(case, case.after)
    data = ge.BaselineData(frame, trade_var_name="trade", expend_var_name="E", output_var_name="Y")
    start = time.process_time()
    model = ge.OneSectorGE(
        data, year="2020", reference_importer=f"C{REFERENCE:03d}", sigma=SIGMA,
        expend_var_name="E", output_var_name="Y", cost_variables=list(COEFFICIENTS),
        cost_coeff_values=coefficients, quiet=True,
    )  # fmt: skip
    try:
        model.build_baseline(omr_rescale=rescale, mr_max_iter=CALLS)
        middle = time.process_time()
        model.define_experiment(changed)
        model.simulate(ge_max_iter=CALLS)
    except ValueError as error:
        print(f"gegravity, {case.n} countries, rescale {rescale}: {error}", file=sys.stderr)
        return None
    end = time.process_time()
    told = model.solver_diagnostics
    if not all(bool(answer.success) for answer in told.values()):
        print(f"gegravity, {case.n} countries, rescale {rescale}: not solved", file=sys.stderr)
        return None
    resistance = model.country_mr_terms.sort_index()
    flows = model.bilateral_trade_results["experiment trade"].sort_index()
    values = {
        "baseline inward resistance": resistance["baseline imr"].to_numpy(),
        "conditional inward resistance": resistance["conditional imr"].to_numpy(),
        "conditional outward resistance": resistance["conditional omr"].to_numpy(),
        "fixed_shares producer price": model.factory_gate_prices.sort_index().iloc[:, 0].to_numpy(),
        "fixed_shares trade": flows.to_numpy().reshape(case.n, case.n),
    }
    residual = max(float(np.abs(answer.fun).max()) for answer in told.values())
    calls = {name: int(answer.nfev) for name, answer in told.items()}
    return Found(middle - start, end - middle, values, {
        "rescale": rescale, "residual": residual, "calls": calls,
    })  # fmt: skip


def compare(mine: Found, theirs: Found) -> dict[str, float]:
    """Return the largest relative difference by quantity."""
    return {
        name: float(np.abs(theirs.values[name] / value - 1.0).max())
        for name, value in mine.values.items()
    }


def page(cases: list[Case], mine: list[Found], theirs: list[Found], load: str) -> tuple[str, bool]:
    """Return the page and whether all limits are met."""
    apart = [compare(m, t) for m, t in zip(mine, theirs, strict=True)]
    lines = [
        "<!-- Generated by benchmarks/one_sector.py. Do not edit. -->",
        "",
        "# Speed of the one-sector equilibrium",
        "",
        "Synthetic worlds: a gravity baseline from trade costs, output and expenditure, then the "
        f"world after new agreements between some pairs (sigma {SIGMA:g}). Both programs start "
        "from the same arrays; all that either does to check them is counted.",
        "",
        f"Machine: {load}. {pages.versions()}, gegravity {version('gegravity')}. Seconds of "
        "processor time: ours the fastest of 200 runs, gegravity's one run.",
        "",
        "| countries | gegravity baseline, s | experiment, s | OpenCorridor baseline, ms "
        "| experiment, ms | times, with baseline | residual |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    ratios = []
    for case, m, t in zip(cases, mine, theirs, strict=True):
        ratios.append(t.all_s / m.all_s)
        lines.append(
            f"| {case.n} | {t.baseline_s:.2f} | {t.experiment_s:.2f} | {m.baseline_s * 1e3:.2f} | "
            f"{m.experiment_s * 1e3:.2f} | {ratios[-1]:,.0f} | {m.note['residual']:.1e} |"
        )
    last, note = apart[-1], theirs[-1].note
    worst = max(max(values.values()) for values in apart)
    residual = max(m.note["residual"] for m in mine)
    told = [
        (f"{cases[-1].n} countries: {ratios[-1]:,.0f} times as fast, limit {TIMES:,.0f}",
         ratios[-1] >= TIMES),
        (f"residual {residual:.1e}, limit {RESIDUAL:.0e}", residual <= RESIDUAL),
        (f"answers equal to {worst:.1e}, limit {EQUAL:.0e}", worst <= EQUAL),
    ]  # fmt: skip
    lines += ["", "Limits:", ""]
    lines += [f"- {text[0].upper()}{text[1:]}: {'met' if good else 'NOT met'}."
              for text, good in told]  # fmt: skip
    lines += [
        "",
        f"Largest relative differences at {cases[-1].n} countries:",
        "",
        "| quantity | difference |",
        "|---|---:|",
        *[f"| {name} | {value:.1e} |" for name, value in last.items()],
        "",
        f"gegravity stops at 1,400 and 1,000 calls without an error: its limits were raised to "
        f"{CALLS:,}, and it called {_calls(note['calls'])} at {cases[-1].n} countries. Its outward "
        f"resistances were rescaled by {note['rescale']}; only the run that its diagnostics call "
        f"a success is counted. Its equations hold to {note['residual']:.0e}.",
        "",
        "Its full equilibrium keeps the shares of output and expenditure of the baseline: it is "
        "our closure `fixed_shares`, in whose world demand differs from supply by up to "
        f"{mine[-1].note['gap']:.1e} of output. Its producer prices differ from those that clear "
        f"the markets by up to {_exact(mine[-1], theirs[-1]):.1e}. See "
        "[the trade equilibrium](../explanation/equilibrium.md).",
        "",
    ]
    return "\n".join(lines), all(good for _, good in told)


def _calls(calls: dict[str, int]) -> str:
    return ", ".join(
        f"{count:,} times for {name.replace('_', ' ')}" for name, count in calls.items()
    )


def _exact(mine: Found, theirs: Found) -> float:
    return float(
        np.abs(theirs.values["fixed_shares producer price"] / mine.note["exact"] - 1).max()
    )


def main() -> int:
    """Print the page and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="Markdown file to write the page to")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # gegravity warns of what its diagnostics tell
    load = f"{pages.machine()}; load when it began {os.getloadavg()[0]:.1f}"
    cases = [world(n) for n in COUNTRIES]
    mine, theirs = [], []
    for case in cases:
        theirs.append(peer(case))
        mine.append(ours(case))
        print(f"{case.n}: {theirs[-1].all_s:.1f} s, {mine[-1].all_s * 1e3:.2f} ms", flush=True)
    text, good = page(cases, mine, theirs, load)
    return pages.finish(text, options.out, good)


if __name__ == "__main__":
    sys.exit(main())
