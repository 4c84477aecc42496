"""Sanity of the shipped tables of economy, measures and observations (standard library only)."""

from __future__ import annotations

import csv
import gzip
import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUDY = ROOT / "src/opencorridor/studies/iran_kazakhstan"
SCHEMA = ROOT / "src/opencorridor/study/schema"
PAIR = ({"KAZ", "IRN"},)
OURS = (
    "agreement", "commitment", "commodity", "concordance", "deflator", "elasticity", "growth",
    "measure", "measure_edit", "observation", "observation_match", "output", "parameter",
    "pipeline", "sector", "tariff", "trade_flow", "trade_series", "traffic", "value_density",
    "zone_share",
)  # fmt: skip


@cache
def table(name: str) -> list[dict[str, str]]:
    files = [STUDY / f"{name}.csv", STUDY / f"{name}.csv.gz"]
    files += sorted((STUDY / name).glob("*.csv*"))
    rows: list[dict[str, str]] = []
    for file in files:
        if file.exists():
            opener = gzip.open if file.suffix == ".gz" else open
            with opener(file, "rt", encoding="utf-8", newline="") as handle:
                rows += csv.DictReader(handle)
    return rows


@cache
def columns(name: str) -> list[dict[str, str]]:
    with (SCHEMA / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def pair_rows() -> list[dict[str, str]]:
    return [row for row in table("trade_flow") if {row["exporter"], row["importer"]} in PAIR]


@pytest.mark.parametrize("name", OURS)
def test_tables_keep_their_schema(name: str) -> None:
    rows = table(name)
    assert rows
    assert list(rows[0]) == [column["column"] for column in columns(name)]
    for column in columns(name):
        label = column["column"]
        cells = [row[label] for row in rows]
        if column["required"] == "1":
            assert "" not in cells, label
        if column["type"] == "enum":
            assert {cell for cell in cells if cell} <= set(column["values"].split(";")), label
        if column["low"]:
            for row in rows:
                low, high = row[column["low"]], row[column["high"]]
                assert (low == "") == (high == ""), (label, row)
                if low and row[label]:
                    assert float(low) <= float(row[label]) <= float(high), (label, row)
    key = [column["column"] for column in columns(name) if column["key"] == "1"]
    assert len({tuple(row[part] for part in key) for row in rows}) == len(rows)


def test_pair_trade_is_the_reported_turnover() -> None:
    total = sum(float(row["value_usd_current"]) for row in pair_rows())
    assert total == pytest.approx(340e6, abs=1)
    assert {row["sum_group"] for row in pair_rows()} == {"pair"}
    by_exporter: dict[str, float] = defaultdict(float)
    for row in pair_rows():
        by_exporter[row["exporter"]] += float(row["value_usd_current"]) / 1e6
    assert by_exporter == {"KAZ": pytest.approx(150), "IRN": pytest.approx(190)}


def test_pair_tonnes_are_near_customs_and_carriers() -> None:
    density = {
        (row["class_id"], row["exporter"]): float(row["value_density_usd_per_t"])
        for row in table("value_density")
        if {row["exporter"], row["importer"]} in PAIR
    }
    mix = [row for row in table("concordance") if {row["exporter"], row["importer"]} in PAIR]
    tonnes: dict[str, float] = defaultdict(float)
    for flow in pair_rows():
        parts = [
            row
            for row in mix
            if row["sector_id"] == flow["sector_id"] and row["exporter"] == flow["exporter"]
        ]
        assert parts, flow
        for row in parts:
            value = float(flow["value_usd_current"]) * float(row["share"])
            tonnes[flow["exporter"]] += value / density[row["class_id"], row["exporter"]] / 1000
    assert tonnes["KAZ"] == pytest.approx(562.3, rel=0.01)
    assert tonnes["IRN"] == pytest.approx(445.7, rel=0.01)


def test_matrix_is_square_and_every_country_has_output() -> None:
    exporters = {row["exporter"] for row in table("trade_flow")}
    importers = {row["importer"] for row in table("trade_flow")}
    assert exporters == importers
    assert all(row["exporter"] != row["importer"] for row in table("trade_flow"))
    sectors = {row["sector_id"] for row in table("sector")}
    having = {(row["country_id"], row["sector_id"]) for row in table("output")}
    assert having == {(country, sector) for country in exporters for sector in sectors}
    assert exporters <= {row["country_id"] for row in table("growth")}


def test_world_output_exceeds_world_exports() -> None:
    output = sum(float(row["gross_output_usd_current"]) for row in table("output"))
    trade = sum(float(row["value_usd_current"]) for row in table("trade_flow"))
    assert trade == pytest.approx(24.4e12, rel=0.001)
    assert 150e12 < output < 250e12


def test_manufacturing_mix_agrees_with_the_published_floor() -> None:
    """Aruba's gross output of S7 in the published list of floors is 155,995 thousand US$."""
    output = {
        (row["country_id"], row["sector_id"]): float(row["gross_output_usd_current"])
        for row in table("output")
    }
    assert output["ABW", "S7"] == pytest.approx(155_995e3, rel=0.001)
    assert output["ABW", "S1"] == pytest.approx(22_136e3, rel=0.001)
    assert output["ABW", "S3"] == pytest.approx(176_534e3, rel=0.001)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("zone_share", ("country_id", "direction", "class_id")),
        ("concordance", ("sector_id", "exporter", "importer")),
    ],
)
def test_shares_add_to_one(name: str, group: tuple[str, ...]) -> None:
    total: dict[tuple[str, ...], float] = defaultdict(float)
    for row in table(name):
        total[tuple(row[part] for part in group)] += float(row["share"])
    for key, value in total.items():
        assert value == pytest.approx(1, abs=1e-6), key


def test_every_country_has_zone_shares_both_ways() -> None:
    having = {(r["country_id"], r["direction"]) for r in table("zone_share") if not r["class_id"]}
    for country in {row["exporter"] for row in table("trade_flow")}:
        assert {(country, "export"), (country, "import")} <= having


def test_grain_starts_in_the_grain_belt() -> None:
    """A share by population would start Kazakh grain in Almaty."""
    share = {
        row["zone_id"]: float(row["share"])
        for row in table("zone_share")
        if row["country_id"] == "KAZ" and row["class_id"] == "C01" and row["direction"] == "export"
    }
    assert share["KZ-11"] + share["KZ-59"] + share["KZ-39"] == pytest.approx(0.72, abs=0.03)
    assert share.get("KZ-75", 0) < 0.05


def test_elasticities_are_positive_and_capped() -> None:
    for row in table("elasticity"):
        assert 1 < float(row["theta"]) <= 15
        assert float(row["theta_high"]) <= 15


def test_prices_and_growth_start_at_one() -> None:
    prices = {row["year"]: float(row["price_index"]) for row in table("deflator")}
    assert prices["2024"] == 1
    assert prices["2010"] < 1 < prices["2030"]
    assert {row["gdp_index"] for row in table("growth") if row["year"] == "2024"} == {"1"}


def test_sources_exist_and_stand_once() -> None:
    ids = [row["source_id"] for row in table("source")]
    assert len(ids) == len(set(ids))
    for name in OURS:
        if "source" in table(name)[0]:
            assert {row["source"] for row in table(name)} <= set(ids), name


def test_measures_have_edits_or_a_reason_but_not_both() -> None:
    edited = {row["measure_id"] for row in table("measure_edit")}
    for row in table("measure"):
        assert (row["measure_id"] in edited) != bool(row["not_expressed"]), row["measure_id"]


def test_alternatives_are_mutual_and_prerequisites_exist() -> None:
    rows = {row["measure_id"]: row for row in table("measure")}
    for code, row in rows.items():
        for other in filter(None, row["excludes"].split(";")):
            assert code in rows[other]["excludes"].split(";"), (code, other)
            assert other not in row["prerequisites"].split(";")
        for other in filter(None, row["prerequisites"].split(";")):
            assert other in rows, (code, other)


def test_measures_in_force_have_a_day_and_every_measure_a_cost() -> None:
    for row in table("measure"):
        assert row["capex_usd"], row["measure_id"]
        assert row["cost_status"], row["measure_id"]
        if row["role"] != "candidate":
            assert row["valid_from"], row["measure_id"]


def test_edits_before_the_baseline_are_not_shipped() -> None:
    late = {
        row["measure_id"]
        for row in table("measure")
        if row["role"] != "in_force" or row["valid_from"] > "2024-12-31"
    }
    assert {row["measure_id"] for row in table("measure_edit")} <= late


def test_edit_bands_are_in_numeric_order() -> None:
    for row in table("measure_edit"):
        if row["value_low"]:
            low, value, high = (float(row[k]) for k in ("value_low", "value", "value_high"))
            assert low <= value <= high, row


def test_edits_of_the_economy_find_their_rows() -> None:
    tariffs = {row["tariff_id"] for row in table("tariff")}
    for row in table("measure_edit"):
        if row["table"] == "tariff":
            assert set(row["key"].removeprefix("tariff_id=").split(",")) <= tariffs


def test_commitments_name_measures_that_exist() -> None:
    measures = {row["measure_id"] for row in table("measure")}
    named = {code for row in table("commitment") for code in row["measure_ids"].split(";") if code}
    assert named <= measures
    assert sum(bool(row["measure_ids"]) for row in table("commitment")) >= 50


def test_enough_observations_are_used() -> None:
    used: dict[str, int] = defaultdict(int)
    for row in table("observation_match"):
        if row["use"] == "used":
            used[row["quantity"]] += 1
            assert row["origin_id"] != row["destination_id"]
            assert float(row["value"]) > 0
            assert row["class_id"]
            assert row["cargo"]
    assert used["time"] >= 45
    assert used["cost"] >= 35


def test_every_printed_time_and_cost_is_judged() -> None:
    judged = {(row["obs_id"], row["quantity"]) for row in table("observation_match")}
    for row in table("observation"):
        for quantity, cell in (("time", "time_h"), ("cost", "cost_usd_current")):
            assert ((row["obs_id"], quantity) in judged) == bool(row[cell])


def test_costs_are_deflated_upwards() -> None:
    """Wheat Kostanay-Dostyk, 46.98 US$ a tonne in 2010, is 67.6 in dollars of 2024."""
    match = {(row["obs_id"], row["quantity"]): row for row in table("observation_match")}
    assert float(match["OBS159", "cost"]["value"]) == pytest.approx(46.98 * 1.43857, rel=1e-3)
    # 3,289 US$ per forty-foot box in 2024, 24 t of class C17
    assert float(match["OBS095", "cost"]["value"]) == pytest.approx(3289 / 24, rel=1e-3)


def test_settings_name_sources_and_classes_that_exist() -> None:
    settings = tomllib.loads((STUDY / "study.toml").read_text(encoding="utf-8"))
    ids = {row["source_id"] for row in table("source")}
    assert {side["source"] for side in settings["target"]["sides"]} <= ids
    assert {item["source"] for item in settings["run"]["observed"]} <= ids
    assert settings["default"]["commodity"] in {row["class_id"] for row in table("commodity")}


def test_search_groups_lead_to_classes_that_search_themselves() -> None:
    groups = {row["class_id"]: row["search_as"] or row["class_id"] for row in table("commodity")}
    assert all(groups[leader] == leader for leader in groups.values())
    assert len(set(groups.values())) <= 6
