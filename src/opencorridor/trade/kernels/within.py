"""Effects taken out exactly, and Poisson and least squares on what is left.

Alternating projections take effects out one after the other and again; they need thousands of
rounds where sales at home dwarf the rest, as then each country hangs on the others by a thread.
Here the effect with most levels is eliminated by hand (its block is diagonal) and the others are
solved for at once: a dense system of as many unknowns as they have levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg import lapack

__all__ = ["Regression", "Within", "free_columns", "least_squares", "poisson", "unknowns"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_RANK = 1e-12
_FREE = 1e-14
_HALVINGS = 30


def unknowns(effects: Ints) -> int:
    """Return the size of the dense system for effects ``[n, m]``: all levels but the most."""
    levels = [int(column.max(initial=-1)) + 1 for column in effects.T]
    return sum(levels) - max(levels, default=0)


class Within:
    """Least-squares residuals of any variables on a set of effects.

    Parameters
    ----------
    effects
        Level of every effect by row ``[n, m]``, counted from 0 without gaps; ``m`` may be 0.
    """

    def __init__(self, effects: Ints) -> None:
        self.n, count = effects.shape
        levels = [int(column.max()) + 1 for column in effects.T]
        self.most = int(np.argmax(levels)) if count else -1
        self.first = effects[:, self.most] if count else None
        others = [m for m in range(count) if m != self.most]
        starts = np.concatenate(([0], np.cumsum([levels[m] for m in others], dtype=np.intp)))
        self.size = int(starts[-1])
        self.columns = (
            effects[:, others] + starts[:-1] if others else np.empty((self.n, 0), dtype=np.intp)
        )
        rows = np.repeat(np.arange(self.n), len(others))
        self.rest = sparse.csr_array(
            (np.ones(rows.size), (rows, self.columns.ravel())), shape=(self.n, self.size)
        )
        if count:
            self.lead = sparse.csr_array(
                (np.ones(self.n), (self.first, np.arange(self.n))), shape=(max(levels), self.n)
            )

    def weigh(self, weight: Floats) -> None:
        """Take up weights ``[n]``, all above 0: the system is drawn up and factored."""
        self.weight = weight
        if self.first is None:
            return
        self.total = self.lead @ weight
        if not self.size:
            return
        weighted = self.rest.multiply(weight[:, None]).tocsr()
        both = self.lead @ weighted
        over = sparse.csr_array(both.multiply(1 / self.total[:, None]))
        system = (self.rest.T @ weighted - both.T @ over).toarray()
        scale = np.sqrt(np.maximum(system.diagonal(), np.finfo(float).tiny))
        system /= scale[:, None]
        system /= scale
        factor, pivot, rank, _ = lapack.dpstrf(system, tol=_RANK, overwrite_a=1)
        self.factor, self.kept = np.asfortranarray(factor[:rank, :rank]), pivot[:rank] - 1
        self.scale = scale[self.kept]

    def residual(self, values: Floats) -> Floats:
        """Return ``values[n, q]`` less their weighted fit on the effects."""
        if self.first is None:
            return values.copy()
        left = self._centred(values)
        if not self.size:
            return left
        right = (self.rest.T @ (self.weight[:, None] * left))[self.kept] / self.scale[:, None]
        solved, _ = lapack.dpotrs(self.factor, right)
        effect = np.zeros((self.size, values.shape[1]))
        effect[self.kept] = solved / self.scale[:, None]
        return self._centred(values - self.rest @ effect)

    def _centred(self, values: Floats) -> Floats:
        mean = (self.lead @ (self.weight[:, None] * values)) / self.total[:, None]
        centred: Floats = values - mean[self.first]
        return centred


@dataclass(frozen=True)
class Regression:
    """A regression on what effects leave.

    Attributes
    ----------
    coefficients
        Of the free columns ``[k]``.
    free
        Whether each column has a coefficient; the others are given by those before and the effects.
    index
        Fitted linear index, effects included ``[n]``.
    residual_x
        Free columns less their fit on the effects, at the weights of the last step ``[n, k]``.
    deviance
        Poisson deviance, or sum of squares.
    steps, converged
        Of the iteration.
    """

    coefficients: Floats
    free: npt.NDArray[np.bool_]
    index: Floats
    residual_x: Floats
    deviance: float
    steps: int
    converged: bool


def free_columns(left: Floats, x: Floats, weight: Floats) -> npt.NDArray[np.bool_]:
    """Return the columns that neither the effects nor the columns before them give.

    Parameters
    ----------
    left
        Columns less their fit on the effects ``[n, k]``.
    x
        The columns themselves.
    weight
        Weights ``[n]``.
    """
    root = np.sqrt(weight)[:, None]
    size = (root * root * x * x).sum(axis=0)
    free = np.zeros(x.shape[1], dtype=np.bool_)
    base = np.empty((len(x), 0))
    for k in range(x.shape[1]):
        column = (root * left[:, k : k + 1])[:, 0]
        for _ in range(2):
            column = column - base @ (base.T @ column)
        length = float(column @ column)
        free[k] = length > _FREE * size[k]
        if free[k]:
            base = np.column_stack((base, column / np.sqrt(length)))
    return free


def least_squares(y: Floats, x: Floats, within: Within) -> Regression:
    """Return the regression of ``y[n]`` on columns ``x[n, k]`` and effects."""
    weight = np.ones(len(y))
    within.weigh(weight)
    left = within.residual(np.column_stack((y, x)))
    free = free_columns(left[:, 1:], x, weight)
    left_x = left[:, 1:][:, free]
    beta: Floats = np.asarray(np.linalg.lstsq(left_x, left[:, 0], rcond=None)[0], np.float64)
    error = left[:, 0] - left_x @ beta
    return Regression(beta, free, y - error, left_x, float(error @ error), 1, True)


def _deviance(y: Floats, mu: Floats) -> float:
    positive = y > 0
    terms = y[positive] * np.log(y[positive] / mu[positive])
    return float(2 * (terms.sum() - (y - mu).sum()))


def poisson(
    y: Floats, x: Floats, within: Within, tol: float = 1e-11, max_steps: int = 200
) -> Regression:
    """Return the Poisson regression of ``y[n]``, 0 or more, on columns ``x[n, k]`` and effects.

    Iterated weighted least squares (Correia, Guimarães and Zylkin 2020, equations 8 to 10), a step
    halved while it raises the deviance.

    Parameters
    ----------
    tol
        Relative change of the deviance at which to stop.
    max_steps
        Cap on the steps.
    """
    mu = (y + y.mean()) / 2
    eta, deviance = np.log(mu), np.inf
    free: Any = None
    for step in range(1, max_steps + 1):
        work = eta + (y - mu) / mu
        within.weigh(mu)
        left = within.residual(np.column_stack((work, x if free is None else x[:, free])))
        if free is None:
            free = free_columns(left[:, 1:], x, mu)
            left = left[:, np.concatenate(([True], free))]
        left_x = left[:, 1:]
        weighted = left_x * mu[:, None]
        beta = np.linalg.solve(weighted.T @ left_x, weighted.T @ left[:, 0])
        target = work - (left[:, 0] - left_x @ beta)
        before, old = deviance, eta
        for _ in range(_HALVINGS):
            with np.errstate(over="ignore", invalid="ignore"):
                mu = np.exp(target)
                deviance = _deviance(y, mu)
            if np.isfinite(deviance) and deviance <= before * (1 + 1e-9):
                break
            target = (target + old) / 2
        eta = target
        if abs(before - deviance) <= tol * (0.1 + deviance):
            return Regression(beta, free, eta, left_x, deviance, step, True)
    return Regression(beta, free, eta, left_x, deviance, max_steps, False)
