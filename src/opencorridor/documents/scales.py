"""Linear axes with round ticks, and the two sizes in which every chart is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from opencorridor.documents import numbers

__all__ = ["NARROW", "WIDE", "Money", "Scale", "Size", "money_axis", "nice_ticks"]


@dataclass(frozen=True, slots=True)
class Size:
    """The width of a chart and its text, in pixels; a page carries both and shows one."""

    name: str
    width: float
    font: float

    @property
    def narrow(self) -> bool:
        """Say whether labels stand above their bars instead of beside them."""
        return self.width < 500


WIDE = Size("wide", 920.0, 14.0)
NARROW = Size("narrow", 350.0, 13.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from data to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round ticks that cover [low, high]: steps of 1, 2 or 5 times a power of ten."""
    if high <= low:
        high = low + 1.0
    raw = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [i * step for i in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Money:
    """An axis of dollars: ticks in dollars, and how they are written."""

    ticks: tuple[float, ...]
    size: float
    unit: str
    decimals: int

    def text(self, value: float) -> str:
        """Return the number at a tick, without its unit."""
        return numbers.number(value / self.size, self.decimals)


def money_axis(values: Iterable[float], about: int = 5) -> Money:
    """Return an axis of dollars that covers the values and zero; unit $bn, $m or $."""
    found = [0.0, *values]
    ticks = nice_ticks(min(found), max(found), about)
    largest = max(abs(ticks[0]), abs(ticks[-1]))
    size, unit = next(((s, u) for s, u in ((1e9, "$bn"), (1e6, "$m")) if largest >= s), (1.0, "$"))
    step = (ticks[1] - ticks[0]) / size if len(ticks) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return Money(tuple(ticks), size, unit, decimals)
