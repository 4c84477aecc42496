"""The adapter to pyfixest: a panel in, a fit as plain arrays out. Nothing else imports it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, Problem
from opencorridor.trade.panel import Panel

__all__ = ["MAX_STEPS", "Fit", "fit_logs", "fit_poisson"]

Floats = npt.NDArray[np.float64]

EFFECT_TOLERANCE = 1e-8
STEP_TOLERANCE = 1e-10
MAX_STEPS = 200
CONSTANT = "constant"


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
    converged: bool


@contextmanager
def _pyfixest() -> Iterator[Any]:
    """Yield pyfixest without the warnings that are ours to report or none of the user's."""
    with warnings.catch_warnings():
        # pandas 3 deprecates a keyword that pyfixest 0.60 still passes.
        warnings.filterwarnings("ignore", message="(?s).*inplace")
        # Collinear regressors are reported by us, by name.
        warnings.filterwarnings("ignore", message="(?s).*multicollinearity")
        import pyfixest

        yield pyfixest


def _frame(data: Panel, y: Floats) -> tuple[Any, str, Floats]:
    """Return a DataFrame, the formula, and the size of each regressor, by which it is divided."""
    import pandas as pd

    keep = data.keep
    x = data.x[keep]
    size = np.abs(x).max(axis=0, initial=0.0)
    size[size == 0] = 1.0
    made: dict[str, Any] = {"y": y}
    made |= {f"x{k}": x[:, k] / size[k] for k in range(x.shape[1])}
    made |= {f"f{m}": levels for m, levels in enumerate(data.effects[keep].T)}
    right = " + ".join(f"x{k}" for k in range(x.shape[1])) or "1"
    effects = " + ".join(f"f{m}" for m in range(data.effects.shape[1]))
    return pd.DataFrame(made), f"y ~ {right}" + (f" | {effects}" if effects else ""), size


def _named(fit: Any, data: Panel, size: Floats) -> tuple[tuple[str, ...], Floats, tuple[str, ...]]:
    """Return names and sizes of the regressors with a coefficient, and names of the others."""
    names, sizes = [], []
    for coefficient in fit._coefnames:
        constant = coefficient == "Intercept"
        names.append(CONSTANT if constant else data.names[int(coefficient[1:])])
        sizes.append(1.0 if constant else size[int(coefficient[1:])])
    collinear = tuple(data.names[int(name[1:])] for name in fit._collin_vars or ())
    return tuple(names), np.array(sizes), collinear


def _constant_last(found: Fit) -> Fit:
    """Return the fit with the constant, which comes first, at the end."""
    if CONSTANT not in found.names:
        return found
    from dataclasses import replace

    order = np.roll(np.arange(len(found.names)), -1)
    return replace(
        found,
        names=tuple(found.names[k] for k in order),
        coefficients=found.coefficients[order],
        residual_x=found.residual_x[:, order],
        hessian=found.hessian[np.ix_(order, order)],
        scores=found.scores[:, order],
    )


def _no_demeaning(error: ValueError) -> NotConverged:
    text = "the effects cannot be taken out: they hardly hang together"
    return NotConverged(
        [Problem("estimate_not_converged", text, value=str(error), mend="leave an effect out")]
    )


def fit_poisson(data: Panel) -> Fit:
    """Return the Poisson fit of a panel (``fepois``; separation has been dealt with before).

    Trade is divided by its mean and regressors by their size, so that tolerances mean the same
    for any unit. Effects are taken out by alternating projections: measured, that is faster on
    trade than conjugate gradients, which moreover do not settle on panels with sales at home.
    """
    with _pyfixest() as pf:
        from pyfixest.demeaners import MapDemeaner

        y = data.trade[data.keep]
        mean = float(y.mean())
        frame, formula, size = _frame(data, y / mean)
        try:
            fit = pf.fepois(
                formula, frame, vcov="iid", fixef_rm="none", separation_check=[],
                demeaner=MapDemeaner(fixef_tol=EFFECT_TOLERANCE, fixef_maxiter=100_000),
                iwls_tol=STEP_TOLERANCE, iwls_maxiter=MAX_STEPS, copy_data=False, store_data=False,
            )  # fmt: skip
        except ValueError as error:
            if "emeaning" not in str(error):
                raise
            raise _no_demeaning(error) from error
    names, sizes, collinear = _named(fit, data, size)
    mu = np.asarray(fit._Y_hat_response, dtype=np.float64)
    residual = fit._X / np.sqrt(fit._irls_weights)[:, None] * sizes
    return _constant_last(
        Fit(
            names=names,
            coefficients=np.asarray(fit._beta_hat) / sizes,
            collinear=collinear,
            index=np.asarray(fit._Y_hat_link) + np.log(mean),
            residual_x=residual,
            hessian=residual.T @ (residual * mu[:, None]),
            scores=residual * (y / mean - mu)[:, None],
            deviance=float(fit.deviance) * mean,
            log_likelihood=_poisson_likelihood(y, mu * mean),
            pseudo_r2=1 - _poisson_likelihood(y, mu * mean)
            / _poisson_likelihood(y, np.full_like(y, mean)),
            effect_rank=0,
            linear=False,
            converged=bool(fit.convergence),
        )
    )  # fmt: skip


def _poisson_likelihood(y: Floats, mu: Floats) -> float:
    from scipy.special import gammaln, xlogy

    return float(np.sum(xlogy(y, mu) - mu - gammaln(y + 1)))


def fit_logs(data: Panel) -> Fit:
    """Return the least-squares fit of the logarithm of trade (``feols``)."""
    with _pyfixest() as pf:
        from pyfixest.demeaners import MapDemeaner

        y = np.log(data.trade[data.keep])
        frame, formula, size = _frame(data, y)
        try:
            fit = pf.feols(
                formula, frame, vcov="iid", fixef_rm="none", copy_data=False, store_data=False,
                demeaner=MapDemeaner(fixef_tol=EFFECT_TOLERANCE * 1e-2, fixef_maxiter=100_000),
            )  # fmt: skip
        except ValueError as error:
            if "emeaning" not in str(error):
                raise
            raise _no_demeaning(error) from error
    names, sizes, collinear = _named(fit, data, size)
    left = np.asarray(fit._u_hat, dtype=np.float64).ravel()
    residual = np.asarray(fit._X) * sizes
    rss, n = float(left @ left), len(y)
    return _constant_last(
        Fit(
            names=names,
            coefficients=np.asarray(fit._beta_hat).ravel() / sizes,
            collinear=collinear,
            index=y - left,
            residual_x=residual,
            hessian=residual.T @ residual,
            scores=residual * left[:, None],
            deviance=rss,
            log_likelihood=-n / 2 * (np.log(2 * np.pi * rss / n) + 1),
            pseudo_r2=1 - rss / float(((y - y.mean()) ** 2).sum()),
            effect_rank=_effect_rank(data),
            linear=True,
            converged=True,
        )
    )


def _effect_rank(data: Panel) -> int:
    """Return the number of free parameters of the effects: levels, less one a further effect."""
    keep = data.keep
    count = [len(np.unique(levels)) for levels in data.effects[keep].T]
    return sum(count) - max(len(count) - 1, 0)
