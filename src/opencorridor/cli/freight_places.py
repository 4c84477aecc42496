"""``opencorridor freight places``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from opencorridor.cli import options, show

if TYPE_CHECKING:
    from opencorridor.operations.freight_places import PlacesResult
    from opencorridor.scenario.observed import FreightFit

__all__ = ["EXAMPLES", "places", "print_freight_fit"]

EXAMPLES = """Examples:

\b
  opencorridor freight places
  opencorridor freight places --month
  opencorridor freight places --fit --json
"""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def places(
    study: options.Study = options.DEFAULT_STUDY,
    month: Annotated[bool, typer.Option("--month", help="Use of every place by month.")] = False,
    fit: Annotated[bool, typer.Option("--fit", help="Modelled against observed tonnes.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """List the places that bind, dearest first: what an extra tonne of capacity is worth."""
    from opencorridor.operations.freight_places import PlacesRequest, run

    request = PlacesRequest(study, path=not (month or fit))
    result = run(request, progress=lambda text: show.note(f"{text} …", quiet))
    if as_json:
        show.print_json(result.as_dict())
    elif month:
        _print_months(result)
    elif fit:
        print_freight_fit(result.fit)
    else:
        _print(result)


def _mt(value: float | None) -> str:
    return "" if value is None or value != value else show.number(value / 1e6, 2)


def _label(row: dict[str, Any]) -> str:
    text = str(row["name"])
    if row["class_id"]:
        text += f", {row['class_id']}"
    elif row["cargo"] != "all":
        text += f", {row['cargo']}"
    if row["from_country"]:
        text += f", {row['from_country']} to {row['to_country']}"
    return text


def _print(result: PlacesResult) -> None:
    print(
        "Places with a capacity, by the worth of an extra tonne of it "
        f"({result.price_basis} US$ a year)"
    )
    rows = [
        (
            _label(r),
            show.number(r["shadow_price_usd_per_t"], 2) if r["shadow_price_usd_per_t"] else "",
            show.number(r["wait_h"], 1),
            _mt(r["load_t_per_year"]),
            _mt(r["background_t_per_year"]),
            _mt(r["capacity_t_per_year"]),
            show.percent(r["use_share"]) if r["use_share"] is not None else "",
            str(r["first_year"] or ""),
        )
        for r in result.places
    ]
    head = ("place", "US$/t", "wait h", "load Mt", "beside Mt", "capacity Mt", "use", "binds from")
    print(show.table(head, rows, right=(1, 2, 3, 4, 5, 6, 7)))


def _print_months(result: PlacesResult) -> None:
    print("Use of capacity by month, load and background together; * the peak month")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in result.months:
        found.setdefault(row["capacity_id"], []).append(row)
    rows = [(capacity_id, *(_percent(r) for r in months)) for capacity_id, months in found.items()]
    print(show.table(("place", *MONTHS), rows, right=tuple(range(1, 13))))


def _percent(row: dict[str, Any]) -> str:
    if row["use_share"] is None:
        return ""
    return f"{100 * row['use_share']:.0f}{'*' if row['peak'] else ''}"


def print_freight_fit(found: FreightFit) -> None:
    """Print modelled against observed tonnes, judged places first."""
    if not found.lines:
        print("No tonnage is compared, so there is no fit of freight.")
        return
    print(
        f"\nFreight: {found.near} of {len(found.judged)} judged tonnages within a factor of two "
        f"({found.inside} of the span of all counts); "
        f"median of modelled over observed {found.median_ratio:.2f}"
    )
    rows = [
        (
            line.name,
            line.goods,
            _mt(line.observed_t),
            str(line.year),
            _mt(line.modelled_t),
            _mt(line.background_t),
            show.number(line.ratio, 2),
            show.percent(line.third_share),
            line.reason or ("contradictory" if line.contradictory else ""),
        )
        for line in found.lines
    ]
    head = ("place", "goods", "observed Mt", "year", "modelled Mt", "beside Mt", "ratio",
            "third countries", "note")  # fmt: skip
    print(show.table(head, rows, right=(2, 3, 4, 5, 6, 7)))
    if found.shares:
        print("\nShares of ways")
        rows_of_shares = [
            (s.part.name, s.part.goods, show.percent(s.observed), show.percent(s.modelled))
            for s in found.shares
        ]
        print(show.table(("part", "goods", "observed", "modelled"), rows_of_shares, right=(2, 3)))
