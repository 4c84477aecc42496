"""Growth of the matrix with the economies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from opencorridor import trade
from opencorridor.study import Study
from opencorridor.study.errors import NotConverged, OpenCorridorError
from tests.trade.worlds import random_world, worlds


@given(worlds())
@settings(max_examples=25, deadline=None)
def test_totals_are_met(world: tuple[np.ndarray, np.ndarray, int]) -> None:
    flows, _, seed = world
    index = np.random.default_rng(seed).uniform(0.9, 1.6, flows.shape[1])
    grown = trade.grow(flows, index)
    output, spent = flows.sum(axis=(0, 2)) * index, flows.sum(axis=(0, 1)) * index
    np.testing.assert_allclose(grown.flows.sum(axis=(0, 2)), output, rtol=1e-11)
    spent *= output.sum() / spent.sum()
    np.testing.assert_allclose(grown.flows.sum(axis=(0, 1)), spent, rtol=1e-11)
    assert ((grown.flows > 0) == (flows > 0)).all()
    assert grown.residual <= 1e-12


@pytest.mark.parametrize("elasticity", [0.8, 1.0, 1.2])
def test_equal_growth_scales_the_world(elasticity: float) -> None:
    flows, _ = random_world(1, 5, 2)
    grown = trade.grow(flows, np.full(5, 1.3), elasticity)
    np.testing.assert_allclose(grown.flows, flows * 1.3, rtol=1e-11)


@pytest.mark.parametrize("elasticity", [0.8, 1.0, 1.2])
def test_a_small_pair_grows_with_both_ends(elasticity: float) -> None:
    # Two small economies, nine tenths closed, grow by 40 and 20 %, the world by 10 %: with
    # elasticity 1 their trade grows by 1.4 * 1.2 / 1.1. Had sales at home started at the square of
    # growth, balancing would have left about the root of it.
    flows = np.array([[[900.0, 1.0, 99.0], [1.0, 900.0, 99.0], [99.0, 99.0, 1e7]]])
    index = np.array([1.4, 1.2, 1.1])
    expected = 1.1 * (1.4 / 1.1 * 1.2 / 1.1) ** elasticity
    grown = trade.grow(flows, index, elasticity).flows
    tight = 2e-3 if elasticity == 1.0 else 2e-2
    for pair in ((0, 0, 1), (0, 1, 0)):
        assert grown[pair] / flows[pair] == pytest.approx(expected, rel=tight)


def test_exports_follow_the_exporter_and_sectors_keep_their_mix() -> None:
    flows, _ = random_world(2, 4, 2)
    grown = trade.grow(flows, np.array([2.0, 1.0, 1.0, 1.0])).flows
    assert grown[:, 0].sum() == pytest.approx(2.0 * flows[:, 0].sum(), rel=1e-11)
    cell = flows[:, 1, 2] > 0
    mix = (grown[:, 1, 2] / flows[:, 1, 2])[cell] if cell.any() else np.ones(1)
    np.testing.assert_allclose(mix, mix[0])


def test_growth_refuses_bad_indices_and_unmet_totals() -> None:
    flows, _ = random_world(4, 4, 2)
    with pytest.raises(OpenCorridorError, match="growth index of country 2 is nan"):
        trade.grow(flows, np.array([1.0, 1.0, np.nan, 1.0]))
    with pytest.raises(NotConverged, match="from its total"):
        trade.grow(flows, np.array([1.0, 1.0, 3.0, 1.0]), max_iter=1)


def test_paths_are_read_interpolated_and_lent_to_the_region(teaching: Study) -> None:
    names = ("AAA", "BBB", "CCC")
    read = trade.growth_index(teaching, 2030, names)
    np.testing.assert_allclose(read.index, [1.24, 1.18, 1.3])
    assert trade.growth_index(teaching, 2024, names).index.tolist() == [1.0, 1.0, 1.0]
    growth, country = teaching["growth"], teaching["country"]
    sparse = growth.where((growth["country_id"] != "CCC") & (growth["year"] == 2030))
    lent = trade.growth_index(teaching.replace(tables={"growth": sparse}), 2030, names)
    np.testing.assert_allclose(lent.index, [1.24, 1.18, 1.21])
    assert lent.basis == ("own", "own", "region")
    half = trade.growth_index(teaching.replace(tables={"growth": sparse}), 2027, names)
    np.testing.assert_allclose(half.index[0], np.sqrt(1.24))
    alone = country.with_column("region", ["north", "south", "west"])
    study = teaching.replace(tables={"growth": sparse, "country": alone})
    assert trade.growth_index(study, 2030, names).basis == ("own", "own", "world")


def test_no_path_is_extrapolated(teaching: Study) -> None:
    with pytest.raises(OpenCorridorError, match="the path of AAA ends before 2031"):
        trade.growth_index(teaching, 2031, ("AAA",))
