"""Places of freight for the workbench, and where their numbers come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opencorridor.operations import freight_places
from opencorridor.operations.workbench import counts
from opencorridor.operations.workbench.grounds import sources_of
from opencorridor.operations.workbench.places import names_of
from opencorridor.operations.workbench.session import Session
from opencorridor.scenario.observed import freight_fit
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.errors import suggest

__all__ = ["KEYS", "of_place", "places"]

Row = dict[str, Any]
KEYS: Mapping[str, tuple[str, ...]] = {
    "places": ("capacity_id",),
    "months": ("capacity_id", "month"),
    "lines": ("series",),
    "shares": ("part", "whole"),
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
    ("lines", "observed_t"): ("t/year", "The count nearest to the baseline year"),
    ("lines", "modelled_t"): ("t/year", _TONNES),
    ("lines", "background_t"): ("t/year", _BESIDE),
    ("lines", "ratio"): ("", "Modelled and background over counted"),
    ("lines", "third_share"): (
        "share", "Modelled tonnes with neither end in the pair of countries, over all modelled"),
    ("shares", "observed"): ("share", "One count over the other"),
    ("shares", "modelled"): ("share", "Modelled tonnes of the part over those of the whole"),
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


def _unknown(what: str, value: str, known: list[str]) -> OpenCorridorError:
    return OpenCorridorError(
        [Problem(f"unknown_{what}", f"the answer has no such {what}", column=what,
                 value=value[:60], mend=suggest(value[:60], known))]
    )  # fmt: skip


def of_place(session: Session, table: str, key: str, column: str) -> Row:
    """Return where a number of an answer about places comes from.

    Raises
    ------
    OpenCorridorError
        ``unknown_table``, ``unknown_row`` or ``unknown_column``.
    """
    if table not in KEYS:
        raise _unknown("table", table, list(KEYS))
    rows: list[Row] = places(session)[table]
    named = [">".join(str(row[name]) for name in KEYS[table]) for row in rows]
    if key not in named:
        raise _unknown("row", key, named)
    row = rows[named.index(key)]
    if (table, column) not in _WORDS or row.get(column) is None:
        raise _unknown("column", column, [c for t, c in _WORDS if t == table])
    unit, words = _WORDS[table, column]
    return counts.answer(
        session.study,
        label=words.partition(",")[0],
        value=float(row[column]),
        unit=unit,
        formula=words + _steps(row, column),
        table=f"freight_{table}",
        row=named.index(key),
        row_label=str(row.get("name") or key),
        column=column,
        description=_described(row, column),
        status=_status(row, column),
        sources=sources_of(session.study, _cited(session, row, column)),
    )


def _steps(row: Row, column: str) -> str:
    if column == "use_share" and "load_t_per_year" in row:
        load, beside = row["load_t_per_year"], row["background_t_per_year"]
        return f": ({load:,.0f} + {beside:,.0f}) / {row['capacity_t_per_year']:,.0f}"
    if column == "ratio":
        beside = row["background_t"] or 0.0
        return f": ({row['modelled_t']:,.0f} + {beside:,.0f}) / {row['observed_t']:,.0f}"
    return ""


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
