"""Equilibrium of many sectors with inputs and tariffs: the public door to its kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, OpenCorridorError, Problem, raise_if
from opencorridor.trade import input_checks as checks
from opencorridor.trade import labels as lb
from opencorridor.trade import validate
from opencorridor.trade.first_order import first_order
from opencorridor.trade.kernels import inputs as kernel
from opencorridor.trade.solve import Cells, as_cells

__all__ = ["SectorEquilibrium", "SectorWorld", "sector_world"]

Floats = npt.NDArray[np.float64]

# How far the accounts of a baseline may miss the model's equations (shares of the country's own).
_OPEN = 1e-6


@dataclass(frozen=True)
class SectorEquilibrium:
    """The world after the change. Arrays are numpy, or xarray where the flows were.

    Amounts are in the unit of the flows, at a constant value of the world's value added. Hats are
    new over old.

    Attributes
    ----------
    flows
        Flows without duty ``[S, N, N]``: what exporters receive.
    spending
        Spending with duty ``[S, N]``.
    wage_hat, consumer_price_hat, real_wage_hat
        By country ``[N]``.
    price_hat, cost_hat
        Price index and unit cost by sector and country ``[S, N]``.
    revenue
        Tariff revenue after the change ``[N]``.
    income
        Final spending after the change ``[N]``: value added, revenue and deficit.
    real_income_hat
        Income over the consumer price index, exactly ``[N]``: the change of welfare.
    terms_of_trade, volume_of_trade, trade_cost, first_order
        First-order change of real income and its parts, shares of income ``[N]`` (Caliendo and
        Parro 2015, eq. 16, weights before the change). For large changes it differs from
        ``real_income_hat``, in size and even in sign.
    residual
        Largest miss of any equation: value added, prices (logs), spending (shares of a country's).
    iterations, converged
        Newton steps, and whether the residual is within the tolerance.
    countries, sectors
        Names along the axes.
    """

    flows: Any
    spending: Any
    wage_hat: Any
    consumer_price_hat: Any
    real_wage_hat: Any
    price_hat: Any
    cost_hat: Any
    revenue: Any
    income: Any
    real_income_hat: Any
    terms_of_trade: Any
    volume_of_trade: Any
    trade_cost: Any
    first_order: Any
    residual: float
    iterations: int
    converged: bool
    countries: tuple[str, ...]
    sectors: tuple[str, ...]


class _Change(NamedTuple):
    """A checked change: the kernel's case, cost factors and new rates (None: as before)."""

    case: kernel.Case
    tau_hat: Floats | None
    rates: Floats | None


@dataclass(frozen=True, eq=False)
class SectorWorld:
    """A checked world of many sectors, ready for many solves. Made by :func:`sector_world`.

    Attributes
    ----------
    base
        Shares and totals of the kernel.
    flows
        Flows without duty before the change ``[S, N, N]``, shares of the world's value added.
    unit
        The world's value added in the unit of the flows given.
    labels
        Names of countries and sectors.
    """

    base: kernel.Base
    flows: Floats
    unit: float
    labels: lb.Labels

    def solve(
        self,
        tau_hat: Any = None,
        *,
        tariff: Any = None,
        wage0: Any = None,
        tol: float = 1e-12,
        max_iter: int = 200,
        allow_unconverged: bool = False,
        like: SectorWorld | None = None,
    ) -> SectorEquilibrium:
        """Return the equilibrium after a change of trade costs and tariffs.

        Parameters
        ----------
        tau_hat
            New over old iceberg cost: an array ``[S, N, N]``, :class:`Cells` or a mapping
            ``{(sector, exporter, importer): factor}`` by name or position; None for no change,
            ``inf`` ends a flow.
        tariff
            New rates, in the same forms; those not named stay. 0.05 is 5 per cent.
        wage0
            Wages (hat) to start from ``[N]``.
        tol
            Largest excess demand of a country, relative to its value added.
        max_iter
            Cap on Newton steps.
        allow_unconverged
            Return the best found instead of raising.
        like
            A similar world whose Jacobian serves to start with; it does not change the answer.

        Raises
        ------
        NotConverged
            With the market of the largest excess demand and its residual.
        OpenCorridorError
            With every problem of the cost factors and rates.
        """
        change = self._change(tau_hat, tariff)
        found = self._found(change, wage0, tol, max_iter, allow_unconverged, like)
        return self._equilibrium(change, found)

    def after(
        self,
        tau_hat: Any = None,
        *,
        tariff: Any = None,
        tol: float = 1e-12,
        max_iter: int = 200,
    ) -> SectorWorld:
        """Return the world after a change as a new baseline; parameters as in :meth:`solve`.

        Without a change it is the world at its own equilibrium: with deficits closed
        (``balanced``) the world without deficits, and where accounts do not add up the nearest
        world of the model whose accounts do.
        """
        change = self._change(tau_hat, tariff)
        case, state = change.case, self._found(change, None, tol, max_iter, False, None).state
        reach = np.divide(
            state.pull, state.outlay, out=np.zeros_like(state.pull), where=state.outlay > 0
        )
        base = replace(
            self.base,
            share=case.priced * state.supply[:, :, None] * reach[:, None, :],
            income=state.income,
            deficit=state.final - state.income - state.revenue,
            outlay=state.outlay,
            tariff=self.base.tariff if change.rates is None else change.rates,
        )
        flows = case.paid * state.supply[:, :, None] * state.pull[:, None, :]
        return SectorWorld(base, flows, self.unit, self.labels)

    def _change(self, tau_hat: Any, tariff: Any) -> _Change:
        """Return a checked change of icebergs and tariffs."""
        shock, rates = self._dense(tau_hat, "tau_hat"), self._dense(tariff, "tariff")
        problems = [] if rates is None else checks.check_rates(rates, "the tariff", self.labels)
        if shock is not None:
            bad = np.argwhere(~(shock > 0))
            names = [self.labels.cell(*map(int, cell)) for cell in bad]
            problems += validate.check_cost_factors(shock[tuple(bad.T)], names)
        raise_if(problems)
        case = _case(self.base, shock, rates)
        if shock is not None and np.isinf(shock).any():
            raise_if(validate.check_suppliers(self.base.share, case.priced, self.labels))
        return _Change(case, shock, rates)

    def _found(
        self,
        change: _Change,
        wage0: Any,
        tol: float,
        max_iter: int,
        allow_unconverged: bool,
        like: SectorWorld | None,
    ) -> kernel.Solution:
        """Return the solution of the kernel, or raise with the market that does not clear."""
        start = None
        if wage0 is not None:
            wage = lb.align(wage0, self.labels, ("country",), "wage0")
            if not (np.isfinite(wage).all() and (wage > 0).all()):
                text = "a starting wage is not positive"
                raise OpenCorridorError([Problem("trade_wage", text, column="wage0")])
            start = np.log(wage)
        inverse = None if like is None else like.base.inverse
        found = kernel.hat(self.base, change.case, start, tol, max_iter, inverse)
        if not found.converged and not allow_unconverged:
            raise NotConverged([self._stuck(found, tol)])
        return found

    def _dense(self, values: Any, what: str) -> Floats | None:
        """Return cost factors or rates as ``[S, N, N]``; None for none."""
        if values is None:
            return None
        if isinstance(values, Mapping):
            values = as_cells(values, self.labels)
        if not isinstance(values, Cells):
            return lb.align(values, self.labels, lb.DIMS, what)
        old = self.base.tariff if what == "tariff" else None
        dense = np.full(self.flows.shape, float(what == "tau_hat")) if old is None else old.copy()
        dense[values.sector, values.exporter, values.importer] = values.tau_hat
        return dense

    def _stuck(self, found: kernel.Solution, tol: float) -> Problem:
        excess = found.state.excess
        worst = int(np.abs(excess).argmax())
        name = self.labels.countries[worst]
        if not np.isfinite(excess[worst]):
            poorest = int(found.state.final.argmin())
            name = self.labels.countries[poorest]
            why = "its surplus exceeds its income, or its prices or spending do not settle"
        else:
            why = f"demand differs from supply by {abs(excess[worst]):.3g} of value added"
        return Problem(
            "trade_not_converged",
            f"the market of {name} does not clear: {why} after {found.iterations} steps",
            value=name,
            expected=f"at most {tol:g}",
            mend="look at its output and deficit, or at cost factors near 0",
        )

    def _equilibrium(self, change: _Change, found: kernel.Solution) -> SectorEquilibrium:
        base, state, case = self.base, found.state, change.case
        after = case.paid * state.supply[:, :, None]
        after *= state.pull[:, None, :]
        cost_hat, wage_hat = np.exp(state.log_cost), np.exp(state.log_wage)
        consumer = np.exp((base.taste * state.log_price).sum(axis=0))
        before = _final(base, self.flows)
        parts = first_order(self.flows, after, cost_hat, change.tau_hat, base.tariff, before)
        real = state.final / before / consumer

        def country(values: Floats, name: str, unit: str = "1") -> Any:
            return lb.wrap(values, self.labels, ("country",), name, unit)

        def sector(values: Floats, name: str, unit: str = "1") -> Any:
            return lb.wrap(values, self.labels, ("sector", "country"), name, unit)

        return SectorEquilibrium(
            flows=lb.wrap(after * self.unit, self.labels, lb.DIMS, "flows", ""),
            spending=sector(state.outlay * self.unit, "spending", ""),
            wage_hat=country(wage_hat, "wage_hat"),
            consumer_price_hat=country(consumer, "consumer_price_hat"),
            real_wage_hat=country(wage_hat / consumer, "real_wage_hat"),
            price_hat=sector(np.exp(state.log_price), "price_hat"),
            cost_hat=sector(cost_hat, "cost_hat"),
            revenue=country(state.revenue * self.unit, "revenue", ""),
            income=country(state.final * self.unit, "income", ""),
            real_income_hat=country(real, "real_income_hat"),
            terms_of_trade=country(parts.terms_of_trade, "terms_of_trade"),
            volume_of_trade=country(parts.volume_of_trade, "volume_of_trade"),
            trade_cost=country(parts.trade_cost, "trade_cost"),
            first_order=country(parts.total, "first_order"),
            residual=max(float(np.abs(miss).max()) for miss in kernel.misses(base, case, state)),
            iterations=found.iterations,
            converged=found.converged,
            countries=self.labels.countries,
            sectors=self.labels.sectors,
        )


def _final(base: kernel.Base, flows: Floats) -> Floats:
    """Return final spending before the change ``[N]``."""
    duty = 0.0 if base.tariff is None else (base.tariff * flows).sum(axis=(0, 1))
    return np.asarray(base.income + duty + base.deficit)


def _case(base: kernel.Base, shock: Floats | None, rates: Floats | None) -> kernel.Case:
    """Return shares repriced by icebergs and tariffs."""
    new = base.tariff if rates is None else rates
    priced = base.share
    if rates is not None:
        factor = (1.0 + rates) if base.tariff is None else (1.0 + rates) / (1.0 + base.tariff)
        shock = factor if shock is None else shock * factor
    if shock is not None:
        priced = np.zeros_like(base.share)
        # Only cells that trade and change cost a power.
        np.copyto(priced, base.share)
        cell = np.nonzero((shock != 1.0) & (base.share > 0))
        priced[cell] *= shock[cell] ** -base.theta[cell[0]]
    if new is None or not new.any():
        return kernel.Case(priced, priced)
    return kernel.Case(priced, priced / (1.0 + new))


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
    elasticity = np.asarray(theta.values if lb.is_labelled(theta) else theta, dtype=np.float64)
    if elasticity.ndim == 0:
        elasticity = np.full(len(values), float(elasticity))
    else:
        elasticity = lb.align(theta, labels, ("sector",), "theta")
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
