"""Everything that does not change between states of one study.

The graph, the routes kept for every demand row, the places with a capacity and the world trade
matrix. The graph is built from the study as it stands, things that are closed or planned
included, so every measure that edits numbers, states or dates is priced on the same arcs. A
measure that adds nodes or links needs a model of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import CostPlan, arc_parts, cost_plan
from opencorridor.costs.guard import guarded
from opencorridor.freight.demand import CARGOES, Cells, Rows
from opencorridor.freight.kept import Kept
from opencorridor.freight.kernels.options import arc_fares
from opencorridor.freight.observed import Cut
from opencorridor.freight.options import Options
from opencorridor.freight.places import Places
from opencorridor.freight.ways import Ways, chains, make_ways, parts_of_arcs
from opencorridor.network import Graph, Reduced, build
from opencorridor.study import OpenCorridorError, Study
from opencorridor.trade import Cells as Shock

__all__ = ["Model", "parameters"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def parameters(study: Study) -> dict[str, float]:
    """Values of the table ``parameter`` by id."""
    table = study["parameter"]
    return dict(zip(table["parameter_id"], table["value"].tolist(), strict=True))


_DATES = ("valid_from", "valid_to")
_DATED = {
    "mode_rate": _DATES,
    "timetable": (*_DATES, "season_from", "season_to"),
    "opening_hours": _DATES,
}


@dataclass(frozen=True, eq=False)
class Used:
    """Arcs of kept routes as a graph of their own, and the price that holds on each step.

    ``fare`` has one entry per arc of a route: 3 * arc + flow kind, arcs of ``graph``; ``arcs`` are
    the arcs of the whole graph that it has.
    """

    routes: Kept
    graph: Graph
    arcs: Ints
    fare: NDArray[np.int32]


def _used(graph: Graph, routes: Kept, zone_country: Ints) -> Used:
    """Cut the graph down to the arcs of the routes: pricing it is all that most states need."""
    on = np.zeros(graph.n_arcs, dtype=bool)
    on[routes.arcs] = True
    arcs = np.flatnonzero(on)
    position = np.zeros(graph.n_arcs, dtype=np.int32)
    position[arcs] = np.arange(arcs.size, dtype=np.int32)
    per_arc = {
        f.name: getattr(graph, f.name)[arcs].copy()
        for f in fields(graph)
        if f.name != "first_out" and np.shape(getattr(graph, f.name)) == graph.tail.shape
    }
    per_arc["reverse"] = np.full(arcs.size, -1, dtype=graph.reverse.dtype)
    first_out = np.searchsorted(per_arc["tail"], np.arange(graph.n_nodes + 1)).astype(np.int64)
    part = replace(graph, first_out=first_out, **per_arc)
    fare = arc_fares(
        routes.first,
        position[routes.arcs],
        zone_country[routes.origin],
        zone_country[routes.destination],
        np.array(part.country),
    )
    return Used(routes, part, arcs.astype(np.int64), fare)


@dataclass(frozen=True, eq=False)
class Model:
    """One study ready for many states.

    Attributes
    ----------
    study
        The study at its modes.
    reduced
        Reduced graph that the routes run on, and the way back to the links.
    flows
        Baseline trade (S, N, N), constant US$, exporter by importer.
    cells, rows, routes, options, places
        Demand, the routes it may take and the capacities on them.
    covered
        Share of each cell's tonnes (C,) that its rows move; the rest never meets a watched place.
    pair_exporter, pair_importer, cell_pair
        Pairs of countries (P,) whose costs may change, and the pair of each cell (C,).
    marks
        Options that constants of the choice name, by what they name, while the options stay.
    left_out_t, kept_t
        Tonnes of flows too small to be followed, and those that are.
    """

    study: Study
    reduced: Reduced
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Floats
    cells: Cells
    rows: Rows
    routes: Kept
    options: Options
    places: Places
    covered: Floats
    pair_exporter: Ints
    pair_importer: Ints
    cell_pair: Ints
    origin_country: Ints
    left_out_t: float
    kept_t: float
    _plans: dict[tuple[int, str], list[CostPlan]] = field(default_factory=dict, repr=False)
    _used: list[Used] = field(default_factory=list, repr=False)
    _ways: list[tuple[Rows, Kept, Ways]] = field(default_factory=list, repr=False)
    marks: list[tuple[Options, dict[Cut, NDArray[np.bool_]]]] = field(
        default_factory=list, repr=False
    )

    @property
    def graph(self) -> Graph:
        """Reduced graph that the routes run on."""
        return self.reduced.graph

    @property
    def pair(self) -> tuple[int, int]:
        """Positions of the study's two countries."""
        a, b = self.study.settings.pair
        return self.countries.index(a), self.countries.index(b)

    @cached_property
    def pair_of(self) -> Mapping[tuple[str, str], int]:
        """Position of each pair of countries whose costs may change."""
        return {
            (self.countries[i], self.countries[j]): p
            for p, (i, j) in enumerate(zip(self.pair_exporter, self.pair_importer, strict=True))
        }

    def cost_plan(self, study: Study, date: str, graph: Graph | None = None) -> CostPlan:
        """Cost plan of a variant of the study on a date; kept while it chooses the same rows.

        For the whole graph, or the given part of it. The form of the spreads (coefficients of
        variation) is always that of the model's own study, so that a result does not hang on
        which variant was priced first.
        """
        graph = graph or self.graph
        key = (id(graph), date if self._dated else "")
        if key not in self._plans:
            self._plans[key] = [cost_plan(graph, self.study, date)]
        plans = self._plans[key]
        for plan in plans:
            try:
                guarded(plan.guard, study)
            except OpenCorridorError:
                continue
            return plan
        made, own = cost_plan(graph, study, date), plans[0]
        if made.dwell_cv.shape == own.dwell_cv.shape and made.over_cv.shape == own.over_cv.shape:
            made = replace(made, dwell_cv=own.dwell_cv, over_cv=own.over_cv)
        plans.append(made)
        del plans[1:-6]
        return made

    @property
    def used(self) -> Used:
        """The part of the graph that kept routes run on."""
        for found in self._used:
            if found.routes is self.routes:
                return found
        self._used[:] = [_used(self.graph, self.routes, self.origin_country)]
        return self._used[0]

    @property
    def ways(self) -> Ways:
        """How the routes of each pair of zones overlap, at the baseline's hours of free flow."""
        if not any(a is self.rows and b is self.routes for a, b, _ in self._ways):
            self._ways[:] = [(self.rows, self.routes, self._overlap())]
        return self._ways[0][2]

    def _overlap(self) -> Ways:
        used, study = self.used, self.study
        plan = self.cost_plan(study, study.settings.baseline_date, used.graph)
        return make_ways(
            study["zone"].n,
            self.rows,
            self.routes,
            chains(self.graph, self.routes),
            used.fare // 3,
            parts_of_arcs(self.reduced, used.arcs, build(study).length_km),
            np.stack([arc_parts(plan, study, cargo).time_h for cargo in CARGOES]),
        )

    @cached_property
    def _dated(self) -> bool:
        """Whether any rate or timetable holds for a time only."""
        return any(
            bool((self.study[table][column] != "").any())
            for table, columns in _DATED.items()
            for column in columns
        )

    def parameter(self, study: Study) -> dict[str, float]:
        """Parameters of a variant of the study."""
        return parameters(study)

    def cell_values(self, flows: Floats) -> Floats:
        """(C, S) sector values of each cell's pair of countries."""
        values: Floats = flows[:, self.cells.exporter, self.cells.importer].T
        return values

    def shock(self, tau: Floats) -> Shock:
        """Return changes of trade costs (S, P) as cells of the trade engine."""
        sector, pair = np.nonzero(tau != 1.0)
        return Shock(sector, self.pair_exporter[pair], self.pair_importer[pair], tau[sector, pair])

    def with_demand(self, **parts: Any) -> Model:
        """Model with other demand or routes."""
        return replace(self, **parts)

    def __repr__(self) -> str:
        counts: dict[str, Any] = {
            "countries": len(self.countries),
            "cells": self.cells.n,
            "rows": self.rows.n,
            "routes": self.routes.n,
            "options": self.options.n,
            "places": self.places.n,
        }
        return "Model(" + ", ".join(f"{k}={v:,}" for k, v in counts.items()) + ")"
