"""``opencorridor calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from opencorridor.cli import options, show
from opencorridor.cli.check import print_fit

if TYPE_CHECKING:
    from opencorridor.operations.calibrate_freight import FreightCalibrateResult

__all__ = ["calibrate"]

EXAMPLES = """Examples:

\b
  opencorridor calibrate
  opencorridor calibrate --study my_corridor --out my_corridor_calibrated
  opencorridor calibrate --freight
"""


def calibrate(
    study: options.Study = options.DEFAULT_STUDY,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the calibrated study.")
    ] = None,
    freight: Annotated[
        bool, typer.Option(help="Fit the choice of routes to observed loads instead.")
    ] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    force: options.Force = False,
) -> None:
    """Fit rates, speeds and stays to observed trips, within their low and high.

    With --freight the scales of the choice of routes, to the loads of the places that the study
    names (choice_places in study.toml), and the constants of table choice_constant.
    """
    if freight:
        _freight(study, out, as_json, quiet, force)
        return
    from opencorridor.operations.calibrate import CalibrateRequest, run

    request = CalibrateRequest(study, out, force)
    result = run(request, progress=lambda text: show.note(f"{text} …", quiet))
    if as_json:
        show.print_json(result.as_dict())
        return
    rows = [
        (
            str(row["parameter_id"]),
            str(row["quantity"]),
            show.number(float(row["factor"]), 3),
            "–".join(show.number(float(row[f"factor_{end}"]), 2) for end in ("low", "high")),
            str(int(row["trips"])),
        )
        for row in result.found.study["calibration"].rows()
    ]
    head = ("rows", "quantity", "factor", "range", "trips")
    print(show.table(head, rows, right=(2, 3, 4)))
    print_fit(result.fit)
    _print_out(result.out)


def _print_out(out: Path | None, flags: str = "") -> None:
    if out:
        print(f"\nWrote {out}\nNext: opencorridor run --study {out}")
    else:
        print(f"\nNothing was written. Next: opencorridor calibrate{flags} --out FOLDER")


def _freight(study: str, out: Path | None, as_json: bool, quiet: bool, force: bool) -> None:
    from opencorridor.operations.calibrate_freight import FreightCalibrateRequest, run

    request = FreightCalibrateRequest(study, out, force)
    result = run(request, progress=lambda text: show.note(f"{text} …", quiet))
    if as_json:
        show.print_json(result.as_dict())
        return
    places = [
        (
            row["place_id"],
            row["goods"],
            *(show.number(row[f"{when}_t_per_year"] / 1e3, 0)
              for when in ("observed", "before", "after")),
            show.percent(row["third_share"]),
            show.percent(row["own_share"]),
            ", ".join(row["traffic_ids"]),
        )
        for row in result.places()
    ]  # fmt: skip
    head = ("place", "goods", "observed kt", "before", "after", "third", "the pair", "rows")
    print(show.table(head, places, right=(2, 3, 4, 5, 6)))
    print("third: goods of which neither end is a country of the study's pair\n")
    rows = [
        (row["choice_group"], show.number(row["before"], 1), show.number(row["after"], 1))
        for row in result.scales()
    ]
    print(show.table(("classes", "scale before", "after"), rows, right=(1, 2)))
    if result.constants is not None:
        _print_constants(result)
    _print_out(result.out, " --freight")


def _print_constants(result: FreightCalibrateResult) -> None:
    rows = [
        (row["constant_group"], *(show.percent(row[k]) for k in ("cost_share", "low", "high")))
        for row in result.constant_rows()
    ]
    print("\nShare of cost that shippers add, from the counts below:\n")
    print(show.table(("ways", "share", "low", "high"), rows, right=(1, 2, 3)))
    counts = [
        (
            row["series"],
            *(show.number(row[f"{when}_t_per_year"] / 1e3, 0)
              for when in ("observed", "before", "after", "left_out")),
        )
        for row in result.count_rows()
    ]  # fmt: skip
    print(show.table(("count", "observed kt", "before", "after", "left out"), counts,
                     right=(1, 2, 3, 4)))  # fmt: skip
    print("before: all shares 0; left out: fitted without this count")
