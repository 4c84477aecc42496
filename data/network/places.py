"""Countries, zones and their names."""

from __future__ import annotations

from collections import defaultdict

from data.common import Row, num
from data.network.context import Build, pair_of

LANGUAGES = ("ru", "kk", "fa")
# Members at the base date; the treatment of their borders stands in border_nodes.
EU_CODES = (
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT "
    "ROU SVK SVN SWE"
)
EU = tuple(EU_CODES.split())
EAEU = ("ARM", "BLR", "KAZ", "KGZ", "RUS")
UNION = {**dict.fromkeys(EU, "EU"), **dict.fromkeys(EAEU, "EAEU")}
# Ports whose freight moved to another: their names now mean the new one.
MOVED = {"ADD017": "ADD004"}
# lang and source words of the alias table, and what they are here
SOURCE_OF = {"geonames": "names-geonames", "cldr": "cldr"}
KIND_OF = {"crossing": "border_crossing"}
# A region is not the town that stands for it.
REGION_WORDS = ("област", "облыс", "استان", "Region", "провинц", "велаят", "остан")


def name_cells(english: str, names: dict[str, str]) -> Row:
    """Cells of the name columns; languages without a name are listed as fallen back."""
    cells = {"name_en": english}
    cells.update({f"name_{lang}": names.get(lang, "") for lang in LANGUAGES})
    cells["name_fallback"] = ";".join(x for x in LANGUAGES if not names.get(x))
    return cells


def countries(build: Build) -> None:
    """Table ``country``: every code of the trade matrix and of the network."""
    for row in build.facts("country"):
        names = {lang: row[f"name_{lang}"] for lang in LANGUAGES}
        code = row["country_id"]
        build.add(
            "country",
            {
                "country_id": code,
                **name_cells(row["name_en"], names),
                "region": row["region"],
                "customs_union": UNION.get(code, ""),
                "source": "cldr",
                "status": "observed",
            },
        )


def chosen_names(build: Build) -> dict[tuple[str, str], dict[str, str]]:
    """Best name of every place by language: hand-checked ones first, then the alias table."""
    result: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in build.facts("name"):
        for lang in LANGUAGES:
            if row[f"name_{lang}"]:
                result[row["place_kind"], row["place_id"]][lang] = row[f"name_{lang}"]
    rank: dict[tuple[str, str, str], tuple[bool, bool]] = {}
    for row in build.read("joins/aliases.csv.gz"):
        key = (KIND_OF.get(row["place_kind"], row["place_kind"]), row["place_id"])
        worth = (row["shared"] in ("same_town", "border_pair"), row["status"] == "observed")
        for lang in row["lang"].split(";"):
            if lang not in LANGUAGES or any(word in row["name"] for word in REGION_WORDS):
                continue
            if row["script"] == "Latn":
                continue
            here = (*key, lang)
            if here not in rank and lang in result.get(key, {}):
                continue
            if here not in rank or worth > rank[here]:
                rank[here] = worth
                result[key][lang] = row["name"]
    return result


def zones(build: Build) -> None:
    """Tables ``zone`` and ``zone_country``."""
    names = chosen_names(build)
    port_of = {
        row["port_id"]: row["canonical_port_id"] for row in build.read("joins/port_alias.csv")
    }
    for row in build.read("network/zones.csv"):
        port = port_of.get(row["port_id"], row["port_id"])
        build.add(
            "zone",
            {
                "zone_id": row["zone_id"],
                **name_cells(row["name"], names.get(("zone", row["zone_id"]), {})),
                "country_id": row["iso3"],
                "lon": row["lon"],
                "lat": row["lat"],
                "population": num(row["population"], 10),
                "locode": row["locode"],
                "terminal_id": port,
                "source": "zones",
                "status": row["population_status"] or "assumed",
            },
        )
    known = {row["country_id"] for row in build.tables["country"]}
    for row in build.read("network/zone_country.csv"):
        if row["iso3"] in known:
            build.add(
                "zone_country",
                {
                    "country_id": row["iso3"],
                    "zone_id": row["zone_id"],
                    "share": num(row["share"], 9),
                    "source": "zones",
                    "status": row["status"],
                },
            )


def aliases(build: Build) -> None:
    """Table ``alias``: every name of a place that the other tables hold."""
    known = {
        "zone": {row["zone_id"] for row in build.tables["zone"]},
        "port": {row["terminal_id"] for row in build.tables["terminal"]},
        "border_crossing": {r["border_crossing_id"] for r in build.tables["border_crossing"]},
    }
    seen: set[tuple[str, str, str, str]] = set()

    def put(kind: str, place: str, name: str, lang: str, source: str, status: str) -> None:
        key = (kind, place, name, lang)
        if key in seen or not name:
            return
        seen.add(key)
        cells = dict(zip(("place_kind", "place_id", "name", "lang"), key, strict=True))
        build.add("alias", {**cells, "source": source, "status": status})

    for row in build.read("joins/aliases.csv.gz"):
        kind = KIND_OF.get(row["place_kind"], row["place_kind"])
        place = row["place_id"]
        if kind == "station":
            place = build.any_copy("rail", place.split(":")[1])[0]
        elif place not in known[kind]:
            continue
        elif kind == "port":
            place = MOVED.get(place, place)
        source = SOURCE_OF.get(row["source"], "names-study")
        put(kind, place, row["name"], row["lang"], source, row["status"])
    for row in build.tables["country"]:
        for lang in ("en", *LANGUAGES):
            put("country", row["country_id"], row[f"name_{lang}"], lang, "cldr", "observed")
    for row in build.facts("name"):
        for lang in LANGUAGES:
            name = row[f"name_{lang}"]
            put(row["place_kind"], row["place_id"], name, lang, "names-study", "assumed")


def union_of(a: str, b: str) -> str:
    """Return the customs union of both countries; blank where there is none."""
    return UNION[a] if a in UNION and UNION[a] == UNION.get(b) else ""


def crossing_kind_id(kind: str, a: str, b: str, mode: str) -> str:
    """Id of a generated crossing: ``free:AAA-BBB:mode`` or ``default:AAA-BBB:mode``."""
    return f"{kind}:{pair_of(a, b)}:{mode}"
