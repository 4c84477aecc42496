"""Tables of freight: bottlenecks, doors, loads against observations, links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.indicators import (
    arc_loads,
    crossing_loads,
    link_loads,
    option_tonnes,
    units_per_day,
)
from opencorridor.network import build
from opencorridor.operations.results.solve import Solved
from opencorridor.scenario.shadow import shadow_prices
from opencorridor.scenario.state import Baseline, State

__all__ = ["Loads", "bottleneck_rows", "door_rows", "link_rows", "loads_of", "names", "own_units",
           "skim_rows", "traffic_rows"]  # fmt: skip

Row = dict[str, Any]
Floats = NDArray[np.float64]
# Below this the pair's own goods do not make a place one of theirs.
OWN_GOODS_T = 1_000.0


@dataclass(frozen=True)
class Loads:
    """Tonnes a year of one state: by option, by arc of the reduced graph, and by place."""

    option_t: Floats
    arc_t: Floats
    places: dict[str, tuple[float, float]]


def names(solved: Solved) -> dict[str, str]:
    """English names of crossings, terminals and zones by id."""
    study = solved.study
    out: dict[str, str] = {}
    for table, key in (
        ("zone", "zone_id"), ("terminal", "terminal_id"), ("border_crossing", "border_crossing_id"),
    ):  # fmt: skip
        out |= dict(zip(study[table][key], study[table]["name_en"], strict=True))
    return out


def _tonnes(solved: Solved, state: State | Baseline) -> Floats:
    """(C,) tonnes of cells in a state."""
    if isinstance(state, State):
        return state.tonnes
    values = solved.model.cell_values(solved.model.flows)
    result: Floats = (state.prices.tonnes_per_usd * values).sum(axis=1)
    return result


def loads_of(solved: Solved, state: State | Baseline, own: bool = False) -> Loads:
    """Return loads of a state; ``own`` counts the goods of the study's pair only."""
    model = solved.model
    tonnes = _tonnes(solved, state) * model.covered
    if own:
        a, b = model.pair
        pair = np.isin(model.cells.exporter, (a, b)) & np.isin(model.cells.importer, (a, b))
        tonnes = np.where(pair, tonnes, 0.0)
    rows = tonnes[model.rows.cell] * state.prices.weight
    by_option = option_tonnes(model.options, rows, state.share)
    arcs = arc_loads(model.options, model.routes, by_option, model.graph.n_arcs)
    return Loads(by_option, arcs, crossing_loads(model.graph, arcs))


def own_units(solved: Solved, tonnes: Floats, weight: Floats) -> dict[str, float]:
    """Tonnes by direction, and wagons and boxes a day, of the pair's goods."""
    model, table = solved.model, solved.study["commodity"]
    a, b = model.pair
    moved = tonnes[model.rows.cell] * weight
    klass = model.cells.klass[model.rows.cell]
    exporter = model.cells.exporter[model.rows.cell]
    importer = model.cells.importer[model.rows.cell]
    forth = (exporter == a) & (importer == b)
    back = (exporter == b) & (importer == a)
    either = forth | back
    boxed, bulk = either & (model.rows.cargo == 0), either & (model.rows.cargo == 1)
    boxes = float((moved / table["payload_t_per_feu"][klass])[boxed].sum())
    wagons = float((moved / table["payload_t_per_wagon"][klass])[bulk].sum())
    days = model.parameter(solved.study).get("working_year_days", 365.0)
    return {
        "tonnes_a_b": float(moved[forth].sum()),
        "tonnes_b_a": float(moved[back].sum()),
        "boxes_per_day": units_per_day(boxes, 1.0, days),
        "wagons_per_day": units_per_day(wagons, 1.0, days),
    }


def _place_names(solved: Solved, row: int) -> str:
    known = names(solved)
    table = solved.model.places.table
    ids = [i for i in table["place_ids"][row].split(";") if i]
    text = ", ".join(known.get(i) or i for i in ids[:2])
    if len(ids) > 2:
        text += f" and {len(ids) - 2} more"
    cargo, klass = table["cargo"][row], table["class_id"][row]
    if klass:
        classes = solved.study["commodity"]
        at = int(np.flatnonzero(classes["class_id"] == klass)[0])
        text += f", {classes['name_en'][at].lower()}"
    elif cargo != "all":
        text += f", {cargo}"
    if table["from_country"][row]:
        text += f", {table['from_country'][row]} to {table['to_country'][row]}"
    return text


def bottleneck_rows(solved: Solved) -> list[Row]:
    """Places with a capacity: where the pair's goods pass first, then by the longer wait."""
    model = solved.model
    table = model.places.table
    base, plan = solved.base.clearing, solved.plan[solved.target_year]
    own = _own_by_place(solved)
    beside = _background(solved)
    worth = shadow_prices(model, solved.base)
    rows: list[Row] = []
    for f, capacity_id in enumerate(model.places.capacity_id):
        capacity = float(solved.base.prices.capacity[f] + beside[f])
        if not np.isfinite(capacity) or model.places.fleet_id[f]:
            # A place that only measures bring has no limit and no goods before; a fleet is no
            # place, its days stand in a table of their own.
            continue
        load = float(base.load_t[f])
        rows.append(
            {
                "capacity_id": capacity_id,
                "name": _place_names(solved, f),
                "place_kind": table["place_kind"][f],
                "capacity_t_per_year": capacity,
                "low": table["capacity_low_t_per_year"][f],
                "high": table["capacity_high_t_per_year"][f],
                "load_t_per_year": load,
                "background_t_per_year": float(beside[f]),
                "use_share": (load + beside[f]) / capacity if capacity > 0 else None,
                "wait_h": float(base.wait_h[f]),
                "shadow_price_usd_per_t": None if np.isnan(worth[f]) else float(worth[f]),
                "own_t_per_year": float(own[f]),
                "stranded_t": float(plan.clearing.stranded_t[f]),
                "plan_capacity_t_per_year": float(plan.prices.capacity[f] + beside[f]),
                "plan_load_t_per_year": float(plan.clearing.load_t[f]),
                "plan_wait_h": float(plan.clearing.wait_h[f]),
                "note": table["note"][f],
                "source": table["source"][f],
                "status": table["status"][f],
            }
        )
    # A wait below a second is the rounding of none and must not decide the rank.
    return sorted(
        rows,
        key=lambda r: (
            r["own_t_per_year"] < OWN_GOODS_T,
            -round(max(r["plan_wait_h"], r["wait_h"]), 3),
            -(r["use_share"] or 0.0),
        ),
    )


def _background(solved: Solved) -> Floats:
    """(F,) tonnes a year beside the model's that use each place; 0 where none are known."""
    table = solved.study["capacity"]
    known = dict(zip(table["capacity_id"], table["background_t_per_year"].tolist(), strict=True))
    return np.array([known.get(c, 0.0) for c in solved.model.places.capacity_id])


def _own_by_place(solved: Solved) -> Floats:
    """(F,) tonnes a year of the pair's own goods at each place with a capacity, baseline."""
    model = solved.model
    tonnes = loads_of(solved, solved.base, own=True).option_t
    spread = np.repeat(tonnes, np.diff(model.options.place_first))
    loads = np.bincount(model.options.place, weights=spread, minlength=model.places.n)
    return loads.astype(np.float64)


def door_rows(solved: Solved, target_scale: float) -> list[Row]:
    """Doors of the pair's goods: today's tonnes, and those that the target would bring.

    ``target_scale`` is the pair's tonnes at the target over those of the target year without new
    measures.
    """
    here = loads_of(solved, solved.base, own=True).places
    state = solved.without[solved.target_year]
    own = loads_of(solved, state, own=True).places
    everyone = loads_of(solved, state).places
    known = names(solved)
    caps: dict[str, float] = {}
    table = solved.study["capacity"]
    for r in range(table.n):
        if table["cargo"][r] == "all" and not table["class_id"][r]:
            for place in table["place_ids"][r].split(";"):
                caps[place] = caps.get(place, 0.0) + float(table["capacity_t_per_year"][r])
    rows: list[Row] = []
    for place, (forth, back) in own.items():
        if place not in known or place.startswith("inland:"):
            continue
        now = sum(here.get(place, (0.0, 0.0)))
        wanted = (forth + back) * target_scale
        others = sum(everyone.get(place, (0.0, 0.0))) - (forth + back)
        capacity = caps.get(place)
        rows.append(
            {
                "place_id": place,
                "place": known[place] or place,
                "capacity_t_per_year": capacity,
                "load_baseline_t": now,
                "load_target_t": wanted,
                "others_t": others,
                "use_share": (wanted + others) / capacity if capacity else None,
                "status": "derived",
            }
        )
    rows.sort(key=lambda r: -r["load_target_t"])
    return rows[:12]


_ALL_GOODS = ("all", "all by rail", "rail", "both")


def traffic_rows(solved: Solved) -> list[Row]:
    """Modelled beside observed tonnes at every place with a count of all its goods."""
    table = solved.study["traffic"]
    modelled = loads_of(solved, solved.base).places
    known = names(solved)
    year = solved.study.settings.baseline_year
    best: dict[str, int] = {}
    for r in range(table.n):
        wanted = (
            table["kind"][r] == "observed"
            and table["use"][r] == "yes"
            and table["direction"][r] == "both"
            and table["commodity"][r] in _ALL_GOODS
            and np.isfinite(table["t_per_year"][r])
            and table["place_kind"][r] in ("crossing", "border_crossing", "terminal", "port",
                                           "crossing_group", "port_group", "line")
        )  # fmt: skip
        ids = table["place_ids"][r]
        if not wanted or not ids or not set(ids.split(";")) <= set(known):
            continue
        if ids not in best or abs(table["year"][r] - year) < abs(table["year"][best[ids]] - year):
            best[ids] = r
    rows: list[Row] = []
    for ids, r in best.items():
        places = ids.split(";")
        loads = [sum(modelled.get(p, (0.0, 0.0))) for p in places]
        # The places of a line lie one behind the other: the mean, not the sum.
        load = float(np.mean(loads)) if table["place_kind"][r] == "line" else float(sum(loads))
        observed = float(table["t_per_year"][r])
        rows.append(
            {
                "place": ", ".join(known[p] for p in places),
                "place_ids": ids,
                "observed_t_per_year": observed,
                "year": int(table["year"][r]),
                "modelled_t_per_year": load,
                "ratio": load / observed if observed > 0 else None,
                "note": table["note"][r],
                "source": table["source"][r],
                "status": table["status"][r],
            }
        )
    return sorted(rows, key=lambda r: -r["observed_t_per_year"])


def link_rows(solved: Solved) -> list[Row]:
    """Return loads of links, baseline and plan; the map draws exactly these rows."""
    model, study = solved.model, solved.study
    whole = build(study)
    start = study["link"]["from_node_id"]
    base = link_loads(model.reduced, whole, loads_of(solved, solved.base).arc_t, start)
    later_t = loads_of(solved, solved.plan[solved.target_year]).arc_t
    plan = link_loads(model.reduced, whole, later_t, start)
    now = {
        r: (ahead, back)
        for r, ahead, back in zip(
            base.row.tolist(), base.forward_t.tolist(), base.backward_t.tolist(), strict=True
        )
    }
    later = dict(zip(plan.row.tolist(), (plan.forward_t + plan.backward_t).tolist(), strict=True))
    table = study["link"]
    rows: list[Row] = []
    # A line that only the plan opens carries nothing today, and is there all the same.
    for r in sorted({*now, *later}):
        ahead, back = now.get(r, (0.0, 0.0))
        rows.append(
            {
                "link_id": table["link_id"][r],
                "mode": table["mode"][r],
                "name": table["name"][r],
                "country": table["country_id"][r],
                "from_node_id": table["from_node_id"][r],
                "to_node_id": table["to_node_id"][r],
                "t_per_year": ahead + back,
                "t_forward": ahead,
                "t_backward": back,
                "plan_t_per_year": later.get(r, 0.0),
                "source": table["source"][r],
                "status": "derived",
            }
        )
    return rows


def skim_rows(solved: Solved) -> list[Row]:
    """Country skim of the pair by class: tonnes and generalised cost, baseline and plan."""
    model, study = solved.model, solved.study
    plan = solved.plan[solved.target_year]
    a, b = model.pair
    base_t = _tonnes(solved, solved.base)
    classes = study["commodity"]
    rows: list[Row] = []
    for c in range(model.cells.n):
        i, j = int(model.cells.exporter[c]), int(model.cells.importer[c])
        if {i, j} != {a, b}:
            continue
        k = int(model.cells.klass[c])
        before, after = float(solved.base.cell_cost[c]), float(plan.cell_cost[c])
        v = float(solved.base.prices.value_density[c])
        rows.append(
            {
                "exporter": model.countries[i],
                "importer": model.countries[j],
                "class_id": classes["class_id"][k],
                "class": classes["name_en"][k],
                "t_per_year": float(base_t[c]),
                "plan_t_per_year": float(plan.tonnes[c]),
                "value_density_usd_per_t": v,
                "generalised_cost_usd_per_t": before,
                "plan_generalised_cost_usd_per_t": after,
                "tau_hat": (v + after) / (v + before) if np.isfinite(before) else None,
                "status": "derived",
            }
        )
    return rows
