"""Which cells of the study stand behind a number of a run, by the group's name in the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np

from opencorridor.operations.workbench.cells import (
    FEW,
    MOST,
    SETTINGS_TABLE,
    Cell,
    Line,
    Mask,
    observed,
    picked,
    same,
    settings_cells,
)
from opencorridor.operations.workbench.inputs_goods import (
    Group,
    all_of,
    capacity,
    capacity_reports,
    door_capacity,
    fit_trips,
    leg_links,
    link,
    naive,
    of_class,
    of_leg,
    parameter,
    traffic,
    traffic_here,
    value_density,
)
from opencorridor.operations.workbench.inputs_scenario import closed_places, own_edits
from opencorridor.study import Study

__all__ = ["GROUPS", "cells_of"]

# --- trade --------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _pair_mask(study: Study) -> Mask:
    table, (a, b) = study["trade_flow"], study.settings.pair
    forth = same(table, exporter=a, importer=b)
    return forth | same(table, exporter=b, importer=a)


def _pair_flows(line: Line) -> list[Cell]:
    table, mask = line.study["trade_flow"], _pair_mask(line.study)
    if line.text("exporter") and line.text("importer"):
        way = same(table, exporter=line.text("exporter"), importer=line.text("importer"))
        mask = mask & way
    return picked(table, mask, "value_usd_current")


def _value_density_pair(line: Line) -> list[Cell]:
    table, (a, b) = line.study["value_density"], line.study.settings.pair
    both = same(table, exporter=a, importer=b) | same(table, exporter=b, importer=a)
    return picked(table, both, "value_density_usd_per_t")


def _pair_bands(line: Line) -> list[Cell]:
    table = line.study["trade_flow"]
    mask = _pair_mask(line.study) & np.isfinite(table["value_low_usd_current"])
    return picked(table, mask, "value_usd_current")


def _flows_at_start(line: Line) -> list[Cell]:
    return _pair_flows(line) if line.year == line.study.settings.baseline_year else []


@lru_cache(maxsize=4)
def _pair_series_rows(study: Study) -> tuple[int, ...]:
    """Return reports of the pair's whole trade, of the year nearest to the baseline."""
    table, pair = study["trade_series"], set(study.settings.pair)
    mask = observed(study, table) & np.isfinite(table["value_usd_current"])
    ends = list(zip(table["exporter"], table["importer"], strict=True))
    whole = []
    for e, i in ends:
        named = {e, *str(i).split(";")} - {"TURNOVER", ""}
        whole.append(named == pair or (e == "TURNOVER" and not named))
    mask &= np.array(whole, dtype=bool)
    mask &= np.isin(table["product"], ["all", "total"]) & np.isfinite(table["year"])
    rows = np.flatnonzero(mask)
    if not rows.size:
        return ()
    far = np.abs(table["year"][rows] - study.settings.baseline_year)
    return tuple(int(r) for r in rows[far == far.min()])


def _pair_series(line: Line) -> list[Cell]:
    rows = _pair_series_rows(line.study)
    return picked(line.study["trade_series"], rows, "value_usd_current", FEW)


def _series(column: str) -> Group:
    def group(line: Line) -> list[Cell]:
        table = line.study["trade_series"]
        mask = same(table, tonnes=line.row.get("reference_t"), source=line.text("source"))
        return picked(table, mask & same(table, year=line.row.get("year")), column, 1)

    return group


def _index_of(year: Callable[[Line], int], *, reported: bool = False) -> Group:
    def group(line: Line) -> list[Cell]:
        table = line.study["deflator"]
        if not reported:
            return picked(table, same(table, year=year(line)), "price_index")
        rows = np.flatnonzero(observed(line.study, table) & (table["year"] <= year(line)))
        newest = rows[np.argsort(-table["year"][rows])][:1]
        return picked(table, [int(r) for r in newest], "price_index")

    return group


def _growth(line: Line) -> list[Cell]:
    table = line.study["growth"]
    mask = same(table, year=line.year) & np.isin(table["country_id"], line.study.settings.pair)
    return picked(table, mask, "gdp_index")


def _target_year(line: Line) -> int:
    target = line.study.settings.target
    return target.year if target else line.study.settings.baseline_year


def _asked_for(line: Line) -> bool:
    """Say whether the target is not the study's: a plan to another one rests on no cell of it."""
    target = line.study.settings.target
    asked = line.summary.get("target_usd")
    return target is None or asked not in (None, target.usd)


def _setting(name: str, *, this_year: bool = False) -> Group:
    def group(line: Line) -> list[Cell]:
        if name.startswith("target.") and _asked_for(line):
            return []
        found = settings_cells(line.study, name)
        if this_year:
            found = [c for c in found if c.year == line.row.get("year")]
        usd = line.row.get("usd")
        own = [c for c in found if usd is None or c.value == usd]
        return [Cell(SETTINGS_TABLE, c.row, name) for c in own]

    return group


# --- measures -----------------------------------------------------------------------------------


def _edits_of(line: Line, measures: Iterable[str], most: int = FEW) -> list[Cell]:
    table = line.study["measure_edit"]
    mask = np.isin(table["measure_id"], list(measures)) & (table["op"] != "delete")
    return picked(table, mask, "value", most)


def _plan_edits(line: Line) -> list[Cell]:
    return _edits_of(line, line.summary.get("measures", []), MOST)


def _in_force(line: Line) -> list[Cell]:
    from opencorridor.scenario.measures import in_force_between

    day, year = line.study.settings.baseline_date, line.year
    return _edits_of(line, in_force_between(line.study, day, f"{year}-07-01"), MOST)


def _measure(column: str) -> Group:
    def group(line: Line) -> list[Cell]:
        table = line.study["measure"]
        return picked(table, same(table, measure_id=line.text("measure_id")), column)

    return group


def _plan_costs(line: Line) -> list[Cell]:
    table = line.study["measure"]
    mask = np.isin(table["measure_id"], line.summary.get("measures", []))
    return picked(table, mask & np.isfinite(table["capex_usd"]), "capex_usd")


def _assumed_costs(line: Line) -> list[Cell]:
    table = line.study["measure"]
    return picked(table, same(table, cost_status="assumed"), "capex_usd")


def _moved(line: Line) -> list[Cell]:
    found: list[Cell] = []
    for name in line.text("parameter").split(", "):
        table_name, _, column = name.partition(".")
        table = line.study[table_name]
        low = table.schema.column(column).low
        banded = np.isfinite(table[low]) if low else np.ones(table.n, dtype=bool)
        seen = observed(line.study, table) & banded
        found += picked(table, seen, column, 1) + picked(table, banded & ~seen, column, FEW)
    return found[:MOST]


GROUPS: dict[str, Group] = {
    "assumed_costs": _assumed_costs,
    "capacity": capacity("capacity_t_per_year"),
    "capacity_high": capacity("capacity_high_t_per_year"),
    "capacity_low": capacity("capacity_low_t_per_year"),
    "capacity_reports": capacity_reports,
    "closed_places": closed_places,
    "commitment_edits": lambda line: _edits_of(line, line.text("measure_ids").split(";")),
    "door_capacity": door_capacity,
    "elasticity": all_of("elasticity", "theta"),
    "fit_trips": fit_trips,
    "growth": _growth,
    "in_force": _in_force,
    "leg_co2": of_leg("", "co2_kg_per_t", ("emission_factor", "fuel_g_per_tkm")),
    "leg_hours": of_leg("mean_h", "time_h", ("speed", "speed_km_per_h")),
    "leg_links": leg_links,
    "leg_money": of_leg("cost_usd_per_t", "cost_usd_per_t", ("mode_rate", "rate_usd_per_unit_km")),
    "link": link,
    "measure_cost": _measure("capex_usd"),
    "measure_cost_high": _measure("capex_high_usd"),
    "measure_cost_low": _measure("capex_low_usd"),
    "measure_edits": lambda line: _edits_of(line, [line.text("measure_id")]),
    "measure_lead": _measure("lead_time_months"),
    "moved": _moved,
    "naive": parameter(naive),
    "observed_setting": _setting("run.observed.usd", this_year=True),
    "own_edits": own_edits,
    "pair_bands": _pair_bands,
    "pair_flows": _pair_flows,
    "pair_flows_at_start": _flows_at_start,
    "pair_series": _pair_series,
    "plan_costs": _plan_costs,
    "plan_edits": _plan_edits,
    "price_index": _index_of(lambda line: line.year),
    "price_index_observed": _index_of(lambda line: line.year, reported=True),
    "price_index_target": _index_of(_target_year),
    "series": _series("tonnes"),
    "series_year": _series("year"),
    "sides": _setting("target.sides.usd"),
    "target": _setting("target.usd"),
    "target_year": _setting("target.year"),
    "traffic": traffic("t_per_year"),
    "traffic_here": traffic_here,
    "traffic_year": traffic("year"),
    "value_density": value_density,
    "value_density_pair": _value_density_pair,
    "value_of_time": of_class("value_of_time_usd_per_t_h"),
    "value_of_time_class": of_class("value_of_time_usd_per_t_h"),
    "working_days": parameter(lambda _: "working_year_days"),
}
"""Groups of cells by the names that the catalogue uses."""


def cells_of(line: Line, groups: Iterable[str]) -> list[Cell]:
    """Return the cells of several groups, each once, in order."""
    return list(dict.fromkeys(cell for name in groups for cell in GROUPS[name](line)))
