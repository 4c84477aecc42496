"""Effects taken out, and Poisson and least squares on what is left.

Alternating projections take effects out one after the other and again; they need thousands of
rounds where sales at home dwarf the rest, as then each country hangs on the others by a thread.
Here two effects are solved for at once: their levels fall into parts that no row joins (the years,
for exporter-years and importer-years), and each part is a dense system of the smaller side. What
other effects there are (pairs) follows by conjugate gradients on a system that the two are
eliminated from; as flows change little from year to year, it needs few rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from opencorridor.trade.kernels import sweeps_plain

__all__ = [
    "Effects",
    "Regression",
    "Within",
    "consecutive",
    "free_columns",
    "least_squares",
    "poisson",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

TIGHT = 1e-11
"""Tolerance of effects that are not on the way to something else."""

MOST_NUMBERS = 50_000_000
"""Most numbers in the dense systems of effects: 400 MB."""

_FREE = 1e-14
# Digits of the effects by step: enough to tell what they give, then a share of the last change.
_FIRST, _LOOSE, _PER_STEP, _NEAR = 1e-9, 1e-3, 1e-2, 1e-7
_HALVINGS = 30
_ROUNDS = 500
_MANY = 10_000
_NONE = np.empty((0, 0))


class Effects(NamedTuple):
    """Effects of variables: of the two solved for at once ``[A, q]``, ``[B, q]``, of the others."""

    a: Floats
    b: Floats
    others: Floats


class _Part(NamedTuple):
    """A part of the first two effects that no row joins to the rest: ranges of levels, of cells."""

    a: slice
    b: slice
    cells: slice

    @property
    def shape(self) -> tuple[int, int]:
        """Levels of both."""
        return self.a.stop - self.a.start, self.b.stop - self.b.start


def _together(effects: Ints) -> tuple[int, int, list[int]]:
    """Return the two effects to solve for at once, the longer first, and the others.

    The effect with most levels is among the others: on trade that is the pair, and exporter-years
    hang together with importer-years much more than either does with pairs.
    """
    levels = [int(column.max(initial=-1)) + 1 for column in effects.T]
    order = sorted(range(len(levels)), key=lambda m: levels[m])
    a, b = (order[1], order[0]) if len(order) > 1 else (order[0], order[0])
    return a, b, order[2:]


def _passes(rows: int) -> Any:
    """Return the compiled passes, or for few rows the plain ones, which load at once."""
    if rows < _MANY:
        return sweeps_plain
    from opencorridor.trade.kernels import sweeps

    return sweeps


def consecutive(effects: Ints) -> Ints:
    """Return levels ``[n, m]`` counted from 0 without gaps, in the same order."""
    out = np.empty_like(effects)
    for m, levels in enumerate(effects.T):
        there = np.zeros(int(levels.max(initial=-1)) + 1, dtype=np.bool_)
        there[levels] = True
        out[:, m] = (np.cumsum(there) - 1)[levels]
    return out


def _split(a: Ints, b: Ints) -> tuple[Ints, Ints, list[_Part]]:
    """Return levels of two effects numbered anew, part by part, and the parts."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    count_a, count_b = int(a.max()) + 1, int(b.max()) + 1
    ones = np.ones(len(a), dtype=np.int8)
    links = sparse.coo_array((ones, (a, count_a + b)), shape=(count_a + count_b,) * 2)
    number, label = connected_components(links, directed=False)
    new, starts = [], []
    for levels, own in ((a, label[:count_a]), (b, label[count_a:])):
        place = np.empty(len(own), dtype=np.intp)
        place[np.argsort(own, kind="stable")] = np.arange(len(own))
        new.append(place[levels])
        starts.append(np.concatenate(([0], np.cumsum(np.bincount(own, minlength=number)))))
    cells = np.concatenate(([0], np.cumsum(np.diff(starts[0]) * np.diff(starts[1]))))
    edges = zip(*(np.asarray(s).tolist() for s in (*starts, cells)), strict=True)
    ranges = list(edges)
    parts = [
        _Part(*(slice(low, high) for low, high in zip(first, last, strict=True)))
        for first, last in pairwise(ranges)
    ]
    return new[0], new[1], parts


class Within:
    """Weighted least-squares fits of any variables on a set of effects.

    Parameters
    ----------
    effects
        Level of every effect by row ``[n, m]``, counted from 0 without gaps; ``m`` may be 0.
    """

    def __init__(self, effects: Ints) -> None:
        self.n, self.count = effects.shape
        if not self.count:
            return
        self.sweeps = _passes(self.n)
        first, second, rest = _together(effects)
        b = effects[:, second] if second != first else np.zeros(self.n, dtype=np.intp)
        a, b, self.parts = _split(effects[:, first], b)
        self.cell = self._cells(a, b)
        levels = [int(effects[:, m].max()) + 1 for m in rest]
        starts = np.concatenate(([0], np.cumsum(levels, dtype=np.intp)))
        self.of_others = int(starts[-1])
        self.a, self.b = a.astype(np.int32), b.astype(np.int32)
        self.others = np.ascontiguousarray(effects[:, rest] + starts[:-1], dtype=np.int32)
        self.sizes = self.parts[-1].a.stop, self.parts[-1].b.stop

    def _cells(self, a: Ints, b: Ints) -> Ints:
        """Return the cell of every row in the dense tables of all parts, one after another."""
        wide = np.array([part.shape[1] for part in self.parts])
        of_a = np.repeat(np.arange(len(self.parts)), [part.shape[0] for part in self.parts])[a]
        low = np.array([(p.cells.start, p.a.start, p.b.start) for p in self.parts])[of_a]
        found: Ints = low[:, 0] + (a - low[:, 1]) * wide[of_a] + b - low[:, 2]
        return found

    def weigh(self, weight: Floats) -> None:
        """Take up weights ``[n]``: the systems are drawn up and factored.

        Raises
        ------
        LinAlgError
            Where the systems are too large, or the rows that weigh anything do not join what all
            rows do.
        """
        self.weight = weight
        if not self.count:
            return
        if sum(p.shape[1] * sum(p.shape) for p in self.parts) > MOST_NUMBERS:
            raise np.linalg.LinAlgError("the effects make systems that are too large")
        cells: Floats = np.bincount(self.cell, weight, self.parts[-1].cells.stop).astype(np.float64)
        self.tables = [cells[p.cells].reshape(p.shape) for p in self.parts]
        self.factors = [_factor(table) for table in self.tables]
        self.of_a = np.concatenate([table.sum(axis=1) for table in self.tables])[:, None]
        total = np.zeros(self.of_others)
        for column in self.others.T:
            total += np.bincount(column, weight, self.of_others)
        self.total = total[:, None]

    def _two(self, values: Floats, of_others: Floats, q: int) -> tuple[Floats, Floats]:
        """Return the fit of values, or of other effects, on the two effects alone."""
        from scipy.linalg import lapack

        in_a, in_b = np.zeros((self.sizes[0], q)), np.zeros((self.sizes[1], q))
        self.sweeps.sums(
            values, of_others, self.others, self.weight, self.a, self.b, in_a, in_b
        )  # fmt: skip
        of_b = np.zeros_like(in_b)
        of_a = in_a / self.of_a
        for part, table, factor in zip(self.parts, self.tables, self.factors, strict=True):
            if factor is None:
                continue
            right = in_b[part.b] - table.T @ of_a[part.a]
            of_b[part.b][:-1] = lapack.dpotrs(factor, right[:-1], lower=1)[0]
            of_a[part.a] -= table @ of_b[part.b] / self.of_a[part.a]
        return of_a, of_b

    def _left(self, values: Floats, of_others: Floats, q: int) -> Floats:
        """Return what the two effects leave of values, or of other effects, by other level."""
        of_a, of_b = self._two(values, of_others, q)
        out = np.zeros((self.of_others, q))
        self.sweeps.left_sums(
            values, of_others, self.others, self.weight, self.a, self.b, of_a, of_b, out
        )  # fmt: skip
        return out

    def effects(self, values: Floats, tol: float = TIGHT) -> Effects:
        """Return the effects that fit ``values[n, q]`` best.

        Parameters
        ----------
        tol
            What may be left by level, relative to the values (root mean squares by weight).

        Raises
        ------
        LinAlgError
            Where the conjugate gradients do not settle.
        """
        values = np.ascontiguousarray(values)
        q = values.shape[1]
        others = np.zeros((self.of_others, q))
        if self.of_others:
            limit = tol * np.sqrt(self.weight @ values**2)
            others = self._descend(self._left(values, _NONE, q), limit)
            values = self.sweeps.remove(
                values, others, self.others, self.a, self.b,
                np.zeros((self.sizes[0], q)), np.zeros((self.sizes[1], q)),
            )  # fmt: skip
        return Effects(*self._two(values, others, q), others)

    def _descend(self, left: Floats, limit: Floats) -> Floats:
        """Return the other effects by conjugate gradients, each variable by itself."""
        found = np.zeros_like(left)
        ready = left / self.total
        way, size = ready.copy(), (left * ready).sum(axis=0)
        for _ in range(_ROUNDS):
            if (np.sqrt(size) <= limit).all():
                return found
            image = self._left(_NONE, way, left.shape[1])
            bend = (way * image).sum(axis=0)
            step = np.divide(size, bend, out=np.zeros_like(size), where=bend > 0)
            found += step * way
            left -= step * image
            ready = left / self.total
            before, size = size, (left * ready).sum(axis=0)
            way = ready + np.divide(size, before, out=np.zeros_like(size), where=before > 0) * way
        raise np.linalg.LinAlgError("the effects cannot be taken out: they hardly hang together")

    def fitted(self, effects: Effects) -> Floats:
        """Return effects by row ``[n, q]``."""
        found: Floats = effects.a[self.a] + effects.b[self.b]
        for column in self.others.T:
            found += effects.others[column]
        return found

    def by_level(self, effects: Effects, levels: Ints) -> list[Floats]:
        """Return the effects ``[L, q]`` of every column of the levels it was made of."""
        first, second, rest = _together(levels)
        found = [np.zeros((int(column.max()) + 1, effects.a.shape[1])) for column in levels.T]
        found[second][levels[:, second]] = effects.b[self.b]
        # Where there is one effect alone, the second is 0 and the first is it.
        found[first][levels[:, first]] = effects.a[self.a]
        for column, m in zip(self.others.T, rest, strict=True):
            found[m][levels[:, m]] = effects.others[column]
        return found

    def residual(self, values: Floats, tol: float = TIGHT) -> Floats:
        """Return ``values[n, q]`` less their weighted fit on the effects; ``tol`` as there."""
        if not self.count:
            return values.copy()
        values = np.ascontiguousarray(values)
        found = self.effects(values, tol)
        left: Floats = self.sweeps.remove(
            values, found.others, self.others, self.a, self.b, found.a, found.b
        )
        return left


def _factor(table: Floats) -> Floats | None:
    """Return the Cholesky factor of the second effect's system, its last level held at 0.

    With ``w`` the weights of cells ``[A, B]``, off the diagonal it is ``-w'(w / sum of rows)``,
    where nothing cancels; rows add up to 0, so the diagonal is the rest of each.
    """
    from scipy.linalg import lapack

    if table.shape[1] < 2:
        return None
    total = table.sum(axis=1, keepdims=True)
    system = -(table / total).T @ table
    np.fill_diagonal(system, 0.0)
    np.fill_diagonal(system, -system.sum(axis=1))
    factor, failed = lapack.dpotrf(system[:-1, :-1], lower=1)
    if failed:
        raise np.linalg.LinAlgError("the effects cannot be told apart")
    return np.asarray(factor)


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
    halved while it raises the deviance. What the effects left of a variable at the last weights
    differs from it by effects alone, so each step starts from there, and needs no more digits than
    the step itself is good for (section 3.2 there).

    Parameters
    ----------
    tol
        Relative change of the deviance at which to stop.
    max_steps
        Cap on the steps.

    Raises
    ------
    LinAlgError
        Where the effects cannot be taken out.
    """
    mu = (y + y.mean()) / 2
    eta, deviance = np.log(mu), np.inf
    free: Any = None
    left, work, digits = np.column_stack((np.zeros(len(y)), x)), np.zeros(len(y)), _FIRST
    for step in range(1, max_steps + 1):
        last, work = work, eta + (y - mu) / mu
        within.weigh(mu)
        left[:, 0] += work - last
        left = within.residual(left, digits)
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
        change = abs(before - deviance) / (0.1 + deviance)
        if change <= tol and digits <= TIGHT:
            return Regression(beta, free, eta, left_x, deviance, step, True)
        digits = float(np.clip(_PER_STEP * change, TIGHT, _LOOSE)) if change > _NEAR else TIGHT
    return Regression(beta, free, eta, left_x, deviance, max_steps, False)
