"""Time skims of all zones and classes after a changed border or tariff, against a cold skim.

Changes are drawn by seed: hours at a border doubled, or a coefficient of a rail tariff lowered by a
fifth. Each is priced anew for every class and customised on the order that was found before; the
one that moves most is also skimmed cold: rows chosen anew, and one plain search per origin and
class. ``make bench`` runs it and keeps the table in ``docs/reference``. It ends with 1 where a
limit is passed or a skim differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np

from opencorridor.network import reduced
from opencorridor.routing.api import price_graph
from opencorridor.routing.asking import Cargo
from opencorridor.routing.elimination import eliminate
from opencorridor.routing.labels import Rows
from opencorridor.routing.manyskims import Sums
from opencorridor.routing.ruled import rules_of
from opencorridor.routing.skimmer import Skimmer, main_cargoes
from opencorridor.routing.skimming import bars_of, tree_skim
from opencorridor.routing.wanted import Wanted, presence
from opencorridor.study import Study, open_study
from pages import finish, machine, versions

STUDY = "iran_kazakhstan"
ALL_S, ONE_S = 1.0, 0.1
EQUAL = 1e-9
SEED = 20261126


def changes(study: Study, count: int) -> Iterator[Study]:
    """Yield studies with one border or one tariff changed, in turn."""
    rng = np.random.default_rng(SEED)
    for n in range(count):
        # Hours at a border and their 95th percentile together: their ratio is chosen with the rows.
        name, columns, by = (
            ("border_dwell", ("mean_h", "p95_h"), 2.0)
            if n % 2 == 0
            else ("tariff_rail", ("coefficient",), 0.8)
        )
        table = study[name]
        rows = np.flatnonzero(np.isfinite(table[columns[0]]) & (table[columns[0]] > 0))
        row = rng.choice(rows)
        values = {column: np.array(table[column]) for column in columns}
        for column in columns:
            values[column][row] *= by
        yield study.replace({name: table.with_columns(values)})


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


def cold(study: Study, goods: list[Cargo]) -> np.ndarray:
    """Skim a study with nothing kept but its reduced graph, one plain search after another."""
    graph = reduced(study).graph
    skims = []
    date, rows = study.settings.baseline_date, Rows.of(study.tables)
    for cargo in goods:
        priced = price_graph(graph, study, cargo.class_id, cargo.cargo)
        rules = rules_of(priced.graph, rows, study.tables, cargo, date, False)
        can = graph.carries(cargo.cargo) & priced.usable
        present = presence(priced, can, Wanted(cargo.cargo, bans=rules.bans, shut=rules.shut))
        skims.append(tree_skim(priced, present, bars_of(graph, rules, present)))
    return np.stack(skims)


def differences(found: Sums, plain: np.ndarray) -> tuple[float, float, int, int]:
    """Compare with the cold skim.

    Returns
    -------
    cost, amounts, ties, gaps
        Largest relative difference of generalised cost; of all quantities where the same route was
        taken; pairs where another of equal cost was; pairs that only one of both connects.
    """
    mine = found.values[list(found.class_of)]
    gaps = int((np.isnan(mine) != np.isnan(plain)).any(axis=3).sum())
    off = np.abs(mine - plain) / np.maximum(np.abs(plain), 1.0)
    off = np.nan_to_num(off)
    cost = float(off[..., 5].max())
    other = (off.max(axis=3) > EQUAL) & (off[..., 5] <= EQUAL)
    return cost, float(off[~other].max()), int(other.sum()), gaps


def row(name: str, took: list[Took], digits: int = 3) -> str:
    wall = [t.wall for t in took]
    cells = (min(wall), float(np.median(wall)), max(wall), min(t.cpu for t in took))
    return f"| {name} | " + " | ".join(f"{c:.{digits}f}" for c in cells) + " |"


def measure(repeats: int) -> tuple[str, bool]:
    """Run everything; return the table and whether all limits and answers are right."""
    study = open_study(STUDY)
    goods = main_cargoes(study)
    graph = reduced(study).graph
    order, ordering = timed(lambda: eliminate(graph))
    skimmer = Skimmer(study)
    first, compiled = timed(lambda: skimmer.sums(goods))
    every, single, price = [], [], []
    moved, found, most = -1, first, study
    for n, changed in enumerate(changes(study, repeats)):
        sums, took = timed(lambda s=changed: skimmer.sums(goods, s))
        every.append(took)
        off = np.abs(sums.values[..., 5] - first.values[..., 5]) > EQUAL
        if int(off.sum()) > moved:
            moved, found, most = int(off.sum()), sums, changed
        single.append(timed(lambda s=changed, i=n: skimmer.sums([goods[i % len(goods)]], s))[1])
        price.append(timed(lambda s=changed: skimmer.priced(goods, s))[1])
    plain, slow = timed(lambda: cold(most, goods))
    cost, amounts, ties, gaps = differences(found, plain)
    fast = float(np.median([t.wall for t in every])) < ALL_S
    quick = float(np.median([t.wall for t in single])) < ONE_S
    same = cost <= EQUAL and amounts <= EQUAL and gaps == 0
    pairs = len(goods) * len(graph.zone_id) * (len(graph.zone_id) - 1)
    lines = [
        "<!-- Generated by `make bench`. Do not edit. -->",
        "",
        "# Speed of skims after a change",
        "",
        f"Machine: {machine()}. {versions()}. Study `{STUDY}`, reduced graph "
        f"({graph.n_nodes:,} nodes, {graph.n_arcs:,} arcs), {len(graph.zone_id)} zones, "
        f"{len(goods)} classes, six quantities; {numba.get_num_threads()} threads; {repeats} "
        f"changes of one border or one tariff, seed {SEED}. Every time includes pricing all arcs "
        "anew.",
        "",
        "| seconds | least | median | most | processors, least |",
        "|---|---|---|---|---|",
        row("all classes skimmed anew", every),
        row("of which pricing", price),
        row("one class skimmed anew", single),
        row("cold: all classes, plain searches", [slow], 1),
        row("order of elimination, once a study", [ordering], 1),
        "",
        f"Limits: all classes {ALL_S:g} s ({'met' if fast else 'NOT met'}), one class {ONE_S:g} s "
        f"({'met' if quick else 'NOT met'}), by the median.",
        "",
        f"{found.n_lanes} sets of prices for {len(set(found.class_of))} classes whose prices "
        f"differ: a class has one set, and one more for every way in which the two countries of a "
        f"trip change a rate. {found.n_trees:,} distinct trees; {len(order.upper):,} edges, "
        f"{len(order.triangle):,} triangles.",
        "",
        f"Against the cold skim of the change that moved most ({moved:,} of {pairs:,} pairs of all "
        f"classes): generalised cost differs by at most {cost:.1e}, all six quantities by at "
        f"most {amounts:.1e} (relative), but for {ties} pairs with two routes of one cost, of "
        f"which each search took another; {gaps} pairs are connected in one of both only.",
        "",
    ]
    print(f"first skim, with what had to be compiled: {compiled.wall:.1f} s", file=sys.stderr)
    return "\n".join(lines), fast and quick and same


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=12, help="changes to skim")
    parser.add_argument("--out", type=Path, help="Markdown file to write the table to")
    options = parser.parse_args()
    table, good = measure(options.repeats)
    return finish(table, options.out, good)


if __name__ == "__main__":
    sys.exit(main())
