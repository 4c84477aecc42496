"""Where names go on a map or chart so that no two overlap (greedy, first come first served)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Placer", "spread", "text_width", "wrap"]

Box = tuple[float, float, float, float]

_NARROW = set("iljtf.,:;'|!()[]I ·\u00a0")
_WIDE = set("mwMW%@—")


def text_width(text: str, size: float) -> float:
    """Return the width of a text in pixels, estimated for a wide sans-serif face."""
    units = sum(
        0.36 if c in _NARROW else 0.95 if c in _WIDE else 0.72 if c.isupper() else 0.64
        for c in text
    )
    return units * size


def wrap(text: str, width: float, size: float) -> list[str]:
    """Return the lines of a text broken between words; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split():
        trial = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(trial, size) <= width:
            lines[-1] = trial
        else:
            lines.append(word)
    return lines or [""]


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Return positions at least ``gap`` apart, in the same order, near the wanted ones.

    Positions are pushed down the axis and, where they leave ``high``, back up.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    edge = low
    for i in order:
        placed[i] = max(wanted[i], edge)
        edge = placed[i] + gap
    edge = high
    for i in reversed(order):
        placed[i] = min(placed[i], edge)
        edge = placed[i] - gap
    return placed


@dataclass(slots=True)
class Placer:
    """Rectangles that are taken on a paper of ``width`` × ``height`` pixels."""

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)

    def reserve(self, box: Box) -> None:
        """Keep a rectangle (left, top, right, bottom) free of labels."""
        self.taken.append(box)

    def free(self, box: Box) -> bool:
        """Say whether a rectangle lies on the paper and touches nothing taken."""
        left, top, right, bottom = box
        if left < 2 or top < 2 or right > self.width - 2 or bottom > self.height - 2:
            return False
        return all(
            right <= t[0] or left >= t[2] or bottom <= t[1] or top >= t[3] for t in self.taken
        )

    def beside(
        self, x: float, y: float, radius: float, text: str, size: float
    ) -> tuple[float, float, str] | None:
        """Return x, baseline y and anchor of a label beside a point, or ``None`` if none fits."""
        width, gap = text_width(text, size), radius + 3
        diagonal = 0.7 * radius + 2
        offers: Iterable[tuple[float, float, str]] = (
            (x + gap, y + 0.35 * size, "start"),
            (x - gap, y + 0.35 * size, "end"),
            (x, y - gap, "middle"),
            (x, y + gap + 0.8 * size, "middle"),
            (x + diagonal, y - diagonal, "start"),
            (x + diagonal, y + diagonal + 0.8 * size, "start"),
            (x - diagonal, y - diagonal, "end"),
            (x - diagonal, y + diagonal + 0.8 * size, "end"),
        )
        for at_x, at_y, anchor in offers:
            left = at_x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
            box = (left - 1, at_y - 0.85 * size, left + width + 1, at_y + 0.25 * size)
            if self.free(box):
                self.reserve(box)
                return at_x, at_y, anchor
        return None
