"""The cut that stops goods: places that together let less through than must pass one of them.

Where even the longest wait leaves more goods than capacity, the goods have no other way at any
price that is believed. The places that they can choose from are the cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from opencorridor.freight.options import Options

__all__ = ["Cut", "find_cuts"]

Floats = NDArray[np.float64]

# Ways with less of a row than this do not say where its goods can go.
LEAST_SHARE = 1e-3


@dataclass(frozen=True)
class Cut:
    """Places (positions) that bind together, and tonnes a year.

    ``bound_t`` is what has no way round all of them, ``stranded_t`` what is left over; goods that
    pass two of the places in turn are left over at both.
    """

    places: tuple[int, ...]
    bound_t: float
    stranded_t: float


def find_cuts(
    options: Options,
    share: Floats,
    row_tonnes: Floats,
    full: NDArray[np.bool_],
    stranded_t: Floats,
) -> tuple[Cut, ...]:
    """Return the cuts of a solved state, the one with the most stranded tonnes first.

    Parameters
    ----------
    options, share
        Ways of the rows, and the share (O,) that each takes of its row.
    row_tonnes
        (R,) tonnes a year.
    full, stranded_t
        (F,) whether a place lets nothing more through at any wait that would help, and tonnes
        that no wait can carry.

    A row is bound where all its goods pass a full place. Full places that bound rows choose
    between, or pass in turn, belong together; they are a cut if goods are stranded at one.
    """
    over = stranded_t > 0.0
    if not over.any():
        return ()
    full = full | over
    option = np.repeat(np.arange(options.n), np.diff(options.place_first))
    hit = full[options.place] & (share[option] > 0.0)
    option, place = option[hit], options.place[hit]
    row = options.row[option]
    n_row, n_place = row_tonnes.size, stranded_t.size
    through = np.zeros(options.n, dtype=bool)
    through[option] = True
    stopped = np.bincount(options.row, weights=np.where(through, share, 0.0), minlength=n_row)
    bound = stopped > 1.0 - LEAST_SHARE
    joins = bound[row] & (share[option] > LEAST_SHARE)
    edges = coo_array(
        (np.ones(int(joins.sum())), (row[joins], n_row + place[joins])),
        shape=(n_row + n_place, n_row + n_place),
    )
    _, part = connected_components(edges, directed=False)
    out = []
    for group in np.unique(part[n_row:][over]):
        mine = np.flatnonzero(full & (part[n_row:] == group))
        rows = bound & (part[:n_row] == group)
        out.append(
            Cut(
                places=tuple(mine.tolist()),
                bound_t=float(row_tonnes[rows].sum()),
                stranded_t=float(stranded_t[mine].sum()),
            )
        )
    return tuple(sorted(out, key=lambda c: -c.stranded_t))
