"""What the hours of an arc are made of: needed where a trip follows the clock."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from opencorridor.costs.arc_costs import link_hours, service_hours, stay
from opencorridor.costs.guard import guarded
from opencorridor.costs.plan import CostPlan
from opencorridor.network import BORDER, CARGOES, MODES
from opencorridor.study import Study

__all__ = ["ArcHours", "arc_hours"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ArcHours:
    """Hours of every arc (A) in parts; all but ``driving_h`` add up to ``ArcCosts.time_h``.

    Attributes
    ----------
    way_h
        On the way, rests of drivers by ``moving_h_per_day`` inside; terminals at an access.
    service_wait_h, berth_h
        Half a headway of the services of a link; loading and unloading.
    door_wait_h
        Mean wait for a place to open.
    stay_h
        Mean stay at a border, or hours of a transshipment.
    driving_h
        Hours at the wheel on road links, inside ``way_h``; 0 elsewhere.
    """

    way_h: Floats
    service_wait_h: Floats
    berth_h: Floats
    door_wait_h: Floats
    stay_h: Floats
    driving_h: Floats

    def arrays(self) -> dict[str, Floats]:
        """Return the fields by name, for the cache."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def arc_hours(plan: CostPlan, study: Study, cargo: str) -> ArcHours:
    """Split the hours of every arc; see :func:`opencorridor.costs.arc_parts`.

    Parameters
    ----------
    plan, study, cargo
        As for :func:`opencorridor.costs.arc_parts`.

    Raises
    ------
    OpenCorridorError
        Code ``cost_plan_void``.
    """
    guarded(plan.guard, study)
    c, graph = CARGOES.index(cargo), plan.graph
    wait, berth = service_hours(plan, study)
    door, held = np.zeros(graph.n_arcs), np.zeros(graph.n_arcs)
    door[plan.door_arc] = plan.door_wait_h
    held[plan.border_arc] = stay(study["border_dwell"]["mean_h"], plan.dwell_row[c])
    held[plan.over_arc] += study["transshipment"]["time_h"][plan.over_row]
    on_road = (graph.kind <= BORDER) & (graph.mode == MODES.index("road"))
    driving = np.where(on_road, link_hours(plan, study, c, driving=True), 0.0)
    return ArcHours(link_hours(plan, study, c), wait, berth, door, held, driving)
