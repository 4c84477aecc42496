"""When a shipment arrives that may have to wait: median and 95th percentile of a route's hours.

What varies: the stay at every border and terminal whose 95th percentile the study knows
(lognormal, see :mod:`opencorridor.costs.spread`), and the wait for a departure of a service with a
headway (even between 0 and the headway). They are taken as independent; moving time, berth hours
and stays without a known spread are taken as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs.spread import Z95
from opencorridor.network import CARGOES

if TYPE_CHECKING:
    from opencorridor.costs.plan import CostPlan
    from opencorridor.study import Study

__all__ = [
    "DRAWS",
    "SEED",
    "Reliability",
    "Stays",
    "closed_form",
    "drawn_headway",
    "drawn_stay",
    "quantiles",
    "reliability",
    "stays_of",
]

Floats = npt.NDArray[np.float64]

DRAWS = 10_000
SEED = 1
_DECIMALS = 6
_STAY, _HEADWAY = 0, 1


@dataclass(frozen=True, eq=False)
class Stays:
    """What may vary on every arc of the whole graph (shape A); 0 where nothing does.

    Attributes
    ----------
    mean_h, spread_h
        Mean and standard deviation of the stay at a border or terminal.
    headway_h
        Hours between two departures of all services on the link together.
    """

    mean_h: Floats
    spread_h: Floats
    headway_h: Floats


@dataclass(frozen=True)
class Reliability:
    """Hours of a route as a distribution.

    Attributes
    ----------
    p50_h, p95_h
        Median and 95th percentile of seeded draws; None where so many cannot go on.
    mean_h, spread_h
        Mean and standard deviation in closed form: those of the parts add up, the latter squared.
        By the clock: of the draws that arrive.
    p95_closed_h
        95th percentile in closed form, by the normal-power approximation: the check of the draws.
        By the clock there is none.
    seed, draws
        How ``p50_h`` and ``p95_h`` were drawn.
    by_clock
        Drawn from a known departure on, see :mod:`opencorridor.routing.clock_draws`.
    stuck_share
        Share of the draws that meet no opening or departure within its horizon.
    """

    p50_h: float | None
    p95_h: float | None
    mean_h: float
    spread_h: float
    p95_closed_h: float | None
    seed: int
    draws: int
    by_clock: bool = False
    stuck_share: float = 0.0


def stays_of(plan: CostPlan, study: Study, cargo: str) -> Stays:
    """Return what may vary on the arcs of a whole graph, from the rows that price them."""
    c, n = CARGOES.index(cargo), plan.graph.n_arcs
    mean, spread = np.zeros(n), np.zeros(n)
    rows = plan.dwell_row[c]
    known = rows >= 0
    stay = np.where(known, study["border_dwell"]["mean_h"][np.where(known, rows, 0)], 0.0)
    over = study["transshipment"]["time_h"][plan.over_row]
    for arcs, hours, cv in (
        (plan.border_arc, stay, plan.dwell_cv[c]),
        (plan.over_arc, over, plan.over_cv),
    ):
        varies = cv > 0
        mean[arcs[varies]] = hours[varies]
        spread[arcs[varies]] = (hours * cv)[varies]
    return Stays(mean, spread, _headways(plan, study))


def _headways(plan: CostPlan, study: Study) -> Floats:
    """Return the joint headway per arc, 1 / Σ(1 / headway), as the costs take it."""
    headway = np.maximum(study["timetable"]["headway_h"][plan.service_row], 1e-9)
    departures = np.bincount(plan.service_arc, 1.0 / headway, plan.graph.n_arcs)
    served = departures > 0
    hours = np.zeros(plan.graph.n_arcs)
    hours[served] = 1.0 / departures[served]
    return hours


def _sigma(mean: Any, spread: Any) -> Any:
    """Return σ of the logarithm of a lognormal with this mean and standard deviation."""
    return np.sqrt(np.log1p((spread / mean) ** 2))


def closed_form(stays: Stays, arcs: npt.NDArray[np.int64], time_h: float) -> tuple[float, float]:
    """Return standard deviation and 95th percentile of a route's hours in closed form.

    Second and third cumulants add up; the percentile is Cornish and Fisher's with the skewness γ:
    mean + s (z + γ (z² − 1) / 6).
    """
    mean, spread, headway = stays.mean_h[arcs], stays.spread_h[arcs], stays.headway_h[arcs]
    on = spread > 0
    squared = (spread[on] / mean[on]) ** 2
    variance = float((spread**2).sum() + (headway**2).sum() / 12.0)
    third = float((spread[on] ** 3 * (3.0 + squared) * np.sqrt(squared)).sum())
    deviation = float(np.sqrt(variance))
    skewness = third / deviation**3 if deviation > 0 else 0.0
    return deviation, time_h + deviation * (Z95 + skewness * (Z95**2 - 1.0) / 6.0)


def quantiles(values: Floats, shares: Sequence[float] = (0.5, 0.95)) -> list[float]:
    """Return quantiles as ``numpy.quantile`` does, which would import masked arrays for it."""
    at = np.array(shares) * (len(values) - 1)
    ordered, low = np.sort(values), np.floor(at).astype(np.int64)
    below, above = ordered[low], ordered[np.ceil(at).astype(np.int64)]
    part = at - low
    # Draws that never arrive are infinite: no difference of two of them is taken.
    step = np.where(part > 0, part * (above - np.where(np.isinf(below), 0.0, below)), 0.0)
    found: list[float] = (below + step).tolist()
    return found


def drawn_stay(stays: Stays, arc: int, seed: int, draws: int) -> Floats:
    """Draw the hours of the stay on an arc whose spread is known, float64[draws]."""
    mean = stays.mean_h[arc]
    sigma = _sigma(mean, stays.spread_h[arc])
    normal = np.random.default_rng([seed, arc, _STAY]).standard_normal(draws)
    return np.asarray(np.exp(np.log(mean) - sigma**2 / 2.0 + sigma * normal))


def drawn_headway(arc: int, seed: int, draws: int) -> Floats:
    """Draw which share of a headway the departure is away, float64[draws] of 0 to 1."""
    return np.random.default_rng([seed, arc, _HEADWAY]).random(draws)


def reliability(
    stays: Stays,
    arcs: Sequence[int],
    time_h: float,
    *,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Reliability | None:
    """Draw the hours of a route.

    Every arc has a stream of its own by seed and number, so that two routes by one border meet
    the same stays and differ only in what is different.

    Parameters
    ----------
    stays
        What may vary on the arcs of the whole graph.
    arcs
        Arcs of the route on the whole graph.
    time_h
        Mean hours of the whole route, ways to and from its ends included.
    seed, draws
        Stream, and number of draws.

    Returns
    -------
    Reliability or None
        None where no spread is known of any part: then nothing can be said.
    """
    chosen = np.array(arcs, np.int64)
    hours = np.full(draws, time_h)
    varies = False
    for arc in chosen.tolist():
        headway = stays.headway_h[arc]
        if stays.spread_h[arc] > 0:
            hours += drawn_stay(stays, arc, seed, draws) - stays.mean_h[arc]
            varies = True
        if headway > 0:
            hours += headway * (drawn_headway(arc, seed, draws) - 0.5)
            varies = True
    if not varies:
        return None
    p50, p95 = quantiles(hours)
    deviation, closed = closed_form(stays, chosen, time_h)
    p50, p95, mean, spread, closed = (
        round(x, _DECIMALS) for x in (p50, p95, time_h, deviation, closed)
    )
    return Reliability(p50, p95, mean, spread, closed, seed, draws)
