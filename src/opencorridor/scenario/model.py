"""Everything that does not change between states of one study.

The graph, the routes kept for every demand row, the places with a capacity and the world trade
matrix. The graph is built from the study as it stands, things that are closed or planned
included, so every measure that edits numbers, states or dates is priced on the same arcs. A
measure that adds nodes or links needs a model of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import CostPlan, cost_plan
from opencorridor.freight.demand import Cells, Rows
from opencorridor.freight.kept import Kept
from opencorridor.freight.options import Options
from opencorridor.freight.places import Places
from opencorridor.network import Graph, Reduced
from opencorridor.study import Study
from opencorridor.trade import Cells as Shock

__all__ = ["Model", "parameters"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Tables whose rows the cost plan points to: when their number changes it is drawn up again.
_PLANNED = (
    "mode_rate", "speed", "emission_factor", "grid_intensity", "border_dwell", "timetable",
)  # fmt: skip


def parameters(study: Study) -> dict[str, float]:
    """Values of the table ``parameter`` by id."""
    table = study["parameter"]
    return dict(zip(table["parameter_id"], table["value"].tolist(), strict=True))


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
    pair_exporter, pair_importer, cell_pair
        Pairs of countries (P,) whose costs may change, and the pair of each cell (C,).
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
    pair_exporter: Ints
    pair_importer: Ints
    cell_pair: Ints
    origin_country: Ints
    left_out_t: float
    kept_t: float
    _plans: dict[str, CostPlan] = field(default_factory=dict, repr=False)

    @property
    def graph(self) -> Graph:
        """Reduced graph that the routes run on."""
        return self.reduced.graph

    @property
    def pair(self) -> tuple[int, int]:
        """Positions of the study's two countries."""
        a, b = self.study.settings.pair
        return self.countries.index(a), self.countries.index(b)

    @property
    def pair_of(self) -> Mapping[tuple[str, str], int]:
        """Position of each pair of countries whose costs may change."""
        return {
            (self.countries[i], self.countries[j]): p
            for p, (i, j) in enumerate(zip(self.pair_exporter, self.pair_importer, strict=True))
        }

    def cost_plan(self, study: Study, date: str) -> CostPlan:
        """Cost plan of a variant of the study on a date; kept while its rows stay the same."""
        if any(study[t].n != self.study[t].n for t in _PLANNED):
            return cost_plan(self.graph, study, date)
        dated = any(
            (self.study[t]["valid_from"] != "").any() or (self.study[t]["valid_to"] != "").any()
            for t in ("mode_rate", "timetable")
        )
        key = date if dated else ""
        if key not in self._plans:
            self._plans[key] = cost_plan(self.graph, self.study, date)
        return self._plans[key]

    def parameter(self, study: Study) -> dict[str, float]:
        """Parameters of a variant of the study."""
        return parameters(study)

    def cell_values(self, flows: Floats) -> Floats:
        """(C, S) sector values of each cell's pair of countries."""
        values: Floats = flows[:, self.cells.exporter, self.cells.importer].T
        return values

    def shock(self, tau: Floats) -> Shock:
        """Changes of trade costs (S, P) as cells of the trade engine."""
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
