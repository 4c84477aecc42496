"""The kept model with the ways that a change asks for: those round what it shuts or opens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from opencorridor.network import open_mask
from opencorridor.operations.workbench.session import Session
from opencorridor.scenario.build import extend
from opencorridor.scenario.detours import searches
from opencorridor.scenario.model import Model
from opencorridor.scenario.prices import prices
from opencorridor.scenario.state import Baseline, baseline
from opencorridor.study import Study

__all__ = ["Ways", "searches", "ways_of"]


@dataclass(frozen=True, eq=False)
class Ways:
    """A model, its baseline, and a key that tells which further ways it knows."""

    key: str
    model: Model
    base: Baseline


def ways_of(session: Session, before: Study, after: Study, day: str) -> Ways:
    """Return the model for a change of the study on a date; ways searched once are kept.

    Round what is shut, ways are searched between the zones whose goods pass there; what opens may
    draw goods from anywhere, so all are searched then, which takes a few seconds. A change of
    hours, fees or capacities alone asks for no new ways.
    """
    study, model = session.study, session.model
    was, now = (open_mask(s, model.graph, day) for s in (before, after))
    shut, opened = was & ~now, now & ~was
    hit = model.routes.passes(shut)
    ends = {*model.routes.origin[hit].tolist(), *model.routes.destination[hit].tolist()}
    if not ends and not opened.any():
        return Ways("", model, session.base)
    zones = None if opened.any() else sorted(ends)

    def make() -> Ways:
        with session.solving:
            wide = extend(model, searches(after, day), zones)
            # Plans and routes in use of its own: those of the kept model stay as they are.
            wide = wide.with_demand(_plans={}, _used=[])
            priced = prices(wide, study, study.settings.baseline_date)
            return Ways(key, wide, baseline(wide, priced))

    key = hashlib.sha256(np.packbits([shut, opened]).tobytes() + day.encode()).hexdigest()[:16]
    found: Ways = session.kept("ways", 6).get(key, make)
    return found
