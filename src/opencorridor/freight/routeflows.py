"""The routes of an assignment while it is solved: a pool that grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.freight.kernels import routepool

__all__ = ["RouteFlows"]

Floats = npt.NDArray[np.float64]
Pool = tuple[npt.NDArray[np.generic], ...]

_FIRST_LINKS, _MORE = 32, 2


def _empty(routes: int, links: int) -> Pool:
    return (
        np.empty(links, np.int32), np.zeros(routes, np.int64), np.zeros(routes, np.int32),
        np.zeros(routes), np.zeros(routes), np.zeros(routes, np.uint64),
        np.full(routes, -1, np.int32),
    )  # fmt: skip


@dataclass
class RouteFlows:
    """Routes and their flows by pair.

    Attributes
    ----------
    chain
        First route of every pair, int32[W]; -1 for none.
    pool, count
        As :mod:`opencorridor.freight.kernels.routepool` has them.
    """

    chain: npt.NDArray[np.int32]
    pool: Pool
    count: npt.NDArray[np.int64]

    @classmethod
    def empty(cls, n_pair: int) -> RouteFlows:
        """Return pairs without routes."""
        pool = _empty(2 * n_pair + 64, _FIRST_LINKS * n_pair + 1024)
        return cls(np.full(n_pair, -1, np.int32), pool, np.array([0, 0, -1], np.int64))

    @classmethod
    def of_routes(
        cls, n_pair: int, routes: Sequence[tuple[int, float, Sequence[int]]]
    ) -> RouteFlows:
        """Return routes given as (pair, flow, links); costs and signatures are left 0."""
        lengths = np.array([len(links) for _, _, links in routes], np.int32)
        made = cls(
            np.full(n_pair, -1, np.int32), _empty(len(routes), int(lengths.sum())),
            np.array([len(routes), lengths.sum(), -1], np.int64),
        )  # fmt: skip
        all_links, start, length, flow, _, _, following = made.pool
        start[1:] = np.cumsum(lengths)[:-1]
        length[:] = lengths
        for r, (pair, carried, links) in enumerate(routes):
            all_links[start[r] : start[r] + length[r]] = links
            flow[r], following[r], made.chain[pair] = carried, made.chain[pair], r
        return made

    @property
    def flow(self) -> Floats:
        """Flow of every route of the pool."""
        flow: Floats = self.pool[3]  # type: ignore[assignment]
        return flow

    @property
    def fixed(self) -> Floats:
        """Cost of every route that does not hang on flow."""
        fixed: Floats = self.pool[4]  # type: ignore[assignment]
        return fixed

    def enlarge(self) -> None:
        """Make room: twice the routes and links in use."""
        routes = _MORE * int(self.count[routepool.ROUTES]) + 64
        links = _MORE * int(self.count[routepool.LINKS]) + 1024
        larger = _empty(routes, links)
        routepool.moved_to(self.chain, self.pool, self.count, larger)
        self.pool = larger

    def reserve(self, other: RouteFlows) -> None:
        """Make room in an empty pool for all routes of another, and a new one a pair."""
        routes = int(other.count[routepool.ROUTES]) + len(self.flow)
        self.pool = _empty(routes, int(other.count[routepool.LINKS]) + len(self.pool[0]))

    def snapshot(self) -> RouteFlows:
        """Return the routes as they are; later shifts do not change the copy."""
        # Links of a pool are only ever added: they can be shared.
        pool = (self.pool[0], *(part.copy() for part in self.pool[1:]))
        return RouteFlows(self.chain.copy(), pool, self.count.copy())

    @property
    def n(self) -> int:
        """Number of routes of all pairs, those without flow too."""
        total, following = 0, self.pool[6]
        at = self.chain[self.chain >= 0]
        while len(at):
            total += len(at)
            at = np.asarray(following[at])
            at = at[at >= 0]
        return total

    def of(self, pair: int) -> list[tuple[float, npt.NDArray[np.int32]]]:
        """Return flow and links of every route of a pair that carries some."""
        links, start, length, flow, _, _, following = self.pool
        found = []
        r = int(self.chain[pair])
        while r >= 0:
            if flow[r] > 0:
                found.append((float(flow[r]), links[start[r] : start[r] + length[r]]))
            r = int(following[r])
        return found  # type: ignore[return-value]
