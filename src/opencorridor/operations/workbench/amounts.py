"""Hours and money of every arc at the study's values and at both ends of their ranges."""

from __future__ import annotations

import numpy as np

from opencorridor.costs import CostPlan, arc_hours, arc_parts, price
from opencorridor.costs.arc_costs import link_hours
from opencorridor.costs.bounds import at_bounds
from opencorridor.network import CARGOES
from opencorridor.operations.workbench.graphs import World, plan_of
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.asking import Cargo
from opencorridor.routing.indicators import Amounts
from opencorridor.study import Study

__all__ = ["STATES", "amounts_of"]

STATES = ("value", "low", "high")
"""What the three states of every amount are: as the study has it, fast and cheap, slow and dear."""

_Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _at(plan: CostPlan, study: Study, cargo: Cargo, date: str) -> _Parts:
    c = CARGOES.index(cargo.cargo)
    hours = arc_hours(plan, study, cargo.cargo)
    costs = price(plan, study, cargo.class_id, cargo.cargo, date)
    return (
        link_hours(plan, study, c, driving=True),
        costs.time_h,
        hours.stay_h + hours.door_wait_h,
        arc_parts(plan, study, cargo.cargo).fee_usd_per_t,
        costs.money_usd_per_t,
    )


def amounts_of(session: Session, world: World, cargo: Cargo, date: str) -> Amounts:
    """Return hours and money of every arc, in the order of ``STATES``; kept by content."""

    def make() -> Amounts:
        plan, study = plan_of(session, world, date), world.study
        states = (study, at_bounds(study, adverse=False), at_bounds(study, adverse=True))
        made = [_at(plan, state, cargo, date) for state in states]
        return Amounts(*(np.stack(arrays) for arrays in zip(*made, strict=True)))

    key = (world.key, cargo.class_id, cargo.cargo, date)
    found: Amounts = session.kept("amounts", 3).get(key, make)
    return found
