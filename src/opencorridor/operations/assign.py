"""Assign traffic to a network in a standard format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.documents.csvfiles import csv_text
from opencorridor.freight.assignment import Assignment, TrafficClass, assign
from opencorridor.freight.skims import skim_matrices
from opencorridor.freight.stochastic import RouteSet, assign_stochastic
from opencorridor.network.exchange import TrafficNetwork, flow_rows, flow_tntp, read_gmns, read_omx
from opencorridor.network.exchange.tntp import read_tntp
from opencorridor.network.exchange.traffic import FLOW_COLUMNS
from opencorridor.operations.assign_inputs import own_capacities, read_capacities, read_classes
from opencorridor.operations.assign_routes import read_routes, routes_text
from opencorridor.routing.exports import check_target, whole_file, write_omx
from opencorridor.study.errors import EXIT_NOT_CONVERGED, OpenCorridorError, Problem

__all__ = ["FLOW_SUFFIXES", "MODELS", "AssignAnswer", "AssignRequest", "assign_traffic"]

Floats = npt.NDArray[np.float64]

FLOW_SUFFIXES = (".csv", ".tntp")
MODELS = ("ue", "so", "sue")
_MINUTES = 60.0


@dataclass(frozen=True)
class AssignRequest:
    """What to assign.

    Attributes
    ----------
    tntp, gmns
        Folder in one of the formats; exactly one.
    gap, time_limit_s, max_iterations
        Relative gap to reach, and when to stop before.
    toll_weight, distance_weight
        Cost of one unit of toll and of length, in units of time.
    model
        ``ue`` (equilibrium of users), ``so`` (least total cost), ``sue`` (stochastic equilibrium).
    theta, path_size, route_ratio, most_routes
        Of the stochastic equilibrium: utility lost by one unit of cost, weight of the logarithm of
        the path size, and which routes are offered (:class:`~opencorridor.freight.RouteSet`).
    hard_capacity, capacities
        Whether no link passes more than its capacity; or a file of links and what they pass.
    classes
        File of several classes, in the place of one with the weights above.
    demand
        OMX file whose matrix takes the place of the folder's demand.
    matrix
        Its name; may be left out where the file has only one.
    close
        Ids of links that carry nothing.
    warm
        File of routes to begin with, as ``routes`` writes them.
    out, skim, routes, force
        Link flows to write (.csv or .tntp), times and costs between zones (.omx), routes (.csv),
        and whether to replace them.
    """

    tntp: Path | None = None
    gmns: Path | None = None
    gap: float = 1e-6
    time_limit_s: float | None = None
    max_iterations: int = 1000
    toll_weight: float = 0.0
    distance_weight: float = 0.0
    model: str = "ue"
    theta: float | None = None
    path_size: float = 0.0
    route_ratio: float = 2.0
    most_routes: int = 10
    hard_capacity: bool = False
    capacities: Path | None = None
    classes: Path | None = None
    demand: Path | None = None
    matrix: str | None = None
    close: tuple[str, ...] = ()
    warm: Path | None = None
    out: Path | None = None
    skim: Path | None = None
    routes: Path | None = None
    force: bool = False


@dataclass(frozen=True)
class AssignAnswer:
    """The flows, and the question they answer."""

    request: AssignRequest
    network: TrafficNetwork
    result: Assignment

    @property
    def exit_code(self) -> int:
        """0 where the gap was reached, else 3."""
        return 0 if self.result.converged else EXIT_NOT_CONVERGED

    def values(self) -> dict[str, Any]:
        """Return what a program wants to know."""
        result, network, request = self.result, self.network, self.request
        demand = np.sum([one.demand for one in result.classes], axis=0)
        chosen = result.model == "sue"
        return {
            "schema_version": 1,
            "network": network.name,
            "zones": network.n_zone,
            "nodes": len(network.node_id),
            "links": network.n_link,
            "demand": float(demand.sum()),
            "demand_within_zones": float(np.trace(demand)),
            "toll_weight": request.toll_weight,
            "distance_weight": request.distance_weight,
            "model": result.model,
            "system_optimum": result.system_optimum,
            "theta": request.theta if chosen else None,
            "path_size": request.path_size if chosen else None,
            "route_ratio": request.route_ratio if chosen else None,
            "most_routes": request.most_routes if chosen else None,
            "routes": result.n_route,
            "gap_wanted": request.gap,
            "gap": result.gap,
            "objective": result.objective,
            "tstt": result.tstt,
            "total_cost": result.total_cost,
            "iterations": result.iterations,
            "seconds": result.seconds,
            "converged": result.converged,
            "reason": result.reason,
            "closed": list(request.close),
            "warm": request.warm.name if request.warm is not None else None,
            "classes": [
                {
                    "class": one.name,
                    "demand": float(one.demand.sum()),
                    "toll_weight": one.toll_weight,
                    "distance_weight": one.distance_weight,
                }
                for one in result.classes
            ],
            **self._queues(),
            "notices": [notice.as_dict() for notice in network.notices],
        }

    def _queues(self) -> dict[str, Any]:
        """Return what stands before hard capacities."""
        result, network = self.result, self.network
        spent = result.flow * result.queue
        minutes = self.request.gmns is not None
        rows = [
            {"link_id": network.link_id[a], "from_node_id": network.node_id[network.tail[a]],
             "to_node_id": network.node_id[network.head[a]], "capacity": float(result.limit[a]),
             "flow": float(result.flow[a]), "queue": float(result.queue[a]),
             "queue_total": float(spent[a])}
            for a in np.argsort(-spent, kind="stable").tolist() if result.queue[a] > 0
        ]  # fmt: skip
        return {
            "hard_capacities": int(np.isfinite(result.limit).sum()),
            "capacity_missed": result.over_capacity,
            "queue_total": float(spent.sum()),
            "queue_hours": float(spent.sum()) / _MINUTES if minutes else None,
            "time_unit": "minute" if minutes else "of the file",
            "queues": rows,
        }


def assign_traffic(request: AssignRequest) -> AssignAnswer:
    """Return the assignment, with files written; flows that miss the gap are written too.

    Raises
    ------
    OpenCorridorError
        With every problem of the files and the options.
    """
    if request.out is not None:
        check_target(request.out, FLOW_SUFFIXES, request.force)
    if request.skim is not None:
        check_target(request.skim, (".omx",), request.force)
    if request.routes is not None:
        check_target(request.routes, (".csv",), request.force)
    _check(request)
    network, demand = _read(request)
    result = _solve(request, network, demand)
    _write(request, network, result)
    return AssignAnswer(request, network, result)


def _solve(request: AssignRequest, network: TrafficNetwork, demand: Floats) -> Assignment:
    file = request.demand.name if request.demand is not None else ""
    weights = request.toll_weight, request.distance_weight
    classes = [TrafficClass("all", demand, *weights, file)]
    if request.classes is not None:
        classes = read_classes(request.classes, network, demand)
    bound = None
    if request.capacities is not None:
        bound = read_capacities(request.capacities, network)
    elif request.hard_capacity:
        bound = own_capacities(network)
    limit, warm = request.time_limit_s, request.warm
    given: dict[str, Any] = {
        "gap": request.gap,
        "closed": _closed(network, request.close),
        "hard_capacity": bound,
        "start": None if warm is None else read_routes(warm, network, classes),
        "time_limit_s": np.inf if limit is None else limit,
        "max_iterations": request.max_iterations,
    }
    if request.model != "sue":
        return assign(network, classes, system_optimum=request.model == "so", **given)
    assert request.theta is not None
    return assign_stochastic(
        network,
        classes,
        theta=request.theta,
        path_size=request.path_size,
        route_set=RouteSet(request.route_ratio, request.most_routes),
        **given,
    )


def _check(request: AssignRequest) -> None:
    given = [("toll_weight", request.toll_weight), ("distance_weight", request.distance_weight)]
    problems = [
        Problem("assign_weight", f"{name.replace('_', ' ')} is {value:g}", column=name,
                value=f"{value:g}", expected="0 or more")
        for name, value in given if not 0 <= value < np.inf
    ]  # fmt: skip
    if (request.tntp is None) == (request.gmns is None):
        said = "give one folder: --tntp or --gmns"
        problems.append(Problem("assign_folder", said, expected="exactly one of them"))
    if request.model not in MODELS:
        problems.append(Problem("assign_model", f"there is no model {request.model}",
                                column="model", value=request.model,
                                expected="ue, so or sue"))  # fmt: skip
    if (request.model == "sue") != (request.theta is not None):
        said = "theta and the model sue go together"
        problems.append(Problem("assign_theta", said, column="theta",
                                mend="give both, or neither"))  # fmt: skip
    if request.hard_capacity and request.capacities is not None:
        said = "hard capacities are either the network's own or those of a file"
        problems.append(Problem("assign_hard_capacity", said, column="capacities"))
    if request.classes is not None and (request.toll_weight or request.distance_weight):
        said = "each class has weights of its own in the file of classes"
        problems.append(Problem("assign_weight", said, column="toll_weight",
                                mend="write the weights there"))  # fmt: skip
    if problems:
        raise OpenCorridorError(problems)


def _read(request: AssignRequest) -> tuple[TrafficNetwork, Floats]:
    if request.tntp is not None:
        network = read_tntp(request.tntp)
        if request.demand is None:
            return network, network.demand
        return network, read_omx(request.demand, network.zone_id, request.matrix)
    assert request.gmns is not None
    network = read_gmns(request.gmns, request.demand, request.matrix)
    return network, network.demand


def _closed(network: TrafficNetwork, ids: tuple[str, ...]) -> npt.NDArray[np.bool_] | None:
    unknown = sorted(set(ids) - set(network.link_id))
    if unknown:
        raise OpenCorridorError(
            [Problem("unknown_id", f"there is no link {i}", value=i) for i in unknown]
        )
    return np.isin(np.array(network.link_id), ids) if ids else None


def _write(request: AssignRequest, network: TrafficNetwork, result: Assignment) -> None:
    extra = request.toll_weight * network.toll + request.distance_weight * network.length
    cost = result.time + result.queue + extra
    if request.out is not None:
        with whole_file(request.out) as part:
            if request.out.suffix.lower() == ".tntp":
                text = flow_tntp(network, result.flow, cost)
            else:
                rows, columns = _flow_table(network, result, cost)
                text = csv_text(rows, columns)
            part.write_bytes(text.encode())
    if request.routes is not None:
        with whole_file(request.routes) as part:
            part.write_bytes(routes_text(result).encode())
    if request.skim is not None:
        with whole_file(request.skim) as part:
            write_omx(part, _skims(result), network.zone_id)


def _flow_table(
    network: TrafficNetwork, result: Assignment, cost: Floats
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return link flows, with hard capacities, queues and classes where there are any."""
    rows = flow_rows(network, result.flow, result.time, cost)
    shown = np.arange(network.n_link) if network.shown is None else np.flatnonzero(network.shown)
    more: dict[str, Floats] = {}
    if np.isfinite(result.limit).any():
        more |= {"hard_capacity": result.limit, "queue": result.queue}
    if len(result.classes) > 1:
        more |= {f"flow_{one.name}": result.class_flow[c] for c, one in enumerate(result.classes)}
    for row, a in zip(rows, shown.tolist(), strict=True):
        row |= {
            name: float(values[a]) if np.isfinite(values[a]) else ""
            for name, values in more.items()
        }
    return rows, (*FLOW_COLUMNS, *more)


def _skims(result: Assignment) -> dict[str, Floats]:
    """Return the matrices between zones; with the name of the class where there are several."""
    if len(result.classes) == 1:
        return skim_matrices(result)
    return {
        f"{name}_{one.name}": values
        for c, one in enumerate(result.classes)
        for name, values in skim_matrices(result, c).items()
    }
