"""Why a pair trades less than a usual one: the gap, step by step, and what is left unexplained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["STEPS", "Step", "advantage", "export_potential", "shortfall"]

Floats = npt.NDArray[np.float64]

STEPS = ("potential", "transport", "tariff", "non_tariff", "not_explained", "actual")


@dataclass(frozen=True)
class Step:
    """One bar of the waterfall: ``value`` has the shape of the flows; ends are levels."""

    step: str
    value: Floats


def shortfall(potential: Floats, actual: Floats, factor: Mapping[str, Floats]) -> tuple[Step, ...]:
    """Return how trade falls from its potential to what it is; the parts add up exactly.

    The factors are taken one after the other in the order of ``STEPS``: the first from the
    potential, the next from what is left. What stays after them is "not explained": payments,
    sanctions, information and all that nobody measured.

    Parameters
    ----------
    potential, actual
        Trade, any equal shapes and unit.
    factor
        Factor on trade by step (``transport``, ``tariff``, ``non_tariff``), 1 for none.
    """
    left = np.asarray(potential, dtype=np.float64)
    steps = [Step("potential", left)]
    for name in STEPS[1:4]:
        after = left * factor[name]
        steps.append(Step(name, after - left))
        left = after
    given = np.asarray(actual, dtype=np.float64)
    steps.append(Step("not_explained", given - left))
    return (*steps, Step("actual", given))


def advantage(flows: Floats) -> Floats:
    """Return revealed comparative advantage ``[S, N]`` (Balassa 1965) of flows ``[S, N, N]``.

    Share of a sector in a country's exports over its share in the world's; sales at home do not
    count; NaN for a country without exports or a sector that nobody exports.
    """
    exports = _exports(flows)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = exports / exports.sum(axis=0)
        world = exports.sum(axis=1) / exports.sum()
        found = own / world[:, None]
    return np.where(np.isfinite(found), found, np.nan)


def _exports(flows: Floats) -> Floats:
    home = np.einsum("sii->si", flows)
    return np.asarray(flows.sum(axis=2) - home)


def export_potential(flows: Floats, a: int, b: int) -> Floats:
    """Return the export potential by sector ``[S]`` from a to b: supply x demand x ease of trade.

    Decreux and Spies (2016), "Export potential assessments", ITC: the exporter's share in world
    exports of the sector, times the importer's imports of it, times the ease of trade of the pair:
    what the two trade over what they would if the exporter had its world share in every sector.
    The sum over sectors is the pair's trade; what differs is where it lies.
    """
    off = flows.copy()
    diagonal = np.arange(flows.shape[1])
    off[:, diagonal, diagonal] = 0.0
    world = off.sum(axis=(1, 2))
    supply = np.divide(off[:, a].sum(axis=1), world, out=np.zeros_like(world), where=world > 0)
    usual = supply * off[:, :, b].sum(axis=1)
    total = usual.sum()
    ease = off[:, a, b].sum() / total if total > 0 else 0.0
    return np.asarray(usual * ease)
