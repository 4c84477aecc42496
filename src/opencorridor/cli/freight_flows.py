"""``opencorridor freight flows``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from opencorridor.cli import options, show

__all__ = ["EXAMPLES", "flows"]

EXAMPLES = """Examples:

\b
  opencorridor freight flows --study teaching
  opencorridor freight flows --by country
  opencorridor freight flows --at "Incheh Borun" --json
  opencorridor freight flows --by link --goods pair --plain
"""
_NAMES = {
    "link": ("link_id", "mode", "country"), "crossing": ("place_id", "place_kind"),
    "mode": ("mode",), "country": ("country",), "pair": ("exporter", "importer"),
    "class": ("class_id",), "transit": ("country", "charge", "at"),
}  # fmt: skip
_FIGURES = {
    "t_per_year": "t", "teu_per_year": "TEU", "tkm_per_year": "tkm",
    "carriage_usd_per_year": "carriage US$", "fee_usd_per_year": "fees US$", "t_h_per_year": "t·h",
    "wait_t_h_per_year": "queue t·h", "co2_t_per_year": "t CO2e",
    "transit_t_per_year": "transit t", "transit_usd_per_year": "transit US$",
    "usd_per_year": "US$",
}  # fmt: skip
_LISTED = 20


def flows(
    by: Annotated[
        str | None,
        typer.Option("--by", help="link, crossing, mode, country, pair, class or transit.",
                     metavar="WORD"),
    ] = None,
    at: Annotated[
        str, typer.Option("--at", help="Only goods over this crossing, port or link.",
                          metavar="PLACE"),
    ] = "",
    goods: Annotated[
        str, typer.Option("--goods", help="all, pair, a_to_b or b_to_a.", metavar="WORD")
    ] = "all",
    commodity: Annotated[
        str, typer.Option("--commodity", help="Only this class, by its id.", metavar="ID")
    ] = "",
    mode: Annotated[
        str, typer.Option("--mode", help="Only goods that use this mode.", metavar="MODE")
    ] = "",
    doors: Annotated[
        str,
        typer.Option("--doors", help="Country whose doors the chains pass.", metavar="COUNTRY"),
    ] = "",
    close: Annotated[
        list[str] | None,
        typer.Option("--close", help="A crossing, terminal or link that is shut.", metavar="ID"),
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="A later year.", metavar="Y")] = None,
    study: options.Study = options.DEFAULT_STUDY,
    as_json: options.Json = False,
    plain: options.Plain = False,
    quiet: options.Quiet = False,
) -> None:  # fmt: skip
    """Say what moves over the network, whose goods they are, and what transit earns."""
    from opencorridor.operations import freight_flows
    from opencorridor.operations.flow_select import Wanted
    from opencorridor.operations.workbench.session import session_of

    show.note("Following the goods …", quiet)
    ask = freight_flows.FlowsAsk(
        Wanted(at, goods, commodity, mode=mode), {"closed": close or [], "year": year}, doors
    )
    session = session_of(study)
    if by is not None:
        rows = freight_flows.table(session, ask, by)
        _print_rows(by, rows, as_json, plain)
        return
    found = freight_flows.flows(session, ask)
    if as_json:
        show.print_json({"schema_version": 1, **found})
    elif plain:
        _print_rows("pair", found["pairs"], as_json, plain)
    else:
        _print_flows(found)


def _print_rows(by: str, rows: Sequence[Mapping[str, Any]], as_json: bool, plain: bool) -> None:
    if as_json:
        show.print_json({"schema_version": 1, "by": by, "rows": list(rows)})
    elif plain:
        names = list(rows[0]) if rows else []
        show.print_plain([names, *([row[name] for name in names] for row in rows)])
    else:
        print(_table(by, rows[:_LISTED]))
        if len(rows) > _LISTED:
            print(f"... and {len(rows) - _LISTED} more: --plain or --json lists all")


def _table(by: str, rows: Sequence[Mapping[str, Any]]) -> str:
    names = _NAMES[by]
    figures = [c for c in _FIGURES if rows and c in rows[0]]
    cells = [
        [*(str(row[name]) for name in names), *(show.number(row[c]) for c in figures)]
        for row in rows
    ]
    head = [name.removesuffix("_id").replace("_", " ") for name in names]
    right = range(len(names), len(names) + len(figures))
    return show.table([*head, *(_FIGURES[c] for c in figures)], cells, tuple(right))


def _print_flows(found: Mapping[str, Any]) -> None:
    total = found["total"]
    where = f" over {found['at']}" if found["at"] else ""
    print(show.bold(f"{show.number(total['t_per_year'])} t a year{where}, {found['year']}, "
                    f"{found['price_basis']}"))  # fmt: skip
    if total["t_per_year"]:
        third = 1.0 - total["own_t_per_year"] / total["t_per_year"]
        print(f"{show.percent(third)} of it is not between the two countries of the study")
    for by, rows in (("mode", found["modes"]), ("pair", found["pairs"]),
                     ("class", found["classes"]), ("country", found["countries"])):  # fmt: skip
        print(f"\nBy {by}")
        print(_table(by, rows[:_LISTED]))
