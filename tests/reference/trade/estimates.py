"""The estimates of the Guide and of three-way PPML: data, models, and their pages.

Yotov, Piermartini, Monteiro and Larch (2016), chapter 1; Correia, Guimarães and Zylkin (2020);
Weidner and Zylkin (2021). Folders: the reference folder, and ``trade`` in or beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from opencorridor.trade import Estimate, estimate

YEARS = (1986, 1990, 1994, 1998, 2002, 2006)
GRAVITY = ["log_dist", "cntg", "lang", "clny"]
BY_YEAR = [f"log_dist_{year}" for year in YEARS]
TWO = ("exporter-year", "importer-year")
THREE = ("exporter-year", "importer-year", "pair")
WITH_PAIRS = ("exporter-year", "importer-year", "pair_id")
HOME = "T2(5) PPML country-specific intra FE"
# What the printed run differs by, beyond its digits: see :func:`first_order_gaps`.
UNSETTLED = {"CAN": 2e-5, "KEN": 2e-5, "MWI": 6e-4, "NER": 9e-4, "SEN": 2e-5}


def table(path: Path) -> Any:
    """Return a CSV file as a frame; NA is Namibia."""
    return pd.read_csv(path, keep_default_na=False)


def guide_folder(reference: Path) -> Path | None:
    """Return the folder of the Guide's data, or None."""
    places = (reference / "trade", reference.parent / "trade")
    return next((p for p in places if (p / "golden_numbers.csv").is_file()), None)


def guide_rows(folder: Path) -> Any:
    """Return the Guide's rows of six years, with the variables of its regressions."""
    rows = table(folder / "agtpa_applications.csv.gz")
    rows = rows[rows["year"].isin(YEARS)].copy()
    home = rows["exporter"] == rows["importer"]
    rows["log_dist"] = np.log(rows["dist"])
    rows["y"] = rows.groupby(["exporter", "year"])["trade"].transform("sum")
    rows["e"] = rows.groupby(["importer", "year"])["trade"].transform("sum")
    rows["log_y"], rows["log_e"] = np.log(rows["y"]), np.log(rows["e"])
    world = rows.groupby("year")
    rows["far_out"] = rows["dist"] * world["e"].transform("sum") / rows["e"]
    rows["far_in"] = rows["dist"] * world["y"].transform("sum") / rows["y"]
    rows["log_remoteness_exp"] = np.log(
        rows.groupby(["exporter", "year"])["far_out"].transform("sum")
    )
    rows["log_remoteness_imp"] = np.log(
        rows.groupby(["importer", "year"])["far_in"].transform("sum")
    )
    for year in YEARS:
        rows[f"log_dist_{year}"] = rows["log_dist"] * ((rows["year"] == year) & ~home)
        rows[f"intl_border_{year}"] = ((rows["year"] == year) & ~home).astype(float)
    rows["log_dist_intra"], rows["smctry"] = rows["log_dist"] * home, home.astype(float)
    return rows


def golden(folder: Path, model: str) -> dict[str, tuple[float, float]]:
    rows = table(folder / "golden_numbers.csv")
    rows = rows[(rows["application"] == "ch1") & (rows["model"] == model)]
    return {row.variable: (float(row.estimate), float(row.std_error)) for row in rows.itertuples()}


CASES: dict[str, tuple[list[str], tuple[str, ...], str, str, bool]] = {
    "T1 OLS, classic s.e.": ([*GRAVITY, "log_y", "log_e"], (), "ols", "classic", False),
    "T1(1) OLS": ([*GRAVITY, "log_y", "log_e"], (), "ols", "pair_id", False),
    "T1(2) OLS remoteness": (
        [*GRAVITY, "log_y", "log_e", "log_remoteness_exp", "log_remoteness_imp"],
        (), "ols", "pair_id", False,
    ),
    "T1(3) OLS exporter-time & importer-time FE": (GRAVITY, TWO, "ols", "pair_id", False),
    "T1(4) PPML exporter-time & importer-time FE": (GRAVITY, TWO, "ppml", "pair_id", False),
    "T2(1) OLS": ([*BY_YEAR, *GRAVITY[1:]], TWO, "ols", "pair_id", False),
    "T2(2) PPML": ([*BY_YEAR, *GRAVITY[1:]], TWO, "ppml", "pair_id", False),
    "T2(3) PPML intra": (
        [*BY_YEAR, *GRAVITY[1:], "log_dist_intra"], TWO, "ppml", "pair_id", True,
    ),
    "T2(4) PPML intra + smctry (home bias)": (
        [*BY_YEAR, *GRAVITY[1:], "log_dist_intra", "smctry"], TWO, "ppml", "pair_id", True,
    ),
    "T3(1) OLS": ([*GRAVITY, "rta"], TWO, "ols", "pair_id", False),
    "T3(2) PPML": ([*GRAVITY, "rta"], TWO, "ppml", "pair_id", False),
    "T3(4) PPML ENDG pair FE": (["rta"], WITH_PAIRS, "ppml", "pair_id", True),
    "T3(5) PPML LEAD": (["rta", "rta_lead4"], WITH_PAIRS, "ppml", "pair_id", True),
    "T3(6) PPML PHSNG": (
        ["rta", "rta_lag4", "rta_lag8", "rta_lag12"], WITH_PAIRS, "ppml", "pair_id", True,
    ),
    "T3(7) PPML GLBZN": (
        ["rta", "rta_lag4", "rta_lag8", "rta_lag12",
         *(f"intl_border_{year}" for year in YEARS[:-1])],
        WITH_PAIRS, "ppml", "pair_id", True,
    ),
}  # fmt: skip
"""Regressors, effects, method, standard errors, and whether sales at home are in, by model."""


def estimated(rows: Any, model: str) -> Estimate:
    """Return one model of the Guide on its rows."""
    regressors, effects, method, errors, home = CASES[model]
    if not home:
        rows = rows[rows["exporter"] != rows["importer"]]
    return estimate(rows, regressors, effects, method=method, errors=errors)


def home_by_country(rows: Any) -> tuple[Any, list[str]]:
    """Return the rows with a dummy for each country's trade at home, and the regressors.

    The first country is what the others are compared with.
    """
    home = rows["exporter"] == rows["importer"]
    kind = np.where(home, rows["exporter"], "inter")
    dummies = {f"intra_pair{n}": (kind == n).astype(float) for n in sorted(set(kind))[1:]}
    more = pd.concat((rows, pd.DataFrame(dummies, index=rows.index)), axis=1)
    return more, [*BY_YEAR, *GRAVITY[1:], *dummies]


def first_order_gaps(rows: Any, beta: dict[str, float]) -> dict[str, float]:
    """Return expected over actual trade at home less 1, by country, at given coefficients.

    Effects by exporter and year and by importer and year are chosen so that sums by both are met;
    at the maximum of the likelihood trade at home is met too.
    """
    y = rows["trade"].to_numpy()
    mu = np.exp(rows[list(beta)].to_numpy() @ np.array(list(beta.values())))
    ends = [rows.groupby([side, "year"]).ngroup().to_numpy() for side in ("exporter", "importer")]
    for _ in range(20_000):
        moved = 0.0
        for levels in ends:
            factor = np.bincount(levels, y) / np.bincount(levels, mu)
            moved = max(moved, float(np.abs(factor - 1).max()))
            mu *= factor[levels]
        if moved < 1e-10:
            break
    home = (rows["exporter"] == rows["importer"]).to_numpy()
    country = rows["exporter"].to_numpy()[home]
    frame = pd.DataFrame({"mu": mu[home], "y": y[home]}).groupby(country).sum()
    return dict((frame["mu"] / frame["y"] - 1).items())
