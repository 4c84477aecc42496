"""World trade matrix, gross output and pipeline flows of 2024.

The matrix is an estimate (rules in ``docs``: UNCTAD 2015 brought to 2024). The pair of the study
is put in from its own split, so that both directions together are the reported turnover.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from .shared import Row, Sources, num, read

SECTORS = tuple(f"S{i}" for i in range(10))
PAIR = ("KAZ", "IRN")
TURNOVER_USD = 340e6

# Small territories without an output of their own: merged into the country that is named.
MERGED = {
    "AIA": "GBR", "ASM": "USA", "BES": "NLD", "COK": "NZL", "ESH": "MAR", "FLK": "GBR",
    "GIB": "GBR", "GUM": "USA", "MNP": "USA", "MSR": "GBR", "NIU": "NZL", "NRU": "KIR",
    "SHN": "GBR", "SPM": "FRA", "SXM": "NLD", "TKL": "NZL", "VAT": "ITA", "VGB": "GBR",
    "WLF": "FRA",
}  # fmt: skip
# Countries without an output row that are too large to merge: mix of the second, level by rule.
OUTPUT_MIX_OF = {
    "ERI": "ETH", "MAC": "CHN", "PRK": "MNG", "SOM": "DJI", "TWN": "KOR", "VEN": "COL",
}  # fmt: skip
EXPORT_SHARE_BY_RULE = 0.35

# Share of an output sector that belongs to a SITC section. Manufacturing: median mix of 31
# regions, with food 75/15/10 to S0/S1/S4, wood and paper 20/80 to S2/S6, plastic 40/60 to
# S5/S6, textile 40/60 to S6/S8.
SECTION_OF_OUTPUT: dict[str, dict[str, float]] = {
    "agriculture": {"S0": 0.8, "S2": 0.2},
    "mining_energy_utilities": {"S3": 0.75, "S2": 0.25},
    "services": {"S9": 1.0},
    "construction": {"S9": 1.0},
}
MANUFACTURING_TO_SECTION: dict[str, dict[str, float]] = {
    "Food": {"S0": 0.75, "S1": 0.15, "S4": 0.10},
    "Textile": {"S6": 0.4, "S8": 0.6},
    "Wood": {"S2": 0.2, "S6": 0.8},
    "Paper": {"S2": 0.2, "S6": 0.8},
    "Petroleum": {"S3": 1.0},
    "Chemicals": {"S5": 1.0},
    "Plastic": {"S5": 0.4, "S6": 0.6},
    "Minerals": {"S6": 1.0},
    "Basic metals": {"S6": 1.0},
    "Metal products": {"S6": 1.0},
    "Machinery n.e.c": {"S7": 1.0},
    "Office": {"S7": 1.0},
    "Electrical": {"S7": 1.0},
    "Communication": {"S7": 1.0},
    "Auto": {"S7": 1.0},
    "Other Transport": {"S7": 1.0},
    "Medical": {"S8": 1.0},
    "Other": {"S8": 1.0},
}

Flows = dict[tuple[str, str, str], float]


def register(sources: Sources) -> None:
    """Register the data sets behind this module."""
    sources.add(
        "matrix2024",
        "World trade by SITC section 2024, estimated",
        "own estimate on UNCTAD, CIA World Factbook and national customs totals",
        "https://unctadstat.unctad.org",
        "2015-2024",
        "UNCTADstat terms (attribution); Factbook public domain",
        "Based on UNCTADstat Merchandise Trade Matrix",
    )
    sources.add(
        "pairsplit",
        "Kazakhstan-Iran trade 2024 by direction and class",
        "own split of the reported turnover by customs and carrier figures",
        "https://www.eurasianstar.com/kazakhstan-and-iran-hold-business-forum-in-astana",
        "2024",
    )
    sources.add(
        "factbook",
        "CIA World Factbook, GDP and its composition by sector",
        "Central Intelligence Agency",
        "https://github.com/factbook/factbook.json",
        "2023-2024",
        "public domain",
    )
    sources.add(
        "output_rule",
        "Gross output by rule: goods exports / 0.35, mix of a neighbour",
        "assumption of this study",
        year="2024",
        licence="Apache-2.0",
    )


def flows(source: Path) -> Flows:
    """Trade in US$ by exporter, importer and section, territories merged, pair replaced."""
    result: Flows = defaultdict(float)
    for row in read(source / "parameters/trade_matrix_2024_derived.csv.gz"):
        if row["sector_code"] == "TOTAL" or {row["exporter"], row["importer"]} == set(PAIR):
            continue
        exporter = MERGED.get(row["exporter"], row["exporter"])
        importer = MERGED.get(row["importer"], row["importer"])
        if exporter != importer:
            result[exporter, importer, row["sector_code"]] += 1000 * float(row["value_kusd"])
    return dict(result)


def countries(trade: Flows) -> list[str]:
    """Codes that trade, sorted."""
    return sorted({code for key in trade for code in key[:2]})


def pair_rows(source: Path) -> list[Row]:
    """Rows of table ``trade_flow`` for the pair, drawn together so that their sum stays."""
    split = [
        row
        for row in read(source / "parameters/pair_sector_split.csv")
        if row["year"] == "2024" and row["kind"] == "section" and float(row["value_musd"]) > 0
    ]
    total = sum(float(row["value_musd"]) for row in split)
    scale = TURNOVER_USD / total
    rows = []
    for row in split:
        rows.append(
            {
                "exporter": row["exporter"],
                "importer": row["importer"],
                "sector_id": row["code"],
                "value_usd_current": num(scale * float(row["value_musd"]), 12),
                "value_low_usd_current": num(1e6 * float(row["value_low_musd"]), 12),
                "value_high_usd_current": num(1e6 * float(row["value_high_musd"]), 12),
                "sum_group": "pair",
                "source": "pairsplit",
                "status": "assumed",
            }
        )
    return rows


def trade_flow(source: Path, trade: Flows) -> list[Row]:
    """Rows of table ``trade_flow``, sorted."""
    rows = [
        {
            "exporter": exporter,
            "importer": importer,
            "sector_id": sector,
            "value_usd_current": num(value, 12),
            "value_low_usd_current": "",
            "value_high_usd_current": "",
            "sum_group": "",
            "source": "matrix2024",
            "status": "derived",
        }
        for (exporter, importer, sector), value in trade.items()
    ]
    rows += pair_rows(source)
    return sorted(rows, key=lambda row: (row["exporter"], row["importer"], row["sector_id"]))


def manufacturing_mix(source: Path) -> dict[str, float]:
    """Share of a SITC section in manufacturing output (adds to 1)."""
    medians = {
        row["sector"].removeprefix("manufacturing:"): float(row["mode"])
        for row in read(source / "parameters/gross_output_ratios.csv")
        if row["quantity"] == "share_of_manufacturing_gross_output"
    }
    total = sum(medians.values())
    mix: dict[str, float] = defaultdict(float)
    for industry, share in medians.items():
        for section, part in MANUFACTURING_TO_SECTION[industry].items():
            mix[section] += part * share / total
    return dict(mix)


def output(source: Path, rows: list[Row]) -> list[Row]:
    """Rows of table ``output`` for every country of the trade rows and every section.

    Services and construction belong to S9 and do not cross a border: exports of S9 goods are
    added to them, so that the domestic flow of S9 is services and construction.
    """
    exports: dict[tuple[str, str], float] = defaultdict(float)
    codes: set[str] = set()
    for row in rows:
        exports[row["exporter"], row["sector_id"]] += float(row["value_usd_current"])
        codes |= {row["exporter"], row["importer"]}
    gross = _by_section(source)
    result = []
    for code in sorted(codes):
        by_rule = code not in gross
        levels = _by_rule(gross[OUTPUT_MIX_OF[code]], exports, code) if by_rule else gross[code]
        for sector in SECTORS:
            value = levels.get(sector, 0.0)
            if sector == "S9":
                value += exports[code, sector]
            result.append(
                {
                    "country_id": code,
                    "sector_id": sector,
                    "gross_output_usd_current": num(value, 10),
                    "source": "output_rule" if by_rule else "factbook",
                    "status": "assumed" if by_rule else "derived",
                }
            )
    return result


def _by_section(source: Path) -> dict[str, dict[str, float]]:
    parts = {**SECTION_OF_OUTPUT, "manufacturing": manufacturing_mix(source)}
    gross: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in read(source / "parameters/sector_output.csv.gz"):
        for section, share in parts.get(row["sector"], {}).items():
            gross[row["iso3"]][section] += share * float(row["gross_output_usd"] or 0)
    return {code: dict(levels) for code, levels in gross.items()}


def _by_rule(
    mix: dict[str, float], exports: dict[tuple[str, str], float], code: str
) -> dict[str, float]:
    goods = SECTORS[:9]
    level = sum(exports[code, sector] for sector in goods) / EXPORT_SHARE_BY_RULE
    total = sum(mix[sector] for sector in goods)
    return {sector: level * mix[sector] / total for sector in SECTORS}


def pipeline(source: Path, sources: Sources, codes: list[str]) -> list[Row]:
    """Rows of table ``pipeline`` of countries in the matrix."""
    assumed = sources.add(
        "pipeline_rule",
        "Fuel flows by pipeline, wire and tanker, judgement by pair",
        "assumption of this study",
        year="2024",
        licence="Apache-2.0",
    )
    rows = []
    for row in read(source / "parameters/pipeline_flows.csv"):
        if row["exporter"] not in codes or row["importer"] not in codes:
            continue
        text = row["source"]
        rows.append(
            {
                "exporter": row["exporter"],
                "importer": row["importer"],
                "sector_id": row["sector_code"],
                "pipeline_share": num(row["share_by_pipeline"]),
                "pipeline_low_share": num(row["low"]),
                "pipeline_high_share": num(row["high"]),
                "tanker_share": num(row["share_by_sea_tanker"] or 0),
                "source": sources.page(text) if text.startswith("http") else assumed,
                "status": row["status"],
            }
        )
    return sorted(rows, key=lambda row: (row["exporter"], row["importer"], row["sector_id"]))
