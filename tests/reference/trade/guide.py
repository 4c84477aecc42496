"""The two equilibrium applications of the Advanced Guide to Trade Policy Analysis, chapter 2.

Yotov, Piermartini, Monteiro and Larch (2016): their data and Stata results, read from the folder
``trade`` beside the reference folder, and their steps from data to trade costs. Estimated here
by plain iterations, so that no library of estimation is asked.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor import trade

Floats = npt.NDArray[np.float64]

THETA = 6.0
REFERENCE = "DEU"
BORDERS = {"ln_dist": -0.79128791, "cntg": 0.67364557, "abroad": -2.47445046}
_NAFTA = ("CAN", "MEX", "USA")
_YEARS = (1986, 1990, 1994, 1998, 2002, 2006)


@dataclass(frozen=True)
class Application:
    """Observed flows, access before and after ``[N, N]``, and the Guide's columns (per cent)."""

    countries: list[str]
    flows: Floats
    before: Floats
    after: Floats
    golden: dict[str, Floats]


def rows(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return list(csv.DictReader(text.splitlines()))


def _golden(folder: Path, name: str) -> tuple[list[str], dict[str, Floats]]:
    found = rows(folder / f"agtpa_golden_ch2_{name}_stata.csv")
    columns = [column for column in found[0] if column != "country"]
    values = {c: np.array([float(row[c]) for row in found]) for c in columns}
    return [row["country"] for row in found], values


def _panel(folder: Path, years: tuple[int, ...], countries: list[str]) -> dict[str, Any]:
    """Return the columns of some years as cubes ``[T, N, N]``."""
    place = {name: i for i, name in enumerate(countries)}
    n, names = len(countries), ("trade", "dist", "cntg", "lang", "clny", "rta")
    cubes = {name: np.full((len(years), n, n), np.nan) for name in names}
    for row in rows(folder / "agtpa_applications.csv.gz"):
        if float(row["year"]) in years:
            cell = years.index(int(float(row["year"]))), place[row["exporter"]]
            for name in names:
                cubes[name][(*cell, place[row["importer"]])] = float(row[name])
    assert all(np.isfinite(cube).all() for cube in cubes.values())
    return cubes


def poisson(
    y: Floats, groups: list[npt.NDArray[np.intp]], x: Floats, sweeps: int = 40
) -> tuple[Floats, list[Floats]]:
    """Return Poisson coefficients ``[k]`` and group effects of ``y[n]`` on regressors ``[n, k]``.

    Effects match the sums of their groups in turn; regressors follow by Newton's steps on what the
    effects leave of them.
    """
    counts = [int(group.max()) + 1 for group in groups]
    sums = [np.bincount(g, y, n) for g, n in zip(groups, counts, strict=True)]
    beta, effects = np.zeros(x.shape[1]), [np.zeros(n) for n in counts]
    fitted, left = np.ones_like(y), x.copy()
    for _ in range(60):
        for _ in range(sweeps):
            for k, group in enumerate(groups):
                ratio = sums[k] / np.bincount(group, fitted, counts[k])
                effects[k] += np.log(ratio)
                fitted *= ratio[group]
        for _ in range(sweeps):
            for k, group in enumerate(groups):
                weight = np.bincount(group, fitted, counts[k])
                for column in range(x.shape[1]):
                    mean = np.bincount(group, fitted * left[:, column], counts[k]) / weight
                    left[:, column] -= mean[group]
        step = np.linalg.solve(left.T @ (fitted[:, None] * left), left.T @ (y - fitted))
        beta, fitted = beta + step, fitted * np.exp(x @ step)
        if np.abs(step).max() < 1e-11:
            break
    return beta, effects


def borders(folder: Path) -> Application:
    """Return application 1: all borders fall, 69 countries in 2006, published coefficients."""
    countries, golden = _golden(folder, "app1_no_borders")
    cubes = {name: cube[0] for name, cube in _panel(folder, (2006,), countries).items()}
    abroad = 1.0 - np.eye(len(countries))
    cost = BORDERS["ln_dist"] * np.log(cubes["dist"]) + BORDERS["cntg"] * cubes["cntg"]
    before = np.exp(cost + BORDERS["abroad"] * abroad)
    return Application(countries, cubes["trade"], before, np.exp(cost), golden)


def _pair_effects(cubes: dict[str, Any]) -> tuple[float, Floats]:
    """Return the effect of agreements and log access of pairs ``[N, N]``, NaN where no trade."""
    years, n, _ = cubes["trade"].shape
    t, e, i = (axis.ravel() for axis in np.indices((years, n, n)))
    pair = np.where(e == i, 0, 1 + np.minimum(e, i) * n + np.maximum(e, i))
    y = cubes["trade"].ravel() / cubes["trade"].mean()
    used = np.bincount(pair, y)[pair] > 0
    known, place = np.unique(pair[used], return_inverse=True)
    groups = [(e * years + t)[used], (i * years + t)[used], place]
    beta, effects = poisson(y[used], groups, cubes["rta"].ravel()[used, None])
    gamma = np.full(n * n + n, np.nan)
    gamma[known] = effects[2] - effects[2][0]
    return float(beta[0]), gamma[pair.reshape(years, n, n)[0]]


def _fill(gamma: Floats, cubes: dict[str, Any]) -> Floats:
    """Return access of all pairs: that of pairs that never traded as gravity predicts it."""
    n = len(gamma)
    names = ("cntg", "lang", "clny")
    x = np.stack([np.log(cubes["dist"][2])] + [cubes[name][2] for name in names], axis=-1)
    e, i = np.indices((n, n))
    known = np.isfinite(gamma) & (e != i)
    beta, effects = poisson(np.exp(gamma[known]), [e[known], i[known]], x[known])
    fitted = np.exp(x @ beta + effects[0][:, None] + effects[1])
    return np.where(np.isfinite(gamma), np.exp(gamma), fitted)


def nafta(folder: Path) -> Application:
    """Return application 2: 1994 with NAFTA (before) and without it (after)."""
    countries, golden = _golden(folder, "app2_nafta")
    cubes = _panel(folder, _YEARS, countries)
    effect, gamma = _pair_effects(cubes)
    access, rta = _fill(gamma, cubes), cubes["rta"][2].copy()
    before = access * np.exp(effect * rta)
    places = [countries.index(name) for name in _NAFTA]
    rta[np.ix_(places, places)] = 0.0
    return Application(countries, cubes["trade"][2], before, access * np.exp(effect * rta), golden)


def world(case: Application, closure: str) -> trade.OneSector:
    """Return the fitted baseline of an application, Germany's price index held."""
    output, outlay = case.flows.sum(axis=1), case.flows.sum(axis=0)
    fitted = trade.gravity_baseline(case.before, output, outlay, theta=THETA)
    return trade.one_sector(
        fitted.flows,
        theta=THETA,
        closure=closure,
        reference=REFERENCE,
        countries=case.countries,
    )
