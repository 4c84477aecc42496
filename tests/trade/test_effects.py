"""Created and diverted trade, winners and losers."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.study.errors import OpenCorridorError
from tests.trade.worlds import random_world


def test_the_parts_by_hand() -> None:
    before = np.zeros((2, 3, 3))
    after = np.zeros((2, 3, 3))
    after[0] = [[-8.0, 5.0, -1.0], [2.0, -3.0, 0.5], [-0.5, -2.0, 4.0]]
    after[1, 0, 1] = 1.0
    effect = trade.creation_diversion(before, after, (0, 1))
    assert (effect.a_to_b, effect.b_to_a, effect.created) == (6.0, 2.0, 8.0)
    np.testing.assert_array_equal(effect.exports_to_third, [[0, 0, -1.0], [0, 0, 0.5]])
    np.testing.assert_array_equal(effect.imports_from_third, [[0, 0, -0.5], [0, 0, -2.0]])
    np.testing.assert_array_equal(effect.domestic, [-8.0, -3.0])
    assert effect.elsewhere == 4.0
    assert effect.diverted == -3.0


def test_the_parts_add_up_to_the_change_of_the_world_which_is_nil() -> None:
    flows, theta = random_world(13, 6, 3)
    changes = {(s, *pair): 0.8 for s in range(3) for pair in ((1, 4), (4, 1))}
    after = trade.solve(flows, theta, changes)
    effect = trade.creation_diversion(flows, after, (1, 4))
    parts = effect.created + effect.diverted + effect.domestic.sum() + effect.elsewhere
    assert parts == pytest.approx(0.0, abs=1e-9 * flows.sum())
    assert effect.created > 0 > effect.diverted
    assert (effect.domestic < 0).all()
    # Output of each of the pair moves by the sum of its four parts.
    made = after.flows.sum(axis=(0, 2)) - flows.sum(axis=(0, 2))
    row = effect.a_to_b + effect.exports_to_third[0].sum() + effect.domestic[0]
    assert made[1] == pytest.approx(row, rel=1e-9)


def test_winners_come_first_and_changes_of_trade_are_their_own() -> None:
    flows, theta = random_world(14, 5, 2)
    changes = {(s, *pair): 0.7 for s in range(2) for pair in ((0, 2), (2, 0))}
    after = trade.solve(flows, theta, changes, countries=tuple("PQRST"))
    effects = trade.country_effects(flows, after)
    assert {effects[0].country, effects[1].country} == {"P", "R"}
    assert [e.welfare_change_share for e in effects] == sorted(after.welfare_hat - 1, reverse=True)
    change = (after.flows - flows).sum(axis=0)
    of_p = next(effect for effect in effects if effect.country == "P")
    assert of_p.exports_change == pytest.approx(change[0, 1:].sum())
    assert of_p.imports_change == pytest.approx(change[1:, 0].sum())


def test_other_countries_after_than_before_are_refused() -> None:
    with pytest.raises(OpenCorridorError, match="not of the same countries"):
        trade.creation_diversion(np.ones((1, 3, 3)), np.ones((1, 4, 4)), (0, 1))
