"""Who gains and who loses: trade created and diverted by a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.trade import labels as lb
from opencorridor.trade.potential import position
from opencorridor.trade.solve import Equilibrium

__all__ = ["CountryEffect", "PairEffect", "country_effects", "creation_diversion"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PairEffect:
    """Changes of flows, all sectors, in the unit of the flows; together they are the world's.

    Attributes
    ----------
    pair
        The two countries ``a, b``.
    created
        Change of the pair's trade; ``a_to_b`` and ``b_to_a`` are its parts.
    exports_to_third, imports_from_third
        Changes of the flows of a (row 0) and b (row 1) to and from each third country ``[2, N]``;
        0 where the partner is one of the pair. Negative ones are trade diverted.
    domestic
        Changes of sales at home of a and b ``[2]``.
    elsewhere
        Change of all flows that touch neither.
    countries
        Names along ``N``.
    """

    pair: tuple[str, str]
    created: float
    a_to_b: float
    b_to_a: float
    exports_to_third: Floats
    imports_from_third: Floats
    domestic: Floats
    elsewhere: float
    countries: tuple[str, ...]

    @property
    def diverted(self) -> float:
        """Change of the pair's trade with third countries."""
        return float(self.exports_to_third.sum() + self.imports_from_third.sum())


@dataclass(frozen=True)
class CountryEffect:
    """What a change does to one country; trade without sales at home, in the unit of the flows."""

    country: str
    welfare_change_share: float
    exports_change: float
    imports_change: float


def _change(before: Any, after: Any) -> tuple[Floats, lb.Labels]:
    """Return the change of flows over all sectors ``[N, N]``."""
    first, labels = lb.read_flows(before, None, None)
    last, last_labels = lb.read_flows(after, None, None)
    if labels.labelled != last_labels.labelled and not isinstance(after, Equilibrium):
        raise OpenCorridorError([Problem("trade_labels", "only one of the two has labels")])
    if first.shape != last.shape or (
        labels.labelled and (labels.countries, labels.sectors) != _names(last_labels)
    ):
        text = "the flows before and after are not of the same countries and sectors"
        raise OpenCorridorError([Problem("trade_shape", text, value=f"{first.shape} {last.shape}")])
    return (last - first).sum(axis=0), labels


def _names(labels: lb.Labels) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return labels.countries, labels.sectors


def creation_diversion(before: Any, after: Any, pair: tuple[str | int, str | int]) -> PairEffect:
    """Return what happened to the trade of a pair, with third countries, at home and elsewhere.

    Parameters
    ----------
    before, after
        Flows ``[S, N, N]``: arrays, a ``TradeMatrix``, DataArrays or an :class:`Equilibrium`.
    pair
        Two countries, by name (where the flows carry names) or position.
    """
    change, labels = _change(before, after)
    a, b = (position(labels, country) for country in pair)
    third = np.ones(len(labels.countries))
    third[[a, b]] = 0.0
    exports = np.stack([change[a] * third, change[b] * third])
    imports = np.stack([change[:, a] * third, change[:, b] * third])
    home = np.array([change[a, a], change[b, b]])
    a_to_b, b_to_a = float(change[a, b]), float(change[b, a])
    return PairEffect(
        pair=(labels.countries[a], labels.countries[b]),
        created=a_to_b + b_to_a,
        a_to_b=a_to_b,
        b_to_a=b_to_a,
        exports_to_third=exports,
        imports_from_third=imports,
        domestic=home,
        elsewhere=float(third @ change @ third),
        countries=labels.countries,
    )


def country_effects(before: Any, after: Equilibrium) -> tuple[CountryEffect, ...]:
    """Return the effect on every country, the largest winner first (ties in order of the flows)."""
    change, _ = _change(before, after)
    welfare = np.asarray(after.welfare_hat) - 1.0
    np.fill_diagonal(change, 0.0)
    exports, imports = change.sum(axis=1), change.sum(axis=0)
    order = np.argsort(-welfare, kind="stable")
    return tuple(
        CountryEffect(after.countries[i], float(welfare[i]), float(exports[i]), float(imports[i]))
        for i in order
    )
