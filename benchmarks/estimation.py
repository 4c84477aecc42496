"""Time estimates of gravity against pyfixest alone, side by side, and the bias correction.

Made-up trade, with and without sales at home. Both programs get the same table and answer the same
question, clustered by pair; ours also looks for separated rows and counts the rows left out. Linear
algebra runs on one thread, as threads that wait for each other take CPU time too.
``make bench`` keeps the table in ``docs/reference``. It ends with 1 where a limit is passed or an
answer differs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
import pyfixest

from opencorridor.trade.estimate import estimate
from pages import finish, machine, versions

SEED = 20261126
MOST_RATIO, BIAS_S, SAME = 1.10, 10.0, 1e-7
TWO = ("exporter-year", "importer-year")
THREE = (*TWO, "pair")
GUIDE, LARGE = (69, 6), (200, 20)
CASES = (
    ("two effects", GUIDE, False, TWO, ["log_dist", "rta"]),
    ("two effects, sales at home", GUIDE, True, TWO, ["log_dist", "rta"]),
    ("three effects", GUIDE, False, THREE, ["rta"]),
    ("three effects, sales at home", GUIDE, True, THREE, ["rta"]),
    ("three effects", LARGE, False, THREE, ["rta", "far_rta"]),
    ("three effects, sales at home", LARGE, True, THREE, ["rta", "far_rta"]),
)


def made(countries: int, years: int, home: bool) -> pd.DataFrame:
    """Return trade with effects, distance and agreements; a tenth of the small flows is 0."""
    rng = np.random.default_rng(SEED)
    i, j, t = (axis.ravel() for axis in np.indices((countries, countries, years)))
    size = rng.normal(0, 2, countries)
    log_dist = rng.normal(8, 0.8, (countries, countries))[i, j]
    start = rng.integers(0, years + 3, (countries, countries))[np.minimum(i, j), np.maximum(i, j)]
    rta = ((t >= start) & (i != j)).astype(float)
    log = size[i] + size[j] + rng.normal(0, 0.2, (countries, years))[i, t]
    log += 0.3 * rta - 0.8 * log_dist + rng.normal(0, 0.5, (countries, countries))[i, j]
    log += np.where(i == j, 4.0, 0.0) + 0.4 * rng.normal(size=len(log))
    trade = np.exp(log + 8)
    trade[(rng.random(len(log)) < 0.1) & (i != j) & (trade < np.median(trade))] = 0.0
    frame = pd.DataFrame(
        {"exporter": i, "importer": j, "year": t, "trade": trade, "log_dist": log_dist, "rta": rta,
         "far_rta": rta * (log_dist > 8)}
    )  # fmt: skip
    return frame if home else frame[i != j].reset_index(drop=True)


def alone(frame: pd.DataFrame, effects: tuple[str, ...], regressors: list[str]) -> Any:
    """Return pyfixest's estimate, the codes of effects drawn up as its user has to."""
    years, countries = int(frame["year"].max()) + 1, int(frame["exporter"].max()) + 1
    rows = frame.assign(
        it=frame["exporter"] * years + frame["year"],
        jt=frame["importer"] * years + frame["year"],
        ij=frame["exporter"] * countries + frame["importer"],
    )
    right = "it + jt" + (" + ij" if "pair" in effects else "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pyfixest.fepois(
            f"trade ~ {' + '.join(regressors)} | {right}", rows, vcov={"CRV1": "ij"},
            ssc=pyfixest.ssc(k_adj=False), iwls_tol=1e-10, iwls_maxiter=200, copy_data=False,
            store_data=False,
            demeaner=pyfixest.demeaners.MapDemeaner(fixef_tol=1e-8, fixef_maxiter=100_000),
        )  # fmt: skip


def clock(work: Any) -> tuple[float, Any]:
    """Return CPU seconds and the answer."""
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def compare(repeats: int) -> tuple[list[str], bool]:
    """Return the rows of the table, and whether every limit is met."""
    rows, good = [], True
    for effects in (TWO, THREE):  # imports and compilation
        alone(made(*GUIDE, False), effects, ["rta"])
        estimate(made(*GUIDE, False), ["rta"], effects)
    for name, size, home, effects, regressors in CASES:
        frame, own, other = made(*size, home), [], []
        for _ in range(repeats if size == GUIDE else 1):
            seconds, found = clock(partial(estimate, frame, regressors, effects))
            own.append(seconds)
            seconds, peer = clock(partial(alone, frame, effects, regressors))
            other.append(seconds)
        gap = max(
            np.abs(found.coefficients - peer.coef().to_numpy()).max(),
            np.abs(found.std_errors - peer.se().to_numpy()).max(),
        )
        ratio = min(own) / min(other)
        good &= bool(ratio <= MOST_RATIO and gap <= SAME)
        rows.append(
            f"| {name} | {size[0]} × {size[1]} | {len(frame):,} | {min(own):.2f} | "
            f"{min(other):.2f} | {ratio:.2f} | {gap:.0e} |"
        )
    return rows, good


def measure(repeats: int) -> tuple[str, bool]:
    """Return the page, and whether every limit is met."""
    rows, good = compare(repeats)
    frame = made(*GUIDE, True)
    plain, _ = clock(lambda: estimate(frame, ["rta"], THREE))
    whole, _ = clock(lambda: estimate(frame, ["rta"], THREE, correct_bias=True))
    bias = whole - plain
    good &= bias < BIAS_S
    rows.append(
        f"| bias correction and its errors | {GUIDE[0]} × {GUIDE[1]} | {len(frame):,} | "
        f"{bias:.2f} | | | |"
    )
    lines = [
        "<!-- Generated by `make bench`. Do not edit. -->",
        "",
        "# Speed of estimates of gravity",
        "",
        f"Machine: {machine()}. {versions()}, pyfixest {pyfixest.__version__}. Made-up trade, seed "
        f"{SEED}; errors clustered by pair, one thread for linear algebra. CPU seconds in turns in "
        f"one process, the best of {repeats} ({LARGE[0]} countries: once).",
        "",
        "| panel | countries × years | rows | ours, s | pyfixest alone, s | ratio | largest "
        "difference |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        "The difference is that of coefficients and standard errors. Limits: "
        f"{MOST_RATIO:.2f} times pyfixest, a difference of {SAME:.0e}, {BIAS_S:.0f} s for the bias "
        f"correction, which comes on top of its estimate: {'met' if good else 'NOT met'}.",
        "",
    ]
    return "\n".join(lines), good


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="how often each is timed")
    parser.add_argument("--out", type=Path, help="Markdown file to write the table to")
    options = parser.parse_args()
    page, good = measure(options.repeats)
    return finish(page, options.out, good)


if __name__ == "__main__":
    sys.exit(main())
