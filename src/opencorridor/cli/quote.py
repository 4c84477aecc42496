"""How ``opencorridor route --quote`` asks, prints and writes the numbers of a quotation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from opencorridor.cli import show

if TYPE_CHECKING:
    from opencorridor.operations.workbench.routes import RouteQuery

__all__ = ["quote"]

_ENDS = 40
_HEAD = ("leg", "mode", "way or place", "km", "h moving", "h standing", "US$/t", "US$ per {unit}",
         "US$", "tariffs", "least sure")  # fmt: skip
_GROUNDS = {
    "legs_observed": "legs on observed inputs alone: {count}",
    "legs_derived": "legs on a derived input at least: {count}",
    "legs_assumed": "legs on an assumed input at least: {count}",
    "price_year": "amounts in constant US$ of {count}",
    "wagons": "rail rates for {text} wagons",
    "note": "{text}",
}


def quote(
    asked: dict[str, Any],
    out: Path | None,
    force: bool,
    quiet: bool,
    as_json: bool,
    plain: bool,
) -> None:
    """Print the numbers of a quotation, and write them where ``out`` is given."""
    from opencorridor.operations import workbench
    from opencorridor.operations.quote_files import SUFFIXES, write_quotation
    from opencorridor.operations.workbench.session import session_of
    from opencorridor.routing.exports import check_target

    if asked.pop("pareto"):
        raise typer.BadParameter("--quote is for one route: leave --pareto out")
    if out is not None:
        check_target(out, SUFFIXES, force)
    show.note("Reading the study and pricing its network …", quiet)
    study, query = asked.pop("study"), _query(asked)
    quoted = workbench.quotation.quotation(session_of(study), query)
    rows = workbench.quotation.table_rows(quoted)
    if out is not None:
        write_quotation(quoted, out, force)
        show.note(f"Wrote {out}", quiet)
    if as_json:
        show.print_json({"schema_version": 1, **quoted})
    elif plain:
        names = list(workbench.quotation.COLUMNS)
        show.print_plain([names, *([_flat(row[name]) for name in names] for row in rows)])
    else:
        _print(quoted, rows)


def _query(asked: dict[str, Any]) -> RouteQuery:
    """Return the question as the workbench asks it: others are searched for the first arrival."""
    from opencorridor.operations.workbench.routes import RouteQuery

    needs = asked.pop("needs")
    own = {"date": asked.pop("at"), "alternatives": 1 if asked["depart"] else 0}
    return RouteQuery.of({**asked, **asdict(needs), **own})


def _flat(value: Any) -> Any:
    return ";".join(value) if isinstance(value, list) else value


def _row(row: dict[str, Any], unit: str) -> tuple[str, ...]:
    place = row["place"] or " – ".join(dict.fromkeys(p for p in (row["from"], row["to"]) if p))
    cells = (
        str(row["leg"] or ""),
        row["mode"].replace("_", " "),
        show.shorten(place, _ENDS),
        *("" if row[name] is None else show.number(row[name], digits) for name, digits in (
            ("distance_km", 0), ("moving_h", 1), ("dwell_h", 1), ("cost_usd_per_t", 2),
            ("cost_usd_per_unit", 2), ("cost_usd", 2))),
        ", ".join(row["tariffs"] or ()),
        row["status"] or "",
    )  # fmt: skip
    return cells[:7] + cells[8:] if unit == "t" else cells


def _print(quoted: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    from opencorridor.operations import workbench

    unit = quoted["unit"]
    head = tuple(cell.format(unit=unit) for cell in _HEAD if unit != "t" or "{unit}" not in cell)
    print(show.bold(f"Quotation: {quoted['origin']} to {quoted['destination']}"))
    print(
        f"{show.number(quoted['tonnes'], 1)} t of {quoted['commodity_name']}; on {quoted['date']}"
    )
    print(f"{quoted['currency']} of {quoted['price_year']}; {_validity(quoted)}\n")
    print(show.table(head, [_row(row, unit) for row in rows], right=(0, *range(3, len(head) - 2))))
    print()
    if quoted["p95_h"] is None:
        print("P50 and P95 not known")
    else:
        print(f"P50 {show.hours(quoted['p50_h'])}, P95 {show.hours(quoted['p95_h'])}")
    if quoted["arrives"]:
        print(f"Departs {quoted['departs']}, arrives {quoted['arrives']} by the clock")
    if quoted["insurance_usd"] is None:
        print("Insurance not included: the study has no premium")
    for one in quoted["documents"]:
        number = " ".join(word for word in (one["document_no"], one["country"]) if word)
        print(f"{one['kind'].capitalize()} {number}: {one['text']}")
    for one in quoted["documents_needed"]:
        need = ": ".join(word for word in (one["need"], one["condition"]) if word)
        where = ", ".join(word for word in (one["country"], *one["at"]) if word)
        print(f"Document needed: {one['name']} ({need}); {where}")
    for line in workbench.equipment.told(quoted["equipment"]):
        print(line)
    for rule in quoted["rules"]:
        print(f"Rule: {rule}")
    for one in quoted["assumptions"]:
        print(f"Rests on: {_GROUNDS[one['code']].format(**one)}")


def _validity(quoted: dict[str, Any]) -> str:
    if not quoted["dated"]:
        return "no dated tariff prices this route"
    start, end = quoted["valid_from"], quoted["valid_to"]
    return f"valid {start or 'without start'} to {end or 'no end known'}"
