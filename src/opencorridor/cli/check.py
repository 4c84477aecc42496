"""``opencorridor check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from opencorridor.cli import options, show
from opencorridor.cli.freight_places import print_freight_fit

if TYPE_CHECKING:
    from opencorridor.operations.check import CheckResult
    from opencorridor.routing.fit import Fit

__all__ = ["check", "print_fit"]

EXAMPLES = """Examples:

\b
  opencorridor check
  opencorridor check --study my_corridor --no-fit --json
"""


def check(
    study: options.Study = options.DEFAULT_STUDY,
    fit: Annotated[bool, typer.Option(help="Compare with observations.")] = True,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """List every problem in every table, and the fit to observations."""
    from opencorridor.operations.check import CheckRequest, run

    result = run(CheckRequest(study, fit), progress=lambda text: show.note(f"{text} …", quiet))
    if as_json:
        show.print_json(result.as_dict())
    else:
        _print(result)
    if result.errors:
        raise typer.Exit(2)


def _print(result: CheckResult) -> None:
    for line in show.problem_lines(result.errors, 200):
        print(line)
    for line in show.problem_lines(result.notices, 200):
        print(f"notice: {line}" if not line.startswith(" ") else line)
    print(
        f"{result.checks} checks over {result.rows:,} rows of {result.tables} tables: "
        f"{_count(len(result.errors), 'error')}, {_count(len(result.notices), 'notice')}"
    )
    if result.fit:
        print_fit(result.fit)
    if result.freight:
        print_freight_fit(result.freight)


def _count(n: int, word: str) -> str:
    return f"no {word}s" if n == 0 else f"1 {word}" if n == 1 else f"{n} {word}s"


def print_fit(fit: Fit) -> None:
    """Print errors by group, the worst rows, and what was not counted."""
    if not fit.rows:
        print("No observation is used, so there is no fit.")
        return
    known = f"{fit.calibrated} parameters calibrated" if fit.calibrated else "untuned"
    print(
        f"\nFit to observations, {known}: median absolute error of the model, of the model\n"
        "fitted without a trip's source and corridor, and of a naive rival\n"
        f"(great-circle distance × {fit.naive_speed_km_per_h:g} km/h or "
        f"{fit.naive_rate_usd_per_tkm:g} US$/t-km)"
    )
    rows = [
        (
            line.quantity,
            line.group if line.by == "all" else f"{line.by} {line.group}",
            str(line.rows),
            show.number(line.trips, 1),
            str(line.not_modelled),
            show.percent(line.median_error_share),
            show.percent(line.left_out_error_share),
            show.percent(line.naive_error_share),
            show.percent(line.median_bias_share, sign=True),
        )
        for line in fit.summary
    ]
    head = ("quantity", "group", "rows", "trips", "no way", "model", "left out", "naive", "bias")
    print(show.table(head, rows, right=(2, 3, 4, 5, 6, 7, 8)))
    print("\nFarthest from what was observed")
    worst = [
        (
            row.obs_id,
            row.quantity,
            row.origin_id,
            row.destination_id,
            show.number(row.value, 1),
            show.number(row.modelled, 1),
            show.number(row.left_out, 1),
            show.percent(row.left_out_error, sign=True),
        )
        for row in fit.worst(10)
    ]
    names = ("observation", "quantity", "from", "to", "observed", "modelled", "left out", "error")
    print(show.table(names, worst, right=(4, 5, 6, 7)))
    for row in fit.contradicted:
        print(f"contradicted, not counted: {row.obs_id} {row.quantity}, {row.contradicts}")
    for row in fit.rows:
        if row.reason:
            print(f"not modelled: {row.obs_id} {row.quantity}: {row.reason}")
