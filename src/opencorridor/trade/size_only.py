"""What countries would trade if only their size counted: no distance, no borders, no policy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import NotConverged, Problem

__all__ = ["SizeOnly", "by_size"]

Floats = npt.NDArray[np.float64]

_ROUNDS = 20_000
_TOL = 1e-13


@dataclass(frozen=True, eq=False)
class SizeOnly:
    """Expected trade by size alone ``[N, N]``; nothing is estimated, so there is no error of it."""

    expected: Floats

    def both_ways(self, a: int, b: int) -> float:
        """Return the expected trade of a pair, both directions."""
        return float(self.expected[a, b] + self.expected[b, a])

    def log_std(self, _: list[tuple[int, int]]) -> float:
        """Return 0: with no coefficient there is no standard error."""
        return 0.0


def by_size(flows: Floats) -> SizeOnly:
    r"""Return trade between countries by what each sells and buys: :math:`x_{ij} = a_i b_j`.

    The fit of gravity with effects of both ends and nothing else (quasi-independence, Goodman
    1968): every country's exports and imports are kept, and there are no sales at home. Found by
    scaling rows and columns in turn.

    Parameters
    ----------
    flows
        ``[N, N]``, exporter by importer, any unit; the diagonal is not used.

    Raises
    ------
    NotConverged
        Where the scaling does not settle.
    """
    given = np.array(flows, dtype=np.float64)
    np.fill_diagonal(given, 0.0)
    sold, bought = given.sum(axis=1), given.sum(axis=0)
    off = ~np.eye(len(given), dtype=bool)
    seller, buyer = (sold > 0).astype(np.float64), (bought > 0).astype(np.float64)
    gap = 0.0
    for _ in range(_ROUNDS):
        buyer = _over(bought, off.T @ seller)
        seller = _over(sold, off @ buyer)
        found = off * np.outer(seller, buyer)
        gap = float(np.abs(found.sum(axis=0) - bought).sum() / max(bought.sum(), 1e-300))
        if gap <= _TOL:
            return SizeOnly(found)
    text = f"trade by size alone does not settle: imports are off by {gap:.2g} of the world's"
    raise NotConverged([Problem("size_not_converged", text, table="trade_flow")])


def _over(one: Floats, other: Floats) -> Floats:
    return np.divide(one, other, out=np.zeros_like(one), where=other > 0)
