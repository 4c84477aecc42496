"""Rail and road: nodes split by country and gauge, links, borders, changes of gauge."""

from __future__ import annotations

from collections import defaultdict

from data.common import Row, num
from data.network.context import Build, Copy, pair_of
from data.network.places import crossing_kind_id
from data.network.restrictions import restricted_pairs

MODES = ("rail", "road")
NODE_KINDS = {"junction", "station", "border", "end"}


def land(build: Build) -> None:
    """Tables ``node``, ``link`` of rail and road, with the links between copies of a place."""
    extra = build.read("joins/extra_links.csv")
    border = {(r["mode"], r["node_id"]): r for r in build.read("joins/border_nodes.csv")}
    for mode in MODES:
        links = _links(build, mode, [row for row in extra if row["mode"] == mode])
        places = {r["node_id"]: r for r in build.read(f"network/{mode}_nodes.csv.gz")}
        touching = _touching(links)
        for number in sorted(touching, key=int):
            _split(build, mode, places[number], touching[number], border.get((mode, number)))
        for row in links:
            _put_link(build, mode, row)


def _links(build: Build, mode: str, extra: list[Row]) -> list[Row]:
    """Links of the raw table after the repairs of ``extra_links``."""
    links = build.read(f"network/{mode}_links.csv.gz")
    by_id = {row["link_id"]: row for row in links}
    for row in extra:
        if row["op"] == "set_status":
            by_id[row["link_id"]]["status"] = row["link_status"]
            by_id[row["link_id"]]["repaired"] = "1"
        elif row["op"] == "insert" and row["extra_link_id"] != "XL05":
            # The train ferry over the lake stands with the ferries.
            links.append(
                {
                    "link_id": row["extra_link_id"],
                    "from_node_id": row["from_node_id"],
                    "to_node_id": row["to_node_id"],
                    "length_km": row["length_km"],
                    "iso3": row["iso3"],
                    "gauge_mm": row["gauge_mm"],
                    "name": row["note"].split(";")[0],
                    "status": row["link_status"],
                    "length_status": "assumed",
                    "repaired": "1",
                }
            )
    return links


def _copy(row: Row) -> Copy:
    return row["iso3"], row.get("gauge_mm") or ""


def _touching(links: list[Row]) -> dict[str, dict[Copy, bool]]:
    """Of every node the copies that its links ask for, and whether one of these is open."""
    touching: dict[str, dict[Copy, bool]] = defaultdict(dict)
    for row in links:
        for end in ("from_node_id", "to_node_id"):
            here = touching[row[end]]
            is_open = row.get("status", "open") == "open"
            here[_copy(row)] = here.get(_copy(row), False) or is_open
    return touching


def _split(
    build: Build, mode: str, place: Row, asked: dict[Copy, bool], border: Row | None
) -> None:
    """Nodes of one place; links between its countries; a yard where its gauges change."""
    number = place["node_id"]
    wanted = dict(asked)
    lands = sorted({country for country, _ in asked})
    if len(lands) > 2:
        raise ValueError(f"{mode} {number}: three countries meet")
    if len(lands) == 2 and (border is None or border["treatment"] == "domestic"):
        raise ValueError(f"{mode} {number}: two countries meet and border_nodes has no row")
    yard = ""
    if len(lands) == 2 and mode == "rail":
        gauges = {country: {g for c, g in asked if c == country} for country in lands}
        if gauges[lands[0]] != gauges[lands[1]]:
            yard = _yard_side(gauges)
            (other,) = (c for c in lands if c != yard)
            for gauge in gauges[other]:
                wanted.setdefault((yard, gauge), asked[other, gauge])
    alone = len(wanted) == 1
    copies: dict[Copy, str] = {}
    for country, gauge in sorted(wanted):
        node = f"{mode}:{number}"
        if not alone:
            node += f":{country}" + (f":{gauge}" if gauge else "")
        copies[country, gauge] = node
        if wanted[country, gauge]:
            build.in_use.add(node)
        _put_node(build, mode, place, node, country, gauge)
    build.copies[mode, number] = copies
    if len(lands) == 2 and border is not None:
        _put_border(build, mode, border, lands, copies)


def _yard_side(gauges: dict[str, set[str]]) -> str:
    """Country whose side of the border holds the yard where the gauge changes.

    Between Kazakhstan and China the Kazakh side (Dostyk, Altynkol); else the side of the gauge
    that is not 1520 mm, as at Incheh Borun, Sarakhs, Malaszewicze or Erenhot.
    """
    if set(gauges) == {"KAZ", "CHN"}:
        return "KAZ"
    return min(gauges, key=lambda country: ("1520" in gauges[country], country))


def _put_node(build: Build, mode: str, place: Row, node: str, country: str, gauge: str) -> None:
    kind = place["node_type"]
    build.add(
        f"node/{mode}",
        {
            "node_id": node,
            "mode": mode,
            "name": place["name"],
            "country_id": country,
            "lon": place["x_coord"],
            "lat": place["y_coord"],
            "gauge_mm": gauge,
            "kind": kind if kind in NODE_KINDS else "",
            "source": f"osm-{mode}",
            "status": "observed",
        },
    )


def _put_border(
    build: Build, mode: str, border: Row, lands: list[str], copies: dict[Copy, str]
) -> None:
    """Zero-length links between the copies of one gauge in two countries."""
    a, b = lands
    cells: Row = {"state": "open", "border_charge": "1"}
    treatment = border["treatment"]
    if treatment in ("crossing", "same_place"):
        cells["border_crossing_id"] = border["crossing_id"]
        cells["border_charge"] = border["charge"]
    elif treatment == "union_free":
        cells["border_crossing_id"] = crossing_kind_id("free", a, b, mode)
    elif treatment == "pass_through":
        cells["pass_through"] = border["note"]
    else:
        cells["border_crossing_id"] = crossing_kind_id("default", a, b, mode)
        # Where a restriction closes the whole pair, the link itself stays usable.
        if treatment == "closed" and pair_of(a, b) not in restricted_pairs(build):
            cells["state"] = "closed"
    gauges = sorted({g for c, g in copies if c == a} & {g for c, g in copies if c == b})
    if not gauges:
        raise ValueError(f"{mode} {border['node_id']}: no gauge common to {a} and {b}")
    for gauge in gauges:
        build.add(
            "link/border",
            {
                "link_id": f"border:{mode}:{border['node_id']}" + (f":{gauge}" if gauge else ""),
                "mode": mode,
                "from_node_id": copies[a, gauge],
                "to_node_id": copies[b, gauge],
                "length_km": "0",
                "gauge_mm": gauge,
                "oneway": "0",
                "name": border["note"] if treatment == "closed" else "",
                "source": "border-nodes",
                "status": border["status"],
                **cells,
            },
        )


def _put_link(build: Build, mode: str, row: Row) -> None:
    ends = [build.copies[mode, row[end]][_copy(row)] for end in ("from_node_id", "to_node_id")]
    repaired = row.get("repaired") == "1"
    status = row.get("length_status") or "observed"
    build.add(
        f"link/{mode}",
        {
            "link_id": f"{mode}:{row['link_id']}",
            "mode": mode,
            "from_node_id": ends[0],
            "to_node_id": ends[1],
            "length_km": num(row["length_km"]),
            "country_id": row["iso3"],
            "gauge_mm": row.get("gauge_mm") or "",
            "state": row.get("status") or "open",
            "open_year": row.get("open_year") or "",
            "electrified": row.get("electrified") or "",
            "tracks": row.get("tracks") or "",
            "oneway": "0",
            "border_charge": "1",
            "name": row.get("name") or "",
            "geometry_wkt": row.get("geometry_wkt") or "",
            "source": "study-joins" if repaired else f"osm-{mode}",
            "status": "assumed" if repaired else status,
        },
    )
