"""How ``opencorridor route --pareto`` prints the routes that no other beats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencorridor.cli import show

if TYPE_CHECKING:
    from opencorridor.operations.alternatives import Alternative, Alternatives
    from opencorridor.operations.route import RouteResult

__all__ = ["arrival", "print_choices", "print_choices_plain"]

_HEAD = ("route", "h P50 (P95)", "US$/t", "US$ per {unit}", "kg CO2e/t", "km", "modes", "crossings")
_NUMBERS = ("time_h", "p50_h", "p95_h", "cost_usd_per_t", "cost_usd_per_unit", "co2_kg_per_t",
            "distance_km")  # fmt: skip


def arrival(result: RouteResult) -> str:
    """Say when all but one in twenty shipments have arrived, or that it is not known."""
    spread, at = result.reliability, result.arrives("p95")
    if spread is None:
        return "P95 not known: no spread of a border, terminal or departure on this way"
    if spread.p95_h is None:
        return f"P95 not known: {spread.stuck_share:.0%} meet no opening or departure in 60 days"
    return f"P95 {show.hours(spread.p95_h)}" + (f", there by {at:%a %d %b %H:%M %z}" if at else "")


def _row(number: int, item: Alternative, payload_t: float) -> tuple[str, ...]:
    totals, spread = item.route.totals, item.reliability
    assert totals is not None
    if spread is None:
        time = f"{show.number(totals.time_h)} (not known)"
    else:
        time = f"{show.number(spread.p50_h)} ({show.number(spread.p95_h)})"
    names = [leg.border_crossing for leg in item.route.legs if leg.border_crossing]
    return (
        str(number),
        time,
        show.number(totals.cost_usd_per_t, 2),
        show.number(totals.cost_usd_per_t * payload_t),
        show.number(totals.co2_kg_per_t, 1),
        show.number(totals.distance_km),
        "–".join(mode.replace("_", " ") for mode in item.route.modes_used),
        ", ".join(dict.fromkeys(names)) or "none",
    )


def print_choices(result: RouteResult, found: Alternatives) -> None:
    """Print one row a route, then why each is listed."""
    unit = result.cargo.unit
    head = tuple(cell.format(unit=unit) for cell in _HEAD)
    if unit == "t":
        head = tuple(cell for cell in head if cell != "US$ per t")
    rows = []
    for number, item in enumerate(found.routes, start=1):
        row = _row(number, item, result.payload_t)
        rows.append(row[:3] + row[4:] if unit == "t" else row)
    total = found.front_size
    noun = "route" if total == 1 else "routes"
    beats = "that no other beats" if total == 1 else "none of which beats another"
    print(
        f"\n{show.number(total)} {noun} {beats} in hours, money and CO2e together; "
        f"{len(rows)} listed\n"
    )
    print(show.table(head, rows, right=tuple(range(1, len(head) - 2))))
    print()
    for number, item in enumerate(found.routes, start=1):
        print(f"{number}  {item.why}")
    if not found.holds(result.route):
        print(
            "\nThe first line is the route of least generalised cost of all, which counts the "
            "spread of\nhours too; in hours, money and CO2e another one beats it."
        )


def print_choices_plain(result: RouteResult) -> None:
    """Print the listed routes as tab-separated lines."""
    routes = result.as_dict()["routes"]
    rows: list[list[object]] = [["roles", *_NUMBERS, "crossings", "why"]]
    for item in routes:
        numbers = [item[name] for name in _NUMBERS]
        crossings = ";".join(item["crossings"])
        rows.append([";".join(item["roles"]), *numbers, crossings, item["why"]])
    show.print_plain(rows)
