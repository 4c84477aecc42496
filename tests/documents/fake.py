"""An answer about two countries that do not exist, rich enough to fill every part of the page."""

from __future__ import annotations

import math
from typing import Any

from opencorridor.documents import Answer, MapData, MapLabel, MapLink, MapPlace, MapRoute

SUMMARY: dict[str, Any] = {
    "title": "Norvia–Sundara corridor",
    "study_id": "norvia_sundara",
    "study_hash": "9f3c2ab1d0e47755",
    "version": "0.1.0",
    "seed": 7,
    "draws": 200,
    "baseline_year": 2024,
    "price_year": 2024,
    "target_year": 2030,
    "pair_names": ["Norvia", "Sundara"],
    "target_usd": 3.0e9,
    "sides": [
        {"side": "SUN", "name": "Sundara", "usd": 3.0e9, "stage": ""},
        {"side": "NOR", "name": "Norvia", "usd": 1.0e9, "stage": "first stage"},
        {"side": "NOR", "name": "Norvia", "usd": 2.0e9, "stage": "second stage"},
    ],
    "baseline_usd_current": 3.4e8,
    "plan_usd_current": 9.13e8,
    "plan_low": 6.2e8,
    "plan_high": 1.42e9,
    "plan_usd_constant": 7.9e8,
    "no_new_usd_current": 5.6e8,
    "gap_usd_current": 3.0e9 - 9.13e8,
    "reached": False,
    "probability": 0.0,
    "binding": ["Incara Gate terminal", "Port Vesk"],
    "backward": {
        "cost_fall_share": 0.58,
        "tonnes_a_b": 4.6e6,
        "tonnes_b_a": 7.4e5,
        "wagons_per_day": 236.4,
        "boxes_per_day": 91.0,
    },
    "assumption_counts": {"observed": 812, "derived": 2104, "assumed": 655},
    "rerouted_difference": 0.021,
    "residuals": {"generalised_cost": 3.1e-7, "assignment_gap": 8.8e-5},
    "left_out_t": 41_200.0,
    "price_basis": [
        "Headline, target and observed series are current US dollars; all else is constant "
        "US dollars of 2024"
    ],
    "notes": ["The northern line is closed in the baseline and open from its planned year."],
}

TITLES = (
    ("Second shift at Incara Gate terminal", "terminal", 9.1e7, 4.0e6, "observed"),
    ("Electronic transit declaration on both sides", "border", 6.4e7, 2.5e6, "assumed"),
    ("Railway of the western shore, 164 km with two long tunnels", "line", 5.2e7, 1.6e9, "derived"),
    ("Free-trade agreement, second list of goods", "tariff", 4.9e7, None, "assumed"),
    ("Two more ferries Vesk–Amber", "ferry", 2.2e7, 9.0e7, "assumed"),
    ("Grain terminal at Amber", "port", 1.4e7, 5.5e7, "observed"),
    ("Common tariff of the three railways", "rates", 1.1e7, 0.0, "assumed"),
    ("Gauge station at Sollum", "gauge", 2.1e6, 3.1e7, "assumed"),
    ("Twin of the shore railway (alternative)", "line", -4.0e5, 2.2e9, "assumed"),
)


def _trade_path() -> list[dict[str, Any]]:
    observed = {2019: 3.8e8, 2020: 2.4e8, 2021: 4.4e8, 2022: 5.28e8, 2023: 3.1e8, 2024: 3.4e8,
                2025: 4.02e8}  # fmt: skip
    rows: list[dict[str, Any]] = []
    for year in range(2019, 2031):
        t = max(year - 2024, 0) / 6
        model = year >= 2024
        plan = 3.4e8 * (9.13 / 3.4) ** t
        rows.append(
            {
                "year": year,
                "no_new_usd_current": 3.4e8 * (5.6 / 3.4) ** t if model else None,
                "plan_usd_current": plan if model else None,
                "plan_low_usd_current": 3.4e8 * (6.2 / 3.4) ** t if model else None,
                "plan_high_usd_current": 3.4e8 * (14.2 / 3.4) ** t if model else None,
                "no_new_usd_constant": 3.4e8 * (4.85 / 3.4) ** t if model else None,
                "plan_usd_constant": 3.4e8 * (7.9 / 3.4) ** t if model else None,
                "observed_usd_current": observed.get(year),
                "target_usd_current": 3.0e9 if year == 2030 else None,
                "source": "CUSTOMS" if year in observed else "",
            }
        )
    return rows


def _measures() -> list[dict[str, Any]]:
    rows = []
    for i, (title, kind, usd, cost, status) in enumerate(TITLES, 1):
        rows.append(
            {
                "rank": i,
                "measure_id": f"M{i:02d}",
                "title": title,
                "kind": kind,
                "role": "candidate",
                "countries": "NOR;SUN" if i % 2 else "NOR",
                "cost_usd": cost,
                "cost_status": status,
                "effect_date": f"202{5 + i % 5}-07-01",
                "alone_usd_constant": usd,
                "alone_low": usd - abs(usd) * 0.45,
                "alone_high": usd + abs(usd) * 0.7,
                "in_plan": i <= 6,
                "reason": "" if i <= 6 else "Brings less than it costs in the period",
                "source": "PLAN",
            }
        )
    rows.append(
        {
            "rank": 10, "measure_id": "M10", "title": "Joint bank for settlements", "kind": "soft",
            "role": "candidate", "countries": "NOR;SUN", "cost_usd": None,
            "cost_status": "assumed", "effect_date": "", "alone_usd_constant": None,
            "alone_low": None, "alone_high": None, "in_plan": False,
            "reason": "No edit of a table expresses it", "source": "PLAN",
        }
    )  # fmt: skip
    return rows


def _small_tables() -> dict[str, list[dict[str, Any]]]:
    parts = [("baseline", 3.4e8, None, None, "observed"), ("growth", 1.2e8, 7e7, 1.7e8, "derived"),
             ("prices", 6.0e7, 4e7, 9e7, "derived"),
             ("measures_in_force", 4e7, 1e7, 8e7, "derived"),
             ("new_measures", 3.53e8, 1.6e8, 7.9e8, "derived"),
             ("remaining_gap", 2.087e9, 1.58e9, 2.38e9, "derived")]  # fmt: skip
    doors = [("Incara Gate terminal", 1.0e6, 9.9e5, 2.6e6), ("Sollum", 3.5e6, 1.9e6, 2.1e6),
             ("Port Vesk", 5.0e6, 3.9e6, 4.4e6)]  # fmt: skip
    bottleneck = [("B1", "Incara Gate terminal", "gauge", 1.0e6, 5.5e5, 1.3e6, 9.9e5, 63.0, 4e5),
                  ("B2", "Port Vesk", "port", 5.0e6, 4e6, 6e6, 4.4e6, 9.5, 0.0),
                  ("B3", "Sollum", "crossing", 3.5e6, 3e6, 4e6, 1.9e6, 0.4, 0.0)]  # fmt: skip
    countries = [("NOR", "Norvia", 4.1e8, 0.0012, 4.4e8, -3.0e7), ("SUN", "Sundara", 3.9e8, 0.0007,
                 4.4e8, -5.0e7), ("TRA", "Tramin", -2.1e7, -0.00004, 4e6, -2.5e7),
                 ("VES", "Vesperia", -4.6e7, -0.00003, 0.0, -4.6e7)]  # fmt: skip
    assumptions = [("Trade elasticity", "theta", 2.5, 8.3, 6.0e8, 1.55e9),
                   ("Value density of grain", "value_usd_per_t", 180, 320, 7.1e8, 1.21e9),
                   ("Capacity of Incara Gate", "capacity", 5.5e5, 1.3e6, 7.6e8, 1.09e9),
                   ("Growth of Norvia", "growth", 0.02, 0.05, 8.2e8, 1.01e9)]  # fmt: skip
    return {
        "decomposition": [
            {"part": p, "usd_current_target_year": v, "low": lo, "high": hi, "status": s}
            for p, v, lo, hi, s in parts
        ],
        "doors": [
            {"place": n, "capacity_t_per_year": c, "load_baseline_t": b, "load_target_t": t,
             "use_share": t / c, "wagons_per_day": t / 68 / 365, "boxes_per_day": t / 22 / 365 / 5,
             "low": c * 0.7, "high": c * 1.3, "status": "observed", "source": "RAIL"}
            for n, c, b, t in doors
        ],
        "bottleneck": [
            {"capacity_id": i, "name": n, "place_kind": k, "capacity_t_per_year": c, "low": lo,
             "high": hi, "load_t_per_year": t, "use_share": t / c, "wait_h": w, "stranded_t": s,
             "plan_load_t_per_year": t * 1.2, "plan_wait_h": w / 2, "source": "RAIL",
             "status": "observed"}
            for i, n, k, c, lo, hi, t, w, s in bottleneck
        ],
        "traffic_check": [
            {"place": n, "observed_t_per_year": o, "year": 2024, "modelled_t_per_year": o * r,
             "ratio": r, "note": "", "source": "RAIL", "status": "observed"}
            for n, o, r in (("Incara Gate", 1.0e6, 0.99), ("Sollum", 1.27e6, 1.5),
                            ("Port Vesk", 3.2e6, 1.22), ("Amber", 5.5e5, 3.4))
        ],
        "winners": [
            {"country": c, "name": n, "trade_change_usd": t, "welfare_change_share": w,
             "created_usd": cr, "diverted_usd": d}
            for c, n, t, w, cr, d in countries
        ],
        "sensitivity": [
            {"assumption": a, "parameter": p, "low_value": lo, "high_value": hi, "usd_at_low": ul,
             "usd_at_high": uh, "spread_usd": uh - ul, "status": "assumed", "source": "LIT"}
            for a, p, lo, hi, ul, uh in assumptions
        ],
        "fit": [
            {"quantity": "time_h", "kind": "rail", "n": 38, "median_abs_error_share": 0.21,
             "naive_share": 0.44},
            {"quantity": "cost_usd_per_t", "kind": "rail", "n": 27, "median_abs_error_share": 0.33,
             "naive_share": 0.31},
        ],
        "tonnes_check": [
            {"direction": "Norvia to Sundara", "implied_t": 1.31e6, "reference_t": 1.12e6,
             "year": 2024, "source": "CUSTOMS"},
        ],
        "commitments": [
            {"commitment_id": f"C{i:02d}", "text": f"Promise number {i} about the border station",
             "side": ("Norvia", "Sundara", "both")[i % 3],
             "progress": ("done", "on_track", "overdue", "not_started", "at_risk")[i % 5],
             "measure_ids": f"M{i:02d}", "effect_usd": 1e6 * i}
            for i in range(1, 12)
        ],
        "routes": _routes(),
        "sources": [
            {"source_id": "RAIL", "title": "Railway yearbook", "publisher": "Railways of Norvia",
             "url": "https://example.org/rail", "year": 2024, "licence": "CC BY 4.0",
             "attribution": "Railways of Norvia"},
            {"source_id": "OSM", "title": "OpenStreetMap", "publisher": "its contributors",
             "url": "https://www.openstreetmap.org", "year": 2024, "licence": "ODbL 1.0",
             "attribution": "© OpenStreetMap contributors"},
            {"source_id": "CUSTOMS", "title": "Customs tables", "publisher": "Customs of Sundara",
             "url": "", "year": 2025, "licence": "facts only", "attribution": ""},
            {"source_id": "PLAN", "title": "Plan of measures", "publisher": "Joint commission",
             "url": "https://example.org/plan", "year": 2023, "licence": "facts only",
             "attribution": ""},
        ],
    }  # fmt: skip


def _routes() -> list[dict[str, Any]]:
    legs = [("road", "Alma", "Alma freight yard", "", 12.0, 4.5, 3.2, 1.1),
            ("rail", "Alma freight yard", "Incara Gate", "", 2310.4, 98.2, 31.8, 46.0),
            ("transshipment", "Incara Gate", "Incara Gate south", "Incara Gate", 0.0, 63.0,
             6.5, 0.8),
            ("rail", "Incara Gate south", "Bandara", "", 1890.0, 80.0, 24.9, 35.5)]  # fmt: skip
    return [
        {"route": "Alma to Bandara, containers", "leg": i, "mode": m, "from": a, "to": b,
         "crossing": x, "distance_km": km, "time_h": h, "cost_usd_per_t": usd, "co2_kg_per_t": kg}
        for i, (m, a, b, x, km, h, usd, kg) in enumerate(legs, 1)
    ]  # fmt: skip


def _line(a: tuple[float, float], b: tuple[float, float], bend: float) -> list[tuple[float, float]]:
    points = []
    for i in range(9):
        t = i / 8
        side = bend * math.sin(math.pi * t)
        points.append((a[0] + t * (b[0] - a[0]) + side, a[1] + t * (b[1] - a[1]) + side / 2))
    return points


def corridor_map() -> MapData:
    spots = {"Alma": (76.9, 43.3), "Astra": (71.4, 51.1), "Incara": (54.8, 37.3),
             "Uzan": (52.8, 43.4), "Vesk": (51.2, 43.6), "Amber": (53.3, 36.9),
             "Bandara": (56.3, 27.2), "Tehra": (51.4, 35.7), "Sollum": (61.2, 36.5),
             "Tashka": (69.3, 41.3), "Samara": (50.1, 53.2)}  # fmt: skip
    edges = [
        ("Alma", "Tashka", "rail", 2.9e6, 1.4e6),
        ("Tashka", "Sollum", "rail", 1.1e6, 8e5),
        ("Sollum", "Tehra", "rail", 9e5, 7e5),
        ("Uzan", "Incara", "rail", 7e5, 2.9e5),
        ("Incara", "Tehra", "rail", 6.5e5, 2.5e5),
        ("Tehra", "Bandara", "rail", 3.4e6, 2.2e6),
        ("Vesk", "Amber", "sea", 2.4e6, 5e5),
        ("Amber", "Tehra", "road", 1.9e6, 4e5),
        ("Uzan", "Vesk", "rail", 2.5e6, 6e5),
        ("Astra", "Uzan", "rail", 3.1e6, 8e5),
        ("Alma", "Astra", "road", 1.6e6, 1.6e6),
        ("Samara", "Astra", "rail", 6.2e6, 5.4e6),
        ("Vesk", "Incara", "ferry", 3e5, 1e5),
        ("Samara", "Vesk", "inland_water", 4e5, 2e5),
    ]
    links = [
        MapLink(f"L{i:02d}", mode, _line(spots[a], spots[b], 1.2 - (i % 3)), f + k, f, k,
                (f + k) * 1.2, f"{a}–{b}", "NOR")
        for i, (a, b, mode, f, k) in enumerate(edges, 1)
    ]  # fmt: skip
    links += [
        MapLink(f"X{i:02d}", mode, _line(a, b, 0.8))
        for i, (a, b, mode) in enumerate([((60.0, 44.0), (69.3, 41.3), "rail"),
                                          ((61.2, 36.5), (56.3, 27.2), "road"),
                                          ((44.0, 40.0), (51.4, 35.7), "road")])
    ]  # fmt: skip
    places = [
        MapPlace("incara", "Incara Gate", "crossing", *spots["Incara"], 54.0, 63.0, 20.0, 1.0e6,
                 9.9e5, 1.2e6, "RAIL", "observed"),
        MapPlace("sollum", "Sollum", "crossing", *spots["Sollum"], 36.0, 0.4, 0.2, 3.5e6, 1.9e6,
                 2.2e6, "RAIL", "observed"),
        MapPlace("shore", "Shore road", "crossing", 54.0, 38.4, 8.0, 0.0, 0.0, None, 2.2e5, None,
                 "RAIL", "assumed"),
        MapPlace("vesk", "Port Vesk", "port", *spots["Vesk"], 48.0, 9.5, 4.0, 5.0e6, 4.4e6, 5.1e6,
                 "RAIL", "observed"),
        MapPlace("amber", "Amber", "port", *spots["Amber"], 30.0, 1.0, 0.5, 6e6, 2.9e6, 3.6e6,
                 "RAIL", "assumed"),
    ]  # fmt: skip
    places += [MapPlace(n.lower(), n, "zone", *spots[n])
               for n in ("Alma", "Astra", "Tehra", "Bandara", "Tashka")]  # fmt: skip
    return MapData(
        links=links,
        places=places,
        routes=[MapRoute("Alma to Bandara", [_line(spots["Alma"], spots["Tashka"], 0.2),
                                             _line(spots["Tashka"], spots["Sollum"], -0.8)])],
        labels=[MapLabel("NORVIA", 66.5, 48.5), MapLabel("SUNDARA", 55.0, 32.5),
                MapLabel("Inland Sea", 50.6, 40.2, "sea")],
        window=(42.0, 24.0, 82.0, 55.0),
    )  # fmt: skip


def answer() -> Answer:
    map_data = corridor_map()
    load = [
        {"link_id": k.link_id, "mode": k.mode, "name": k.name, "country": k.country,
         "t_per_year": k.t_per_year, "t_forward": k.t_forward, "t_backward": k.t_backward,
         "plan_t_per_year": k.plan_t_per_year}
        for k in map_data.links if k.t_per_year
    ]  # fmt: skip
    tables = {"trade_path": _trade_path(), "measures": _measures(), "load": load, **_small_tables()}
    return Answer(SUMMARY, tables, map_data)
