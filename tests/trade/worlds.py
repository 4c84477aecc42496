"""Random small worlds for the tests of trade."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

Floats = npt.NDArray[np.float64]


def random_world(seed: int, countries: int, sectors: int) -> tuple[Floats, Floats]:
    """Return flows of very unequal countries, with gaps and deficits, and elasticities."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(sigma=1.0, size=countries)
    flows = rng.lognormal(sigma=0.7, size=(sectors, countries, countries))
    flows *= 0.1 * np.outer(size, size)
    flows[rng.random(flows.shape) < 0.2] = 0.0
    home = np.arange(countries)
    flows[:, home, home] = size * size * rng.uniform(0.3, 2.0, (sectors, countries))
    flows[0, home, (home + 1) % countries] += 0.02 * size  # one group, whatever the gaps
    return flows * 1e3, rng.uniform(2.0, 9.0, sectors)


def random_shock(seed: int, shape: tuple[int, ...], low: float, high: float) -> Floats:
    """Return cost factors between countries; those at home stay 1."""
    tau_hat = np.random.default_rng(seed + 1).uniform(low, high, shape)
    home = np.arange(shape[1])
    tau_hat[:, home, home] = 1.0
    return tau_hat


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Floats, Floats, int]:
    """Draw flows ``[S, N, N]``, elasticities ``[S]`` and a seed for more."""
    seed = draw(st.integers(0, 10_000))
    flows, theta = random_world(seed, draw(st.integers(2, 6)), draw(st.integers(1, 3)))
    return flows, theta, seed
