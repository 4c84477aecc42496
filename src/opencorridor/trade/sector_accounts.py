"""From flows, inputs and tariffs to a world of many sectors whose accounts add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem, raise_if
from opencorridor.trade import input_checks as checks
from opencorridor.trade import labels as lb
from opencorridor.trade import validate
from opencorridor.trade.kernels import inputs as kernel
from opencorridor.trade.multi_sector import SectorWorld

__all__ = ["sector_world"]

Floats = npt.NDArray[np.float64]

# How far the accounts of a baseline may miss the model's equations (shares of the country's own).
_OPEN = 1e-6


def _read(values: Any, shape: tuple[int, ...], what: str) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape:
        text = f"{what} have the shape {array.shape}"
        raise OpenCorridorError([Problem("trade_shape", text, expected=str(shape))])
    return array


def _inputs(values: Any, negative: bool, labels: lb.Labels) -> Floats:
    sectors = len(labels.sectors)
    shape = (sectors, sectors, len(labels.countries))
    if values is None:
        return np.zeros(shape)
    inputs = _read(values, shape, "inputs")

    def name(bought: int, user: int, n: int) -> str:
        used = f"{labels.sectors[bought]} used by {labels.sectors[user]}"
        return f"{used} in {labels.countries[n]}"

    raise_if(checks.check_amounts(np.abs(inputs) if negative else inputs, "the amount", name))
    return inputs


def _theta(theta: Any, labels: lb.Labels) -> Floats:
    """Return elasticities ``[S]`` from one number or one per sector."""
    if not lb.is_labelled(theta) and np.ndim(theta) == 0:
        return np.full(len(labels.sectors), float(theta))
    return lb.align(theta, labels, ("sector",), "theta")


def sector_world(
    flows: Any,
    theta: Any,
    *,
    inputs: Any = None,
    value_added: Any = None,
    final: Any = None,
    tariff: Any = None,
    deficit: Any = None,
    closure: str = "fixed_amount",
    settle: bool = False,
    negative_inputs: bool = False,
    countries: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
) -> SectorWorld:
    """Return a checked world of many sectors with inputs and tariffs, ready for many solves.

    Parameters
    ----------
    flows
        Flows without duty ``[S, N, N]`` in any unit, exporter by importer, sales at home on the
        diagonal: an array, a ``TradeMatrix`` or a DataArray.
    theta
        Trade elasticity: one number or one per sector ``[S]``.
    inputs
        What sectors buy for production ``[S, S, N]``: sector bought, sector that uses it, country;
        in the unit of the flows. None: production needs labour alone.
    value_added
        By sector and country ``[S, N]``; None: sales less inputs.
    final
        Final use ``[S, N]``; None: spending less inputs.
    tariff
        Rates ``[S, N, N]``, shares of the value without duty; None: no tariffs.
    deficit
        Deficits ``[N]``; None: imports less exports.
    closure
        ``fixed_amount``: deficits keep their amount, with the world's value added as the measure.
        ``fixed_share``: they keep their share of the world's sales. ``balanced``: they vanish.
    settle
        Take the world's own equilibrium as the baseline (see :meth:`SectorWorld.after`): needed
        where the accounts given do not add up, and to compare worlds that are both balanced.
    negative_inputs
        Take negative inputs as they stand (by-products of old tables) instead of refusing them.
    countries, sectors
        Names for messages, where the flows carry none.

    Raises
    ------
    OpenCorridorError
        With every cell, sector and country that is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0, 20.0], [20.0, 80.0]]])
    >>> inputs = np.array([[[50.0, 50.0]]])
    >>> world = sector_world(flows, 4.0, inputs=inputs)
    >>> world.solve({(0, 0, 1): 0.9, (0, 1, 0): 0.9}).real_income_hat.round(4)
    array([1.0511, 1.0511])
    """
    values, labels = lb.read_flows(flows, countries, sectors)
    elasticity = _theta(theta, labels)
    problems = validate.check_theta(elasticity, labels) + validate.check_flows(values, labels)
    if closure not in kernel.CLOSURES:
        text = f"no rule for deficits is called {closure}"
        expected = ", ".join(kernel.CLOSURES)
        problems.append(Problem("trade_deficit", text, value=closure, expected=expected))
    rates = None if tariff is None else lb.align(tariff, labels, lb.DIMS, "tariff")
    if rates is not None:
        problems += checks.check_rates(rates, "the tariff", labels)
    raise_if(problems)
    used = _inputs(inputs, negative_inputs, labels)
    accounts = _accounts(values, rates, used, (value_added, final, deficit), labels)
    world = _build(values, elasticity, used, accounts, rates, closure, labels)
    if settle:
        return world.after()
    raise_if(_check_closed(world))
    return world


def _accounts(
    flows: Floats,
    rates: Floats | None,
    inputs: Floats,
    given: tuple[Any, Any, Any],
    labels: lb.Labels,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return spending, value added, final use ``[S, N]`` and deficits ``[N]``, checked."""
    n, s = flows.shape[1], flows.shape[0]

    def name(sector: int, country: int) -> str:
        return f"{labels.sectors[sector]} in {labels.countries[country]}"

    sales = flows.sum(axis=2)
    spending = flows.sum(axis=1) if rates is None else (flows * (1.0 + rates)).sum(axis=1)
    added, final = sales - inputs.sum(axis=0), spending - inputs.sum(axis=1)
    deficit = flows.sum(axis=(0, 1)) - sales.sum(axis=0)
    problems = []
    if given[0] is not None:
        added = _read(given[0], (s, n), "value added")
        problems += checks.check_amounts(added, "value added", name)
    if given[1] is not None:
        final = _read(given[1], (s, n), "final use")
        problems += checks.check_amounts(final, "final use", name)
    if given[2] is not None:
        deficit = _read(given[2], (n,), "deficits")
        for i in np.flatnonzero(~np.isfinite(deficit)):
            text = f"the deficit of {labels.countries[i]} is not a number"
            problems.append(Problem("trade_deficits", text, value=labels.countries[i]))
    raise_if(problems)
    raise_if(checks.check_accounts(sales, spending, inputs, added, final, deficit, labels))
    return spending, added, np.maximum(final, 0.0), deficit


def _build(
    flows: Floats,
    theta: Floats,
    inputs: Floats,
    accounts: tuple[Floats, Floats, Floats, Floats],
    rates: Floats | None,
    closure: str,
    labels: lb.Labels,
) -> SectorWorld:
    """Return the world of checked accounts."""
    spending, added, final, deficit = accounts
    cost = inputs.sum(axis=0) + added
    made = cost > 0
    unit = float(added.sum())
    use = np.divide(inputs, cost, out=np.zeros_like(inputs), where=made)
    paid = flows if rates is None else flows * (1.0 + rates)
    reach = np.divide(1.0, spending, out=np.zeros_like(spending), where=spending > 0)
    base = kernel.Base(
        share=paid * reach[:, None, :],
        use=np.ascontiguousarray(use.transpose(2, 0, 1)),
        # A sector that makes nothing is one of labour alone: its cost moves nothing.
        value_added=1.0 - use.sum(axis=0),
        taste=final / final.sum(axis=0),
        income=added.sum(axis=0) / unit,
        deficit=deficit / unit,
        outlay=spending / unit,
        theta=theta,
        closure=closure,
        tariff=rates,
    )
    return SectorWorld(base, flows / unit, unit, labels)


def _check_closed(world: SectorWorld) -> list[Problem]:
    """Return the country whose accounts miss the model's equations most, if by much."""
    if world.base.closure == "balanced":
        return []
    case = kernel.unchanged(world.base)
    n = len(world.labels.countries)
    state = kernel.evaluate(world.base, case, np.zeros(n), None)
    moved = np.abs(state.outlay - world.base.outlay).sum(axis=0) / world.base.outlay.sum(axis=0)
    miss = np.maximum(np.abs(state.excess), moved)
    worst = int(miss.argmax())
    if miss[worst] <= _OPEN:
        return []
    return [
        Problem(
            "trade_accounts_open",
            f"the accounts of {world.labels.countries[worst]} miss the model's equations by "
            f"{miss[worst]:.2g}",
            value=world.labels.countries[worst],
            expected=f"at most {_OPEN:g}",
            mend="leave out final use and deficit, which then follow from the flows, or settle "
            "the world first (settle=True)",
        )
    ]
