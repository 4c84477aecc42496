"""Draws: the right distribution, sums kept, groups together, streams independent."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.study import Settings, Study, Table, bands

ROW = {"source": "s", "status": "assumed"}


def parameters(*values: tuple[float, float | None, float | None], prefix: str = "p") -> Table:
    rows = [
        {"parameter_id": f"{prefix}{k}", "value": v, "low": low, "high": high,
         "description": "d", **ROW}
        for k, (v, low, high) in enumerate(values)
    ]  # fmt: skip
    return Table.from_rows("parameter", rows)


def study(**tables: Table) -> Study:
    return Study(Settings("s"), tables)


@settings(max_examples=60, deadline=None)
@given(
    ends=st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3).map(sorted),
    u=st.floats(0, 1),
)
def test_quantile_inverts_the_triangular_distribution(ends: list[float], u: float) -> None:
    low, mode, high = ends
    x = float(bands.quantile(np.array([u]), *(np.array([v]) for v in ends))[0])
    assert low <= x <= high
    if high - low > 1e-3:
        # The distribution function, written from its definition.
        if x <= mode and mode > low:
            p = (x - low) ** 2 / ((high - low) * (mode - low))
        else:
            p = 1 - (high - x) ** 2 / ((high - low) * max(high - mode, 1e-300))
        assert math.isclose(p, u, abs_tol=1e-6)


def test_draws_have_the_mean_and_spread_of_the_triangle() -> None:
    low, mode, high = 2.0, 3.0, 10.0
    plan = bands.plan(study(parameter=parameters((mode, low, high))))
    drawn = np.array([plan.draw(7, k)["parameter"]["value"][0] for k in range(2500)])
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    error = math.sqrt(variance / drawn.size)
    assert abs(drawn.mean() - (low + mode + high) / 3) < 4 * error
    assert abs(drawn.var() / variance - 1) < 0.12
    assert drawn.min() >= low
    assert drawn.max() <= high


def test_blank_bands_and_unordered_ones_are_fixed() -> None:
    table = parameters((5, None, None), (5, None, 9), (5, 5, 5), (5, 1, 9))
    drawn = bands.draw(study(parameter=table), 1, 0)["parameter"]["value"]
    assert drawn[:3].tolist() == [5, 5, 5]
    assert drawn[3] != 5
    assert bands.in_use(study(parameter=table)) == [("parameter", "value", 1)]


def test_same_seed_and_draw_same_values_whatever_the_order(teaching: Study) -> None:
    plan = bands.plan(teaching)
    forward = [plan.draw(3, k).hash for k in range(4)]
    backward = [bands.draw(teaching, 3, k).hash for k in (3, 2, 1, 0)][::-1]
    assert forward == backward
    assert len({*forward, plan.draw(4, 0).hash, teaching.hash}) == 6


def test_golden_draw() -> None:
    """The stream is fixed by the format: a change of it changes every published band."""
    table = parameters((5, 1, 9), (5, 1, 9))
    drawn = bands.draw(study(parameter=table), 1, 0)["parameter"]["value"]
    np.testing.assert_allclose(drawn, [4.540310564769246, 4.647258259348195], rtol=1e-12)


def test_adding_a_row_or_a_table_shifts_no_other_draw(teaching: Study) -> None:
    before = bands.draw(teaching, 1, 5)
    more = teaching["parameter"].row(0) | {"parameter_id": "aaa", "value": 1, "low": 0, "high": 2}
    parameter = Table.from_rows("parameter", [more]).concat(teaching["parameter"])
    after = bands.draw(teaching.replace({"parameter": parameter}), 1, 5)
    np.testing.assert_array_equal(after["parameter"]["value"][1:], before["parameter"]["value"])
    np.testing.assert_array_equal(
        after["speed"]["speed_km_per_h"], before["speed"]["speed_km_per_h"]
    )


def test_rows_are_independent_of_each_other() -> None:
    plan = bands.plan(study(parameter=parameters((0, -1, 1), (0, -1, 1))))
    drawn = np.array([plan.draw(1, k)["parameter"]["value"] for k in range(1000)])
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.1
    assert abs(np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]) < 0.1  # nor draw of draw


def quantiles(table: Table, column: str, low: str, high: str) -> np.ndarray:
    """Return the rank in its band of every drawn value (symmetric bands)."""
    return (table[column] - table[low]) / (table[high] - table[low])


@pytest.mark.parametrize("draw", range(5))
def test_years_of_one_path_move_together(teaching: Study, draw: int) -> None:
    drawn = bands.draw(teaching, 1, draw)
    growth = drawn["growth"]
    with np.errstate(invalid="ignore"):
        rank = quantiles(growth, "gdp_index", "gdp_index_low", "gdp_index_high")
    by_country = {}
    for country in ("AAA", "BBB", "CCC"):
        own = rank[(growth["country_id"] == country) & ~np.isnan(rank)]
        assert np.ptp(own) < 1e-9
        by_country[country] = round(float(own[0]), 9)
    assert len(set(by_country.values())) == 3
    deflator = drawn["deflator"].where(drawn["deflator"]["year"] > 2024)
    rank = quantiles(deflator, "price_index", "price_index_low", "price_index_high")
    assert np.ptp(rank) < 1e-9


def test_both_directions_of_a_border_share_their_draw(teaching: Study) -> None:
    for k in range(5):
        dwell = bands.draw(teaching, 1, k)["border_dwell"]
        rows = dwell.where(dwell["border_crossing_id"] == "AAA-BBB-RO01")  # 10 (5-20), 8 (4-16)
        assert math.isclose(rows["mean_h"][0] / rows["mean_h"][1], 10 / 8, rel_tol=1e-12)


@settings(max_examples=20, deadline=None)
@given(draw=st.integers(0, 10_000), seed=st.integers(0, 2**32))
def test_sums_are_kept(teaching: Study, draw: int, seed: int) -> None:
    drawn = bands.draw(teaching, seed, draw)
    for table, column, by in (
        ("trade_flow", "value_usd_current", ("sum_group",)),
        ("zone_share", "share", ("country_id", "direction", "class_id")),
        ("concordance", "share", ("sector_id", "exporter", "importer")),
    ):
        new, old = drawn[table], teaching[table]
        groups = list(zip(*(old[c].tolist() for c in by), strict=True))
        for group in set(groups):
            rows = np.array([g == group for g in groups])
            assert math.isclose(new[column][rows].sum(), old[column][rows].sum(), rel_tol=1e-12)
    new, old = drawn["trade_flow"], teaching["trade_flow"]
    moved = new["value_usd_current"] != old["value_usd_current"]
    assert moved.any()
    assert not (moved & (old["sum_group"] == "")).any()


def test_edits_of_measures_are_drawn_as_text(teaching: Study) -> None:
    edits = bands.draw(teaching, 1, 0)["measure_edit"]
    row = edits["measure_id"].tolist().index("BEACON_YARD")
    assert edits["value"][row] != teaching["measure_edit"]["value"][row]
    assert edits["value_low"][row] <= float(edits["value"][row]) <= edits["value_high"][row]
    opened = edits["measure_id"].tolist().index("BRIGHT_LINE")
    assert edits["value"][opened] == "open"


def test_observations_are_not_drawn(teaching: Study) -> None:
    drawn = bands.draw(teaching, 1, 0)
    np.testing.assert_array_equal(drawn["observation"]["time_h"], teaching["observation"]["time_h"])


def test_collapse_closes_every_band(teaching: Study) -> None:
    closed = bands.collapse(teaching)
    assert bands.in_use(closed) == []
    assert bands.draw(closed, 1, 0).hash == closed.hash
    assert closed["elasticity"]["theta"].tolist() == teaching["elasticity"]["theta"].tolist()
    assert np.isnan(closed["deflator"]["price_index_low"][0])  # blank stays blank
