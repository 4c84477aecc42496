"""Cells of the study behind numbers of goods, places, routes and their fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from opencorridor.operations.workbench.cells import (
    FEW,
    Cell,
    Line,
    lists,
    observed,
    picked,
    same,
)

__all__ = [
    "Group",
    "all_of",
    "capacity",
    "capacity_reports",
    "door_capacity",
    "fit_trips",
    "leg_links",
    "link",
    "naive",
    "of_class",
    "of_leg",
    "parameter",
    "traffic",
    "traffic_here",
    "value_density",
]

Group = Callable[[Line], list[Cell]]


def capacity(column: str) -> Group:
    """Return the group of one column of the capacity that the line names."""

    def group(line: Line) -> list[Cell]:
        table = line.study["capacity"]
        return picked(table, same(table, capacity_id=line.text("capacity_id")), column)

    return group


def door_capacity(line: Line) -> list[Cell]:
    """Return the capacities of a door for all goods."""
    table = line.study["capacity"]
    here = lists(table, "place_ids", [line.text("place_id")])
    return picked(table, here & same(table, cargo="all", class_id=""), "capacity_t_per_year")


def _places(line: Line) -> list[str]:
    if line.text("capacity_id"):
        table = line.study["capacity"]
        rows = np.flatnonzero(same(table, capacity_id=line.text("capacity_id")))
        return [p for r in rows for p in str(table["place_ids"][r]).split(";") if p]
    return [p for p in (line.text("place_id") or line.text("place_ids")).split(";") if p]


def traffic_here(line: Line) -> list[Cell]:
    """Return the observed counts at the places of the line."""
    table = line.study["traffic"]
    mask = observed(line.study, table) & same(table, kind="observed")
    mask &= lists(table, "place_ids", _places(line)) & np.isfinite(table["t_per_year"])
    return picked(table, mask, "t_per_year", 8)


def capacity_reports(line: Line) -> list[Cell]:
    """Return what is reported of capacities at the places of the line."""
    table = line.study["traffic"]
    mask = observed(line.study, table) & np.isin(table["kind"], ["capacity", "quota", "target"])
    mask &= lists(table, "place_ids", _places(line)) & np.isfinite(table["t_per_year"])
    return picked(table, mask, "t_per_year", 8)


def traffic(column: str) -> Group:
    """Return the group of one column of the count that the line compares with."""

    def group(line: Line) -> list[Cell]:
        table, row = line.study["traffic"], line.row
        told: dict[str, Any] = {"place_ids": line.text("place_ids"), "source": line.text("source")}
        told |= {"t_per_year": row.get("observed_t_per_year"), "year": row.get("year")}
        return picked(table, same(table, **told), column, 1)

    return group


def link(line: Line) -> list[Cell]:
    """Return the length of the line's link."""
    table = line.study["link"]
    return picked(table, same(table, link_id=line.text("link_id")), "length_km")


def value_density(line: Line) -> list[Cell]:
    """Return the value of a tonne: of the direction, else of the class."""
    table, klass = line.study["value_density"], line.text("class_id")
    ways = {name: line.text(name) for name in ("exporter", "importer")}
    own = picked(table, same(table, class_id=klass, **ways), "value_density_usd_per_t")
    return own or of_class("value_density_usd_per_t")(line)


def of_class(column: str) -> Group:
    """Return the group of one column of the class of goods that the line names."""

    def group(line: Line) -> list[Cell]:
        table = line.study["commodity"]
        if line.text("class_id"):
            return picked(table, same(table, class_id=line.text("class_id")), column)
        named = [bool(n) and f", {n} (" in line.text("route") for n in table["name_en"].tolist()]
        return picked(table, np.array(named, dtype=bool), column)

    return group


def of_leg(stay: str, handling: str, moving: tuple[str, str]) -> Group:
    """Cells of a leg: of its crossing, its terminal, or of movement by its mode in its country."""

    def group(line: Line) -> list[Cell]:
        study = line.study
        if line.text("border_crossing_id"):
            dwell = study["border_dwell"]
            here = same(dwell, border_crossing_id=line.text("border_crossing_id"))
            return picked(dwell, here, stay) if stay else []
        if line.text("terminal_id"):
            moved = study["transshipment"]
            return picked(moved, same(moved, terminal_id=line.text("terminal_id")), handling, FEW)
        table, column = study[moving[0]], moving[1]
        mine = same(table, mode=line.text("mode"))
        for country in (line.text("country"), ""):
            found = picked(table, mine & same(table, country_id=country), column, FEW)
            if found:
                return found
        return []

    return group


def leg_links(line: Line) -> list[Cell]:
    """Return the longest observed links of a leg's mode in its country."""
    table = line.study["link"]
    mine = same(table, mode=line.text("mode"), country_id=line.text("country"))
    rows = np.flatnonzero(mine & observed(line.study, table))
    longest = rows[np.argsort(-table["length_km"][rows], kind="stable")][:3]
    return picked(table, [int(r) for r in longest], "length_km")


def fit_trips(line: Line) -> list[Cell]:
    """Return the observed trips that a line of the fit compares."""
    match, seen = line.study["observation_match"], line.study["observation"]
    mine = same(match, use="used", quantity=line.text("quantity"))
    if line.text("by") == "family":
        mine &= same(match, family=line.text("kind"))
    wanted = np.isin(seen["obs_id"], match["obs_id"][mine])
    if line.text("by") == "kind":
        wanted &= same(seen, kind=line.text("kind"))
    column = "time_h" if line.text("quantity") == "time" else "cost_usd_current"
    return picked(seen, wanted, column)


def parameter(name: Callable[[Line], str]) -> Group:
    """Return the group of a parameter by its name."""

    def group(line: Line) -> list[Cell]:
        table = line.study["parameter"]
        return picked(table, same(table, parameter_id=name(line)), "value")

    return group


def naive(line: Line) -> str:
    """Return the parameter of the plain rule."""
    hours = line.text("quantity") == "time"
    return "naive_speed_km_per_h" if hours else "naive_rate_usd_per_tkm"


def all_of(table: str, column: str) -> Group:
    """Return the group of a whole column."""
    return lambda line: picked(line.study[table], range(line.study[table].n), column)
