"""Table ``traffic_match``: which goods of the model each reported tonnage is compared with.

A report names a place, a direction and goods in words. The tables here say what each of the
words means; a row whose words are not in them fails the build, so that none is left out unseen.
"""

from __future__ import annotations

import re
from collections import Counter

from data.economy.shared import Row, Tables
from data.economy.trade import PAIR

__all__ = ["traffic_match"]

EAEU = "RUS;KAZ;BLR;ARM;KGZ"
CIS = "RUS;KAZ;BLR;ARM;KGZ;UZB;TJK;AZE;TKM"
CENTRAL_ASIA = "KAZ;UZB;TKM;TJK;KGZ"
NAMES = {"Turkmenistan": "TKM", "Kazakhstan": "KAZ", "Iran": "IRN", "Gulf and Iran": "IRN"}
LISTS = {"CIS": CIS, "EAEU": EAEU, "Central Asia": CENTRAL_ASIA}
# Goods as printed: classes, form of cargo, mode. None: nothing that the model counts in tonnes.
GOODS: dict[str, tuple[str, str, str] | None] = {
    "all": ("", "all", ""), "rail": ("", "all", "rail"), "road": ("", "all", "road"),
    "all by rail": ("", "all", "rail"), "all by road": ("", "all", "road"),
    "rail loading": ("", "all", "rail"), "transit": ("", "all", ""),
    "trade by rail": ("", "all", "rail"), "transit and trade": ("", "all", ""),
    "containers": ("", "container", ""), "transit containers": ("", "container", ""),
    "grain": ("C01", "all", ""), "wheat": ("C01", "all", ""), "barley": ("C01", "all", ""),
    "grain and products": ("C01;C05", "all", ""), "grain and flour": ("C01;C05", "all", ""),
    "flour": ("C05", "all", ""), "metal ores": ("C07", "all", ""),
    "ferrous metals": ("C15", "all", ""), "sulphur by rail": ("C07", "all", "rail"),
    "vegetables": ("C03", "all", ""), "bulk": ("", "bulk", ""),
    "cement by rail": ("C07", "all", "rail"), "freight trains": ("", "all", "rail"),
    "trucks": ("", "all", "road"), "truck trips": ("", "all", "road"),
    "rail wagons": ("", "all", "rail"), "rail cars": ("", "all", "rail"),
    "wagons loaded in Golestan": ("", "all", "rail"), "ships": ("", "all", ""),
    "container trains": ("", "container", "rail"),
    "China-Europe trains": ("", "container", "rail"),
    "Kazakh truck trips": ("", "all", "road"),
    # Oil and its products ride in pipelines and tankers, which leave the model's trade first.
    "oil": None, "oil products": None, "non-oil": None, "tanker cargo": None,
    # Parts that no place of the model tells apart.
    "non-containerised": None, "all by rail to ports": None, "all by RZD": None,
    "all by a Turkmenbashi-Kuryk-Makhachkala line": None, "road cargo": None,
    "dry cargo": None, "grain ships": None, "trains": None, "share": None, "vehicles": None,
    "truck permits": None, "water level": None, "transit capacity": None,
}  # fmt: skip
# Corridors without a place of their own: a tonne counts that passes one of each.
CUTS = {"TITR": ("ADD001;ADD002", "ADD004")}
CUTS_HOME = ("TITR (Middle Corridor)",)
# Places that the row names, of which one of the last must be passed too.
THEN = {"UTLC ERA": "BLR-POL-RA01"}
# Totals of a country, by the name of the place.
COUNTRIES = {
    "Iran (all borders)": "IRN", "Iran railways": "IRN", "Iran roads": "IRN",
    "Iran roads and rail": "IRN", "KTZ network": "KAZ", "Kazakhstan railways": "KAZ",
    "Kazakhstan": "KAZ", "Kazakhstan (all)": "KAZ", "Kazakhstan to Iran": "KAZ",
    "Kazakhstan to Azerbaijan": "KAZ", "Kazakhstan to Uzbekistan": "KAZ",
    "Kazakhstan to Russia": "KAZ", "Kazakhstan roads": "KAZ",
}  # fmt: skip
# Ends that a place name tells where the direction does not.
ENDS = {
    "Kazakhstan to Iran": ("KAZ", "IRN"), "Kazakhstan to Azerbaijan": ("KAZ", "AZE"),
    "Kazakhstan to Uzbekistan": ("KAZ", "UZB"), "Kazakhstan to Russia": ("KAZ", "RUS"),
}  # fmt: skip
# Goods between any two of these countries, whichever way.
BETWEEN = {"China-Central Asia": f"CHN;{CENTRAL_ASIA}"}
# Series on which the choice of ways is calibrated: scales, and constants of places and chains.
CHOICE = {
    "passes KAZ-TKM-RA01", "passes TKM-IRN-RA01", "passes TKM-IRN-RA02",
    "passes ADD001 | exporters KAZ | importers IRN | class_ids C01",
    "passes KAZ-CHN-RA01;KAZ-CHN-RA02 | not_country KAZ",
    "passes KAZ-CHN-RA01;KAZ-CHN-RA02 | exporters KAZ",
    "passes ADD001;ADD002 | then_passes ADD004",
    "passes ADD001", "passes ADD009", "passes ADD008 | importers IRN",
    "passes RUS-AZE-RA01;AZE-RUS-RO01",
    "country_id IRN | mode rail | not_country IRN",
}  # fmt: skip
CONVERTED = {"TEU", "trains", "trucks", "vehicles", "wagons", "containers", "ships", "trips"}


def traffic_match(traffic: list[Row], tables: Tables) -> list[Row]:
    """Match every row of ``traffic``; print the counts by use."""
    home = {row["terminal_id"]: row["country_id"] for row in tables["terminal"]}
    home |= {
        row["border_crossing_id"]: row["border_crossing_id"][:3]
        for row in tables["border_crossing"]
    }
    known = set(home)
    rows = [_match(row, home, known) for row in traffic]
    print("traffic_match:", dict(sorted(Counter(row["use"] for row in rows).items())))
    return rows


def _match(row: Row, home: dict[str, str], known: set[str]) -> Row:
    out = {"traffic_id": row["traffic_id"], "cargo": "all", "measured": _measured(row)}
    if row["kind"] != "observed":
        return out | {"use": "not_observed"}
    if row["use"] == "no":
        return out | {"use": "set_aside", "note": row["note"]}
    if not row["t_per_year"]:
        return out | {"use": "part_of_a_year" if row["unit"] == "t" else "not_tonnes"}
    goods = GOODS[row["commodity"]]
    if goods is None:
        return out | {"use": "not_in_model"}
    classes, cargo, mode = goods
    where = _where(row, known)
    if where is None:
        return out | {"use": "no_place"}
    ends = _ends(row, where, home)
    if ends is None:
        return out | {"use": "no_ends"}
    out |= {"use": "compared", "class_ids": classes, "cargo": cargo} | where | ends
    if "country_id" in where:
        named = {"Iran railways": "rail", "Iran roads": "road", "Kazakhstan roads": "road"}
        rail = row["place"] in ("KTZ network", "Kazakhstan railways")
        out["mode"] = "rail" if rail else named.get(row["place"], mode)
    series = _series(out)
    return out | {"series": series, "calibrates": "choice" if series in CHOICE else ""}


def _measured(row: Row) -> str:
    if row["unit"] in CONVERTED:
        return "converted"
    same = row["t_per_year"] and row["value"] and float(row["value"]) == float(row["t_per_year"])
    return "counted" if same else "annualised"


def _where(row: Row, known: set[str]) -> Row | None:
    """Places at which the goods are counted, or the country inside which they are."""
    ids = [i for i in row["place_ids"].split(";") if i]
    if row["place_kind"] == "line":
        # The crossings of a line lie one behind the other: its figure is counted at the first.
        ids = ids[:1]
    if row["place"] in THEN:
        then = THEN[row["place"]]
        return {"passes": ";".join(i for i in ids if i != then), "then_passes": then}
    if ids:
        # Some of several places unknown to the network would count too little.
        return {"passes": ";".join(ids)} if set(ids) <= known else None
    for name, (first, then) in CUTS.items():
        if f"corridor {name}" in row["note"] and row["place"].startswith(name):
            return {"passes": first, "then_passes": then}
    if row["place"] in COUNTRIES:
        return {"country_id": COUNTRIES[row["place"]]}
    return None


def _ends(row: Row, where: Row, home: dict[str, str]) -> Row | None:
    """Where the goods start and end, or which way they pass, by the words of the direction."""
    text = row["direction"]
    owner = where.get("country_id") or home[where["passes"].split(";")[0]]
    if row["place_kind"] in ("crossing", "crossing_group") and text.startswith("transit"):
        ends = {c for i in where["passes"].split(";") for c in i.split("-")[:2]}
        owner = next((c for c in PAIR if c in ends), owner)
    if row["place"] in (*CUTS_HOME, *THEN):
        owner = "KAZ"
    if row["place"] in BETWEEN:
        return dict.fromkeys(("exporters", "importers"), BETWEEN[row["place"]])
    if row["place"] in ENDS:
        exporter, importer = ENDS[row["place"]]
        return {"exporters": exporter, "importers": importer}
    if row["commodity"] in ("transit", "transit containers") and text == "both":
        return {"not_country": owner}
    if text in ("both", "all"):
        # A country total of all directions holds its domestic goods: the model has none.
        return None if "country_id" in where else {}
    if match := re.fullmatch(r"([A-Z]{3})-([A-Z]{3})", text):
        if row["commodity"] == "all" and "ADD001" in where.get("passes", ""):
            # Goods between Aktau and the Iranian ports, both ways.
            return dict.fromkeys(("exporters", "importers"), f"{match[1]};{match[2]}")
        return {"exporters": match[1], "importers": match[2]}
    if text.startswith("transit"):
        return _transit(text.removeprefix("transit").strip(), owner)
    if match := re.fullmatch(r"from (Turkmenistan|Kazakhstan)", text):
        other = {"TKM": "KAZ", "KAZ": "TKM"}[NAMES[match[1]]]
        return {"from_country": NAMES[match[1]], "to_country": other}
    return _trade(text, owner)


def _transit(rest: str, owner: str) -> Row | None:
    if not rest or rest in ("rail", "road", "CHN"):
        return {"not_country": owner}
    if rest == "from Turkmenistan":
        return {"not_country": owner, "from_country": "TKM", "to_country": owner}
    if rest == "to Central Asia":
        return {"not_country": owner, "importers": CENTRAL_ASIA}
    return None


def _trade(text: str, owner: str) -> Row | None:
    """Read exports and imports, of the country named or else of the place's own."""
    match = re.fullmatch(r"(export|import)?\s?([A-Z]{3})?\s?(?:to (.+))?", text)
    if match is None:
        return None
    way, country, to = match.groups()
    ends: Row = {}
    if way:
        ends["exporters" if way == "export" else "importers"] = country or owner
    if to:
        ends["importers"] = LISTS.get(to) or NAMES.get(to) or to
        own = ends.get("exporters", "")
        ends["importers"] = ";".join(c for c in ends["importers"].split(";") if c != own)
        if len(ends["importers"].replace(";", "")) % 3:
            return None
    return ends or None


def _series(row: Row) -> str:
    names = ("country_id", "mode", "passes", "then_passes", "from_country", "to_country",
             "exporters", "importers", "not_country", "class_ids", "cargo")  # fmt: skip
    return " | ".join(
        f"{name} {row[name]}" for name in names if row.get(name, "") not in ("", "all")
    )
