"""``opencorridor corridors`` and ``opencorridor reach``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opencorridor.cli import options, show

if TYPE_CHECKING:
    from opencorridor.study import Study

__all__ = ["CORRIDORS_EXAMPLES", "REACH_EXAMPLES", "corridors", "reach"]

CORRIDORS_EXAMPLES = """Examples:

\b
  opencorridor corridors "Alpha City" "Charlie City" --study teaching
  opencorridor corridors FROM TO --out corridors.svg
  opencorridor corridors FROM TO --out corridors.xlsx --no-transit COUNTRY
"""
REACH_EXAMPLES = """Examples:

\b
  opencorridor reach "Alpha City" --study teaching
  opencorridor reach PLACE --out reach.geojson --mode rail
  opencorridor reach 43.6,51.2 --out reach.xlsx --commodity C01
"""
_HEAD = ("", "h", "low–high", "P95", "moving", "borders", "other", "US$/t", "low–high",
         "kg CO2e/t", "km")  # fmt: skip
_TFI_HEAD = ("", "mode", "TFI1 h", "TFI2 US$", "TFI3 US$/500 km", "SWOD km/h", "SWD km/h")
_DIGITS = {"tfi1_h": 1, "tfi2_usd": 0, "tfi3_usd": 0, "swod_km_per_h": 1, "swd_km_per_h": 1}
_NEAREST = 20
_DEFINED = """
TFI1 hours and TFI2 US$ at a border-crossing point, mean over those on the way, both posts
together; TFI3 US$ per 500 km; TFI4 km/h without and with delay. US$ for 20 t."""


def _write(
    path: Path | None, form: Callable[[Study, Mapping[str, Any], str], bytes], study: Study,
    answer: Mapping[str, Any], quiet: bool,
) -> None:  # fmt: skip
    from opencorridor.routing.exports import whole_file

    if path is None:
        return
    with whole_file(path) as part:
        part.write_bytes(form(study, answer, path.suffix.lower()))
    show.note(f"Wrote {path}", quiet)


def _check(path: Path | None, forms: tuple[str, ...], force: bool) -> None:
    from opencorridor.routing.exports import check_target

    if path is not None:
        check_target(path, forms, force)


def corridors(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="As for route.")],
    destination: Annotated[str, typer.Argument(metavar="TO", help="As FROM.")],
    commodity: options.Commodity = None,
    unit: options.Unit = None,
    tonnes: options.Tonnes = None,
    at: options.At = None,
    mode: options.Modes = None,
    avoid: options.Avoid = None,
    no_transit: options.NoTransit = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Charts (.svg), tables and charts (.xlsx), or a table (.csv).",
                     metavar="FILE"),
    ] = None,
    study: options.Study = options.DEFAULT_STUDY,
    as_json: options.Json = False,
    plain: options.Plain = False,
    quiet: options.Quiet = False,
    force: options.Force = False,
) -> None:  # fmt: skip
    """Compare the corridors of a pair: hours, money, CO2e and indicators TFI1 to TFI4."""
    from opencorridor.operations import corridor_files, workbench
    from opencorridor.operations.workbench.session import session_of

    _check(out, corridor_files.CORRIDOR_FORMS, force)
    show.note("Comparing corridors …", quiet)
    session = session_of(study)
    query = workbench.routes.RouteQuery(
        origin, destination, commodity, unit, tonnes, at, options.split(mode),
        options.split(avoid), options.split(no_transit), alternatives=5,
    )  # fmt: skip
    answer = workbench.corridors.compare(session, query)
    if answer["corridors"]:
        _write(out, corridor_files.corridor_file, session.study, answer, quiet)
    if as_json:
        show.print_json({"schema_version": 1, **answer})
    elif plain:
        names = list(corridor_files.CORRIDOR_COLUMNS)
        rows = corridor_files.corridor_rows(answer)
        show.print_plain([names, *([row.get(name) for name in names] for row in rows)])
    else:
        _print_corridors(answer)
    if not answer["corridors"]:
        raise typer.Exit(1)


def _ends(low: float, high: float, digits: int = 0) -> str:
    return f"{show.number(low, digits)}–{show.number(high, digits)}"


def _print_corridors(answer: dict[str, Any]) -> None:
    from opencorridor.operations.corridor_files import corridor_name, place_name

    ends = f"{place_name(answer['origin'])} to {place_name(answer['destination'])}"
    cargo = f"{answer['tonnes']:g} t of {answer['commodity']}, {answer['cargo']}"
    print(show.bold(f"{ends}; {cargo}; on {answer['date']}; {answer['price_basis']}"))
    if not answer["corridors"]:
        print(f"No route: {answer['reason']}.")
        return
    rows, indicators = [], []
    for k, one in enumerate(answer["corridors"], 1):
        print(f"{k}  {corridor_name(one)}")
        other = one["terminal_h"] + one["waiting_h"]
        rows.append((
            str(k), show.number(one["time_h"]), _ends(one["time_h_low"], one["time_h_high"]),
            show.number(one["p95_h"]), show.number(one["moving_h"]), show.number(one["border_h"]),
            show.number(other), show.number(one["cost_usd_per_t"], 2),
            _ends(one["cost_usd_per_t_low"], one["cost_usd_per_t_high"]),
            show.number(one["co2_kg_per_t"], 1), show.number(one["distance_km"]),
        ))  # fmt: skip
        indicators += _indicator_lines(str(k), one["indicators"])
    indicators += _observed_lines(answer["observed"])
    print("\n" + show.table(_HEAD, rows, right=tuple(range(len(_HEAD)))))
    print("\n" + show.table(_TFI_HEAD, indicators, right=(2, 3, 4, 5, 6)))
    print(_DEFINED)
    if answer["observed"]:
        print("CPMM: all corridors, latest year, US$ of the study's price year.")


def _cell(value: float | None, indicator: str) -> str:
    return "–" if value is None else show.number(value, _DIGITS[indicator])


def _indicator_lines(number: str, found: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    by: dict[str, dict[str, str]] = {}
    for one in found:
        cells = by.setdefault(one["mode"] or "whole route", {})
        cells[one["indicator"]] = _cell(one["value"], one["indicator"])
    return [(number, mode, *(cells[name] for name in _DIGITS)) for mode, cells in by.items()]


def _observed_lines(observed: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    by: dict[str, dict[str, str]] = {}
    for one in observed:
        if one["country_id"] is None:
            by.setdefault(one["mode"], {})[one["indicator"]] = _cell(one["value"], one["indicator"])
    return [
        ("CPMM", mode, *(cells.get(name, "–") for name in _DIGITS)) for mode, cells in by.items()
    ]


def reach(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="Zone, port, station, lat,lon.")],
    commodity: options.Commodity = None,
    unit: options.Unit = None,
    at: options.At = None,
    mode: options.Modes = None,
    avoid: options.Avoid = None,
    no_transit: options.NoTransit = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="All zones: .csv, .xlsx or .geojson.", metavar="FILE"),
    ] = None,
    study: options.Study = options.DEFAULT_STUDY,
    as_json: options.Json = False,
    plain: options.Plain = False,
    quiet: options.Quiet = False,
    force: options.Force = False,
) -> None:
    """Find how far it is from a place to every zone: hours, US$ and kg CO2e per tonne."""
    from opencorridor.operations import corridor_files, workbench
    from opencorridor.operations.workbench.session import session_of

    _check(out, corridor_files.REACH_FORMS, force)
    show.note("Growing the tree …", quiet)
    session = session_of(study)
    query = workbench.reach.ReachQuery(
        place, commodity, unit, at, options.split(mode), options.split(avoid),
        options.split(no_transit),
    )  # fmt: skip
    answer = workbench.reach.find(session, query)
    _write(out, corridor_files.reach_file, session.study, answer, quiet)
    rows = corridor_files.reach_rows(answer)
    if as_json:
        show.print_json({"schema_version": 1, **answer})
    elif plain:
        show.print_plain([list(rows[0]), *(list(row.values()) for row in rows)])
    else:
        _print_reach(answer, rows)


def _print_reach(answer: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    from opencorridor.operations.corridor_files import place_name

    cargo = f"{answer['commodity']}, {answer['cargo']}; on {answer['date']}"
    print(show.bold(f"From {place_name(answer['origin'])}; {cargo}; {answer['price_basis']}"))
    print(f"{answer['reached']} of {len(rows)} zones reached; the nearest {_NEAREST} in hours:\n")
    near = [row for row in rows if row["time_h"] is not None][:_NEAREST]
    lines = [
        (row["name"], row["country_id"], show.number(row["time_h"], 1),
         show.number(row["cost_usd_per_t"], 2), show.number(row["co2_kg_per_t"], 1),
         show.number(row["distance_km"]))
        for row in near
    ]  # fmt: skip
    head = ("zone", "country", "h", "US$/t", "kg CO2e/t", "km")
    print(show.table(head, lines, right=(2, 3, 4, 5)))
    for code, text in answer["reasons"].items():
        if code != "same_place":
            count = sum(row["reason"] == text for row in rows)
            print(f"{count} not reached: {text}")
