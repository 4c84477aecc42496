"""Which rows of which tables price every arc: found once per graph, used for every draw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs.guard import Guard, guard
from opencorridor.costs.rates import FLOW_KINDS, Key, RateBook
from opencorridor.costs.spread import lognormal_cv
from opencorridor.costs.waits import opening_waits, service_rows
from opencorridor.network import ACCESS, BORDER, CARGOES, EGRESS, MODES, TRANSSHIPMENT, Graph
from opencorridor.study import OpenCorridorError, Problem, Study

__all__ = ["CostPlan", "cost_plan", "plan_problems"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
UNITS = ("t", "teu", "feu", "truck", "wagon")
_UNIT = {"": -1} | {unit: i for i, unit in enumerate(UNITS)}
NO_ROW, FREE = -1, -2
_FERRY = ("", "wagon", "truck")
_TRACTION = ("", "0", "1")


@dataclass(frozen=True, eq=False)
class CostPlan:
    """Row numbers for every arc; numbers are read when it is priced.

    K tariff groups: arcs that share mode, country, area, ferry, traction and use. Group 0 is for
    arcs without kilometres. C = 2 cargoes (container, bulk), F = 3 flow kinds.

    Attributes
    ----------
    group
        Shape A: tariff group.
    rate_row, speed_row, factor_row, grid_row
        Shapes (C, F, K), (C, K), (C, K), (K): rows of mode_rate, speed, emission_factor and
        grid_intensity, -1 none.
    has_fixed, has_hours, traction
        Shape K: fixed amounts per use are charged; kilometres take time; the link's own traction
        (1 electric, 0 fuel, -1 as the table's share).
    unit
        Unit of every row of mode_rate (index into ``UNITS``).
    border_arc, dwell_row, dwell_cv
        Arcs charged at a border, and their rows (C, B) and coefficients of variation (C, B). Row
        -1: not known (NaN; only where the crossing is shut), -2: free, inside a union.
    over_arc, over_row, over_cv, over_unit
        Arcs of transshipment, their rows and coefficients of variation, and the unit of their
        charge (index into ``UNITS``; -1: none).
    service_arc, service_row, service_share
        Pairs of arc and row of timetable; share of the days with a service on which it runs.
    own_arc, own_row
        Arcs whose link has a speed of its own, and the link.
    door_arc, door_wait_h, door_spread_h
        Arcs at places with opening hours; mean and standard deviation of the wait for them.
    guard
        What the choice of rows depends on: a study that differs in it makes the plan void.
    notes
        What was assumed in the choice of rows.
    """

    graph: Graph
    date: str
    group: Ints
    rate_row: Ints
    speed_row: Ints
    factor_row: Ints
    grid_row: Ints
    has_fixed: npt.NDArray[np.bool_]
    has_hours: npt.NDArray[np.bool_]
    traction: npt.NDArray[np.int8]
    unit: npt.NDArray[np.int8]
    border_arc: Ints
    dwell_row: Ints
    dwell_cv: Floats
    over_arc: Ints
    over_row: Ints
    over_cv: Floats
    over_unit: npt.NDArray[np.int8]
    service_arc: Ints
    service_row: Ints
    service_share: Floats
    own_arc: Ints
    own_row: Ints
    door_arc: Ints
    door_wait_h: Floats
    door_spread_h: Floats
    guard: Guard
    notes: tuple[str, ...]

    @cached_property
    def arc_unit(self) -> npt.NDArray[np.int8]:
        """Shape (C, A, 3): unit of the rate, or charge, of every arc by cargo and flow kind."""
        of_group = np.where(self.rate_row >= 0, np.append(self.unit, 0)[self.rate_row], 0)
        unit = np.ascontiguousarray(of_group.astype(np.int8).transpose(0, 2, 1)[:, self.group])
        charged = self.over_unit >= 0
        unit[:, self.over_arc[charged]] = self.over_unit[charged, None]
        return unit

    def rows_used(self) -> dict[str, Ints]:
        """Return the rows of every table that price some arc of the graph, ascending."""
        here = np.unique(self.group)
        used = {
            "mode_rate": self.rate_row[:, :, here],
            "speed": self.speed_row[:, here],
            "emission_factor": self.factor_row[:, here],
            "border_dwell": self.dwell_row,
            "transshipment": self.over_row,
            "timetable": self.service_row,
        }
        return {name: np.unique(rows[rows >= 0]) for name, rows in used.items()}

    @cached_property
    def fixed_arc(self) -> Ints:
        """Arcs that are charged fixed amounts."""
        return np.flatnonzero(self.has_fixed[self.group]).astype(np.int32)

    def __repr__(self) -> str:
        return f"CostPlan({self.graph!r}, {self.rate_row.shape[2]} tariff groups, {self.date})"


def _codes(values: npt.NDArray[Any], known: list[str]) -> Ints:
    """Return the position of every value in ``known``, which grows by what it lacks."""
    texts = values.tolist()
    known += [name for name in dict.fromkeys(texts) if name not in set(known)]
    index = {name: i for i, name in enumerate(known)}
    return np.fromiter(map(index.__getitem__, texts), np.int32, len(texts))


@dataclass(frozen=True)
class _Group:
    """One tariff group."""

    key: Key
    use: str  # link, ferry, access or transshipment
    traction: str = ""


_NOTHING = _Group(Key(""), "none")


def _groups(graph: Graph, study: Study) -> tuple[Ints, list[_Group]]:
    """Return the tariff group of every arc (shape A) and what the groups are."""
    link = study["link"]
    areas: list[str] = [""]
    area = _codes(link["area"], areas)
    carried = link["carries"].tolist()
    rolls = {c: 1 if "wagon" in c else 2 if "truck" in c else 0 for c in set(carried)}
    ferry = np.fromiter(map(rolls.__getitem__, carried), np.int32, link.n)
    ferry[~np.isin(link["mode"], ("sea", "inland_water"))] = 0
    own = list(_TRACTION)
    traction = _codes(link["electrified"], own)
    is_link = graph.kind <= BORDER
    over = graph.kind == TRANSSHIPMENT
    row = np.where(is_link, graph.ref, 0)
    # The land side of a transshipment names the access rate of its kilometres.
    ends = np.stack([graph.node_mode[graph.tail], graph.node_mode[graph.head]])
    reached = np.where(ends[0] < 2, ends[0], ends[1])
    columns = [
        np.where(is_link, 0, np.where(over, 2, 1)),
        np.where(over, reached, graph.mode),
        graph.country,
        *(np.where(is_link, x[row] if link.n else 0, 0) for x in (area, ferry, traction)),
    ]
    idle = (graph.length_km == 0) & (is_link | over)
    if link.n:
        idle &= ~(is_link & (ferry[row] > 0))
    table = np.stack([c.astype(np.int64) for c in columns])
    code = np.zeros(graph.n_arcs, np.int64)
    for c in table:
        code = code * (int(c.max(initial=0)) + 2) + (c + 1)
    code[idle] = -1
    found, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    shift = 0 if len(found) and found[0] == -1 else 1
    groups = [_NOTHING]
    for arc in first[1 - shift :]:
        use, mode, country, a, f, e = (int(c[arc]) for c in table)
        where = graph.countries[country] if country >= 0 else ""
        if use == 0:
            key = Key(MODES[mode], where, areas[a], "", _FERRY[f])
            groups.append(_Group(key, "ferry" if f else "link", own[e]))
        else:
            key = Key("access", where, "", MODES[mode])
            groups.append(_Group(key, "access" if use == 1 else "transshipment"))
    return (inverse + shift).astype(np.int32), groups


def _used(graph: Graph, group: Ints, n: int) -> npt.NDArray[np.bool_]:
    """Return which groups have an arc that may carry each cargo, shape (C, K)."""
    used = np.zeros((len(CARGOES), n), bool)
    for c, cargo in enumerate(CARGOES):
        used[c, group[graph.carries(cargo)]] = True
    return used


class _Rows:
    """Finds rows for all groups and gathers what is missing."""

    def __init__(self, study: Study, date: str) -> None:
        self.study = study
        self.books = {
            name: RateBook(study[name], date) for name in ("mode_rate", "speed", "emission_factor")
        }
        self.problems: list[Problem] = []
        grid = study["grid_intensity"]["country_id"]
        self.grid = {country: i for i, country in enumerate(grid)}

    def find(self, table: str, group: _Group, needed: bool, cargo: str, flow: str = "") -> int:
        if group is _NOTHING:
            return -1
        k = group.key
        row = self.books[table].find(
            Key(k.mode, k.country, k.area, k.on_mode, k.carries, cargo, flow)
        )
        if row < 0 and needed:
            self.problems.append(_no_row(table, group, cargo, flow))
        return row

    def grid_row(self, group: _Group, factor_rows: list[int]) -> int:
        row = self.grid.get(group.key.country, -1)
        t = self.study["emission_factor"]
        electric = any(
            r >= 0
            and t["electric_kwh_per_tkm"][r] > 0
            and (group.traction == "1" or (group.traction == "" and t["electric_share"][r] > 0))
            for r in factor_rows
        )
        if row < 0 and electric:
            self.problems.append(
                Problem(
                    code="grid_missing",
                    message=f"trains in {group.key.country or 'no country'} run on electricity "
                    "whose CO2e is not known",
                    table="grid_intensity",
                    column="country_id",
                    value=group.key.country,
                    expected="one row per country with electric traction",
                )
            )
        return row


def _no_row(table: str, group: _Group, cargo: str, flow: str) -> Problem:
    k = group.key
    words = {
        "mode": k.mode,
        "country_id": k.country,
        "area": k.area,
        "on_mode": k.on_mode,
        "carries": k.carries,
        "cargo": cargo,
        "flow_kind": flow,
    }
    asked = ", ".join(f"{name}={value}" for name, value in words.items() if value)
    return Problem(
        code=f"{table}_missing",
        message=f"no row holds for {asked}",
        table=table,
        expected="a row of this mode, of the country or with country_id blank",
        mend=f"add a row to {table}",
    )


def _dwell(
    graph: Graph, study: Study
) -> tuple[Ints, Ints, Floats, list[Problem]]:  # arcs, rows, coefficients, problems
    """Return the arcs with hours at a border, their rows of border_dwell by cargo."""
    t = study["border_dwell"]
    index = {
        key: i
        for i, key in enumerate(
            zip(
                t["border_crossing_id"], t["from_country"], t["to_country"], t["cargo"], strict=True
            )
        )
    }
    at_border = np.isin(graph.kind, (BORDER, ACCESS, EGRESS)) & (graph.place >= 0)
    arcs = np.flatnonzero(at_border & graph.charged).astype(np.int32)
    rows = np.full((len(CARGOES), len(arcs)), NO_ROW, np.int32)
    kinds, states = study["border_crossing"]["kind"], study["border_crossing"]["state"]
    lacking: dict[tuple[str, str, str], None] = {}
    for n, arc in enumerate(arcs):
        crossing = graph.places[graph.place[arc]]
        start = graph.countries[graph.node_country[graph.tail[arc]]]
        end = graph.countries[graph.node_country[graph.head[arc]]]
        union = kinds[graph.place[arc]] == "union"
        for c, cargo in enumerate(CARGOES):
            key = (crossing, start, end)
            row = index.get((*key, cargo), index.get((*key, "all"), NO_ROW))
            rows[c, n] = FREE if row == NO_ROW and union else row
            needed = graph.carries(cargo)[arc] and states[graph.place[arc]] == "open"
            if needed and rows[c, n] == NO_ROW:
                lacking[key] = None
    problems = [
        Problem(
            code="border_dwell_missing",
            message=f"crossing {crossing} has no hours from {start} to {end}",
            table="border_dwell",
            column="border_crossing_id",
            value=crossing,
            expected="a row per direction with mean_h and cost_usd_per_t (cargo all will do)",
        )
        for crossing, start, end in lacking
    ]
    cv = np.append(lognormal_cv(t["mean_h"], t["p95_h"]), [0.0, 0.0])[rows]
    return arcs, rows, cv, problems


def _make(graph: Graph, study: Study, date: str) -> tuple[CostPlan, list[Problem]]:
    group, groups = _groups(graph, study)
    used = _used(graph, group, len(groups))
    find = _Rows(study, date)
    n = len(groups)
    rate = np.full((len(CARGOES), len(FLOW_KINDS), n), -1, np.int32)
    speed = np.full((len(CARGOES), n), -1, np.int32)
    factor = np.full((len(CARGOES), n), -1, np.int32)
    for c, cargo in enumerate(CARGOES):
        for k, g in enumerate(groups):
            for f, flow in enumerate(FLOW_KINDS):
                rate[c, f, k] = find.find("mode_rate", g, bool(used[c, k]), cargo, flow)
            needed = bool(used[c, k])
            speed[c, k] = find.find("speed", g, needed and g.use != "transshipment", cargo)
            factor[c, k] = find.find("emission_factor", g, needed, cargo)
    grid = [find.grid_row(g, [int(r) for r in factor[:, k]]) for k, g in enumerate(groups)]
    border_arc, dwell_row, dwell_cv, lacking = _dwell(graph, study)
    over = np.flatnonzero(graph.kind == TRANSSHIPMENT).astype(np.int32)
    t = study["transshipment"]
    service_arc, service_row, service_share, notes = service_rows(graph, study, date)
    try:
        door_arc, door_wait_h, door_spread_h = opening_waits(graph, study, date)
    except OpenCorridorError as error:
        door_arc, door_wait_h, door_spread_h = np.empty(0, np.int32), np.empty(0), np.empty(0)
        lacking += error.problems
    own = np.flatnonzero(graph.kind <= BORDER).astype(np.int32)
    own = own[np.isfinite(study["link"]["speed_km_per_h"][graph.ref[own]])]
    for book in find.books.values():
        notes += [book.notes[i] for i in sorted(book.notes)]
    plan = CostPlan(
        graph=graph,
        date=date,
        group=group,
        rate_row=rate,
        speed_row=speed,
        factor_row=factor,
        grid_row=np.array(grid, np.int32),
        has_fixed=np.array([g.use in ("access", "ferry") for g in groups]),
        has_hours=np.array([g.use not in ("transshipment", "none") for g in groups]),
        traction=np.array([{"0": 0, "1": 1}.get(g.traction, -1) for g in groups], np.int8),
        unit=np.array([UNITS.index(u) for u in study["mode_rate"]["unit"]], np.int8),
        border_arc=border_arc,
        dwell_row=dwell_row,
        dwell_cv=dwell_cv,
        over_arc=over,
        over_row=graph.ref[over],
        over_cv=lognormal_cv(t["time_h"], t["p95_h"])[graph.ref[over]],
        over_unit=np.array([*map(_UNIT.get, t["charge_unit"])], np.int8)[graph.ref[over]],
        service_arc=service_arc,
        service_row=service_row,
        service_share=service_share,
        own_arc=own,
        own_row=graph.ref[own],
        door_arc=door_arc,
        door_wait_h=door_wait_h,
        door_spread_h=door_spread_h,
        guard=guard(study),
        notes=tuple(notes),
    )
    return plan, find.problems + lacking


def cost_plan(graph: Graph, study: Study, date: str | None = None) -> CostPlan:
    """Find the rows that price every arc of a graph on a date.

    Parameters
    ----------
    graph
        The graph of the study, whole or reduced.
    study
        Study whose tables hold the rows.
    date
        ISO 8601; by default the study's ``baseline_date``.

    Returns
    -------
    CostPlan
        Good for every study that differs in numbers only, such as a draw. Edits of words, of
        dates, of which links have a speed of their own, or of rows ask for a new plan.

    Raises
    ------
    OpenCorridorError
        Codes ``mode_rate_missing``, ``speed_missing``, ``emission_factor_missing``,
        ``grid_missing``, ``border_dwell_missing``: all that is missing at once.
    """
    plan, problems = _make(graph, study, date or study.settings.baseline_date)
    if problems:
        raise OpenCorridorError(problems)
    return plan


def plan_problems(graph: Graph, study: Study) -> list[Problem]:
    """Return what keeps arcs from being priced on the study's ``baseline_date``."""
    return _make(graph, study, study.settings.baseline_date)[1]
