"""The network priced for a question about routes, with the asker's changes; kept by content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from opencorridor.costs import CostPlan, cost_plan, generalised, price, weights
from opencorridor.costs.guard import guarded
from opencorridor.network import Graph, build, open_mask
from opencorridor.operations.workbench.edits import Choice, Edit, same_graph, variant
from opencorridor.operations.workbench.keep import canonical
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.asking import Cargo
from opencorridor.routing.labels import Labels, labels_of
from opencorridor.routing.priced import PricedGraph
from opencorridor.study import OpenCorridorError, Study

__all__ = ["World", "plan_of", "priced", "world_of"]


@dataclass(frozen=True, eq=False)
class World:
    """The study as changed for a question, and its network; ``key`` tells its content."""

    key: str
    study: Study
    graph: Graph
    labels: Labels


def world_of(session: Session, edits: Sequence[Edit], measures: Sequence[str]) -> World:
    """Return the changed study; its network is the session's unless links were added.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the measures and edits.
    """
    chosen = sorted(set(measures))
    key = canonical([[[e.table, e.key, e.column, e.op, e.value] for e in edits], chosen])

    def make() -> World:
        changed = variant(session.study, [Choice(m) for m in chosen], edits)
        pack = session.pack
        if same_graph(session.study, changed):
            return World(key, changed, pack.graph, pack.labels)
        graph = build(changed)
        return World(key, changed, graph, labels_of(changed, graph))

    found: World = session.kept("world", 16).get(key, make)
    return found


def plan_of(session: Session, world: World, date: str) -> CostPlan:
    """Return the choice of rows for a date: that of the study itself wherever it still holds."""
    kept = session.kept("plan", 6)
    if world.graph is session.pack.graph:
        own: CostPlan = kept.get(date, lambda: cost_plan(world.graph, session.study, date))
        try:
            guarded(own.guard, world.study)
        except OpenCorridorError:
            pass
        else:
            return own
    made: CostPlan = kept.get((world.key, date), lambda: cost_plan(world.graph, world.study, date))
    return made


def priced(session: Session, world: World, cargo: Cargo, date: str) -> PricedGraph:
    """Return the network of a world priced for a cargo on a date.

    Only the numbers are read anew for a change of numbers: the choice of rows, which takes most
    of the time, is made once.
    """
    study, class_id = world.study, cargo.class_id

    def make() -> PricedGraph:
        costs = price(plan_of(session, world, date), study, class_id, cargo.cargo, date)
        kinds = generalised(costs, weights(study, class_id))
        return PricedGraph(
            world.graph.with_open(open_mask(study, world.graph, date, class_id)),
            costs.time_h,
            costs.spread_h,
            costs.co2_kg_per_t,
            np.ascontiguousarray(costs.money_usd_per_t.T),
            np.ascontiguousarray(np.stack(kinds, axis=1)),
            costs.tariff_row,
        )

    key = (world.key, class_id, cargo.cargo, date)
    found: PricedGraph = session.kept("priced", 8).get(key, make)
    return found
