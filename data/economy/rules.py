"""Tariffs, trade elasticities, growth, prices and single parameters."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

from .shared import Row, Sources, band, num, read
from .trade import OUTPUT_MIX_OF, SECTORS

UNION = ("ARM", "BLR", "KAZ", "KGZ", "RUS")
PARTNER = "IRN"
THETA_CAP = 15.0
# band around the two sources: the width that is usual for a single estimate
THETA_BAND = 0.3
BASE_YEAR, LAST_YEAR = 2024, 2035
INFLATION = (0.015, 0.022, 0.030)
# Growth of countries without a path: the path of the second.
GROWTH_OF = {
    "ABW": "NLD", "BMU": "GBR", "CUW": "NLD", "CYM": "GBR", "FRO": "DNK", "GRL": "DNK",
    "MAC": "CHN", "NCL": "FRA", "PYF": "FRA", "TCA": "GBR",
}  # fmt: skip


def register(sources: Sources) -> None:
    """Register the data sets behind this module."""
    sources.add(
        "interim_fta",
        "Interim free-trade agreement of the Eurasian union and Iran: average duties",
        "Iran Daily",
        "http://www.iran-daily.com/News/267640.html",
        "2019",
    )
    sources.add(
        "assumption",
        "Assumption of this study",
        "OpenCorridor",
        year="2024",
        licence="Apache-2.0",
    )
    sources.add(
        "choice_calibration",
        "Scales of the choice of routes fitted to observed loads (decision 034);"
        " dissimilarity and path size assumed",
        "OpenCorridor",
        year="2024",
        licence="Apache-2.0",
    )
    sources.add(
        "protee_cp2015",
        "Trade elasticities of Fontagne, Guimbard and Orefice 2022 and Caliendo and Parro 2015",
        "CEPII; Review of Economic Studies",
        "https://www.cepii.fr",
        "2015-2022",
        "cite the authors",
        "Fontagne, Guimbard and Orefice (2022); Caliendo and Parro (2015)",
    )
    sources.add(
        "gapminder",
        "GDP per head and population, projections corrected for the inflation in them",
        "Gapminder",
        "https://github.com/open-numbers/ddf--gapminder--fasttrack",
        "2024-2035",
        "CC BY 4.0",
        "Free data from gapminder.org, CC BY 4.0",
    )
    sources.add(
        "uscpi",
        "Consumer price index of the USA, all urban consumers (CUUR0000SA0)",
        "US Bureau of Labor Statistics",
        "https://www.bls.gov/cpi/",
        "2005-2026",
        "public domain",
    )


def tariff() -> list[Row]:
    """Rows of table ``tariff`` in force at the baseline.

    Only duties that a measure changes are listed: a duty that stays cancels in relative
    changes. The interim agreement stays in force until a dated measure replaces its rates.
    """
    rows = []
    for member in UNION:
        rows.append(
            _tariff(f"DUTY-{PARTNER}-{member}", PARTNER, member, "duty", (0.09, 0.129, 0.166))
        )
        rows.append(
            _tariff(f"DUTY-{member}-{PARTNER}", member, PARTNER, "duty", (0.02, 0.031, 0.066))
        )
    for importer, exporter in (("KAZ", PARTNER), (PARTNER, "KAZ")):
        rows.append(
            _tariff(f"PAY-{importer}-{exporter}", importer, exporter, "payment", (0.02, 0.05, 0.10))
        )
    return rows


def _tariff(
    tariff_id: str, importer: str, exporter: str, kind: str, rate: tuple[float, float, float]
) -> Row:
    mode, low, high = band(*rate)
    duty = kind == "duty"
    return {
        "tariff_id": tariff_id,
        "importer": importer,
        "exporter": exporter,
        "sector_id": "",
        "kind": kind,
        "rate_share": mode,
        "rate_low_share": low,
        "rate_high_share": high,
        "valid_from": "2019-10-27" if duty else "",
        "valid_to": "",
        "document_no": "EAEU-Iran interim agreement of 17 May 2018" if duty else "",
        "source": "interim_fta" if duty else "assumption",
        "status": "observed" if duty else "assumed",
    }


def elasticity(source: Path) -> list[Row]:
    """Rows of table ``elasticity``.

    Two published sets disagree by up to a factor of four. Mode: their geometric mean; low and
    high: the smaller and the larger of the two, widened by 30 %, all capped at 15.
    """
    by_id = {row["param_id"]: row for row in read(source / "parameters/elasticities.csv")}
    joins = read(source / "joins/commodity_sector.csv")
    class_theta: dict[str, float] = defaultdict(float)
    for row in joins:
        if row["kind"] == "sector_of_class":
            theta = min(THETA_CAP, float(by_id[row["elasticity_param_id"]]["mode_value"]))
            class_theta[row["from_code"]] += float(row["share"]) * theta
    cp2015: dict[str, float] = defaultdict(float)
    for row in joins:
        if row["kind"] == "class_of_section" and row["direction"] == "world":
            cp2015[row["from_code"]] += float(row["share"]) * class_theta[row["to_code"]]
    fgo = {
        row["to_code"]: min(THETA_CAP, -float(by_id[row["elasticity_param_id"]]["mode_value"]))
        for row in joins
        if row["kind"] == "section_of_total" and row["direction"] == "world"
    }
    rows = []
    for code in SECTORS:
        smaller, larger = sorted((cp2015[code], fgo[code]))
        mode, low, high = band(
            (1 - THETA_BAND) * smaller,
            math.sqrt(smaller * larger),
            min(THETA_CAP, (1 + THETA_BAND) * larger),
            digits=3,
        )
        rows.append(
            {
                "sector_id": code,
                "theta": mode,
                "theta_low": low,
                "theta_high": high,
                "source": "protee_cp2015",
                "status": "derived",
            }
        )
    return rows


def growth(source: Path, codes: list[str]) -> list[Row]:
    """Rows of table ``growth``: real GDP, 2024 = 1, for every country of the matrix."""
    paths: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in read(source / "parameters/gdp_projections.csv.gz"):
        if BASE_YEAR <= int(row["year"]) <= LAST_YEAR:
            paths[row["iso3"]][int(row["year"])] = row
    rows = []
    for code in codes:
        path = paths.get(code) or paths[GROWTH_OF.get(code) or OUTPUT_MIX_OF[code]]
        for year, row in sorted(path.items()):
            mode, low, high = band(
                *(float(row[f"gdp_index_{k}_2024_1"]) for k in ("low", "mode", "high")), digits=5
            )
            rows.append(
                {
                    "country_id": code,
                    "year": str(year),
                    "gdp_index": mode,
                    "gdp_index_low": low,
                    "gdp_index_high": high,
                    "source": "gapminder",
                    "status": row["status"] if code in paths else "assumed",
                }
            )
    return rows


def price_index(source: Path) -> dict[int, float]:
    """Return current US$ per constant US$ of 2024, by year, as far as observed."""
    return {
        int(row["year"]): 1 / float(row["factor_to_usd_2024"])
        for row in read(source / "parameters/price_index.csv")
    }


def deflator(source: Path) -> list[Row]:
    """Rows of table ``deflator``: observed to 2026, then three assumed rates of inflation."""
    observed = price_index(source)
    rows = []
    last = max(observed)
    for year in range(min(observed), LAST_YEAR + 1):
        if year in observed:
            mode, low, high = num(observed[year]), "", ""
        else:
            mode, low, high = band(
                *(observed[last] * (1 + rate) ** (year - last) for rate in INFLATION)
            )
        rows.append(
            {
                "year": str(year),
                "price_index": mode,
                "price_index_low": low,
                "price_index_high": high,
                "source": "uscpi" if year in observed else "assumption",
                "status": "observed" if year in observed else "assumed",
            }
        )
    return rows


def parameter() -> list[Row]:
    """Rows of table ``parameter``, from the hand-made list beside this file."""
    rows = []
    for row in read(Path(__file__).parent / "parameter.csv"):
        mode, low, high = row["value"], row["low"], row["high"]
        rows.append({**row, "value": num(mode), "low": num(low), "high": num(high)})
    return rows


def choice() -> list[Row]:
    """Rows of table ``choice`` with the scales that the fit is drawn to."""
    return [dict(row) for row in read(Path(__file__).parent / "choice.csv")]


def choice_constant() -> list[Row]:
    """Rows of table ``choice_constant`` as the fit starts from."""
    return [
        {**row, "source": "assumption", "status": "assumed"}
        for row in read(Path(__file__).parent / "choice_constant.csv")
    ]
