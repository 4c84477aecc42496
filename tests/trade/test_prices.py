"""Constant and current dollars: the right way round."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.study import Study
from opencorridor.study.errors import OpenCorridorError


def test_current_dollars_of_later_years_are_more_when_prices_rise(teaching: Study) -> None:
    prices = trade.deflator(teaching)
    assert trade.to_current(100.0, 2030, prices) == pytest.approx(112.0)
    assert trade.to_constant(112.0, 2030, prices) == pytest.approx(100.0)
    np.testing.assert_allclose(
        trade.to_current(np.array([1.0, 2.0]), 2025, prices), [1.02, 2.04], rtol=1e-12
    )
    assert trade.to_current(7.0, 2024, prices) == 7.0


def test_a_year_without_index_is_refused(teaching: Study) -> None:
    with pytest.raises(OpenCorridorError, match="no price index for 2050") as error:
        trade.to_current(1.0, 2050, trade.deflator(teaching))
    assert "2024 to 2030" in str(error.value)


def test_an_index_that_is_not_one_in_the_price_year_is_refused(teaching: Study) -> None:
    table = teaching["deflator"]
    wrong = table.with_column("price_index", table["price_index"] * 1.1)
    with pytest.raises(OpenCorridorError, match=r"price year 2024 is 1\.1"):
        trade.deflator(teaching.replace(tables={"deflator": wrong}))
