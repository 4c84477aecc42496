"""``opencorridor trade estimate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from opencorridor.cli import options, show, trade_options

if TYPE_CHECKING:
    from opencorridor.operations.estimate import EstimateAnswer

__all__ = ["EXAMPLES", "estimate"]

EXAMPLES = """Examples:

\b
  opencorridor trade estimate flows.csv --regressors "log(dist),contig"
  opencorridor trade estimate flows.csv --exporter iso_o --importer iso_d --trade value
    --regressors rta --effects exporter-year,importer-year,pair --correct-bias
"""

Regressors = Annotated[
    list[str],
    typer.Option(
        "--regressors", help="Columns, joined by commas; log(COLUMN) takes the logarithm.",
        metavar="COLUMN,...",
    ),
]  # fmt: skip
Effects = Annotated[
    list[str] | None,
    typer.Option(
        "--effects",
        help="exporter-year, importer-year (both by default), pair, symmetric-pair, exporter, "
        "importer, year, a column, or none.",
        metavar="NAME,...",
    ),
]
Method = Annotated[
    str, typer.Option("--method", help="ppml (trade) or ols (logarithm of trade).", metavar="NAME")
]
Errors = Annotated[
    str,
    typer.Option(
        "--errors", help="Standard errors: classic, robust, or clustered by an effect or column.",
        metavar="NAME",
    ),
]  # fmt: skip
CorrectBias = Annotated[
    bool,
    typer.Option("--correct-bias", help="Take the bias off three-way PPML and its errors."),
]
Singletons = Annotated[
    bool, typer.Option("--keep-singletons", help="Keep rows that are alone in an effect.")
]
Reset = Annotated[
    bool, typer.Option("--reset", help="Test the form of the model (RESET); takes as long again.")
]


def estimate(
    file: trade_options.File,
    regressors: Regressors,
    effects: Effects = None,
    method: Method = "ppml",
    errors: Errors = "pair",
    correct_bias: CorrectBias = False,
    keep_singletons: Singletons = False,
    reset: Reset = False,
    exporter: trade_options.Exporter = "exporter",
    importer: trade_options.Importer = "importer",
    year: trade_options.Year = None,
    trade: trade_options.Trade = "trade",
    iso: trade_options.Iso = False,
    as_json: options.Json = False,
    plain: options.Plain = False,
    quiet: options.Quiet = False,
) -> None:
    """Estimate gravity on a table of flows: what distance, borders and policy do to trade."""
    from opencorridor.operations.estimate import EstimateRequest, run

    chosen = ("exporter-year", "importer-year") if effects is None else options.split(effects)
    show.note("Estimating …", quiet)
    answer = run(
        EstimateRequest(
            file, options.split(regressors), () if chosen == ("none",) else chosen, method, errors,
            correct_bias, keep_singletons, exporter, importer, year, trade, iso, reset,
        )
    )  # fmt: skip
    if as_json:
        show.print_json({"schema_version": 1, **answer.as_dict()})
    elif plain:
        rows = answer.rows()
        names = list(rows[0]) if rows else ["variable"]
        show.print_plain([names, *(list(row.values()) for row in rows)])
    else:
        _print(answer)


def _print(answer: EstimateAnswer) -> None:
    found = answer.estimate
    what = "Poisson (PPML)" if found.method == "ppml" else "logarithms (OLS)"
    if found.bias is not None:
        what += ", bias corrected"
    effects = ", ".join(found.effects) or "none"
    print(show.bold(f"Gravity on {answer.file}: {what}"))
    print(f"Effects: {effects}. Standard errors: {_errors(answer)}.\n")
    head = ["", "estimate", "std. error", "z", "p", "95 %"]
    rows = [
        (
            row["variable"], show.number(row["estimate"], 7), show.number(row["std_error"], 7),
            show.number(row["z"], 2), show.number(row["p"], 3),
            f"{show.number(row['low'], 3)} to {show.number(row['high'], 3)}",
        )
        for row in answer.rows()
    ]  # fmt: skip
    print(show.table(head, rows, right=(1, 2, 3, 4, 5)))
    print()
    for line in _notes(answer):
        print(line)


def _errors(answer: EstimateAnswer) -> str:
    found = answer.estimate
    if not found.clusters:
        return found.errors
    return f"by {found.errors}, {show.number(found.clusters)} clusters"


def _notes(answer: EstimateAnswer) -> list[str]:
    values = answer.as_dict()
    lines = [f"{values['rows_read']:,} rows read, {values['rows_used']:,} used"]
    lines += [f"  {one['count']:,} left out: {one['text']}" for one in values["rows_dropped"]]
    lines += [
        f"{name} has no coefficient: {why}" for name, why in values["regressors_dropped"].items()
    ]
    if answer.estimate.bias is not None:
        taken = (f"{row['variable']} {row['bias']:+.7f}" for row in answer.rows())
        lines.append(f"Bias taken off: {', '.join(taken)}")
    if values["groups"] > 1:
        lines.append(
            f"{values['groups']} groups of countries never trade with each other: effects of "
            "different groups cannot be compared"
        )
    ppml = values["method"] == "ppml"
    lines.append(
        f"{'Deviance' if ppml else 'Sum of squares'} {values['deviance']:.10g}, log "
        f"{'pseudo-' if ppml else ''}likelihood {values['log_likelihood']:.10g}, "
        f"{'pseudo-' if ppml else ''}R2 {values['pseudo_r2']:.4f}"
    )
    if answer.reset is not None:
        lines.append(f"RESET: p {answer.reset.p:.3f} (small: the form does not fit)")
    lines += [str(problem) for problem in answer.notices]
    return lines
