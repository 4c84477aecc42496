"""Who travels in an assignment, and the flows that come out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.freight.pairs import Pairs
from opencorridor.freight.routeflows import RouteFlows
from opencorridor.network.exchange.traffic import TrafficNetwork

__all__ = ["Assignment", "Start", "TrafficClass"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TrafficClass:
    """Trips that weigh tolls and distances alike.

    Attributes
    ----------
    name
        For messages and results.
    demand
        Trips from zone to zone, float64[Z, Z].
    toll_weight, distance_weight
        Cost of one unit of toll and of length, in units of time.
    file
        Where the demand was read from, if not with the network; for messages.
    """

    name: str
    demand: Floats
    toll_weight: float = 0.0
    distance_weight: float = 0.0
    file: str = ""


@dataclass(frozen=True)
class Start:
    """Routes to begin with, as :class:`Assignment` has them.

    Attributes
    ----------
    classes, pairs, routes
        Whose trips, who travels, and on which ways.
    """

    classes: tuple[TrafficClass, ...]
    pairs: Pairs
    routes: RouteFlows


@dataclass(frozen=True)
class Assignment:
    """Flows, and how close to equilibrium they are.

    Attributes
    ----------
    network
        What was loaded.
    classes
        Whose trips.
    system_optimum
        Whether the total cost was minimised instead.
    flow, class_flow
        Flow of every link, float64[A], and by class, float64[C, A].
    time
        Time of every link at that flow, float64[A].
    gap
        (total cost - cost if all took their cheapest way at these costs) / total cost; costs are
        marginal ones for the system optimum.
    objective
        Beckmann's sum of integrals, with tolls and distances; the total cost in the optimum.
    tstt, total_cost
        Total time without queues, and total of time, queues, weighted tolls and distances.
    iterations, seconds
        Rounds of new routes, and the time the solver took, kernels once loaded.
    converged, reason
        Whether ``gap`` was reached, and what ended the work: gap, time, stalled or iterations.
    history
        Seconds and gap at every round, float64[K, 2].
    pairs, routes
        Who travels, and on which ways.
    queue, limit
        Delay of the queue on every link, beside its time, and its hard capacity (infinite where it
        has none), float64[A]. In the optimum the delay is the price of the capacity instead.
    theta, path_size
        Scale of the logit, and weight of the path size, in a stochastic equilibrium; NaN in others.
        There ``gap`` is the sum of differences between the flows of routes and their logit shares,
        by the demand.
    """

    network: TrafficNetwork
    classes: tuple[TrafficClass, ...]
    system_optimum: bool
    flow: Floats
    class_flow: Floats
    time: Floats
    gap: float
    objective: float
    tstt: float
    total_cost: float
    iterations: int
    seconds: float
    converged: bool
    reason: str
    history: Floats
    pairs: Pairs
    routes: RouteFlows
    queue: Floats
    limit: Floats
    theta: float = np.nan
    path_size: float = np.nan

    @property
    def model(self) -> str:
        """Return ``ue``, ``so`` or ``sue``."""
        return "so" if self.system_optimum else "ue" if np.isnan(self.theta) else "sue"

    @property
    def n_route(self) -> int:
        """Number of routes: those offered to the choice, else those that carry something."""
        if self.model == "sue":
            return self.routes.n
        return sum(len(self.routes.of(w)) for w in range(self.pairs.n))

    @property
    def over_capacity(self) -> float:
        """Return by which share of it a hard capacity is missed, where one binds or is passed."""
        hard = np.isfinite(self.limit)
        off = np.abs(self.flow - self.limit)[hard] / self.limit[hard]
        counts = (self.queue[hard] > 0) | (self.flow[hard] > self.limit[hard])
        return float(off[counts].max(initial=0.0))

    def routes_of(
        self, origin: str, destination: str, which: int = 0
    ) -> list[tuple[float, tuple[str, ...]]]:
        """Return flow and link ids of every used route of a pair of zones and a class."""
        pair = self.pairs.find(self.network, origin, destination, which)
        order = self.pairs.order
        return [] if pair < 0 else [
            (flow, tuple(self.network.link_id[order[a]] for a in links))
            for flow, links in self.routes.of(pair)
        ]  # fmt: skip
