"""Rows of demand: the parts of cells between zones that are large enough to follow."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["cell_rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
def _walk(
    fill: bool,
    export_list: Ints,
    import_list: Ints,
    list_first: Ints,
    zone: Ints,
    share: Floats,
    boxed: Floats,
    tonnes: Floats,
    least_t: Floats,
    live: NDArray[np.bool_],
    covered: Floats,
    out: Ints,
) -> int:
    n = 0
    for cell in range(tonnes.size):
        total = 0.0
        largest = 0.0
        e, i = export_list[cell], import_list[cell]
        for o in range(list_first[e], list_first[e + 1]):
            for d in range(list_first[i], list_first[i + 1]):
                if live[zone[o], zone[d]]:
                    both = share[o] * share[d]
                    total += both
                    largest = max(largest, both * max(boxed[cell], 1.0 - boxed[cell]))
        covered[cell] = 0.0
        if total == 0.0 or tonnes[cell] * total < least_t[cell]:
            continue
        # The largest row stands for cells whose every row is small.
        least = min(least_t[cell], tonnes[cell] * largest)
        covered[cell] = total
        for o in range(list_first[e], list_first[e + 1]):
            for d in range(list_first[i], list_first[i + 1]):
                if not live[zone[o], zone[d]]:
                    continue
                both = share[o] * share[d]
                for form in range(2):
                    part = both * (boxed[cell] if form == 0 else 1.0 - boxed[cell])
                    if part > 0.0 and tonnes[cell] * part >= least:
                        if fill:
                            out[n, 0], out[n, 1], out[n, 2], out[n, 3] = cell, o, d, form
                        n += 1
    return n


@njit(cache=True)
def cell_rows(
    export_list: Ints,
    import_list: Ints,
    list_first: Ints,
    zone: Ints,
    share: Floats,
    boxed: Floats,
    tonnes: Floats,
    least_t: Floats,
    live: NDArray[np.bool_],
) -> tuple[Ints, Floats]:
    """Cut cells into rows between zones and forms of cargo.

    Rows below ``least_t`` are left out and the others stand for them: a cell keeps the tonnes
    of all its live pairs. A cell whose live pairs together move less is left out whole.

    Parameters
    ----------
    export_list, import_list
        (C,) list of zones on either side of each cell.
    list_first, zone, share
        Lists as CSR: zone and its share of the country's goods.
    boxed
        (C,) share of the cell's tonnes in containers; the rest is bulk.
    tonnes, least_t
        (C,) tonnes a year, and the smallest row that is followed.
    live
        (Z, Z) pairs of zones that are followed.

    Returns
    -------
    (rows (R, 4): cell, entries of the export and import list, form of cargo 0 container 1 bulk;
    share of each cell (C,) between live pairs; 0 where the cell is left out).
    """
    covered = np.empty(tonnes.size)
    none = np.empty((0, 4), dtype=np.int64)
    n = _walk(
        False, export_list, import_list, list_first, zone, share, boxed, tonnes, least_t, live,
        covered, none,
    )  # fmt: skip
    out = np.empty((n, 4), dtype=np.int64)
    _walk(
        True, export_list, import_list, list_first, zone, share, boxed, tonnes, least_t, live,
        covered, out,
    )  # fmt: skip
    return out, covered
