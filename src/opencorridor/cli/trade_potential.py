"""``opencorridor trade potential``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from opencorridor.cli import options, show
from opencorridor.cli.trade_options import Exporter, Importer, Trade
from opencorridor.cli.trade_potential_print import print_study

__all__ = ["EXAMPLES", "potential"]

EXAMPLES = """Examples:

\b
  opencorridor trade potential A B
  opencorridor trade potential A B --sector S0 --json
  opencorridor trade potential A B --products
  opencorridor trade potential A B --book UNCTAD
  opencorridor trade potential A B --set border_hours=6 --set tariff_b=0.045
  opencorridor trade potential A B --flows flows.csv --distance dist --contiguous cntg
"""


def potential(
    a: Annotated[str, typer.Argument(metavar="A", help="A country: code or name.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The other country.")],
    sector: Annotated[
        str | None,
        typer.Option("--sector", help="Only this sector (with --flows: its column).", metavar="S"),
    ] = None,
    products: Annotated[
        bool, typer.Option("--products", help="Goods within the sectors, by advantage too.")
    ] = False,
    book: Annotated[
        str | None,
        typer.Option("--book", help="Whose books say what is traded.", metavar="BOOK"),
    ] = None,
    turn: Annotated[
        list[str] | None,
        typer.Option("--set", help="Turn a lever, such as border_hours=6.", metavar="LEVER=X"),
    ] = None,
    flows: Annotated[
        Path | None,
        typer.Option("--flows", help="A table of your own instead of a study.", metavar="FILE"),
    ] = None,
    exporter: Exporter = "exporter",
    importer: Importer = "importer",
    trade: Trade = "trade",
    distance: Annotated[
        str, typer.Option("--distance", help="Column of the distance.", metavar="COLUMN")
    ] = "distance",
    contiguous: Annotated[
        str | None,
        typer.Option("--contiguous", help="Column: 1 for a common border.", metavar="COLUMN"),
    ] = None,
    study: options.Study = options.DEFAULT_STUDY,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what two countries could trade, why they trade less, and what levers would do."""
    if flows is not None:
        from opencorridor.operations.potential_table import TableRequest, potential_of_table

        columns = (exporter, importer, trade, distance, contiguous, sector)
        own = potential_of_table(TableRequest(flows, a, b, *columns)).as_dict()
        if as_json:
            show.print_json(own)
        else:
            _print_table(own)
        return
    values = _of_study(study, (a, b), sector, book, turn or [], quiet)
    if as_json:
        show.print_json(values)
    else:
        print_study(values, products)


def _of_study(
    study: str,
    pair: tuple[str, str],
    sector: str | None,
    book: str | None,
    turned: list[str],
    quiet: bool,
) -> dict[str, Any]:
    """Return the potential of a pair in a study, with what levers do where any is turned."""
    from opencorridor.operations.levers import LeversAsk, turn
    from opencorridor.operations.potential import of_sector, potential
    from opencorridor.operations.workbench.session import session_of

    show.note("Estimating", quiet)
    session = session_of(study)
    asked = tuple(_lever(text) for text in turned)
    values = of_sector(potential(session, *pair, book), sector).as_dict()
    if asked:
        values["turned"] = turn(session, LeversAsk(pair, asked)).as_dict()
    return values


def _lever(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        message = f"{text} is no lever with a value, such as border_hours=6"
        raise typer.BadParameter(message, param_hint="--set") from None


def _print_table(values: dict[str, Any]) -> None:
    print(show.bold(f"{values['pair'][0]} and {values['pair'][1]}, in the unit of the table"))
    print(f"{values['rows']} rows, {values['countries']} countries")
    band = f"{show.number(values['low'], 1)} to {show.number(values['high'], 1)}"
    print(f"Actual {show.number(values['actual'], 1)}, potential "
          f"{show.number(values['potential'], 1)} ({band})")  # fmt: skip
    cells = [
        [row["sector"], row["direction"].replace("_", " "),
         *(show.number(row[k], 1) for k in ("actual", "potential", "gap", "export_potential")),
         show.number(row["rca"], 2)]
        for row in values["sectors"]
    ]  # fmt: skip
    head = ["sector", "direction", "actual", "potential", "gap", "supply x demand x ease", "RCA"]
    print("\n" + show.table(head, cells, right=(2, 3, 4, 5, 6)))
