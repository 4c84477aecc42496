"""Places of freight for the workbench, and where their numbers come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opencorridor.operations import freight_places
from opencorridor.operations.workbench import counts
from opencorridor.operations.workbench.grounds import sources_of, told, unknown
from opencorridor.operations.workbench.places import names_of
from opencorridor.operations.workbench.session import Session
from opencorridor.scenario.observed import freight_fit
from opencorridor.study import Study

__all__ = ["KEYS", "capacities", "of_place", "places"]

Row = dict[str, Any]
KEYS: Mapping[str, tuple[str, ...]] = {
    "places": ("capacity_id",),
    "months": ("capacity_id", "month"),
    "lines": ("series",),
    "shares": ("part", "whole"),
    "fit": ("fit",),
}
"""Tables of the answer, and the columns whose texts, with ``>`` between, name a row."""

_TONNES = "Tonnes of the world's trade over the ways that goods choose, counted once at the place"
_BESIDE = "Counted at the place less what the model brings there, never below 0"
_WORDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("places", "capacity_t_per_year"): ("t/year", "Capacity, as the table says"),
    ("places", "load_t_per_year"): ("t/year", _TONNES),
    ("places", "background_t_per_year"): ("t/year", _BESIDE),
    ("places", "use_share"): ("share", "Load and background over capacity"),
    ("places", "wait_h"): ("h", "Hours that make loads fit what the capacity lets through"),
    ("places", "wait_usd_per_t"): ("US$/t", "Wait times the mean value of time of its goods"),
    ("places", "shadow_price_usd_per_t"): (
        "US$/t", "Fall of the generalised cost of all goods by one more tonne of capacity a year"),
    ("places", "first_year"): ("year", "First year with a wait, without new measures"),
    ("months", "use_share"): ("share", "Load and background of the month over its capacity"),
    ("months", "load_t"): ("t", "Load of the year times the share of the month, by class"),
    ("months", "background_t"): ("t", "Background of the year by open days"),
    ("months", "capacity_t"): ("t", "Capacity of the year by open days"),
    ("months", "open_days"): ("day", "Days of the month on which the place works"),
    ("months", "holidays"): ("day", "Public holidays of its countries in the month"),
    **{("months", f"capacity_{unit}"): (unit, f"Capacity over the payload, parameter {payload}")
       for unit, payload in freight_places.PAYLOADS.items()},
    ("lines", "observed_t"): ("t/year", "The count nearest to the baseline year"),
    ("lines", "modelled_t"): ("t/year", _TONNES),
    ("lines", "background_t"): ("t/year", _BESIDE),
    ("lines", "ratio"): ("", "Modelled and background over counted"),
    ("lines", "third_share"): (
        "share", "Modelled tonnes with neither end in the pair of countries, over all modelled"),
    ("shares", "observed"): ("share", "One count over the other"),
    ("shares", "modelled"): ("share", "Modelled tonnes of the part over those of the whole"),
    ("fit", "judged"): ("counts", "Counted tonnages that nothing in the study was set from"),
    ("fit", "within_factor_two"): (
        "counts", "Of these, with modelled and background between half and twice the count"),
}  # fmt: skip
_FREIGHT = ("trade_flow", "value_density", "concordance", "zone_share")


def places(session: Session) -> Row:
    """Return bottlenecks, use by month, and modelled against observed tonnages; kept."""

    def make() -> Row:
        model, base = session.model, session.base
        with session.solving:
            study = session.study
            years: Mapping[str, int] = {}
            if study.settings.target is not None:
                states = freight_places.path_states(model, base)
                years = freight_places.first_years(model, states)
            return {
                "year": study.settings.baseline_year,
                "price_year": study.settings.price_year,
                "places": freight_places.place_rows(model, base, years),
                "months": freight_places.month_rows(model, base),
                **freight_fit(model, base).as_dict(),
            } | {"names": _names(study)}

    found: Row = session.kept("places", 1).get(session.study.hash, make)
    return found


def capacities(study: Study) -> dict[str, Any]:
    """Return what names each capacity of a study: its places and their names, goods, direction."""
    table = study["capacity"]
    columns = ("capacity_id", "cargo", "class_id", "from_country", "to_country")
    ids = [[i for i in str(places).split(";") if i] for places in table["place_ids"]]
    rows = [{"place_ids": ids[r], **{c: str(table[c][r]) for c in columns}} for r in range(table.n)]
    return {"names": _names(study), "capacities": rows}


def _names(study: Study) -> dict[str, dict[str, str]]:
    """Return names by language of the crossings and terminals that have a capacity or a count."""
    wanted = {i for ids in study["capacity"]["place_ids"] for i in str(ids).split(";")}
    for column in ("passes", "then_passes"):
        wanted |= {i for ids in study["traffic_match"][column] for i in str(ids).split(";")}
    out: dict[str, dict[str, str]] = {}
    for name, key in (("border_crossing", "border_crossing_id"), ("terminal", "terminal_id")):
        table = study[name]
        rows = {str(i): n for n, i in enumerate(table[key])}
        out |= {i: names_of(table, rows[i]) for i in sorted(wanted & rows.keys())}
    return out


def of_place(session: Session, table: str, key: str, column: str) -> Row:
    """Return where a number of an answer about places comes from.

    Raises
    ------
    OpenCorridorError
        ``unknown_table``, ``unknown_row`` or ``unknown_column``.
    """
    if table not in KEYS:
        raise unknown("table", table, list(KEYS))
    rows = _rows(places(session), table)
    named = [">".join(str(row[name]) for name in KEYS[table]) for row in rows]
    if key not in named:
        raise unknown("row", key, named)
    row = rows[named.index(key)]
    if (table, column) not in _WORDS or row.get(column) is None:
        raise unknown("column", column, [c for t, c in _WORDS if t == table])
    unit, words = _WORDS[table, column]
    return counts.answer(
        session.study,
        label=words.partition(",")[0],
        value=float(row[column]),
        unit=unit,
        formula=_formula(table, row, column),
        table=f"freight_{table}",
        row=named.index(key),
        row_label=str(row.get("name") or key),
        column=column,
        description=_described(row, column),
        status=_status(row, column),
        sources=sources_of(session.study, _cited(session, row, column)),
    )


def _rows(found: Row, table: str) -> list[Row]:
    """Return the rows of a table of the answer; the counts of the fit are one row."""
    if table != "fit":
        return list(found[table])
    judged = [line for line in found["lines"] if line["judged"]]
    return [
        {
            "fit": "all",
            "goods": ", ".join(line["series"] for line in judged),
            "traffic_ids": [line["seen"][0]["traffic_id"] for line in judged],
            **{name: found[name] for name in ("judged", "within_factor_two")},
        }
    ]


_STEPS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("places", "use_share"): ("(load_t_per_year + background_t_per_year) / capacity_t_per_year",),
    ("months", "use_share"): ("(load_t + background_t) / capacity_t",),
    ("lines", "ratio"): ("(modelled_t + background_t) / observed_t", "modelled_t / observed_t"),
}
"""Arithmetic of a column; the second one where the first misses a number."""


def _formula(table: str, row: Row, column: str) -> str:
    """Return how a number is made in words, and with its numbers where they give it."""
    words = _WORDS[table, column][1]
    numbers = {k: float(v) for k, v in row.items() if isinstance(v, int | float)}
    for expression in _STEPS.get((table, column), ()):
        line = told(words, expression, numbers, float(row[column]))
        if line != words:
            return line
    return words


def _described(row: Row, column: str) -> str:
    if column.startswith("background"):
        return str(row.get("background_note", ""))
    if "seen" in row:
        counts_of = [f"{s['traffic_id']} {s['year']}: {s['t_per_year']:,.0f}" for s in row["seen"]]
        return f"{row['goods']}. " + "; ".join(counts_of)
    return str(row.get("goods", ""))


def _status(row: Row, column: str) -> str:
    if column == "observed_t":
        return str(row["seen"][0]["status"])
    return str(row["status"]) if column == "capacity_t_per_year" else "derived"


def _cited(session: Session, row: Row, column: str) -> list[str]:
    """Return the sources of a number: its own row's, or those of the tables behind it."""
    own = [s["source"] for s in row.get("seen", ())] if column != "modelled_t" else []
    if column in ("capacity_t_per_year", "use_share") and row.get("source"):
        own.append(str(row["source"]))
    if column.startswith("background") and row.get("background_source"):
        own.append(str(row["background_source"]))
    if "traffic_ids" in row:
        table = session.study["traffic"]
        at = {str(t): n for n, t in enumerate(table["traffic_id"])}
        own += [str(table["source"][at[t]]) for t in row["traffic_ids"]]
    if not own:
        tables = [session.study[name] for name in _FREIGHT]
        own = [str(s) for t in tables if "source" in t.columns for s in dict.fromkeys(t["source"])]
    return list(dict.fromkeys(own))
