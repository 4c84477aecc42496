"""Uncertainty of an equilibrium: the same question asked of many draws of what is estimated.

Elasticities are drawn from low, mode and high or from their covariance, effects on trade from the
covariance of estimated coefficients; flows may be drawn too. Every draw has a random stream of its
own, made of the seed and its number, and results stand in the order of draws, so they depend
neither on the number of workers nor on who solves what. Draws start from the central wages and
the central world's Jacobian: that saves steps and leaves the answer within the tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.bands import quantile
from opencorridor.study.errors import NotConverged, OpenCorridorError, Problem, raise_if
from opencorridor.trade.multi_sector import SectorWorld
from opencorridor.trade.potential import position
from opencorridor.trade.solve import Cells, World, as_cells, world

__all__ = ["Effects", "Ensemble", "Normal", "Triangular", "drawn", "ensemble", "stream"]

Floats = npt.NDArray[np.float64]
Values = Mapping[str, Floats]
Measure = Callable[[Any], Values]

# A normal elasticity is drawn again while it is not positive; more often than this it is a mistake.
_TRIES = 1000


def stream(seed: int, draw: int, part: int = 0) -> np.random.Generator:
    """Return the random stream of one draw; parts of a question have streams of their own."""
    key = (draw, part) if part else (draw,)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


@dataclass(frozen=True, eq=False)
class Triangular:
    """Independent triangular distributions ``[K]``: ``low <= mode <= high``."""

    low: Floats
    mode: Floats
    high: Floats

    def __post_init__(self) -> None:
        parts = [np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in self._given()]
        for name, values in zip(("low", "mode", "high"), parts, strict=True):
            object.__setattr__(self, name, values)
        low, mode, high = parts
        same = low.shape == mode.shape == high.shape
        if not same or not bool(((low <= mode) & (mode <= high)).all()):
            text = "low, mode and high are not in this order"
            raise OpenCorridorError([Problem("draw_band", text, expected="low <= mode <= high")])

    def _given(self) -> tuple[Any, Any, Any]:
        return self.low, self.mode, self.high

    @property
    def central(self) -> Floats:
        """The modes ``[K]``."""
        return self.mode

    def sample(self, rng: np.random.Generator) -> Floats:
        """Return one draw ``[K]``."""
        return quantile(rng.random(self.mode.size), self.low, self.mode, self.high)


@dataclass(frozen=True, eq=False)
class Normal:
    """A multivariate normal: estimates ``[K]`` and their covariance ``[K, K]``."""

    mean: Floats
    covariance: Floats

    def __post_init__(self) -> None:
        mean = np.atleast_1d(np.asarray(self.mean, dtype=np.float64))
        covariance = np.atleast_2d(np.asarray(self.covariance, dtype=np.float64))
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "covariance", covariance)
        why = ""
        if covariance.shape != (mean.size, mean.size):
            why = f"the covariance has the shape {covariance.shape} for {mean.size} estimates"
        elif not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
            why = "an estimate or its covariance is not a number"
        elif np.abs(covariance - covariance.T).max() > 1e-8 * np.abs(covariance).max():
            why = "the covariance is not symmetric"
        elif np.linalg.eigvalsh(covariance).min() < -1e-8 * np.abs(covariance).max():
            why = "the covariance has a negative variance in some direction"
        if why:
            raise OpenCorridorError([Problem("draw_covariance", why)])

    @property
    def central(self) -> Floats:
        """The estimates ``[K]``."""
        return self.mean

    def sample(self, rng: np.random.Generator) -> Floats:
        """Return one draw ``[K]``."""
        variance, direction = np.linalg.eigh(self.covariance)
        size = np.sqrt(np.maximum(variance, 0.0))
        return np.asarray(self.mean + direction @ (size * rng.standard_normal(size.size)))


def drawn(
    bands: Mapping[str, Triangular | Normal],
    seed: int,
    draws: int,
    together: Collection[str] = (),
    part: int = 0,
) -> dict[str, Floats]:
    """Return draws ``[draws, K]`` of several distributions, by name.

    A draw takes them in their order from its own stream: the first one of part 0 is what an
    :func:`ensemble` of the same seed draws as elasticities.

    Parameters
    ----------
    bands
        Distributions by name.
    seed, draws
        Seed of the streams and their number.
    together
        Names of triangular ones whose values share one probability a draw: they move as one.
    part
        Part of the question; parts do not share random numbers.
    """
    found: dict[str, list[Floats]] = {name: [] for name in bands}
    for draw in range(draws):
        rng = stream(seed, draw, part)
        for name, band in bands.items():
            if name in together and isinstance(band, Triangular):
                found[name].append(quantile(rng.random(1), band.low, band.mode, band.high))
            else:
                found[name].append(band.sample(rng))
    return {name: np.stack(values) for name, values in found.items()}


Elasticities = Triangular | Normal | Callable[[int], Floats] | None


@dataclass(frozen=True, eq=False)
class Effects:
    r"""Changes of trade by estimated gravity: :math:`\hat\tau^{-\theta} = \exp(\Delta z \beta)`.

    Attributes
    ----------
    sector, exporter, importer
        Positions of the cells that change ``int[M]``; no cell twice.
    changes
        Changes of the variables in each cell ``[M, K]``.
    coefficients
        Their coefficients :math:`\beta` ``[K]``, as estimated.
    """

    sector: npt.NDArray[np.intp]
    exporter: npt.NDArray[np.intp]
    importer: npt.NDArray[np.intp]
    changes: Floats
    coefficients: Normal

    def cells(self, beta: Floats, theta: Floats) -> Cells:
        """Return the changes of trade costs at coefficients and elasticities ``[S]``."""
        moved = np.asarray(self.changes, dtype=np.float64) @ beta
        factors = np.exp(-moved / theta[self.sector])
        return Cells(self.sector, self.exporter, self.importer, factors)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Answers of all draws, in their order.

    Attributes
    ----------
    central
        Answer at the modes and estimates: name to array.
    draws
        The same of every draw: name to array ``[draws, ...]``.
    seed, level
        Seed of the streams, and the share of draws that an interval holds.
    """

    central: Values
    draws: Values
    seed: int
    level: float

    def interval(self, name: str) -> tuple[Floats, Floats]:
        """Return low and high of each number: the middle ``level`` of the draws."""
        low, high = np.quantile(
            self.draws[name], [(1.0 - self.level) / 2, (1.0 + self.level) / 2], axis=0
        )
        return low, high


def by_country(pairs: Sequence[tuple[int, int]] = ()) -> Measure:
    """Return what an ensemble keeps by default: hats and trade of countries, and flows of pairs.

    ``pairs`` are (exporter, importer); their flows are ``pair_flows`` ``[P, S]``.
    """
    exporter, importer = np.array(list(pairs), dtype=np.intp).reshape(-1, 2).T

    def measure(found: Any) -> Values:
        flows = np.asarray(found.flows)
        home = np.einsum("sii->i", flows)
        many = hasattr(found, "real_income_hat")
        names = (
            ("wage_hat", "wage_hat"),
            ("price_hat", "consumer_price_hat" if many else "price_hat"),
            ("welfare_hat", "real_income_hat" if many else "welfare_hat"),
        )
        kept = {name: np.asarray(getattr(found, field)) for name, field in names}
        if many:
            kept["first_order"] = np.asarray(found.first_order)
        return {
            **kept,
            "exports": flows.sum(axis=(0, 2)) - home,
            "imports": flows.sum(axis=(0, 1)) - home,
            "pair_flows": flows[:, exporter, importer].T,
        }

    return measure


def _check(
    start: World | SectorWorld, theta: Elasticities, count: int, level: float
) -> list[Problem]:
    sectors = len(start.labels.sectors)
    problems = []
    if isinstance(theta, Triangular | Normal):
        if theta.central.size != sectors:
            text = f"{theta.central.size} elasticities for {sectors} sectors"
            problems.append(Problem("trade_shape", text, expected=f"{sectors}"))
        least = theta.low if isinstance(theta, Triangular) else theta.central
        for s in np.flatnonzero(~(least > 0)):
            text = f"elasticity {s} may be {least[s]:g}"
            problems.append(Problem("theta_not_positive", text, expected="a positive number"))
    if count < 1 or not 0.0 < level < 1.0:
        text = f"{count} draws, of which an interval holds {level:g}"
        problems.append(Problem("draw_count", text, expected="1 draw or more, a share below 1"))
    return problems


def _positive(theta: Triangular | Normal, rng: np.random.Generator) -> Floats:
    """Return a draw of elasticities, drawn again while one is not positive."""
    for _ in range(_TRIES):
        drawn = theta.sample(rng)
        if (drawn > 0).all():
            return drawn
    text = f"no positive elasticities in {_TRIES} tries: their spread is larger than they are"
    raise OpenCorridorError([Problem("theta_not_positive", text)])


@dataclass(frozen=True, eq=False)
class _Question:
    """What every draw is asked."""

    start: World | SectorWorld
    theta: Elasticities
    tau_hat: Any
    effects: Effects | None
    flows: Callable[[int], Floats] | None
    measure: Measure
    options: Mapping[str, Any]

    def central(self) -> Any:
        """Return the equilibrium at the modes and estimates."""
        theta = self.start.base.theta
        if isinstance(self.theta, Triangular | Normal):
            theta = self.theta.central
        beta = None if self.effects is None else self.effects.coefficients.central
        return self._solve(self._at(theta), theta, beta, None)

    def draw(self, seed: int, draw: int, wage: Any) -> Values:
        """Return the numbers of one draw."""
        rng = stream(seed, draw)
        if isinstance(self.theta, Triangular | Normal):
            theta = _positive(self.theta, rng)
        else:
            theta = self.start.base.theta if self.theta is None else self.theta(draw)
        beta = None if self.effects is None else self.effects.coefficients.sample(rng)
        here = self._at(theta)
        if self.flows is not None:
            names = self.start.labels
            here = world(
                self.flows(draw),
                theta,
                deficit=self.start.base.closure,
                countries=names.countries,
                sectors=names.sectors,
            )
        try:
            return self.measure(self._solve(here, theta, beta, wage))
        except NotConverged as error:
            raise NotConverged(
                [replace(p, message=f"draw {draw}: {p.message}") for p in error.problems]
            ) from None

    def _at(self, theta: Floats) -> World | SectorWorld:
        start: Any = self.start
        here: World | SectorWorld = replace(start, base=replace(start.base, theta=theta))
        return here

    def _solve(
        self, here: World | SectorWorld, theta: Floats, beta: Floats | None, wage: Any
    ) -> Any:
        tau_hat = self.tau_hat
        if self.effects is not None and beta is not None:
            tau_hat = self.effects.cells(beta, theta)
        solver: Any = here.solve
        return solver(tau_hat, wage0=wage, like=self.start, **self.options)


def ensemble(
    start: World | SectorWorld,
    theta: Elasticities = None,
    *,
    tau_hat: Any = None,
    effects: Effects | None = None,
    flows: Callable[[int], Floats] | None = None,
    draws: int = 1000,
    seed: int = 0,
    level: float = 0.8,
    measure: Measure | None = None,
    pairs: Sequence[tuple[str | int, str | int]] = (),
    workers: int = 1,
    **options: Any,
) -> Ensemble:
    """Return the equilibrium after a change, with the interval of every number.

    Parameters
    ----------
    start
        The world before the change.
    theta
        Distribution of the elasticities ``[S]``, or those of a draw by its number; None: those of
        the world, fixed. Normal ones are drawn again while one is not positive.
    tau_hat
        The change of trade costs, as :meth:`World.solve` takes it.
    effects
        Or: changes of trade by estimated coefficients, drawn from their covariance.
    flows
        Flows before the change of a draw, by its number ``[S, N, N]``; None: those of the world.
        Only for worlds without inputs.
    draws, seed, level
        Number of draws, seed of their streams, share of them that an interval holds.
    measure
        What is kept of an equilibrium: a mapping of names to arrays. By default ``wage_hat,
        price_hat, welfare_hat, exports, imports`` of countries and ``pair_flows`` ``[P, S]``.
    pairs
        Exporters and importers, by name or position, whose flows are kept by default.
    workers
        Threads that share the draws; the results do not depend on it.
    options
        Passed to the solver: ``tariff`` (worlds with inputs), ``tol``, ``max_iter``.

    Raises
    ------
    NotConverged
        With the draw and the market that does not clear.
    OpenCorridorError
        For distributions that are none, or a change given twice.
    """
    problems = _check(start, theta, draws, level)
    if tau_hat is not None and effects is not None:
        problems.append(Problem("draw_change", "tau_hat and effects both change trade costs"))
    if flows is not None and isinstance(start, SectorWorld):
        problems.append(Problem("draw_flows", "flows of a world with inputs cannot be drawn"))
    raise_if(problems)
    if isinstance(tau_hat, Mapping):
        tau_hat = as_cells(tau_hat, start.labels)
    if measure is None:
        ends = [(position(start.labels, a), position(start.labels, b)) for a, b in pairs]
        measure = by_country(ends)
    question = _Question(start, theta, tau_hat, effects, flows, measure, options)
    found = question.central()

    def one(draw: int) -> Values:
        return question.draw(seed, draw, found.wage_hat)

    if workers <= 1:
        done = [one(draw) for draw in range(draws)]
    else:
        with ThreadPoolExecutor(workers) as pool:
            done = list(pool.map(one, range(draws)))
    names = done[0].keys()
    kept = {name: np.stack([np.asarray(values[name]) for values in done]) for name in names}
    return Ensemble(measure(found), kept, seed, level)
