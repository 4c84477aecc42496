"""The bias of three-way estimates: loops against sums, and simulated trade."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor.trade.estimate import estimate
from opencorridor.trade.kernels import bias as kernel
from tests.trade.panels import made_panel

THREE = ("exporter-year", "importer-year", "pair")


def dense(seed: int = 2, countries: int = 6, years: int = 3) -> tuple[Any, ...]:
    """Return the arrays of the kernel for a fitted panel."""
    table = made_panel(countries, years, seed) | {}
    table["extra"] = np.random.default_rng(seed).normal(size=len(table["trade"]))
    found = estimate(table, ["rta", "extra"], THREE)
    shape = (countries * (countries - 1), years)
    y, lam = table["trade"].reshape(shape), found.fitted.reshape(shape)
    x = found.fit.residual_x.reshape(*shape, 2)
    pairs = [(i, j) for i in range(countries) for j in range(countries) if i != j]
    exporter, importer = np.array(pairs, dtype=np.intp).T
    return y, lam, x, exporter, importer


def third_derivative(lam: Any) -> Any:
    """Return minus the third derivative of a pair's likelihood in its indices, ``[T, T, T]``."""
    total, share = lam.sum(), lam / lam.sum()
    steps = range(len(lam))
    same = np.eye(len(lam))
    return -total * np.array([[[
        same[r, s] * same[s, t] * share[t]
        - same[r, s] * share[s] * share[t]
        - same[r, t] * share[r] * share[s]
        - same[s, t] * share[s] * share[r]
        + 2 * share[r] * share[s] * share[t]
        for t in steps] for s in steps] for r in steps])  # fmt: skip


def bias_by_loops(y: Any, lam: Any, x: Any, sides: tuple[Any, Any]) -> Any:
    """Return the bias as the paper writes it: sums over countries of traces of small matrices."""
    pairs, _, k = x.shape
    hessian = [np.diag(a) - np.outer(a, a) / a.sum() for a in lam]
    bread = sum(x[p].T @ hessian[p] @ x[p] for p in range(pairs))
    total = np.zeros(k)
    for side in sides:
        n = side.max() + 1
        for country in range(n):
            members = np.flatnonzero(side == country)
            inverse = np.linalg.pinv(sum(hessian[p] for p in members), rcond=1e-10)
            score = [y[p] - lam[p] for p in range(pairs)]
            squares = sum(np.outer(score[p], score[p]) for p in members)
            for c in range(k):
                first = sum(np.outer(hessian[p] @ x[p, :, c], score[p]) for p in members)
                third = sum(third_derivative(lam[p]) @ x[p, :, c] for p in members)
                total[c] += n / (n - 1) * (
                    -np.trace(inverse @ first)
                    + np.trace(inverse @ third @ inverse @ squares) / 2
                )  # fmt: skip
    return np.linalg.solve(bread, total)


def test_bias_is_that_of_the_paper_written_as_loops() -> None:
    y, lam, x, exporter, importer = dense()
    found = kernel.three_way_bias(y, lam, x, exporter, importer)
    assert found.total == pytest.approx(bias_by_loops(y, lam, x, (exporter, importer)), rel=1e-6)
    assert np.abs(found.total).min() > 1e-5


def test_leverage_is_how_far_the_fit_follows_a_pair() -> None:
    """Move one pair's trade: its own fit moves by the leverage, to first order."""
    countries, years = 5, 3
    table = made_panel(countries, years, 4)
    found = estimate(table, ["rta"], THREE)
    shape = (countries * (countries - 1), years)
    pairs = [(i, j) for i in range(countries) for j in range(countries) if i != j]
    exporter, importer = np.array(pairs, dtype=np.intp).T
    lam = found.fitted.reshape(shape)
    x = found.fit.residual_x.reshape(*shape, 1)
    moved = kernel.leverage(lam, x, exporter, importer)
    p, size = 7, 1e-5 * table["trade"].mean()
    push = np.zeros(shape)
    push[p, :2] = size, -size  # the sum over time stays: the pair's own effect takes no part
    more = estimate(table | {"trade": table["trade"] + push.ravel()}, ["rta"], THREE)
    change = (more.fitted.reshape(shape) - lam)[p] / size
    assert change == pytest.approx(moved[p] @ (push[p] / size), abs=2e-3)


def test_unadjusted_covariance_is_the_clustered_one() -> None:
    table = made_panel(7, 3)
    found = estimate(table, ["rta"], THREE)
    shape = (42, 3)
    pairs = [(i, j) for i in range(7) for j in range(7) if i != j]
    exporter, importer = np.array(pairs, dtype=np.intp).T
    plain = kernel.three_way_covariance(
        table["trade"].reshape(shape), found.fitted.reshape(shape),
        found.fit.residual_x.reshape(*shape, 1), exporter, importer, adjust=False,
    )  # fmt: skip
    assert plain == pytest.approx(found.covariance, rel=1e-8)


def test_adjusted_errors_are_larger() -> None:
    table = made_panel(8, 3)
    plain = estimate(table, ["rta"], THREE)
    corrected = estimate(table, ["rta"], THREE, correct_bias=True)
    assert corrected.std_errors[0] > plain.std_errors[0]
    assert corrected.coefficients + corrected.bias == pytest.approx(plain.coefficients, abs=1e-12)


def test_gaps_in_a_panel_are_zeros() -> None:
    table = made_panel(7, 4)
    gone = (table["exporter"] == "C01") & (table["importer"] == "C03") & (table["year"] == "2002")
    found = estimate({k: v[~gone] for k, v in table.items()}, ["rta"], THREE, correct_bias=True)
    whole = estimate(table, ["rta"], THREE, correct_bias=True)
    assert found.rows_used == whole.rows_used - 1
    assert np.abs(found.bias - whole.bias).max() < np.abs(whole.bias).max() + 0.02
    assert np.isfinite(found.std_errors).all()


def skewed(seed: int, countries: int, years: int) -> Any:
    """Return trade whose errors grow where the agreement is, so that the bias has one sign."""
    table = made_panel(countries, years, seed, noise=0.0, beta=0.5)
    rng = np.random.default_rng(seed + 100)
    spread = 0.2 + 0.7 * table["rta"]
    shock = np.exp(spread * rng.normal(size=len(spread)) - spread**2 / 2)
    return table | {"trade": table["trade"] * shock}


def jackknife(table: Any, plain: float, countries: int) -> float:
    """Return the split-panel jackknife of Weidner and Zylkin: countries halved at both ends."""
    half = np.random.default_rng(9).permutation(countries)[: countries // 2]
    first = {f"C{i:02d}" for i in half}
    e = np.isin(table["exporter"].astype(str), sorted(first))
    i = np.isin(table["importer"].astype(str), sorted(first))
    parts = []
    for a in (e, ~e):
        for b in (i, ~i):
            sample = {key: values[a & b] for key, values in table.items()}
            parts.append(estimate(sample, ["rta"], THREE).coefficient("rta"))
    return float(2 * plain - np.mean(parts))


def test_correction_points_where_the_truth_and_the_jackknife_lie() -> None:
    """On average over simulated tables, whose true coefficient is 0.5."""
    plain, analytic, halves = [], [], []
    for seed in range(20):
        table = skewed(seed, 12, 3)
        found = estimate(table, ["rta"], THREE, correct_bias=True)
        assert found.bias is not None
        plain.append(float(found.coefficients[0] + found.bias[0]))
        analytic.append(-float(found.bias[0]))
        halves.append(jackknife(table, plain[-1], 12) - plain[-1])
    assert np.mean(analytic) > 2 * np.std(analytic) / np.sqrt(20)
    assert np.mean(halves) > 0
    assert np.mean(analytic) < 0.5 - np.mean(plain)
