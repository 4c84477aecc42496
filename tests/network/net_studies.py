"""Small studies for the tests of the network room."""

from __future__ import annotations

from typing import Any

from opencorridor.study import Settings, Study, Table

MARK = {"source": "S", "status": "assumed"}


def make(date: str = "2024-12-31", **tables: list[dict[str, Any]]) -> Study:
    """Return a study from rows; source and status are filled in."""
    full = {}
    for name, rows in tables.items():
        has = Table(name).columns
        mark = {k: v for k, v in MARK.items() if k in has}
        full[name] = Table.from_rows(name, [mark | row for row in rows])
    return Study(Settings(id="small", baseline_date=date), full)


def node(name: str, country: str = "", lon: float = 0.0, lat: float = 0.0) -> dict[str, Any]:
    """Return a node row; the mode stands before the colon of its name."""
    mode = name.partition(":")[0]
    return {"node_id": name, "mode": mode, "country_id": country, "lon": lon, "lat": lat}


def link(name: str, start: str, end: str, km: float, **more: Any) -> dict[str, Any]:
    """Return a link row; the mode is that of its start unless given."""
    mode = start.partition(":")[0]
    return {"link_id": name, "mode": mode, "from_node_id": start, "to_node_id": end,
            "length_km": km, **more}  # fmt: skip


def countries(*names: str) -> list[dict[str, Any]]:
    """Return country rows."""
    return [{"country_id": name, "name_en": name} for name in names]


def crossing(name: str, a: str, b: str, **more: Any) -> dict[str, Any]:
    """Return a border crossing row."""
    return {"border_crossing_id": name, "kind": "listed", "name_en": name, "country_a": a,
            "country_b": b, "mode": "rail", **more}  # fmt: skip


def zone(name: str, country: str) -> dict[str, Any]:
    """Return a zone row."""
    return {"zone_id": name, "name_en": name, "country_id": country, "lon": 0, "lat": 0}


def access(name: str, zone_id: str, node_id: str, **more: Any) -> dict[str, Any]:
    """Return an access row of 1 km."""
    mode = node_id.partition(":")[0]
    return {"access_id": name, "zone_id": zone_id, "node_id": node_id, "mode": mode,
            "distance_km": 1, **more}  # fmt: skip


def over(name: str, terminal: str, start: str, end: str, cargo: str = "bulk") -> dict[str, Any]:
    """Return a transshipment row."""
    return {"transshipment_id": name, "terminal_id": terminal, "from_node_id": start,
            "to_node_id": end, "cargo": cargo, "time_h": 1, "cost_usd_per_t": 1}  # fmt: skip


def corridor(**more: list[dict[str, Any]]) -> Study:
    """Return two countries joined by a border, with a port, a ferry and a gauge change."""
    tables: dict[str, list[dict[str, Any]]] = {
        "country": countries("AAA", "BBB"),
        "node": [
            node("rail:1", "AAA"),
            node("rail:2a", "AAA"),
            node("rail:2b", "BBB"),
            node("rail:2w", "BBB"),
            node("rail:3", "BBB"),
            node("sea:1"),
            node("sea:3"),
        ],
        "link": [
            link("L1", "rail:1", "rail:2a", 50, country_id="AAA"),
            link("L2", "rail:2a", "rail:2b", 0, border_crossing_id="X"),
            link("L3", "rail:2w", "rail:3", 60, country_id="BBB", gauge_mm=1435),
            link("S1", "sea:1", "sea:3", 200, area="lake"),
            link("F1", "rail:1", "rail:3", 150, mode="sea", carries="wagon",
                 border_crossing_id="F"),
        ],
        "border_crossing": [crossing("X", "AAA", "BBB"), crossing("F", "BBB", "AAA", kind="ferry")],
        "terminal": [
            {"terminal_id": "G", "kind": "gauge", "name_en": "G", "country_id": "BBB", "lon": 0,
             "lat": 0},
            {"terminal_id": "P", "kind": "port", "name_en": "P", "country_id": "AAA", "lon": 0,
             "lat": 0},
        ],
        "transshipment": [
            over("T1", "G", "rail:2b", "rail:2w"),
            over("T2", "G", "rail:2w", "rail:2b"),
            over("T3", "P", "rail:1", "sea:1"),
            over("T4", "P", "sea:1", "rail:1"),
        ],
        "zone": [zone("ZA", "AAA"), zone("ZB", "BBB")],
        "access": [access("A1", "ZA", "rail:1"), access("A2", "ZB", "rail:3")],
    }  # fmt: skip
    return make(**{**tables, **more})
