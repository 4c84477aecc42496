"""Small studies with prices, for the tests of routing, operations and the command line."""

from __future__ import annotations

from typing import Any

from opencorridor.study import Defaults, Settings, Study, Table

MARK = {"source": "S", "status": "assumed"}


def make(**tables: list[dict[str, Any]]) -> Study:
    """Return a study from rows; source, status, one class, rates and speeds are filled in."""
    base: dict[str, list[dict[str, Any]]] = {
        "source": [{"source_id": "S", "title": "made for a test", "licence": "own work"}],
        "commodity": [
            {"class_id": "G", "name_en": "Grain", "containerised_share": 0.1,
             "value_density_usd_per_t": 200, "value_of_time_usd_per_t_h": 0.1,
             "payload_t_per_teu": 10, "payload_t_per_feu": 20, "payload_t_per_wagon": 60,
             "payload_t_per_truck": 20},
            {"class_id": "M", "name_en": "Machines", "containerised_share": 0.9,
             "value_density_usd_per_t": 5000, "value_of_time_usd_per_t_h": 1,
             "payload_t_per_teu": 10, "payload_t_per_feu": 20, "payload_t_per_wagon": 60,
             "payload_t_per_truck": 20},
        ],
        "mode_rate": [
            {"rate_id": f"{mode}{cargo}{carries}", "mode": mode, "cargo": cargo, "unit": "t",
             "carries": carries, "rate_usd_per_unit_km": rate, "fixed_usd_per_unit": 0}
            for cargo in ("container", "bulk")
            for mode, carries, rate in (("rail", "", 0.03), ("road", "", 0.05), ("sea", "", 0.01),
                                        ("sea", "wagon", 0.02), ("access", "", 0.1))
        ],
        "speed": [
            {"speed_id": f"{mode}{carries}", "mode": mode, "speed_km_per_h": speed,
             "carries": carries, "moving_h_per_day": 24, "fixed_h": 0}
            for mode, carries, speed in (("rail", "", 50), ("road", "", 50), ("sea", "", 20),
                                         ("sea", "wagon", 20), ("access", "", 50))
        ],
        "emission_factor": [
            {"factor_id": mode, "mode": mode, "electric_share": 0, "fuel_g_per_tkm": 20,
             "electric_kwh_per_tkm": 0}
            for mode in ("rail", "road", "sea", "access")
        ],
    }  # fmt: skip
    full = {}
    for name, rows in {**base, **tables}.items():
        has = Table(name).columns
        mark = {k: v for k, v in MARK.items() if k in has}
        kept = [{k: v for k, v in (mark | row).items() if k in has} for row in rows]
        full[name] = Table.from_rows(name, kept)
    settings = Settings(id="small", pair=("AAA", "BBB"), default=Defaults("M", "feu"))
    return Study(settings, full)


def countries(*names: str) -> list[dict[str, Any]]:
    return [{"country_id": name, "name_en": f"Land {name}"} for name in names]


def node(
    name: str, country: str = "", lon: float = 0.0, lat: float = 0.0, **more: Any
) -> dict[str, Any]:
    mode = name.partition(":")[0]
    return {"node_id": name, "mode": mode, "name": name.partition(":")[2], "country_id": country,
            "lon": lon, "lat": lat, **more}  # fmt: skip


def link(name: str, start: str, end: str, km: float, **more: Any) -> dict[str, Any]:
    mode = start.partition(":")[0]
    return {"link_id": name, "mode": mode, "from_node_id": start, "to_node_id": end,
            "length_km": km, "name": f"link {name}", **more}  # fmt: skip


def crossing(name: str, a: str, b: str, mode: str = "road", **more: Any) -> dict[str, Any]:
    return {"border_crossing_id": name, "kind": "listed", "name_en": f"Gate {name}",
            "country_a": a, "country_b": b, "mode": mode, **more}  # fmt: skip


def dwell(name: str, a: str, b: str, hours: float, cargo: str = "all") -> dict[str, Any]:
    return {"border_crossing_id": name, "from_country": a, "to_country": b, "cargo": cargo,
            "mean_h": hours, "cost_usd_per_t": 1}  # fmt: skip


def zone(name: str, country: str, lon: float = 0.0, lat: float = 0.0) -> dict[str, Any]:
    return {"zone_id": name, "name_en": f"Town {name}", "country_id": country, "lon": lon,
            "lat": lat}  # fmt: skip


def access(zone_id: str, node_id: str, km: float = 0.0) -> dict[str, Any]:
    mode = node_id.partition(":")[0]
    return {"access_id": f"{zone_id}-{node_id}", "zone_id": zone_id, "node_id": node_id,
            "mode": mode, "distance_km": km}  # fmt: skip


def over(
    terminal: str, start: str, end: str, hours: float = 1.0, cost: float = 1.0
) -> list[dict[str, Any]]:
    return [
        {"transshipment_id": f"{a}>{b}:{cargo}", "terminal_id": terminal, "from_node_id": a,
         "to_node_id": b, "cargo": cargo, "time_h": hours, "cost_usd_per_t": cost}
        for a, b in ((start, end), (end, start))
        for cargo in ("container", "bulk")
    ]  # fmt: skip


def terminal(name: str, country: str, kind: str = "port", **more: Any) -> dict[str, Any]:
    return {"terminal_id": name, "kind": kind, "name_en": f"Terminal {name}",
            "country_id": country, "lon": 0, "lat": 0, **more}  # fmt: skip


def border_study() -> Study:
    """CASES 6: the hours sit at the border, by direction; a corner cut is no border."""
    return make(
        country=countries("AAA", "BBB"),
        node=[
            node("road:a", "AAA"), node("road:b", "AAA", 0.5), node("road:d", "BBB", 0.51),
            node("road:e", "BBB", 1.1), node("road:f", "BBB", 1.15),
        ],
        link=[
            link("AB", "road:a", "road:b", 50, country_id="AAA"),
            link("BD", "road:b", "road:d", 1, border_crossing_id="X"),
            link("DE", "road:d", "road:e", 60, country_id="BBB"),
            link("EF", "road:e", "road:f", 5, country_id="BBB",
                 geometry_wkt="LINESTRING(1.1 0,1.12 0.001,1.15 0)"),
        ],
        border_crossing=[crossing("X", "AAA", "BBB")],
        border_dwell=[dwell("X", "AAA", "BBB", 8), dwell("X", "BBB", "AAA", 14)],
        zone=[zone("A", "AAA"), zone("F", "BBB", 1.15)],
        access=[access("A", "road:a"), access("F", "road:f")],
    )  # fmt: skip


def ferry_study() -> Study:
    """CASES 2: rail, a ferry that carries wagons, rail; and ships and trucks beside it."""
    return make(
        country=countries("AAA", "BBB"),
        node=[
            node("rail:a", "AAA"), node("rail:p", "AAA", 1), node("rail:q", "BBB", 2),
            node("rail:b", "BBB", 3), node("sea:p", lon=1), node("sea:q", lon=2),
            node("road:p", "AAA", 1), node("road:q", "BBB", 2),
        ],
        link=[
            link("AP", "rail:a", "rail:p", 100, country_id="AAA", gauge_mm=1520),
            link("PQ", "rail:p", "rail:q", 200, mode="sea", carries="wagon",
                 border_crossing_id="PQF"),
            link("QB", "rail:q", "rail:b", 100, country_id="BBB", gauge_mm=1520),
            link("S", "sea:p", "sea:q", 200, carries="container;bulk"),
            link("R", "road:p", "road:q", 200, mode="sea", carries="truck",
                 border_crossing_id="PQF"),
        ],
        border_crossing=[crossing("PQF", "AAA", "BBB", "sea", kind="ferry")],
        border_dwell=[dwell("PQF", "AAA", "BBB", 3), dwell("PQF", "BBB", "AAA", 3)],
        timetable=[{"timetable_id": "T", "link_ids": "PQ", "name": "ferry", "headway_h": 24,
                    "berth_h": 6}],
        terminal=[terminal("TP", "AAA"), terminal("TQ", "BBB")],
        transshipment=[*over("TP", "rail:p", "sea:p"), *over("TQ", "rail:q", "sea:q"),
                       *over("TP", "road:p", "sea:p"), *over("TQ", "road:q", "sea:q")],
        zone=[zone("A", "AAA"), zone("B", "BBB", 3)],
        access=[access("A", "rail:a"), access("B", "rail:b")],
    )  # fmt: skip


def three_zones() -> Study:
    """CASES 9: zones 1, 2, 3; a link 1–2 only."""
    return make(
        country=countries("AAA"),
        node=[node("road:1", "AAA"), node("road:2", "AAA", 1), node("road:3", "AAA", 2)],
        link=[link("12", "road:1", "road:2", 100, country_id="AAA")],
        zone=[zone(z, "AAA", float(z) - 1) for z in ("1", "2", "3")],
        access=[access(z, f"road:{z}") for z in ("1", "2", "3")],
    )


def there_and_back() -> Study:
    """A to D, whose land is dear to import into and cheap to pass.

    Through D's own land and back in by BBB is 100 + 100 + 10 km; round by BBB 400 km.
    """
    study = make(
        country=countries("AAA", "BBB", "DDD"),
        node=[
            node("road:a", "AAA"), node("road:d1", "DDD", 1), node("road:d2", "DDD", 2),
            node("road:b", "BBB", 3), node("road:d", "DDD", 4),
        ],
        link=[
            link("AD", "road:a", "road:d1", 0, border_crossing_id="AD"),
            link("DD", "road:d1", "road:d2", 100, country_id="DDD"),
            link("DB", "road:d2", "road:b", 0, border_crossing_id="DB"),
            link("BD", "road:b", "road:d", 0, border_crossing_id="BD"),
            link("AB", "road:a", "road:b", 400, country_id="BBB"),
        ],
        border_crossing=[crossing("AD", "AAA", "DDD"), crossing("DB", "DDD", "BBB"),
                         crossing("BD", "BBB", "DDD")],
        border_dwell=[dwell(x, a, b, 1) for x, p, q in (("AD", "AAA", "DDD"), ("DB", "DDD", "BBB"),
                      ("BD", "BBB", "DDD")) for a, b in ((p, q), (q, p))],
        zone=[zone("A", "AAA"), zone("B", "BBB", 3), zone("D", "DDD", 4)],
        access=[access("A", "road:a"), access("B", "road:b"), access("D", "road:d")],
    )  # fmt: skip
    rates = study["mode_rate"]
    dear = [
        MARK | {"rate_id": f"dear{kind}", "mode": "road", "cargo": "bulk", "unit": "t",
                "country_id": "DDD", "flow_kind": kind, "rate_usd_per_unit_km": rate,
                "fixed_usd_per_unit": 0}
        for kind, rate in (("import_export", 2.0), ("domestic", 2.0), ("transit", 0.01))
    ]  # fmt: skip
    return study.replace({"mode_rate": rates.concat(dear)})
