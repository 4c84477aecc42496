"""A second corridor, made here: two other countries, ten nodes, a gauge break and a port.

Nothing of it occurs in the shipped studies. ``write_other_corridor(folder)`` writes a complete
study folder, which must go through ``check`` and ``run`` untouched. Standard library only.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

__all__ = ["tables", "write_other_corridor"]

TOML = """\
id = "other_corridor"
title = "Xanadu and Xylon"
format_version = 1
baseline_date = "2023-06-30"
price_year = 2023
carbon_price_usd_per_t = 20

[pair]
a = "XXA"
b = "XXB"

[target]
usd = 3.0e8
year = 2028
sides = [{ side = "XXA", usd = 3.0e8, stage = "by 2028", source = "own" }]

[default]
commodity = "ore"
unit = "t"

[run]
seed = 7
draws = 20

[routes]
print = [{ from = "Xanadu Town", to = "Xylon Town", commodity = "ore", unit = "t" }]
"""

# name, country, lon, lat
PLACES = {
    "p1": ("Xanadu Town", "XXA", -30.0, 10.0),
    "p2": ("Xanadu Quay", "XXA", -28.0, 10.5),
    "p3": ("Xebec Pass", "", -30.0, 8.0),
    "p4": ("Xylon Town", "XXB", -30.0, 6.0),
    "p5": ("Xylon Quay", "XXB", -28.0, 6.0),
}
GAUGES = {"XXA": 1067, "XXB": 1000}

# Ten nodes: five of rail, three of road, two of the sea.
NODES = [
    ("rail:p1", "rail", "p1", "XXA", 1067),
    ("rail:p3:XXA", "rail", "p3", "XXA", 1067),
    ("rail:p3:XXB", "rail", "p3", "XXB", 1067),
    ("rail:p3:XXB:1000", "rail", "p3", "XXB", 1000),
    ("rail:p4", "rail", "p4", "XXB", 1000),
    ("road:p1", "road", "p1", "XXA", ""),
    ("road:p2", "road", "p2", "XXA", ""),
    ("road:p4", "road", "p4", "XXB", ""),
    ("sea:p2", "sea", "p2", "", ""),
    ("sea:p5", "sea", "p5", "", ""),
]
LINKS = [
    ("r1", "rail", "rail:p1", "rail:p3:XXA", 250, "XXA", 1067, ""),
    ("r2", "rail", "rail:p3:XXA", "rail:p3:XXB", 0, "", 1067, "xebec_rail"),
    ("r3", "rail", "rail:p3:XXB:1000", "rail:p4", 260, "XXB", 1000, ""),
    ("d1", "road", "road:p1", "road:p2", 270, "XXA", "", ""),
    ("d2", "road", "road:p1", "road:p4", 520, "", "", "xebec_road"),
    ("s1", "sea", "sea:p2", "sea:p5", 520, "", "", ""),
]

Rows = list[dict[str, object]]


def _rows(names: str, *values: Iterable[object]) -> Rows:
    """Rows from column names in one string and tuples of values."""
    return [dict(zip(names.split(), row, strict=True)) for row in values]


def _places() -> dict[str, Rows]:
    english = "ru;kk;fa"
    zones = [("z1", "p1", 500_000, ""), ("z2", "p2", 200_000, "quay_a"), ("z4", "p4", 700_000, "")]
    return {
        "country": _rows(
            "country_id name_en name_fallback region",
            ("XXA", "Xanadu", english, "Xland"),
            ("XXB", "Xylon", english, "Xland"),
        ),
        "zone": [
            {
                "zone_id": zone, "name_en": PLACES[p][0], "name_fallback": english,
                "country_id": PLACES[p][1], "lon": PLACES[p][2], "lat": PLACES[p][3],
                "population": people, "terminal_id": port,
            }
            for zone, p, people, port in zones
        ],
        "zone_country": _rows(
            "country_id zone_id share", ("XXA", "z1", 0.7), ("XXA", "z2", 0.3), ("XXB", "z4", 1)
        ),
        "terminal": [
            {
                "terminal_id": terminal, "kind": kind, "name_en": name, "name_fallback": english,
                "country_id": country, "lon": PLACES[p][2], "lat": PLACES[p][3],
            }
            for terminal, kind, name, country, p in (
                ("quay_a", "port", "Xanadu Quay", "XXA", "p2"),
                ("quay_b", "port", "Xylon Quay", "XXB", "p5"),
                ("xebec_yard", "gauge", "Xebec yard", "XXB", "p3"),
            )
        ],
        "border_crossing": [
            {
                "border_crossing_id": crossing, "kind": kind, "name_en": name,
                "name_fallback": english, "country_a": "XXA", "country_b": "XXB", "mode": mode,
                "lon": -30, "lat": 8, "gauge_a_mm": a, "gauge_b_mm": b, "state": "open",
            }
            for crossing, kind, name, mode, a, b in (
                ("xebec_rail", "listed", "Xebec Pass (rail)", "rail", 1067, 1000),
                ("xebec_road", "default", "Xanadu-Xylon, road", "road", "", ""),
            )
        ],
    }  # fmt: skip


def _network() -> dict[str, Rows]:
    over = [
        ("xebec_yard", "rail:p3:XXB", "rail:p3:XXB:1000", 20, 3.5),
        ("quay_a", "road:p2", "sea:p2", 30, 5),
        ("quay_b", "road:p4", "sea:p5", 36, 6),
    ]
    both = [row for t, a, b, h, usd in over for row in ((t, a, b, h, usd), (t, b, a, h, usd))]
    dwell = [
        (crossing, a, b, "all", hours, hours * 0.7, hours * 1.6, usd)
        for crossing, hours, usd in (("xebec_rail", 18, 2.5), ("xebec_road", 9, 3))
        for a, b in (("XXA", "XXB"), ("XXB", "XXA"))
    ]
    access = [("z1", "rail:p1"), ("z1", "road:p1"), ("z2", "road:p2"), ("z2", "sea:p2"),
              ("z4", "rail:p4"), ("z4", "road:p4")]  # fmt: skip
    return {
        "node": [
            {
                "node_id": node, "mode": mode, "name": PLACES[p][0], "country_id": country,
                "lon": PLACES[p][2], "lat": PLACES[p][3], "gauge_mm": gauge, "kind": "station",
            }
            for node, mode, p, country, gauge in NODES
        ],
        "link": [
            {
                "link_id": link, "mode": mode, "from_node_id": a, "to_node_id": b, "length_km": km,
                "country_id": country, "gauge_mm": gauge, "state": "open", "oneway": 0,
                "border_crossing_id": crossing, "border_charge": 1,
                "area": "Xsea" if mode == "sea" else "",
            }
            for link, mode, a, b, km, country, gauge, crossing in LINKS
        ],
        "access": [
            {
                "access_id": f"a{n}", "zone_id": zone, "node_id": node,
                "mode": node.split(":")[0], "distance_km": 12,
            }
            for n, (zone, node) in enumerate(access)
        ],
        "transshipment": [
            {
                "transshipment_id": f"t{n}_{cargo}", "terminal_id": t, "from_node_id": a,
                "to_node_id": b, "cargo": cargo, "distance_km": 5 if t == "quay_b" else 0,
                "time_h": h, "cost_usd_per_t": usd, "co2_kg_per_t": 0.5, "state": "open",
            }
            for n, (t, a, b, h, usd) in enumerate(both)
            for cargo in ("container", "bulk")
        ],
        "border_dwell": _rows(
            "border_crossing_id from_country to_country cargo mean_h mean_low_h mean_high_h"
            " cost_usd_per_t", *dwell,
        ),
        "capacity": _rows(
            "capacity_id place_kind place_ids cargo from_country to_country capacity_t_per_year"
            " capacity_low_t_per_year capacity_high_t_per_year background_t_per_year",
            ("c1", "border_crossing", "xebec_rail", "all", "", "", 400_000, 350_000, 450_000, 0),
        ),
    }  # fmt: skip


def _costs() -> dict[str, Rows]:
    rates = [
        ("rail", "", "", "t", 0.03, 0),
        ("road", "", "", "truck", 1.3, 0),
        ("sea", "Xsea", "", "t", 0.012, 0),
        ("access", "", "rail", "truck", 1.5, 40),
        ("access", "", "road", "truck", 1.5, 20),
        ("access", "", "sea", "truck", 1.5, 120),
    ]
    speeds = [
        ("rail", "", "", 35, 24, 0),
        ("road", "", "", 55, 11, 0),
        ("sea", "Xsea", "", 18, 24, 0),
        ("access", "", "rail", 25, 24, 15),
        ("access", "", "road", 25, 24, 4),
        ("access", "", "sea", 25, 24, 20),
    ]
    factors = [("rail", 22), ("road", 65), ("sea", 12), ("access", 80)]
    return {
        "mode_rate": [
            {
                "rate_id": f"m{n}_{cargo}", "mode": mode, "area": area, "on_mode": on,
                "cargo": cargo, "flow_kind": "all", "unit": unit, "rate_usd_per_unit_km": usd,
                "rate_low_usd_per_unit_km": usd * 0.75, "rate_high_usd_per_unit_km": usd * 1.5,
                "fixed_usd_per_unit": fixed,
            }
            for n, (mode, area, on, unit, usd, fixed) in enumerate(rates)
            for cargo in ("container", "bulk")
        ],
        "speed": [
            {
                "speed_id": f"v{n}", "mode": mode, "area": area, "on_mode": on, "cargo": "all",
                "speed_km_per_h": speed, "moving_h_per_day": hours, "fixed_h": fixed,
            }
            for n, (mode, area, on, speed, hours, fixed) in enumerate(speeds)
        ],
        "emission_factor": [
            {
                "factor_id": f"e{n}", "mode": mode, "cargo": "all", "fuel_g_per_tkm": grams,
                "electric_kwh_per_tkm": 0, "electric_share": 0,
            }
            for n, (mode, grams) in enumerate(factors)
        ],
    }  # fmt: skip


def _trade() -> dict[str, Rows]:
    million = 1_000_000
    goods = [("ore", "Ore", 0, 120, 0.03), ("tools", "Tools", 0.8, 3000, 0.7)]
    return {
        "commodity": [
            {
                "class_id": k, "name_en": name, "name_fallback": "ru;kk;fa",
                "containerised_share": boxed, "value_density_usd_per_t": v,
                "value_density_low_usd_per_t": v * 0.8, "value_density_high_usd_per_t": v * 1.2,
                "value_of_time_usd_per_t_h": vot, "payload_t_per_teu": 12, "payload_t_per_feu": 20,
                "payload_t_per_wagon": 50, "payload_t_per_truck": 20,
            }
            for k, name, boxed, v, vot in goods
        ],
        "sector": _rows(
            "sector_id name_en name_fallback loads_freight",
            ("mining", "Mining", "ru;kk;fa", 1),
            ("making", "Making", "ru;kk;fa", 1),
            ("rest", "The rest", "ru;kk;fa", 0),
        ),
        "concordance": _rows(
            "sector_id class_id share", ("mining", "ore", 1), ("making", "tools", 1)
        ),
        "trade_flow": _rows(
            "exporter importer sector_id value_usd_current",
            ("XXA", "XXB", "mining", 60 * million),
            ("XXA", "XXB", "making", 20 * million),
            ("XXB", "XXA", "making", 90 * million),
        ),
        "output": _rows(
            "country_id sector_id gross_output_usd_current",
            *((c, s, x * million) for c, made in (("XXA", (300, 700, 2000)),
                                                  ("XXB", (100, 900, 2500)))
              for s, x in zip(("mining", "making", "rest"), made, strict=True)),
        ),
        "elasticity": _rows(
            "sector_id theta theta_low theta_high",
            ("mining", 6, 4, 9), ("making", 4, 3, 6), ("rest", 4, 3, 6),
        ),
        "tariff": _rows(
            "tariff_id importer exporter kind rate_share valid_from",
            ("f1", "XXB", "XXA", "duty", 0.08, "2015-01-01"),
            ("f2", "XXA", "XXB", "duty", 0.12, "2015-01-01"),
        ),
        "growth": [
            {"country_id": c, "year": y, "gdp_index": round(1 + g * (y - 2023), 3)}
            for c, g in (("XXA", 0.03), ("XXB", 0.02))
            for y in range(2023, 2029)
        ],
        "deflator": [
            {"year": y, "price_index": round(1 + 0.025 * (y - 2023), 3)} for y in range(2023, 2029)
        ],
        "choice": _rows("class_id scale dissimilarity path_size", ("", 40, 1, 0)),
        "parameter": _rows(
            "parameter_id value description",
            ("route_cost_ratio_cut", 1.15, "routes dearer than this are not offered"),
            ("wait_free_share", 0.75, "share of capacity without waiting"),
            ("wait_scale_h", 10, "scale of the wait, h"),
            ("wait_max_h", 500, "longest wait, h"),
            ("domestic_floor_share", 0.05, "least share sold at home"),
            ("growth_elasticity", 1, "of trade to GDP"),
            ("value_of_reliability_ratio", 0.5, "spread over time"),
            ("carbon_price_usd_per_t", 20, "of CO2e"),
            ("working_year_days", 365, "days of traffic"),
            ("naive_speed_km_per_h", 15, "naive rival"),
            ("naive_rate_usd_per_tkm", 0.06, "naive rival"),
            ("discount_rate_share", 0.06, "a year"),
        ),
    }  # fmt: skip


def _plans() -> dict[str, Rows]:
    return {
        "measure": _rows(
            "measure_id title kind role countries capex_usd capex_low_usd capex_high_usd"
            " yearly_cost_usd cost_status lead_time_months planned_year",
            ("w1", "Widen Xebec Pass", "crossing", "candidate", "XXA;XXB", 3e7, 2e7, 5e7, 5e5,
             "assumed", 18, 2025),
            ("w2", "Half the hours at Xebec Pass", "crossing", "candidate", "XXB", 4e6, 3e6, 6e6,
             2e5, "assumed", 12, 2024),
            ("w3", "No duties", "tariff", "candidate", "XXA;XXB", "", "", "", 1e6, "assumed", 12,
             2025),
        ),
        "measure_edit": _rows(
            "measure_id edit_no table key column op value value_low value_high",
            ("w1", 1, "capacity", "capacity_id=c1", "capacity_t_per_year", "multiply", 2, 1.7, 2.2),
            ("w2", 1, "border_dwell", "border_crossing_id=xebec_rail", "mean_h", "multiply", 0.5,
             0.4, 0.7),
            ("w3", 1, "tariff", "tariff_id=f1,f2", "rate_share", "set", 0, "", ""),
        ),
    }  # fmt: skip


def tables() -> dict[str, Rows]:
    """Return the rows of every table that has any."""
    parts = (_places, _network, _costs, _trade, _plans)
    found = {name: rows for part in parts for name, rows in part().items()}
    for rows in found.values():
        for row in rows:
            row |= {"source": "own", "status": "assumed"}
    found["source"] = _rows("source_id title licence", ("own", "Made for tests", "Apache-2.0"))
    return found


def write_other_corridor(folder: Path) -> Path:
    """Write the study into a folder and return it; tables hold only the columns in use."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(TOML, encoding="utf-8")
    for name, rows in tables().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


if __name__ == "__main__":
    import sys

    print(write_other_corridor(Path(sys.argv[1])))
