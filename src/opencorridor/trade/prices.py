"""Constant and current dollars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.study.study import Study

__all__ = ["Deflator", "deflator", "to_constant", "to_current"]

Value = TypeVar("Value", float, npt.NDArray[np.float64])


@dataclass(frozen=True)
class Deflator:
    """Current US$ of a year per constant US$ of ``price_year``; prices rise, so it does too."""

    price_year: int
    index: dict[int, float]

    def at(self, year: int) -> float:
        """Return the index of a year, or raise with the years that there are."""
        if year == self.price_year:
            return 1.0
        if year not in self.index:
            years = sorted(self.index)
            raise OpenCorridorError(
                [
                    Problem(
                        "no_deflator",
                        f"there is no price index for {year}",
                        table="deflator",
                        column="year",
                        value=str(year),
                        expected=f"a row; there are {years[0]} to {years[-1]}"
                        if years
                        else "a row",
                    )
                ]
            )
        return self.index[year]


def deflator(study: Study) -> Deflator:
    """Return the price index of a study (table ``deflator``)."""
    table = study["deflator"]
    index = {
        int(year): float(value)
        for year, value in zip(table["year"], table["price_index"], strict=True)
    }
    year = study.settings.price_year
    if abs(index.get(year, 1.0) - 1.0) > 1e-6:
        raise OpenCorridorError(
            [
                Problem(
                    "deflator_base",
                    f"the price index of the price year {year} is {index[year]:g}",
                    table="deflator",
                    column="price_index",
                    value=str(index[year]),
                    expected="1",
                )
            ]
        )
    return Deflator(year, index)


def to_current(value_usd: Value, year: int, prices: Deflator) -> Value:
    """Return constant US$ of the price year as current US$ of ``year``: times the index."""
    return value_usd * prices.at(year)


def to_constant(value_usd_current: Value, year: int, prices: Deflator) -> Value:
    """Return current US$ of ``year`` as constant US$ of the price year: over the index."""
    return value_usd_current / prices.at(year)
