"""Hours, money, CO2e and spread of every arc for a class of cargo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs.guard import guarded
from opencorridor.costs.plan import UNITS, CostPlan, cost_plan
from opencorridor.costs.rates import FLOW_KINDS
from opencorridor.costs.tariffs import TariffPrices, tariff_prices
from opencorridor.network import CARGOES, Graph
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.errors import suggest

__all__ = [
    "ArcCosts",
    "ArcParts",
    "Weights",
    "arc_costs",
    "arc_parts",
    "generalised",
    "link_hours",
    "part_weights",
    "payloads",
    "price",
    "service_hours",
    "stay",
    "unit_cost",
    "weights",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ArcCosts:
    """What it takes to move one tonne of a class over every arc (shape A).

    Attributes
    ----------
    time_h
        Hours, waits for a departure and stays at borders and terminals included, waits for
        capacity not.
    spread_h
        Standard deviation of the stay at a border or terminal, the wait for its opening inside;
        0 where none is known.
    co2_kg_per_t
        CO2e.
    money_usd_per_t
        Shape (3, A): transit, import_export, domestic (``FLOW_KINDS``).
    tariffs
        Arcs whose kilometres a dated rail tariff prices; None where no row holds.

    An arc that the cargo may not use can hold NaN: whether an arc may be used is a mask
    (``Graph.open``, ``Graph.carries``), never a cost.
    """

    class_id: str
    cargo: str
    time_h: Floats
    spread_h: Floats
    co2_kg_per_t: Floats
    money_usd_per_t: Floats
    tariffs: TariffPrices | None = None

    @property
    def tariff_row(self) -> npt.NDArray[np.int32] | None:
        """Shape (A, 3): row of tariff_rail that prices an arc, -1 none; None where none does."""
        if self.tariffs is None:
            return None
        rows = np.full((len(self.time_h), len(FLOW_KINDS)), -1, np.int32)
        rows[self.tariffs.arc] = self.tariffs.row
        return rows

    def money(self, flow_kind: str) -> Floats:
        """Return US$ per tonne for one flow kind, shape A."""
        return np.asarray(self.money_usd_per_t[FLOW_KINDS.index(flow_kind)])


@dataclass(frozen=True, eq=False)
class ArcParts:
    """What the costs of every arc (A) are made of in one form of cargo, the same for all classes.

    Attributes
    ----------
    time_h, spread_h, co2_kg_per_t
        Shape A, as in :class:`ArcCosts`.
    fee_usd_per_t
        Shape A: money at borders and transshipments, for all flow kinds.
    charge_usd_per_unit
        Shape (A, 3), by ``FLOW_KINDS``: money per unit of the rate, for the kilometres, or of the
        charge at a terminal.
    unit
        Shape (A, 3): the unit, index into ``UNITS``.
    """

    cargo: str
    time_h: Floats
    spread_h: Floats
    co2_kg_per_t: Floats
    fee_usd_per_t: Floats
    charge_usd_per_unit: Floats
    unit: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Weights:
    """Prices that turn hours, spread and CO2e into US$ per tonne."""

    time_usd_per_t_h: float
    spread_usd_per_t_h: float = 0.0
    carbon_usd_per_t: float = 0.0


def _class_row(study: Study, class_id: str) -> int:
    ids = list(study["commodity"]["class_id"])
    if class_id not in ids:
        raise OpenCorridorError(
            [
                Problem(
                    code="unknown_class",
                    message=f"there is no commodity class {class_id!r}",
                    table="commodity",
                    column="class_id",
                    value=class_id,
                    mend=suggest(class_id, ids) or f"choose one of {', '.join(ids)}",
                )
            ]
        )
    return ids.index(class_id)


def payloads(study: Study, class_id: str) -> dict[str, float]:
    """Return the tonnes that a unit carries, by unit: t (1), teu, feu, truck, wagon."""
    row = _class_row(study, class_id)
    t = study["commodity"]
    return {u: 1.0 if u == "t" else float(t[f"payload_t_per_{u}"][row]) for u in UNITS}


def unit_cost(study: Study, class_id: str, unit: str, cost_usd_per_t: float) -> float:
    """Return US$ per unit (teu, feu, truck, wagon, t) from US$ per tonne, at the full payload."""
    return cost_usd_per_t * payloads(study, class_id)[unit]


def _parameter(study: Study, name: str) -> float | None:
    t = study["parameter"]
    at = np.flatnonzero(t["parameter_id"] == name)
    return float(t["value"][at[0]]) if len(at) else None


def _reliability_ratio(study: Study) -> float:
    return _parameter(study, "value_of_reliability_ratio") or 0.0


def _carbon_price(study: Study) -> float:
    price = _parameter(study, "carbon_price_usd_per_t")
    return study.settings.carbon_price_usd_per_t if price is None else price


def weights(study: Study, class_id: str) -> Weights:
    """Return the weights of a class: its value of time, and the study's two parameters.

    ``value_of_reliability_ratio`` (0 where absent) times the value of time values an hour of
    spread; ``carbon_price_usd_per_t`` comes from the parameters, else from the settings.
    """
    vot = float(study["commodity"]["value_of_time_usd_per_t_h"][_class_row(study, class_id)])
    return Weights(
        time_usd_per_t_h=vot,
        spread_usd_per_t_h=vot * _reliability_ratio(study),
        carbon_usd_per_t=_carbon_price(study),
    )


def _take(values: npt.NDArray[Any], rows: npt.NDArray[np.int32]) -> Floats:
    """Return ``values[rows]`` with NaN for row -1."""
    return np.asarray(np.append(values, np.nan)[rows])


def stay(values: npt.NDArray[Any], rows: npt.NDArray[np.int32]) -> Floats:
    """Return ``values[rows]`` with NaN for row -1 (unknown) and 0 for row -2 (free)."""
    return np.asarray(np.append(values, [0.0, np.nan])[rows])


def _charge(plan: CostPlan, study: Study, c: int) -> Floats:
    """Return US$ per unit for kilometres, and for units at a terminal, shape (A, 3)."""
    t = study["mode_rate"]
    empty = t["empty_return_share"] * t["empty_rate_usd_per_unit_km"]
    per_km = _take(t["rate_usd_per_unit_km"] + empty, plan.rate_row[c])
    fixed = _take(t["fixed_usd_per_unit"], plan.rate_row[c])
    per_km[:, 0] = 0.0
    fixed[:, ~plan.has_fixed] = 0.0
    charge = np.ascontiguousarray(per_km.T)[plan.group]
    charge *= plan.graph.length_km[:, None]
    at = plan.fixed_arc
    charge[at] += fixed.T[plan.group[at]]
    charge[plan.over_arc] += study["transshipment"]["charge_usd_per_unit"][plan.over_row][:, None]
    return charge


def _fee(plan: CostPlan, study: Study, c: int) -> Floats:
    """Return US$ per tonne at borders and transshipments, shape A."""
    fee = np.zeros(plan.graph.n_arcs)
    fee[plan.border_arc] = stay(study["border_dwell"]["cost_usd_per_t"], plan.dwell_row[c])
    fee[plan.over_arc] += study["transshipment"]["cost_usd_per_t"][plan.over_row]
    return fee


def link_hours(plan: CostPlan, study: Study, c: int, driving: bool = False) -> Floats:
    """Return hours on the way of every arc (A): kilometres, and fixed hours per use.

    With ``driving`` only the hours at the wheel: no rest of the day, no fixed hours.
    """
    t = study["speed"]
    stretch = 24.0 / _take(t["moving_h_per_day"], plan.speed_row[c])
    if driving:
        stretch = np.ones_like(stretch)
    per_km = stretch / _take(t["speed_km_per_h"], plan.speed_row[c])
    fixed = _take(t["fixed_h"], plan.speed_row[c])
    for values in (per_km, stretch, fixed):
        values[~plan.has_hours] = 0.0
    fixed[~plan.has_fixed | driving] = 0.0
    length = plan.graph.length_km
    time = length * per_km[plan.group] + fixed[plan.group]
    if len(plan.own_arc):
        at, k = plan.own_arc, plan.group[plan.own_arc]
        own = study["link"]["speed_km_per_h"][plan.own_row]
        time[at] = length[at] / own * stretch[k] + fixed[k]
    return time


def service_hours(plan: CostPlan, study: Study) -> tuple[Floats, Floats]:
    """Return half a headway, and berth hours, per arc (A); several services share one link.

    Their departures add up: the joint headway is 1 / Σ(1 / headway), and berth hours are averaged
    by departures. A headway counts departures that do sail: it is divided by ``sails_share``, and
    that of a season by its share of the days with any service.
    """
    n = plan.graph.n_arcs
    wait, ashore = np.zeros(n), np.zeros(n)
    if not len(plan.service_arc):
        return wait, ashore
    t = study["timetable"]
    headway = t["headway_h"] / t["sails_share"]
    headway = np.maximum(headway[plan.service_row], 1e-9) / plan.service_share
    departures = np.bincount(plan.service_arc, 1.0 / headway, n)
    berth = np.bincount(plan.service_arc, t["berth_h"][plan.service_row] / headway, n)
    served = departures > 0
    wait[served] = 0.5 / departures[served]
    ashore[served] = berth[served] / departures[served]
    return wait, ashore


def _co2(plan: CostPlan, study: Study, c: int) -> Floats:
    """Return kg CO2e per tonne: electric and fuel traction by share of tonne-kilometres."""
    t = study["emission_factor"]
    rows = plan.factor_row[c]
    kwh, fuel = _take(t["electric_kwh_per_tkm"], rows), _take(t["fuel_g_per_tkm"], rows)
    share = np.where(plan.traction == 0, 0.0, _take(t["electric_share"], rows))
    share = np.where((plan.traction == 1) & (kwh > 0), 1.0, share)
    grid = _take(study["grid_intensity"]["co2_g_per_kwh"], plan.grid_row)
    electric = np.where(share * kwh == 0, 0.0, share * kwh * grid)
    kg_per_tkm = (electric + (1.0 - share) * fuel) / 1000.0
    kg_per_tkm[0] = 0.0
    return np.asarray(plan.graph.length_km * kg_per_tkm[plan.group])


def arc_parts(plan: CostPlan, study: Study, cargo: str) -> ArcParts:
    """Read the parts of every arc's costs from the rows that the plan names.

    Kilometres: rate in the rate's unit; hours = km ÷ speed × 24 ÷ moving hours a day, a link's
    own speed first; CO2e by traction. Ferries add a fixed amount, half a headway and berth hours
    per sailing; access adds fixed amounts per end. Borders add the mean stay and fees by
    direction and cargo; places with opening hours the mean wait for them; transshipment its
    hours, cost, charge per unit and CO2e, and its kilometres at the access rate of the terminal's
    country (a row with a charge has none: ``gauge_charge``).

    Parameters
    ----------
    plan
        ``cost_plan`` of the graph. The spread's form (coefficient of variation) is the plan's.
    study
        The plan's study, or a draw from it: tables with the same rows and other numbers. Of
        links only the own speeds are read anew; lengths are the graph's.
    cargo
        ``container`` or ``bulk``.

    Raises
    ------
    OpenCorridorError
        Code ``cost_plan_void`` (rows would be chosen otherwise).
    """
    guarded(plan.guard, study)
    c = CARGOES.index(cargo)
    time, co2 = link_hours(plan, study, c), _co2(plan, study, c)
    for hours in service_hours(plan, study):
        time += hours
    spread = np.zeros(plan.graph.n_arcs)

    t = study["border_dwell"]
    arcs, rows = plan.border_arc, plan.dwell_row[c]
    held = stay(t["mean_h"], rows)
    time[arcs] += held
    spread[arcs] = held * plan.dwell_cv[c]

    t = study["transshipment"]
    arcs, rows = plan.over_arc, plan.over_row
    time[arcs] += t["time_h"][rows]
    spread[arcs] = t["time_h"][rows] * plan.over_cv
    time[plan.door_arc] += plan.door_wait_h
    spread[plan.door_arc] = np.hypot(spread[plan.door_arc], plan.door_spread_h)
    co2[arcs] += np.nan_to_num(t["co2_kg_per_t"])[rows]
    return ArcParts(
        cargo, time, spread, co2, _fee(plan, study, c), _charge(plan, study, c), plan.arc_unit[c]
    )


def part_weights(study: Study) -> Floats:
    """Return what a unit of each part costs every class, US$ per tonne, shape (classes, 3 + U).

    In the order hours, spread, CO2e, then charges by ``UNITS``: one over the payload, NaN where
    the class has none. A sum of parts times these is the :func:`generalised` cost.
    """
    t = study["commodity"]
    own = np.empty((t.n, 3 + len(UNITS)))
    own[:, 0] = t["value_of_time_usd_per_t_h"]
    own[:, 1] = own[:, 0] * _reliability_ratio(study)
    own[:, 2] = _carbon_price(study) / 1000.0
    for k, unit in enumerate(UNITS, start=3):
        own[:, k] = 1.0 if unit == "t" else 1.0 / t[f"payload_t_per_{unit}"]
    return own


def price(
    plan: CostPlan, study: Study, class_id: str, cargo: str, date: str | None = None,
    parts: ArcParts | None = None,
) -> ArcCosts:  # fmt: skip
    """Price every arc for a class: its parts, the charges divided by the payload of their unit.

    Parameters
    ----------
    plan, study, cargo
        See :func:`arc_parts`.
    class_id
        Commodity class.
    date
        ISO 8601: picks dated rail tariffs; by default the plan's date. A plan whose rows are the
        same on several dates may serve them all.
    parts
        ``arc_parts(plan, study, cargo)``, where the caller has them: all classes share them.

    Raises
    ------
    OpenCorridorError
        Codes ``unknown_class``, ``cost_plan_void`` (rows would be chosen otherwise).
    """
    carried = payloads(study, class_id)
    parts = parts or arc_parts(plan, study, cargo)
    payload = np.array([carried[u] for u in UNITS])
    money = parts.charge_usd_per_unit / payload[parts.unit]
    tariffs = tariff_prices(plan.graph, study, class_id, cargo, date or plan.date, money, carried)
    if tariffs is not None:
        money[tariffs.arc] = tariffs.usd_per_t
    money += parts.fee_usd_per_t[:, None]
    return ArcCosts(
        class_id,
        cargo,
        parts.time_h,
        parts.spread_h,
        parts.co2_kg_per_t,
        np.ascontiguousarray(money.T),
        tariffs,
    )


def arc_costs(
    graph: Graph, study: Study, class_id: str, cargo: str, date: str | None = None
) -> ArcCosts:
    """Price every arc of a graph; ``cost_plan`` and ``price`` in one (see there).

    Whoever prices one graph more than once keeps the plan.
    """
    return price(cost_plan(graph, study, date), study, class_id, cargo)


def generalised(
    costs: ArcCosts, weight: Weights, wait_h: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    """Return generalised cost in US$ per tonne: transit, import_export, domestic (shape A each).

    money + value of time × (time + wait) + value of reliability × spread + carbon price × CO2e.

    Parameters
    ----------
    costs
        Priced arcs.
    weight
        ``weights(study, class_id)``.
    wait_h
        Shape A: hours of waiting for capacity at the arc's place, where ``Graph.charged``.
    """
    time = costs.time_h if wait_h is None else costs.time_h + wait_h
    common = (
        weight.time_usd_per_t_h * time
        + weight.spread_usd_per_t_h * costs.spread_h
        + weight.carbon_usd_per_t / 1000.0 * costs.co2_kg_per_t
    )
    transit, both, domestic = costs.money_usd_per_t + common
    return transit, both, domestic
