"""Generation beyond the world's mean: exporters' own mixes, captive goods, China's trade.

The tables beside this file are small and made by hand; each row names its page and how its number
follows from it.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from .shared import Row, Sources, band, num, read

__all__ = ["as_to_kazakhstan", "captive", "china_shares", "mix", "register"]

HERE = Path(__file__).parent
# Neighbours of China by land, and Iraq, whose sea door is narrow and whom ports of Iran serve.
BY_LAND = ("MNG", "PRK", "IRQ")
TRADE_BAND = 0.15
# Neighbours of Iran, to which it sells what it sells to Kazakhstan: cheap goods by the tonne.
IRAN_TO = ("AFG", "ARM", "AZE", "GEO", "IRQ", "KGZ", "PAK", "RUS", "TJK", "TKM", "TUR", "UZB")


def register(sources: Sources) -> None:
    """Register the sources behind this module."""
    sources.add(
        "rail_share",
        "Share of trains in the trade of China with the European Union",
        "European Rail Alliance by Upply; share of the matrix's tonnes derived",
        "https://market-insights.upply.com/en/china-eu-rail-freight-on-the-rise-again-in-2024",
        "2024",
    )


def mix(sources: Sources, world: list[Row]) -> list[Row]:
    """Rows of ``concordance`` of exporters whose mix is known in part.

    Classes that are not named share what is left as they do in the mix of the world.
    """
    named: dict[tuple[str, str, str], dict[str, Row]] = defaultdict(dict)
    for row in read(HERE / "mix.csv"):
        named[row["exporter"], row["importer"], row["sector_id"]][row["class_id"]] = row
    rows = []
    for (exporter, importer, sector), known in named.items():
        rest = {
            row["class_id"]: float(row["share"])
            for row in world
            if row["sector_id"] == sector and row["class_id"] not in known and not row["exporter"]
        }
        left = 1.0 - sum(float(row["share"]) for row in known.values())
        scale = left / sum(rest.values())
        for code in sorted([*known, *rest]):
            if code in known:
                one = known[code]
                shares = band(*(float(one[k]) for k in ("low", "share", "high")))
                source, status = sources.page(one["source"]), "derived"
            else:
                share = scale * rest[code]
                shares = band(0.5 * share, share, min(1.0, 1.5 * share), digits=9)
                source, status = "class_mix", "assumed"
            rows.append(
                {
                    "sector_id": sector,
                    "class_id": code,
                    "exporter": exporter,
                    "importer": importer,
                    "share": shares[0],
                    "share_low": shares[1],
                    "share_high": shares[2],
                    "source": source,
                    "status": status,
                }
            )
    return rows


def as_to_kazakhstan(rows: list[Row]) -> list[Row]:
    """Rows of Iran to Kazakhstan, put again for Iran's other neighbours.

    To its neighbours Iran sold 48 Mt for 18.4 billion US$ in eight months of 2023, 383 US$/t
    (customs, https://en.mehrnews.com/amp/209621), to Kazakhstan at 426 US$/t; the world's mix and
    unit values would make them four times as dear.
    """
    mine = [row for row in rows if (row["exporter"], row["importer"]) == ("IRN", "KAZ")]
    return [row | {"importer": to, "status": "assumed"} for to in IRAN_TO for row in mine]


def captive(countries: list[Row]) -> list[Row]:
    """Rows of table ``captive``: goods between the oceans that no land way draws from the sea."""
    members: dict[str, list[str]] = defaultdict(list)
    for row in countries:
        if row["country_id"] not in BY_LAND:
            members[row["region"]].append(row["country_id"])
    rows = []
    for row in read(HERE / "captive.csv"):
        shares = band(*(float(row[k]) for k in ("low", "share", "high")))
        ends = {
            side: ";".join(c for region in row[regions].split(";") for c in sorted(members[region]))
            for side, regions in (("exporters", "from_regions"), ("importers", "to_regions"))
        }
        rows.append(
            {
                "captive_id": row["captive_id"],
                **ends,
                "share": shares[0],
                "share_low": shares[1],
                "share_high": shares[2],
                "note": row["note"],
                "source": "rail_share",
                "status": "derived",
            }
        )
    return rows


def china_shares(source: Path, sources: Sources) -> list[Row]:
    """Rows of ``zone_share`` of China, both directions: provinces by their foreign trade.

    Provinces whose trade is not known share the rest by output, and so do zones of one province.
    """
    zones = {row["zone_id"]: row for row in read(source / "network/zones.csv")}
    output = {
        row["zone_id"]: float(row["share_of_country"])
        for row in read(source / "parameters/zone_output.csv")
        if row["product_group"] == "all" and zones[row["zone_id"]]["iso3"] == "CHN"
    }
    trade = {row["province"]: row for row in read(HERE / "china_trade.csv")}
    of_province: dict[str, float] = defaultdict(float)
    for zone, share in output.items():
        of_province[zones[zone]["admin1"]] += share
    left = 1.0 - sum(float(row["share_of_trade"]) for row in trade.values())
    others = sum(share for name, share in of_province.items() if name not in trade)
    rows = []
    for direction in ("export", "import"):
        for zone, weight in output.items():
            name = zones[zone]["admin1"]
            known = trade.get(name)
            total = float(known["share_of_trade"]) / of_province[name] if known else left / others
            share = weight * total
            _, low, high = band((1 - TRADE_BAND) * share, share, (1 + TRADE_BAND) * share)
            rows.append(
                {
                    "country_id": "CHN",
                    "direction": direction,
                    "class_id": "",
                    "zone_id": zone,
                    "share": num(share, 9),
                    "share_low": low,
                    "share_high": high,
                    "source": sources.page(known["source"]) if known else "zone_rule",
                    "status": "derived" if known else "assumed",
                }
            )
    return rows
