"""Days that goods keep the units of a fleet busy, option by option."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["fleet_days", "fleet_days_reference"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
def fleet_days(
    entry: Ints,
    route: Ints,
    cargo: Ints,
    fleet: Ints,
    first: Ints,
    fare: NDArray[np.int32],
    hours: Floats,
) -> Floats:
    """Sum the days under way of each entry over the links on which its fleet moves.

    Parameters
    ----------
    entry
        (E,) entries of interest, positions in the arrays of all entries.
    route, cargo, fleet
        By entry: its route, form of cargo and fleet.
    first, fare
        CSR of routes to arcs; an arc is ``fare // 3``.
    hours
        (fleets, cargoes, A) hours of each arc; 0 where a fleet does not go.

    Returns
    -------
    (E,) days.
    """
    out = np.zeros(entry.size)
    for e in range(entry.size):
        q = entry[e]
        total = 0.0
        for p in range(first[route[q]], first[route[q] + 1]):
            total += hours[fleet[q], cargo[q], fare[p] // 3]
        out[e] = total / 24.0
    return out


def fleet_days_reference(
    entry: Ints,
    route: Ints,
    cargo: Ints,
    fleet: Ints,
    first: Ints,
    fare: NDArray[np.int32],
    hours: Floats,
) -> Floats:
    """Return the same as :func:`fleet_days`, one entry at a time with numpy."""
    out = []
    for q in entry:
        arcs = fare[first[route[q]] : first[route[q] + 1]] // 3
        out.append(hours[fleet[q], cargo[q], arcs].sum() / 24.0)
    return np.array(out, dtype=np.float64)
