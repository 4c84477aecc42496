"""The question asked backwards."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.study.errors import OpenCorridorError
from tests.trade.worlds import random_world


def small_pair() -> np.ndarray:
    """Return two economies that sell each other 340 m of their 300 bn, and a large rest."""
    flows = np.full((1, 3, 3), 1e10)
    flows[0, range(3), range(3)] = [3e11, 2e11, 1e14]
    flows[0, 0, 1], flows[0, 1, 0] = 1.5e8, 1.9e8
    return flows


@pytest.mark.parametrize(("theta", "fall"), [(3.0, 0.518), (5.0, 0.354), (8.0, 0.239)])
def test_the_fall_that_takes_a_small_pair_from_340_million_to_3_billion(
    theta: float, fall: float
) -> None:
    found = trade.required_tau_hat(small_pair(), theta, (0, 1), 3e9)
    assert found.fall_share == pytest.approx(fall, abs=0.006)
    assert found.trade == pytest.approx(3e9, rel=1e-9)
    # More than without general equilibrium: buying more of the partner lowers the price index.
    assert found.fall_share > 1 - (3000 / 340) ** (-1 / theta)
    flows = found.equilibrium.flows
    assert flows[0, 0, 1] + flows[0, 1, 0] == pytest.approx(3e9, rel=1e-9)
    assert found.tau_hat == pytest.approx(1 - found.fall_share)


def test_the_fall_found_forwards_gives_the_target_in_several_sectors() -> None:
    flows, theta = random_world(12, 5, 3)
    now = flows[:, 1, 3].sum() + flows[:, 3, 1].sum()
    names = tuple("PQRST")
    for times in (0.6, 1.0, 2.5):
        found = trade.required_tau_hat(flows, theta, ("Q", "S"), times * now, countries=names)
        changes = {(s, *pair): found.tau_hat for s in range(3) for pair in ((1, 3), (3, 1))}
        after = trade.solve(flows, theta, changes).flows
        assert after[:, 1, 3].sum() + after[:, 3, 1].sum() == pytest.approx(times * now, rel=1e-8)
    world = trade.world(flows, theta)
    again = trade.required_tau_hat(world, None, (1, 3), 2.5 * now)
    assert again.tau_hat == pytest.approx(found.tau_hat, rel=1e-9)


def test_a_target_out_of_reach_says_what_can_be_reached() -> None:
    with pytest.raises(OpenCorridorError, match="cannot reach 1e\\+14") as error:
        trade.required_tau_hat(small_pair(), 5.0, (0, 1), 1e14)
    assert error.value.problems[0].code == "trade_target_out_of_reach"


def test_a_pair_without_trade_or_without_two_countries_is_refused() -> None:
    flows = small_pair()
    flows[0, 0, 1] = flows[0, 1, 0] = 0.0
    with pytest.raises(OpenCorridorError, match="do not trade"):
        trade.required_tau_hat(flows, 5.0, (0, 1), 3e9)
    with pytest.raises(OpenCorridorError, match="one country"):
        trade.required_tau_hat(small_pair(), 5.0, (1, 1), 3e9)
    with pytest.raises(OpenCorridorError, match="Zed is not a country"):
        trade.required_tau_hat(small_pair(), 5.0, ("Zed", 1), 3e9)
    with pytest.raises(OpenCorridorError, match="the target is -1"):
        trade.required_tau_hat(small_pair(), 5.0, (0, 1), -1.0)
