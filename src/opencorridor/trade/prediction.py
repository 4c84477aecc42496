"""What an estimate of gravity says of rows: named effects, expected trade of any pair, its error.

All numbers come from one :class:`~opencorridor.trade.estimate.Estimate`; an effect is what its fit
leaves when the regressors are taken off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem, raise_if
from opencorridor.trade.estimate import Estimate
from opencorridor.trade.fitting import CONSTANT
from opencorridor.trade.kernels.within import Within, consecutive
from opencorridor.trade.panel import EFFECTS

__all__ = ["NamedEffects", "Projection", "expect", "named_effects"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_SHOWN = 10


class Projection:
    """The weighted regression on all regressors and effects, at the weights of a Poisson fit.

    Standard errors of predictions, and what a regressor has beyond the others, are both one
    regression more (Frisch, Waugh and Lovell).
    """

    def __init__(self, found: Estimate) -> None:
        self.found = found
        self.scale = float(found.fitted.mean())
        self.mu = found.fitted / self.scale
        self.within = Within(consecutive(found.data.effects[found.rows]))
        self.within.weigh(self.mu)

    def left(self, values: Floats, without: int | None = None) -> Floats:
        """Return ``values[n]`` less their fit on effects and regressors, but for one of these."""
        x = self.found.fit.residual_x
        if without is not None:
            x = np.delete(x, without, axis=1)
        rest = self.within.residual(values[:, None])
        weighted = x * self.mu[:, None]
        slope = np.linalg.solve(weighted.T @ x, weighted.T @ rest)
        found: Floats = (rest - x @ slope)[:, 0]
        return found

    def beyond(self, name: str) -> Floats:
        """Return what a regressor has beyond the other ones and the effects ``[n]``.

        Its coefficient times this is what it alone does to a row.
        """
        found = self.found
        x = found.data.x[found.rows, found.data.names.index(name)]
        return self.left(x, found.names.index(name))

    def log_std(self, chosen: Ints) -> float:
        r"""Return the standard error of the log of expected trade of some rows together.

        With :math:`h` the fit of :math:`q` (one over the sum of the chosen, 0 elsewhere) on
        everything, the variance is :math:`\sum_c (\sum_{r \in c} (y - \mu)_r h_r)^2` over
        clusters, with the factor of the estimate's own errors.

        Parameters
        ----------
        chosen
            Positions among the rows used.
        """
        found = self.found
        total = self.mu[chosen].sum()
        if not total > 0:
            return 0.0
        share = np.zeros(len(self.mu))
        share[chosen] = 1 / total
        fit = share - self.left(share)
        score: Floats = (found.data.trade[found.rows] / self.scale - self.mu) * fit
        count = len(score)
        if found.clusters:
            assert found.data.groups is not None  # errors by cluster have them
            groups = consecutive(found.data.groups[found.rows][:, None])[:, 0]
            score = np.bincount(groups, score).astype(np.float64)
            count = found.clusters
        return float(np.sqrt(score @ score * count / (count - 1)))


@dataclass(frozen=True, eq=False)
class NamedEffects:
    """Effects by name: ``values[effect][level]``, levels being tuples of names.

    Those of two effects can be added where both have the same ``part``: effects of groups that
    never trade with each other are only known up to a constant of each group.
    """

    values: Mapping[str, Mapping[tuple[str, ...], float]]
    part: Mapping[str, Mapping[tuple[str, ...], int]]


def named_effects(found: Estimate) -> NamedEffects:
    """Return the effects of a Poisson estimate by name; their sum is log trade less regressors."""
    data, rows = found.data, found.rows
    if not data.effects.shape[1]:
        return NamedEffects({}, {})
    levels = consecutive(data.effects[rows])
    within = Within(levels)
    within.weigh(found.fitted / found.fitted.mean())
    kept = [data.names.index(name) for name in found.names]
    index = found.fit.index - data.x[rows][:, kept] @ found.coefficients
    by_level = within.by_level(within.effects(index[:, None]), levels)
    count = [len(values) for values in by_level]
    start = np.concatenate(([0], np.cumsum(count)))
    part = _parts(levels, start)
    values, parts = {}, {}
    for m, name in enumerate(data.effect_names):
        first = np.zeros(count[m], dtype=np.intp)
        first[levels[::-1, m]] = np.arange(len(rows))[::-1]
        names = data.level_names(name, rows[first])
        values[name] = dict(zip(names, by_level[m][:, 0].tolist(), strict=True))
        parts[name] = dict(zip(names, part[start[m] : start[m + 1]].tolist(), strict=True))
    return NamedEffects(values, parts)


def _parts(levels: Ints, start: Ints) -> Ints:
    """Return which levels hang together over the rows: a number for each, effect after effect."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    n, m = levels.shape
    rows = np.repeat(np.arange(n), m)
    size = int(start[-1])
    links = sparse.coo_array((np.ones(n * m), (rows, (levels + start[:-1]).ravel())), (n, size))
    csr = links.tocsr()
    _, label = connected_components(csr.T @ csr, directed=False)
    return np.asarray(label, dtype=np.intp)


def expect(
    found: Estimate,
    columns: Mapping[str, Any],
    *,
    exporter: str = "exporter",
    importer: str = "importer",
    year: str | None = "year",
) -> Floats:
    """Return the expected trade of any rows, of pairs that the estimate never saw too.

    Parameters
    ----------
    found
        A Poisson estimate.
    columns
        Arrays of one length by name: the regressors, and the names that the effects are made of.
    exporter, importer, year
        Names of the columns, as in :func:`~opencorridor.trade.estimate.estimate`.

    Raises
    ------
    OpenCorridorError
        With every column that lacks, every row of a level that has no effect, and every row that
        joins effects of groups that never trade with each other.
    """
    roles = {"exporter": exporter, "importer": importer, "year": year or "year"}
    wanted = [name for name in found.names if name != CONSTANT]
    parts = {name: [roles.get(p, p) for p in EFFECTS.get(name, (name,))] for name in found.effects}
    if year is None:
        parts = {name: [c for c in made if c != roles["year"]] for name, made in parts.items()}
    needed = dict.fromkeys([*wanted, *(column for made in parts.values() for column in made)])
    raise_if(
        [Problem("missing_column", f"there is no column {name}", column=name)
         for name in needed if name not in columns]
    )  # fmt: skip
    count = len(np.asarray(columns[next(iter(needed))])) if needed else 1
    index = np.full(count, found.coefficient(CONSTANT) if CONSTANT in found.names else 0.0)
    for name in wanted:
        index += found.coefficient(name) * np.asarray(columns[name], dtype=np.float64)
    known = named_effects(found)
    group = np.full(count, -1)
    problems: list[Problem] = []
    for name, made in parts.items():
        keys = list(zip(*(map(str, columns[column]) for column in made), strict=True))
        if name == "symmetric-pair":
            keys = [tuple(sorted(key)) for key in keys]
        keys = keys or [()] * count
        value, part = known.values[name], known.part[name]
        index += [value.get(key, np.nan) for key in keys]
        own = np.array([part.get(key, -1) for key in keys])
        problems += _unknown(name, keys, own)
        apart = (group >= 0) & (own >= 0) & (own != group)
        problems += _apart(np.flatnonzero(apart))
        group = own
    if problems:
        raise OpenCorridorError(problems)
    return np.asarray(np.exp(index), dtype=np.float64)


def _unknown(name: str, keys: list[tuple[str, ...]], part: Ints) -> list[Problem]:
    lost = np.flatnonzero(part < 0)
    return [
        Problem(
            "unknown_level", f"the estimate has no effect {name} of {' '.join(keys[i])}",
            row=int(i) + 2, value=" ".join(keys[i]), mend="leave the row out",
        )
        for i in lost[:_SHOWN]
    ]  # fmt: skip


def _apart(rows: Ints) -> list[Problem]:
    text = "the effects of groups that never trade with each other cannot be added"
    return [
        Problem("separate_groups", text, row=int(i) + 2, mend="leave the row out")
        for i in rows[:_SHOWN]
    ]
