"""Observed trips on the network: their ways, and what the model says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs import cost_plan, generalised, price, weights
from opencorridor.network import Graph, build, open_mask, reduced
from opencorridor.network.geo import haversine_km
from opencorridor.routing.ends import End, copies_at, crossing_end, terminal_end, zone_end
from opencorridor.routing.labels import Labels, labels_of
from opencorridor.routing.masks import mode_mask, parse_modes, present_bits
from opencorridor.routing.priced import FLOW_KINDS, PricedGraph
from opencorridor.routing.through import path_through

if TYPE_CHECKING:
    from opencorridor.costs import CostPlan
    from opencorridor.study import Study, Table

__all__ = ["Trip", "TripModel", "trace", "trip_value"]

Floats = npt.NDArray[np.float64]
_WATER_ONLY = {"sea", "inland_water"}


@dataclass(frozen=True)
class Trip:
    """The way of one row of ``observation_match``, or why there is none.

    Attributes
    ----------
    row
        The row by column.
    arcs, kind
        Arcs of the model's graph in order, and the flow kind of each (0 transit, 1 import or
        export, 2 domestic).
    km, straight_km
        Along the way, and great circle between the ends.
    reason
        Blank where there is a way.
    """

    row: dict[str, Any]
    arcs: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    km: float
    straight_km: float
    reason: str = ""


def _without_stops(study: Study, all_stops: bool) -> Study:
    """Return the study without fixed hours at access, or without any hours but movement.

    Prices are linear in these hours, so a second pricing separates movement from stays.
    """

    def zero(name: str, *columns: str) -> Table:
        table = study[name]
        return table.with_columns({c: np.where(np.isnan(table[c]), np.nan, 0.0) for c in columns})

    tables = {"speed": zero("speed", "fixed_h")}
    if all_stops:
        tables["border_dwell"] = zero("border_dwell", "mean_h")
        tables["transshipment"] = zero("transshipment", "time_h")
        tables["timetable"] = zero("timetable", "headway_h", "berth_h")
    return study.replace(tables=tables)


@dataclass(eq=False)
class TripModel:
    """Prices a graph once per class and cargo.

    Attributes
    ----------
    study
        The study whose numbers price the graph.
    graph, labels, plan
        The graph, its names, and the rows that price it; they serve all studies that differ in
        numbers only (:meth:`with_numbers`).
    """

    study: Study
    graph: Graph
    labels: Labels
    plan: CostPlan
    _priced: dict[tuple[str, str], PricedGraph] = field(default_factory=dict)
    _hours: dict[tuple[str, str, bool], Floats] = field(default_factory=dict)
    _open: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)

    @classmethod
    def of(cls, study: Study) -> TripModel:
        """Return the model of a study on its reduced graph."""
        whole = build(study)
        small = reduced(study, whole)
        labels = labels_of(study, whole).of_nodes(small.node)
        return cls(study, small.graph, labels, cost_plan(small.graph, study))

    def with_numbers(self, study: Study) -> TripModel:
        """Return the model with the numbers of another study that has the same rows."""
        return TripModel(study, self.graph, self.labels, self.plan, _open=self._open)

    def _graph(self, class_id: str) -> Graph:
        """Return the graph as it is open for a class; numbers do not open or shut anything."""
        if class_id not in self._open:
            self._open[class_id] = open_mask(self.study, self.graph, "", class_id)
        return self.graph.with_open(self._open[class_id])

    def priced(self, class_id: str, cargo: str) -> PricedGraph:
        """Return the priced graph of a class and cargo."""
        key = class_id, cargo
        if key not in self._priced:
            costs = price(self.plan, self.study, class_id, cargo)
            gc = generalised(costs, weights(self.study, class_id))
            self._priced[key] = PricedGraph(
                self._graph(class_id),
                costs.time_h,
                costs.spread_h,
                costs.co2_kg_per_t,
                np.ascontiguousarray(costs.money_usd_per_t.T),
                np.ascontiguousarray(np.stack(gc, axis=1)),
            )
        return self._priced[key]

    def hours(self, class_id: str, cargo: str, *, moving: bool) -> Floats:
        """Return hours of every arc without stays at the ends, or of movement only."""
        key = class_id, cargo, moving
        if key not in self._hours:
            bare = _without_stops(self.study, moving)
            self._hours[key] = price(self.plan, bare, class_id, cargo).time_h
        return self._hours[key]

    def end(self, text: str, modes: Sequence[str], quay: bool, arriving: bool = False) -> End:
        """Return the end that ``zone:ID``, ``port:ID``, ``crossing:ID`` or a node id names."""
        kind, _, name = text.partition(":")
        if kind == "zone":
            return zone_end(self.graph, self.labels, name)
        if kind == "port":
            return terminal_end(self.graph, self.labels, name, modes, quay)
        if kind == "crossing":
            return crossing_end(self.graph, self.labels, name, modes=modes)
        ids = self.graph.node_id
        named = (ids == text) | np.char.startswith(ids, f"{text}:")
        own = np.flatnonzero(named & (self.graph.base == np.arange(self.graph.n_nodes))).tolist()
        copies = [c for node in own for c in copies_at(self.graph, node, arriving)]
        nodes = np.array([*own, *copies], np.int64)
        countries = tuple(self.graph.node_country[nodes].tolist())
        reason = "" if len(nodes) else f"the network has no node {text}"
        return End("station", text, text, tuple(nodes.tolist()), countries, (), reason)


def _kilometres(graph: Graph, a: End, b: End) -> float:
    """Great-circle kilometres between the first nodes of two ends."""
    i, j = a.nodes[0], b.nodes[0]
    lon, lat = graph.node_lon, graph.node_lat
    return float(haversine_km(lon[i], lat[i], lon[j], lat[j]))


def _via(row: dict[str, Any]) -> list[str]:
    """Return places to pass in order; a crossing at an end counts where its stay does."""
    via = [v for v in str(row["via_ids"]).split(";") if v]
    if row["end_dwell"] == "yes":
        start, _, name = str(row["origin_id"]).partition(":")
        if start == "crossing" and (not via or via[0] != name):
            via.insert(0, name)
        end, _, name = str(row["destination_id"]).partition(":")
        if end == "crossing" and (not via or via[-1] != name):
            via.append(name)
    return via


def _no_way(row: dict[str, Any], straight_km: float, reason: str) -> Trip:
    nothing = np.empty(0, np.int64)
    return Trip(row, nothing, nothing, float("nan"), straight_km, reason)


def trace(model: TripModel, row: dict[str, Any]) -> Trip:
    """Find the way of one match: the cheapest over its modes and through its places."""
    priced = model.priced(str(row["class_id"]), str(row["cargo"]))
    modes = parse_modes(str(row["modes"]).split(";"))
    quay = row["end_dwell"] == "no" or set(modes) <= _WATER_ONLY
    a = model.end(str(row["origin_id"]), modes, quay)
    b = model.end(str(row["destination_id"]), modes, quay, arriving=True)
    for end in (a, b):
        if not end.nodes:
            return _no_way(row, float("nan"), end.reason)
    graph = priced.graph
    straight = _kilometres(graph, a, b)
    mask = graph.open & graph.carries(str(row["cargo"])) & priced.usable
    via = _via(row)
    found = path_through(
        priced, present_bits(mask & mode_mask(graph, modes), graph.kinds), a, via, b
    )
    if found is None:
        reason = "no way " + (f"through {', '.join(via)}" if via else "")
        return _no_way(row, straight, reason)
    arcs, i, j = found
    kind = priced.flow_kind(arcs, a.countries[i], b.countries[j])
    if row.get("flow_kind"):
        kind = np.full_like(kind, FLOW_KINDS.index(str(row["flow_kind"])))
    return Trip(row, arcs, kind, float(graph.length_km[arcs].sum()), straight)


def trip_value(model: TripModel, trip: Trip) -> float:
    """Return hours in the match's scope, or US$ per tonne, of a trip on its way; NaN without one.

    Hours are those of movement only, without stays at the ends, or all.
    """
    if trip.reason:
        return float("nan")
    row = trip.row
    goods = str(row["class_id"]), str(row["cargo"])
    if row["quantity"] == "cost":
        return float(model.priced(*goods).money_usd_per_t[trip.arcs, trip.kind].sum())
    if row["time_scope"] == "moving":
        hours = model.hours(*goods, moving=True)
    elif row["end_dwell"] == "no":
        hours = model.hours(*goods, moving=False)
    else:
        hours = model.priced(*goods).time_h
    return float(hours[trip.arcs].sum())
