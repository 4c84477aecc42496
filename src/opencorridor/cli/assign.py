"""``opencorridor assign``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from opencorridor.cli import options, show

if TYPE_CHECKING:
    from opencorridor.operations.assign import AssignAnswer

__all__ = ["EXAMPLES", "assign"]

EXAMPLES = """Examples:

\b
  opencorridor assign --tntp SiouxFalls --gap 1e-10 --json
  opencorridor assign --tntp city --toll-weight 0.02 --distance-weight 0.04 --out flows.csv
  opencorridor assign --gmns folder --system-optimum --skim times.omx
"""

_ENDS = {
    "gap": "The gap was reached",
    "time": "Stopped at the time limit; these are the best flows found",
    "stalled": "The solver stalls: the gap falls no further. These are the best flows found",
    "iterations": "Stopped at the last iteration allowed; these are the best flows found",
}

Tntp = Annotated[
    Path | None,
    typer.Option("--tntp", help="Folder with *_net.tntp and *_trips.tntp.", metavar="FOLDER"),
]
Gmns = Annotated[
    Path | None,
    typer.Option(
        "--gmns", help="Folder with node.csv, link.csv and demand.csv or .omx.", metavar="FOLDER"
    ),
]
Gap = Annotated[float, typer.Option("--gap", help="Relative gap to reach.", metavar="G")]
TollWeight = Annotated[
    float, typer.Option("--toll-weight", help="Time that one unit of toll costs.", metavar="W")
]
DistanceWeight = Annotated[
    float,
    typer.Option("--distance-weight", help="Time that one unit of length costs.", metavar="W"),
]
SystemOptimum = Annotated[
    bool, typer.Option("--system-optimum", help="Minimise the total cost instead.")
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit", help="Seconds; then the best flows, and exit code 3.", metavar="S", min=0.0
    ),
]
Iterations = Annotated[
    int, typer.Option("--max-iterations", help="Most rounds of new routes.", metavar="N", min=1)
]
Demand = Annotated[
    Path | None,
    typer.Option("--demand", help="OMX file with the demand instead.", metavar="FILE"),
]
Close = Annotated[
    list[str] | None,
    typer.Option("--close", help="Links that carry nothing, joined by commas.", metavar="LINK,..."),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Link flows, .csv or .tntp.", metavar="FILE")
]
Skim = Annotated[
    Path | None,
    typer.Option("--skim", help="Cost, time and length between zones, .omx.", metavar="FILE"),
]


def assign(
    tntp: Tntp = None,
    gmns: Gmns = None,
    gap: Gap = 1e-6,
    toll_weight: TollWeight = 0.0,
    distance_weight: DistanceWeight = 0.0,
    system_optimum: SystemOptimum = False,
    time_limit: TimeLimit = None,
    max_iterations: Iterations = 1000,
    demand: Demand = None,
    close: Close = None,
    out: Out = None,
    skim: Skim = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    force: options.Force = False,
) -> None:
    """Assign traffic to a network in a standard format: equilibrium of users, or least cost."""
    from opencorridor.operations.assign import AssignRequest, assign_traffic

    answer = assign_traffic(
        AssignRequest(
            tntp=tntp,
            gmns=gmns,
            gap=gap,
            time_limit_s=time_limit,
            max_iterations=max_iterations,
            toll_weight=toll_weight,
            distance_weight=distance_weight,
            system_optimum=system_optimum,
            demand=demand,
            close=options.split(close),
            out=out,
            skim=skim,
            force=force,
        )
    )
    for notice in answer.network.notices:
        show.note(f"Notice: {notice}", quiet)
    if as_json:
        show.print_json(answer.values())
    else:
        _print(answer)
    for path in (out, skim):
        if path is not None:
            show.note(f"Wrote {path}", quiet)
    if answer.exit_code:
        raise typer.Exit(answer.exit_code)


def _print(answer: AssignAnswer) -> None:
    values, result = answer.values(), answer.result
    kind = "System optimum" if result.system_optimum else "User equilibrium"
    print(f"{kind} of {values['network']}: {values['zones']} zones, {values['links']} links")
    rows = [
        ["relative gap", f"{result.gap:.2e}"],
        ["objective", f"{result.objective:.10g}"],
        ["total time", f"{result.tstt:.10g}"],
        ["total cost", f"{result.total_cost:.10g}"],
        ["toll weight", f"{values['toll_weight']:g}"],
        ["distance weight", f"{values['distance_weight']:g}"],
        ["iterations", f"{result.iterations}"],
        ["seconds", f"{result.seconds:.3f}"],
    ]
    print(show.table(["", ""], rows, right=(1,)))
    print(_ENDS[result.reason])
