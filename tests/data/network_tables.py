"""The committed network tables, read with the standard library alone, and a small Dijkstra."""

from __future__ import annotations

import csv
import functools
import gzip
import heapq
from collections import defaultdict
from pathlib import Path

STUDY = Path(__file__).parents[2] / "src/opencorridor/studies/iran_kazakhstan"
Row = dict[str, str]
Arc = tuple[str, float, str]  # head, km, id of the row


@functools.cache
def table(name: str) -> tuple[Row, ...]:
    """Rows of a table, in one file or in parts."""
    files = [*STUDY.glob(f"{name}.csv*"), *sorted((STUDY / name).glob("*.csv*"))]
    rows: list[Row] = []
    for file in files:
        opener = gzip.open if file.suffix == ".gz" else open
        with opener(file, "rt", encoding="utf-8", newline="") as handle:
            rows += csv.DictReader(handle)
    assert rows, name
    return tuple(rows)


@functools.cache
def nodes() -> dict[str, Row]:
    """Nodes by id."""
    return {row["node_id"]: row for row in table("node")}


def place_of(node: str) -> str:
    """Place of which a node is a copy: ``rail:2203`` of ``rail:2203:IRN:1435``."""
    return ":".join(node.split(":")[:2])


BASE_DATE = "2024-12-31"


@functools.cache
def closed_places() -> frozenset[str]:
    """Crossings that are not open or that a restriction closes at the base date."""
    shut = {r["border_crossing_id"] for r in table("border_crossing") if r["state"] != "open"}
    for row in table("restriction"):
        on = row["valid_from"] <= BASE_DATE and (row["valid_to"] or BASE_DATE) >= BASE_DATE
        if on and row["place_kind"] == "border_crossing" and float(row["allowed_share"]) == 0:
            shut.update(row["place_ids"].split(";"))
    return frozenset(shut)


def graph(
    modes: tuple[str, ...] = ("rail", "road", "sea"),
    avoid: frozenset[str] = frozenset(),
    with_access: bool = True,
) -> dict[str, list[Arc]]:
    """Open arcs between nodes of these modes (ferries of wagons count as rail) and zones."""
    shut = closed_places() | avoid
    arcs: dict[str, list[Arc]] = defaultdict(list)
    layer = {name: row["mode"] for name, row in nodes().items()}

    def join(a: str, b: str, km: float, name: str, both: bool) -> None:
        arcs[a].append((b, km, name))
        if both:
            arcs[b].append((a, km, name))

    for row in table("link"):
        a, b = row["from_node_id"], row["to_node_id"]
        if row["state"] != "open" or row["border_crossing_id"] in shut or row["link_id"] in shut:
            continue
        if layer[a] in modes and layer[b] in modes:
            join(a, b, float(row["length_km"]), row["link_id"], row["oneway"] != "1")
    for row in table("transshipment"):
        a, b = row["from_node_id"], row["to_node_id"]
        usable = row["state"] == "open" and row["terminal_id"] not in shut
        if usable and layer[a] in modes and layer[b] in modes:
            join(a, b, float(row["distance_km"]), row["transshipment_id"], False)
    if with_access:
        for row in table("access"):
            if row["mode"] in modes and row["border_crossing_id"] not in shut:
                zone = f"zone:{row['zone_id']}"
                join(zone, row["node_id"], float(row["distance_km"]), row["access_id"], True)
    return arcs


def path(
    arcs: dict[str, list[Arc]], starts: list[str], ends: list[str]
) -> tuple[float, list[str]] | None:
    """Shortest way in km between two sets of nodes with the ids of its rows, or None.

    A zone is an end, never a place to pass.
    """
    best = dict.fromkeys(starts, 0.0)
    came: dict[str, tuple[str, str]] = {}
    heap = [(0.0, node) for node in starts]
    goal = set(ends)
    while heap:
        km, node = heapq.heappop(heap)
        if km > best[node]:
            continue
        if node in goal:
            ids = []
            while node in came:
                node, name = came[node]
                ids.append(name)
            return km, ids[::-1]
        if node.startswith("zone:") and node not in starts:
            continue
        for head, length, name in arcs[node]:
            if km + length < best.get(head, float("inf")):
                best[head] = km + length
                came[head] = (node, name)
                heapq.heappush(heap, (km + length, head))
    return None


def named(name: str, *places: str) -> list[str]:
    """Rail nodes with a name, or all copies of the places with these numbers."""
    wanted = {f"rail:{p}" for p in places}
    return [
        node
        for node, row in nodes().items()
        if row["mode"] == "rail" and (place_of(node) in wanted if places else row["name"] == name)
    ]


def crossings_on(rows: list[str]) -> list[str]:
    """Border crossings on a way, in order, each once."""
    of_link = {r["link_id"]: r["border_crossing_id"] for r in table("link")}
    return list(dict.fromkeys(of_link[x] for x in rows if of_link.get(x)))
