"""What tables of inputs, value added, tariffs and final use must be before anything is solved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import Problem
from opencorridor.trade.labels import Labels

__all__ = ["check_accounts", "check_amounts", "check_rates"]

Floats = npt.NDArray[np.float64]

# What sales may differ from cost, and a country's deficits from none: rounding of statistics.
CLOSE = 1e-3


def check_amounts(values: Floats, what: str, name: Callable[..., str]) -> list[Problem]:
    """Return the cells that are no amounts: not finite, or negative."""
    return [
        Problem(
            "trade_amount",
            f"{what} of {name(*map(int, cell))} is {values[tuple(cell)]:g}",
            value=str(values[tuple(cell)]),
            expected="a finite amount, 0 or more",
        )
        for cell in np.argwhere(~(np.isfinite(values) & (values >= 0)))
    ]


def check_rates(rates: Floats, what: str, labels: Labels) -> list[Problem]:
    """Return the cells ``[S, N, N]`` that are no tariff rates."""
    return [
        Problem(
            "trade_tariff",
            f"{what} of {labels.cell(*map(int, cell))} is {rates[tuple(cell)]:g}",
            value=str(rates[tuple(cell)]),
            expected="a share of value, 0 or more (0.05 for 5 per cent)",
            mend="per cent are to be divided by 100; a subsidy is not a tariff",
        )
        for cell in np.argwhere(~(np.isfinite(rates) & (rates >= 0)))
    ]


def check_accounts(
    sales: Floats,
    spending: Floats,
    inputs: Floats,
    value_added: Floats,
    final: Floats,
    deficit: Floats,
    labels: Labels,
) -> list[Problem]:
    """Return where the accounts of sectors and countries do not add up.

    ``sales, spending, value_added, final`` ``[S, N]``; ``inputs`` ``[S, S, N]``: bought by user;
    ``deficit`` ``[N]``. One unit.
    """

    def each(mask: npt.NDArray[np.bool_], code: str, text: str, expected: str) -> list[Problem]:
        return [
            Problem(
                code,
                f"{labels.sectors[s]} in {labels.countries[n]} {text}",
                value=labels.countries[n],
                expected=expected,
            )
            for s, n in np.argwhere(mask)
        ]

    cost, made = inputs.sum(axis=0) + value_added, sales > 0
    slack = CLOSE * sales + 1e-6 * sales.sum(axis=0)
    used = (inputs.sum(axis=1) > 0) | (final > 0)
    problems = [
        *each(
            made & (value_added <= 1e-9 * sales),
            "trade_no_value_added",
            "sells but adds no value: its inputs cost as much as its sales or more",
            "inputs below sales",
        ),
        *each(
            np.abs(cost - sales) > slack,
            "trade_output_differs",
            "sells another amount than its inputs and value added cost",
            f"sales = inputs + value added, to {CLOSE:g}",
        ),
        *each(
            (spending <= 0) & used,
            "trade_input_not_bought",
            "is used there but bought from nobody",
            "a flow to the country, from abroad or from itself",
        ),
        *each(
            (spending > 0) & (final < -1e-9 * spending.sum(axis=0)),
            "trade_final_negative",
            "is used as an input beyond what the country buys of it",
            "inputs of at most the spending",
        ),
    ]
    for n in np.flatnonzero(~(final.sum(axis=0) > 0)):
        text = f"{labels.countries[n]} consumes nothing: all that it buys goes into production"
        problems.append(Problem("trade_no_final_use", text, value=labels.countries[n]))
    world = float(value_added.sum())
    if not abs(deficit.sum()) <= CLOSE * world:
        problems.append(
            Problem(
                "trade_deficits",
                f"the deficits add up to {deficit.sum():g}",
                value=f"{deficit.sum():g}",
                expected="0: what one country borrows another lends",
            )
        )
    return problems
