"""Equilibrium of many sectors with inputs and tariffs: the public door to its kernel.

Worlds are made of accounts in ``sector_accounts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, raise_if
from opencorridor.trade import input_checks as checks
from opencorridor.trade import labels as lb
from opencorridor.trade import validate
from opencorridor.trade.first_order import first_order
from opencorridor.trade.kernels import inputs as kernel
from opencorridor.trade.kernels.equilibrium import reprice
from opencorridor.trade.solve import Cells, as_cells

__all__ = ["SectorEquilibrium", "SectorWorld"]

Floats = npt.NDArray[np.float64]


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
    """A checked world of many sectors, ready for many solves. Made by ``sector_world``.

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
        start = None if wage0 is None else validate.start_logs(wage0, self.labels, "wage")
        inverse = None if like is None else like.base.inverse
        found = kernel.hat(self.base, change.case, start, tol, max_iter, inverse)
        if not found.converged and not allow_unconverged:
            stuck = validate.not_cleared(
                found.state.excess,
                found.iterations,
                tol,
                self.labels,
                poorest=int(found.state.final.argmin()),
                broken="its surplus exceeds its income, or its prices or spending do not settle",
                of="value added",
            )
            raise NotConverged([stuck])
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
        priced = reprice(base.share, base.theta, shock)
    if new is None or not new.any():
        return kernel.Case(priced, priced)
    return kernel.Case(priced, priced / (1.0 + new))
