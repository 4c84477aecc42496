"""One sector in general equilibrium: the public door to the universal gravity kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, raise_if
from opencorridor.trade import labels as lb
from opencorridor.trade import validate
from opencorridor.trade.kernels import universal as kernel
from opencorridor.trade.one_sector_checks import (
    check_balance,
    check_choice,
    check_priced,
    elasticity,
)
from opencorridor.trade.solve import World, world

__all__ = ["OneSector", "OneSectorResult", "one_sector"]

Floats = npt.NDArray[np.float64]

_DIMS = ("exporter", "importer")


@dataclass(frozen=True)
class OneSectorResult:
    """The world after the change; arrays are numpy, or xarray where the flows were.

    Hats are values over those before. Nominal ones hold the value of world output constant, or,
    with a reference country, its price index.

    Attributes
    ----------
    flows
        Flows ``[N, N]``, exporter by importer, in the unit of the flows given.
    producer_price_hat, price_hat
        Price of what a country makes, and of what it buys (the inward resistance) ``[N]``.
    outward_hat
        Outward multilateral resistance ``[N]``.
    output_hat, outlay_hat
        Value of output and expenditure ``[N]``.
    wage_hat
        Wages ``[N]``: labour is given and earns a fixed share of output.
    real_output_hat, welfare_hat
        Output and expenditure over the price index ``[N]``.
    residual
        Largest error of an equation of the system solved, relative to output.
    market_residual
        Largest excess demand of a country relative to its output. It is the residual, but for
        ``fixed_shares``, whose markets do not clear.
    iterations, converged
        Steps taken, and whether the residual is within the tolerance.
    closure, conditional
        The system solved.
    countries
        Names along the axes.
    """

    flows: Any
    producer_price_hat: Any
    price_hat: Any
    outward_hat: Any
    output_hat: Any
    outlay_hat: Any
    real_output_hat: Any
    welfare_hat: Any
    residual: float
    market_residual: float
    iterations: int
    converged: bool
    closure: str
    conditional: bool
    countries: tuple[str, ...]

    @property
    def wage_hat(self) -> Any:
        """Wages over those before: they move with the value of output."""
        return self.output_hat


@dataclass(frozen=True, eq=False)
class OneSector:
    """A checked world of one sector, ready for many solves. Made by :func:`one_sector`.

    Attributes
    ----------
    world
        The checked flows with shares, totals and labels.
    psi
        Supply elasticity.
    closure
        One of ``kernel.CLOSURES``.
    reference
        Position of the country whose price index is held, or None.
    """

    world: World
    psi: float
    closure: str
    reference: int | None

    @property
    def theta(self) -> float:
        """Elasticity of import demand."""
        return float(self.world.base.theta[0])

    def solve(
        self,
        tau_hat: Any = None,
        *,
        conditional: bool = False,
        price0: Any = None,
        tol: float = 1e-12,
        max_iter: int = 500,
        allow_unconverged: bool = False,
    ) -> OneSectorResult:
        """Return the equilibrium after a change of trade costs.

        Parameters
        ----------
        tau_hat
            New over old trade cost factor: an array ``[N, N]``, a mapping
            ``{(exporter, importer): factor}`` by name or position, or None for no change. ``inf``
            ends a flow.
        conditional
            Output and expenditure stay as they are; trade and resistances answer.
        price0
            Producer prices (hat) to start from ``[N]``, such as those of a similar case.
        tol
            Largest excess demand of a country, relative to its output.
        max_iter
            Cap on the steps.
        allow_unconverged
            Return the best found instead of raising.

        Raises
        ------
        NotConverged
            With the market of the largest excess demand and its residual.
        OpenCorridorError
            With every problem of the cost factors.
        """
        priced = self._priced(tau_hat)
        held = conditional or self.closure == "fixed_shares"
        base = self.world.base
        economy = kernel.Economy(
            base.share[0],
            base.output,
            base.outlay,
            self.theta,
            self.psi,
            self.closure,
            self.reference or 0,
            held,
        )
        labels = self.world.labels
        start = None if price0 is None else validate.start_logs(price0, labels, "price")
        found = kernel.solve(economy, priced, start, tol, max_iter)
        if not (found.converged or (allow_unconverged and np.isfinite(found.markets.worst))):
            stuck = validate.not_cleared(
                found.markets.excess,
                found.iterations,
                tol,
                labels,
                poorest=int(found.markets.outlay.argmin()),
            )
            raise NotConverged([stuck])
        return self._result(priced, economy, found, conditional)

    def _priced(self, tau_hat: Any) -> Floats:
        labels = self.world.labels
        if isinstance(tau_hat, Mapping):
            tau_hat = {(0, *pair): factor for pair, factor in tau_hat.items()}
        elif tau_hat is not None:
            tau_hat = lb.align(tau_hat, labels, _DIMS, "tau_hat")[None]
            if labels.labelled:
                tau_hat = lb.wrap(tau_hat, labels, lb.DIMS, "tau_hat", "1")
        with np.errstate(over="ignore"):
            priced: Floats = self.world.reprice(tau_hat)[0]
        raise_if(check_priced(self.world.base.share[0], priced, labels.countries))
        return priced

    def _result(
        self, priced: Floats, economy: kernel.Economy, found: kernel.Solution, conditional: bool
    ) -> OneSectorResult:
        markets, theta = found.markets, economy.theta
        price = markets.inverse_price ** (-1 / theta)
        out = kernel.outward(economy, markets)
        unit = 1.0 if self.reference is None else float(price[self.reference])
        price, out = price / unit, out * unit
        flows = priced * markets.supply[:, None] * markets.pull
        if conditional:
            producer = income_hat = outlay_hat = np.ones_like(price)
        elif self.closure == "fixed_shares":
            producer = income_hat = outlay_hat = 1 / out
            output = income_hat * economy.output
            flows = flows * income_hat[:, None] * income_hat / output.sum()
        else:
            producer = np.exp(markets.log_price) / unit
            income_hat = markets.income / economy.output / unit
            outlay_hat = markets.outlay / economy.outlay / unit
            flows = flows / unit
        gap = np.abs(flows.sum(axis=1) / (income_hat * economy.output) - 1.0).max()
        names = ("producer_price", "price", "outward", "output", "outlay", "real_output", "welfare")
        values = (producer, price, out, income_hat, outlay_hat, income_hat / price)
        labels = self.world.labels
        hats = {
            f"{name}_hat": lb.wrap(value, labels, ("country",), f"{name}_hat", "1")
            for name, value in zip(names, (*values, outlay_hat / price), strict=True)
        }
        return OneSectorResult(
            **hats,
            flows=lb.wrap(flows * self.world.flows.sum(), labels, _DIMS, "flows", ""),
            residual=markets.worst,
            market_residual=float(gap),
            iterations=found.iterations,
            converged=found.converged,
            closure=self.closure,
            conditional=conditional,
            countries=labels.countries,
        )


def one_sector(
    flows: Any,
    *,
    theta: float | None = None,
    sigma: float | None = None,
    psi: float = 0.0,
    closure: str = "fixed_share",
    reference: str | int | None = None,
    countries: Sequence[str] | None = None,
) -> OneSector:
    r"""Return a checked world of one sector, ready for many solves.

    One solver serves Anderson-van Wincoop and Armington (``sigma``) and Eaton-Kortum (``theta``):
    they differ in the name of one parameter.

    Parameters
    ----------
    flows
        Flows ``[N, N]`` in any unit, exporter by importer, sales at home on the diagonal: an array
        or a DataArray with the dimensions exporter, importer. A fitted gravity baseline comes from
        :func:`opencorridor.trade.gravity_baseline`.
    theta, sigma
        Trade elasticity :math:`\theta > 0`, or elasticity of substitution
        :math:`\sigma = \theta + 1`.
    psi
        Supply elasticity, 0 or more: output of an endowment economy is given (0); with labour's
        share :math:`\beta` of costs and the rest bought as intermediates it is
        :math:`(1 - \beta)/\beta`.
    closure
        ``fixed_share``: deficits keep their share of world output. ``fixed_amount``: they keep
        their amount at the price index of the reference country. ``balanced``: they vanish, so
        "no change of costs" shows what closing them does. ``multiplicative``: expenditure keeps
        its ratio to output, up to a common factor with which the world adds up. ``fixed_shares``:
        the system of the program gegravity, for comparison; its markets do not clear.
    reference
        Country (name or position) whose price index is 1 before and after.
    countries
        Names for messages, where the flows carry none.

    Raises
    ------
    OpenCorridorError
        With every cell, country and elasticity that is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> world = one_sector(np.array([[80.0, 20.0], [20.0, 80.0]]), sigma=5.0)
    >>> world.solve({(0, 1): 0.9, (1, 0): 0.9}).welfare_hat.round(4)
    array([1.0252, 1.0252])
    """
    exponent = elasticity(theta, sigma)
    if lb.is_labelled(flows):
        flows = flows.expand_dims(sector=["the sector"])
    else:
        flows = np.asarray(flows, dtype=np.float64)[None]
    name = None if lb.is_labelled(flows) else ["the sector"]
    # Shares and totals are the same whatever the closure; the closure is this solver's own.
    checked = world(flows, exponent, countries=countries, sectors=name)
    names = checked.labels.countries
    raise_if(check_choice(psi, closure, reference, names))
    if closure == "balanced":
        raise_if(check_balance(checked.flows[0], names))
    place = names.index(reference) if isinstance(reference, str) else reference
    return OneSector(checked, float(psi), closure, place)
