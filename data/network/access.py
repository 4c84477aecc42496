"""First and last kilometres: which nodes a zone reaches."""

from __future__ import annotations

from data.common import Row, band
from data.network.context import Build
from data.network.places import crossing_kind_id, union_of


def access(build: Build) -> None:
    """Table ``access``, after zone_access and the repairs of extra_access."""
    country = {row["zone_id"]: row["country_id"] for row in build.tables["zone"]}
    extra = [r for r in build.read("joins/extra_access.csv") if r["zone_id"]]
    deleted = {_key(r) for r in extra if r["op"] == "delete"}
    kept = {_key(r) for r in extra if r["op"] == "keep"}
    rows = [r for r in build.read("network/zone_access.csv") if _key(r) not in deleted]
    rows += [r for r in extra if r["op"] == "insert"]
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        if _key(row) in seen:
            continue
        seen.add(_key(row))
        home = country[row["zone_id"]]
        node, crossing = _end(build, row, home, _key(row) in kept)
        if node:
            _put(build, row, node, crossing)


def _key(row: Row) -> tuple[str, str, str]:
    return row["zone_id"], row["mode"], row["node_id"]


def _end(build: Build, row: Row, home: str, keep: bool) -> tuple[str, str]:
    """Node that the arc ends at, and the crossing that it must pay when that lies abroad."""
    mode = row["mode"]
    if mode == "sea":
        return build.copies["sea", row["node_id"]]["", ""], ""
    node = build.own_copy(mode, row["node_id"], home)
    via = row.get("via_crossing_id") or ""
    if node:
        # Where the home country has a copy of its own, its border link charges the crossing.
        return node, ""
    if not (via or keep or row.get("op") == "insert"):
        return "", ""
    node, land = build.any_copy(mode, row["node_id"])
    if not via:
        kind = "free" if union_of(home, land) == "EU" else "default"
        via = crossing_kind_id(kind, home, land, mode)
    return node, via


def _put(build: Build, row: Row, node: str, crossing: str) -> None:
    km = float(row["distance_km"])
    low = float(row.get("distance_low_km") or km)
    high = float(row.get("distance_high_km") or km * (1.3 if row["mode"] != "sea" else 1.0))
    inserted = row.get("op") == "insert"
    build.add(
        "access",
        {
            "access_id": f"{row['zone_id']}:{row['mode']}:{row['node_id']}",
            "zone_id": row["zone_id"],
            "node_id": node,
            "mode": row["mode"],
            **band("distance", "km", low, km, high),
            "border_crossing_id": crossing,
            "source": "study-joins" if inserted else "zones",
            "status": row["status"] if inserted else "derived",
        },
    )


def without_double_doors(build: Build) -> None:
    """Take out sea access of zones whose port is reached over its terminal.

    A port is the only door to the sea: its hours by direction, what it handles and its capacity
    hold for its own town as for everyone.
    """
    served: dict[str, set[str]] = {}
    for row in build.tables["transshipment"]:
        served.setdefault(row["terminal_id"], set()).add(row["cargo"])
    land = {r["zone_id"] for r in build.tables["access"] if r["mode"] in ("rail", "road")}
    port = {row["zone_id"]: row["terminal_id"] for row in build.tables["zone"]}
    judged = {r["port_id"] for r in build.read("network/ports.csv.gz") if r["handles"]}
    build.tables["access"] = [
        row
        for row in build.tables["access"]
        if row["mode"] != "sea"
        or row["zone_id"] not in land
        or not (port[row["zone_id"]] in served or port[row["zone_id"]] in judged)
    ]
