"""Prices in other currencies and years: converted once, said in the row, refused where unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencorridor.operations.route import routes
from opencorridor.study import OpenCorridorError, Study, open_study, write_study
from tests.study.broken import add, both, cell

RATE = {"rate_id": "RT01"}
EURO = {"currency": "EUR", "year": 2020.0, "per_usd": 0.875}


def read(study: Study, folder: Path) -> Study:
    write_study(study, folder, force=True)
    return open_study(folder)


def foreign(teaching: Study, **more: object) -> Study:
    """Return the teaching study with one rate in euros of 2020, when prices were a fifth lower."""
    return both(
        cell("mode_rate", RATE, currency="EUR", price_year=2020.0, **more),
        add("exchange_rate", **EURO),
        add("deflator", year=2020.0, price_index=0.8),
    )(teaching)


def test_a_price_is_converted_by_rate_and_index_with_its_band(
    teaching: Study, tmp_path: Path
) -> None:
    before, after = teaching["mode_rate"], read(foreign(teaching), tmp_path / "s")["mode_rate"]
    row = before["rate_id"].tolist().index("RT01")
    factor = 1 / 0.875 / 0.8
    for name in ("rate_usd_per_unit_km", "rate_low_usd_per_unit_km", "rate_high_usd_per_unit_km"):
        assert after[name][row] == pytest.approx(before[name][row] * factor, rel=1e-12)
    others = before["rate_id"] != "RT01"
    assert (after["rate_usd_per_unit_km"] == before["rate_usd_per_unit_km"])[others].all()


def test_the_row_says_what_it_was_and_is_converted_once(teaching: Study, tmp_path: Path) -> None:
    once = read(foreign(teaching), tmp_path / "a")
    twice = read(once, tmp_path / "b")
    row = once["mode_rate"]["rate_id"].tolist().index("RT01")
    said = once["mode_rate"]["as_given"][row]
    assert said.startswith("EUR of 2020 (0.875 EUR per US$, price index 0.8): ")
    assert "rate_usd_per_unit_km 0.6" in said
    assert (once["mode_rate"]["currency"] == "").all()
    for name in ("rate_usd_per_unit_km", "as_given"):
        assert once["mode_rate"][name].tolist() == twice["mode_rate"][name].tolist()


def test_dollars_of_the_study_are_left_alone(teaching: Study, tmp_path: Path) -> None:
    same = read(cell("mode_rate", RATE, currency="USD", price_year=2024.0)(teaching), tmp_path)
    row = same["mode_rate"]["rate_id"].tolist().index("RT01")
    assert same["mode_rate"]["as_given"][row] == ""
    assert same["mode_rate"]["rate_usd_per_unit_km"][row] == 0.6


@pytest.mark.parametrize("table", ["border_dwell", "transshipment", "tariff_rail"])
def test_other_tables_of_prices_convert_too(teaching: Study, tmp_path: Path, table: str) -> None:
    tariff = {
        "tariff_rail_id": "T", "country_id": "BBB", "flow_kind": "transit", "unit": "teu",
        "rate_usd_per_unit_km": 0.3, "fixed_usd_per_unit": 7, "document_no": "No. 1",
    }  # fmt: skip
    study = add("tariff_rail", **tariff)(teaching)
    columns = (
        ("rate_usd_per_unit_km", "fixed_usd_per_unit")
        if table == "tariff_rail"
        else ("cost_usd_per_t",)
    )
    # A price of last year's dollars: the index alone.
    study = both(cell(table, {}, price_year=2020.0), add("deflator", year=2020.0, price_index=0.8))(
        study
    )
    read_again = read(study, tmp_path)
    for name in columns:
        assert read_again[table][name] == pytest.approx(study[table][name] / 0.8)


def test_unknown_currencies_and_years_are_told_at_once_with_their_cells(
    teaching: Study, tmp_path: Path
) -> None:
    study = both(
        foreign,
        cell("mode_rate", {"rate_id": "RT02"}, currency="EUR", price_year=2019.0),
        cell("mode_rate", {"rate_id": "RT03"}, currency="EVR", price_year=2020.0),
        cell("border_dwell", {"border_crossing_id": "AB_RAIL"}, price_year=1999.0),
    )(teaching)
    with pytest.raises(OpenCorridorError) as caught:
        read(study, tmp_path)
    found = [(p.code, p.table, p.row, p.column, p.value) for p in caught.value.problems]
    assert found == [
        ("deflator_missing", "border_dwell", 2, "price_year", "1999"),
        ("deflator_missing", "border_dwell", 3, "price_year", "1999"),
        ("exchange_rate_missing", "mode_rate", 3, "currency", "EUR"),
        ("deflator_missing", "mode_rate", 3, "price_year", "2019"),
        ("exchange_rate_missing", "mode_rate", 4, "currency", "EVR"),
    ]
    assert all(p.expected and p.mend for p in caught.value.problems)
    assert "EUR for 2020" in caught.value.problems[2].mend
    assert "EUR" in caught.value.problems[4].mend


def test_a_route_is_priced_by_the_converted_rate(teaching: Study, tmp_path: Path) -> None:
    def dollars(folder: Path) -> float:
        found = routes(folder, "Alpha City", "Charlie City", modes=["rail"])
        assert found.route.totals is not None
        return sum(
            leg.cost_usd_per_t
            for leg in found.route.legs
            if (leg.mode, leg.country) == ("rail", "AAA")
        )

    write_study(teaching, tmp_path / "plain")
    write_study(foreign(teaching), tmp_path / "euro")
    plain, euro = dollars(tmp_path / "plain"), dollars(tmp_path / "euro")
    assert plain > 0
    assert euro == pytest.approx(plain / 0.875 / 0.8, rel=1e-6)
