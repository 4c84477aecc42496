"""Table ``corridor_indicator``: read from the notes as the reports' key results print them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from data.observations.indicators import corridor_indicator

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "src/opencorridor/studies/iran_kazakhstan/corridor_indicator.csv"
NAMES = {
    "TFI1": "tfi1_h", "TFI2": "tfi2_usd", "TFI3": "tfi3_usd", "TFI4_SWOD": "swod_km_per_h",
    "TFI4_SWD": "swd_km_per_h",
}  # fmt: skip


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.reference
def test_all_corridors_as_the_key_results_print_them(reference_folder: Path) -> None:
    found = {
        (row["mode"], row["indicator"], row["year"]): float(row["value"])
        for row in rows()
        if not row["country_id"]
    }
    golden = reference_folder / "indicators" / "golden_cpmm.csv"
    with golden.open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    assert len(expected) == 9
    for row in expected:
        for year in ("2021", "2022"):
            value = found[row["mode"], NAMES[row["indicator"]], year]
            # The key results round where the tables behind them do not.
            assert value == pytest.approx(float(row[f"value_{year}"]), rel=2e-3)


def test_each_number_names_its_observation_and_page() -> None:
    assert len(rows()) > 100
    for row in rows():
        assert row["indicator_id"] == f"{row['obs_id']}:{row['indicator']}"
        assert row["source"]
        assert bool(row["price_year"]) is row["indicator"].endswith("_usd")


@pytest.mark.parametrize(
    ("note", "cost", "expected"),
    [
        (
            "SWOD 41.6 km/h; SWD 21.5 km/h; border 13.6 h; 357 USD per crossing", "1256.1",
            {"tfi1_h": "13.6", "tfi2_usd": "357", "tfi3_usd": "1256.1", "swod_km_per_h": "41.6",
             "swd_km_per_h": "21.5"},
        ),
        ("implausibly low, probably fees only; SWD 22.0 km/h", "58", {"swd_km_per_h": "22"}),
        (
            "SWOD 41.6, SWD 38.0 km/h as printed (38.0 looks like a misprint); border 51.9 h", "",
            {"swod_km_per_h": "41.6", "tfi1_h": "51.9"},
        ),
        ("SWD 11.8-11.9 km/h", "", {"swd_km_per_h": "11.85"}),
        ("corridor-section cost", "901", {"tfi3_usd": "901"}),
    ],
)  # fmt: skip
def test_notes_are_read(tmp_path: Path, note: str, cost: str, expected: dict[str, str]) -> None:
    (tmp_path / "corridor").mkdir()
    (tmp_path / "corridor/observations.csv").write_text("obs_id,origin_iso3\nO1,KAZ\n")
    seen = {
        "obs_id": "O1", "kind": "cpmm_average", "note": note, "cost_usd_current": cost,
        "mode_chain": "road", "year": "2022", "source": "s", "status": "observed",
    }  # fmt: skip
    found = corridor_indicator(tmp_path, [seen, {**seen, "kind": "index"}])
    assert {row["indicator"]: row["value"] for row in found} == expected
