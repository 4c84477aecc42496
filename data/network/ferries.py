"""Ferries that carry wagons or trucks, with their berths, borders and timetables."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable

from data.common import Row, band, num
from data.network.borders import Hours
from data.network.context import Build
from data.network.places import chosen_names, name_cells
from data.network.ports import CARGOES, _land_nodes, _port_stays, put
from data.network.prices import Prices

LAYER = {"wagon": "rail", "truck": "road"}
# The stay before a ferry includes the wait for it; the timetable charges that wait.
LEAST_H = 2.0
# Rolling off and leaving the port; the rest of the stay after a ferry is the border.
ROLL_OFF = (1.0, 2.0, 6.0)
FERRY_COST = (0.5, 1.0, 2.0)


def ferries(build: Build) -> None:
    """Ferry links, berth nodes and their transshipment; then the train ferry over Lake Van."""
    facts = build.facts("ferry")
    ports = {r["port_id"]: r for r in build.read("network/ports.csv.gz")}
    sea = _sea_km(build)
    waits = _waits(facts)
    berths: dict[tuple[str, str], str] = {}
    for fact in facts:
        for end in ("port_a", "port_b"):
            key = (fact[end], fact["carries"])
            if key not in berths:
                berths[key] = _berth(build, ports[fact[end]], fact["carries"], waits.get(key, 0.0))
    for fact in facts:
        a, b = ports[fact["port_a"]], ports[fact["port_b"]]
        km = sea(a["sea_node_id"], b["sea_node_id"])
        ends = (berths[a["port_id"], fact["carries"]], berths[b["port_id"], fact["carries"]])
        _link(build, fact, ends, km)
        _crossing(build, fact, a, b)
    _lake_van(build)
    _timetables(build, facts)


def _sea_km(build: Build) -> Callable[[str, str], float]:
    """Return a function that gives the km between two ports inside the Caspian."""
    near: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in build.tables["link/sea"]:
        if row["area"] == "caspian":
            a, b, km = row["from_node_id"], row["to_node_id"], float(row["length_km"])
            near[a].append((b, km))
            near[b].append((a, km))

    def distance(start: str, end: str) -> float:
        best = {f"sea:{start}": 0.0}
        heap = [(0.0, f"sea:{start}")]
        while heap:
            km, node = heapq.heappop(heap)
            if node == f"sea:{end}":
                return km
            for other, length in near[node]:
                if km + length < best.get(other, float("inf")):
                    best[other] = km + length
                    heapq.heappush(heap, (km + length, other))
        raise ValueError(f"no way over the sea from {start} to {end}")

    return distance


def _waits(facts: list[Row]) -> dict[tuple[str, str], float]:
    """Mean wait and berth hours of the lines from a port, by what they carry.

    Planned lines count only where a port has no other.
    """
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for state in ("open", "planned"):
        served = set(found)
        for fact in facts:
            hours = float(fact["headway_h"]) / 2 + float(fact["berth_h"])
            for end in ("port_a", "port_b"):
                key = (fact[end], fact["carries"])
                if fact["state"] == state and key not in served:
                    found[key].append(hours)
    return {key: sum(values) / len(values) for key, values in found.items()}


def _berth(build: Build, port: Row, carries: str, wait: float) -> str:
    """Node of a ferry berth, tied to the land node of its port by transshipment rows."""
    layer = LAYER[carries]
    land = next(node for mode, node, _ in _land_nodes(build)[port["port_id"]] if mode == layer)
    at = {r["node_id"]: r for r in build.tables[f"node/{layer}"]}[land]
    berth = f"{layer}:{port['port_id']}"
    build.add(
        f"node/{layer}",
        {
            **at,
            "node_id": berth,
            "name": port["name"],
            "lon": port["lon"],
            "lat": port["lat"],
            "kind": "port",
            "source": "wpi",
            "status": port["status"],
        },
    )
    stays = _port_stays(build)
    (low, mode, high), p95, source, status = stays[port["port_id"], "export", "truck_ferry"]
    full = Hours(low, mode, high, float(p95)).less(wait)
    for cargo in CARGOES:
        name = f"{port['port_id']}:{layer}"
        hours = (full.low, full.mode, full.high)
        ends = (land, berth)
        put(build, f"{name}-ferry:{cargo}", port["port_id"], ends, cargo, 0.0, hours,
            num(full.p95, 4), FERRY_COST, source, status)  # fmt: skip
        put(build, f"ferry-{name}:{cargo}", port["port_id"], ends[::-1], cargo, 0.0, ROLL_OFF,
            "", FERRY_COST, "study-joins", "assumed")  # fmt: skip
    return berth


def _link(build: Build, fact: Row, ends: tuple[str, str], km: float) -> None:
    build.add(
        "link/ferry",
        {
            "link_id": fact["link_id"],
            "mode": "sea",
            "from_node_id": ends[0],
            "to_node_id": ends[1],
            "length_km": num(km),
            "area": "caspian",
            "carries": fact["carries"],
            "state": fact["state"],
            "oneway": "0",
            "border_crossing_id": fact["link_id"],
            "border_charge": "1",
            "name": fact["name"],
            "source": "caspian-lanes",
            "status": "assumed",
        },
    )


def _crossing(build: Build, fact: Row, a: Row, b: Row) -> None:
    """Add the border that a ferry passes, with the hours after landing less the roll-off."""
    names = chosen_names(build).get(("border_crossing", fact["link_id"]), {})
    build.add(
        "border_crossing",
        {
            "border_crossing_id": fact["link_id"],
            "kind": "ferry",
            **name_cells(fact["name"], names),
            "country_a": a["iso3"],
            "country_b": b["iso3"],
            "mode": "sea",
            "state": fact["state"],
            "source": "study-joins",
            "status": "assumed",
        },
    )
    stays, prices = _port_stays(build), Prices(build)
    for start, end in ((a, b), (b, a)):
        (low, mode, high), p95, source, _ = stays[end["port_id"], "import", "truck_ferry"]
        hours = Hours(low, mode, high, float(p95)).less(ROLL_OFF[1])
        cost = prices.border(LAYER[fact["carries"]], start["iso3"], end["iso3"], fact["link_id"])
        build.add(
            "border_dwell",
            {
                "border_crossing_id": fact["link_id"],
                "from_country": start["iso3"],
                "to_country": end["iso3"],
                "cargo": "all",
                **band("mean", "h", hours.low, hours.mode, hours.high),
                "p95_h": num(hours.p95, 4),
                **band("cost", "usd_per_t", *cost),
                "source": source,
                "status": "assumed",
            },
        )


def _lake_van(build: Build) -> None:
    """Train ferry Tatvan-Van between two nodes of one country."""
    row = next(r for r in build.read("joins/extra_links.csv") if r["extra_link_id"] == "XL05")
    build.add(
        "link/ferry",
        {
            "link_id": "ferry:lake_van:wagon",
            "mode": "sea",
            "from_node_id": build.own_copy("rail", row["from_node_id"], "TUR"),
            "to_node_id": build.own_copy("rail", row["to_node_id"], "TUR"),
            "length_km": row["length_km"],
            "area": "lake",
            "carries": "wagon",
            "state": "open",
            "oneway": "0",
            "border_charge": "1",
            "name": "Lake Van train ferry (Tatvan–Van)",
            "source": "study-joins",
            "status": "assumed",
        },
    )


def _timetables(build: Build, facts: list[Row]) -> None:
    services = {r["service_id"]: r for r in build.read("corridor/services.csv")}
    for fact in facts:
        service = services[fact["service_id"]]
        source = build.sources.add(
            f"service-{fact['service_id'].lower()}",
            f"{fact['service_id']}: {service['service']}",
            url=service["source"],
            year=service["year"],
        )
        shared = sum(f["service_id"] == fact["service_id"] for f in facts) > 1
        suffix = fact["link_id"].split(":")[1]
        _timetable(build, fact, fact["service_id"] + (f":{suffix}" if shared else ""), source)
    # With the border at Razi the 72 h of SP068: 24 h wait, 8 h berth, 4 h sailing, 36 h border.
    van = {
        "link_id": "ferry:lake_van:wagon",
        "name": "Lake Van train ferry",
        "status": "assumed",
        "headway_low_h": "16",
        "headway_h": "48",
        "headway_high_h": "120",
        "berth_low_h": "4",
        "berth_h": "8",
        "berth_high_h": "16",
    }
    _timetable(build, van, "lake_van", "study-joins")


def _timetable(build: Build, fact: Row, timetable: str, source: str) -> None:
    headway = (float(fact[f"headway_{x}h"]) for x in ("low_", "", "high_"))
    berth = (float(fact[f"berth_{x}h"]) for x in ("low_", "", "high_"))
    build.add(
        "timetable",
        {
            "timetable_id": timetable,
            "link_ids": fact["link_id"],
            "name": fact["name"],
            **band("headway", "h", *headway),
            **band("berth", "h", *berth),
            "source": source,
            "status": fact["status"],
        },
    )
