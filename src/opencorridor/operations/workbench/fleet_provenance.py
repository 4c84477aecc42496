"""Where a number of the view of fleets comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from opencorridor.operations.freight_empties import empties
from opencorridor.operations.freight_fleets import FleetsFound, adding, fleets
from opencorridor.operations.workbench.cells import FEW, Cell, Line, picked, same
from opencorridor.operations.workbench.grounds import frame, grounds, told
from opencorridor.operations.workbench.inputs import cells_of
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.errors import suggest

__all__ = ["Asked", "of_number"]

Row = Mapping[str, Any]


class _Words(NamedTuple):
    title: str
    unit: str
    words: str
    expression: str = ""


_COLUMNS: dict[str, _Words] = {
    "count": _Words("Units", "units", "Count of the table and the units added"),
    "unit_days": _Words("Days that the fleet has", "day/year",
                        "Count times working days, less reserve and days elsewhere"),
    "used_unit_days": _Words(
        "Days that goods take", "day/year",
        "Over the goods that ride in the fleet: trips times the days of a trip"),
    "utilisation_share": _Words("Busy", "share", "Days that goods take over those that it has",
                                "used_unit_days / unit_days"),
    "needed": _Words("Units needed", "units", "Loads a day times the days of a trip, over the "
                     "share of the fleet that is there for them"),
    "t_per_year": _Words("Carries", "t/year", "Tonnes of the ways that ride in the fleet, times "
                         "the share that the fleet carries"),
    "loads_per_day": _Words("Loads", "per day", "Tonnes over payload over working days"),
    "trip_days": _Words("One trip", "day", "Mean over the goods: days under way with the empty "
                        "return, and days at terminals"),
    "wait_h": _Words("Wait for a unit", "h", "Wait at which the goods that still want to ride are "
                     "those that the fleet can carry"),
    "usd_per_unit_day": _Words("Worth of a day", "US$/day", "What the goods lose by the wait, at "
                               "their value of time, over the days that they take"),
    "trade_usd": _Words("Trade of the pair", "US$/year", "Trade with the units added"),
    "baseline_usd": _Words("Trade of the pair before", "US$/year", "Trade at the baseline"),
    "trade_change_usd": _Words("Change of the pair's trade", "US$/year", "With the units less "
                               "without", "trade_usd - baseline_usd"),
    "fleets_t_per_year": _Words("Carried by all fleets", "t/year", "Tonnes in all fleets"),
    "baseline_fleets_t_per_year": _Words("Carried by all fleets before", "t/year",
                                         "Tonnes in all fleets at the baseline"),
    "fleets_change_t": _Words("Change of what fleets carry", "t/year", "With the units less "
                              "without", "fleets_t_per_year - baseline_fleets_t_per_year"),
    "rerouted_t_per_year": _Words("Takes another way", "t/year", "Tonnes of the baseline times "
                                  "half the sum of the changes of the shares of their ways"),
    "extra_hours_t_h": _Words("Change of hours", "t·h/year", "Tonnes of the baseline times the "
                              "change of their mean hours, waits included"),
    "extra_cost_usd": _Words("Change of cost", "US$/year", "Tonnes of the baseline times the "
                             "change of their generalised cost"),
    "stranded_t": _Words("Stranded", "t/year", "Tonnes that no wait can carry"),
    "loaded_per_year": _Words("Loaded", "units/year", "Tonnes over the payload of the class"),
    "loaded_per_day": _Words("Loaded a day", "units/day", "Loaded units over the days of a year"),
    "empty_per_year": _Words("Empty", "units/year", "Units that go back empty so that every place "
                             "sends as many as it gets, with the fewest kilometres"),
    "empty_km_share": _Words("Run empty", "share", "Kilometres run empty over all",
                             "empty_unit_km / (empty_unit_km + loaded_unit_km)"),
    "stuck_per_year": _Words("No way back", "units/year", "Empties that find no way"),
    "loaded_out": _Words("Loaded there", "units/year", "Loaded trips that start there"),
    "loaded_in": _Words("Unloaded there", "units/year", "Loaded trips that end there"),
    "left_over": _Words("Left over", "units/year", "Unloaded less loaded there; negative: lacking",
                        "loaded_in - loaded_out"),
    "empty_share": _Words("Share of empties", "share", "Empty units over all that pass",
                          "empty_per_year / (empty_per_year + loaded_per_year)"),
    "units_per_year": _Words("Empties", "units/year", "Empties that go from one to the other"),
    "mean_km": _Words("Mean way", "km", "Kilometres of the shortest ways over the empties"),
}  # fmt: skip
_OF_FLEETS = ("fleets", "after", "effect")


@dataclass(frozen=True)
class Asked:
    """A number: its table, the key of its row, its column, and the units added to fleets."""

    table: str
    key: str
    column: str
    add: tuple[tuple[str, float], ...] = ()


def key_of(table: str, row: Row) -> str:
    """Return the key by which a row of a table is asked for."""
    parts = {
        "fleets": ("fleet_id",), "after": ("fleet_id",), "effect": (), "units": ("unit",),
        "balance": ("unit", "country_id"), "returns": ("unit", "from_country", "to_country"),
        "crossings": ("unit", "border_crossing_id", "from_country"),
    }[table]  # fmt: skip
    return ":".join(str(row[p]) for p in parts)


def _unknown(what: str, value: str, known: list[str]) -> OpenCorridorError:
    return OpenCorridorError(
        [
            Problem(f"unknown_{what}", f"no such {what}", column=what, value=value[:60],
                    mend=suggest(value[:60], known))
        ]
    )  # fmt: skip


def _rows(session: Session, asked: Asked) -> list[Row]:
    if asked.table not in _OF_FLEETS:
        found = empties(session).as_dict()
        return list(found[asked.table])
    state: FleetsFound = adding(session, dict(asked.add)) if asked.add else fleets(session)
    if asked.table == "effect":
        return [state.effect] if state.effect else []
    return list((state.after or ()) if asked.table == "after" else state.fleets)


def _cells(study: Study, asked: Asked) -> list[Cell]:
    """Return the cells that a number rests on."""
    table = study["fleet"]
    if asked.table in _OF_FLEETS:
        ids = [asked.key] if asked.key else [f for f, _ in asked.add]
        out: list[Cell] = []
        for column in ("count", "payload_t", "reserve_share", "elsewhere_share", "carried_share",
                       "terminal_days", "empty_return_share"):  # fmt: skip
            for fleet in ids:
                out += picked(table, same(table, fleet_id=fleet), column, FEW)
    else:
        goods = study["commodity"]
        every = goods["class_id"] != ""
        unit = asked.key.partition(":")[0]
        column = (
            "payload_t_per_wagon" if "wagon" in unit
            else "payload_t_per_truck" if "truck" in unit
            else "payload_t_per_teu" if unit == "container_20" else "payload_t_per_feu"
        )  # fmt: skip
        out = picked(goods, every, column, FEW)
    line = Line(study, {"closed": [], "measures": [], "edits": []}, {})
    return [*out, *cells_of(line, ("pair_flows", "pair_series"))]


def of_number(session: Session, asked: Asked) -> dict[str, Any]:
    """Return where a number of the view of fleets comes from.

    Raises
    ------
    OpenCorridorError
        ``unknown_row`` or ``unknown_column``.
    """
    rows = _rows(session, asked)
    keys = [key_of(asked.table, row) for row in rows]
    if asked.key not in keys:
        raise _unknown("row", asked.key, keys)
    number = keys.index(asked.key)
    row = rows[number]
    if row.get(asked.column) is None:
        raise _unknown("column", asked.column, [c for c in row if c in _COLUMNS])
    words, value = _COLUMNS[asked.column], float(row[asked.column])
    numbers = {k: float(v) for k, v in row.items() if isinstance(v, int | float)}
    study = session.study
    added = ", ".join(f"{n:+g} {f}" for f, n in asked.add)
    return {
        "label": words.title,
        "value": value,
        "unit": words.unit,
        "low": None,
        "high": None,
        "status": "derived",
        "formula": told(words.words, words.expression, numbers, value),
        **grounds(study, _cells(study, asked)),
        "table": f"freight_{asked.table}",
        "row": number,
        "row_label": asked.key or added,
        "column": asked.column,
        "description": added,
        **frame(study, None),
    }
