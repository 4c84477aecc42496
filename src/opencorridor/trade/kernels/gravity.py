r"""Poisson pseudo maximum likelihood of one square table of trade, effects of both ends included.

.. math:: E[y_{ij}] = \mu_{ij} = \exp(x_{ij}' \beta + a_i + b_j)

Review of Economics and Statistics 88(4), 2006, "The log of gravity": PPML is consistent with
heteroskedastic trade and takes zeros. Fally (2015), Journal of International Economics 97(1): with
effects of exporters and importers the fitted flows add up to the observed totals of each, so the
effects are the multilateral resistances of structural gravity. A table of a few hundred countries
is small: Newton's method on all coefficients at once, whose matrix is written down in blocks, is a
few dozen milliseconds, and the covariance of any prediction is one product more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Fit", "covariance", "ends", "gradient", "ppml", "project"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ends = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]

# Widest log distance of a fitted value from the mean flow on the way.
_WIDEST = 40.0


class Fit(NamedTuple):
    """Coefficients of one table.

    Attributes
    ----------
    beta
        Coefficients of the variables ``[K]``.
    exporter, importer
        Effects ``[N]`` (that of the last importer used is 0); 0 without effects.
    mu
        Fitted values ``[N, N]``, 0 where not used.
    used
        Cells that were estimated on ``bool[N, N]``.
    inverse
        Inverse of the information matrix ``[P, P]``: variables, exporters, importers but the last.
    gap
        Largest change of a fitted value in the last step, relative to the mean one.
    iterations, converged
        Steps taken, and whether the gap is within the tolerance.
    """

    beta: Floats
    exporter: Floats
    importer: Floats
    mu: Floats
    used: Bools
    inverse: Floats
    gap: float
    iterations: int
    converged: bool


def _active(y: Floats, used: Bools) -> Bools:
    """Return the cells whose exporter and importer trade with any other: others say nothing."""
    keep = used.copy()
    while True:
        seen: Bools = keep & np.asarray(y > 0.0)
        sends, takes = np.asarray(seen.any(axis=1)), np.asarray(seen.any(axis=0))
        fewer = keep & sends[:, None] & takes[None, :]
        if (fewer == keep).all():
            return np.asarray(fewer)
        keep = fewer


def ends(used: Bools, effects: bool) -> Ends:
    """Return positions of the exporters and importers that have an effect; the last is pinned."""
    if not effects:
        none = np.zeros(0, dtype=np.intp)
        return none, none
    return np.flatnonzero(used.any(axis=1)), np.flatnonzero(used.any(axis=0))[:-1]


def _information(weight: Floats, x: Floats, of: Ends) -> Floats:
    """Return the information matrix ``[P, P]`` at weights ``[N, N]``, in blocks."""
    out, into = of
    k, n, m = len(x), len(out), len(into)
    heavy = x * weight
    matrix = np.zeros((k + n + m, k + n + m))
    matrix[:k, :k] = np.tensordot(heavy, x, axes=([1, 2], [1, 2]))
    matrix[:k, k : k + n] = heavy.sum(axis=2)[:, out]
    matrix[:k, k + n :] = heavy.sum(axis=1)[:, into]
    rows, columns = np.arange(k, k + n), np.arange(k + n, k + n + m)
    matrix[rows, rows] = weight.sum(axis=1)[out]
    matrix[columns, columns] = weight.sum(axis=0)[into]
    matrix[k : k + n, k + n :] = weight[np.ix_(out, into)]
    upper = np.triu(matrix)
    return np.asarray(upper + np.triu(matrix, 1).T)


def gradient(weight: Floats, x: Floats, of: Ends) -> Floats:
    """Return the sum of the rows of the design ``[P]`` with weights ``[N, N]``."""
    out, into = of
    by_variable = np.tensordot(x, weight, axes=([1, 2], [0, 1]))
    return np.concatenate([by_variable, weight.sum(axis=1)[out], weight.sum(axis=0)[into]])


def _solve(matrix: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)


def ppml(
    y: Floats,
    x: Floats,
    used: Bools,
    *,
    effects: bool = True,
    tol: float = 1e-10,
    max_iter: int = 100,
) -> Fit:
    """Return the PPML fit of a square table.

    Parameters
    ----------
    y
        Flows ``[N, N]``, 0 or more, any unit.
    x
        Variables ``[K, N, N]``, finite where used; without effects one of them is a constant.
    used
        Cells to estimate on ``bool[N, N]``; with effects those of an exporter or importer without
        any trade drop out.
    effects
        Whether exporters and importers have effects.
    tol
        Largest change of a fitted value in a step, relative to the mean one.
    max_iter
        Cap on the steps.
    """
    keep = _active(y, used) if effects else used.copy()
    of = ends(keep, effects)
    mean = float(y[keep].mean())
    flow, plane = np.where(keep, y, 0.0), np.where(keep, x, 0.0)
    start = np.outer(flow.sum(axis=1), flow.sum(axis=0)) / flow.sum() if effects else mean
    mu = np.where(keep, (flow + start) / 2.0, 0.0)
    eta = np.where(keep, np.log(np.where(keep, mu, 1.0)), 0.0)
    gap, steps = np.inf, 0
    solution: Floats = np.zeros(len(x) + len(of[0]) + len(of[1]))
    while gap > tol and steps < max_iter:
        # Iteratively reweighted least squares: Newton's step written for eta itself.
        right = gradient(mu * eta + (flow - mu), plane, of)
        solution = _solve(_information(mu, plane, of), right)
        eta = _eta(solution, plane, of)
        log_mu = np.log(mean) + np.clip(eta - np.log(mean), -_WIDEST, _WIDEST)
        last, mu = mu, np.where(keep, np.exp(log_mu), 0.0)
        gap, steps = float(np.abs(mu - last).max() / mean), steps + 1
    n, k = len(y), len(x)
    exporter, importer = np.zeros(n), np.zeros(n)
    exporter[of[0]] = solution[k : k + len(of[0])]
    importer[of[1]] = solution[k + len(of[0]) :]
    inverse: Floats = np.asarray(np.linalg.inv(_information(mu, plane, of)), np.float64)
    return Fit(solution[:k].copy(), exporter, importer, mu, keep, inverse, gap, steps, gap <= tol)


def _eta(solution: Floats, x: Floats, of: Ends) -> Floats:
    out, into = of
    k = len(x)
    rows, columns = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    rows[out], columns[into] = solution[k : k + len(out)], solution[k + len(out) :]
    return np.asarray(
        np.tensordot(solution[:k], x, axes=1) + rows[:, None] + columns[None, :], dtype=np.float64
    )


def covariance(y: Floats, x: Floats, fit: Fit, effects: bool, wanted: Floats) -> Floats:
    r"""Return the covariance of linear combinations of all coefficients, clustered by pair.

    Both directions of a pair are one cluster: :math:`\frac{C}{C-1} W' H^{-1} (\sum_c s_c s_c')
    H^{-1} W`, s the scores.

    Parameters
    ----------
    y, x, effects
        As estimated on.
    fit
        The fit.
    wanted
        Combinations ``[P, M]``, in the order of ``fit.inverse``: unit vectors give coefficients,
        :func:`gradient` those of predictions.
    """
    of = ends(fit.used, effects)
    residual = np.where(fit.used, y - fit.mu, 0.0)
    plane = np.where(fit.used, x, 0.0)
    score = np.stack([residual * _eta(column, plane, of) for column in (fit.inverse @ wanted).T])
    together = score + score.transpose(0, 2, 1)
    upper = np.triu_indices(y.shape[0], 1)
    by_pair = together[:, upper[0], upper[1]]
    clusters = int((fit.used | fit.used.T)[upper].sum())
    return np.asarray(by_pair @ by_pair.T * (clusters / (clusters - 1.0)))


def project(variable: Floats, others: Floats, fit: Fit, effects: bool) -> Floats:
    """Return a variable ``[N, N]`` as the other ones ``[K, N, N]`` and the effects predict it.

    Least squares with the fitted values as weights.
    """
    of = ends(fit.used, effects)
    plane = np.where(fit.used, others, 0.0)
    right = gradient(np.where(fit.used, fit.mu * variable, 0.0), plane, of)
    return _eta(_solve(_information(fit.mu, plane, of), right), plane, of)
