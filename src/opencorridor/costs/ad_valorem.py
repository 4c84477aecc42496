"""From US$ per tonne to ad valorem trade cost factors: the only place where it is done."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from opencorridor.study import OpenCorridorError, Problem

__all__ = ["class_mean", "tau_hat"]

Floats = npt.NDArray[np.float64]


def tau_hat(
    c_new: npt.ArrayLike,
    c_base: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    d_new: npt.ArrayLike | None = None,
    d_base: npt.ArrayLike | None = None,
    kappa_share_per_day: npt.ArrayLike | None = None,
) -> Floats:
    """Return the change of the trade cost factor, τ̂ = (1 + c′/v + κd′) ÷ (1 + c/v + κd).

    Two bookkeepings of time, never both. Without κ the cost c holds the hours (value of time in
    US$ per t·h); with κ, time is a share of value per day (Hummels and Schaur 2013) and c must be
    without hours. They agree where the value of time is κ v / 24 per t·h.

    Parameters
    ----------
    c_new, c_base
        Cost per tonne from door to door, US$/t, any shapes that broadcast.
    v
        Value density, US$/t, above 0.
    d_new, d_base
        Days from door to door (with κ).
    kappa_share_per_day
        Share of value that a day costs.

    Returns
    -------
    array
        NaN where a cost is NaN (no way).

    Raises
    ------
    OpenCorridorError
        Codes ``value_density`` (not above 0), ``tau_bookkeeping`` (κ without days, days without κ).
    """
    density = np.asarray(v, dtype=np.float64)
    if not np.all(density > 0):
        raise _error("value_density", "a value density is not above 0", "US$ per tonne above 0")
    given = [x is not None for x in (d_new, d_base, kappa_share_per_day)]
    if any(given) and not all(given):
        raise _error("tau_bookkeeping", "time as a share of value needs κ and both days", "all 3")
    new = 1.0 + np.asarray(c_new, dtype=np.float64) / density
    base = 1.0 + np.asarray(c_base, dtype=np.float64) / density
    if d_new is not None and d_base is not None and kappa_share_per_day is not None:
        kappa = np.asarray(kappa_share_per_day, dtype=np.float64)
        new = new + kappa * np.asarray(d_new, dtype=np.float64)
        base = base + kappa * np.asarray(d_base, dtype=np.float64)
    return np.asarray(new / base)


def class_mean(tau: npt.ArrayLike, value: npt.ArrayLike, axis: int = 0) -> Floats:
    """Return the value-weighted mean of τ̂ over classes (DESIGN §6: the τ̂ of a sector).

    A class of value 0 does not count even where its τ̂ is NaN; with value and no way (NaN) the
    mean is NaN; without any value the mean is NaN.
    """
    t, w = np.broadcast_arrays(np.asarray(tau, np.float64), np.asarray(value, np.float64))
    total = w.sum(axis=axis)
    part = np.where(w == 0, 0.0, w * t).sum(axis=axis)
    return np.asarray(np.divide(part, total, out=np.full_like(total, np.nan), where=total > 0))


def _error(code: str, message: str, expected: str) -> OpenCorridorError:
    return OpenCorridorError([Problem(code=code, message=message, expected=expected)])
