"""Countries that hang together by trade."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from opencorridor.trade.validate import _groups


@given(st.integers(1, 9).flatmap(lambda n: arrays(bool, (n, n))))
def test_groups_are_the_connected_components(joined: np.ndarray) -> None:
    joined = joined | joined.T
    _, label = connected_components(csr_array(joined), directed=False)
    np.testing.assert_array_equal(_groups(joined), label)
