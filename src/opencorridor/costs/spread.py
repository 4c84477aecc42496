"""Spread of a time whose mean and 95th percentile are known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["lognormal_cv"]

Z95 = 1.6448536269514722
"""95th percentile of the standard normal distribution."""


def lognormal_cv(mean: npt.ArrayLike, p95: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the coefficient of variation of a lognormal time.

    From ``ln(p95 / mean) = z σ − σ²/2`` follows ``σ = z − sqrt(z² − 2 ln(p95 / mean))``, the
    smaller root; the coefficient is ``sqrt(exp(σ²) − 1)``. No lognormal has p95 above
    ``exp(z²/2) = 3.87`` times its mean: there σ = z. Where p95 is blank, or not above the mean, no
    spread is known and 0 comes back.

    Parameters
    ----------
    mean, p95
        Hours, any shapes that broadcast.
    """
    m, q = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(p95, np.float64))
    known = (m > 0) & (q > m)
    log_ratio = np.log(np.where(known, q, 1.0) / np.where(known, m, 1.0))
    sigma = Z95 - np.sqrt(np.maximum(Z95**2 - 2.0 * log_ratio, 0.0))
    return np.where(known, np.sqrt(np.expm1(sigma**2)), 0.0)
