"""How the goods of a state move: who passes which arc, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import arc_parts, price
from opencorridor.freight.demand import CARGOES
from opencorridor.freight.flows import Goods, Steps, amounts_of, expand, wait_of
from opencorridor.network import TRANSSHIPMENT, Graph
from opencorridor.scenario.model import Model
from opencorridor.scenario.prices import Prices
from opencorridor.study import Study

__all__ = ["Movement", "movement"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# A share below this carries less than a kilogram of any flow.
_NONE = 1e-12


@dataclass(frozen=True, eq=False)
class Movement:
    """Goods and steps of a state; ``arc`` of the steps is one of ``graph``.

    ``on_reduced`` (A,) is the arc of the model's reduced graph of every arc of ``graph``.
    """

    model: Model
    graph: Graph
    on_reduced: Ints
    goods: Goods
    steps: Steps


def _goods(model: Model, study: Study, tonnes: Floats, share: Floats, weight: Floats) -> Goods:
    """Goods on options from the tonnes of cells (C,), the shares (O,) and weights of rows (R,)."""
    o, cells = model.options, model.cells
    row = (tonnes * model.covered)[model.rows.cell] * weight
    moved = np.where(share > _NONE, row[o.row] * share, 0.0)
    cargo = model.rows.cargo[o.row]
    payload = study["commodity"]["payload_t_per_teu"][o.klass]
    boxed = (cargo == CARGOES.index("container")) & (moved > 0.0)
    known = {name: n for n, name in enumerate(model.graph.countries)}
    country = np.array([known.get(name, -1) for name in model.countries], dtype=np.int64)
    cell = model.rows.cell[o.row]
    return Goods(
        tonnes=moved,
        teu=np.divide(moved, payload, out=np.zeros(o.n), where=boxed),
        exporter=country[cells.exporter[cell]],
        importer=country[cells.importer[cell]],
        klass=o.klass,
        cargo=cargo,
    )


def _per_tonne(
    model: Model, study: Study, date: str, goods: Goods
) -> dict[tuple[int, int], Floats]:
    """Return what a tonne takes on the arcs in use, by cargo and class (``amounts_of``)."""
    graph = model.used.graph
    plan = model.cost_plan(study, date, graph)
    over = graph.kind == TRANSSHIPMENT
    out: dict[tuple[int, int], Floats] = {}
    for c, cargo in enumerate(CARGOES):
        parts = arc_parts(plan, study, cargo)
        for k in np.unique(goods.klass[(goods.cargo == c) & (goods.tonnes > 0.0)]).tolist():
            class_id = str(study["commodity"]["class_id"][k])
            money = price(plan, study, class_id, cargo, date, parts).money_usd_per_t.T
            # At a terminal all money is a fee; elsewhere what is charged beside the kilometres.
            fee = np.where(over[:, None], money, parts.fee_usd_per_t[:, None])
            flat = (graph.length_km, parts.time_h, parts.co2_kg_per_t)
            km, hours, kg = (np.broadcast_to(one[:, None], fee.shape) for one in flat)
            # What the class cannot use has no price, and carries none of it.
            out[c, k] = np.nan_to_num(np.stack([km, money - fee, fee, hours, kg]))
    return out


def movement(
    model: Model, study: Study, date: str, p: Prices, tonnes: Floats, share: Floats, wait_h: Floats
) -> Movement:
    """Follow the goods of a state over the network.

    Parameters
    ----------
    model
        Routes, options and places.
    study, date
        What priced the state.
    p
        Its prices.
    tonnes, share
        Tonnes a year of cells (C,), and shares of options (O,).
    wait_h
        Hours in queues at places (F,).
    """
    used = model.used
    on_reduced = np.unique(model.routes.arcs).astype(np.int64)
    goods = _goods(model, study, tonnes, share, p.weight)
    option, arc, kind = expand(
        model.routes.first, used.fare, model.options.route, goods.tonnes > 0.0
    )
    places = model.places
    waited = wait_of(
        option, on_reduced[arc], model.options, places.arc_first, places.arc_place, wait_h
    )
    per_tonne = _per_tonne(model, study, date, goods)
    amount = amounts_of(goods, option, per_tonne, arc, kind, waited)
    return Movement(model, used.graph, on_reduced, goods, Steps(option, arc, kind, amount))
