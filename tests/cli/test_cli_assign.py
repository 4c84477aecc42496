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
    write_omx(demand, {"trips": np.array([[0.0, 3], [0, 0]])}, ["1", "2"])
    words = ["assign", "--tntp", str(folder), "--demand", str(demand), "--json"]
    assert execute([*words, "--close", "1"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["closed"] == ["1"]
    assert said["demand"] == 3
    assert said["tstt"] == pytest.approx(3 * 20 * (1 + 0.15 * 0.6**4))
    assert execute([*words, "--close", "9"]) == 2


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
