"""General equilibrium of trade after a change of trade costs: the public door to the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, OpenCorridorError, Problem, raise_if
from opencorridor.trade import labels as lb
from opencorridor.trade import validate
from opencorridor.trade.kernels import equilibrium as kernel

__all__ = ["Cells", "Equilibrium", "World", "as_cells", "solve", "world"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Changes of trade costs by cell: everything else stays as it is.

    Attributes
    ----------
    sector, exporter, importer
        Positions ``int[K]``; no cell twice.
    tau_hat
        Factors ``[K]``, 1 = no change.
    """

    sector: npt.NDArray[np.intp]
    exporter: npt.NDArray[np.intp]
    importer: npt.NDArray[np.intp]
    tau_hat: Floats


@dataclass(frozen=True)
class Equilibrium:
    """The world after the change.

    Arrays are numpy, or xarray where the flows were.

    Attributes
    ----------
    flows
        Flows ``[S, N, N]`` in the unit of the flows given, at a constant value of world output.
    wage_hat, price_hat
        Wages and consumer price index over those before ``[N]``; world output is the numeraire.
    welfare_hat
        Real income (expenditure over the price index) over that before ``[N]``.
    residual
        Largest excess demand of a country relative to its output.
    iterations, converged
        Steps taken, and whether the residual is within the tolerance.
    countries, sectors
        Names along the axes.
    """

    flows: Any
    wage_hat: Any
    price_hat: Any
    welfare_hat: Any
    residual: float
    iterations: int
    converged: bool
    countries: tuple[str, ...]
    sectors: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class World:
    """A checked world, ready for many solves. Made by :func:`world`.

    Attributes
    ----------
    flows
        Flows ``[S, N, N]``, exporter by importer, sales at home on the diagonal.
    base
        Shares and totals of the kernel.
    labels
        Names of countries and sectors.
    """

    flows: Floats
    base: kernel.Base
    labels: lb.Labels

    def solve(
        self,
        tau_hat: Any = None,
        *,
        wage0: Any = None,
        tol: float = 1e-12,
        max_iter: int = 200,
        allow_unconverged: bool = False,
        like: World | None = None,
    ) -> Equilibrium:
        """Return the equilibrium after a change of trade costs.

        Parameters
        ----------
        tau_hat
            New over old trade cost factor: an array ``[S, N, N]``, :class:`Cells`, a mapping
            ``{(sector, exporter, importer): factor}`` by name or position, or None for no change.
            ``inf`` ends a flow.
        wage0
            Wages (hat) to start from ``[N]``, such as ``wage_hat`` of a similar case.
        tol
            Largest excess demand of a country, relative to its output.
        max_iter
            Cap on the steps.
        allow_unconverged
            Return the best found instead of raising.
        like
            A similar world (another draw) whose Jacobian serves to start with: it saves drawing
            up one's own and does not change the answer.

        Raises
        ------
        NotConverged
            With the market of the largest excess demand and its residual.
        OpenCorridorError
            With every problem of the cost factors.
        """
        priced = self.reprice(tau_hat)
        start = None if wage0 is None else validate.start_logs(wage0, self.labels, "wage")
        inverse = None if like is None else like.base.inverse
        found = kernel.hat(self.base, priced, start, tol, max_iter, inverse)
        if not found.converged and not allow_unconverged:
            stuck = validate.not_cleared(found.state.excess, found.iterations, tol, self.labels)
            raise NotConverged([stuck])
        return self._equilibrium(priced, found)

    def reprice(self, tau_hat: Any) -> Floats:
        """Return import shares times the cost factors to the power of minus theta (a new array)."""
        share, theta = self.base.share, self.base.theta
        if tau_hat is None:
            return share.copy()
        if isinstance(tau_hat, Mapping):
            tau_hat = as_cells(tau_hat, self.labels)
        if isinstance(tau_hat, Cells):
            cell = (tau_hat.sector, tau_hat.exporter, tau_hat.importer)
            factors = np.asarray(tau_hat.tau_hat, dtype=np.float64)
            _check_cells(cell, factors, self.labels)
            priced = share.copy()
            priced[cell] *= factors ** -theta[tau_hat.sector]
        else:
            factors = lb.align(tau_hat, self.labels, lb.DIMS, "tau_hat")
            bad = np.argwhere(~(factors > 0))
            names = [self.labels.cell(*map(int, cell)) for cell in bad]
            raise_if(validate.check_cost_factors(factors[tuple(bad.T)], names))
            priced = kernel.reprice(share, theta, factors)
        if np.isinf(factors).any():
            raise_if(validate.check_suppliers(share, priced, self.labels))
        return priced

    def _equilibrium(self, priced: Floats, found: kernel.Solution) -> Equilibrium:
        base, state = self.base, found.state
        log_price = np.log(
            state.inverse_price, out=np.zeros_like(state.inverse_price), where=base.budget > 0
        )
        price_hat = np.exp(-(base.budget * log_price / base.theta[:, None]).sum(axis=0))
        priced *= state.supply[:, :, None]
        priced *= (state.pull * self.flows.sum())[:, None, :]

        def by_country(values: Floats, name: str) -> Any:
            return lb.wrap(values, self.labels, ("country",), name, "1")

        return Equilibrium(
            flows=lb.wrap(priced, self.labels, lb.DIMS, "flows", ""),
            wage_hat=by_country(np.exp(state.log_wage), "wage_hat"),
            price_hat=by_country(price_hat, "price_hat"),
            welfare_hat=by_country(state.outlay / base.outlay / price_hat, "welfare_hat"),
            residual=float(np.abs(state.excess).max()),
            iterations=found.iterations,
            converged=found.converged,
            countries=self.labels.countries,
            sectors=self.labels.sectors,
        )


def as_cells(factors: Mapping[Any, float], labels: lb.Labels) -> Cells:
    """Return a mapping by names or positions as cells, or raise with every unknown name."""
    by_country = {name: i for i, name in enumerate(labels.countries)}
    by_sector = {name: s for s, name in enumerate(labels.sectors)}
    problems: list[Problem] = []

    def position(name: Any, places: dict[str, int], dim: str) -> int:
        if isinstance(name, int | np.integer) and 0 <= name < len(places):
            return int(name)
        if str(name) not in places:
            problems.append(
                Problem(
                    "trade_labels",
                    f"{dim} {name} is not a label of the flows",
                    column=dim,
                    value=str(name),
                )
            )
        return places.get(str(name), 0)

    rows = [
        (
            position(sector, by_sector, "sector"),
            position(exporter, by_country, "exporter"),
            position(importer, by_country, "importer"),
        )
        for sector, exporter, importer in factors
    ]
    raise_if(problems)
    where = np.array(rows, dtype=np.intp).reshape(-1, 3)
    values = np.array(list(factors.values()), dtype=np.float64)
    return Cells(where[:, 0], where[:, 1], where[:, 2], values)


def _check_cells(cell: tuple[Any, Any, Any], factors: Floats, labels: lb.Labels) -> None:
    n, sectors = len(labels.countries), len(labels.sectors)
    flat = np.ravel_multi_index(cell, (sectors, n, n))
    unique, count = np.unique(flat, return_counts=True)
    raise_if(
        Problem(
            "trade_cell_twice",
            f"the change of trade costs of "
            f"{labels.cell(*map(int, np.unravel_index(i, (sectors, n, n))))} stands twice",
            expected="each cell once",
        )
        for i in unique[count > 1]
    )
    bad = np.flatnonzero(~(factors > 0))
    names = [labels.cell(int(cell[0][k]), int(cell[1][k]), int(cell[2][k])) for k in bad]
    raise_if(validate.check_cost_factors(factors[bad], names))


def world(
    flows: Any,
    theta: Any,
    *,
    deficit: str = "fixed_share",
    countries: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
) -> World:
    r"""Return a checked world, ready for many solves.

    Parameters
    ----------
    flows
        Flows ``[S, N, N]`` in any unit, exporter by importer, sales at home on the diagonal: an
        array, a ``TradeMatrix`` or a DataArray with the dimensions sector, exporter, importer.
    theta
        Trade elasticity: one number or one per sector ``[S]``. It is the exponent of trade costs,
        :math:`\theta` of Eaton-Kortum, :math:`\sigma - 1` of Armington.
    deficit
        ``fixed_share``: deficits keep their share of world output. ``balanced``: they vanish (so
        that "no change of costs" shows what closing them does; Dekle, Eaton and Kortum 2008).
        ``multiplicative``: expenditure keeps its ratio to output, up to a common factor with which
        the world adds up.
    countries, sectors
        Names for messages, where the flows carry none.

    Raises
    ------
    OpenCorridorError
        With every cell, country and elasticity that is wrong.
    """
    values, labels = lb.read_flows(flows, countries, sectors)
    elasticity = np.asarray(theta.values if lb.is_labelled(theta) else theta, dtype=np.float64)
    if elasticity.ndim == 0:
        elasticity = np.full(len(labels.sectors), float(elasticity))
    else:
        elasticity = lb.align(theta, labels, ("sector",), "theta")
    if deficit not in kernel.CLOSURES:
        raise OpenCorridorError(
            [
                Problem(
                    "trade_deficit",
                    f"no rule for deficits is called {deficit}",
                    value=deficit,
                    expected=", ".join(kernel.CLOSURES),
                )
            ]
        )
    raise_if(validate.check_theta(elasticity, labels) + validate.check_flows(values, labels))
    return World(values, kernel.base(values, elasticity, deficit), labels)


def solve(
    flows: Any,
    theta: Any,
    tau_hat: Any = None,
    *,
    deficit: str = "fixed_share",
    wage0: Any = None,
    tol: float = 1e-12,
    max_iter: int = 200,
    allow_unconverged: bool = False,
    countries: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
) -> Equilibrium:
    """Return the equilibrium of trade after a change of trade costs, exactly (hat algebra).

    Expenditure shares come from the flows. Trade costs are icebergs: a tariff enters only as a
    cost factor, its revenue is not modelled in this version. For many solves on one table make a
    :func:`world` once. The parameters are those of :func:`world` and :meth:`World.solve`.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0, 20.0], [20.0, 80.0]]])
    >>> result = solve(flows, theta=4.0, tau_hat={(0, 0, 1): 0.9, (0, 1, 0): 0.9})
    >>> result.welfare_hat.round(4)
    array([1.0252, 1.0252])
    """
    return world(flows, theta, deficit=deficit, countries=countries, sectors=sectors).solve(
        tau_hat,
        wage0=wage0,
        tol=tol,
        max_iter=max_iter,
        allow_unconverged=allow_unconverged,
    )
