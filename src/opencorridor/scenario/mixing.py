"""Anderson acceleration of the trade-traffic loop."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mixer"]

Floats = NDArray[np.float64]

# Steps that are remembered, and the share of a step that is taken where none can be used.
MEMORY = 5
CAUTIOUS = 0.3


@dataclass
class Mixer:
    """Next guess of a fixed point x = F(x) from the guesses and answers so far.

    Anderson (1965), type II, as stated by Walker and Ni (2011), "Anderson acceleration for
    fixed-point iterations", SIAM J. Numer. Anal. 49: with r = F(x) - x,

        x' = x + r - (dX + dR) g,   g = argmin |r - dR g|,

    dX and dR the last differences of x and r. Where the residual grows to more than twice the
    smallest one, the memory is dropped and a short plain step is taken: loads of places that
    begin or cease to bind have a kink.
    """

    x: list[Floats] = field(default_factory=list)
    r: list[Floats] = field(default_factory=list)
    least: float = np.inf

    def next(self, x: Floats, answer: Floats) -> Floats:
        """Return the next guess (shape of ``x``), never below 0."""
        r = answer - x
        size = float(np.linalg.norm(r))
        if size > 2.0 * self.least:
            self.x, self.r = [], []
            guess = x + CAUTIOUS * r
        else:
            guess = x + r
        self.least = min(self.least, size)
        self.x, self.r = [*self.x, x][-MEMORY - 1 :], [*self.r, r][-MEMORY - 1 :]
        if len(self.x) > 1:
            dx, dr = np.diff(self.x, axis=0).T, np.diff(self.r, axis=0).T
            g = np.linalg.lstsq(dr, r, rcond=1e-10)[0]
            guess = x + r - (dx + dr) @ g
        result: Floats = np.maximum(guess, 0.0)
        return result
