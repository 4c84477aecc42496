"""User equilibria and system optima of the TNTP instances, with gaps recomputed by other code.

Folder: ``OPENCORRIDOR_REFERENCE``, which holds ``tntp`` (its README says who computed what).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from opencorridor.freight import Assignment, TrafficClass, assign, assign_stochastic
from opencorridor.network.exchange import TrafficNetwork, read_tntp
from opencorridor.study.errors import OpenCorridorError
from tests.freight.equilibrium import balance, link_cost, relative_gap
from tests.freight.test_hard_capacity import check_queues
from tests.freight.test_stochastic import off

pytestmark = pytest.mark.reference

INSTANCES = (
    "Braess",
    "SiouxFalls",
    "EasternMassachusetts",
    "BerlinFriedrichshain",
    "BerlinTiergarten",
    "BerlinMitteCenter",
    "Anaheim",
    "ChicagoSketch",
)


@pytest.fixture(scope="module")
def folder(reference_folder: Path) -> Path:
    return reference_folder / "tntp"


@cache
def golden(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "golden_assignment.csv").open(encoding="utf-8") as file:
        return {row["instance"]: row for row in csv.DictReader(file)}


@cache
def network(folder: Path, name: str) -> TrafficNetwork:
    return read_tntp(folder / name)


@cache
def solved(folder: Path, name: str, system_optimum: bool) -> Assignment:
    row, found = golden(folder)[name], network(folder, name)
    weights = float(row["toll_weight"]), float(row["distance_weight"])
    who = TrafficClass("all", found.demand, *weights)
    return assign(found, [who], gap=1e-12, system_optimum=system_optimum)


@pytest.mark.parametrize("name", INSTANCES)
def test_sizes(folder: Path, name: str) -> None:
    row, found = golden(folder)[name], network(folder, name)
    assert (found.n_zone, len(found.node_id), found.n_link) == (
        int(row["zones"]),
        int(row["nodes"]),
        int(row["links"]),
    )
    assert found.first_through == int(row["first_thru_node"]) - 1
    assert found.demand.sum() == pytest.approx(float(row["total_demand"]), rel=1e-12)
    assert np.trace(found.demand) == pytest.approx(float(row["intrazonal_demand"]), rel=1e-12)


@pytest.mark.parametrize("name", INSTANCES)
def test_user_equilibrium(folder: Path, name: str) -> None:
    row, result = golden(folder)[name], solved(folder, name, False)
    assert result.converged
    assert result.gap <= 1e-12
    assert relative_gap(result) <= 1e-11
    assert result.objective == pytest.approx(float(row["ue_objective"]), rel=1e-11)
    assert result.objective >= float(row["ue_objective_lower_bound"]) * (1 - 1e-12)
    assert result.tstt == pytest.approx(float(row["ue_tstt_time"]), rel=1e-10)
    assert result.total_cost == pytest.approx(float(row["ue_total_generalised_cost"]), rel=1e-10)
    assert balance(result) <= 1e-9 * result.network.demand.sum()


@pytest.mark.parametrize("name", INSTANCES)
def test_system_optimum(folder: Path, name: str) -> None:
    row, result = golden(folder)[name], solved(folder, name, True)
    assert result.converged
    assert relative_gap(result) <= 1e-11
    assert result.total_cost == pytest.approx(float(row["so_total_generalised_cost"]), rel=1e-11)
    assert result.objective == pytest.approx(result.total_cost, rel=1e-13)


@pytest.mark.parametrize("name", ["SiouxFalls", "Anaheim", "ChicagoSketch"])
def test_published_flows(folder: Path, name: str) -> None:
    result, found = solved(folder, name, False), network(folder, name)
    lines = (folder / name / f"{name}_flow.tntp").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines[1:] if len(line.split()) >= 4]
    published = {(row[0], row[1]): (float(row[2]), float(row[3])) for row in rows}
    ends = zip(found.tail.tolist(), found.head.tolist(), strict=True)
    wanted = np.array([published[str(a + 1), str(b + 1)] for a, b in ends])
    row = golden(folder)[name]
    extra = float(row["toll_weight"]) * found.toll + float(row["distance_weight"]) * found.length
    rising = found.b * found.power * found.free_flow_time > 0
    assert rising.sum() == found.n_link - int(row["links_with_flow_not_unique"])
    assert np.abs(result.flow - wanted[:, 0])[rising].max() < 1e-2
    assert link_cost(result, 0) == pytest.approx(wanted[:, 1], rel=1e-7, abs=1e-9)
    assert result.time + extra == pytest.approx(wanted[:, 1], rel=1e-7, abs=1e-9)


def test_warm_start_needs_less(folder: Path) -> None:
    cold = solved(folder, "Anaheim", False)
    more = [TrafficClass("all", cold.network.demand * 1.02)]
    warm = assign(cold.network, more, gap=1e-10, start=cold)
    again = assign(cold.network, more, gap=1e-10)
    assert warm.converged
    assert relative_gap(warm) <= 1e-9
    assert warm.objective == pytest.approx(again.objective, rel=1e-9)
    assert warm.history[0, 1] < again.history[0, 1] / 3


@pytest.mark.parametrize("name", ["SiouxFalls", "Anaheim"])
@pytest.mark.parametrize("theta", [0.1, 1.0])
def test_stochastic_equilibrium_recomputed(folder: Path, name: str, theta: float) -> None:
    found = network(folder, name)
    result = assign_stochastic(found, theta=theta, gap=1e-10)
    assert result.converged
    assert off(result) <= 1e-10
    assert balance(result) <= 1e-8 * found.demand.sum()
    user = solved(folder, name, False)
    nearer = assign_stochastic(found, theta=50 * theta, gap=1e-9)
    apart = [float(np.abs(r.flow - user.flow).sum()) for r in (result, nearer)]
    assert apart[1] < apart[0]


def test_queues_of_hard_capacities(folder: Path) -> None:
    found, user = network(folder, "SiouxFalls"), solved(folder, "SiouxFalls", False)
    limit = np.full(found.n_link, np.inf)
    busy = np.argsort(-user.flow)[:20]
    limit[busy] = 0.95 * user.flow[busy]
    result = assign(found, gap=1e-10, hard_capacity=limit)
    assert result.converged
    assert abs(relative_gap(result)) <= 1e-9
    check_queues(result)
    assert (result.queue > 0).sum() > 5
    with pytest.raises(OpenCorridorError, match="not all can move"):
        assign(found, hard_capacity=found.capacity)
