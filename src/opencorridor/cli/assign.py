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
  opencorridor assign --gmns folder --model so --skim times.omx
  opencorridor assign --tntp city --model sue --theta 0.5 --gap 1e-10
  opencorridor assign --gmns folder --capacities bounds.csv --classes classes.csv
  opencorridor assign --tntp city --routes routes.csv
  opencorridor assign --tntp city --close 17 --warm routes.csv
"""

_KINDS = {
    "ue": "User equilibrium", "so": "System optimum", "sue": "Stochastic user equilibrium",
}  # fmt: skip
# Links with queues that are printed.
_LISTED = 20
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
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="ue: equilibrium of users (as it is without); so: least total cost; "
        "sue: stochastic equilibrium, with --theta.",
        metavar="ue|so|sue",
    ),
]
SystemOptimum = Annotated[bool, typer.Option("--system-optimum", help="The same as --model so.")]
Theta = Annotated[
    float | None,
    typer.Option("--theta", help="Utility lost by one unit of cost, for sue.", metavar="T"),
]
PathSize = Annotated[
    float,
    typer.Option(
        "--path-size", help="Weight of the logarithm of the path size, for sue.", metavar="W"
    ),
]
RouteRatio = Annotated[
    float,
    typer.Option(
        "--route-ratio",
        help="Routes offered to sue cost at most so many times the cheapest.",
        metavar="R",
    ),
]
MostRoutes = Annotated[
    int, typer.Option("--most-routes", help="Routes sought for a pair, for sue.", metavar="N")
]
HardCapacity = Annotated[
    bool,
    typer.Option("--hard-capacity", help="No link passes more than its capacity: queues stand."),
]
Capacities = Annotated[
    Path | None,
    typer.Option(
        "--capacities",
        help="Hard capacities of some links, .csv: link_id, capacity.",
        metavar="FILE",
    ),
]
Classes = Annotated[
    Path | None,
    typer.Option(
        "--classes",
        help="Several classes, .csv: class, file, matrix, share, toll_weight, distance_weight.",
        metavar="FILE",
    ),
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
Matrix = Annotated[
    str | None,
    typer.Option("--matrix", help="Matrix of an OMX file that has several.", metavar="NAME"),
]
Close = Annotated[
    list[str] | None,
    typer.Option("--close", help="Links that carry nothing, joined by commas.", metavar="LINK,..."),
]
Warm = Annotated[
    Path | None,
    typer.Option("--warm", help="Begin with the routes that --routes wrote, .csv.", metavar="FILE"),
]
Routes = Annotated[
    Path | None,
    typer.Option("--routes", help="Used routes and their flows, .csv, for --warm.", metavar="FILE"),
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
    model: Model = None,
    system_optimum: SystemOptimum = False,
    theta: Theta = None,
    path_size: PathSize = 0.0,
    route_ratio: RouteRatio = 2.0,
    most_routes: MostRoutes = 10,
    hard_capacity: HardCapacity = False,
    capacities: Capacities = None,
    classes: Classes = None,
    time_limit: TimeLimit = None,
    max_iterations: Iterations = 1000,
    demand: Demand = None,
    matrix: Matrix = None,
    close: Close = None,
    warm: Warm = None,
    out: Out = None,
    skim: Skim = None,
    routes: Routes = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    force: options.Force = False,
) -> None:
    """Assign traffic to a network in a standard format, with or without hard capacities."""
    from opencorridor.operations.assign import AssignRequest, assign_traffic

    if system_optimum and model not in (None, "so"):
        raise typer.BadParameter("it is --model so", param_hint="--system-optimum")
    answer = assign_traffic(
        AssignRequest(
            tntp=tntp,
            gmns=gmns,
            gap=gap,
            time_limit_s=time_limit,
            max_iterations=max_iterations,
            toll_weight=toll_weight,
            distance_weight=distance_weight,
            model=model or ("so" if system_optimum else "ue"),
            theta=theta,
            path_size=path_size,
            route_ratio=route_ratio,
            most_routes=most_routes,
            hard_capacity=hard_capacity,
            capacities=capacities,
            classes=classes,
            demand=demand,
            matrix=matrix,
            close=options.split(close),
            warm=warm,
            out=out,
            skim=skim,
            routes=routes,
            force=force,
        )
    )
    for notice in answer.network.notices:
        show.note(f"Notice: {notice}", quiet)
    if as_json:
        show.print_json(answer.values())
    else:
        _print(answer)
    for path in (out, skim, routes):
        if path is not None:
            show.note(f"Wrote {path}", quiet)
    if answer.exit_code:
        raise typer.Exit(answer.exit_code)


def _print(answer: AssignAnswer) -> None:
    values, result = answer.values(), answer.result
    kind = _KINDS[result.model]
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
    if result.model == "sue":
        rows[0][0] = "off logit shares"
        rows[1:1] = [["theta", f"{values['theta']:g}"], ["routes offered", f"{result.n_route}"]]
    if values["hard_capacities"]:
        rows += [["hard capacities", f"{values['hard_capacities']}"],
                 ["missed by at most", f"{result.over_capacity:.1e}"],
                 ["total queue", f"{values['queue_total']:.10g}"]]  # fmt: skip
    print(show.table(["", ""], rows, right=(1,)))
    if values["queues"]:
        head = ["link", "from", "to", "capacity", "queue", "times flow"]
        lines = [
            [q["link_id"], q["from_node_id"], q["to_node_id"], f"{q['capacity']:.10g}",
             f"{q['queue']:.6g}", f"{q['queue_total']:.6g}"]
            for q in values["queues"][:_LISTED]
        ]  # fmt: skip
        print(show.table(head, lines, right=(3, 4, 5)))
        if len(values["queues"]) > _LISTED:
            print(f"and {len(values['queues']) - _LISTED} more links with queues")
    print(_ENDS[result.reason])
