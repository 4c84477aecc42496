"""Shares of alternatives by plain and nested logit, and the parameters of the choice of routes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from opencorridor.study import Study
from opencorridor.study.check import run_checks
from opencorridor.study.errors import Problem, raise_if

__all__ = ["CHOICE_COLUMNS", "choice_of_classes", "logit_shares"]

CHOICE_COLUMNS = ("scale", "dissimilarity", "path_size")

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def logit_shares(
    utility: npt.ArrayLike,
    situation: npt.ArrayLike,
    nest: npt.ArrayLike | None = None,
    dissimilarity: npt.ArrayLike | None = None,
    names: Sequence[str] = (),
) -> Floats:
    r"""Return the share of every alternative in its choice situation; they add up to 1 in each.

    Plain: :math:`e^{V_a} / \sum_b e^{V_b}`. Nested (Ben-Akiva and Lerman 1985, equations 10.37 to
    10.39): :math:`P_a = P_{a|n} P_n`, with :math:`P_{a|n}` plain at :math:`V / \lambda_n` and
    :math:`P_n` plain at the log-sums :math:`\lambda_n \ln \sum_{b \in n} e^{V_b / \lambda_n}`.
    Exponents are taken less their largest, so utilities of -1,500 lose nothing.

    Parameters
    ----------
    utility
        Utilities ``[A]``; minus infinity: not available.
    situation
        Choice situation of each ``[A]``, from 0: a pair of zones and a cargo, for instance.
    nest
        Nest of each ``[A]``, from 0; alternatives of two situations share none. None: plain.
    dissimilarity
        :math:`\lambda` of each nest, above 0 and at most 1; 1: plain.
    names
        What a situation is called in errors; its number where it has no name.

    Raises
    ------
    OpenCorridorError
        For every situation without an available alternative (``no_alternative``), and for
        utilities, nests or dissimilarities that are none.
    """
    v, where = np.asarray(utility, dtype=float), np.asarray(situation, dtype=np.int64)
    inside = np.asarray(where if nest is None else nest, dtype=np.int64)
    n_nest = int(inside.max(initial=-1)) + 1
    scale = np.asarray(np.ones(n_nest) if dissimilarity is None else dissimilarity, dtype=float)
    raise_if(_faults(v, where, inside, scale, n_nest))
    within = v / scale[inside]
    log_sum = _log_sums(within, inside, n_nest)
    of_nest = np.zeros(n_nest, np.int64)
    of_nest[inside] = where
    known = np.isin(np.arange(n_nest), inside)
    upper = np.where(known, scale * np.where(known, log_sum, 0.0), -np.inf)
    total = _log_sums(upper, of_nest, int(where.max(initial=-1)) + 1)
    lost = np.unique(where[np.isneginf(total[where])])
    raise_if([_lost(int(s), names) for s in lost])
    inner = np.where(np.isneginf(within), -np.inf, within - np.maximum(log_sum[inside], -1e300))
    return np.asarray(np.exp(inner + np.maximum(upper[inside], -1e300) - total[where]))


def _log_sums(value: Floats, group: Ints, count: int) -> Floats:
    """Return the logarithm of the sum of exponentials by group; minus infinity for none."""
    largest = np.full(count, -np.inf)
    np.maximum.at(largest, group, value)
    shift = np.where(np.isneginf(largest), 0.0, largest)
    sums = np.bincount(group, np.exp(value - shift[group]), count)
    with np.errstate(divide="ignore"):
        return np.asarray(shift + np.log(sums))


def _faults(v: Floats, where: Ints, inside: Ints, scale: Floats, n_nest: int) -> list[Problem]:
    problems = [
        Problem("utility", f"the utility of alternative {i} is {v[i]}", column="utility",
                value=str(v[i]), expected="a number, or minus infinity where it is not available")
        for i in np.flatnonzero(np.isnan(v) | np.isposinf(v))
    ]  # fmt: skip
    problems += [
        Problem("dissimilarity", f"the dissimilarity of nest {n} is {scale[n]}",
                column="dissimilarity", value=str(scale[n]), expected="above 0 and at most 1")
        for n in np.flatnonzero(~((scale > 0) & (scale <= 1)))
    ]  # fmt: skip
    if not len(v) == len(where) == len(inside) or len(scale) < n_nest:
        return [*problems, Problem("lengths", "alternatives, situations and nests differ in number",
                                   value=f"{len(v)}, {len(where)}, {len(inside)}",
                                   expected="one situation and nest per alternative")]  # fmt: skip
    pairs = np.unique(np.stack([inside, where]), axis=1)
    shared = np.unique(pairs[0][1:][pairs[0][1:] == pairs[0][:-1]])
    return problems + [
        Problem("nest", f"nest {n} stands in several situations", column="nest", value=str(n),
                expected="alternatives of one situation", mend="number nests apart")
        for n in shared
    ]  # fmt: skip


def _lost(situation: int, names: Sequence[str]) -> Problem:
    name = names[situation] if situation < len(names) else str(situation)
    return Problem(
        "no_alternative",
        f"no alternative is available for {name}",
        value=name,
        expected="at least one way that is open to the cargo",
        mend="open a way, or leave the demand out",
    )


def choice_of_classes(study: Study) -> Floats:
    """Return scale k, dissimilarity and path size (3, K) of the choice of routes of every class.

    A class without a row of its own in the table ``choice`` takes the row with a blank class.

    Raises
    ------
    OpenCorridorError
        For every class that has neither (``no_choice``).
    """
    table = study["choice"]
    row_of = {str(c): row for row, c in enumerate(table["class_id"])}
    classes = [str(c) for c in study["commodity"]["class_id"]]
    rows = [row_of.get(c, row_of.get("", -1)) for c in classes]
    if min(rows, default=0) < 0:
        raise_if(run_checks(study, ["no_choice"]))
    return np.stack([table[name][rows] for name in CHOICE_COLUMNS]).astype(float)
