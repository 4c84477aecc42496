"""Time exact Pareto fronts of random pairs of zones against a plain label-setting search.

Every class of cargo of the shipped study, in the form that most of it travels in. Both programs
are compiled, get the same integer costs and have to find the same vectors. ``make bench`` runs it
and keeps the table in ``docs/reference``. It ends with 1 where a limit is passed or a front
differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from opencorridor.operations.pack import Pack, open_pack
from opencorridor.routing.ends import zone_end
from opencorridor.routing.kernels import pareto as kernel
from opencorridor.routing.pareto import Front, Ground
from opencorridor.routing.routes import Wanted
from pages import finish, machine, versions

STUDY = "iran_kazakhstan"
MEDIAN_MS, P99_MS = 30.0, 150.0
SEED = 20261125


@njit(cache=True)
def plain_front(
    first: Any, head: Any, cost: Any, use: Any, source: int, target: int
) -> Any:  # pragma: no cover - compiled
    """Label setting after Martins: no bounds, no pruning; labels of a node in a linked list."""
    n = len(first) - 1
    vector = np.empty((1 << 16, 3), np.int64)
    follows = np.empty(1 << 16, np.int64)
    newest = np.full(n, -1, np.int64)
    count = 0
    heap = [(np.int64(0), np.int64(0), np.int64(0), np.int64(source))]
    while heap:
        a, b, c, at = heappop(heap)
        old = newest[at]
        while old >= 0 and not (
            vector[old, 0] <= a and vector[old, 1] <= b and vector[old, 2] <= c
        ):
            old = follows[old]
        if old >= 0:
            continue
        if count == len(follows):
            vector = np.concatenate((vector, vector))
            follows = np.concatenate((follows, follows))
        vector[count, 0], vector[count, 1], vector[count, 2] = a, b, c
        follows[count] = newest[at]
        newest[at] = count
        count += 1
        if at == target:
            continue
        for arc in range(first[at], first[at + 1]):
            if use[arc]:
                heappush(heap, (a + cost[arc, 0], b + cost[arc, 1], c + cost[arc, 2], head[arc]))
    found = []
    old = newest[target]
    while old >= 0:
        found.append((vector[old, 0], vector[old, 1], vector[old, 2]))
        old = follows[old]
    return found, count


class Spy:
    """Stands in for the kernel and remembers what it was asked and answered."""

    def __init__(self) -> None:
        self.real, self.asked, self.vectors = kernel.pareto, (), np.empty((0, 3))

    def __call__(self, *asked: Any) -> Any:
        """Ask the kernel."""
        answer = self.real(*asked)
        self.asked, self.vectors = asked, answer[0]
        return answer


def cargoes(pack: Pack) -> list[tuple[str, str]]:
    """Return every class and how most of it travels."""
    rows = pack.goods.rows
    return [
        (str(r["class_id"]), "container" if float(str(r["containerised_share"])) >= 0.5 else "bulk")
        for r in rows
    ]


def ask(pack: Pack, ground: Ground, cargo: str, pair: tuple[int, int]) -> tuple[Front, float]:
    """Return the front of a pair of zones and the milliseconds it took."""
    zones = pack.graph.zone_id
    start, end = (zone_end(pack.graph, pack.labels, str(zones[z])) for z in pair)
    began = time.perf_counter()
    front = ground.front(pack.labels, start, end, Wanted(cargo))
    return front, (time.perf_counter() - began) * 1e3


def compare(spy: Spy) -> tuple[float, bool]:
    """Return the milliseconds of the plain search for the last question, and whether it agrees."""
    first, head, _, _, _, cost, use, source, _, target, _, _ = spy.asked
    began = time.perf_counter()
    found, _ = plain_front(first, head, cost, use, int(source[0]), int(target[0]))
    took = (time.perf_counter() - began) * 1e3
    return took, sorted(found) == sorted(map(tuple, spy.vectors.tolist()))


def spread_row(name: str, values: np.ndarray, digits: int) -> str:
    cells = [np.median(values), *np.percentile(values, (95, 99)), values.max()]
    return f"| {name} | " + " | ".join(f"{c:,.{digits}f}" for c in cells) + " |"


def measure(pairs_of_class: int, compared: int) -> tuple[str, bool]:
    """Run everything; return the table and whether all limits and answers are right."""
    pack, spy = open_pack(STUDY), Spy()
    kernel.pareto = spy
    rng = np.random.default_rng(SEED)
    took, sizes, labels, ready, plain, own = [], [], [], [], [], []
    equal = 0
    n_zones = len(pack.graph.zone_id)
    for n, (class_id, cargo) in enumerate(cargoes(pack)):
        began = time.perf_counter()
        ground = pack.ground(class_id, cargo, pack.baseline_date)
        # The first question of a class makes integers of its costs (and compiles, once).
        ask(pack, ground, cargo, (0, 1))
        if n:
            ready.append((time.perf_counter() - began) * 1e3)
        for k in range(pairs_of_class):
            pair = tuple(rng.choice(n_zones, 2, replace=False).tolist())
            front, ms = ask(pack, ground, cargo, pair)
            took.append(ms)
            sizes.append(len(front))
            labels.append(front.n_labels)
            if k == 0 and n < compared:
                if n == 0:
                    compare(spy)
                ms_plain, same = compare(spy)
                plain.append(ms_plain)
                own.append(ms)
                equal += same
    kernel.pareto = spy.real
    ms = np.array(took)
    median, p99 = float(np.median(ms)), float(np.percentile(ms, 99))
    lines = [
        "<!-- Generated by `make bench`. Do not edit. -->",
        "",
        "# Speed of exact Pareto routes",
        "",
        f"Machine: {machine()}. {versions()}. Study `{STUDY}`, reduced graph "
        f"({pack.small.graph.n_nodes:,} nodes, {pack.small.graph.n_arcs:,} arcs); criteria hours, "
        f"US$ per tonne, kg CO2e per tonne; {len(ms):,} random pairs of zones over "
        f"{len(cargoes(pack))} classes, seed {SEED}; one thread.",
        "",
        "| | median | 95 % | 99 % | max |",
        "|---|---|---|---|---|",
        spread_row("whole search, ms", ms, 1),
        spread_row("routes in the front", np.array(sizes), 0),
        spread_row("labels", np.array(labels), 0),
        spread_row("first question of a class, ms", np.array(ready), 0),
        "",
        f"Limits: median {MEDIAN_MS:.0f} ms ({'met' if median < MEDIAN_MS else 'NOT met'}), 99 % "
        f"{P99_MS:.0f} ms ({'met' if p99 < P99_MS else 'NOT met'}).",
        "",
    ]
    if plain:
        ratio = np.array(plain) / np.array(own)
        lines += [
            f"Plain label setting (Martins: no bounds, no pruning by the target), compiled as "
            f"well, on {len(plain)} of the pairs with the same costs: {equal} of {len(plain)} "
            f"fronts equal, vector by vector.",
            "",
            "| | median | 95 % | 99 % | max |",
            "|---|---|---|---|---|",
            spread_row("plain, ms", np.array(plain), 0),
            spread_row("times as long as this search", ratio, 0),
            "",
        ]
    good = median < MEDIAN_MS and p99 < P99_MS and equal == len(plain)
    return "\n".join(lines), good


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=50, help="pairs of each class")
    parser.add_argument("--compare", type=int, default=10, help="pairs given to the plain search")
    parser.add_argument("--out", type=Path, help="Markdown file to write the table to")
    options = parser.parse_args()
    table, good = measure(options.pairs, options.compare)
    return finish(table, options.out, good)


if __name__ == "__main__":
    sys.exit(main())
