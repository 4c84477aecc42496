"""The graph with the prices of one class of cargo, ready for the searches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import Graph
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["ALL_KINDS", "PricedGraph"]

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint8]

ALL_KINDS = 7
FLOW_KINDS = ("transit", "import_export", "domestic")


@dataclass(frozen=True, eq=False)
class PricedGraph:
    """A graph and what its arcs cost for one class, cargo and date.

    Attributes
    ----------
    graph
        A arcs, N nodes; the full or the reduced graph.
    time_h, spread_h, co2_kg_per_t
        float64[A]: hours, standard deviation of hours, kg CO2e per tonne.
    money_usd_per_t, gc_usd_per_t
        float64[A, 3]: money, and generalised cost, per tonne as transit, import/export, domestic.
    tariff_row
        int32[A, 3]: row of tariff_rail that prices an arc, -1 none; None where no tariff holds.
    """

    graph: Graph
    time_h: Floats
    spread_h: Floats
    co2_kg_per_t: Floats
    money_usd_per_t: Floats
    gc_usd_per_t: Floats
    tariff_row: npt.NDArray[np.int32] | None = None

    @cached_property
    def usable(self) -> npt.NDArray[np.bool_]:
        """Arcs whose price is known: a missing rate or speed closes an arc for this cargo."""
        return np.asarray(
            np.isfinite(self.gc_usd_per_t).all(axis=1) & np.isfinite(self.time_h), dtype=bool
        )

    @cached_property
    def to_final(self) -> npt.NDArray[np.bool_]:
        """Arcs on which the country of the destination may be reached."""
        return self.graph.enters

    @cached_property
    def topology(self) -> tuple[Array, ...]:
        """first_out, head, tail, country, leaves, to_final, node_country for the kernels.

        Copies: arrays mapped from the cache are read-only, which would compile every kernel twice.
        """
        graph = self.graph
        return (
            plain_array(graph.first_out, np.int64),
            plain_array(graph.head, np.int32),
            plain_array(graph.tail, np.int32),
            plain_array(graph.country, np.int16),
            plain_array(graph.leaves, np.bool_),
            plain_array(self.to_final, np.bool_),
            plain_array(graph.node_country, np.int16),
        )

    @cached_property
    def one_layer(self) -> tuple[Array, ...]:
        """first_out, head, country, a flag never set, node_country for searches of one layer.

        One country for all arcs and another for all nodes: the kernels then see one flow kind.
        """
        first_out, head = self.topology[:2]
        n_arcs, n_nodes = self.graph.n_arcs, self.graph.n_nodes
        never = np.zeros(n_arcs, np.bool_)
        return first_out, head, np.zeros(n_arcs, np.int16), never, np.full(n_nodes, -1, np.int16)

    @cached_property
    def gc(self) -> Floats:
        """``gc_usd_per_t`` for the kernels (a copy)."""
        return plain_array(self.gc_usd_per_t, np.float64)

    @property
    def n_inner(self) -> int:
        """Number of nodes that a path may pass; zones come after them."""
        return self.graph.n_nodes - len(self.graph.zone_id)

    @cached_property
    def plain(self) -> Floats:
        """float64[A, 4]: time_h, squared spread, co2_kg_per_t, distance_km."""
        columns = (self.time_h, self.spread_h**2, self.co2_kg_per_t, self.graph.length_km)
        return np.ascontiguousarray(np.stack(columns, axis=1))

    @cached_property
    def by_kind(self) -> Floats:
        """float64[A, 2, 3]: money and generalised cost by flow kind."""
        return np.ascontiguousarray(np.stack((self.money_usd_per_t, self.gc_usd_per_t), axis=1))

    @cached_property
    def negative(self) -> npt.NDArray[np.int64]:
        """int64: arcs with a negative generalised cost, open or not; there should be none."""
        return np.flatnonzero((np.nan_to_num(self.gc_usd_per_t) < 0).any(axis=1))

    def flow_kind(self, arcs: Array, origin: int, destination: int) -> npt.NDArray[np.int64]:
        """Return 0 transit, 1 import/export, 2 domestic of arcs of a trip between two countries."""
        country = self.graph.country[arcs]
        ends = (country == origin).astype(np.int64) + (country == destination)
        return np.where(country < 0, 1, ends)


def plain_array(values: Any, dtype: Any) -> Array:
    """Return a writable, contiguous copy of exactly this type, as the kernels take it."""
    return np.array(values, dtype=dtype, order="C", copy=True)


def check_costs(priced: PricedGraph, present: Bits) -> None:
    """Raise where a present arc has a negative cost (code ``negative_cost``)."""
    bad = priced.negative[present[priced.negative] > 0]
    if len(bad):
        arc = int(bad[0])
        raise OpenCorridorError(
            [
                Problem(
                    code="negative_cost",
                    message=f"{len(bad)} arcs of the network have a negative generalised cost",
                    value=f"{priced.gc_usd_per_t[arc].min():.6g} US$/t",
                    expected="a cost of 0 or more",
                    mend="look for negative rates, fees or values of time",
                )
            ]
        )
