"""``opencorridor trade potential``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from opencorridor.cli import options, show
from opencorridor.cli.trade_options import Exporter, Importer, Trade

__all__ = ["EXAMPLES", "potential"]

EXAMPLES = """Examples:

\b
  opencorridor trade potential A B
  opencorridor trade potential A B --sector S0 --json
  opencorridor trade potential A B --set border_hours=6 --set tariff_b=0.045
  opencorridor trade potential A B --flows flows.csv --distance dist --contiguous cntg
"""

_STEPS = {
    "potential": "Potential",
    "transport": "Transport beyond distance",
    "tariff": "Tariffs",
    "non_tariff": "Non-tariff measures",
    "not_explained": "Not explained: payments, sanctions, information",
    "actual": "Actual",
}


def potential(
    a: Annotated[str, typer.Argument(metavar="A", help="A country: code or name.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The other country.")],
    sector: Annotated[
        str | None,
        typer.Option("--sector", help="Only this sector (with --flows: its column).", metavar="S"),
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
    values = _of_study(study, (a, b), sector, turn or [], quiet)
    if as_json:
        show.print_json(values)
    else:
        _print_study(values)


def _of_study(
    study: str, pair: tuple[str, str], sector: str | None, turned: list[str], quiet: bool
) -> dict[str, Any]:
    """Return the potential of a pair in a study, with what levers do where any is turned."""
    from opencorridor.operations.levers import LeversAsk, turn
    from opencorridor.operations.potential import of_sector, potential
    from opencorridor.operations.workbench.session import session_of

    show.note("Estimating", quiet)
    session = session_of(study)
    asked = tuple(_lever(text) for text in turned)
    values = of_sector(potential(session, *pair), sector).as_dict()
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


def _millions(value: float | None) -> str:
    return show.number(None if value is None else value / 1e6, 1)


def _print_study(values: dict[str, Any]) -> None:
    names = [values["names"][country]["en"] for country in values["pair"]]
    print(show.bold(f"{names[0]} and {names[1]}, million {values['price_basis']}"))
    band = f"{_millions(values['low'])} to {_millions(values['high'])}"
    print(f"Actual {_millions(values['actual_usd_current'])}, potential "
          f"{_millions(values['potential_usd_current'])} ({band} by ways to estimate)")  # fmt: skip
    near = values["comparable"]
    if near["rank_share"] is not None:
        print(
            f"Actual over expected {near['pair_share']:.2f}; of {near['pairs']} pairs of that size "
            f"{show.percent(near['rank_share'])} stand lower, the middle half at "
            f"{near['p25']:.2f} to {near['p75']:.2f}"
        )
    rows = [
        [_STEPS[s["step"]], *map(_millions, (s["value_usd_current"], s["low"], s["high"]))]
        for s in values["waterfall"]
    ]
    print("\n" + show.table(["step", "value", "low", "high"], rows, right=(1, 2, 3)))
    _print_sectors(values["sectors"], names)
    if "turned" in values:
        _print_turned(values["turned"])


def _print_sectors(rows: list[dict[str, Any]], names: list[str]) -> None:
    arrow = {"a_to_b": f"to {names[1]}", "b_to_a": f"to {names[0]}"}
    cells = [
        [
            row["name"]["en"],
            arrow[row["direction"]],
            *(_millions(row[f"{k}_usd_current"]) for k in ("actual", "potential", "gap")),
            show.percent(row["tariff_share"]),
            show.percent(row["delivered_cost_share"]),
        ]
        for row in rows
    ]
    head = ["sector", "direction", "actual", "potential", "gap", "tariff", "delivery"]
    print("\n" + show.table(head, cells, right=(2, 3, 4, 5, 6)))


def _print_turned(found: dict[str, Any]) -> None:
    band = f"{_millions(found['low'])} to {_millions(found['high'])}"
    print(f"\nWith the levers: {_millions(found['trade_usd_current'])} ({band}) from "
          f"{_millions(found['baseline_usd_current'])}; trade with others "
          f"{_millions(found['diverted_usd_current'])}")  # fmt: skip
    rows = [
        [one["lever_id"], *map(_millions, (one["usd_current"], one["low"], one["high"]))]
        for one in found["by_lever"]
    ]
    print(show.table(["lever", "adds", "low", "high"], rows, right=(1, 2, 3)))


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
