"""Routes over marked arcs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.freight.kept import Kept

ARCS = 5
ways = st.lists(st.lists(st.integers(0, ARCS - 1), max_size=4), min_size=1, max_size=6)


@given(ways, st.sets(st.integers(0, ARCS - 1)), st.data())
def test_routes_over_marked_arcs(
    ways: list[list[int]], over: set[int], data: st.DataObject
) -> None:
    zero = np.zeros(len(ways), np.int64)
    first = np.cumsum([0, *map(len, ways)]).astype(np.int64)
    arcs = np.array([arc for way in ways for arc in way], np.int32)
    routes = Kept(zero, zero, zero, first, arcs)
    marked = np.isin(np.arange(ARCS), list(over))
    hit = [bool(over & set(way)) for way in ways]
    assert routes.passes(marked).tolist() == hit
    which = data.draw(st.lists(st.integers(0, len(ways) - 1), max_size=8))
    asked = routes.passes(marked, np.array(which, np.int64))
    assert asked.tolist() == [hit[w] for w in which]
