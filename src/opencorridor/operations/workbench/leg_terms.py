"""The arithmetic of a leg: kilometres, rates and stays as the network was priced with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from opencorridor.costs import CostPlan
from opencorridor.costs.arc_costs import payloads
from opencorridor.costs.plan import UNITS
from opencorridor.network import ACCESS, BORDER, CARGOES, EGRESS, TRANSSHIPMENT
from opencorridor.operations.workbench.cells import Cell
from opencorridor.operations.workbench.routes import Found
from opencorridor.routing.legs import Leg
from opencorridor.routing.routes import Route, trip_kinds
from opencorridor.study import Study

__all__ = ["Priced", "Terms", "of_co2", "of_distance", "of_hours", "of_money", "priced_leg"]


@dataclass(frozen=True, eq=False)
class Priced:
    """What prices the arcs of a leg: rows by the plan, numbers by the study.

    Attributes
    ----------
    kinds
        Kind of flow of every arc: 0 transit, 1 import and export, 2 domestic.
    """

    plan: CostPlan
    study: Study
    class_id: str
    cargo: str
    arcs: Sequence[int]
    kinds: Sequence[int]

    @property
    def c(self) -> int:
        """Index of the form of cargo."""
        return CARGOES.index(self.cargo)

    def groups(self) -> Iterator[tuple[int, int, int]]:
        """Yield arc, its tariff group and its kind of flow; arcs without a group are left out."""
        for arc, kind in zip(self.arcs, self.kinds, strict=True):
            group = int(self.plan.group[arc])
            if group:
                yield arc, group, kind

    def km(self, arc: int) -> float:
        """Return the length of an arc."""
        return float(self.plan.graph.length_km[arc])

    def number(self, table: str, column: str, row: int) -> float:
        """Return a cell."""
        return float(self.study[table][column][row])

    def stays(self) -> Iterator[tuple[str, int]]:
        """Yield the row of each stay at a border or terminal on the way."""
        plan = self.plan
        for arc in self.arcs:
            at = int(np.searchsorted(plan.border_arc, arc))
            if at < len(plan.border_arc) and plan.border_arc[at] == arc:
                row = int(plan.dwell_row[self.c, at])
                if row >= 0:
                    yield "border_dwell", row
            if plan.graph.kind[arc] == TRANSSHIPMENT:
                yield "transshipment", int(plan.graph.ref[arc])


def priced_leg(plan: CostPlan, found: Found, route: Route, leg: Leg) -> Priced:
    """Return a leg of a route as the network priced it."""
    cargo, study = found.asked.cargo, found.asked.world.study
    kinds = trip_kinds(found.priced, route, leg.arcs).tolist()
    return Priced(plan, study, cargo.class_id, cargo.cargo, leg.arcs, kinds)


@dataclass
class Terms:
    """A sum of products under way: its expression, the numbers behind its names, and the cells."""

    parts: list[str] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)

    def name(self, value: float) -> str:
        """Return a name for a number."""
        name = f"n{len(self.numbers)}"
        self.numbers[name] = value
        return name

    def add(self, *values: float | str) -> None:
        """Add a product: numbers, and the signs between them."""
        self.parts.append(
            " ".join(v if isinstance(v, str) else self.name(float(v)) for v in values)
        )

    def from_cells(self, *cells: Cell) -> None:
        """Note the cells that the last product was made of."""
        self.cells += [cell for cell in cells if cell not in self.cells]

    def cell(self, priced: Priced, table: str, column: str, row: int) -> None:
        """Add a cell as it stands; nothing where it is 0 or blank."""
        value = priced.number(table, column, row)
        if np.isfinite(value) and value:
            self.add(value)
        self.from_cells(Cell(table, row, column))

    @property
    def expression(self) -> str:
        """The sum, as the catalogue writes arithmetic."""
        return " + ".join(self.parts) or self.name(0.0)


# --- hours --------------------------------------------------------------------------------------


def _own_speed(priced: Priced, arc: int) -> float | None:
    """Return the speed that a link has for itself."""
    graph = priced.plan.graph
    if graph.kind[arc] > BORDER:
        return None
    value = priced.number("link", "speed_km_per_h", int(graph.ref[arc]))
    return value if np.isfinite(value) else None


def _sailings(priced: Priced, terms: Terms) -> None:
    """Add half a headway and the berth's hours of every timed service on the way."""
    plan, table = priced.plan, priced.study["timetable"]
    for arc in priced.arcs:
        rows = [int(r) for r in plan.service_row[plan.service_arc == arc]]
        headway = [max(float(table["headway_h"][r]), 1e-9) for r in rows]
        if len(rows) == 1:
            terms.add(headway[0], "/", 2.0)
            terms.add(float(table["berth_h"][rows[0]]))
        elif rows:
            # Departures of several services add up; berth hours are averaged by departures.
            berths = [b / h for b, h in zip(table["berth_h"][rows].tolist(), headway, strict=True)]
            each = sum(1.0 / h for h in headway)
            terms.add((0.5 + sum(berths)) / each)
        for row in rows:
            terms.from_cells(Cell("timetable", row, "headway_h"), Cell("timetable", row, "berth_h"))


def _moving(priced: Priced, terms: Terms) -> None:
    plan = priced.plan
    km: dict[tuple[float | None, int], float] = {}
    uses: dict[int, int] = {}
    for arc, group, _ in priced.groups():
        if not plan.has_hours[group]:
            continue
        row, own = int(plan.speed_row[priced.c, group]), _own_speed(priced, arc)
        km[own, row] = km.get((own, row), 0.0) + priced.km(arc)
        if plan.has_fixed[group]:
            uses[row] = uses.get(row, 0) + 1
        if own is not None:
            terms.from_cells(Cell("link", int(plan.graph.ref[arc]), "speed_km_per_h"))
    for (own, row), length in km.items():
        speed = own if own is not None else priced.number("speed", "speed_km_per_h", row)
        moving = priced.number("speed", "moving_h_per_day", row)
        stretch = () if moving == 24.0 else ("*", 24.0, "/", moving)
        terms.add(length, "/", speed, *stretch)
        used = ("moving_h_per_day",) if own is not None else ("speed_km_per_h", "moving_h_per_day")
        terms.from_cells(*(Cell("speed", row, column) for column in used))
    for row, count in uses.items():
        if fixed := priced.number("speed", "fixed_h", row):
            terms.add(*((fixed,) if count == 1 else (float(count), "*", fixed)))
            terms.from_cells(Cell("speed", row, "fixed_h"))


def of_hours(priced: Priced) -> Terms:
    """Kilometres over speed, stretched by the hours of movement a day; sailings; stays."""
    terms = Terms()
    for table, row in priced.stays():
        terms.cell(priced, table, "mean_h" if table == "border_dwell" else "time_h", row)
    _moving(priced, terms)
    _sailings(priced, terms)
    return terms


# --- money --------------------------------------------------------------------------------------


def _charges(priced: Priced) -> dict[int, tuple[float, int]]:
    """Return kilometres and charged uses by row of ``mode_rate``."""
    plan = priced.plan
    found: dict[int, tuple[float, int]] = {}
    for arc, group, kind in priced.groups():
        row = int(plan.rate_row[priced.c, kind, group])
        km, uses = found.get(row, (0.0, 0))
        found[row] = (km + priced.km(arc), uses + bool(plan.has_fixed[group]))
    return found


def _unit_charge(priced: Priced, terms: Terms, row: int) -> None:
    """Add the charge per unit at a terminal over the payload of the unit."""
    charge = priced.number("transshipment", "charge_usd_per_unit", row)
    if not charge:
        return
    unit = str(priced.study["transshipment"]["charge_unit"][row])
    terms.add(charge, "/", payloads(priced.study, priced.class_id)[unit])
    at = priced.study["commodity"]["class_id"].tolist().index(priced.class_id)
    terms.from_cells(
        Cell("transshipment", row, "charge_usd_per_unit"),
        Cell("commodity", at, f"payload_t_per_{unit}"),
    )


def of_money(priced: Priced) -> Terms:
    """Kilometres times rate over payload, fixed amounts over payload, and fees; per tonne."""
    terms, carried = Terms(), payloads(priced.study, priced.class_id)
    classes = priced.study["commodity"]["class_id"].tolist()
    for table, row in priced.stays():
        terms.cell(priced, table, "cost_usd_per_t", row)
        if table == "transshipment":
            _unit_charge(priced, terms, row)
    for row, (km, uses) in _charges(priced).items():
        unit = UNITS[priced.plan.unit[row]]
        payload = () if unit == "t" else ("/", carried[unit])
        rate = priced.number("mode_rate", "rate_usd_per_unit_km", row)
        fixed = priced.number("mode_rate", "fixed_usd_per_unit", row)
        if km and rate:
            terms.add(km, "*", rate, *payload)
            terms.from_cells(Cell("mode_rate", row, "rate_usd_per_unit_km"))
        if uses and fixed:
            terms.add(*((fixed,) if uses == 1 else (float(uses), "*", fixed)), *payload)
            terms.from_cells(Cell("mode_rate", row, "fixed_usd_per_unit"))
        if payload:
            at = classes.index(priced.class_id)
            terms.from_cells(Cell("commodity", at, f"payload_t_per_{unit}"))
    return terms


# --- CO2e and kilometres ------------------------------------------------------------------------


def _electric(priced: Priced, group: int) -> float:
    """Return the share of tonne-kilometres under electric traction."""
    row, traction = int(priced.plan.factor_row[priced.c, group]), int(priced.plan.traction[group])
    if traction == 0:
        return 0.0
    if traction == 1 and priced.number("emission_factor", "electric_kwh_per_tkm", row) > 0:
        return 1.0
    return priced.number("emission_factor", "electric_share", row)


def of_co2(priced: Priced) -> Terms:
    """Kilometres times the factor of the traction, and handling; kg a tonne."""
    terms, plan = Terms(), priced.plan
    for table, row in priced.stays():
        if table == "transshipment":
            terms.cell(priced, table, "co2_kg_per_t", row)
    km: dict[tuple[int, int, float], float] = {}
    for arc, group, _ in priced.groups():
        key = (int(plan.factor_row[priced.c, group]), int(plan.grid_row[group]),
               _electric(priced, group))  # fmt: skip
        km[key] = km.get(key, 0.0) + priced.km(arc)
    for (row, grid, share), length in km.items():
        fuel, kwh = (
            priced.number("emission_factor", name, row)
            for name in ("fuel_g_per_tkm", "electric_kwh_per_tkm")
        )
        if share * kwh:
            g_per_kwh = priced.number("grid_intensity", "co2_g_per_kwh", grid)
            terms.add(length, "*", share, "*", kwh, "*", g_per_kwh, "/", 1000.0)
            terms.from_cells(
                Cell("emission_factor", row, "electric_share"),
                Cell("emission_factor", row, "electric_kwh_per_tkm"),
                Cell("grid_intensity", grid, "co2_g_per_kwh"),
            )
        if share < 1.0:
            part = () if share == 0.0 else ("*", 1.0 - share)
            terms.add(length, "*", fuel, *part, "/", 1000.0)
            terms.from_cells(Cell("emission_factor", row, "fuel_g_per_tkm"))
    return terms


def of_distance(priced: Priced) -> Terms:
    """Lengths of links, accesses and handling, one after the other."""
    terms, graph = Terms(), priced.plan.graph
    for arc in priced.arcs:
        if not (km := priced.km(arc)):
            continue
        terms.add(km)
        row, kind = int(graph.ref[arc]), int(graph.kind[arc])
        if kind <= BORDER:
            terms.from_cells(Cell("link", row, "length_km"))
        elif kind in (ACCESS, EGRESS):
            terms.from_cells(Cell("access", row, "distance_km"))
        else:
            terms.from_cells(Cell("transshipment", row, "distance_km"))
    return terms
