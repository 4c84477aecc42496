"""Facts of pairs of countries, sizes of economies, and levers of trade policy."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from .shared import Row, Sources, band, num, read
from .trade import MANUFACTURING_TO_SECTION, SECTORS

# GeoDist keeps the codes of its time, or has no row: the country whose facts stand in. Where the
# code alone changed the facts are the country's own.
RENAMED = {"COD": "ZAR", "PSE": "PAL", "ROU": "ROM", "TLS": "TMP"}
STANDS_IN = {"CUW": "ANT", "MNE": "YUG", "SRB": "YUG", "SSD": "SDN"}
# Coasts on a sea without a way to the ocean for ships of the ocean.
CLOSED_SEAS = (("AZE", "IRN", "KAZ", "RUS", "TKM"),)
FIRST_GDP_YEAR = 2015
# The ad valorem cost of a day lies between these in the study (Hummels and Schaur 2013); bulk
# goods stand at its low end, parts and machinery, the most sensitive, at the high one.
DAY = {"bulk": (0.0, 0.006, 0.010), "usual": (0.006, 0.0135, 0.021), "fast": (0.010, 0.018, 0.021)}
DAY_OF_SECTION = {"S0": "bulk", "S2": "bulk", "S3": "bulk", "S4": "bulk", "S7": "fast"}
OF_AGRICULTURE_AND_MINING = {
    "Agriculture": {"S0": 0.8, "S2": 0.2},
    "Mining": {"S3": 0.75, "S2": 0.25},
}


def register(sources: Sources) -> None:
    """Register the data sets behind this module."""
    sources.add(
        "geodist",
        "GeoDist database: distances and ties of pairs of countries",
        "CEPII",
        "http://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=6",
        "2011",
        "cite the authors",
        "Mayer and Zignago (2011), CEPII working paper 2011-25; package of M. Vargas Sepulveda",
    )
    sources.add(
        "wdi_gdp",
        "GDP in current US$ (NY.GDP.MKTP.CD)",
        "World Bank",
        "https://github.com/datasets/gdp",
        "2015-2023",
        "CC BY 4.0",
        "World Bank, World Development Indicators, CC BY 4.0",
    )
    sources.add(
        "hummels_schaur_2013",
        "Time as a Trade Barrier: a day in transit is worth 0.6 to 2.1 % of the goods' value",
        "American Economic Review 103(7), Hummels and Schaur",
        "https://doi.org/10.1257/aer.103.7.2935",
        "2013",
        "cite the authors",
        "Hummels and Schaur (2013)",
    )
    sources.add(
        "neumayer_2011",
        "On the detrimental impact of visa restrictions on bilateral trade and foreign direct "
        "investment: up to 19 % one way, up to 28 % both ways",
        "Applied Geography 31(3), Neumayer",
        "https://doi.org/10.1016/j.apgeog.2011.01.009",
        "2011",
        "cite the authors",
        "Neumayer (2011)",
    )
    sources.add(
        "ntm_ave",
        "Ad valorem equivalents of non-tariff measures, orders of magnitude",
        "UNCTAD and World Bank (2018); Kee, Nicita and Olarreaga (2009)",
        "https://studylib.net/doc/27262498/",
        "2009-2018",
        "cite the authors",
        "UNCTAD and World Bank (2018); Kee, Nicita and Olarreaga (2009)",
    )


def pair_fact(source: Path, codes: list[str]) -> list[Row]:
    """Rows of table ``pair_fact``: every pair of countries of the matrix once."""
    facts = {(row["iso_o"], row["iso_d"]): row for row in read(source / "trade/dist_cepii.csv.gz")}
    ties = {(a, b) for sea in CLOSED_SEAS for a in sea for b in sea}
    name = {code: RENAMED.get(code) or STANDS_IN.get(code) or code for code in codes}
    rows = []
    for i, a in enumerate(codes):
        for b in codes[i + 1 :]:
            fact = facts[name[a], name[b]]
            split = name[a] == name[b]
            distance = fact["distw"] if fact["distw"] != "." else fact["dist"]
            rows.append(
                {
                    "country_a": a,
                    "country_b": b,
                    "distance_km": num(max(1.0, float(distance)), 5),
                    # Two parts of one country of the source border on each other.
                    "contiguous": "1" if split else _flag(fact["contig"]),
                    "coast_contiguous": "1" if (a, b) in ties else "",
                    "common_language": _flag(fact["comlang_off"]),
                    "colony": _flag(fact["colony"]),
                    "source": "geodist",
                    "status": "assumed" if {a, b} & set(STANDS_IN) else "observed",
                }
            )
    return rows


def _flag(text: str) -> str:
    return "1" if float(text) == 1.0 else ""


def gdp(source: Path, codes: list[str]) -> list[Row]:
    """Rows of table ``gdp``, as far as observed."""
    wanted = set(codes)
    rows = [
        {
            "country_id": row["iso3"],
            "year": row["year"],
            "gdp_usd_current": num(row["gdp_usd"], 7),
            "source": "wdi_gdp",
            "status": "observed",
        }
        for row in read(source / "trade/country_gdp_population.csv.gz")
        if row["iso3"] in wanted and row["gdp_usd"] and int(row["year"]) >= FIRST_GDP_YEAR
    ]
    return sorted(rows, key=lambda row: (row["country_id"], row["year"]))


def time_cost() -> list[Row]:
    """Rows of table ``time_cost``: what a day costs, by section (which of the band is assumed)."""
    rows = []
    for code in SECTORS:
        low, mode, high = DAY[DAY_OF_SECTION.get(code, "usual")]
        value, least, most = band(low, mode, high)
        rows.append(
            {
                "sector_id": code,
                "cost_share_per_day": value,
                "cost_low_share_per_day": least,
                "cost_high_share_per_day": most,
                "source": "hummels_schaur_2013",
                "status": "assumed",
            }
        )
    return rows


def non_tariff(source: Path) -> list[Row]:
    """Rows of table ``non_tariff``: of every country, and of those with a multiple of their own."""
    weights: dict[str, dict[str, float]] = {**MANUFACTURING_TO_SECTION, **OF_AGRICULTURE_AND_MINING}
    total: dict[str, float] = defaultdict(float)
    level: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    multiple: dict[str, tuple[float, float, float]] = {"": (1.0, 1.0, 1.0)}
    for row in read(source / "parameters/tariffs.csv"):
        low, mode, high = (float(row[f"{k}_pct"] or 0) for k in ("low", "mode", "high"))
        if row["kind"] == "ntm_ave_multiplier":
            multiple[row["importer_iso3"]] = (low, mode, high)
        if row["kind"] != "ntm_ave":
            continue
        for section, share in weights.get(row["sector_code"], {}).items():
            total[section] += share
            for k, value in enumerate((low, mode, high)):
                level[section][k] += share * value / 100
    rows = []
    for importer, times in sorted(multiple.items()):
        for section in sorted(total):
            parts = [x * m / total[section] for x, m in zip(level[section], times, strict=True)]
            mode_text, low_text, high_text = band(*parts, digits=3)
            rows.append(
                {
                    "non_tariff_id": f"NTM-{importer or 'ALL'}-{section}",
                    "importer": importer,
                    "sector_id": section,
                    "cost_share": mode_text,
                    "cost_low_share": low_text,
                    "cost_high_share": high_text,
                    "source": "ntm_ave",
                    "status": "assumed",
                }
            )
    return rows


def lever() -> list[Row]:
    """Rows of table ``lever``, from the hand-made list beside this file."""
    return read(Path(__file__).parent / "lever.csv")
