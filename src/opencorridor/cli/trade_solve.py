"""``opencorridor trade solve``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from opencorridor.cli import options, show, trade_options

if TYPE_CHECKING:
    from opencorridor.operations.solve_trade import SolveAnswer

__all__ = ["EXAMPLES", "solve"]

EXAMPLES = """Examples:

\b
  opencorridor trade solve flows.csv --theta 5 --change union.csv
  opencorridor trade solve flows.csv --sigma 6 --psi 0.5 --change union.csv --out countries.csv
  opencorridor trade solve panel.csv --year year --at 2019 --theta 5 --change union.csv --json
"""

_SHOWN = 30


Theta = Annotated[
    float | None, typer.Option("--theta", help="Trade elasticity, above 0.", metavar="T")
]
Sigma = Annotated[
    float | None,
    typer.Option("--sigma", help="Elasticity of substitution (theta + 1).", metavar="S"),
]
Psi = Annotated[float, typer.Option("--psi", help="Supply elasticity, 0 or more.", metavar="P")]
Change = Annotated[
    Path | None,
    typer.Option(
        "--change",
        help="CSV of exporter, importer and tau_hat: new over old trade cost factor.",
        metavar="FILE",
    ),
]
Closure = Annotated[
    Literal["fixed_share", "fixed_amount", "balanced", "multiplicative", "fixed_shares"],
    typer.Option("--closure", help="How trade deficits move; see the manual."),
]
Reference = Annotated[
    str | None,
    typer.Option(
        "--reference",
        help="Country whose price index is held; by default world output is.",
        metavar="COUNTRY",
    ),
]
Conditional = Annotated[
    bool, typer.Option("--conditional", help="Output and expenditure stay as they are.")
]
Tau = Annotated[
    str, typer.Option("--tau", help="Column of the factors in --change.", metavar="COL")
]
At = Annotated[
    str | None, typer.Option("--at", help="The year to take, with --year.", metavar="YEAR")
]
Out = Annotated[
    Path | None, typer.Option("--out", help="CSV to write the countries to.", metavar="FILE")
]
OutFlows = Annotated[
    Path | None,
    typer.Option("--out-flows", help="CSV to write trade by pair to.", metavar="FILE"),
]


def solve(
    file: trade_options.File,
    theta: Theta = None,
    sigma: Sigma = None,
    psi: Psi = 0.0,
    change: Change = None,
    closure: Closure = "fixed_share",
    reference: Reference = None,
    conditional: Conditional = False,
    exporter: trade_options.Exporter = "exporter",
    importer: trade_options.Importer = "importer",
    trade: trade_options.Trade = "trade",
    tau: Tau = "tau_hat",
    year: trade_options.Year = None,
    at: At = None,
    iso: trade_options.Iso = False,
    out: Out = None,
    out_flows: OutFlows = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    force: options.Force = False,
) -> None:
    """Solve for the equilibrium of trade after a change of trade costs.

    The file holds trade by pair and each country's sales at home (exporter = importer).
    """
    from opencorridor.operations.solve_trade import SolveRequest, solve_trade

    answer = solve_trade(
        SolveRequest(
            flows=file,
            changes=change,
            theta=theta,
            sigma=sigma,
            psi=psi,
            closure=closure,
            reference=reference,
            conditional=conditional,
            exporter=exporter,
            importer=importer,
            trade=trade,
            tau_hat=tau,
            year=year,
            at=at,
            iso=iso,
            out=out,
            out_flows=out_flows,
            force=force,
        )
    )
    for notice in answer.notices:
        show.note(f"Notice: {notice}", quiet)
    if as_json:
        show.print_json(_values(answer))
    else:
        _print(answer)
    for path in (out, out_flows):
        if path is not None:
            show.note(f"Wrote {path}", quiet)


def _values(answer: SolveAnswer) -> dict[str, Any]:
    result = answer.result
    return {
        "schema_version": 1,
        "closure": result.closure,
        "conditional": result.conditional,
        "pairs_changed": answer.changed,
        "residual": result.residual,
        "market_residual": result.market_residual,
        "iterations": result.iterations,
        "converged": result.converged,
        "countries": answer.countries(),
        "notices": [notice.as_dict() for notice in answer.notices],
    }


def _print(answer: SolveAnswer) -> None:
    def change(hat: float | None) -> str:
        return show.percent(None if hat is None else hat - 1.0, sign=True)

    rows = sorted(answer.countries(), key=lambda row: -abs(row["welfare_hat"] - 1.0))
    cells = [
        [
            row["country"],
            change(row["welfare_hat"]),
            change(row["real_output_hat"]),
            change(row["exports_hat"]),
            change(row["imports_hat"]),
            change(row["price_hat"]),
        ]
        for row in rows[:_SHOWN]
    ]
    head = ["country", "welfare", "real output", "exports", "imports", "prices"]
    print(show.table(head, cells, right=range(1, 6)))
    if len(rows) > _SHOWN:
        print(f"... and {len(rows) - _SHOWN} more countries: --json or --out")
    result = answer.result
    print(
        f"{'Conditional: output given' if result.conditional else 'Full equilibrium'}, "
        f"{result.closure}; costs of {answer.changed} pairs changed; residual "
        f"{result.market_residual:.1e} after {result.iterations} steps"
    )
