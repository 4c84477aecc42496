"""Places where freight passes: what binds and its price, use by month, modelled and observed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.months import (
    holidays,
    monthly_loads,
    open_days,
    peak,
    profiles,
    units,
)
from opencorridor.operations.check import checked
from opencorridor.scenario.model import Model, parameters
from opencorridor.scenario.observed import FreightFit, freight_fit, option_loads
from opencorridor.scenario.path import state_of_year, year_flows
from opencorridor.scenario.prices import prices
from opencorridor.scenario.shadow import shadow_prices
from opencorridor.scenario.state import Baseline, State, baseline
from opencorridor.scenario.store import load_model
from opencorridor.study import Study, open_study

if TYPE_CHECKING:
    from opencorridor.study import Table

__all__ = [
    "PlacesRequest",
    "PlacesResult",
    "first_years",
    "month_rows",
    "place_name",
    "place_rows",
    "run",
]

Row = dict[str, Any]
Floats = NDArray[np.float64]
# A wait below this is the rounding of none.
LEAST_WAIT_H = 0.01
PAYLOADS = {
    "trains": "report_payload_t_per_train",
    "wagons": "report_payload_t_per_wagon",
    "teu": "report_payload_t_per_teu",
    "trucks": "report_payload_t_per_truck",
}


@dataclass(frozen=True)
class PlacesRequest:
    """A study; whether the years to the target are solved for when a place first binds."""

    study: str | Path | Study = "iran_kazakhstan"
    path: bool = True


@dataclass(frozen=True)
class PlacesResult:
    """What was found.

    Attributes
    ----------
    places
        A row a capacity, the dearest first (US$ per extra tonne of capacity a year).
    months
        A row a capacity and month.
    fit
        Modelled against observed tonnages.
    """

    study_id: str
    study_hash: str
    price_basis: str
    places: tuple[Row, ...]
    months: tuple[Row, ...]
    fit: FreightFit

    def as_dict(self) -> Row:
        """Plain values for JSON."""
        return {
            "schema_version": 1,
            "study": self.study_id,
            "study_hash": self.study_hash,
            "price_basis": self.price_basis,
            "places": list(self.places),
            "months": list(self.months),
            "fit": self.fit.as_dict(),
        }


def run(request: PlacesRequest, progress: Callable[[str], None] | None = None) -> PlacesResult:
    """Solve the baseline of a study and look at its places.

    Raises
    ------
    OpenCorridorError
        The study has errors.
    """
    tell = progress or (lambda text: None)
    given = request.study
    study = open_study(given) if isinstance(given, str | Path) else given
    checked(study)
    tell("Finding routes")
    model = load_model(study)
    tell("Solving the baseline")
    base = baseline(model, prices(model, study, study.settings.baseline_date))
    years: Mapping[str, int] = {}
    if request.path and study.settings.target is not None:
        tell("Solving the years to the target")
        years = first_years(model, path_states(model, base))
    return PlacesResult(
        study_id=study.id,
        study_hash=study.hash,
        price_basis=f"constant {study.settings.price_year}",
        places=tuple(place_rows(model, base, years)),
        months=tuple(month_rows(model, base)),
        fit=freight_fit(model, base),
    )


def path_states(model: Model, base: Baseline) -> dict[int, State]:
    """States of the years after the baseline to the target, without new measures."""
    study, out = model.study, {}
    assert study.settings.target is not None
    wait = base.clearing.wait_h
    for year in range(study.settings.baseline_year + 1, study.settings.target.year + 1):
        flows = year_flows(model, study, year)
        out[year] = state_of_year(model, study, base, year, {}, flows=flows, start_wait=wait)
        wait = out[year].clearing.wait_h
    return out


def first_years(model: Model, states: Mapping[int, State]) -> dict[str, int]:
    """First year in which goods wait at a place, by ``capacity_id``."""
    found: dict[str, int] = {}
    for year in sorted(states):
        for f in np.flatnonzero(states[year].clearing.wait_h > LEAST_WAIT_H):
            found.setdefault(model.places.capacity_id[f], year)
    return found


def place_name(study: Study, table: Table, row: int) -> str:
    """English name of the places that share a capacity."""
    known: dict[str, str] = {}
    for name, key in (("terminal", "terminal_id"), ("border_crossing", "border_crossing_id")):
        known |= dict(zip(study[name][key], study[name]["name_en"], strict=True))
    link = study["link"]
    ids = [i for i in str(table["place_ids"][row]).split(";") if i]
    if table["place_kind"][row] == "link":
        at = {str(i): n for n, i in enumerate(link["link_id"])}
        known |= {i: str(link["name"][at[i]]) for i in ids if i in at}
    return ", ".join(str(known.get(i) or i) for i in ids)


def _mean_vot(model: Model, base: Baseline, option_t: Floats) -> Floats:
    """(F,) mean value of time of the goods at each place, US$ per t and hour."""
    o = model.options
    option = np.repeat(np.arange(o.n), np.diff(o.place_first))
    weight = option_t[option]
    total = np.bincount(o.place, weights=weight, minlength=model.places.n)
    worth = np.bincount(
        o.place, weights=weight * base.prices.vot[o.row[option]], minlength=model.places.n
    )
    return np.divide(worth, total, out=np.zeros(model.places.n), where=total > 0)


def place_rows(model: Model, base: Baseline, years: Mapping[str, int]) -> list[Row]:
    """Places with a capacity in the baseline, dearest first."""
    table, study = model.places.table, model.study
    price = shadow_prices(model, base)
    option_t = option_loads(model, base)
    vot = _mean_vot(model, base, option_t)
    capacity = study["capacity"]
    at = {str(c): n for n, c in enumerate(capacity["capacity_id"])}
    rows: list[Row] = []
    for f, capacity_id in enumerate(model.places.capacity_id):
        left = float(base.prices.capacity[f])
        if not np.isfinite(left) or capacity_id not in at:
            continue
        r = at[capacity_id]
        whole = float(capacity["capacity_t_per_year"][r])
        beside = float(capacity["background_t_per_year"][r])
        load, wait = float(base.clearing.load_t[f]), float(base.clearing.wait_h[f])
        rows.append(
            {
                "capacity_id": capacity_id,
                "name": place_name(study, table, f),
                "place_kind": str(table["place_kind"][f]),
                "place_ids": str(table["place_ids"][f]).split(";"),
                "cargo": str(table["cargo"][f]),
                "class_id": str(table["class_id"][f]),
                "from_country": str(table["from_country"][f]),
                "to_country": str(table["to_country"][f]),
                "capacity_t_per_year": whole,
                "load_t_per_year": load,
                "background_t_per_year": beside,
                "use_share": (load + beside) / whole if whole > 0 else None,
                "wait_h": wait,
                "wait_usd_per_t": wait * float(vot[f]),
                "shadow_price_usd_per_t": None if np.isnan(price[f]) else float(price[f]),
                "first_year": (
                    study.settings.baseline_year if wait > LEAST_WAIT_H else years.get(capacity_id)
                ),
                "background_note": str(capacity["background_note"][r]),
                "background_source": str(capacity["background_source"][r]),
                "source": str(capacity["source"][r]),
                "status": str(capacity["status"][r]),
            }
        )
    return sorted(
        rows,
        key=lambda r: (
            -round(r["shadow_price_usd_per_t"] or 0.0, 6),
            -round(r["wait_h"], 3),
            -(r["use_share"] or 0.0),
        ),
    )


def month_rows(model: Model, base: Baseline) -> list[Row]:
    """Use of every place in every month of the baseline year."""
    study, places = model.study, model.places
    year = study.settings.baseline_year
    loads = _month_loads(model, base, year)
    values = parameters(study)
    payload = {unit: values[name] for unit, name in PAYLOADS.items() if name in values}
    capacity = study["capacity"]
    at = {str(c): n for n, c in enumerate(capacity["capacity_id"])}
    rows: list[Row] = []
    for f, capacity_id in enumerate(places.capacity_id):
        if capacity_id not in at:
            continue
        r = at[capacity_id]
        ids = str(capacity["place_ids"][r]).split(";")
        days = open_days(study.tables, str(capacity["place_kind"][r]), ids, year)
        part = days / max(days.sum(), 1)
        cap = float(capacity["capacity_t_per_year"][r]) * part
        beside = float(capacity["background_t_per_year"][r]) * part
        use = np.divide(loads[f] + beside, cap, out=np.full(12, np.nan), where=cap > 0)
        top = peak(np.nan_to_num(use))
        ends = [c for i in ids for c in _countries(study, i)]
        festive = holidays(study["holiday"], ends, year)
        rows += [
            {
                "capacity_id": capacity_id,
                "name": place_name(study, capacity, r),
                "month": m + 1,
                "open_days": int(days[m]),
                "holidays": int(festive[m]),
                "load_t": float(loads[f, m]),
                "background_t": float(beside[m]),
                "capacity_t": float(cap[m]),
                "use_share": None if np.isnan(use[m]) else float(use[m]),
                "peak": m == top,
                **{f"capacity_{unit}": n for unit, n in units(float(cap[m]), payload).items()},
            }
            for m in range(12)
        ]
    return rows


def _countries(study: Study, place: str) -> list[str]:
    for name, key, columns in (
        ("border_crossing", "border_crossing_id", ("country_a", "country_b")),
        ("terminal", "terminal_id", ("country_id",)),
    ):
        hit = np.flatnonzero(study[name][key] == place)
        if hit.size:
            return [str(study[name][c][hit[0]]) for c in columns]
    return []


def _month_loads(model: Model, base: Baseline, year: int) -> Floats:
    """(F, 12) tonnes of the model by place and month."""
    o, cells = model.options, model.cells
    study = model.study
    table = profiles(
        study["season"],
        [str(c) for c in study["commodity"]["class_id"]],
        list(model.countries),
        year,
    )
    option = np.repeat(np.arange(o.n), np.diff(o.place_first))
    cell = model.rows.cell[o.row[option]]
    profile = table[cells.klass[cell], cells.exporter[cell]]
    tonnes = option_loads(model, base)[option] * base.prices.use
    return monthly_loads(o.place, tonnes, profile, model.places.n)
