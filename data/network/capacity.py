"""What borders, ports and ferries can take in a year."""

from __future__ import annotations

from data.common import Row, band
from data.network.context import Build
from data.network.prices import TEU_T

CLASS_OF = {"grain": "C01"}
# Bands that are drawn; designs, targets and claims stay in the note.
DRAWN = {
    "TKM-IRN-RA01": (550_000.0, 1_000_000.0, 1_300_000.0),
    "TKM-IRN-RA02": (4_000_000.0, 4_000_000.0, 4_000_000.0),
    # The level of 2024, each way: 14 and 8 trains a day at the low end; in the middle 32 Mt in
    # both directions over both crossings at 90 % use; what was reached in 2025 at the high end.
    "KAZ-CHN-RA01": (9_198_000.0, 11_400_000.0, 18_396_000.0),
    "KAZ-CHN-RA02": (5_256_000.0, 6_400_000.0, 9_855_000.0),
    "KAZ-UZB-RA01": (15_768_000.0, 15_768_000.0, 19_710_000.0),
}
ALL_GOODS_ONLY = {"KAZ-CHN-RA02"}
# Counts of what was carried near the baseline year. A place that carried it can carry it: its
# capacity is at least the count at 90 % use, half of it each way where the ways are apart.
CARRIED = {
    ("KAZ-CHN-RA01", "all"): "TRF154", ("KAZ-CHN-RA02", "all"): "TRF155",
    ("KAZ-CHN-RA01", "container"): "TRF156", ("IRN-IRQ-RO01", "all"): "TRF333",
    ("IRN-IRQ-RO02", "all"): "TRF332", ("WPI44340", "container"): "TRF280",
}  # fmt: skip
CARRIED_USE_SHARE = 0.9
HIGHEST = 1.5
# Grain that left Aktau from September 2024 to August 2025 over all berths: what was carried can
# be carried, whatever the grain terminal was built for (0.6 to 0.8 Mt). Amirabad handles 57 % of
# the goods of Iran's northern ports (TRF091), and 2.5 to 3 Mt of Russian grain a year enter there
# (head of the Grain Union of Iran, 2024): its silos of 0.7 Mt are the low end.
GRAIN = {
    "ADD001": (600_000.0, 1_270_000.0, 1_300_000.0),
    "ADD008": (700_000.0, 1_570_000.0, 1_900_000.0),
}
NOT_DRAWN = {
    "TKM-IRN-RA01": "terminal 0.55-0.6 Mt (2025) to 65 wagons a day = 1.3 Mt; 3, 5 and 8 Mt are "
    "designs and joint targets and are not drawn",
    "TKM-IRN-RA02": "200 wagons a day = 4.0 Mt; 400 wagons, 7.5 Mt and 8.03 Mt are claimed and "
    "are not drawn",
}


def capacities(build: Build) -> None:
    """Table ``capacity``; figures of a restricted regime are no capacity of a normal year."""
    counts = {row["traffic_id"]: row for row in build.read("joins/traffic_place.csv")}
    known = {row["border_crossing_id"]: row for row in build.tables["border_crossing"]}
    done: set[tuple[str, str]] = set()
    terminals = {row["terminal_id"] for row in build.tables["terminal"]}
    for row in build.read("joins/capacity_default.csv"):
        place = row["target_id"]
        if row["regime"] != "normal":
            continue
        done.add((place, row["cargo"]))
        kind = "terminal" if row["target_kind"] == "port" else "border_crossing"
        if place not in (terminals if kind == "terminal" else known):
            raise ValueError(f"capacity of an unknown place {place}")
        each_way = "per direction" in row["note"]
        ways = [("", "")]
        if each_way and kind == "border_crossing":
            a, b = known[place]["country_a"], known[place]["country_b"]
            ways = [(a, b), (b, a)]
        for start, end in ways:
            _put(build, row, kind, start, end, counts)
    for place, cargo in CARRIED.keys() - done:
        _put_carried(build, place, cargo, counts)
    _ferry_lines(build)


def _carried(place: str, cargo: str, ways: int, counts: dict[str, Row]) -> float:
    """Least capacity by what was carried, t a year each way; 0 where it was not counted."""
    count = CARRIED.get((place, cargo))
    return float(counts[count]["t_per_year"]) / CARRIED_USE_SHARE / ways if count else 0.0


def _put_carried(build: Build, place: str, cargo: str, counts: dict[str, Row]) -> None:
    """Put the capacity of a place that is known by what it carried alone."""
    least = _carried(place, cargo, 1, counts)
    source = build.sources.add(
        f"capacity-{place.lower()}-{cargo}",
        f"Capacity of {place}, {cargo}: carried, row {CARRIED[place, cargo]}",
        publisher="press and authorities, see the row named",
        year="2024",
    )
    build.add(
        "capacity",
        {
            "capacity_id": f"{place}:{cargo}",
            "place_kind": "border_crossing",
            "place_ids": place,
            "cargo": cargo,
            **band("capacity", "t_per_year", least, least, least * HIGHEST),
            "background_t_per_year": "0",
            "note": _carried_note(place, cargo)
            + "; no capacity is printed, high: half as much more",
            "source": source,
            "status": "assumed",
        },
    )


def _carried_note(place: str, cargo: str) -> str:
    return f"at least what {CARRIED[place, cargo]} counts, at {CARRIED_USE_SHARE:.0%} use"


def _put(build: Build, row: Row, kind: str, start: str, end: str, counts: dict[str, Row]) -> None:
    place, cargo = row["target_id"], row["cargo"]
    tonnes = TEU_T if row["unit"].startswith("TEU") else 1.0
    values = [float(row[f"capacity_{x}"]) * tonnes for x in ("low", "mode", "high")]
    least = _carried(place, cargo, 2 if start else 1, counts)
    drawn = [max(value, least) for value in _drawn(place, cargo, values)]
    source = build.sources.add(
        f"capacity-{place.lower()}-{cargo}",
        f"Capacity of {place}, {cargo}: rows {row['source_rows']}",
        publisher="press and authorities, see the rows named",
        year="2024",
    )
    note = NOT_DRAWN.get(place, row["note"].rstrip(" |"))
    if tonnes != 1.0:
        note += "; 14 t per TEU"
    raised = drawn != list(_drawn(place, cargo, values))
    if raised:
        note += "; " + _carried_note(place, cargo)
    name = f"{place}:{cargo}" + (f":{start}-{end}" if start else "")
    build.add(
        "capacity",
        {
            "capacity_id": name,
            "place_kind": kind,
            "place_ids": place,
            "cargo": "container"
            if cargo == "container"
            else ("bulk" if cargo == "grain" else "all"),
            "class_id": CLASS_OF.get(cargo, ""),
            "from_country": start,
            "to_country": end,
            **band("capacity", "t_per_year", *drawn),
            "background_t_per_year": "0",
            "note": note,
            "source": source,
            "status": "derived" if tonnes != 1.0 and row["status"] == "observed" else row["status"],
        },
    )


def _drawn(place: str, cargo: str, values: list[float]) -> tuple[float, float, float]:
    """Band that is drawn: the table above for all goods, else the source's."""
    if cargo == "grain" and place in GRAIN:
        return GRAIN[place]
    if place in DRAWN and (cargo == "all" or place not in ALL_GOODS_ONLY):
        return DRAWN[place]
    return values[0], values[1], values[2]


def _ferry_lines(build: Build) -> None:
    """Yearly capacity of the ferry lines in service that have a figure."""
    services = {r["service_id"]: r for r in build.read("joins/service_nodes.csv")}
    lines: dict[str, list[str]] = {}
    for fact in build.facts("ferry"):
        if fact["state"] == "open":
            lines.setdefault(fact["service_id"], []).append(fact["link_id"])
    for service, links in lines.items():
        row = services[service]
        if not row["capacity_t_per_year"]:
            continue
        tonnes = float(row["capacity_t_per_year"])
        build.add(
            "capacity",
            {
                "capacity_id": f"{service}:all",
                "place_kind": "link",
                "place_ids": ";".join(links),
                "cargo": "all",
                **band("capacity", "t_per_year", tonnes * 0.7, tonnes, tonnes * 1.3),
                "background_t_per_year": "0",
                "note": row["capacity_basis"] or row["note"],
                "source": f"service-{service.lower()}",
                "status": "assumed",
            },
        )
