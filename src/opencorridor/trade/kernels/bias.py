r"""Bias of three-way Poisson estimates and of their standard errors.

Weidner and Zylkin (2021), "Bias and consistency in three-way gravity models", Journal of
International Economics 132, 103513. Effects by exporter and time, by importer and time and by pair
leave a bias of order 1/N in the coefficients (the effects of a country and time rest on N trades)
and make clustered standard errors too small. With the pair effects profiled out, a pair is a
multinomial over time: shares :math:`\vartheta`, score :math:`S = y - \lambda`, Hessian
:math:`H = \Lambda(\mathrm{diag}\,\vartheta - \vartheta\vartheta')`, where
:math:`\Lambda = \sum_t \lambda_t`.

Arrays: ``P`` ordered pairs, ``T`` times, ``K`` regressors. Rows that a panel lacks have
``y = lam = x = 0``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Bias", "leverage", "three_way_bias", "three_way_covariance"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_RANK = 1e-10


@dataclass(frozen=True)
class Bias:
    """Bias of the coefficients ``[K]``: its parts by exporter and importer effects, and the sum."""

    exporter: Floats
    importer: Floats

    @property
    def total(self) -> Floats:
        """What has to be subtracted from the coefficients."""
        return self.exporter + self.importer


def _hessians(lam: Floats) -> Floats:
    """Return ``H[P, T, T]`` of the profiled likelihood of every pair."""
    total = lam.sum(axis=1, keepdims=True)
    share = np.divide(lam, total, out=np.zeros_like(lam), where=total > 0)
    hessian: Floats = -lam[:, :, None] * share[:, None, :]
    steps = np.arange(lam.shape[1])
    hessian[:, steps, steps] += lam
    return hessian


def _sum_by(groups: Ints, values: Floats, count: int) -> Floats:
    """Return the sums of ``values[P, ...]`` over the pairs of each group."""
    sums = np.zeros((count, *values.shape[1:]))
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    sums[groups[order][starts]] = np.add.reduceat(values[order], starts, axis=0)
    return sums


def _one_side(
    groups: Ints, y: Floats, lam: Floats, x: Floats, hessian: Floats
) -> Floats:  # fmt: skip
    """Return the sum over countries of the bias terms of one side's effects ``[K]``.

    Proposition 4 of the paper: minus the trace of the inverse Hessian of a country with the sum of
    ``H x S'``, plus half the trace of ``inv(H) (G x) inv(H) S S'``. As ``x`` is free of pair
    effects (their shares weigh it to 0), ``G x`` is minus ``(x_t + x_s) H_ts``, save for
    ``lambda_t x_t`` on its diagonal, whose sum over a country's pairs is 0.
    """
    count = int(groups.max()) + 1
    score = y - lam
    inverse = np.linalg.pinv(_sum_by(groups, hessian, count), rcond=_RANK, hermitian=True)
    squares = _sum_by(groups, score[:, :, None] * score[:, None, :], count)
    around = inverse @ squares @ inverse
    found = np.empty(x.shape[2])
    steps = np.arange(lam.shape[1])
    for k in range(x.shape[2]):
        xk = x[:, :, k]
        first = _sum_by(
            groups, np.einsum("pts,ps->pt", hessian, xk)[:, :, None] * score[:, None, :], count
        )
        third = -(xk[:, :, None] + xk[:, None, :]) * hessian
        third[:, steps, steps] += lam * xk
        second = _sum_by(groups, third, count)
        found[k] = -np.einsum("gts,gst->", inverse, first) + 0.5 * np.einsum(
            "gts,gst->", around, second
        )
    return found


def three_way_bias(
    y: Floats, lam: Floats, x: Floats, exporter: Ints, importer: Ints
) -> Bias:  # fmt: skip
    """Return the analytical bias of three-way Poisson coefficients.

    Parameters
    ----------
    y, lam
        Trade and its fitted value ``[P, T]``, same unit; a pair's sums over time are equal.
    x
        Regressors free of the three effects ``[P, T, K]`` (residuals at weights ``lam``).
    exporter, importer
        Country of each pair ``[P]``, counted from 0 without gaps.
    """
    hessian = _hessians(lam)
    weight = np.linalg.inv(np.einsum("pt,ptk,ptl->kl", lam, x, x))
    parts = []
    for groups in (exporter, importer):
        n = int(groups.max()) + 1
        parts.append(weight @ _one_side(groups, y, lam, x, hessian) * (n / (n - 1)))
    return Bias(*parts)


def _generalised_inverse(matrix: Floats) -> Floats:
    """Return a symmetric generalised inverse of a positive semidefinite matrix.

    Pivoted Cholesky finds a block of full rank, which is inverted; the rest is 0.
    """
    from scipy.linalg import lapack

    scale = np.sqrt(np.maximum(matrix.diagonal(), 0.0))
    scale[scale == 0] = 1.0
    factor, pivot, rank, _ = lapack.dpstrf(matrix / np.outer(scale, scale), tol=_RANK)
    block, _ = lapack.dpotri(np.asfortranarray(factor[:rank, :rank]), lower=0)
    block = np.triu(block) + np.triu(block, 1).T
    kept = pivot[:rank] - 1
    inverse = np.zeros_like(matrix)
    inverse[np.ix_(kept, kept)] = block
    inverse /= np.outer(scale, scale)
    return inverse


def _effect_blocks(
    lam: Floats, hessian: Floats, exporter: Ints, importer: Ints
) -> tuple[Floats, Floats, Floats]:
    """Return the blocks of the inverse Hessian of the effects by country and time.

    Own blocks of exporters ``[N, T, T]`` and importers ``[M, T, T]``, cross blocks of the pairs
    ``[P, T, T]``: exporter's times in the rows.
    """
    n, m, steps = int(exporter.max()) + 1, int(importer.max()) + 1, lam.shape[1]
    full = np.zeros((n + m, steps, n + m, steps))
    places = np.arange(n + m)
    own = np.concatenate((_sum_by(exporter, hessian, n), _sum_by(importer, hessian, m)))
    full[places, :, places, :] = own
    full[exporter, :, n + importer, :] = hessian
    full[n + importer, :, exporter, :] = hessian
    size = (n + m) * steps
    inverse = _generalised_inverse(full.reshape(size, size)).reshape(full.shape)
    own = inverse[places, :, places, :]
    return own[:n], own[n:], inverse[exporter, :, n + importer, :]


def leverage(lam: Floats, x: Floats, exporter: Ints, importer: Ints) -> Floats:
    """Return how far each pair's scores move its own fit: ``[P, T, T]``.

    ``H_ij (x_ij inv(W) x_ij' + d_ij inv(W_effects) d_ij')``, section 3.4 of the paper, with the
    whole inverse of the effects' Hessian.
    """
    hessian = _hessians(lam)
    weight = np.linalg.inv(np.einsum("pt,ptk,ptl->kl", lam, x, x))
    of_exporter, of_importer, cross = _effect_blocks(lam, hessian, exporter, importer)
    inner = of_exporter[exporter] + of_importer[importer] + cross + cross.transpose(0, 2, 1)
    inner += np.einsum("ptk,kl,psl->pts", x, weight, x)
    moved: Floats = hessian @ inner
    return moved


def three_way_covariance(
    y: Floats, lam: Floats, x: Floats, exporter: Ints, importer: Ints, adjust: bool = True
) -> Floats:
    """Return the covariance of three-way coefficients ``[K, K]``, clustered by ordered pair.

    Parameters
    ----------
    adjust
        Whether each pair's outer product of scores is freed of its own leverage, as in section 3.4
        of the paper; else the usual sandwich. Both with the factor P / (P - 1).
    """
    score = y - lam
    bread = np.linalg.inv(np.einsum("pt,ptk,ptl->kl", lam, x, x))
    moved: Any = score
    if adjust:
        freed = np.eye(lam.shape[1]) - leverage(lam, x, exporter, importer)
        moved = np.linalg.solve(freed, score[:, :, None])[:, :, 0]
    left = np.einsum("pt,ptk->pk", moved, x)
    right = np.einsum("pt,ptk->pk", score, x)
    meat = left.T @ right
    pairs = len(lam)
    found: Floats = pairs / (pairs - 1) * bread @ ((meat + meat.T) / 2) @ bread
    return found
