r"""Structural gravity in levels: the flows that fitted trade costs, output and expenditure give.

.. math::

    X_{ij} = \frac{Y_i E_j}{Y} \frac{a_{ij}}{(\Pi_i P_j)^{-\theta}}, \qquad
    P_j^{-\theta} = \sum_i \frac{a_{ij}}{\Pi_i^{-\theta}} \frac{Y_i}{Y}, \qquad
    \Pi_i^{-\theta} = \sum_j \frac{a_{ij}}{P_j^{-\theta}} \frac{E_j}{Y},

with access :math:`a_{ij} = \tau_{ij}^{-\theta} = \exp(x_{ij} \beta)` of a gravity estimate.
Anderson and van Wincoop (2003), American Economic Review 93(1), eq. 9-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, OpenCorridorError, Problem, raise_if, suggest
from opencorridor.trade import validate
from opencorridor.trade.kernels import universal as kernel
from opencorridor.trade.labels import Labels

__all__ = ["GravityBaseline", "gravity_access", "gravity_baseline"]

Floats = npt.NDArray[np.float64]

_CLOSED = 1e-6


@dataclass(frozen=True)
class GravityBaseline:
    """Flows of a gravity estimate and the resistances behind them.

    Attributes
    ----------
    flows
        Flows ``[N, N]`` in the unit of output; rows add to output, columns to expenditure.
    inward, outward
        Multilateral resistances P and Pi ``[N]``, P of the reference country 1.
    residual
        Largest difference of a row's sum from output, relative to output.
    iterations
        Steps taken.
    """

    flows: Floats
    inward: Floats
    outward: Floats
    residual: float
    iterations: int


def gravity_access(coefficients: Mapping[str, float], variables: Mapping[str, Any]) -> Floats:
    r"""Return :math:`\exp(\sum_k \beta_k x_k)` ``[N, N]`` of coefficients and their variables.

    Raises
    ------
    OpenCorridorError
        Where a coefficient has no variable, or a variable is not finite.
    """
    missing = [name for name in coefficients if name not in variables]
    raise_if(
        Problem(
            "gravity_variable",
            f"there is no variable for the coefficient {name}",
            column=name,
            expected="one [N, N] array for each coefficient",
            mend=suggest(name, variables),
        )
        for name in missing
    )
    total: Any = 0.0
    for name, value in coefficients.items():
        total = total + value * np.asarray(variables[name], dtype=np.float64)
    with np.errstate(over="ignore"):
        found = np.asarray(np.exp(total))
    if not np.isfinite(found).all():
        raise OpenCorridorError(
            [
                Problem(
                    "gravity_access",
                    f"trade costs of {int((~np.isfinite(found)).sum())} pairs are no numbers",
                    expected="finite variables and coefficients",
                )
            ]
        )
    return found


def _check_totals(output: Floats, outlay: Floats, countries: Sequence[str]) -> list[Problem]:
    problems = [
        Problem(
            "gravity_total",
            f"the {what} of {countries[i]} is {values[i]:g}",
            column=what,
            value=countries[i],
            expected="a positive number",
        )
        for what, values in (("output", output), ("expenditure", outlay))
        for i in np.flatnonzero(~(np.isfinite(values) & (values > 0))).tolist()
    ]
    if not problems and abs(outlay.sum() / output.sum() - 1.0) > _CLOSED:
        problems.append(
            Problem(
                "gravity_world_open",
                f"the world spends {outlay.sum():g} and makes {output.sum():g}",
                column="expenditure",
                expected="equal totals",
                mend="scale expenditure to the total of output",
            )
        )
    return problems


def gravity_baseline(
    access: Any,
    output: Any,
    outlay: Any,
    *,
    theta: float,
    reference: int = 0,
    countries: Sequence[str] | None = None,
    tol: float = 1e-12,
    max_iter: int = 500,
) -> GravityBaseline:
    r"""Return the flows that trade costs, output and expenditure give, with the resistances.

    Parameters
    ----------
    access
        :math:`\tau^{-\theta}` ``[N, N]``, exporter by importer, up to a common factor.
    output, outlay
        Output and expenditure ``[N]``, with equal totals.
    theta
        Trade elasticity, for the resistances; the flows do not hang on it.
    reference
        Position of the country whose inward resistance is 1.
    countries
        Names for messages.
    tol, max_iter
        Largest relative difference of a row's sum from output, and cap on the steps.

    Raises
    ------
    OpenCorridorError
        With every pair and total that is wrong.
    NotConverged
        With the country whose flows do not add up.
    """
    given = [np.asarray(x, dtype=np.float64) for x in (access, output, outlay)]
    reach, made, spent = given
    n = len(made)
    if reach.shape != (n, n) or spent.shape != (n,):
        shapes = ", ".join(str(x.shape) for x in given)
        raise OpenCorridorError(
            [Problem("trade_shape", f"shapes {shapes}", expected="[N, N], [N] and [N]")]
        )
    labels = Labels(tuple(countries or (f"country {i}" for i in range(n))), ("all",))
    raise_if(
        _check_totals(made, spent, labels.countries)
        + validate.check_theta(np.array([theta]), labels)
        + validate.check_flows(reach[None], labels)
    )
    total = made.sum()
    made, spent = made / total, spent / spent.sum()
    economy = kernel.Economy(reach, made, spent, float(theta), conditional=True)
    found = kernel.solve(economy, reach, -np.log(made * n) / theta, tol, max_iter)
    markets = found.markets
    if not found.converged:
        worst = int(np.abs(markets.excess).argmax())
        raise NotConverged(
            [
                Problem(
                    "trade_not_converged",
                    f"the flows of {labels.countries[worst]} do not add up to its output: off by "
                    f"{abs(markets.excess[worst]):.3g} after {found.iterations} steps",
                    value=labels.countries[worst],
                    expected=f"at most {tol:g}",
                )
            ]
        )
    unit = markets.inverse_price[reference]
    return GravityBaseline(
        flows=reach * markets.supply[:, None] * (markets.pull * total),
        inward=(markets.inverse_price / unit) ** (-1 / theta),
        outward=(markets.supply / (made * unit)) ** (1 / theta),
        residual=markets.worst,
        iterations=found.iterations,
    )
