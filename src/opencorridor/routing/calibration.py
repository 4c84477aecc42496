"""Parameters of hours and prices fitted to what trips really took and cost.

Every parameter is a factor on rows of a table (:mod:`opencorridor.routing.uncertain`). On a given
way the hours and the money of a trip are linear in the factors f, so that with the matrix X of what
each parameter takes on each trip at factor 1

    model_i(f) = c_i + Σ_j X_ij f_j.

The factors are the most probable ones given the observations: ln f_j normal around 0 with the
width of the parameter's own range (low and high are taken as its 10th and 90th percentiles), the
error of an observation ln(model_i / value_i) of width ``NOISE`` with soft tails, so that one odd
trip cannot pull the rest, and low ≤ f_j ≤ high always (scipy's trust-region reflective method).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from opencorridor.costs import cost_plan
from opencorridor.network import only_arcs
from opencorridor.routing.trips import Trip, TripModel, trace, trip_value
from opencorridor.routing.uncertain import Parameter, as_sourced, parameters_of, scaled
from opencorridor.study import Study

__all__ = [
    "NOISE",
    "Calibrated",
    "Design",
    "Fitted",
    "calibrate",
    "calibrate_study",
    "design_of",
    "fit_factors",
    "left_out",
]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NOISE = 0.2
"""Width of ln(model / observed) that no parameter explains (a constant per trip leaves 0.1)."""
Z90 = 1.2815515655446004
"""90th percentile of the standard normal distribution."""
_ROUNDS = 4


@dataclass(frozen=True, eq=False)
class Design:
    """What every parameter takes on every trip.

    Attributes
    ----------
    parameters
        J parameters that matter on some trip.
    fixed, taken
        c, shape n, and X, shape (n, J), in the trips' own units.
    value, weight
        Observed values and weights, shape n.
    """

    parameters: tuple[Parameter, ...]
    fixed: Floats
    taken: Floats
    value: Floats
    weight: Floats

    def model(self, factors: Floats) -> Floats:
        """Return the modelled values, shape n."""
        return np.asarray(self.fixed + self.taken @ factors)


@dataclass(frozen=True, eq=False)
class Fitted:
    """Calibrated factors of a study.

    Attributes
    ----------
    parameters, factors, observations
        Shape J each: factor of each, and the number of trips that it matters on.
    rounds
        How often the ways were found anew.
    """

    parameters: tuple[Parameter, ...]
    factors: Floats
    observations: npt.NDArray[np.int64]
    rounds: int

    def study(self, study: Study) -> Study:
        """Return the study with the calibrated numbers."""
        return scaled(study, self.parameters, self.factors)


def design_of(model: TripModel, trips: Sequence[Trip], weight: npt.ArrayLike) -> Design:
    """Return the linear model of some trips, all of which have a way.

    Only the arcs that a trip uses are priced.
    """
    used = np.unique(np.concatenate([trip.arcs for trip in trips]))
    graph = only_arcs(model.graph, used)
    small = TripModel(model.study, graph, model.labels, cost_plan(graph, model.study))
    moved = [Trip(t.row, np.searchsorted(used, t.arcs), t.kind, t.km, t.straight_km) for t in trips]

    def values(study: Study, quantity: str = "") -> Floats:
        priced = small.with_numbers(study)
        return np.array(
            [
                trip_value(priced, t) if quantity in ("", t.row["quantity"]) else np.nan
                for t in moved
            ]
        )

    at_one = values(model.study)
    rows = small.plan.rows_used()
    kept: list[Parameter] = []
    columns: list[Floats] = []
    for parameter in parameters_of(model.study):
        if not np.isin(parameter.rows, rows[parameter.table]).any():
            continue
        table = parameter.applied(model.study[parameter.table], 2.0)
        doubled = values(model.study.replace({parameter.table: table}), parameter.quantity)
        more = np.where(np.isnan(doubled), 0.0, doubled - at_one)
        # What is left by rounding alone is no part of a trip.
        more[np.abs(more) < 1e-9 * at_one] = 0.0
        if more.any():
            kept.append(parameter)
            columns.append(more)
    taken = np.stack(columns, axis=1) if columns else np.zeros((len(trips), 0))
    return Design(
        tuple(kept),
        at_one - taken.sum(axis=1),
        taken,
        np.array([float(t.row["value"]) for t in trips]),
        np.asarray(weight, float),
    )


def _soft(r: Floats) -> tuple[Floats, Floats]:
    """Return residuals whose squares grow like ``2 |r|`` far from 0, and their slopes."""
    s = np.sqrt(1.0 + r * r)
    soft = np.sign(r) * np.sqrt(2.0 * (s - 1.0))
    near = np.abs(r) < 1e-6
    return soft, np.where(near, 1.0, r / np.where(near, 1.0, s * soft))


def fit_factors(design: Design, rows: Bools | None = None) -> Floats:
    """Return the most probable factors given some rows of a design, shape J.

    Parameters
    ----------
    rows
        Shape n: rows to fit to; by default all.
    """
    from scipy.optimize import least_squares

    n = len(design.parameters)
    low = np.array([p.low for p in design.parameters])
    high = np.array([p.high for p in design.parameters])
    mine = np.ones(len(design.value), bool) if rows is None else rows
    fixed, taken, value = design.fixed[mine], design.taken[mine], design.value[mine]
    felt = taken.any(axis=0) & (low < high)
    if not felt.any():
        return np.ones(n)
    root = np.sqrt(design.weight[mine])
    width = (np.log(high) - np.log(low)) / (2.0 * Z90)
    stay = fixed + taken[:, ~felt].sum(axis=1)

    def residuals(z: Floats) -> Floats:
        r = np.log((stay + taken[:, felt] @ np.exp(z)) / value) / NOISE
        return np.concatenate([root * _soft(r)[0], z / width[felt]])

    def slopes(z: Floats) -> Floats:
        parts = taken[:, felt] * np.exp(z)
        model = stay + parts.sum(axis=1)
        slope = root * _soft(np.log(model / value) / NOISE)[1] / (model * NOISE)
        return np.vstack([slope[:, None] * parts, np.diag(1.0 / width[felt])])

    ends = np.log(low[felt]), np.log(high[felt])
    # The start, 1, may be an end of the range, which the method does not take.
    start = np.clip(np.zeros(int(felt.sum())), ends[0] + 1e-9, ends[1] - 1e-9)
    found = least_squares(residuals, start, slopes, bounds=ends, xtol=1e-10, ftol=1e-10)
    factors = np.ones(n)
    factors[felt] = np.exp(found.x)
    return factors


def calibrate(model: TripModel, rows: Sequence[dict[str, object]], weight: Floats) -> Fitted:
    """Fit the parameters to observed trips, finding their ways anew until they stay.

    Parameters
    ----------
    model
        The model at the numbers of the tables.
    rows, weight
        Rows of ``observation_match`` and their weights; rows without a way do not count.
    """
    current, names = model, parameters_of(model.study)
    factors: Floats = np.ones(len(names))
    felt = np.zeros(len(names), np.int64)
    ways: list[bytes] = []
    rounds = 0
    while rounds < _ROUNDS:
        traced = [trace(current, dict(row)) for row in rows]
        new = [trip.arcs.tobytes() for trip in traced]
        if new == ways:
            break
        ways, rounds = new, rounds + 1
        found = [i for i, trip in enumerate(traced) if not trip.reason]
        if not found:
            break
        design = design_of(model, [traced[i] for i in found], weight[found])
        fitted = dict(zip((p.name for p in design.parameters), fit_factors(design), strict=True))
        counts = {p.name: int((design.taken[:, j] > 0).sum())
                  for j, p in enumerate(design.parameters)}  # fmt: skip
        factors = np.array([fitted.get(p.name, 1.0) for p in names])
        felt = np.array([counts.get(p.name, 0) for p in names])
        current = model.with_numbers(scaled(model.study, names, factors))
    return Fitted(names, factors, felt, rounds)


def _folds(keys: Sequence[tuple[str, ...]]) -> npt.NDArray[np.int64]:
    """Return the number of the group of every row: rows that share any key are of one group."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    for row in keys:
        for key in row[1:]:
            parent[root(key)] = root(row[0])
    roots = [root(row[0]) for row in keys]
    index = {name: i for i, name in enumerate(dict.fromkeys(roots))}
    return np.array([index[name] for name in roots], np.int64)


def left_out(
    model: TripModel,
    rows: Sequence[dict[str, object]],
    weight: Floats,
    source: Sequence[str],
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[Floats, int]:
    """Return what a model fitted without a trip's source and corridor says of it, and the folds.

    Rows that share a source, or both ends, are left out together: one article gives many rows.
    The ways of those left out are found with the factors of their fold.

    Returns
    -------
    values : float64[n]
        NaN where there is no way.
    folds : int
    """
    # Ways for the fit come from the numbers of the tables, which no observation has touched.
    traced = [trace(model, dict(row)) for row in rows]
    there = np.array([not trip.reason for trip in traced])
    out = np.full(len(rows), np.nan)
    keys = [
        (f"source:{s}", "ends:" + ">".join(sorted((str(r["origin_id"]), str(r["destination_id"])))))
        for s, r in zip(source, rows, strict=True)
    ]
    fold = _folds(keys)
    n_folds = int(fold.max(initial=-1)) + 1
    if not there.any():
        return out, n_folds
    at = np.flatnonzero(there)
    design = design_of(model, [traced[i] for i in at], weight[at])
    for k in range(n_folds):
        factors = fit_factors(design, fold[at] != k)
        tuned = model.with_numbers(scaled(model.study, design.parameters, factors))
        for i in np.flatnonzero(fold == k).tolist():
            out[i] = trip_value(tuned, trace(tuned, dict(rows[i])))
        progress(k + 1, n_folds)
    return out, n_folds


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A study with calibrated numbers.

    Attributes
    ----------
    study
        Its tables with the factors, a row of ``calibration`` for each, and ``left_out_value`` in
        ``observation_match``.
    fitted
        All parameters and their factors.
    left_out
        What a model fitted without the trip's source and corridor says, by (obs_id, quantity).
    folds
        Number of groups that were left out.
    """

    study: Study
    fitted: Fitted
    left_out: dict[tuple[str, str], float]
    folds: int


def _factor_rows(fitted: Fitted, source: str) -> list[dict[str, object]]:
    return [
        {
            "parameter_id": p.name,
            "table": p.table,
            "column": p.column,
            "quantity": p.quantity,
            "factor": factor,
            "factor_low": p.low,
            "factor_high": p.high,
            "trips": trips,
            "source": source,
            "status": "derived",
        }
        for p, factor, trips in zip(
            fitted.parameters, fitted.factors.tolist(), fitted.observations.tolist(), strict=True
        )
        if trips
    ]


def calibrate_study(
    study: Study, source: str, progress: Callable[[int, int], None] = lambda *_: None
) -> Calibrated:
    """Calibrate the parameters of a study on its own observations, contradictions aside.

    What an earlier calibration did to the tables is taken off first.

    Parameters
    ----------
    source
        Id of the source that the rows of ``calibration`` name.
    progress
        Told groups left out, and of how many.
    """
    from opencorridor.routing.fit import used_matches

    bare = as_sourced(study)
    rows, weight, against = used_matches(bare)
    kept = [i for i in range(len(rows)) if i not in against]
    mine, its = [rows[i] for i in kept], weight[kept]
    model = TripModel.of(bare)
    found = calibrate(model, mine, its)
    # Four digits: the same factors come out on every machine.
    ends = np.array([(p.low, p.high) for p in found.parameters]).reshape(-1, 2)
    rounded = np.array([float(f"{f:.4g}") for f in found.factors])
    rounded = np.clip(rounded, ends[:, 0], ends[:, 1])
    fitted = replace(found, factors=np.where(found.observations > 0, rounded, 1.0))
    seen = study["observation"]
    source_of = dict(zip(seen["obs_id"], seen["source"], strict=True))
    names = [str(source_of.get(row["obs_id"], row["obs_id"])) for row in mine]
    values, folds = left_out(model, mine, its, names, progress)
    apart = {
        (str(row["obs_id"]), str(row["quantity"])): float(f"{value:.4g}")
        for row, value in zip(mine, values.tolist(), strict=True)
    }
    match = study["observation_match"]
    keys = zip(match["obs_id"], match["quantity"], strict=True)
    column = np.array([apart.get(key, np.nan) for key in keys])
    tuned = fitted.study(bare)
    nothing = tuned["calibration"].where(np.zeros(tuned["calibration"].n, bool))
    tables = {
        "calibration": nothing.concat(_factor_rows(fitted, source)),
        "observation_match": match.with_column("left_out_value", column),
    }
    return Calibrated(tuned.replace(tables), fitted, apart, folds)
