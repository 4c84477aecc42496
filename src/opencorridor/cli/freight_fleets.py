"""``opencorridor freight fleets``."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from opencorridor.cli import options, show

__all__ = ["EXAMPLES", "fleets"]

EXAMPLES = """Examples:

\b
  opencorridor freight fleets
  opencorridor freight fleets --add KZ-PLATFORM=500
  opencorridor freight fleets --empties
  opencorridor freight fleets --add KZ-PLATFORM=-1500 --json
"""

_COLUMNS = ("fleet_id", "unit", "count", "needed", "utilisation_share", "t_per_year",
            "loads_per_day", "trip_days", "wait_h", "usd_per_unit_day")  # fmt: skip
_HEADS = ("fleet", "unit", "units", "needed", "busy %", "Mt a year", "loads a day", "days a trip",
          "wait h", "US$ a unit-day")  # fmt: skip
# Countries that are printed for each kind of unit.
_MOST = 6
_UNIT_HEADS = ("unit", "loaded a day", "loaded a year", "empty a year", "empty km %")
_BALANCE_HEADS = ("unit", "country", "loaded out", "loaded in", "left over")


def _added(values: list[str] | None) -> tuple[tuple[str, float], ...]:
    """Return fleets and units from FLEET=N.

    Raises
    ------
    OpenCorridorError
        For every text that is not one.
    """
    from opencorridor.study import OpenCorridorError, Problem

    out, problems = [], []
    for text in values or []:
        fleet, _, number = text.rpartition("=")
        try:
            out.append((fleet.strip(), float(number)))
        except ValueError:
            fleet = ""
        if not fleet.strip():
            problems.append(
                Problem("bad_fleet", f"{text!r} names no fleet and number", value=text,
                        expected="FLEET=N", mend="write --add FLEET=500")
            )  # fmt: skip
    if problems:
        raise OpenCorridorError(problems)
    return tuple(out)


def _number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else show.number(value, digits)


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    share = row["utilisation_share"]
    return (
        str(row["fleet_id"]),
        str(row["unit"]),
        _number(row["count"]),
        _number(row["needed"]),
        "–" if share is None else show.number(100 * share, 1),
        show.number(row["t_per_year"] / 1e6, 2),
        _number(row["loads_per_day"], 1),
        _number(row["trip_days"], 1),
        _number(row["wait_h"], 1),
        _number(row["usd_per_unit_day"], 2),
    )


def _effect_lines(effect: dict[str, Any], basis: str) -> list[str]:
    trade = (effect["trade_usd"] - effect["baseline_usd"]) / 1e6
    tonnes = (effect["fleets_t_per_year"] - effect["baseline_fleets_t_per_year"]) / 1e3
    lines = [
        f"Goods in fleets {tonnes:+,.1f} kt a year, trade of the pair {trade:+,.2f} million US$ a "
        f"year ({basis}).",
        f"Time of the goods of today {effect['extra_hours_t_h'] / 1e6:+,.2f} million tonne-hours, "
        f"cost {effect['extra_cost_usd'] / 1e6:+,.2f} million US$; solved in "
        f"{effect['seconds']:.2f} s.",
    ]
    if abs(tonnes) < 0.05 and abs(trade) < 0.005:
        lines.append("Nothing moves: no fleet is short, neither before nor with the change.")
    return lines


def _print_empties(found: dict[str, Any]) -> None:
    rows = [
        (
            r["unit"],
            show.number(r["loaded_per_day"], 1),
            show.number(r["loaded_per_year"]),
            show.number(r["empty_per_year"]),
            _number(None if r["empty_km_share"] is None else 100 * r["empty_km_share"], 1),
        )
        for r in found["units"]
    ]
    print(show.table(_UNIT_HEADS, rows, (1, 2, 3, 4)))
    lines: list[tuple[str, ...]] = []
    listed: Counter[str] = Counter()
    for r in found["balance"]:
        listed[r["unit"]] += 1
        if listed[r["unit"]] <= _MOST:
            lines.append((r["unit"], r["country_id"], show.number(r["loaded_out"]),
                          show.number(r["loaded_in"]), show.number(r["left_over"])))  # fmt: skip
    print(show.table(_BALANCE_HEADS, lines, (2, 3, 4)))
    print("Left over: units that came loaded and go back empty a year; negative: lacking. "
          f"The {_MOST} countries with most of each; all: --json.")  # fmt: skip


def fleets(
    add: Annotated[
        list[str] | None,
        typer.Option("--add", help="Units to add to a fleet, or to take away.", metavar="FLEET=N"),
    ] = None,
    empties: Annotated[
        bool, typer.Option("--empties", help="Boxes, wagons and trucks, and their empties.")
    ] = False,
    study: options.Study = options.DEFAULT_STUDY,
    as_json: options.Json = False,
    plain: options.Plain = False,
) -> None:
    """Say how busy wagons, boxes and ships are, and what more of them would move."""
    from opencorridor.operations.freight_empties import empties as all_empties
    from opencorridor.operations.freight_fleets import FleetsRequest, run
    from opencorridor.operations.workbench.session import session_of

    found = run(FleetsRequest(study, _added(add))).as_dict()
    if empties:
        found["empties"] = all_empties(session_of(study)).as_dict()
    if as_json:
        show.print_json(found)
        return
    rows = found["after"] or found["fleets"]
    if plain:
        show.print_plain([_COLUMNS, *([row[c] for c in _COLUMNS] for row in rows)])
        return
    if not rows:
        print("This study has no fleets: goods are never short of units.")
    else:
        print(show.table(_HEADS, [_line(r) for r in rows], tuple(range(2, 10))))
    if found["effect"]:
        print("\n".join(_effect_lines(found["effect"], found["price_basis"])))
    if empties:
        _print_empties(found["empties"])
