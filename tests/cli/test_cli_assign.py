"""``opencorridor assign`` on small folders."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from opencorridor.cli.main import execute
from opencorridor.routing.exports import write_omx
from tests.network import exchange_files as files


def test_tntp_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = files.tntp(tmp_path / "city")
    out, skim = tmp_path / "flows.csv", tmp_path / "skim.omx"
    ends = ["--json", "--out", str(out), "--skim", str(skim)]
    assert execute(["assign", "--tntp", str(folder), "--gap", "1e-10", *ends]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["converged"]
    assert said["gap"] <= 1e-10
    assert (said["toll_weight"], said["distance_weight"]) == (0, 0)
    time = 6.5 * (1 + 0.15 * 0.8**4)
    assert said["tstt"] == pytest.approx(8 * time)
    assert said["objective"] == pytest.approx(8 * 6.5 * (1 + 0.15 / 5 * 0.8**4))
    assert {"iterations", "seconds", "total_cost"} <= set(said)
    assert out.read_text().splitlines()[0] == "link_id,from_node_id,to_node_id,flow,time,cost"
    with h5py.File(skim) as file:
        assert file["data/time"][0, 1] == pytest.approx(time)
        assert file["data/length"][0, 1] == pytest.approx(3)
        assert np.isnan(file["data/time"][1, 0])
        assert file["lookup/zone_id"][()].tolist() == [b"1", b"2"]


def test_weights_are_echoed_and_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = files.tntp(tmp_path / "city")
    words = ["--toll-weight", "4", "--distance-weight", "0.5", "--json"]
    assert execute(["assign", "--tntp", str(folder), *words]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["toll_weight"], said["distance_weight"]) == (4, 0.5)
    cheap = 8 * (20 * (1 + 0.15 * (8 / 5) ** 4))
    assert said["total_cost"] > said["tstt"]
    assert said["total_cost"] < cheap + 8 * 2


def test_time_limit_ends_with_flows_and_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = files.NET.replace("20 0.15 4", "6.6 0.15 4")
    folder, out = files.tntp(tmp_path / "city", net), tmp_path / "flows.tntp"
    words = ["--time-limit", "0", "--gap", "1e-12", "--json", "--out", str(out)]
    assert execute(["assign", "--tntp", str(folder), *words]) == 3
    said = json.loads(capsys.readouterr().out)
    assert (said["converged"], said["reason"]) == (False, "time")
    assert said["gap"] > 1e-12
    assert len(out.read_text().splitlines()) == 4
    assert execute(["assign", "--tntp", str(folder), *words[:4]]) == 3
    assert "Stopped at the time limit" in capsys.readouterr().out


def test_gmns_with_its_notice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = files.gmns(tmp_path / "city")
    assert execute(["assign", "--gmns", str(folder), "--system-optimum"]) == 0
    assert "System optimum of city: 2 zones, 3 links" in capsys.readouterr().out


def test_demand_from_omx_and_a_closed_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, demand = files.tntp(tmp_path / "city"), tmp_path / "d.omx"
    trips = np.array([[0.0, 3], [0, 0]])
    write_omx(demand, {"trips": trips, "vans": 2 * trips}, ["1", "2"])
    words = ["assign", "--tntp", str(folder), "--demand", str(demand), "--json"]
    assert execute(words) == 2
    assert "one of trips, vans" in capsys.readouterr().out
    words += ["--matrix", "trips"]
    assert execute([*words, "--close", "1"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["closed"] == ["1"]
    assert said["demand"] == 3
    assert said["tstt"] == pytest.approx(3 * 20 * (1 + 0.15 * 0.6**4))
    assert execute([*words, "--close", "9"]) == 2


def test_stochastic_equilibrium(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = files.NET.replace("6.5 0.15 4", "6.5 0 0").replace("20 0.15 4", "7 0 0")
    folder = files.tntp(tmp_path / "city", net)
    words = ["assign", "--tntp", str(folder), "--model", "sue", "--theta", "2", "--gap", "1e-10"]
    assert execute([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    first = 8 / (1 + np.exp(-2 * 0.5))
    assert said["tstt"] == pytest.approx(6.5 * first + 7 * (8 - first))
    assert (said["model"], said["theta"], said["routes"]) == ("sue", 2, 2)
    assert said["gap"] <= 1e-10
    assert execute([*words, "--path-size", "1"]) == 0
    told = capsys.readouterr().out
    assert "Stochastic user equilibrium" in told
    assert "routes offered" in told


def test_hard_capacities(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = files.NET.replace("6.5 0.15 4", "6.5 0 0").replace("20 0.15 4", "8 0 0")
    folder, bounds = files.tntp(tmp_path / "city", net), tmp_path / "bounds.csv"
    bounds.write_text("link_id,capacity\n2,5\n", encoding="utf-8")
    out = tmp_path / "flows.csv"
    words = ["assign", "--tntp", str(folder), "--capacities", str(bounds)]
    assert execute([*words, "--json", "--out", str(out)]) == 0
    said = json.loads(capsys.readouterr().out)
    (queue,) = said["queues"]
    assert (queue["link_id"], queue["capacity"], said["hard_capacities"]) == ("2", 5, 1)
    assert queue["flow"] == pytest.approx(5, rel=1e-8)
    assert queue["queue"] == pytest.approx(1.5)
    assert said["queue_total"] == pytest.approx(7.5)
    assert said["total_cost"] == pytest.approx(8 * 8)
    header, _, second, _ = out.read_text(encoding="utf-8").splitlines()
    assert header.endswith("cost,hard_capacity,queue")
    assert float(second.split(",")[-1]) == pytest.approx(1.5)
    assert execute(words) == 0
    assert "total queue" in capsys.readouterr().out
    bounds.write_text("link_id,capacity\n2,5\n3,2\n", encoding="utf-8")
    assert execute(words) == 2
    told = capsys.readouterr().err
    assert "8 have to pass links 2, 3, which let 7 pass; 1 are left" in told
    bounds.write_text("link_id,capacity\n2,0\n9,1\n2,5\n", encoding="utf-8")
    assert execute(words) == 2
    told = capsys.readouterr().err
    for place in ("row 2, capacity", "row 3, link_id", "row 4, link_id"):
        assert f"bounds.csv, {place}" in told


def test_own_capacities_of_gmns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = files.gmns(tmp_path / "city")
    assert execute(["assign", "--gmns", str(folder), "--hard-capacity"]) == 2
    told = capsys.readouterr().err
    assert "link.csv, row 3, capacity" in told
    assert "900 have to pass link y, which let 800 pass; 100 are left" in told


def test_several_classes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = files.NET.replace("6.5 0.15 4", "6.5 0 0").replace("20 0.15 4", "8 0 0")
    folder, classes = files.tntp(tmp_path / "city", net), tmp_path / "classes.csv"
    write_omx(tmp_path / "d.omx", {"trips": np.array([[0.0, 3], [0, 0]])}, ["1", "2"])
    classes.write_text(
        "class,file,share,toll_weight\ncars,,0.5,\ntrucks,d.omx,2,1\n", encoding="utf-8"
    )
    out, skim = tmp_path / "flows.csv", tmp_path / "skim.omx"
    words = ["assign", "--tntp", str(folder), "--classes", str(classes), "--json"]
    assert execute([*words, "--out", str(out), "--skim", str(skim)]) == 0
    said = json.loads(capsys.readouterr().out)
    # Cars take the short way with its toll of 5, trucks weigh it and go round.
    assert said["tstt"] == pytest.approx(4 * 6.5 + 6 * 8)
    assert [one["class"] for one in said["classes"]] == ["cars", "trucks"]
    assert "flow_cars,flow_trucks" in out.read_text(encoding="utf-8")
    with h5py.File(skim) as file:
        assert file["data/time_trucks"][0, 1] == 8
    classes.write_text("class,file,share\ncars,,-1\ncars,,1\n", encoding="utf-8")
    assert execute(words) == 2
    told = capsys.readouterr()
    assert "assign_share" in told.out + told.err
    assert "duplicate_id" in told.out + told.err


def test_demand_of_a_matrix_is_told_with_its_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, demand = files.tntp(tmp_path / "city"), tmp_path / "d.omx"
    write_omx(demand, {"trips": np.array([[0.0, 3], [2, 0]])}, ["1", "2"])
    assert execute(["assign", "--tntp", str(folder), "--demand", str(demand)]) == 2
    assert "d.omx, row 2, 1: zone 1 cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--model", "sue"],
        ["--theta", "1"],
        ["--model", "best"],
        ["--model", "ue", "--system-optimum"],
        ["--model", "sue", "--theta", "-1"],
        ["--model", "sue", "--theta", "1", "--route-ratio", "0.5"],
        ["--hard-capacity", "--capacities", "bounds.csv"],
        ["--capacities", "nowhere.csv"],
        ["--classes", "nowhere.csv"],
        ["--classes", "nowhere.csv", "--toll-weight", "1"],
    ],
)
def test_questions_that_contradict_themselves(tmp_path: Path, words: list[str]) -> None:
    assert execute(["assign", "--tntp", str(files.tntp(tmp_path / "city")), *words]) == 2


def test_bad_questions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(files.tntp(tmp_path / "city"))
    assert execute(["assign"]) == 2
    assert execute(["assign", "--tntp", folder, "--gap", "0"]) == 2
    assert execute(["assign", "--tntp", folder, "--toll-weight", "-1"]) == 2
    cut = files.TRIPS.replace("2 : 8.0", "2 : 8.0;\nOrigin 2\n1 : 3.0").replace("12.0", "15.0")
    capsys.readouterr()
    lost = files.tntp(tmp_path / "lost", trips=cut)
    assert execute(["assign", "--tntp", str(lost), "--json"]) == 2
    told = capsys.readouterr()
    assert "assign_unreachable" in told.out + told.err
    assert "small_trips.tntp" in told.out + told.err


def test_warm_start_from_a_file_of_routes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = files.NET.replace("20 0.15 4", "6.6 0.15 4")
    folder, routes = files.tntp(tmp_path / "city", net), tmp_path / "routes.csv"
    words = ["assign", "--tntp", str(folder), "--gap", "1e-12", "--json"]
    assert execute([*words, "--routes", str(routes)]) == 0
    cold = json.loads(capsys.readouterr().out)
    assert routes.read_text().splitlines()[0] == "class,o_zone_id,d_zone_id,flow,links"
    assert sorted(line.rsplit(",", 1)[1] for line in routes.read_text().splitlines()[1:]) == [
        "1;2", "3",
    ]  # fmt: skip
    assert execute([*words, "--warm", str(routes)]) == 0
    warm = json.loads(capsys.readouterr().out)
    assert (cold["warm"], warm["warm"]) == (None, "routes.csv")
    assert warm["objective"] == pytest.approx(cold["objective"], rel=1e-12)
    assert warm["iterations"] == 1 < cold["iterations"]
    # A closed link's routes are left out; other demand shares in proportion.
    assert execute([*words, "--warm", str(routes), "--close", "1"]) == 0
    closed = json.loads(capsys.readouterr().out)
    assert closed["tstt"] == pytest.approx(8 * 6.6 * (1 + 0.15 * (8 / 5) ** 4))


def test_routes_of_another_network_are_told_by_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, routes = files.tntp(tmp_path / "city"), tmp_path / "routes.csv"
    routes.write_text(
        "class,o_zone_id,d_zone_id,flow,links\n"
        "all,1,2,1,1;9\nall,1,2,1,2;1\nall,1,2,1,1\nbus,1,2,1,3\nall,1,7,1,3\nall,1,2,-1,3\n"
    )
    assert execute(["assign", "--tntp", str(folder), "--warm", str(routes)]) == 2
    said = capsys.readouterr().err
    for row, text in (
        (2, "there is no link 9"), (3, "link 2 does not begin at node 1"),
        (4, "the route ends at node 3"), (5, "there is no class bus"), (6, "there is no zone 7"),
        (7, "flow is -1"),
    ):  # fmt: skip
        assert f"row {row}, " in said
        assert text in said


def test_gmns_routes_over_connectors_and_both_ways(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Zone 1 lies at two nodes; link -y is one id for both directions.
    node = "node_id,zone_id\na,1\nb,1\nc,2\n"
    link = files.LINK.replace("\ny,", "\n-y,")
    folder = files.gmns(tmp_path / "city", node, link, files.DEMAND + "2,1,90\n")
    routes = tmp_path / "routes.csv"
    words = ["assign", "--gmns", str(folder), "--gap", "1e-12", "--json"]
    assert execute([*words, "--routes", str(routes)]) == 0
    cold = json.loads(capsys.readouterr().out)
    assert execute([*words, "--warm", str(routes)]) == 0
    warm = json.loads(capsys.readouterr().out)
    assert warm["objective"] == pytest.approx(cold["objective"], rel=1e-12)


def test_hard_capacities_of_a_gmns_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The second way takes what the hard capacity of the first, all lanes together, does not let by.
    link = (
        "link_id,from_node_id,to_node_id,length,free_speed,lanes,capacity,hard_capacity,vdf_alpha,"
        "vdf_beta\nx,a,c,1,60,2,500,600,0,1\ny,a,c,3,60,1,800,,0,1\n"
    )
    folder = files.gmns(tmp_path / "city", link=link)
    words = ["assign", "--gmns", str(folder), "--hard-capacity", "--json"]
    assert execute(words) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["hard_capacities"] == 1
    (queue,) = said["queues"]
    assert (queue["link_id"], queue["queue"]) == ("x", pytest.approx(2))
    assert said["tstt"] == pytest.approx(600 * 1 + 300 * 3)
    files.gmns(tmp_path / "city", link=link.replace(",600,", ",0,"))
    assert execute(words[:-1]) == 2
    assert "link.csv, row 2, hard_capacity: hard capacity is 0" in capsys.readouterr().err
