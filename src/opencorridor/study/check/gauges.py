"""Checks of terminals where goods change mode or gauge, and of the ways to change gauge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opencorridor.study.check.links import node_values
from opencorridor.study.check.registry import at, check
from opencorridor.study.check.times import overlapping
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study

TRANSFER, VARIABLE = "transfer", "variable_gauge"


def _offered(study: Study) -> set[tuple[str, str]]:
    """Return the pairs of terminal and method that the study has."""
    t = study["transshipment"]
    return set(zip(t["terminal_id"].tolist(), t["method"].tolist(), strict=True))


@check("gauge_method", "transshipment")
def gauge_method(study: Study) -> Iterator[Problem]:
    """Check that bogies and variable wheels stand between rail nodes of two gauges."""
    t, terminal = study["transshipment"], study["terminal"]
    kinds = dict(zip(terminal["terminal_id"], terminal["kind"], strict=True))
    gauge, mode = node_values(study, "gauge_mm"), node_values(study, "mode")
    for i in np.flatnonzero(t["method"] != TRANSFER).tolist():
        ends = t["from_node_id"][i], t["to_node_id"][i]
        widths = {float(gauge[end]) for end in ends if end in gauge}
        if kinds.get(t["terminal_id"][i], "gauge") != "gauge":
            message = "the terminal is no yard of kind gauge"
        elif {mode.get(end, "rail") for end in ends} != {"rail"} or len(widths) < len(set(ends)):
            message = "it does not join rail nodes of two gauges"
        else:
            continue
        yield at(study, "gauge_method", message, "transshipment", i, "method",
                 "transfer, or a yard between two gauges")  # fmt: skip


@check("gauge_without_hours", "transshipment")
def gauge_without_hours(study: Study) -> Iterator[Problem]:
    """Check that a change of bogies, or of the width of wheels, takes time."""
    t = study["transshipment"]
    for i in np.flatnonzero((t["method"] != TRANSFER) & ~(t["time_h"] > 0)).tolist():
        yield at(study, "gauge_without_hours", "the change of gauge takes no time",
                 "transshipment", i, "time_h", "more than 0 h")  # fmt: skip


@check("unit_charge", "transshipment")
def unit_charge(study: Study) -> Iterator[Problem]:
    """Check that a charge per unit names its unit, and stands where goods go no distance."""
    t = study["transshipment"]
    for i in range(t.n):
        charge, unit = t["charge_usd_per_unit"][i] > 0, t["charge_unit"][i]
        if charge and not unit:
            yield at(study, "unit_charge", "the charge names no unit", "transshipment", i,
                     "charge_unit", "teu, feu, wagon or truck")  # fmt: skip
        elif unit and not charge:
            yield at(study, "unit_charge", "the unit has no charge", "transshipment", i,
                     "charge_usd_per_unit", "US$ per unit, more than 0")  # fmt: skip
        elif unit and t["distance_km"][i] > 0:
            mend = "give the price per tonne in cost_usd_per_t"
            yield at(study, "unit_charge", "a charge per unit stands beside kilometres",
                     "transshipment", i, "distance_km", "0 km", mend)  # fmt: skip


@check("transshipment_twice", "transshipment")
def transshipment_twice(study: Study) -> Iterator[Problem]:
    """Check that no two rows offer the same way between the same nodes on the same day."""
    key = ("terminal_id", "from_node_id", "to_node_id", "cargo", "method")
    t = study["transshipment"]
    for i, j in overlapping(study, "transshipment", key):
        message = f"the same as {t['transshipment_id'][i]}, on the same days"
        yield at(study, "transshipment_twice", message, "transshipment", j, "method",
                 "one row of a kind on a day",
                 "remove one, or give them dates that do not overlap")  # fmt: skip


@check("method_not_offered")
def method_not_offered(study: Study) -> Iterator[Problem]:
    """Check that a capacity or rule of one way to change gauge is of yards that offer it."""
    offered = _offered(study)
    for table in ("capacity", "cargo_rule"):
        t = study[table]
        for i in np.flatnonzero(t["method"] != "").tolist():
            method = t["method"][i]
            wrong = [p for p in t["place_ids"][i].split(";") if (p, method) not in offered]
            if t["place_kind"][i] != "terminal":
                message = f"a {t['place_kind'][i]} has no ways to change gauge"
            elif wrong:
                message = f"terminal {wrong[0]} offers no {method}"
            else:
                continue
            yield at(study, "method_not_offered", message, table, i, "method",
                     "a terminal with rows of this method", "or leave it blank")  # fmt: skip


@check("method_capacity", "capacity")
def method_capacity(study: Study) -> Iterator[Problem]:
    """Check that the capacity of a way to change gauge is more than 0."""
    t = study["capacity"]
    for i in np.flatnonzero((t["method"] != "") & ~(t["capacity_t_per_year"] > 0)).tolist():
        yield at(study, "method_capacity", "nothing can pass", "capacity", i,
                 "capacity_t_per_year", "more than 0 t/year",
                 "to shut it set its state in transshipment")  # fmt: skip


@check("variable_gauge_stock", "transshipment")
def variable_gauge_stock(study: Study) -> Iterator[Problem]:
    """Check that variable gauge has a capacity: what the wagons with such wheels can carry."""
    t = study["capacity"]
    stock = {
        place
        for i in np.flatnonzero(t["method"] == VARIABLE).tolist()
        for place in t["place_ids"][i].split(";")
    }
    over = study["transshipment"]
    for i in np.flatnonzero(over["method"] == VARIABLE).tolist():
        if over["terminal_id"][i] not in stock:
            yield at(study, "variable_gauge_stock", "no wagons with such wheels are known",
                     "transshipment", i, "method", "a row of capacity with method variable_gauge",
                     "tonnes a year that the wagons can carry")  # fmt: skip


@check("dates_reversed")
def dates_reversed(study: Study) -> Iterator[Problem]:
    """Check that no row ends before it begins."""
    for name in study.tables:
        t = study[name]
        # These two have checks of their own: never_opens and tariff_bounds.
        dated = {"valid_from", "valid_to"} <= set(t.columns)
        if name in ("opening_hours", "tariff_rail") or not dated:
            continue
        start, end = t["valid_from"], t["valid_to"]
        for i in np.flatnonzero((start != "") & (end != "") & (end < start)).tolist():
            yield at(study, "dates_reversed", f"it ends before it begins on {start[i]}", name, i,
                     "valid_to", f"{start[i]} or later")  # fmt: skip
