"""The adapter to pyfixest: arrays in, a regression out. Nothing else imports it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, Problem
from opencorridor.trade.kernels.within import Regression

__all__ = ["regress"]

Floats = npt.NDArray[np.float64]

EFFECT_TOLERANCE = 1e-8
STEP_TOLERANCE = 1e-10
ROUNDS = 100_000


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


def regress(
    y: Floats, x: Floats, effects: npt.NDArray[np.intp], poisson: bool, max_steps: int
) -> Regression:
    """Return the Poisson (``fepois``) or least-squares (``feols``) regression.

    Effects are taken out by alternating projections: measured, that is several times as fast on
    trade as conjugate gradients, which moreover do not settle on three effects with sales at home.
    Separated rows and singletons have to be left out before.

    Parameters
    ----------
    y, x, effects
        ``[n]``, ``[n, k]`` and ``[n, m]``; without effects a constant is the last column of ``x``.
    max_steps
        Cap on the steps.

    Raises
    ------
    NotConverged
        Where the effects cannot be taken out.
    """
    import pandas as pd

    made: dict[str, Any] = {"y": y}
    made |= {f"x{k}": column for k, column in enumerate(x.T)}
    made |= {f"f{m}": column for m, column in enumerate(effects.T)}
    right = " + ".join(f"x{k}" for k in range(x.shape[1]))
    parts = " + ".join(f"f{m}" for m in range(effects.shape[1]))
    formula = f"y ~ {right} | {parts}" if parts else f"y ~ {right} - 1"
    with _pyfixest() as pf:
        from pyfixest.demeaners import MapDemeaner

        shared: dict[str, Any] = {
            "vcov": "iid",
            "fixef_rm": "none",
            "demeaner": MapDemeaner(fixef_tol=EFFECT_TOLERANCE, fixef_maxiter=ROUNDS),
            "copy_data": False,
            "store_data": False,
        }
        try:
            if poisson:
                fit = pf.fepois(
                    formula, pd.DataFrame(made), separation_check=[], iwls_tol=STEP_TOLERANCE,
                    iwls_maxiter=max_steps, **shared,
                )  # fmt: skip
            else:
                fit = pf.feols(formula, pd.DataFrame(made), **shared)
        except ValueError as error:
            if "emeaning" not in str(error):
                raise
            raise _no_demeaning(error) from error
    return _plain(fit, y, x.shape[1], poisson)


def _no_demeaning(error: ValueError) -> NotConverged:
    text = "the effects cannot be taken out: they hardly hang together"
    return NotConverged(
        [Problem("estimate_not_converged", text, value=str(error), mend="leave an effect out")]
    )


def _plain(fit: Any, y: Floats, columns: int, poisson: bool) -> Regression:
    free = np.isin([f"x{k}" for k in range(columns)], fit._coefnames)
    residual = np.asarray(fit._X, dtype=np.float64)
    if poisson:
        residual = residual / np.sqrt(fit._irls_weights)[:, None]
        index = np.asarray(fit._Y_hat_link, dtype=np.float64)
        deviance, converged = float(fit.deviance), bool(fit.convergence)
    else:
        left = np.asarray(fit._u_hat, dtype=np.float64).ravel()
        index, deviance, converged = y - left, float(left @ left), True
    beta = np.asarray(fit._beta_hat, dtype=np.float64).ravel()
    return Regression(beta, free, index, residual, deviance, 0, converged)
