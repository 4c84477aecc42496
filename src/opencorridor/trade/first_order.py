r"""First-order welfare of Caliendo and Parro (2015), eq. 16: terms and volume of trade.

It weighs changes by the flows and tariffs before the change. For small changes it equals the exact
change of real income; for large ones it need not, not even in sign.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["FirstOrder", "first_order"]

Floats = npt.NDArray[np.float64]


class FirstOrder(NamedTuple):
    """Parts of the first-order change of real income ``[N]``, as shares of income."""

    terms_of_trade: Floats
    volume_of_trade: Floats
    trade_cost: Floats

    @property
    def total(self) -> Floats:
        """Sum of the parts ``[N]``."""
        return self.terms_of_trade + self.volume_of_trade + self.trade_cost


def first_order(
    before: Floats,
    after: Floats,
    cost_hat: Floats,
    tau_hat: Floats | None,
    tariff: Floats | None,
    income: Floats,
) -> FirstOrder:
    r"""Return the first-order change of real income by its parts.

    .. math::

        \frac1{I_n}\sum_{s,j} (M_{snj} \Delta c_{sn} - M_{sjn} \Delta c_{sj}) +
        \frac1{I_n}\sum_{s,i} t_{sin} (M'_{sin} - \hat c_{si} M_{sin}) -
        \frac1{I_n}\sum_{s,i} (1 + t_{sin}) M_{sin} \Delta\tau_{sin}

    with M flows without duty (exporter, importer), c costs of the exporter, t tariff rates before
    the change. The last part is the melting of icebergs, which the paper's case does not have.

    Parameters
    ----------
    before, after
        Flows without duty ``[S, N, N]``.
    cost_hat
        Change of unit costs ``[S, N]``.
    tau_hat
        Change of iceberg costs ``[S, N, N]``, None for no change; inf where a flow ends.
    tariff
        Rates before the change ``[S, N, N]``, None for none.
    income
        Final spending before the change ``[N]``.
    """
    moved = cost_hat - 1.0
    sold = (before.sum(axis=2) * moved).sum(axis=0)
    bought = np.einsum("sij,si->j", before, moved)
    none = np.zeros_like(income)
    volume = melted = none
    if tariff is not None:
        volume = np.einsum("sij,sij->j", tariff, after - before * cost_hat[:, :, None])
    if tau_hat is not None:
        rise = np.where(np.isfinite(tau_hat), tau_hat - 1.0, 0.0)
        weight = before if tariff is None else before * (1.0 + tariff)
        melted = -np.einsum("sij,sij->j", weight, rise)
    return FirstOrder((sold - bought) / income, volume / income, melted / income)
