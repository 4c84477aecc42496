"""``opencorridor skim``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from opencorridor.cli import options, show

__all__ = ["skim"]

EXAMPLES = """Examples:

\b
  opencorridor skim --out skim.omx
  opencorridor skim --out rail.csv --mode rail --allow-disconnected
  opencorridor skim --out grain.nc --commodity C01 --unit t
  opencorridor skim --out fuel.omx --dangerous 3 --at 2025-02-01
  opencorridor skim --out countries.csv --by country
"""


def skim(
    out: options.Out,
    commodity: options.Commodity = None,
    unit: options.Unit = None,
    at: options.At = None,
    mode: options.Modes = None,
    avoid: options.Avoid = None,
    no_transit: options.NoTransit = None,
    vehicle: options.Vehicle = None,
    dangerous: options.Dangerous = None,
    temperature: options.Temperature = False,
    container_type: options.ContainerType = None,
    unit_weight: options.UnitWeight = None,
    allow_disconnected: Annotated[
        bool,
        typer.Option("--allow-disconnected", help="Leave zones that reach nothing empty."),
    ] = False,
    by: Annotated[
        Literal["zone", "country"],
        typer.Option("--by", help="Zones, or countries as weighted means over their zones."),
    ] = "zone",
    study: options.Study = options.DEFAULT_STUDY,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    force: options.Force = False,
) -> None:
    """Write hours, money, generalised cost, CO2e and km from every zone to every zone."""
    from opencorridor.operations.skim import SkimRequest, make
    from opencorridor.routing.asking import Needs

    show.note("Skimming", quiet)
    result = make(
        SkimRequest(
            out=out,
            study=study,
            commodity=commodity,
            unit=unit,
            at=at,
            modes=options.split(mode),
            avoid=options.split(avoid),
            no_transit=options.split(no_transit),
            vehicle=vehicle,
            needs=Needs(dangerous or "", temperature, container_type or "", unit_weight),
            allow_disconnected=allow_disconnected,
            force=force,
            by=by,
        )
    )
    n = result.n_zones
    pairs = n * (n - 1) if by == "zone" else n * n
    values = {
        "schema_version": 1,
        "out": str(result.out),
        "by": by,
        "zones" if by == "zone" else "countries": n,
        "pairs": pairs,
        "pairs_without_a_way": result.n_missing,
        "disconnected": list(result.disconnected),
        "study_hash": result.data.attrs["study_hash"],
    }
    if as_json:
        show.print_json(values)
        return
    print(f"Wrote {n} × {n} {'zones' if by == 'zone' else 'countries'} to {result.out}")
    if result.n_missing:
        print(
            f"{result.n_missing} of {pairs} pairs have no way (empty cells with a reason)"
            + (f"; cut off: {', '.join(result.disconnected)}" if result.disconnected else "")
        )
