"""TNTP, GMNS and OMX as they are, and every fault of a file with file, row and column."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from opencorridor.network.exchange import flow_tntp, read_gmns, read_omx, read_tntp
from opencorridor.routing.exports import write_omx
from opencorridor.study.errors import OpenCorridorError, Problem
from tests.network import exchange_files as files


def faults(error: OpenCorridorError) -> list[tuple[str, str, int | None, str]]:
    return [(p.code, p.file, p.row, p.column) for p in error.problems]


def test_tntp_as_it_is(tmp_path: Path) -> None:
    network = read_tntp(files.tntp(tmp_path / "city"))
    assert (network.name, network.n_zone, network.n_link, network.first_through) == (
        "city",
        2,
        3,
        2,
    )
    assert network.free_flow_time.tolist() == [0, 6.5, 20]
    assert network.power.tolist() == [0, 4, 4]
    assert network.toll.tolist() == [0, 5, 0]
    assert network.demand.tolist() == [[4, 8], [0, 0]]
    assert network.demand_row[0, 1] == 6
    assert network.notices == ()


NET, TRIPS = "small_net.tntp", "small_trips.tntp"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("LINKS> 3", "LINKS> 4", ("tntp_counts", NET, 4, "NUMBER OF LINKS")),
        ("ZONES> 2", "ZONES> 3", ("tntp_counts", TRIPS, 1, "NUMBER OF ZONES")),
        ("THRU NODE> 3", "THRU NODE> 5", ("tntp_counts", NET, 3, "FIRST THRU NODE")),
        ("NODES> 3", "NODES> 2", ("tntp_node", NET, 7, "term_node")),
        ("NODES> 3", "NODES> many", ("tntp_metadata", NET, 2, "NUMBER OF NODES")),
        ("3 2 10 2 6.5", "3 2 0 2 6.5", ("assign_capacity", NET, 8, "capacity")),
        ("3 2 10 2 6.5", "3 2 -1 2 6.5", ("assign_capacity", NET, 8, "capacity")),
        ("3 2 10 2 6.5", "3 2 10 2 -6.5", ("assign_free_flow_time", NET, 8, "free_flow_time")),
        ("6.5 0.15 4", "6.5 0.15 -4", ("assign_power", NET, 8, "power")),
        ("6.5 0.15 4", "6.5 0.15 nan", ("text_in_number", NET, 8, "power")),
        ("6.5 0.15 4", "6.5 0.15 four", ("text_in_number", NET, 8, "power")),
        ("1 2 5 4", "1 9 5 4", ("tntp_node", NET, 9, "term_node")),
        ("1 2 5 4 20 0.15 4 0 0 1", "1 2 5", ("tntp_columns", NET, 9, "length")),
    ],
)
def test_faults_of_tntp(
    tmp_path: Path, old: str, new: str, expected: tuple[str, str, int, str]
) -> None:
    assert old in files.NET
    with pytest.raises(OpenCorridorError) as caught:
        read_tntp(files.tntp(tmp_path / "city", net=files.NET.replace(old, new)))
    assert expected in faults(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2 : 8.0", "3 : 8.0", ("tntp_zone", TRIPS, 6, "destination")),
        ("2 : 8.0", "2 : -8.0", ("assign_demand", TRIPS, 6, "trips")),
        ("2 : 8.0", "2 : eight", ("text_in_number", TRIPS, 6, "trips")),
        ("2 : 8.0", "2 8.0", ("tntp_trips", TRIPS, 6, "destination")),
        ("1 : 4.0; 2 : 8.0", "1 : 4.0;\n2 :\n3 : 8.0", ("tntp_trips", TRIPS, 8, "destination")),
        ("1 : 4.0; 2 : 8.0", "1 : 4.0;\n2 :;", ("text_in_number", TRIPS, 7, "trips")),
        ("2 : 8.0", "1 : 8.0", ("tntp_pair_twice", TRIPS, 6, "destination")),
        ("FLOW> 12.0", "FLOW> 13.0", ("tntp_total", TRIPS, 2, "TOTAL OD FLOW")),
        ("Origin 1\n", "", ("tntp_trips", TRIPS, 5, "origin")),
        ("2 : 8.0", "2 : inf", ("text_in_number", TRIPS, 6, "trips")),
        ("Origin 1", "Origin 7", ("tntp_zone", TRIPS, 5, "origin")),
    ],
)
def test_faults_of_trips(
    tmp_path: Path, old: str, new: str, expected: tuple[str, str, int, str]
) -> None:
    assert old in files.TRIPS
    with pytest.raises(OpenCorridorError) as caught:
        read_tntp(files.tntp(tmp_path / "city", trips=files.TRIPS.replace(old, new)))
    assert expected in faults(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        (" : ", "\t:\t"),
        ("3 2 10 2", "3\t2\t10\t2"),
        ("1 : 4.0; 2 : 8.0;", "1 : 4.0; 2 :\n 8.0;"),
        ("1 : 4.0; 2 : 8.0;", "1 :4.0\n2: 8.0"),
        ("1 : 4.0; 2 : 8.0;", "~ to itself\n\n1 : 4e0; ~ and on\n 2 : 0.8E+1 ;"),
        ("Origin 1\n1 :", "  ORIGIN   1   1 :"),
        ("> 2", ">\t2\t;"),
        ("~ init_node", "init_node"),
        ("~ init_node", "~\tInit node"),
        ("<NUMBER OF ZONES>", "  <number of zones >  "),
        (" 0 5 1 ;", " 0 5"),
        (" 0 0 1 ;", ";"),
        ("Origin 1", "Origin 2\n\nOrigin 1"),
    ],
)
def test_ways_to_write_the_same(tmp_path: Path, old: str, new: str) -> None:
    assert old in files.NET + files.TRIPS
    plain = read_tntp(files.tntp(tmp_path / "city"))
    other = read_tntp(files.tntp(
        tmp_path / "other", files.NET.replace(old, new), files.TRIPS.replace(old, new)
    ))  # fmt: skip
    assert other.demand.tolist() == plain.demand.tolist()
    for name in ("tail", "head", "capacity", "length", "free_flow_time", "b", "power", "toll"):
        assert getattr(other, name).tolist() == getattr(plain, name).tolist()


def test_all_faults_at_once(tmp_path: Path) -> None:
    net = files.NET.replace("3 2 10", "3 2 0").replace("LINKS> 3", "LINKS> 5")
    trips = files.TRIPS.replace("2 : 8.0", "2 : -8.0")
    with pytest.raises(OpenCorridorError) as caught:
        read_tntp(files.tntp(tmp_path / "city", net, trips))
    assert {p.code for p in caught.value.problems} == {
        "tntp_counts", "assign_capacity", "assign_demand",
    }  # fmt: skip
    with pytest.raises(OpenCorridorError, match="tntp_files"):
        read_tntp(tmp_path / "nowhere")


def test_total_that_is_nearly_right_is_a_notice(tmp_path: Path) -> None:
    trips = files.TRIPS.replace("FLOW> 12.0", "FLOW> 12.001")
    found = read_tntp(files.tntp(tmp_path / "city", trips=trips))
    assert [p.code for p in found.notices] == ["tntp_total"]


def test_flows_written_as_tntp(tmp_path: Path) -> None:
    network = read_tntp(files.tntp(tmp_path / "city"))
    text = flow_tntp(network, np.array([8.0, 8, 0]), np.array([0.0, 7, 20]))
    assert [line.split() for line in text.splitlines()] == [
        ["From", "To", "Volume", "Cost"], ["1", "3", "8.0", "0.0"], ["3", "2", "8.0", "7.0"],
        ["1", "2", "0.0", "20.0"],
    ]  # fmt: skip


def test_gmns_as_it_is(tmp_path: Path) -> None:
    network = read_gmns(files.gmns(tmp_path / "city"))
    assert network.zone_id == ("1", "2")
    assert [network.node_id[i] for i in network.zone_node] == ["a", "c"]
    assert network.link_id == ("x", "y", "y")
    assert network.tail.tolist() == [0, 1, 2]
    assert network.capacity.tolist() == [1000, 800, 800]
    assert network.free_flow_time == pytest.approx([1, 2, 2])
    assert network.b.tolist() == [0.2, 0.15, 0.15]
    assert network.power.tolist() == [3, 4, 4]
    assert network.demand.tolist() == [[0, 900], [0, 0]]


def test_zone_at_several_nodes_gets_connectors(tmp_path: Path) -> None:
    node = files.NODE.replace("b,1,0,", "b,1,0,2")
    network = read_gmns(files.gmns(tmp_path / "city", node=node))
    assert network.first_through == 1
    assert network.node_id[0] == "zone 2"
    assert network.n_link == 7
    assert network.shown is not None
    assert network.shown.sum() == 3
    assert network.free_flow_time[3:].tolist() == [0] * 4


@pytest.mark.parametrize(
    ("table", "old", "new", "expected"),
    [
        ("link", "2,500", "2,0", ("assign_capacity", "link.csv", 2, "capacity")),
        ("link", "0.2,3", "0.2,-3", ("assign_power", "link.csv", 2, "vdf_beta")),
        ("link", "x,a,b", "x,a,z", ("unknown_id", "link.csv", 2, "to_node_id")),
        ("link", "1,60", "1,", ("assign_free_flow_time", "link.csv", 2, "free_speed")),
        ("link", "true", "maybe", ("gmns_directed", "link.csv", 2, "directed")),
        ("link", "link_id,", "link,", ("missing_column", "link.csv", 1, "link_id")),
        ("node", "c,2,0,2", "a,2,0,2", ("duplicate_id", "node.csv", 4, "node_id")),
        ("demand", "1,2,900", "1,3,900", ("unknown_id", "demand.csv", 2, "d_zone_id")),
        ("demand", "1,2,900", "1,2,-9", ("assign_demand", "demand.csv", 2, "volume")),
        ("demand", "900\n", "900\n1,2,1\n", ("duplicate_pair", "demand.csv", 3, "d_zone_id")),
    ],
)
def test_faults_of_gmns(
    tmp_path: Path, table: str, old: str, new: str, expected: tuple[str, str, int, str]
) -> None:
    text = {"node": files.NODE, "link": files.LINK, "demand": files.DEMAND}[table]
    assert old in text
    with pytest.raises(OpenCorridorError) as caught:
        read_gmns(files.gmns(tmp_path / "city", **{table: text.replace(old, new, 1)}))
    assert expected in faults(caught.value)


def test_omx_by_its_zones(tmp_path: Path) -> None:
    path, values = tmp_path / "d.omx", np.array([[0.0, 3], [1, 0]])
    write_omx(path, {"trips": values}, ["1", "2"])
    assert read_omx(path, ("1", "2")).tolist() == values.tolist()

    def refused(zones: tuple[str, ...], matrix: str | None = None) -> Problem:
        with pytest.raises(OpenCorridorError) as caught:
            read_omx(path, zones, matrix)
        return caught.value.problems[0]

    other = refused(("2", "1"))
    assert (other.code, other.file, other.column) == ("labels_differ", "d.omx", "lookup/zone_id")
    assert "differ in order" in other.message
    assert other.row == 1
    assert refused(("1", "2", "3")).code == "omx_shape"
    assert refused(("1", "2"), "tonnes").code == "omx_matrix"
    with h5py.File(path, "r+") as file:
        file["data/trips"][1, 0] = -1
    assert refused(("1", "2")).row == 2
    with h5py.File(path, "r+") as file:
        del file["lookup/zone_id"]
    assert refused(("1", "2")).code == "omx_lookup"
    path.unlink()
    assert refused(("1", "2")).code == "no_file"
    path.write_text("no matrix", encoding="utf-8")
    assert refused(("1", "2")).code == "omx_file"
