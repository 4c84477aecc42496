"""Anderson acceleration of the trade-traffic loop."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mixer"]

Floats = NDArray[np.float64]

# Steps that are remembered, the share of a step that is taken where none of them can be used, and
# the largest change that mixing may make to an answer.
MEMORY = 5
CAUTIOUS = 0.3
MOST = 1.0


@dataclass
class Mixer:
    """Next guess of a fixed point x = F(x) from the answers so far; the first guess is the first.

    Anderson (1965), type II, as stated by Walker and Ni (2011), "Anderson acceleration for
    fixed-point iterations", SIAM J. Numer. Anal. 49: with r = F(x) - x,

        x' = F(x) - dF g,   g = argmin |r - dR g|,

    dF and dR the last differences of F(x) and r, the norm weighted by ``weight`` (shape of x).
    Where the residual grows to more than twice the smallest one, the memory is dropped and a short
    plain step is taken: loads of places that begin or cease to bind have a kink. Once it is
    ``calm`` all steps are short and plain, against a loop that the acceleration keeps going round;
    ``plain`` takes every answer as the next guess.
    """

    weight: Floats
    plain: bool = False
    calm: bool = False
    guess: Floats | None = None
    answers: list[Floats] = field(default_factory=list)
    residuals: list[Floats] = field(default_factory=list)
    least: float = np.inf

    def next(self, answer: Floats) -> Floats:
        """Return the guess that follows the answer to the last one (shape of ``weight``)."""
        if self.guess is None or self.plain:
            self.guess = answer
        elif self.calm:
            self.guess = self.guess + CAUTIOUS * (answer - self.guess)
        else:
            self.guess = self._mixed(self.guess, answer)
        return self.guess

    def calm_down(self) -> None:
        """Take short plain steps from here on."""
        self.calm = True

    def _mixed(self, guess: Floats, answer: Floats) -> Floats:
        residual, scale = answer - guess, np.sqrt(self.weight)
        size = float(np.linalg.norm(residual * scale))
        wild = size > 2.0 * self.least
        # What is far from the best so far becomes the measure of the steps after it: they are on
        # another side of the kink.
        self.least = size if wild else min(self.least, size)
        if wild:
            self.answers, self.residuals = [], []
        self.answers = [*self.answers, answer][-MEMORY - 1 :]
        self.residuals = [*self.residuals, residual][-MEMORY - 1 :]
        if wild:
            return guess + CAUTIOUS * residual
        if len(self.answers) == 1:
            return answer
        change = np.diff(self.residuals, axis=0).T * scale[:, None]
        g = np.linalg.lstsq(change, residual * scale, rcond=1e-10)[0]
        step = np.diff(self.answers, axis=0).T @ g
        mixed: Floats = answer - np.clip(step, -MOST, MOST)
        return mixed
