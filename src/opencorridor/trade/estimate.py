"""Gravity estimated: Poisson (PPML) and logarithms (OLS), with effects taken out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.trade import correction
from opencorridor.trade.fitting import CONSTANT, Fit, fit
from opencorridor.trade.kernels.separation import explained
from opencorridor.trade.panel import Panel, panel, trim

__all__ = ["METHODS", "PLAIN_ERRORS", "Estimate", "Reset", "estimate", "reset_test"]

Floats = npt.NDArray[np.float64]

METHODS = ("ppml", "ols")
PLAIN_ERRORS = ("classic", "robust")


@dataclass(frozen=True, eq=False)
class Estimate:
    """Coefficients of gravity, how sure they are, and which rows they rest on.

    Attributes
    ----------
    method
        ``ppml`` (trade) or ``ols`` (logarithm of trade).
    effects
        Names of the effects.
    names, coefficients, std_errors, covariance
        Regressors ``[k]``, ``[k]``, ``[k]``, ``[k, k]``; "constant" is the last where there are no
        effects.
    errors
        ``classic``, ``robust``, or what the standard errors are clustered by.
    clusters
        Number of clusters; 0 where there are none.
    bias
        What the correction took off the coefficients ``[k]``, or None without correction.
    deviance, log_likelihood, pseudo_r2
        Of the fit, in the unit of trade; for ``ols`` the sum of squared residuals, the likelihood
        of normal errors and R2.
    rows_read, rows_used
        Numbers of rows.
    dropped
        Rows left out by reason (:data:`opencorridor.trade.panel.REASONS`): positions from 0.
    dropped_regressors
        Regressors without a coefficient, with the reason.
    groups
        Groups of countries that never trade with each other: effects of different groups cannot be
        compared.
    seconds
        Time taken; a fit that does not settle is an error.
    fitted
        Expected trade of the rows used, unit of trade; for ``ols`` the exponential of the fit.
    """

    method: str
    effects: tuple[str, ...]
    names: tuple[str, ...]
    coefficients: Floats
    std_errors: Floats
    covariance: Floats
    errors: str
    clusters: int
    bias: Floats | None
    deviance: float
    log_likelihood: float
    pseudo_r2: float
    rows_read: int
    rows_used: int
    dropped: Mapping[str, npt.NDArray[np.intp]]
    dropped_regressors: Mapping[str, str]
    groups: int
    seconds: float
    fitted: Floats
    data: Panel = field(repr=False)
    fit: Fit = field(repr=False)

    def coefficient(self, name: str) -> float:
        """Return one coefficient; ``ValueError`` where there is none of that name."""
        return float(self.coefficients[self.names.index(name)])

    def std_error(self, name: str) -> float:
        """Return one standard error; ``ValueError`` where there is none of that name."""
        return float(self.std_errors[self.names.index(name)])

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """Positions of the rows used, in the order of ``fitted``."""
        return np.flatnonzero(self.data.keep)

    def predict(self, columns: Mapping[str, Any]) -> Floats:
        """Return expected trade of the rows used under other values of regressors.

        Parameters
        ----------
        columns
            New values by regressor, each of the length of the table estimated on; regressors that
            are not named keep theirs. Effects stay as they are.

        Raises
        ------
        OpenCorridorError
            With every name that has no coefficient and every length that differs.
        """
        rows, log_ratio = self.rows, np.zeros(self.rows_used)
        problems = []
        for name, values in columns.items():
            array = np.asarray(values, dtype=np.float64)
            if name not in self.names or name == CONSTANT:
                text = f"{name} has no coefficient"
                problems.append(Problem("unknown_regressor", text, value=name))
            elif array.shape != (self.rows_read,):
                text = f"{name} has the shape {array.shape}"
                expected = f"({self.rows_read},): a value for every row"
                problems.append(Problem("trade_shape", text, value=name, expected=expected))
            else:
                change = array[rows] - self.data.x[rows, self.data.names.index(name)]
                log_ratio += self.coefficient(name) * change
        if problems:
            raise OpenCorridorError(problems)
        return self.fitted * np.exp(log_ratio)


@dataclass(frozen=True)
class Reset:
    """Ramsey's RESET: the coefficient of the squared linear index, and its two-sided p-value.

    A small ``p`` speaks against the form of the model.
    """

    coefficient: float
    std_error: float
    p: float


def estimate(
    columns: Mapping[str, Any],
    regressors: Sequence[str],
    effects: Sequence[str] = ("exporter-year", "importer-year"),
    *,
    method: str = "ppml",
    errors: str = "pair",
    correct_bias: bool = False,
    keep_singletons: bool = False,
    engine: str | None = None,
    trade: str = "trade",
    exporter: str = "exporter",
    importer: str = "importer",
    year: str | None = "year",
    file: str = "",
) -> Estimate:
    r"""Estimate :math:`X_{ijt} = \exp(x_{ijt}'\beta + \text{effects})`.

    Parameters
    ----------
    columns
        Arrays of one length by name: a DataFrame, a dict, or ``FlowTable.columns``. NaN is missing:
        such rows are left out and counted. Sales at home are rows like any other.
    regressors
        Columns of numbers.
    effects
        Names in :data:`opencorridor.trade.panel.EFFECTS`, or columns.
    method
        ``ppml``, or ``ols`` on the logarithm of trade.
    errors
        Standard errors: ``classic``, ``robust`` (factor n / (n - 1)), or a name as in ``effects``
        to cluster by (factor G / (G - 1), as in ppmlhdfe).
    correct_bias
        Whether to take the bias off three-way Poisson coefficients and off their standard errors
        (Weidner and Zylkin 2021). Effects have to be exporter-year, importer-year and pair, errors
        by pair.
    keep_singletons
        Whether rows that are alone in an effect stay; they are fitted exactly.
    engine
        ``own`` or ``pyfixest``; by default the first where it can (see :func:`~.fitting.fit`).
    trade, exporter, importer, year
        Names of the columns; ``year=None`` where all rows are of one.
    file
        Name of the file, for messages.

    Raises
    ------
    OpenCorridorError
        With unknown columns, wrong numbers, regressors that others or the effects already give,
        or a table that holds no trade.
    NotConverged
        Where the fit does not settle.

    Examples
    --------
    >>> import numpy as np
    >>> pairs = [(a, b) for a in "ABCD" for b in "ABCD" if a != b]
    >>> cost = np.array([1.0, 2, 3, 1, 4, 2, 2, 4, 1, 3, 2, 1])
    >>> table = {
    ...     "exporter": [a for a, _ in pairs],
    ...     "importer": [b for _, b in pairs],
    ...     "trade": 100 * np.exp(-0.5 * cost),
    ...     "cost": cost,
    ... }
    >>> found = estimate(table, ["cost"], ["exporter", "importer"], year=None)
    >>> round(found.coefficient("cost"), 6)
    -0.5
    """
    start = time.perf_counter()
    _check_choice(method, effects, errors, correct_bias)
    data = panel(
        columns, regressors, effects, trade=trade, exporter=exporter, importer=importer, year=year,
        cluster=None if errors in PLAIN_ERRORS else errors, file=file,
    )  # fmt: skip
    data = trim(data, method == "ppml", keep_singletons)
    _check_rows(data, file)
    fitted = fit(data, method == "ppml", engine)
    found = _result(data, fitted, method, errors, _without(data, fitted, file))
    if correct_bias:
        found = _corrected(found)
    return replace(found, seconds=time.perf_counter() - start)


def reset_test(found: Estimate) -> Reset:
    """Return the RESET of an estimate: it is estimated again with its squared linear index."""
    from scipy.special import ndtr

    data = found.data
    index = np.zeros(found.rows_read)
    index[found.rows] = (found.fit.index - found.fit.index.mean()) ** 2
    kept = [data.names.index(name) for name in found.names if name != CONSTANT]
    x = np.column_stack((data.x[:, kept], index))
    names = (*(data.names[k] for k in kept), "squared index")
    more = replace(data, x=x, names=names)
    again = _result(more, fit(more, found.method == "ppml"), found.method, found.errors, {})
    value, error = again.coefficient("squared index"), again.std_error("squared index")
    return Reset(value, error, float(2 * ndtr(-abs(value / error))))


def _check_choice(method: str, effects: Sequence[str], errors: str, correct_bias: bool) -> None:
    problems = []
    if method not in METHODS:
        text = f"no method is called {method}"
        problems.append(
            Problem("unknown_method", text, value=method, expected=" or ".join(METHODS))
        )
    if correct_bias:
        three = {"exporter-year", "importer-year", "pair"}
        if method != "ppml" or set(effects) != three or errors != "pair":
            problems.append(
                Problem(
                    "no_bias_correction",
                    "the bias is known for Poisson with three effects",
                    value=f"{method}; {', '.join(effects)}; errors by {errors}",
                    expected=f"ppml; {', '.join(sorted(three))}; errors by pair",
                    mend="choose these, or leave the correction out",
                )
            )
    if problems:
        raise OpenCorridorError(problems)


def _check_rows(data: Panel, file: str) -> None:
    keep = data.keep
    counts = ", ".join(f"{count} {reason}" for reason, count in data.counts().items())
    if not (data.trade[keep] > 0).any():
        text = "no row with trade is left to estimate on"
        why = f"of {len(keep)} rows left out: {counts}" if counts else "all trade is 0"
        raise OpenCorridorError([Problem("no_rows", text, file=file, value=why)])


def _without(data: Panel, fit: Fit, file: str) -> dict[str, str]:
    """Return the regressors that separation took, or raise with those that were never free."""
    reasons, problems = {}, []
    complete = data.dropped != "missing"
    for name in fit.collinear:
        k = data.names.index(name)
        others = [j for j, other in enumerate(data.names) if other not in fit.collinear]
        rest = data.x[complete][:, others]
        if not data.effects.shape[1]:
            rest = np.column_stack((rest, np.ones(len(rest))))
        if explained(data.x[complete, k], rest, data.effects[complete]):
            by = " and ".join(data.effect_names) or "the constant"
            problems.append(
                Problem(
                    "collinear_regressor",
                    f"{name} is given by other regressors and by {by}",
                    file=file, column=name, mend="leave it out, or use fewer effects",
                )
            )  # fmt: skip
        else:
            reasons[name] = "separated"
    if problems:
        raise OpenCorridorError(problems)
    return reasons


def _covariance(data: Panel, fit: Fit, errors: str) -> tuple[Floats, int]:
    """Return the covariance of the coefficients and the number of clusters."""
    bread = np.linalg.inv(fit.hessian)
    n, k = fit.scores.shape
    if errors == "classic":
        free = max(n - k - fit.effect_rank, 1)
        scale = fit.deviance / free if fit.linear else 1.0
        return bread * scale, 0
    scores, groups = fit.scores, 0
    factor = n / (n - 1)
    if errors != "robust":
        assert data.groups is not None  # panel() made them
        _, level = np.unique(data.groups[data.keep], return_inverse=True)
        groups = int(level.max()) + 1
        scores = np.stack([np.bincount(level, weights=s) for s in fit.scores.T], axis=1)
        factor = groups / (groups - 1) if groups > 1 else np.nan
    if groups == 1:
        text = f"all rows stand in one cluster of {errors}"
        raise OpenCorridorError([Problem("one_cluster", text, mend="cluster by something else")])
    return factor * bread @ (scores.T @ scores) @ bread, groups


def _result(
    data: Panel, fit: Fit, method: str, errors: str, without: Mapping[str, str]
) -> Estimate:
    covariance, clusters = _covariance(data, fit, errors)
    reasons = data.counts()
    return Estimate(
        method=method,
        effects=data.effect_names,
        names=fit.names,
        coefficients=fit.coefficients,
        std_errors=np.sqrt(covariance.diagonal()),
        covariance=covariance,
        errors=errors,
        clusters=clusters,
        bias=None,
        deviance=fit.deviance,
        log_likelihood=fit.log_likelihood,
        pseudo_r2=fit.pseudo_r2,
        rows_read=len(data.trade),
        rows_used=len(fit.index),
        dropped={reason: np.flatnonzero(data.dropped == reason) for reason in reasons},
        dropped_regressors=dict(without),
        groups=data.connected_groups(),
        seconds=0.0,
        fitted=np.exp(fit.index),
        data=data,
        fit=fit,
    )


def _corrected(found: Estimate) -> Estimate:
    bias, covariance = correction.three_way(found.data, found.fit)
    return replace(
        found,
        coefficients=found.coefficients - bias,
        std_errors=np.sqrt(covariance.diagonal()),
        covariance=covariance,
        bias=bias,
    )
