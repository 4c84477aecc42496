"""Freight classes, trade sectors, their concordance, value densities and shares of zones."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from . import generation
from .names import CLASS_NAMES, SECTOR_NAMES
from .shared import Row, Sources, band, num, read

HOURS_PER_DAY = 24
# Classes whose trade-off of money and time along a route is alike share one search of routes:
# value of time times payload of a box differs by at most three to four within a group.
SEARCH_AS = {
    "C07": "C01", "C08": "C01",
    "C02": "C10", "C09": "C10", "C13": "C10", "C15": "C10",
    "C03": "C12", "C05": "C12", "C16": "C12", "C17": "C12",
    "C04": "C14", "C06": "C14", "C19": "C14", "C20": "C14",
    "C11": "C18",
}  # fmt: skip

# What goods ride in outside boxes on rails, covered unless said; assumed from what the goods are.
WAGON_KIND = {"C07": "open", "C08": "open", "C13": "open", "C15": "open", "C09": "tank"}
# Goods that fill a 20-foot box by weight: from so many tonnes on.
SMALL_BOX_T = 18.0


def register(sources: Sources) -> None:
    """Register the data sets behind this module."""
    sources.add(
        "classes",
        "Twenty freight classes with value density, value of time and payloads",
        "assumption of this study, anchored on customs unit values",
        year="2024",
        licence="Apache-2.0",
    )
    sources.add(
        "sitc",
        "Standard International Trade Classification, sections",
        "United Nations Statistics Division",
        "https://unstats.un.org/unsd/trade/sitcrev4.htm",
    )
    sources.add(
        "class_mix",
        "Composition of SITC sections by freight class, world",
        "assumption of this study",
        year="2024",
        licence="Apache-2.0",
    )
    sources.add(
        "zone_rule",
        "Zone shares by capacity, sown area or judgement",
        "assumption of this study",
        year="2024",
        licence="Apache-2.0",
    )
    sources.add(
        "zone_population",
        "Population of zones, and gateway zones chosen for countries without zones",
        "national statistical offices and city populations",
        year="2016-2026",
    )


def commodity(source: Path) -> list[Row]:
    """Rows of table ``commodity``."""
    times = {row["class_id"]: row for row in read(source / "parameters/value_of_time_by_class.csv")}
    rows = []
    for row in read(source / "parameters/commodity_classes.csv"):
        code = row["class_id"]
        share = [float(row[f"containerised_share_{k}"]) for k in ("low", "mode", "high")]
        density = [float(row[f"value_density_{k}_usd_per_t"]) for k in ("low", "mode", "high")]
        vot = [
            float(times[code][f"vot_{k}_usd_per_t_day"]) / HOURS_PER_DAY
            for k in ("low", "mode", "high")
        ]
        russian, persian = CLASS_NAMES[code]
        result = {
            "class_id": code,
            "name_en": row["class_name"],
            "name_ru": russian,
            "name_kk": "",
            "name_fa": persian,
            "name_fallback": "kk",
        }
        for stem, unit, values in (
            ("containerised", "_share", share),
            ("value_density", "_usd_per_t", density),
            ("value_of_time", "_usd_per_t_h", vot),
        ):
            mode, low, high = band(*values, digits=4)
            result[f"{stem}{unit}"] = mode
            result[f"{stem}_low{unit}"] = low
            result[f"{stem}_high{unit}"] = high
        # coal and crude have no box payload of their own: that of ores
        result |= {
            "payload_t_per_teu": num(row["payload_t_per_teu"] or 22),
            "payload_t_per_feu": num(row["payload_t_per_feu"] or 26),
            "payload_t_per_wagon": num(row["payload_t_per_wagon_1520"]),
            "payload_t_per_truck": num(row["payload_t_per_truck"]),
            "box": "container_20"
            if float(row["payload_t_per_teu"] or 22) >= SMALL_BOX_T
            else "container_40",
            "wagon_kind": WAGON_KIND.get(code, "covered"),
            "temperature": row["temperature"],
            "dangerous_goods": row["dangerous_goods"],
            "hs2": row["hs2"],
            "search_as": SEARCH_AS.get(code, ""),
            "source": "classes",
            "status": "assumed",
        }
        rows.append(result)
    return rows


def sector() -> list[Row]:
    """Rows of table ``sector``: SITC sections; S9 is trade that moves no freight here."""
    return [
        {
            "sector_id": code,
            "name_en": english,
            "name_ru": russian,
            "name_kk": "",
            "name_fa": persian,
            "name_fallback": "kk",
            "loads_freight": "0" if code == "S9" else "1",
            "source": "sitc",
            "status": "observed",
        }
        for code, (english, russian, persian) in SECTOR_NAMES.items()
    ]


def pair_classes(source: Path, year: str = "2024") -> list[Row]:
    """Rows by class of the pair's own split."""
    return [
        row
        for row in read(source / "parameters/pair_sector_split.csv")
        if row["year"] == year and row["kind"] == "class"
    ]


def _section_mix(row: Row) -> dict[str, float]:
    parts = [part.split(":") for part in row["section_mix"].split(";")]
    total = sum(float(value) for _, value in parts)
    return {section: float(value) / total for section, value in parts}


def concordance(source: Path, sources: Sources) -> list[Row]:
    """Rows of table ``concordance``: world mix, exporters with their own, the pair's history."""
    rows = []
    world: dict[str, list[Row]] = defaultdict(list)
    for row in read(source / "joins/commodity_sector.csv"):
        if row["kind"] == "class_of_section" and row["direction"] == "world":
            world[row["from_code"]].append(row)
    for section in sorted(world):
        total = sum(float(row["share"]) for row in world[section])
        for row in world[section]:
            share = float(row["share"]) / total
            low, high = float(row["share_low"]), float(row["share_high"])
            if len(world[section]) == 1:
                low = high = share = 1.0
            rows.append(
                _concordance_row(section, row["to_code"], ("", ""), (low, share, high), "class_mix")
            )
    pair = _pair_concordance(source)
    return rows + generation.mix(sources, rows) + pair + generation.as_to_kazakhstan(pair)


def _pair_concordance(source: Path) -> list[Row]:
    value: dict[tuple[str, str, str], dict[str, Row]] = defaultdict(dict)
    for row in pair_classes(source):
        for section in _section_mix(row):
            value[row["exporter"], row["importer"], section][row["code"]] = row
    rows = []
    for (exporter, importer, section), classes in sorted(value.items()):
        part = {
            code: float(row["share"]) * _section_mix(row)[section] for code, row in classes.items()
        }
        total = sum(part.values())
        for code, row in sorted(classes.items()):
            share = part[code] / total
            ratio_low = float(row["share_low"]) / float(row["share"])
            ratio_high = float(row["share_high"]) / float(row["share"])
            shares = (share * ratio_low, share, min(1.0, share * ratio_high))
            if len(classes) == 1:
                shares = (1.0, 1.0, 1.0)
            rows.append(_concordance_row(section, code, (exporter, importer), shares, "pairsplit"))
    return rows


def _concordance_row(
    section: str, code: str, pair: tuple[str, str], shares: tuple[float, float, float], source: str
) -> Row:
    mode, low, high = band(*shares, digits=9)
    return {
        "sector_id": section,
        "class_id": code,
        "exporter": pair[0],
        "importer": pair[1],
        "share": mode,
        "share_low": low,
        "share_high": high,
        "source": source,
        "status": "assumed",
    }


def value_density(source: Path) -> list[Row]:
    """Rows of table ``value_density`` of the pair, both directions, dollars of 2024."""
    rows = []
    for row in pair_classes(source):
        mode, low, high = band(
            float(row["value_density_low_usd_per_t"]),
            float(row["value_density_usd_per_t"]),
            float(row["value_density_high_usd_per_t"]),
        )
        rows.append(
            {
                "class_id": row["code"],
                "exporter": row["exporter"],
                "importer": row["importer"],
                "value_density_usd_per_t": mode,
                "value_density_low_usd_per_t": low,
                "value_density_high_usd_per_t": high,
                "source": "pairsplit",
                "status": row["status"],
            }
        )
    return rows + generation.as_to_kazakhstan(rows) + _by_hand()


def _by_hand() -> list[Row]:
    """Densities where goods are not the world's mean: concentrates, grain and flour."""
    with (Path(__file__).parent / "density.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "class_id": row["class_id"],
                "exporter": row["exporter"],
                "importer": row["importer"],
                "value_density_usd_per_t": row["mode"],
                "value_density_low_usd_per_t": row["low"],
                "value_density_high_usd_per_t": row["high"],
                "source": "assumption",
                "status": "assumed",
            }
            for row in csv.DictReader(file)
        ]


def zone_share(
    source: Path, sources: Sources, codes: list[str], zone_country: list[Row]
) -> list[Row]:
    """Rows of table ``zone_share``.

    Exports start by production of the zone where it is known, else by the weights of
    ``zone_country``; imports end by population (the same weights). China's provinces go by their
    foreign trade.
    """
    weights: dict[str, list[Row]] = defaultdict(list)
    total: dict[str, float] = defaultdict(float)
    for row in zone_country:
        total[row["country_id"]] += float(row["share"])
    for row in zone_country:
        code = row["country_id"]
        weights[code].append({**row, "share": num(float(row["share"]) / total[code], 9)})
    produced = _production(source, sources)
    rows: list[Row] = []
    for code in codes:
        if code == "CHN":
            rows += generation.china_shares(source, sources)
            continue
        if code in produced:
            rows += produced[code]
        else:
            rows += [_weight_row(code, "export", row) for row in weights[code]]
        rows += [_weight_row(code, "import", row) for row in weights[code]]
    return rows


def _weight_row(code: str, direction: str, row: Row) -> Row:
    return {
        "country_id": code,
        "direction": direction,
        "class_id": "",
        "zone_id": row["zone_id"],
        "share": row["share"],
        "share_low": "",
        "share_high": "",
        "source": "zone_population",
        "status": row["status"],
    }


def _production(source: Path, sources: Sources) -> dict[str, list[Row]]:
    country_of = {row["zone_id"]: row["iso3"] for row in read(source / "network/zones.csv")}
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in read(source / "parameters/zone_output.csv"):
        if not row["product_group"].startswith("x_"):
            groups[country_of[row["zone_id"]], row["product_group"]].append(row)
    result: dict[str, list[Row]] = defaultdict(list)
    for (code, group), members in sorted(groups.items()):
        total = sum(float(row["share_of_country"]) for row in members)
        for row in members:
            share = float(row["share_of_country"]) / total
            low, high = min(float(row["low"]), share), min(1.0, max(float(row["high"]), share))
            _, low_text, high_text = band(low, share, high)
            text = row["source"]
            result[code].append(
                {
                    "country_id": code,
                    "direction": "export",
                    "class_id": "" if group == "all" else group,
                    "zone_id": row["zone_id"],
                    "share": num(share, 9),
                    "share_low": low_text,
                    "share_high": high_text,
                    "source": sources.page(text) if text.startswith("http") else "zone_rule",
                    "status": row["status"],
                }
            )
    return result
