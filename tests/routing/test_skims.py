"""Skims: labels, reasons, countries, files."""

from __future__ import annotations

import csv
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from opencorridor.network import reduced
from opencorridor.routing.api import price_graph, route, skims
from opencorridor.routing.countries import country_skim, zone_weights
from opencorridor.routing.exports import write_skim
from opencorridor.routing.skimming import REASONS, skim_arrays
from opencorridor.study import OpenCorridorError, Study
from tests.routing import small

QUANTITIES = ("time_h", "cost_usd_per_t", "co2_kg_per_t", "distance_km")


def test_a_skim_equals_the_routes_of_all_pairs(teaching: Study) -> None:
    data = skims(teaching)
    ids = list(data["origin"].values)
    for a in ids:
        for b in ids:
            cell = data.sel(origin=a, destination=b)
            if a == b:
                assert np.isnan(cell["time_h"])
                continue
            found = route(teaching, f"zone:{a}", f"zone:{b}")
            assert found.totals is not None
            for name in QUANTITIES:
                assert float(cell[name]) == pytest.approx(getattr(found.totals, name), abs=1e-5)
    assert data["time_h"].attrs["units"] == "h"
    assert data.attrs["study_hash"] == teaching.hash


def test_a_way_through_the_destination_s_land_pays_what_imports_pay() -> None:
    study = small.there_and_back()
    skim = skims(study, class_id="G", cargo="bulk")
    cell = skim.sel(origin="A", destination="D")
    found = route(study, "A", "D", class_id="G", cargo="bulk")
    assert found.totals is not None
    assert found.crossings == ("BD",)
    # 400 km at 0.05 US$/t-km and 1 at the border, against 100 km at 2 and 3 at the borders.
    assert float(cell["cost_usd_per_t"]) == pytest.approx(400 * 0.05 + 1)
    assert float(cell["distance_km"]) == pytest.approx(400)
    assert float(cell["gc_usd_per_t"]) == pytest.approx(found.totals.gc_usd_per_t)
    # To BBB the same land is only passed, at 0.01 and 1 at each of two borders.
    passed = skim.sel(origin="A", destination="B")
    assert float(passed["cost_usd_per_t"]) == pytest.approx(100 * 0.01 + 2)


def test_case_9_a_disconnected_zone_is_an_error_that_names_it() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        skims(small.three_zones())
    assert [(p.code, p.value) for p in caught.value.problems] == [("zone_disconnected", "3")]


def test_case_9_allowed_it_leaves_nan_and_counts() -> None:
    data = skims(small.three_zones(), allow_disconnected=True)
    time = data["time_h"].values
    assert np.isnan(time[2]).all()
    assert np.isnan(time[:, 2]).all()
    assert time[0, 1] == pytest.approx(2.0)
    assert data.attrs["pairs_without_a_way"] == 4
    assert data.attrs["disconnected"] == "3"
    assert np.nanmax(time) < 10


def test_reasons_tell_closed_from_no_mode_from_no_access() -> None:
    study = small.three_zones()
    rows = [
        small.MARK | small.link("23", "road:2", "road:3", 50, country_id="AAA", state="planned")
    ]
    study = study.replace({"link": study["link"].concat(rows)})
    small_graph = reduced(study).graph
    priced = price_graph(small_graph, study, "G", "bulk")
    skim = skim_arrays(priced, "bulk", ("rail", "road", "sea", "inland_water"))
    assert REASONS[skim.reason[0, 2]].startswith("closed")
    assert REASONS[skim.reason[0, 0]] == "same zone"
    by_rail = skim_arrays(priced, "bulk", ("rail",))
    assert REASONS[by_rail.reason[0, 1]].startswith("the origin has no open access")


def test_no_mode_is_told_where_access_is_there() -> None:
    study = small.ferry_study()
    priced = price_graph(reduced(study).graph, study, "G", "bulk")
    shut = priced.graph.open & ~((priced.graph.mode == 2) & (priced.graph.layer == 0))
    import dataclasses

    cut = dataclasses.replace(priced, graph=priced.graph.with_open(shut))
    skim = skim_arrays(cut, "bulk", ("rail",))
    assert REASONS[skim.reason[0, 1]].startswith(("no mode", "closed"))
    # closed wins: the way by rail would be there if the ferry sailed
    assert REASONS[skim.reason[0, 1]].startswith("closed")


def test_country_skims_weigh_zones_and_say_how_much_is_connected(teaching: Study) -> None:
    priced = price_graph(reduced(teaching).graph, teaching, "M", "container")
    skim = skim_arrays(priced, "container", ("rail", "road", "sea", "inland_water"))
    out = zone_weights(teaching, skim.zone_id, "export", "M")
    into = zone_weights(teaching, skim.zone_id, "import", "M")
    assert out.sum(axis=1) == pytest.approx(1)
    found = country_skim(teaching, skim, "M")
    a, c = found.country_id.index("AAA"), found.country_id.index("CCC")
    want = sum(
        out[a, i] * into[c, j] * skim.time_h[i, j]
        for i in range(len(skim.zone_id))
        for j in range(len(skim.zone_id))
        if out[a, i] * into[c, j] > 0
    )
    assert found.values["time_h"][a, c] == pytest.approx(want)
    assert found.connected_share[a, c] == pytest.approx(1)
    # exporter and importer are not swapped: weights differ by direction
    assert not np.allclose(out, into) or np.allclose(skim.time_h, skim.time_h.T, equal_nan=True)


def test_country_skims_leave_no_gap_silently() -> None:
    study = small.three_zones()
    shares = [
        small.MARK | {"country_id": "AAA", "direction": d, "zone_id": z, "share": s}
        for d in ("export", "import")
        for z, s in (("1", 0.5), ("2", 0.3), ("3", 0.2))
    ]
    table = study["zone_share"].concat(shares)
    study = study.replace({"zone_share": table})
    priced = price_graph(reduced(study).graph, study, "G", "bulk")
    skim = skim_arrays(priced, "bulk", ("rail", "road", "sea", "inland_water"))
    found = country_skim(study, skim)
    assert found.connected_share[0, 0] == pytest.approx(2 * 0.5 * 0.3)
    assert found.values["time_h"][0, 0] == pytest.approx(2.0)


def test_csv_has_a_row_for_every_pair_and_empty_cells_with_a_reason(tmp_path: Path) -> None:
    data = skims(small.three_zones(), allow_disconnected=True)
    with write_skim(data, tmp_path / "s.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    row = next(r for r in rows if (r["origin"], r["destination"]) == ("1", "3"))
    assert row["time_h"] == ""
    assert row["reason"] == "no way in the network"


def test_omx_has_what_the_format_asks_for(tmp_path: Path) -> None:
    data = skims(small.three_zones(), allow_disconnected=True)
    with h5py.File(write_skim(data, tmp_path / "s.omx")) as file:
        assert file.attrs["OMX_VERSION"] == b"0.2"
        assert list(file.attrs["SHAPE"]) == [3, 3]
        assert file["data/time_h"].shape == (3, 3)
        assert np.isnan(file["data/time_h"][0, 2])
        assert [x.decode() for x in file["lookup/zone_id"][:]] == ["1", "2", "3"]


def test_netcdf_comes_back_as_it_was(tmp_path: Path) -> None:
    data = skims(small.three_zones(), allow_disconnected=True)
    with xr.open_dataset(write_skim(data, tmp_path / "s.nc"), engine="h5netcdf") as back:
        np.testing.assert_array_equal(back["time_h"].values, data["time_h"].values)
        assert back.attrs["study_hash"] == data.attrs["study_hash"]


@pytest.mark.parametrize(
    ("name", "code"), [("s.txt", "unknown_format"), ("there.csv", "file_exists"),
                       ("none/s.csv", "no_folder")]
)  # fmt: skip
def test_files_that_must_not_be_written_are_refused(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "there.csv").write_text("mine", encoding="utf-8")
    data = skims(small.three_zones(), allow_disconnected=True)
    with pytest.raises(OpenCorridorError) as caught:
        write_skim(data, tmp_path / name)
    assert caught.value.problems[0].code == code
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("suffix", [".csv", ".omx", ".nc", ".parquet"])
def test_countries_are_written_with_the_share_that_is_connected(
    teaching: Study, tmp_path: Path, suffix: str
) -> None:
    data = skims(teaching, by="country")
    n = data.sizes["origin"]
    assert list(data["origin"].values) == list(teaching["country"]["country_id"])
    path = write_skim(data, tmp_path / f"c{suffix}")
    want = data["time_h"].values
    share = data["connected_share"].values
    if suffix == ".csv":
        with path.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        got = np.array([float(r["time_h"] or "nan") for r in rows]).reshape(n, n)
        shares = np.array([float(r["connected_share"] or "nan") for r in rows]).reshape(n, n)
        empty = {r["reason"] for r in rows if not r["time_h"]}
        assert "" not in empty
    elif suffix == ".omx":
        with h5py.File(path) as file:
            got, shares = file["data/time_h"][:], file["data/connected_share"][:]
            ids = [x.decode() for x in file["lookup/country_id"][:]]
        assert ids == list(data["origin"].values)
    elif suffix == ".nc":
        with xr.open_dataset(path, engine="h5netcdf") as back:
            got, shares = back["time_h"].values, back["connected_share"].values
    else:
        frame = pd.read_parquet(path)
        got = frame["time_h"].to_numpy().reshape(n, n)
        shares = frame["connected_share"].to_numpy().reshape(n, n)
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(shares, share)
    assert np.isfinite(want).any()


def test_a_country_without_a_zone_has_a_reason_and_no_number() -> None:
    study = small.three_zones()
    more = [small.MARK | {"country_id": "ZZZ", "name_en": "Land ZZZ"}]
    study = study.replace({"country": study["country"].concat(more)})
    data = skims(study, allow_disconnected=True, by="country")
    assert np.isnan(data["time_h"].sel(origin="AAA", destination="ZZZ"))
    code = int(data["reason"].sel(origin="AAA", destination="ZZZ"))
    assert REASONS[code] == "no zone of the study stands for one of the countries"
