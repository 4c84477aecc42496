"""What a table of flows, elasticities and cost factors must be before anything is solved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.trade.labels import Labels, align

__all__ = [
    "check_cost_factors",
    "check_flows",
    "check_suppliers",
    "check_theta",
    "not_cleared",
    "start_logs",
]

Floats = npt.NDArray[np.float64]


def _cells(mask: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    for sector, exporter, importer in np.argwhere(mask):
        yield int(sector), int(exporter), int(importer)


def check_flows(flows: Floats, labels: Labels) -> list[Problem]:
    """Return what is wrong with flows ``[S, N, N]``: bad cells, idle countries, separate parts."""
    total = flows.sum(axis=0)
    # Two passes over all cells: every draw of a world comes by here.
    if not (np.isfinite(total).all() and flows.min() >= 0):
        problems = [
            Problem(
                "trade_flow_not_finite",
                f"the flow of {labels.cell(*cell)} is not a number",
                table="trade_flow",
                value=str(flows[cell]),
                expected="a finite number, 0 for no trade",
            )
            for cell in _cells(~np.isfinite(flows))
        ]
        problems += [
            Problem(
                "trade_flow_negative",
                f"the flow of {labels.cell(*cell)} is negative",
                table="trade_flow" if cell[1] != cell[2] else "output",
                value=str(flows[cell]),
                expected="0 or more",
                mend="" if cell[1] != cell[2] else "raise output to at least the exports",
            )
            for cell in _cells(flows < 0)
        ]
        if problems:
            return problems
    return _check_countries(total, labels) or _check_parts(total, labels)


def _check_countries(total: Floats, labels: Labels) -> list[Problem]:
    sold, bought = total.sum(axis=1), total.sum(axis=0)
    problems = [
        Problem(
            "trade_country_without_output",
            f"{labels.countries[i]} sells nothing at home or abroad",
            table="output",
            column="gross_output_usd_current",
            value=labels.countries[i],
            expected="domestic sales or exports in at least one sector",
            mend="give its output or merge it into a neighbour",
        )
        for i in np.flatnonzero(sold <= 0)
    ]
    return problems + [
        Problem(
            "trade_country_without_expenditure",
            f"{labels.countries[i]} buys nothing at home or abroad",
            table="trade_flow",
            column="importer",
            value=labels.countries[i],
            expected="domestic sales or imports in at least one sector",
            mend="give its output and imports or merge it into a neighbour",
        )
        for i in np.flatnonzero(bought <= 0)
    ]


def _groups(joined: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return the number of the group of each country, given which are joined ``[N, N]``."""
    group = np.full(len(joined), -1, dtype=np.intp)
    while (group < 0).any():
        reached = np.arange(len(joined)) == np.argmax(group < 0)
        while (more := reached | joined[reached].any(axis=0)).sum() > reached.sum():
            reached = more
        group[reached] = group.max() + 1
    return group


def _check_parts(total: Floats, labels: Labels) -> list[Problem]:
    """Refuse a world in parts without trade between them: their wages cannot be compared."""
    trades = total > 0
    if trades.all():
        return []
    part = _groups(trades | trades.T)
    count = int(part.max()) + 1
    if count == 1:
        return []
    largest = np.bincount(part).argmax()
    problems = []
    for number in range(count):
        if number == largest:
            continue
        members = [labels.countries[i] for i in np.flatnonzero(part == number)]
        problems.append(
            Problem(
                "trade_world_in_parts",
                f"{', '.join(members)}: no trade with the {int((part == largest).sum())} countries "
                "of the largest group, so their wages cannot be compared",
                table="trade_flow",
                value=members[0],
                expected="at least one flow between the groups",
                mend="add a flow or leave these countries out",
            )
        )
    return problems


def check_theta(theta: Floats, labels: Labels) -> list[Problem]:
    """Return what is wrong with trade elasticities ``[S]``."""
    return [
        Problem(
            "theta_not_positive",
            f"the trade elasticity of {labels.sectors[s]} is {theta[s]:g}",
            table="elasticity",
            column="theta",
            value=str(theta[s]),
            expected="a positive number (theta, which is sigma - 1)",
        )
        for s in np.flatnonzero(~(np.isfinite(theta) & (theta > 0)))
    ]


def check_cost_factors(tau_hat: Floats, cells: Iterator[str] | list[str]) -> list[Problem]:
    """Return what is wrong with cost factors ``[K]`` whose cells have these names."""
    return [
        Problem(
            "trade_cost_factor",
            f"the change of trade costs of {name} is {value:g}",
            value=str(value),
            expected="a factor above 0: 1 for no change, inf for no trade",
        )
        for value, name in zip(tau_hat, cells, strict=True)
        if not value > 0
    ]


def check_suppliers(share: Floats, priced: Floats, labels: Labels) -> list[Problem]:
    """Return the markets that bought before the change and have no supplier left after it."""
    lost = (share.sum(axis=1) > 0) & (priced.sum(axis=1) <= 0)
    return [
        Problem(
            "trade_market_without_supplier",
            f"{labels.countries[j]} has no supplier of {labels.sectors[s]} left",
            value=labels.countries[j],
            expected="a finite cost factor of at least one supplier",
        )
        for s, j in np.argwhere(lost)
    ]


def start_logs(values: Any, labels: Labels, what: str) -> Floats:
    """Return logs of the wages or prices (``what``) to start from ``[N]``, or refuse them."""
    given = align(values, labels, ("country",), f"{what}0")
    if not (np.isfinite(given).all() and (given > 0).all()):
        text = f"a starting {what} is not positive"
        raise OpenCorridorError([Problem(f"trade_{what}", text, column=f"{what}0")])
    return np.asarray(np.log(given))


def not_cleared(
    excess: Floats,
    iterations: int,
    tol: float,
    labels: Labels,
    *,
    poorest: int | None = None,
    broken: str = "its surplus exceeds its income",
    of: str = "output",
) -> Problem:
    """Return the market of the largest excess demand as a problem.

    Parameters
    ----------
    excess
        Demand over supply less one ``[N]``.
    iterations, tol
        Steps taken, and what counts as cleared.
    poorest, broken
        Where excess demand is no number: the country to name, and why.
    of
        What excess demand is relative to.
    """
    worst = int(np.abs(excess).argmax())
    if np.isfinite(excess[worst]):
        why = f"demand differs from supply by {abs(excess[worst]):.3g} of {of}"
    else:
        worst, why = worst if poorest is None else poorest, broken
    name = labels.countries[worst]
    return Problem(
        "trade_not_converged",
        f"the market of {name} does not clear: {why} after {iterations} steps",
        value=name,
        expected=f"at most {tol:g}",
        mend="look at its output and deficit, or at cost factors near 0",
    )
