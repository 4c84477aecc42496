"""Shares by logit: they add up, large utilities lose nothing, nests are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.freight import logit_shares
from opencorridor.study import OpenCorridorError

UTILITY = st.lists(st.floats(-3000, 3000), min_size=1, max_size=8)


def test_case_17_plain_and_nested_shares_of_large_utilities() -> None:
    plain = logit_shares([-1500, -1501], [0, 0])
    np.testing.assert_allclose(plain, [0.731059, 0.268941], atol=5e-7)
    nested = logit_shares([-1500, -1501, -1500.5], [0, 0, 0], [0, 0, 1], [0.5, 1.0])
    np.testing.assert_allclose(nested, [0.561291, 0.075962, 0.362746], atol=1e-6)
    assert plain.sum() == pytest.approx(1, abs=1e-12)
    assert nested.sum() == pytest.approx(1, abs=1e-12)


def test_case_17_no_alternative_names_pair_and_cargo() -> None:
    gone = -np.inf
    with pytest.raises(OpenCorridorError) as caught:
        logit_shares(
            [gone, gone, 1.0, gone], [0, 0, 1, 2], names=["A to B, grain", "A to C", "B to C, oil"]
        )
    assert [p.value for p in caught.value.problems] == ["A to B, grain", "B to C, oil"]
    assert {p.code for p in caught.value.problems} == {"no_alternative"}


def test_what_is_not_available_has_no_share() -> None:
    share = logit_shares([0.0, -np.inf, 0.0, -np.inf], [0, 0, 0, 0], [0, 0, 1, 2], [0.5, 0.7, 0.3])
    np.testing.assert_allclose(share, [0.5, 0, 0.5, 0], atol=1e-15)


@given(UTILITY, UTILITY, st.floats(-1e4, 1e4), st.floats(0.05, 1.0))
def test_shares_add_up_and_do_not_hang_on_the_level(
    one: list[float], other: list[float], shift: float, scale: float
) -> None:
    v = np.array([*one, *other])
    where = np.repeat([0, 1], [len(one), len(other)])
    # Two nests in the first situation, one in the second.
    nest = np.concatenate([np.arange(len(one)) % 2, np.full(len(other), 2)])
    share = logit_shares(v, where, nest, [scale, 1.0, scale])
    np.testing.assert_allclose(np.bincount(where, share), 1, atol=1e-12)
    moved = logit_shares(v + np.where(where == 0, shift, 0.0), where, nest, [scale, 1.0, scale])
    np.testing.assert_allclose(moved, share, atol=1e-8)
    alike = logit_shares(v, where, nest, np.ones(3))
    np.testing.assert_allclose(alike, logit_shares(v, where), atol=1e-12)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        logit_shares([np.nan, 1.0, 2.0], [0, 0, 1], [0, 1, 1], [1.5, 0.5])
    assert sorted(p.code for p in caught.value.problems) == ["dissimilarity", "nest", "utility"]
