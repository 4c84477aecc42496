"""Random worlds of several sectors with inputs, tariffs and deficits, whose accounts add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from tests.trade.worlds import random_world

Floats = npt.NDArray[np.float64]


def accounts(seed: int, countries: int, sectors: int, tariffs: bool = True) -> dict[str, Any]:
    """Return the arguments of ``sector_world``: flows, theta, inputs and tariff."""
    flows, theta = random_world(seed, countries, sectors)
    rng = np.random.default_rng(seed + 500)
    rate = np.where(rng.random(flows.shape) < 0.6, rng.uniform(0.0, 0.4, flows.shape), 0.0)
    home = np.arange(countries)
    rate[:, home, home] = 0.0
    if not tariffs:
        rate[:] = 0.0
    sales, spending = flows.sum(axis=2), (flows * (1 + rate)).sum(axis=1)
    mix = rng.uniform(0.1, 1.0, (sectors, sectors, countries))
    mix *= rng.uniform(0.2, 0.7, (1, sectors, countries)) / mix.sum(axis=0)
    inputs = mix * sales[None, :, :]
    # Less of an input where the country would not have enough of it left to consume.
    room = np.minimum(1.0, 0.8 * spending / inputs.sum(axis=1))
    inputs *= room[:, None, :]
    return {"flows": flows, "theta": theta, "inputs": inputs, "tariff": rate}


@st.composite
def input_worlds(draw: st.DrawFn) -> tuple[dict[str, Any], int]:
    """Draw the accounts of a world and a seed for more."""
    seed = draw(st.integers(0, 10_000))
    return accounts(seed, draw(st.integers(2, 5)), draw(st.integers(1, 4))), seed
