"""A panel fitted: effects taken out by our own kernel, or by pyfixest where that cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, Problem
from opencorridor.trade.kernels import within
from opencorridor.trade.panel import Panel

__all__ = ["CONSTANT", "MAX_STEPS", "Fit", "fit"]

Floats = npt.NDArray[np.float64]

CONSTANT = "constant"
MAX_STEPS = 200


@dataclass(frozen=True, eq=False)
class Fit:
    """What an estimate is made of, in the unit of trade.

    Attributes
    ----------
    names, coefficients
        Of the regressors that have a coefficient ``[k]``.
    collinear
        Regressors that have none, as others and the effects already give them.
    index
        Linear index of the rows used ``[n]``: the logarithm of expected trade.
    residual_x
        Regressors free of effects, at the weights of the fit ``[n, k]``.
    hessian, scores
        ``[k, k]`` and ``[n, k]``; for Poisson divided by mean trade and its square root.
    deviance, log_likelihood, pseudo_r2
        Of the fit; for logarithms the sum of squares, normal likelihood and R2.
    effect_rank
        Free parameters of the effects, for classic errors.
    linear
        Whether this is a fit of logarithms.
    """

    names: tuple[str, ...]
    coefficients: Floats
    collinear: tuple[str, ...]
    index: Floats
    residual_x: Floats
    hessian: Floats
    scores: Floats
    deviance: float
    log_likelihood: float
    pseudo_r2: float
    effect_rank: int
    linear: bool


def fit(data: Panel, poisson: bool, engine: str | None = None) -> Fit:
    """Return the Poisson or least-squares fit (of logarithms) of a trimmed panel.

    Trade is divided by its mean and regressors by their size, so that tolerances mean the same in
    any unit.

    Parameters
    ----------
    data
        Rows whose reasons :func:`opencorridor.trade.panel.trim` has found.
    poisson
        Whether to fit trade; else its logarithm.
    engine
        ``own`` or ``pyfixest``; by default the second where the first finds the systems of effects
        too large, or hardly hanging together.

    Raises
    ------
    NotConverged
        Where the fit does not settle.
    """
    keep = data.keep
    trade = data.trade[keep]
    scale = float(trade.mean()) if poisson else 1.0
    y = trade / scale if poisson else np.log(trade)
    x = data.x[keep]
    size = np.abs(x).max(axis=0, initial=0.0)
    size[size == 0] = 1.0
    x, names = x / size, data.names
    effects = data.effects[keep]
    if effects.shape[1]:
        effects = within.consecutive(effects)
    else:
        x, size = np.column_stack((x, np.ones(len(x)))), np.append(size, 1.0)
        names = (*names, CONSTANT)
    found = _regression(y, x, effects, poisson, engine)
    if not found.converged:
        raise NotConverged([_stuck()])
    return _scaled(found, names, size, trade, scale, effects, poisson)


def _regression(
    y: Floats, x: Floats, effects: npt.NDArray[np.intp], poisson: bool, engine: str | None
) -> within.Regression:
    """Return the regression by the engine asked for, or by the one that can."""
    if engine != "pyfixest":
        freed = within.Within(effects)
        try:
            if poisson:
                return within.poisson(y, x, freed, max_steps=MAX_STEPS)
            return within.least_squares(y, x, freed)
        except np.linalg.LinAlgError as error:
            if engine == "own":
                raise NotConverged([_loose(error)]) from error
    from opencorridor.trade.pyfixest_fit import regress

    return regress(y, x, effects, poisson, MAX_STEPS)


def _loose(error: Exception) -> Problem:
    return Problem("estimate_not_converged", str(error), mend="leave an effect out")


def _stuck() -> Problem:
    return Problem(
        "estimate_not_converged",
        f"the fit does not settle in {MAX_STEPS} steps",
        mend="look for regressors of very different size, or leave an effect out",
    )


def _scaled(
    found: within.Regression,
    names: tuple[str, ...],
    size: Floats,
    trade: Floats,
    scale: float,
    effects: npt.NDArray[np.intp],
    poisson: bool,
) -> Fit:
    """Return a regression on scaled numbers in the units of the table."""
    free = np.flatnonzero(found.free)
    residual = found.residual_x * size[free]
    index = found.index + np.log(scale)
    coefficients = found.coefficients / size[free]
    if names[-1] == CONSTANT and found.free[-1]:
        coefficients[-1] += np.log(scale)
    mu = np.exp(found.index) if poisson else np.ones(len(trade))
    left = trade / scale - mu if poisson else np.log(trade) - found.index
    statistics = _poisson_statistics if poisson else _log_statistics
    likelihood, r2 = statistics(trade, np.exp(index) if poisson else left)
    count = [int(column.max()) + 1 for column in effects.T]
    return Fit(
        names=tuple(names[k] for k in free),
        coefficients=coefficients,
        collinear=tuple(name for k, name in enumerate(names) if k not in free),
        index=index,
        residual_x=residual,
        hessian=residual.T @ (residual * mu[:, None]),
        scores=residual * left[:, None],
        deviance=found.deviance * scale,
        log_likelihood=likelihood,
        pseudo_r2=r2,
        effect_rank=sum(count) - max(len(count) - 1, 0),
        linear=not poisson,
    )


def _poisson_likelihood(y: Floats, mu: Floats) -> float:
    from scipy.special import gammaln, xlogy

    return float(np.sum(xlogy(y, mu) - mu - gammaln(y + 1)))


def _poisson_statistics(trade: Floats, mu: Floats) -> tuple[float, float]:
    """Return the log pseudo-likelihood and McFadden's pseudo R2."""
    likelihood = _poisson_likelihood(trade, mu)
    null = _poisson_likelihood(trade, np.full_like(trade, trade.mean()))
    return likelihood, 1 - likelihood / null


def _log_statistics(trade: Floats, left: Floats) -> tuple[float, float]:
    """Return the likelihood of normal errors and R2."""
    y, n, rss = np.log(trade), len(trade), float(left @ left)
    likelihood = -n / 2 * (np.log(2 * np.pi * max(rss, np.finfo(float).tiny) / n) + 1)
    spread = float(((y - y.mean()) ** 2).sum())
    return float(likelihood), 1 - rss / spread if spread > 0 else float("nan")
