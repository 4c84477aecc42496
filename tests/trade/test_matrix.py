"""The matrix of a study: its flows as they stand, output less exports at home."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.study import Study
from opencorridor.study.errors import OpenCorridorError


def test_the_matrix_reproduces_the_tables(teaching: Study) -> None:
    matrix = trade.matrix(teaching)
    place = {name: i for i, name in enumerate(matrix.countries)}
    sector = {name: s for s, name in enumerate(matrix.sectors)}
    for row in teaching["trade_flow"].rows():
        cell = sector[row["sector_id"]], place[row["exporter"]], place[row["importer"]]
        assert matrix.flows[cell] == pytest.approx(row["value_usd_current"], rel=1e-9)
    for row in teaching["output"].rows():
        made = matrix.flows[sector[row["sector_id"]], place[row["country_id"]]].sum()
        assert made == pytest.approx(row["gross_output_usd_current"], rel=1e-9)
    assert matrix.flows.sum() == pytest.approx(
        teaching["output"]["gross_output_usd_current"].sum(), rel=1e-12
    )
    assert matrix.year == 2024
    assert matrix.notes == ()
    # AAA sells 0.4 + 0.2 bn to CCC, buys 0.1 + 0.3 bn from it.
    assert matrix.pair_usd_current("AAA", "CCC") == pytest.approx(1.0e9, rel=1e-12)
    np.testing.assert_array_equal(trade.elasticities(teaching), [5.0, 4.0, 4.0])
    with pytest.raises(ValueError, match="read-only"):
        matrix.flows[0, 0, 0] = 1.0


def test_no_change_returns_the_tables(teaching: Study) -> None:
    matrix = trade.matrix(teaching)
    found = trade.solve(matrix, trade.elasticities(teaching))
    np.testing.assert_allclose(found.flows, matrix.flows, rtol=1e-12)
    assert found.countries == matrix.countries


def test_domestic_flow_is_output_less_exports_with_a_floor() -> None:
    # 100 made, 60 sold abroad: 40 at home. 100 made, 99 or 300 abroad: 5 % of a mended output.
    output, exports = np.array([100.0, 100.0, 100.0, np.nan, 100.0]), np.array([60, 99, 300, 19, 0])
    np.testing.assert_allclose(
        trade.domestic(output, exports, 0.05),
        [40.0, 99 * 0.05 / 0.95, 300 * 0.05 / 0.95, 1.0, 100.0],
    )
    with pytest.raises(OpenCorridorError, match="floor share is 1"):
        trade.domestic(output, exports, 1.0)


def test_floors_and_missing_outputs_are_noted(teaching: Study) -> None:
    output = teaching["output"]
    value = output["gross_output_usd_current"].copy()
    value[1] = 510e6  # AAA MFG: exports are 500 m, so 10 m is left, less than the floor
    keep = ~((output["country_id"] == "BBB") & (output["sector_id"] == "AGR"))
    table = output.with_column("gross_output_usd_current", value).where(keep)
    matrix = trade.matrix(teaching.replace(tables={"output": table}))
    floor, missing = sorted(matrix.notes, key=lambda note: note.reason)
    assert (floor.country, floor.sector, floor.reason) == ("AAA", "MFG", "floor")
    assert floor.domestic_usd_current == pytest.approx(500e6 * 0.05 / 0.95)
    assert (missing.country, missing.sector, missing.reason) == ("BBB", "AGR", "no_output_row")
    assert np.isnan(missing.gross_output_usd_current)
    a, b = matrix.index("AAA"), matrix.index("BBB")
    assert matrix.flows[1, a, a] == pytest.approx(500e6 * 0.05 / 0.95)
    assert matrix.flows[0, b, b] == pytest.approx(400e6 * 0.05 / 0.95)


def test_every_wrong_row_is_named(teaching: Study) -> None:
    flow = teaching["trade_flow"]
    importer, value = flow["importer"].copy(), flow["value_usd_current"].copy()
    importer[0] = "ZZZ"
    importer[2] = "AAA"
    importer[4], value[7] = "CCC", np.nan  # BBB-CCC AGR then stands twice
    broken = flow.with_columns({"importer": importer, "value_usd_current": value})
    with pytest.raises(OpenCorridorError) as error:
        trade.matrix(teaching.replace(tables={"trade_flow": broken}))
    found = {(problem.code, problem.row) for problem in error.value.problems}
    assert found == {
        ("unknown_reference", 2),
        ("domestic_in_trade_flow", 4),
        ("duplicate_key", 8),
        ("trade_amount", 9),
    }
    assert {problem.table for problem in error.value.problems} == {"trade_flow"}


def test_a_country_that_only_buys_is_refused(teaching: Study) -> None:
    flow, output = teaching["trade_flow"], teaching["output"]
    tables = {
        "trade_flow": flow.where(flow["exporter"] != "BBB"),
        "output": output.where(output["country_id"] != "BBB"),
    }
    with pytest.raises(OpenCorridorError, match="BBB buys but neither") as error:
        trade.matrix(teaching.replace(tables=tables))
    assert [problem.table for problem in error.value.problems] == ["output"]


def test_a_sector_without_elasticity_is_refused(teaching: Study) -> None:
    table = teaching["elasticity"]
    fewer = teaching.replace(tables={"elasticity": table.where(table["sector_id"] != "MFG")})
    with pytest.raises(OpenCorridorError, match="sector MFG has no trade elasticity"):
        trade.elasticities(fewer)
    with pytest.raises(OpenCorridorError, match="AAA"):
        trade.matrix(teaching).index("AAB")
