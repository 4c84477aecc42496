"""Fleets: what they carry, how busy they are, and what more units would move."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import arc_parts
from opencorridor.freight.demand import CARGOES
from opencorridor.freight.fleets import entry_days
from opencorridor.freight.turnaround import (
    days_to_t,
    loads_per_day,
    trip_days,
    unit_days,
    units_needed,
)
from opencorridor.operations.workbench import compare
from opencorridor.operations.workbench.card_cells import sourced
from opencorridor.operations.workbench.compare import Side
from opencorridor.operations.workbench.edits import Edit, edit_tables
from opencorridor.operations.workbench.places import names_of
from opencorridor.operations.workbench.session import Session, session_of
from opencorridor.scenario.model import Model
from opencorridor.scenario.prices import prices
from opencorridor.scenario.state import run_state
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.errors import suggest

__all__ = ["FleetsFound", "FleetsRequest", "adding", "fleets", "run"]

Floats = NDArray[np.float64]
Row = dict[str, Any]
_CELLS = ("count", "payload_t", "turnaround_days", "reserve_share", "elsewhere_share",
          "carried_share", "terminal_days", "empty_return_share")  # fmt: skip


@dataclass(frozen=True)
class FleetsRequest:
    """A study, and units to add to its fleets (or to take away), by fleet."""

    study: str | Path
    add: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class FleetsFound:
    """Fleets of a study as they are, and what units added would do.

    ``fleets`` is one row a fleet: cells of the study in ``cells``; ``t_per_year`` the goods that
    ride in it, ``unit_days`` what it has and ``used_unit_days`` what they take a year,
    ``utilisation_share`` the one over the other, ``needed`` the units that would just do,
    ``trip_days`` from one loading to the next, ``wait_h`` for a unit and
    ``usd_per_unit_day`` what the goods lose by that wait, per unit-day. ``after`` and ``effect``
    are None where nothing was added.
    """

    price_basis: str
    fleets: tuple[Row, ...]
    add: tuple[tuple[str, float], ...] = ()
    after: tuple[Row, ...] | None = None
    effect: Row | None = None

    def as_dict(self) -> Row:
        """Return plain values."""
        return {**asdict(self), "add": [{"fleet_id": f, "units": n} for f, n in self.add]}


@dataclass(frozen=True)
class _Ride:
    """Goods in fleets: by entry the fleet row, tonnes a year, days under way, and time worth."""

    fleet: NDArray[np.int64]
    tonnes: Floats
    days: Floats
    vot: Floats


def _rides(model: Model, side: Side) -> _Ride:
    """Goods that ride in the fleets of a state."""
    o = model.options
    graph = model.used.graph
    plan = model.cost_plan(side.study, side.date, graph)
    parts = {cargo: arc_parts(plan, side.study, cargo) for cargo in CARGOES}
    entry, fleet, days = entry_days(side.study, model.used, o, model.routes, model.places, parts)
    option = np.repeat(np.arange(o.n), np.diff(o.place_first))[entry]
    row = o.row[option]
    moved = (side.tonnes * model.covered)[model.rows.cell[row]] * side.prices.weight[row]
    carried = side.study["fleet"]["carried_share"][fleet]
    return _Ride(fleet, moved * side.share[option] * carried, days, side.prices.vot[row])


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _rows(model: Model, side: Side) -> tuple[Row, ...]:
    """One row a fleet, in the order of its table."""
    table, ride, n = side.study["fleet"], _rides(model, side), side.study["fleet"].n
    tonnes = np.bincount(ride.fleet, weights=ride.tonnes, minlength=n).astype(np.float64)
    loads = loads_per_day(tonnes, table["payload_t"], table["working_days"])
    spare = (1.0 - table["reserve_share"]) * (1.0 - table["elsewhere_share"])
    whole = trip_days(ride.days, table["empty_return_share"][ride.fleet],
                      table["terminal_days"][ride.fleet])  # fmt: skip
    busy = np.bincount(ride.fleet, weights=ride.tonnes * whole, minlength=n)
    worth = np.bincount(ride.fleet, weights=ride.tonnes * ride.vot, minlength=n)
    have = unit_days(*(table[c] for c in (
        "count", "working_days", "reserve_share", "elsewhere_share")))  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(tonnes > 0.0, busy / tonnes, np.nan)
    needed = units_needed(loads, mean, 1.0 - spare)
    at = {c: f for f, c in enumerate(model.places.capacity_id)}
    out = []
    for row in range(n):
        f = at[f"fleet:{table['fleet_id'][row]}"]
        used = side.clearing.load_t[f] / days_to_t(table)[row]
        wait = float(side.clearing.wait_h[f])
        out.append({
            "fleet_id": str(table["fleet_id"][row]),
            "names": names_of(table, row),
            "unit": str(table["unit"][row]),
            "owner": str(table["owner"][row]),
            "owner_country": str(table["owner_country"][row]),
            "location": str(table["location"][row]),
            "note": str(table["note"][row]),
            "cells": {c: sourced(table, row, c) for c in _CELLS},
            "count": float(table["count"][row]),
            "unit_days": float(have[row]),
            "used_unit_days": float(used),
            "utilisation_share": float(used / have[row]) if have[row] > 0.0 else None,
            "needed": _known(needed[row]),
            "t_per_year": float(tonnes[row]),
            "loads_per_day": float(loads[row]),
            "trip_days": _known(mean[row]),
            "wait_h": wait,
            "usd_per_unit_day": float(worth[row] * wait / used) if used > 0.0 else 0.0,
        })  # fmt: skip
    return tuple(out)


def _checked(study: Study, add: Mapping[str, float]) -> Study:
    """Study with units added.

    Raises
    ------
    OpenCorridorError
        Unknown fleets, numbers that take more units than there are: all at once.
    """
    known = [str(f) for f in study["fleet"]["fleet_id"]]
    problems = [
        Problem("unknown_fleet", f"there is no fleet {f!r}", table="fleet", column="fleet_id",
                value=f, expected=", ".join(known) or "a study with a table fleet",
                mend=suggest(f, known) or "choose a fleet of the study")
        for f in add if f not in known
    ]  # fmt: skip
    edits = [Edit("fleet", f"fleet_id={f}", "count", "add", n) for f, n in add.items()]
    try:
        changed = edit_tables(study, [e for e in edits if e.key.removeprefix("fleet_id=") in known])
    except OpenCorridorError as error:
        problems += error.problems
    if problems:
        raise OpenCorridorError(problems)
    return changed


def fleets(session: Session) -> FleetsFound:
    """Fleets of the study at its baseline."""
    basis = f"constant US$ of {session.study.settings.price_year}"
    if session.study["fleet"].n == 0:
        return FleetsFound(basis, ())
    # Before the lock: whoever makes the baseline waits for it.
    model, base = session.model, session.base
    with session.solving:
        return FleetsFound(basis, _rows(model, compare.side_of_base(model, base)))


def adding(
    session: Session,
    add: Mapping[str, float],
    clock: Callable[[], float] = time.perf_counter,
) -> FleetsFound:
    """Solve the state with units added to fleets, or taken away, and what changes.

    ``effect`` has the trade of the pair before and with the change, US$ a year, the tonnes that
    ride in the fleets, the tonne-hours and the costs of goods, tonnes that are stranded, how well
    the state is solved (``gap``) and the seconds it took.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the fleets named, at once.
    NotConverged
        If no state is found.
    """
    started = clock()
    changed = _checked(session.study, add)
    found = fleets(session)
    model, base, day = session.model, session.base, session.study.settings.baseline_date
    with session.solving:
        before = compare.side_of_base(model, base)
        state = run_state(model, prices(model, changed, day), base, model.flows)
        after = compare.side_of_state(changed, day, state)
        rows = _rows(model, after)
        change = compare.moved(model, before, after)
        then, now = compare.indicators(model, before), compare.indicators(model, after)
    ride, rode = (sum(r["t_per_year"] for r in part) for part in (rows, found.fleets))
    effect = {
        "trade_usd": now["usd"],
        "baseline_usd": then["usd"],
        "pair_t_per_year": now["t_per_year"],
        "baseline_pair_t_per_year": then["t_per_year"],
        "fleets_t_per_year": ride,
        "baseline_fleets_t_per_year": rode,
        "fleets_change_t": ride - rode,
        "trade_change_usd": now["usd"] - then["usd"],
        "rerouted_t_per_year": change.rerouted_t,
        "extra_hours_t_h": change.extra_t_h,
        "extra_cost_usd": change.extra_usd,
        "stranded_t": change.stuck_t,
        "gap": state.clearing.gap,
        "seconds": round(clock() - started, 3),
    }
    return FleetsFound(found.price_basis, found.fleets, tuple(add.items()), rows, effect)


def run(request: FleetsRequest) -> FleetsFound:
    """Answer a request, for a command."""
    session = session_of(request.study)
    return adding(session, dict(request.add)) if request.add else fleets(session)
