"""``opencorridor calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from opencorridor.cli import options, show
from opencorridor.cli.check import print_fit

__all__ = ["calibrate"]

EXAMPLES = """Examples:

\b
  opencorridor calibrate
  opencorridor calibrate --study my_corridor --out my_corridor_calibrated
"""


def calibrate(
    study: options.Study = options.DEFAULT_STUDY,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the calibrated study.")
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    force: options.Force = False,
) -> None:
    """Fit rates, speeds and stays to observed trips, within their low and high."""
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
    if result.out:
        print(f"\nWrote {result.out}\nNext: opencorridor run --study {result.out}")
    else:
        print("\nNothing was written. Next: opencorridor calibrate --out FOLDER")
