r"""Levers of trade policy beyond transport, as changes of the trade costs of one pair.

By sector s and direction d the cost factor changes by

.. math:: \hat\tau_{sd} = \frac{1 + t' + p' - e'}{1 + t + p - e} \cdot \frac{1 + n'}{1 + n} \cdot
   \frac{1 + \kappa_s (h' + \rho \sigma')/24}{1 + \kappa_s (h + \rho \sigma)/24} \cdot
   \exp(-\Delta v / \theta_s)

with duties t, payment costs p, export credit e, non-tariff measures n, hours h and spread
:math:`\sigma` at borders, :math:`\kappa_s` the share of value that a day costs (Hummels and Schaur
2013), :math:`\rho` the value of an hour of spread over that of an hour, and v the log change of
trade by visas (Neumayer 2011). Duties and payments add up as in the study's own table of tariffs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["KINDS", "PairCosts", "conditional", "phased", "tau_parts"]

Floats = npt.NDArray[np.float64]

KINDS = (
    "border_hours",
    "border_spread",
    "duty_a",
    "duty_b",
    "non_tariff",
    "visa",
    "payment",
    "export_credit",
)
_TINY = 1e-300


@dataclass(frozen=True)
class PairCosts:
    """What the trade of a pair bears now, by sector and direction (a to b, b to a).

    A leading axis of draws may stand before every array.

    Attributes
    ----------
    theta
        Trade elasticities ``[S]``.
    day_share
        Cost of a day as a share of value ``[S]``.
    border_h, border_spread_h
        Hours at borders and their spread ``[S, 2]``.
    duty, payment, non_tariff
        Shares of value ``[S, 2]``; the duty of direction a to b is that of b.
    reliability_ratio
        Value of an hour of spread over that of an hour.
    visa_log, credit_share
        Log change of trade by a full visa requirement (negative), and what full cover by export
        credit takes off the cost of a payment (positive), as shares of value.
    """

    theta: Floats
    day_share: Floats
    border_h: Floats
    border_spread_h: Floats
    duty: Floats
    payment: Floats
    non_tariff: Floats
    reliability_ratio: Floats
    visa_log: Floats
    credit_share: Floats


def _split(changes: Mapping[str, Floats], whole: Floats) -> dict[str, Floats]:
    """Return the log change of a factor ``whole`` shared out among the changes inside it."""
    total = sum(changes.values(), np.zeros_like(whole))
    after = np.log1p(total / whole)
    rate = np.where(np.abs(total) > _TINY, after / np.where(total == 0, 1.0, total), 1.0 / whole)
    return {kind: change * rate for kind, change in changes.items()}


def tau_parts(
    now: PairCosts, before: Mapping[str, float], after: Mapping[str, float]
) -> dict[str, Floats]:
    """Return the log change of trade costs by kind of lever, ``[..., S, 2]``; they add up.

    Parameters
    ----------
    now
        What the pair bears.
    before, after
        Values of the levers by kind, of those that move. A lever of a quantity that the pair bears
        by sector (hours, spread, duty, payment) scales it by ``after / before``; where it was 0 it
        adds ``after``.
    """
    zero = np.zeros(np.broadcast_shapes(now.border_h.shape, now.duty.shape))

    def moved(kind: str, held: Floats) -> Floats:
        if kind not in after:
            return zero
        if before[kind] == 0.0:
            return zero + after[kind]
        return zero + held * (after[kind] / before[kind] - 1.0)

    def share(kind: str) -> float:
        return after[kind] - before[kind] if kind in after else 0.0

    day = now.day_share[..., :, None] / 24.0
    ratio = now.reliability_ratio[..., None, None]
    only_a_to_b, only_b_to_a = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    money = {
        "duty_b": moved("duty_b", now.duty) * only_a_to_b,
        "duty_a": moved("duty_a", now.duty) * only_b_to_a,
        "payment": moved("payment", now.payment),
        "export_credit": zero - now.credit_share[..., None, None] * share("export_credit"),
    }
    time = {
        "border_hours": day * moved("border_hours", now.border_h),
        "border_spread": day * ratio * moved("border_spread", now.border_spread_h),
    }
    parts = _split(money, 1.0 + now.duty + now.payment)
    parts |= _split(
        {"non_tariff": moved("non_tariff", now.non_tariff)}, 1.0 + now.non_tariff + zero
    )
    parts |= _split(time, 1.0 + day * (now.border_h + ratio * now.border_spread_h))
    visa = now.visa_log[..., None, None] * share("visa") / now.theta[..., :, None]
    parts["visa"] = zero - visa
    return {kind: parts[kind] for kind in KINDS if kind in after}


def conditional(flow: Floats, import_share: Floats, theta: Floats, log_tau: Floats) -> Floats:
    """Return flows ``[..., S, 2]`` after a change of their own costs at given wages and spending.

    For a pair that is small beside the world this is the equilibrium to a few parts in ten
    thousand, and it takes many draws at once.

    Parameters
    ----------
    flow, import_share
        Flows ``[S, 2]`` and their shares in what the importer spends on the sector.
    theta
        Trade elasticities ``[..., S]``.
    log_tau
        Log change of trade costs ``[..., S, 2]``.
    """
    response = np.exp(-theta[..., :, None] * log_tau)
    return np.asarray(flow * response / (1.0 + import_share * (response - 1.0)))


def phased(
    before: Mapping[str, float], after: Mapping[str, float], share: Mapping[str, float]
) -> dict[str, float]:
    """Return the values of levers of which a share of the change is made."""
    return {
        kind: before[kind] + share[kind] * (value - before[kind]) for kind, value in after.items()
    }
