"""``opencorridor route``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opencorridor.cli import options, show
from opencorridor.cli.route_choices import arrival, print_choices, print_choices_plain

if TYPE_CHECKING:
    from opencorridor.operations.route import RouteResult

__all__ = ["route"]

EXAMPLES = """Examples:

\b
  opencorridor route "Alpha City" "Charlie City" --study teaching
  opencorridor route "Alpha Port" port:PORT_C --unit t --mode sea,rail --study teaching
  opencorridor route FROM TO --avoid COUNTRY,CROSSING --json
  opencorridor route 43.6,51.2 36.8,53.4 --at 2027-01-01
  opencorridor route FROM TO --depart 2025-03-20T08:00+05:00
  opencorridor route "Alpha City" "Charlie City" --study teaching --pareto --max-routes 6
  opencorridor route FROM TO --quote --out quotation.xlsx
  opencorridor route --pairs pairs.csv --out routes.csv
"""
_ENDS, _BY = 24, 40  # widest cells, so that a row fits a wide terminal
_TEXTS = ("mode", "from", "to", "country", "border_crossing", "terminal")
_NUMBERS = ("distance_km", "time_h", "cost_usd_per_t", "co2_kg_per_t")
_HEAD = ("leg", "mode", "from", "to", "by", "km", "h", "US$/t", "kg CO2e/t")


def route(
    origin: Annotated[
        str | None, typer.Argument(metavar="FROM", help="Zone, port, station, crossing, lat,lon.")
    ] = None,
    destination: Annotated[str | None, typer.Argument(metavar="TO", help="As FROM.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="FROM, for negative numbers.", metavar="PLACE")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="TO, for negative numbers.", metavar="PLACE")
    ] = None,
    commodity: options.Commodity = None,
    unit: options.Unit = None,
    tonnes: options.Tonnes = None,
    at: options.At = None,
    mode: options.Modes = None,
    avoid: options.Avoid = None,
    no_transit: options.NoTransit = None,
    depart: options.Depart = None,
    crew: options.Crew = 1,
    vehicle: options.Vehicle = None,
    dangerous: options.Dangerous = None,
    temperature: options.Temperature = False,
    container_type: options.ContainerType = None,
    unit_weight: options.UnitWeight = None,
    pareto: options.Pareto = False,
    max_routes: options.MaxRoutes = 4,
    quote: options.Quote = False,
    pairs: options.Pairs = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="CSV to write, for --pairs; CSV or XLSX, for --quote.", metavar="FILE"
        ),
    ] = None,
    study: options.Study = options.DEFAULT_STUDY,
    as_json: options.Json = False,
    plain: options.Plain = False,
    quiet: options.Quiet = False,
    force: options.Force = False,
) -> None:
    """Find the best route between two places, leg by leg, or say why there is none."""
    shared: dict[str, Any] = {
        "study": study,
        "commodity": commodity,
        "unit": unit,
        "tonnes": tonnes,
        "at": at,
        "modes": options.split(mode),
        "avoid": options.split(avoid),
        "no_transit": options.split(no_transit),
    }
    if pairs is not None:
        own = (depart, vehicle, dangerous, temperature, container_type, unit_weight, pareto, quote)
        _pairs(pairs, out, force, quiet, as_json, shared, single=any(own))
        return
    from opencorridor.routing.asking import Needs

    shared["origin"], shared["destination"] = _ends(origin, destination, from_, to)
    needs = Needs(dangerous or "", temperature, container_type or "", unit_weight)
    shared |= {"depart": depart, "crew": crew, "vehicle": vehicle, "needs": needs, "pareto": pareto}
    if quote:
        from opencorridor.cli.quote import quote as quoted

        quoted(shared, out, force, quiet, as_json, plain)
        return
    from opencorridor.operations.route import RouteRequest, find

    request = RouteRequest(**shared, max_routes=max_routes)
    result = find(request, lambda text: show.note(f"{text} …", quiet))
    if as_json:
        show.print_json(result.as_dict())
    elif plain:
        _print_plain(result)
    else:
        _print(result)
        _print_day(result)
    if not result.found:
        raise typer.Exit(1)


def _ends(
    origin: str | None, destination: str | None, from_: str | None, to: str | None
) -> tuple[str, str]:
    """Return the two places; with ``--from`` one argument is the other end."""
    start, end = from_ or origin, to or destination
    if from_ and origin and not destination and not to:
        end = origin
    if not start or not end:
        raise typer.BadParameter("name two places: opencorridor route FROM TO")
    return start, end


def _pairs(
    pairs: Path,
    out: Path | None,
    force: bool,
    quiet: bool,
    as_json: bool,
    shared: dict[str, Any],
    single: bool,
) -> None:
    if single:
        raise typer.BadParameter(
            "--pairs takes no time of departure, truck, needs of cargo, --pareto or --quote"
        )
    from opencorridor.operations.pairs import PairsRequest, find_pairs, write_pairs
    from opencorridor.routing.exports import check_target

    if out is None and not as_json:
        raise typer.BadParameter("--pairs needs --out FILE.csv, or --json")
    if out is not None:
        check_target(out, (".csv",), force)
    result = find_pairs(PairsRequest(pairs, **shared), lambda text: show.note(f"{text} …", quiet))
    if out is not None:
        write_pairs(result, out, force)
        show.note(f"Wrote {len(result.results)} rows to {out}", quiet)
    if as_json:
        show.print_json(
            {"schema_version": 1, "pairs": result.rows(), "without_route": result.n_missing}
        )
    else:
        print(result.summary)


def _title(result: RouteResult) -> str:
    cargo = result.cargo
    date = result.date if result.date_given else f"{result.date}, the study's base date"
    return (
        f"{result.origin.name} ({result.origin.kind}:{result.origin.id}) to "
        f"{result.destination.name} ({result.destination.kind}:{result.destination.id})\n"
        f"{show.number(cargo.tonnes, 1)} t of {cargo.name} ({cargo.class_id}), {cargo.cargo}, "
        f"unit {cargo.unit}; on {date}; constant US$ of {result.price_year}"
    )


def _print(result: RouteResult) -> None:
    print(show.bold(_title(result)))
    totals, tonnes = result.route.totals, result.cargo.tonnes
    if totals is None:
        print(f"No route: {result.route.reason}.")
        return
    per_unit = totals.cost_usd_per_t * tonnes
    print(
        f"\n{show.hours(totals.time_h)} · {show.money(totals.cost_usd_per_t)} per t "
        f"({show.money(per_unit)} in all) · {show.number(totals.distance_km)} km · "
        f"{show.number(totals.co2_kg_per_t, 1)} kg CO2e per t\n"
        f"{arrival(result)}"
    )
    if result.alternatives is not None:
        print_choices(result, result.alternatives)
        return
    print()
    _print_legs(result)


def _print_day(result: RouteResult) -> None:
    """Print what hangs on the day: the trip by the clock, permits of the truck, documents."""
    if result.schedules:
        from opencorridor.cli.clock import print_schedules

        print_schedules(result.schedules)
    for permit in result.permits:
        number = f" ({permit.document_no})" if permit.document_no else ""
        print(f"Permit needed in {permit.country}: {permit.reason}{number}")
    if result.documents_needed:
        from opencorridor.cli.papers import print_documents

        of = " of the route of least generalised cost" if result.alternatives else ""
        print_documents(result.documents_needed, of)


def _print_legs(result: RouteResult) -> None:
    totals = result.route.totals
    assert totals is not None
    rows = []
    for i, leg in enumerate(result.route.legs, start=1):
        by = leg.border_crossing or leg.terminal
        if leg.carries:
            by = f"{leg.carries} ferry" + (f", {by}" if by else "")
        rows.append(
            (
                str(i),
                (leg.method or leg.mode).replace("_", " "),
                show.shorten(leg.origin, _ENDS),
                show.shorten(leg.destination, _ENDS),
                show.shorten(by or leg.country, _BY),
                show.number(leg.distance_km),
                show.number(leg.time_h, 1),
                show.number(leg.cost_usd_per_t, 2),
                show.number(leg.co2_kg_per_t, 1),
            )
        )
    rows.append(
        (
            "",
            "total",
            "",
            "",
            "",
            show.number(totals.distance_km),
            show.number(totals.time_h, 1),
            show.number(totals.cost_usd_per_t, 2),
            show.number(totals.co2_kg_per_t, 1),
        )
    )
    print(show.table(_HEAD, rows, right=(0, 5, 6, 7, 8)))
    for i, tariffs in enumerate(result.leg_tariffs, start=1):
        for tariff in tariffs:
            print(f"Leg {i}: {tariff}")
    if result.insurance_usd_per_t:
        print(f"Insurance, not in the total: {show.money(result.insurance_usd_per_t)} per t")
    for note in result.notes:
        print(f"Note: {note}")


def _print_plain(result: RouteResult) -> None:
    if result.alternatives is not None:
        print_choices_plain(result)
        return
    names = [*_TEXTS, *_NUMBERS]
    values = result.as_dict()
    rows: list[list[object]] = [list(names)]
    rows += [[leg[name] for name in names] for leg in values["legs"]]
    if result.found:
        rows.append(["total", *[None] * 5, *[values[name] for name in _NUMBERS]])
    else:
        rows.append(["none", values["reason_code"], values["reason"]])
    show.print_plain(rows)
