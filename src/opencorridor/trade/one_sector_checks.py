"""What is wrong with a world of one sector, its elasticities and its changes of costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem, raise_if, suggest
from opencorridor.trade.kernels.universal import CLOSURES

__all__ = ["NEED_REFERENCE", "check_balance", "check_choice", "check_priced", "elasticity"]

Floats = npt.NDArray[np.float64]

NEED_REFERENCE = ("fixed_amount", "fixed_shares")


def check_balance(flows: Floats, countries: Sequence[str]) -> list[Problem]:
    """Return the countries that cannot balance their trade, as they never sell to the others."""
    if flows.all():
        return []
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    count, group = connected_components(csr_array(flows > 0), directed=True, connection="strong")
    if count == 1:
        return []
    largest = np.bincount(group).argmax()
    return [
        Problem(
            "trade_one_way",
            f"{countries[i]} sells to the others or buys from them, not both: its trade cannot "
            "balance",
            value=countries[i],
            expected="trade in both directions, if by way of others",
            mend="choose another closure or leave the country out",
        )
        for i in np.flatnonzero(group != largest).tolist()
    ]


def check_priced(share: Floats, priced: Floats, countries: Sequence[str]) -> list[Problem]:
    """Return markets that a change of costs blows up or leaves without buyer or seller."""
    if np.isfinite(priced).all() and priced.sum(axis=0).all() and priced.sum(axis=1).all():
        return []
    problems = [
        Problem(
            "trade_cost_factor",
            f"the change of trade costs of {countries[i]} to {countries[j]} is too near 0",
            expected="a factor whose power to the elasticity is a number",
        )
        for i, j in np.argwhere(~np.isfinite(priced)).tolist()
    ]
    for axis, what in ((1, "buyer"), (0, "supplier")):
        lost = (share.sum(axis=axis) > 0) & (priced.sum(axis=axis) <= 0)
        problems += [
            Problem(
                f"trade_market_without_{what}",
                f"{countries[i]} has no {what} left",
                value=countries[i],
                expected=f"a finite cost factor of at least one {what}",
            )
            for i in np.flatnonzero(lost).tolist()
        ]
    return problems


def elasticity(theta: float | None, sigma: float | None) -> float:
    """Return theta from one of theta and sigma."""
    if (theta is None) == (sigma is None):
        raise OpenCorridorError(
            [
                Problem(
                    "trade_elasticity",
                    "give one elasticity, theta or sigma",
                    expected="theta (Eaton-Kortum), or sigma (Armington), which is theta + 1",
                )
            ]
        )
    if theta is not None:
        return float(theta)
    assert sigma is not None
    raise_if(
        [
            Problem(
                "sigma_not_above_one",
                f"the elasticity of substitution is {sigma:g}",
                column="sigma",
                value=str(sigma),
                expected="a number above 1 (sigma, which is theta + 1)",
            )
        ]
        if not (np.isfinite(sigma) and sigma > 1)
        else []
    )
    return float(sigma) - 1.0


def check_choice(
    psi: float, closure: str, reference: str | int | None, countries: Sequence[str]
) -> list[Problem]:
    """Return what is wrong with a supply elasticity, a closure and a reference country."""
    problems = []
    if not (np.isfinite(psi) and psi >= 0):
        problems.append(
            Problem(
                "psi_negative",
                f"the supply elasticity is {psi:g}",
                column="psi",
                value=str(psi),
                expected="0 (an endowment) or more",
            )
        )
    if closure not in CLOSURES:
        problems.append(
            Problem(
                "trade_deficit",
                f"no rule for deficits is called {closure}",
                value=closure,
                expected=", ".join(CLOSURES),
                mend=suggest(closure, CLOSURES),
            )
        )
    if reference is None and closure in NEED_REFERENCE:
        problems.append(
            Problem(
                "trade_reference",
                f"the closure {closure} needs a reference country",
                column="reference",
                expected="the country whose price index holds amounts and prices",
            )
        )
    if closure == "fixed_shares" and psi:
        problems.append(
            Problem(
                "trade_fixed_shares",
                "the closure fixed_shares knows no supply elasticity",
                column="psi",
                value=str(psi),
                expected="0",
            )
        )
    known = reference is None or reference in countries or reference in range(len(countries))
    if not known:
        problems.append(
            Problem(
                "trade_labels",
                f"country {reference} is not a label of the flows",
                column="reference",
                value=str(reference),
                mend=suggest(str(reference), countries),
            )
        )
    return problems
