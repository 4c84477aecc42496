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
from opencorridor.network.exchange import TrafficNetwork, flow_rows, flow_tntp, read_gmns, read_omx
from opencorridor.network.exchange.tntp import read_tntp
from opencorridor.network.exchange.traffic import FLOW_COLUMNS
from opencorridor.routing.exports import check_target, whole_file, write_omx
from opencorridor.study.errors import EXIT_NOT_CONVERGED, OpenCorridorError, Problem

__all__ = ["FLOW_SUFFIXES", "AssignAnswer", "AssignRequest", "assign_traffic"]

FLOW_SUFFIXES = (".csv", ".tntp")


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
    system_optimum
        Minimise total cost instead.
    demand
        OMX file whose matrix takes the place of the folder's demand.
    close
        Ids of links that carry nothing.
    out, skim, force
        Link flows to write (.csv or .tntp), times and costs between zones (.omx), and whether
        to replace them.
    """

    tntp: Path | None = None
    gmns: Path | None = None
    gap: float = 1e-6
    time_limit_s: float | None = None
    max_iterations: int = 1000
    toll_weight: float = 0.0
    distance_weight: float = 0.0
    system_optimum: bool = False
    demand: Path | None = None
    close: tuple[str, ...] = ()
    out: Path | None = None
    skim: Path | None = None
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
        result, network = self.result, self.network
        demand = result.classes[0].demand
        return {
            "schema_version": 1,
            "network": network.name,
            "zones": network.n_zone,
            "nodes": len(network.node_id),
            "links": network.n_link,
            "demand": float(demand.sum()),
            "demand_within_zones": float(np.trace(demand)),
            "toll_weight": self.request.toll_weight,
            "distance_weight": self.request.distance_weight,
            "system_optimum": result.system_optimum,
            "gap_wanted": self.request.gap,
            "gap": result.gap,
            "objective": result.objective,
            "tstt": result.tstt,
            "total_cost": result.total_cost,
            "iterations": result.iterations,
            "seconds": result.seconds,
            "converged": result.converged,
            "reason": result.reason,
            "closed": list(self.request.close),
            "notices": [notice.as_dict() for notice in network.notices],
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
    _check_weights(request)
    network, demand = _read(request)
    travellers = TrafficClass("all", demand, request.toll_weight, request.distance_weight)
    limit = request.time_limit_s
    result = assign(
        network,
        [travellers],
        gap=request.gap,
        system_optimum=request.system_optimum,
        closed=_closed(network, request.close),
        time_limit_s=np.inf if limit is None else limit,
        max_iterations=request.max_iterations,
    )
    _write(request, network, result)
    return AssignAnswer(request, network, result)


def _check_weights(request: AssignRequest) -> None:
    given = [("toll_weight", request.toll_weight), ("distance_weight", request.distance_weight)]
    problems = [
        Problem("assign_weight", f"{name.replace('_', ' ')} is {value:g}", column=name,
                value=f"{value:g}", expected="0 or more")
        for name, value in given if not 0 <= value < np.inf
    ]  # fmt: skip
    if (request.tntp is None) == (request.gmns is None):
        said = "give one folder: --tntp or --gmns"
        problems.append(Problem("assign_folder", said, expected="exactly one of them"))
    if problems:
        raise OpenCorridorError(problems)


def _read(request: AssignRequest) -> tuple[TrafficNetwork, npt.NDArray[np.float64]]:
    if request.tntp is not None:
        network = read_tntp(request.tntp)
        if request.demand is None:
            return network, network.demand
        return network, read_omx(request.demand, network.zone_id)
    assert request.gmns is not None
    network = read_gmns(request.gmns, request.demand)
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
    cost = result.time + extra
    if request.out is not None:
        with whole_file(request.out) as part:
            if request.out.suffix.lower() == ".tntp":
                text = flow_tntp(network, result.flow, cost)
            else:
                rows = flow_rows(network, result.flow, result.time, cost)
                text = csv_text(rows, FLOW_COLUMNS)
            part.write_bytes(text.encode())
    if request.skim is not None:
        with whole_file(request.skim) as part:
            write_omx(part, skim_matrices(result), network.zone_id)
