"""Gravity on the trade of 2015 as UNCTAD holds it, against an independent estimate of the same.

Folder: ``OPENCORRIDOR_REFERENCE``; beside it ``trade`` with UNCTAD's matrix, CEPII's distances and
the World Bank's GDP (its SOURCES.md says where they come from). The expected numbers were found
with a regression package by other hands before this room was written: coefficients of distance and
contiguity, and the trade of Iran and Kazakhstan that they expect, by four variants.
"""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest

from opencorridor.trade.gravity import PairFacts, Variant, comparable, estimate
from tests.conftest import find_reference

pytestmark = pytest.mark.reference

OLD_CODES = {"ROM": "ROU", "ZAR": "COD", "PAL": "PSE", "TMP": "TLS"}
SEA = ("AZE", "IRN", "KAZ", "RUS", "TKM")
EXPECTED = {
    (False, False): (1229e6, -0.76, 0.68),
    (False, True): (2399e6, -0.76, 0.67),
    (True, False): (649e6, -0.87, 0.52),
    (True, True): (1065e6, -0.87, 0.52),
}


def rows(name: str) -> list[dict[str, str]]:
    folder = find_reference()
    place = next(p for p in (folder / "trade", folder.parent / "trade") if p.is_dir())
    with gzip.open(place / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def world() -> tuple[np.ndarray, PairFacts]:
    """Return total trade of 2015 in US$ and the facts, for countries with trade and GDP."""
    gdp = {
        r["iso3"]: float(r["gdp_usd"])
        for r in rows("country_gdp_population.csv.gz")
        if r["year"] == "2015" and r["gdp_usd"] and r["is_aggregate"] == "False"
    }
    trade = [
        r
        for r in rows("unctad_bilateral_sitc1_1995_2005_2015.csv.gz")
        if r["year"] == "2015" and r["sector_code"] == "TOTAL"
    ]
    dist = rows("dist_cepii.csv.gz")
    known = {OLD_CODES.get(r["iso_o"], r["iso_o"]) for r in dist} & set(gdp)
    names = tuple(sorted({r["exporter"] for r in trade} & {r["importer"] for r in trade} & known))
    place = {name: i for i, name in enumerate(names)}
    n = len(names)
    flows, km = np.zeros((n, n)), np.full((n, n), np.nan)
    border, coast, language, colony = (np.zeros((n, n), dtype=bool) for _ in range(4))
    for r in trade:
        if r["exporter"] in place and r["importer"] in place:
            flows[place[r["exporter"]], place[r["importer"]]] = 1e3 * float(r["value_kusd"])
    for r in dist:
        a, b = (OLD_CODES.get(r[k], r[k]) for k in ("iso_o", "iso_d"))
        if a in place and b in place and a != b:
            km[place[a], place[b]] = float(r["dist"] if r["distw"] == "." else r["distw"])
            border[place[a], place[b]] = r["contig"] == "1.0"
            language[place[a], place[b]] = r["comlang_off"] == "1.0"
            colony[place[a], place[b]] = r["colony"] == "1.0"
            coast[place[a], place[b]] = a in SEA and b in SEA
    size = np.array([gdp[name] for name in names])
    return flows, PairFacts(names, km, border, coast, language, colony, size)


@pytest.mark.parametrize("choice", EXPECTED)
def test_coefficients_and_potential(
    world: tuple[np.ndarray, PairFacts], choice: tuple[bool, bool]
) -> None:
    flows, facts = world
    found = estimate(flows, facts, Variant(*choice, "distance"))
    i, j = facts.countries.index("KAZ"), facts.countries.index("IRN")
    usd, distance, contiguous = EXPECTED[choice]
    assert found.both_ways(i, j) == pytest.approx(usd, rel=0.02)
    assert found.coefficients[found.variables.index("log_distance")] == pytest.approx(
        distance, abs=0.01
    )
    border = found.coefficients[found.variables.index("contiguous")]
    assert border == pytest.approx(contiguous, abs=0.03)
    # 523 million US$ of 2015: below what is expected, inside the spread of pairs of that size.
    stands = comparable(flows, found.expected, i, j)
    assert stands.pair_share == pytest.approx(523.3e6 / usd, rel=0.02)
    assert stands.quantiles[0] < stands.pair_share < stands.quantiles[3]
