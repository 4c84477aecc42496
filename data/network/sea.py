"""Sea lanes, the Caspian, the Volga-Don waterway."""

from __future__ import annotations

import re

from data.common import Row, num
from data.network.context import Build

# Lines inside the Caspian outline are lower bounds; ships add harbour approaches (assumed).
CASPIAN_FACTOR = 1.1
NODE_KIND = {"waypoint": "waypoint", "port": "port"}
# Lanes that the map shows over more than 50 km of land: canals, rivers and fjords that it leaves
# out, and connectors drawn straight across one bay's shore. Named by hand from the map.
PASSAGES = {
    "suez": [("6273", "6275"), ("6275", "6277"), ("6275", "6278"), ("6275", "6281"),
             ("6275", "6284")],
    "gulf_of_suez": [("6305", "6354"), ("6308", "6354")],
    "yangtze": [("7324", "7461"), ("7418", "7461"), ("7461", "7498"), ("7461", "7511"),
                ("7461", "7571")],
    "danube": [("6129", "6215")],
    "shatt_al_arab": [("6585", "6591")],
    "pathein_river": [("7052", "7055")],
    "pussur_river": [("7027", "7028")],
    "malaren": [("5495", "5507")],
    "namsenfjord": [("5130", "5138")],
}  # fmt: skip
PASSAGE_OF = {frozenset(ends): name for name, pairs in PASSAGES.items() for ends in pairs}


def sea(build: Build) -> None:
    """Tables ``node`` and ``link`` of the sea; the lake ferry stands with the ferries."""
    links = [r for r in build.read("network/sea_links.csv.gz") if r["link_type"] != "rail_ferry"]
    caspian = caspian_nodes(links)
    used = {row[end] for row in links for end in ("from_node_id", "to_node_id")}
    for row in build.read("network/sea_nodes.csv.gz"):
        if row["node_id"] not in used:
            continue
        node = f"sea:{row['node_id']}"
        build.copies["sea", row["node_id"]] = {("", ""): node}
        build.add(
            "node/sea",
            {
                "node_id": node,
                "mode": "sea",
                "name": row["name"],
                "lon": num((float(row["x_coord"]) + 180) % 360 - 180, 7)
                if abs(float(row["x_coord"])) > 180
                else row["x_coord"],
                "lat": row["y_coord"],
                "kind": NODE_KIND.get(row["node_type"], ""),
                "source": "searoute",
                "status": "observed",
            },
        )
    shortest: dict[frozenset[str], Row] = {}
    for row in sorted(links, key=lambda r: float(r["length_km"])):
        shortest.setdefault(frozenset((row["from_node_id"], row["to_node_id"])), row)
    for row in sorted(shortest.values(), key=lambda r: int(r["link_id"])):
        _put(build, row, caspian)


def caspian_nodes(links: list[Row]) -> set[str]:
    """Nodes that reach a Caspian lane without a river: the Caspian and its ports."""
    joined: dict[str, set[str]] = {}
    for row in links:
        if row["link_type"] != "inland_water":
            joined.setdefault(row["from_node_id"], set()).add(row["to_node_id"])
            joined.setdefault(row["to_node_id"], set()).add(row["from_node_id"])
    found = {r["from_node_id"] for r in links if r["link_type"] == "caspian_lane"}
    todo = list(found)
    while todo:
        for near in joined[todo.pop()] - found:
            found.add(near)
            todo.append(near)
    return found


def _put(build: Build, row: Row, caspian: set[str]) -> None:
    river = row["link_type"] == "inland_water"
    inside = row["from_node_id"] in caspian and row["to_node_id"] in caspian and not river
    lane = row["link_type"] == "caspian_lane"
    length = float(row["length_km"]) * (CASPIAN_FACTOR if lane else 1.0)
    source, status = "searoute", row["length_status"] or "observed"
    if lane:
        source, status = "caspian-lanes", "assumed"
    elif row["link_type"] == "port_connector":
        status = "derived"
    build.add(
        "link/sea",
        {
            "link_id": f"sea:{row['link_id']}",
            "mode": "sea",
            "from_node_id": f"sea:{row['from_node_id']}",
            "to_node_id": f"sea:{row['to_node_id']}",
            "length_km": num(length),
            "area": "volga_don" if river else ("caspian" if inside else ""),
            "carries": "container;bulk",
            "state": "open" if row["open_default"] == "1" else "closed",
            "oneway": "0",
            "border_charge": "1",
            "passage": _passage(row, river),
            "geometry_wkt": _drawn(row["geometry_wkt"]),
            "source": source,
            "status": status,
        },
    )


def _passage(row: Row, river: bool) -> str:
    """Return the canal, strait or river of a lane; blank in open water."""
    if river:
        return "volga_don"
    return row["passage"] or PASSAGE_OF.get(frozenset((row["from_node_id"], row["to_node_id"])), "")


def _drawn(wkt: str) -> str:
    """Return the line; blank (straight) where its longitudes run over 180 degrees."""
    longitudes = [float(x) for x in re.findall(r"[(,]\s*(-?[\d.]+) ", wkt)]
    return "" if any(abs(x) > 180 for x in longitudes) else wkt
