"""Options that several commands share, so that each is written and explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "At",
    "Avoid",
    "Commodity",
    "ContainerType",
    "Crew",
    "Dangerous",
    "Depart",
    "Force",
    "Json",
    "MaxRoutes",
    "Modes",
    "NoTransit",
    "Pareto",
    "Plain",
    "Quiet",
    "Study",
    "Temperature",
    "Tonnes",
    "Unit",
    "UnitWeight",
    "Vehicle",
    "split",
]

DEFAULT_STUDY = "iran_kazakhstan"

Study = Annotated[
    str,
    typer.Option(
        "--study", envvar="OPENCORRIDOR_STUDY", help="Shipped study, or a folder.", metavar="STUDY"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON: the contract for programs.")]
Plain = Annotated[bool, typer.Option("--plain", help="Print tab-separated lines.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress or notes on stderr.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
Commodity = Annotated[
    str | None,
    typer.Option("--commodity", help="Commodity class: id or name.", metavar="NAME"),
]
Unit = Annotated[
    str | None, typer.Option("--unit", help="t, teu, feu, truck or wagon.", metavar="UNIT")
]
Tonnes = Annotated[
    float | None,
    typer.Option("--tonnes", help="Weight of the shipment; one unit by default.", metavar="T"),
]
At = Annotated[
    str | None,
    typer.Option("--at", help="Date (YYYY-MM-DD); the study's base date by default."),
]
Depart = Annotated[
    str | None,
    typer.Option(
        "--depart",
        help="Time of departure with its UTC offset (2025-03-20T08:00+05:00): opening hours, "
        "departures and drivers' rests by the clock; the way that arrives first.",
        metavar="TIME",
    ),
]
Crew = Annotated[
    int, typer.Option("--crew", help="Drivers in a truck, with --depart.", min=1, max=2)
]
Vehicle = Annotated[
    str | None,
    typer.Option(
        "--vehicle", help="Country of the truck's registration: permits, bans.", metavar="COUNTRY"
    ),
]
Dangerous = Annotated[
    str | None,
    typer.Option("--dangerous", help="Class of dangerous goods, such as 3.", metavar="CLASS"),
]
Temperature = Annotated[bool, typer.Option("--temperature", help="The goods need a temperature.")]
ContainerType = Annotated[
    str | None,
    typer.Option("--container-type", help="Such as reefer or tank.", metavar="TYPE"),
]
UnitWeight = Annotated[
    float | None,
    typer.Option("--unit-weight", help="Tonnes in one unit, for limits of weight.", metavar="T"),
]
Modes = Annotated[
    list[str] | None,
    typer.Option(
        "--mode",
        help="Allowed modes, joined by commas: rail, road, sea, inland_water. Rail includes "
        "ferries that carry wagons.",
        metavar="MODE,...",
    ),
]
Avoid = Annotated[
    list[str] | None,
    typer.Option(
        "--avoid",
        help="No part of the route may touch it: country, crossing, port, link id or mode, "
        "joined by commas.",
        metavar="X,...",
    ),
]
NoTransit = Annotated[
    list[str] | None,
    typer.Option(
        "--no-transit",
        help="Countries not to be passed through; the ends may lie in them.",
        metavar="COUNTRY,...",
    ),
]
Out = Annotated[Path, typer.Option("--out", help="File to write.", metavar="FILE")]
Pareto = Annotated[
    bool,
    typer.Option(
        "--pareto",
        help="Find every route that no other beats in hours, money and CO2e together; list "
        "really different ones and why.",
    ),
]
Pairs = Annotated[
    Path | None, typer.Option("--pairs", help="CSV with columns from and to.", metavar="FILE")
]
Quote = Annotated[
    bool,
    typer.Option(
        "--quote",
        help="The numbers of a quotation: by leg, moving and standing apart, validity, documents.",
    ),
]
MaxRoutes = Annotated[
    int, typer.Option("--max-routes", help="Most routes to list, for --pareto.", metavar="K")
]


def split(values: list[str] | None) -> tuple[str, ...]:
    """Return the words of repeated or comma-joined options."""
    return tuple(
        word.strip() for value in values or () for word in value.split(",") if word.strip()
    )
