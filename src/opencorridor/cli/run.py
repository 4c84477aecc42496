"""``opencorridor run``, ``scenario`` and ``roadmap``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from opencorridor.cli import options, show

__all__ = ["ROADMAP_EXAMPLES", "RUN_EXAMPLES", "SCENARIO_EXAMPLES", "progress_lines", "roadmap",
           "run", "scenario"]  # fmt: skip

RUN_EXAMPLES = """Examples:

\b
  opencorridor run
  opencorridor run --study my_corridor --out my_results --draws 50
  opencorridor run --again results/run.json
"""
SCENARIO_EXAMPLES = """Examples:

\b
  opencorridor scenario --measures M038
  opencorridor scenario --close CROSSING --weeks 4
  opencorridor scenario --halve CROSSING --json
"""
ROADMAP_EXAMPLES = """Examples:

\b
  opencorridor roadmap --target-usd 3e9 --year 2030
  opencorridor roadmap --budget-usd 5e8 --draws 50
  opencorridor roadmap --not-before M038=2028 --exclude M011
"""

NoLoop = Annotated[
    bool, typer.Option("--no-loop", help="Leave out what new trade adds to the waits.")
]
Workers = Annotated[int, typer.Option("--workers", help="Processes for the draws.", min=1)]


def progress_lines(quiet: bool) -> Callable[[str, int, int], None]:
    """Progress lines on stderr: a step when it begins, and its count every half second."""
    last_step, last_time = "", 0.0

    def tell(step: str, done: int, of: int) -> None:
        nonlocal last_step, last_time
        now = time.monotonic()
        if quiet or (step == last_step and now - last_time < 0.5):
            return
        count = f" {done} of {of}" if of else ""
        end = "\r" if of and sys.stderr.isatty() else "\n"
        if step != last_step or sys.stderr.isatty() or not of:
            print(f"{step}{count} …", file=sys.stderr, end=end, flush=True)
        last_step, last_time = step, now

    return tell


def _congestion(summary: dict[str, Any]) -> list[str]:
    """Return the sentence on what congestion does to the answer; none where the loop is open."""
    from opencorridor.documents import numbers

    found = summary.get("congestion")
    if not found:
        return []
    parts = []
    for name, words in (("no_new", "the trade without new measures"), ("plan", "the plan")):
        taken, share = found[f"{name}_usd_constant"], found[f"{name}_share"]
        size = numbers.usd(abs(taken))
        verb = f"congestion takes {size} from" if taken >= 0 else f"less congestion adds {size} to"
        of = "" if share is None else f" ({numbers.share(abs(share))} of the change)"
        parts.append(f"{verb} {words}{of}")
    year, price = summary["target_year"], summary["price_year"]
    return [f"In {year} {' and '.join(parts)}, in dollars of {price}."]


def _headline(summary: dict[str, Any]) -> list[str]:
    """Sentences of the answer."""
    from opencorridor.documents import numbers

    pair = " and ".join(summary["pair_names"])
    year, base, price = summary["target_year"], summary["baseline_year"], summary["price_year"]
    band = ""
    if summary.get("plan_low") is not None:
        band = f" ({numbers.usd(summary['plan_low'])} to {numbers.usd(summary['plan_high'])})"
    lines = [
        f"Trade of {pair} was {numbers.usd(summary['baseline_usd_current'])} in {base}. With the "
        f"chosen measures the model gives {numbers.usd(summary['plan_usd_current'])} in "
        f"{year}{band}, in dollars of {year}.",
        f"In constant dollars of {price} it is {numbers.usd(summary['plan_usd_constant'])}.",
    ]
    if summary["reached"]:
        lines.append(f"The target of {numbers.usd(summary['target_usd'])} is reached.")
    else:
        lines.append(
            f"The target of {numbers.usd(summary['target_usd'])} is not reached; "
            f"the gap is {numbers.usd(summary['gap_usd_current'])}."
        )
    lines.append(f"Without new measures: {numbers.usd(summary['no_new_usd_current'])}.")
    lines += _congestion(summary)
    backward = summary.get("backward")
    if backward:
        lines.append(
            f"The target would take trade costs {numbers.share(backward['cost_fall_share'])} "
            f"lower: {numbers.tonnes(backward['tonnes_a_b'] + backward['tonnes_b_a'])} a year, "
            f"{backward['wagons_per_day']:.0f} wagons and {backward['boxes_per_day']:.0f} boxes "
            "a day."
        )
    if summary["binding"]:
        lines.append("The pair's goods wait at: " + "; ".join(summary["binding"]) + ".")
    return lines


def run(
    study: options.Study = options.DEFAULT_STUDY,
    out: Annotated[str, typer.Option("--out", help="Folder for the results.")] = "results",
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the draws.")] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", help="Number of draws; 0 leaves out the band.", min=0)
    ] = None,
    budget_usd: Annotated[
        float | None, typer.Option("--budget-usd", help="Budget of the plan, US$.", min=0)
    ] = None,
    no_loop: NoLoop = False,
    again: Annotated[
        Path | None, typer.Option("--again", help="Repeat the run of a run.json.")
    ] = None,
    workers: Workers = 2,
    closures: Annotated[
        bool, typer.Option("--closures", help="Also write closures.csv: each crossing shut.")
    ] = False,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Run a study: baseline, measures, roadmap, band and report."""
    from opencorridor.operations.run import RunRequest
    from opencorridor.operations.run import again as repeat
    from opencorridor.operations.run import run as operation

    request = RunRequest(
        study, out, seed, draws, not no_loop, budget_usd, workers, force, closures=closures
    ) if again is None else repeat(again, force=force)  # fmt: skip

    def central(summary: dict[str, Any]) -> None:
        if not as_json:
            print(show.bold(summary["title"]))
            for line in _headline(summary):
                print(line)
            sys.stdout.flush()

    result = operation(request, progress=progress_lines(quiet), central=central)
    if as_json:
        show.print_json({"schema_version": 1, **result.summary, "folder": str(result.folder)})
        return
    low, high = result.summary.get("plan_low"), result.summary.get("plan_high")
    if low is not None:
        from opencorridor.documents import numbers

        print(
            f"8 of 10 draws give {numbers.usd(low)} to {numbers.usd(high)}; "
            f"{result.summary['draws']} draws, seed {result.summary['seed']}."
        )
    _print_routes(result.tables.get("routes", []))
    print(f"\nReport: {result.folder / 'report.html'}")
    show.note(
        f"Done in {result.seconds:.1f} s{' from the cache' if result.from_cache else ''}", quiet
    )


def _print_routes(rows: list[dict[str, Any]]) -> None:
    """Return the printed routes of the study, leg by leg."""
    for title in dict.fromkeys(str(row["route"]) for row in rows):
        legs = [row for row in rows if row["route"] == title]
        hours, cost = sum(r["time_h"] for r in legs), sum(r["cost_usd_per_t"] for r in legs)
        km = sum(r["distance_km"] for r in legs)
        print(f"\n{show.bold(title)}: {km:,.0f} km, {hours:,.0f} h, {cost:,.1f} US$ per t")
        table = [
            (
                str(r["leg"]),
                str(r["mode"]),
                show.shorten(str(r["from"]), 30),
                show.shorten(str(r["to"]), 30),
                show.number(r["distance_km"]),
                show.number(r["time_h"], 1),
                show.number(r["cost_usd_per_t"], 2),
            )
            for r in legs
        ]
        print(show.table(("", "mode", "from", "to", "km", "h", "US$/t"), table, (4, 5, 6)))


def scenario(
    study: options.Study = options.DEFAULT_STUDY,
    measures: Annotated[
        str, typer.Option("--measures", help="Ids of measures, joined by commas.")
    ] = "",
    close: Annotated[
        list[str] | None, typer.Option("--close", help="Crossing or port to close (repeatable).")
    ] = None,
    halve: Annotated[
        list[str] | None, typer.Option("--halve", help="Place that lets half through (repeatable).")
    ] = None,
    weeks: Annotated[float, typer.Option("--weeks", help="Weeks that places stay shut.")] = 52.0,
    no_loop: NoLoop = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Compare one set of measures or closures with the baseline."""
    from opencorridor.operations.scenario import ScenarioRequest
    from opencorridor.operations.scenario import run as operation

    chosen = tuple(m.strip() for m in measures.split(",") if m.strip())
    request = ScenarioRequest(
        study, chosen, tuple(close or ()), not no_loop, tuple(halve or ()), weeks
    )
    result = operation(request, progress_lines(quiet))
    if as_json:
        show.print_json(result.as_dict())
        return
    change = result.trade_usd / result.baseline_usd - 1.0
    print(
        f"Trade of the pair: {result.trade_usd / 1e6:,.2f} million US$ against "
        f"{result.baseline_usd / 1e6:,.2f} ({change:+.2%}) a year, {result.price_basis}"
    )
    if result.closure is not None:
        from opencorridor.cli.freight_closures import effect_lines

        print("\n".join(effect_lines(result.closure, result.weeks, result.price_basis)))
    _print_congestion(result.as_dict())
    rows = [
        (
            show.shorten(str(r["capacity_id"]), 28),
            show.number(r["baseline_load_t_per_year"] / 1e3),
            show.number(r["load_t_per_year"] / 1e3),
            show.number(r["baseline_wait_h"], 1),
            show.number(r["wait_h"], 1),
        )
        for r in result.places[:12]
    ]
    print(
        show.table(("place", "kt before", "kt after", "wait h before", "after"), rows, (1, 2, 3, 4))
    )
    _print_ends(result.as_dict())


def _print_congestion(found: dict[str, Any]) -> None:
    """Print the change of trade before and after congestion, and what it takes back."""
    base = found["baseline_usd"]
    parts = [
        f"{name} congestion {(found[f'{name}_congestion_usd'] - base) / 1e6:+,.3f}"
        for name in ("before", "after")
    ]
    taken, share = found["taken_back_usd"], found["taken_back_share"]
    words = "congestion takes back" if taken >= 0.0 else "less congestion adds"
    of = f" ({abs(share):.1%} of the change)" if share is not None else ""
    print(f"Change in million US$: {', '.join(parts)}; {words} {abs(taken) / 1e6:,.3f}{of}")


def _print_ends(found: dict[str, Any]) -> None:
    """Print what cannot move, both residuals and the two starts."""
    for cut in found["cuts"]:
        print(
            f"Not all can move: {cut['stranded_t']:,.0f} t a year are left at "
            f"{' and '.join(cut['capacity_ids'])}; {cut['bound_t']:,.0f} t have no way round, and "
            "no wait can carry them"
        )
    change = found["cost_change"]
    costs = "loop left open" if change is None else f"change of costs {change:.1e}"
    print(f"Residuals: assignment gap {found['gap']:.1e}, {costs}; {found['iterations']} rounds")
    starts = found["two_starts"]
    free, high = starts["trade_usd"]
    if not starts["agree"]:
        print(
            f"Two answers: {free / 1e6:,.3f} million US$ from empty places, {high / 1e6:,.3f} from "
            "long waits"
        )
    wait = starts["wait_h"]
    apart = abs(wait["high"] - wait["free"]) if wait else 0.0
    print(
        f"Two starts, empty places and long waits: trade {starts['trade_share']:.1e} apart, waits "
        f"at most {apart:.1e} h"
    )


def _probability(summary: dict[str, Any]) -> str:
    """Return the sentence on the share of draws that reach the target."""
    found, asked = summary["probability"], summary["probability_asked"]
    text = f"{found:.0%} of {summary['draws']} draws reach the target"
    if asked is None:
        return f"{text}."
    return f"{text}; {asked:.0%} were asked for: {'met' if found >= asked else 'not met'}."


def _years(texts: list[str]) -> dict[str, int]:
    """Years by measure of ``MEASURE=YEAR``."""
    found: dict[str, int] = {}
    for text in texts:
        measure, equals, year = text.partition("=")
        if not (measure.strip() and equals and year.strip().isdecimal()):
            raise typer.BadParameter(
                f"{text} is not MEASURE=YEAR, for example M038=2028", param_hint="--not-before"
            )
        found[measure.strip()] = int(year)
    return found


def roadmap(
    study: options.Study = options.DEFAULT_STUDY,
    target_usd: Annotated[
        float | None, typer.Option("--target-usd", help="Target; by default the study's.")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="Target year.")] = None,
    budget_usd: Annotated[float | None, typer.Option("--budget-usd", help="Budget, US$.")] = None,
    prices: Annotated[
        str, typer.Option("--prices", help="Basis of the target: current, or a year.")
    ] = "current",
    draws: Annotated[int, typer.Option("--draws", help="Draws for the band.", min=0)] = 0,
    not_before: Annotated[
        list[str] | None,
        typer.Option("--not-before", help="MEASURE=YEAR: it acts no earlier (repeatable)."),
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="Measure to leave out (repeatable).")
    ] = None,
    probability_share: Annotated[
        float | None,
        typer.Option("--probability-share", help="Share of the draws that must reach the target."),
    ] = None,
    no_loop: NoLoop = False,
    workers: Workers = 2,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Find the measures that reach a target, or say that none does and what binds."""
    from opencorridor.operations.roadmap import RoadmapRequest
    from opencorridor.operations.roadmap import run as operation

    request = RoadmapRequest(
        study, target_usd, year, budget_usd, prices, draws, not no_loop, workers,
        _years(not_before or []), tuple(exclude or ()), probability_share,
    )  # fmt: skip
    result = operation(request, progress_lines(quiet))
    if as_json:
        show.print_json(result.as_dict())
    else:
        for line in _headline(result.summary):
            print(line)
        if result.summary["probability"] is not None:
            print(_probability(result.summary))
        chosen = [r for r in result.measures if r["in_plan"]]
        rows = [
            (
                str(r["measure_id"]),
                show.shorten(str(r["title"]), 56),
                str(r["effect_date"]),
                show.number((r["cost_usd"] or 0.0) / 1e6),
                show.number((r["alone_usd_constant"] or 0.0) / 1e6, 2),
            )
            for r in chosen
        ]
        print(show.table(("measure", "title", "acts from", "cost m$", "alone m$"), rows, (3, 4)))
    if not result.reached or result.summary["probability_met"] is False:
        raise typer.Exit(1)
