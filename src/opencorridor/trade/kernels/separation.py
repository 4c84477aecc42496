r"""Observations that no Poisson estimate exists for: separation and singletons.

Correia, Guimarães and Zylkin (2019), "Verifying the existence of maximum likelihood estimates for
generalized linear models", and (2020), "Fast Poisson estimation with high-dimensional fixed
effects", Stata Journal 20(1). A row with trade 0 is separated where some combination of regressors
and effects is 0 on every row with trade, nowhere negative, and positive on it: the likelihood then
rises for ever as the fitted value of the row falls to 0. Such rows say nothing about the other
coefficients and have to be left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.trade.kernels.within import Within, consecutive, free_columns

__all__ = [
    "explained",
    "impossible",
    "separated_by_effects",
    "separated_by_programme",
    "separated_by_rectifier",
    "singletons",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_TINY = 1e-5
_CLEAR = 1e-2
_HEAVY = 1e9
_RIDGE = 1e-9
_DIGITS = 1e-10
_STEPS = 200


def singletons(effects: Ints, keep: Bools) -> Bools:
    """Return the rows that are the only one of a level, found again and again until none is left.

    Parameters
    ----------
    effects
        Level of every effect by row ``[n, m]``, counted from 0.
    keep
        Rows to look at ``[n]``.
    """
    left = keep.copy()
    while True:
        alone = np.zeros_like(left)
        for levels in effects.T:
            count = np.bincount(levels[left], minlength=int(levels.max(initial=0)) + 1)
            alone |= left & (count[levels] == 1)
        if not alone.any():
            return keep & ~left
        left &= ~alone


def separated_by_effects(y: Floats, effects: Ints, keep: Bools) -> Bools:
    """Return the rows of levels whose every ``y`` is 0, found again and again until none is left.

    Parameters as for :func:`singletons`; ``y`` has no negative value.
    """
    out = np.zeros_like(keep)
    for levels in effects.T:
        total = np.bincount(levels[keep], weights=y[keep], minlength=int(levels.max()) + 1)
        out |= keep & (total[levels] == 0)
    return out


def _design(x: Floats, effects: Ints) -> Any:
    """Return regressors and dummies side by side, sparse ``[n, p]``, columns at most 1 in size."""
    from scipy import sparse

    n = len(x)
    size = np.abs(x).max(axis=0, initial=0.0)
    parts = [sparse.csr_array(x / np.where(size > 0, size, 1.0))] if x.shape[1] else []
    for levels in effects.T:
        _, level = np.unique(levels, return_inverse=True)
        parts.append(
            sparse.csr_array((np.ones(n), (np.arange(n), level)), shape=(n, level.max() + 1))
        )
    return sparse.hstack(parts, format="csr")


class _Projector:
    """Least squares on a fixed design and weights, factored once; answers are fitted values."""

    def __init__(self, design: Any, weight: Floats) -> None:
        from scipy import sparse
        from scipy.sparse.linalg import splu

        self.design = design
        self.weighted = design.multiply(weight[:, None]).tocsc()
        normal = (design.T @ self.weighted).tocsc()
        scale = np.sqrt(normal.diagonal())
        self.scale = 1 / np.where(scale > 0, scale, 1.0)
        self.normal = normal.multiply(self.scale[:, None]).multiply(self.scale).tocsc()
        ridge = sparse.eye_array(normal.shape[0], format="csc") * _RIDGE
        self.factor = splu(
            (self.normal + ridge).tocsc(),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )

    def fitted(self, u: Floats) -> Floats:
        """Return the fitted values of ``u``; two refinements take the ridge out."""
        right = self.scale * (self.weighted.T @ u)
        solution = self.factor.solve(right)
        for _ in range(3):
            solution += self.factor.solve(right - self.normal @ solution)
        found: Floats = self.design @ (self.scale * solution)
        return found


def explained(x: Floats, others: Floats, effects: Ints) -> bool:
    """Return whether a regressor ``x[n]`` is a combination of others ``[n, k]`` and effects."""
    columns = np.column_stack((others, x))
    weight = np.ones(len(x))
    try:
        left = _left(columns, effects, weight)
    except np.linalg.LinAlgError:
        fitted = _Projector(_design(others, effects), weight).fitted(x)
        return bool(np.abs(x - fitted).max() <= _TINY * max(np.abs(x).max(), 1e-300))
    return not free_columns(left, columns, weight)[-1]


def _left(columns: Floats, effects: Ints, weight: Floats) -> Floats:
    within = Within(consecutive(effects))
    within.weigh(weight)
    return within.residual(columns, _DIGITS)


def impossible(y: Floats, x: Floats, effects: Ints) -> bool:
    """Return True only where a quick look shows that no row is separated; False says nothing.

    A combination of regressors and effects that is 0 on every row with trade is 0 on all rows if
    the rows with trade alone tell all regressors apart, and all effects as far as all rows do. The
    latter is so if effects drawn at random, fitted on the rows with trade, are met on the others.

    Parameters as for :func:`separated_by_rectifier`.
    """
    trades = y > 0
    if trades.all():
        return True
    weight = trades.astype(np.float64)
    rng = np.random.default_rng(0)
    drawn = np.zeros(len(y))
    for levels in effects.T:
        count = int(levels.max()) + 1
        if (np.bincount(levels, weight, count)[levels] == 0).any():
            return False
        drawn += rng.standard_normal(count)[levels]
    try:
        left = _left(np.column_stack((x, drawn)), effects, weight)
    except np.linalg.LinAlgError:
        return False
    met = not effects.shape[1] or np.abs(left[:, -1]).max() < _TINY
    return bool(met and free_columns(left[:, :-1], x, weight).all())


def separated_by_rectifier(y: Floats, x: Floats, effects: Ints) -> Bools:
    """Return the separated rows: the iterative rectifier, regressors outside effects included.

    A variable that is 1 on rows with ``y = 0`` is regressed on everything, rows with trade
    weighing so much that their fit is 0; what is fitted below 0 is cut off, and so again, until
    nothing fitted is negative: rows fitted above 0 are separated. Where the steps do not settle,
    :func:`separated_by_programme` decides.

    Parameters
    ----------
    y
        Trade ``[n]``, 0 or more.
    x
        Regressors ``[n, k]``, a constant among them where there are no effects.
    effects
        Level of every effect by row ``[n, m]``.
    """
    out = np.zeros(len(y), dtype=np.bool_)
    if not x.shape[1] + effects.shape[1] or impossible(y, x, effects):
        return out
    while True:
        left = ~out
        more = _rectified(y[left], x[left], effects[left])
        if not more.any():
            return out
        out[np.flatnonzero(left)[more]] = True


def _rectified(y: Floats, x: Floats, effects: Ints) -> Bools:
    """Return separated rows, if there are any some of them."""
    zero = y == 0
    none = np.zeros(len(y), dtype=np.bool_)
    if not zero.any():
        return none
    project = _Projector(_design(x, effects), np.where(zero, 1.0, _HEAVY))
    u = zero.astype(np.float64)
    for _ in range(_STEPS):
        fit = project.fitted(u)
        size = np.abs(fit[zero])
        if not (size > _TINY).any():
            return none
        # What still sinks slowly is neither 0 nor clearly above it: then it is not settled.
        if fit[zero].min() > -_TINY and not ((size > _TINY) & (size < _CLEAR)).any():
            settled: Bools = zero & (fit > _CLEAR)
            return settled
        u = np.where(zero, np.maximum(fit, 0.0), 0.0)
        u /= max(u.max(), 1e-300)
    return separated_by_programme(y, x, effects)


def separated_by_programme(y: Floats, x: Floats, effects: Ints) -> Bools:
    """Return the separated rows by linear programmes: slow, exact, for proof.

    Parameters as for :func:`separated_by_rectifier`. Each programme looks for the combination that
    is 0 on rows with trade, between 0 and 1 on the others, and largest in sum; rows where it is
    above 0 are separated and left out of the next.
    """
    from scipy import sparse
    from scipy.optimize import linprog

    zero = y == 0
    design = _design(x, effects)
    out = np.zeros(len(y), dtype=np.bool_)
    while True:
        left = zero & ~out
        if not left.any():
            return out
        goal = -np.asarray(design[left].sum(axis=0)).ravel()
        rows = design[left]
        found = linprog(
            goal,
            A_ub=sparse.vstack((rows, -rows)),
            b_ub=np.repeat((1.0, 0.0), rows.shape[0]),
            A_eq=design[~zero] if (~zero).any() else None,
            b_eq=np.zeros(int((~zero).sum())) if (~zero).any() else None,
            bounds=(None, None),
            method="highs",
        )
        fit = design @ found.x
        more = left & (fit > _TINY)
        if not more.any():
            return out
        out |= more
