"""Figures of the teaching study, typed from its tables by hand. Nothing is read from a file.

A measure is a copy with some figures replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

ZONES = ("A1", "A2", "B1", "C1", "C2")
NAMES = {
    "A1": "Alpha City",
    "A2": "Alpha Port",
    "B1": "Bravo Junction",
    "C1": "Charlie City",
    "C2": "Charlie Port",
}
COUNTRIES = ("AAA", "BBB", "CCC")
SECTORS = ("AGR", "MFG", "SRV")
CLASSES = ("G", "M")
CARGO = {"G": "bulk", "M": "container"}
MILLION = 1e6


def country(zone: str) -> str:
    """Country of a zone: zone ids start with its letter."""
    return zone[0] * 3


def _rail_rates() -> dict[tuple[str, str, str], float]:
    """US$ per t-km = rate per unit / payload: a FEU holds 20 t of M, a wagon 60 t of G."""
    per_unit = {
        "AAA": {"M": (0.6, 0.6, 0.6), "G": (1.2, 1.2, 1.2)},
        "BBB": {"M": (0.4, 0.6, 0.8), "G": (0.6, 1.2, 1.8)},
        "CCC": {"M": (0.6, 1.0, 1.2), "G": (1.2, 2.4, 3.0)},
    }
    payload = {"M": 20.0, "G": 60.0}
    kinds = ("domestic", "import_export", "transit")
    return {
        (c, k, kind): rate / payload[k]
        for c, by_class in per_unit.items()
        for k, rates in by_class.items()
        for kind, rate in zip(kinds, rates, strict=True)
    }


def _road_rates() -> dict[tuple[str, str, str], float]:
    """US$ per t-km: a truck holds 20 t of either class."""
    rates: dict[tuple[str, str, str], float] = {}
    for c in COUNTRIES:
        for kind in ("domestic", "import_export", "transit"):
            rates[c, "M", kind] = 1.0 / 20
            rates[c, "G", kind] = 0.8 / 20
    rates["BBB", "G", "transit"] = 1.0 / 20
    return rates


# Tonnes of CO2e: rail in AAA burns 20 g/t-km, in BBB 0.04 kWh of 250 g, in CCC half of either
# (0.5 x 20 + 0.5 x 0.04 x 1,000 = 30 g).
CO2_RAIL = {"AAA": 0.020, "BBB": 0.010, "CCC": 0.030}
CO2_ROAD, CO2_SEA, CO2_ACCESS, CO2_PORT = 0.060, 0.010, 0.080, 1.0


@dataclass(frozen=True)
class Figures:
    """All figures that a measure may change."""

    # The chain Alpha Port - Alpha City - Alba Gate - Bravo Junction - Beacon Gate - Charlie City -
    # Charlie Port; km of rail and road between neighbours, and the country of each stretch.
    rail_km: tuple[float, ...] = (320, 480, 240, 240, 360, 320)
    road_km: tuple[float, ...] = (330, 450, 240, 240, 360, 330)
    rail_km_per_h: dict[str, float] = field(
        default_factory=lambda: {"AAA": 40, "BBB": 30, "CCC": 40}
    )
    road_km_per_h: float = 60 * 12 / 24  # 60 km/h for 12 hours of the day
    sea_km: float = 1080
    sea_km_per_h: float = 20
    sea_rate: dict[str, float] = field(default_factory=lambda: {"M": 0.1 / 20, "G": 0.005})
    rail_rate: dict[tuple[str, str, str], float] = field(default_factory=_rail_rates)
    road_rate: dict[tuple[str, str, str], float] = field(default_factory=_road_rates)
    # Border: (crossing, from, to, class) -> hours, US$ per t.
    dwell_h: dict[tuple[str, str, str, str], float] = field(
        default_factory=lambda: {
            ("AB_RAIL", "AAA", "BBB", "G"): 6,
            ("AB_RAIL", "AAA", "BBB", "M"): 6,
            ("AB_RAIL", "BBB", "AAA", "G"): 4,
            ("AB_RAIL", "BBB", "AAA", "M"): 4,
            ("AAA-BBB-RO01", "AAA", "BBB", "G"): 10,
            ("AAA-BBB-RO01", "AAA", "BBB", "M"): 10,
            ("AAA-BBB-RO01", "BBB", "AAA", "G"): 8,
            ("AAA-BBB-RO01", "BBB", "AAA", "M"): 8,
            ("BC_RAIL", "BBB", "CCC", "G"): 12,
            ("BC_RAIL", "BBB", "CCC", "M"): 10,
            ("BC_RAIL", "CCC", "BBB", "G"): 30,
            ("BC_RAIL", "CCC", "BBB", "M"): 30,
            ("BC_ROAD", "BBB", "CCC", "G"): 16,
            ("BC_ROAD", "BBB", "CCC", "M"): 16,
            ("BC_ROAD", "CCC", "BBB", "G"): 20,
            ("BC_ROAD", "CCC", "BBB", "M"): 20,
            ("BC_BRIGHT", "BBB", "CCC", "G"): 4,
            ("BC_BRIGHT", "BBB", "CCC", "M"): 4,
            ("BC_BRIGHT", "CCC", "BBB", "G"): 4,
            ("BC_BRIGHT", "CCC", "BBB", "M"): 4,
        }
    )
    dwell_usd: dict[tuple[str, str, str], float] = field(
        default_factory=lambda: {
            ("AB_RAIL", "AAA", "BBB"): 1,
            ("AB_RAIL", "BBB", "AAA"): 1,
            ("AAA-BBB-RO01", "AAA", "BBB"): 2,
            ("AAA-BBB-RO01", "BBB", "AAA"): 2,
            ("BC_RAIL", "BBB", "CCC"): 2,
            ("BC_RAIL", "CCC", "BBB"): 3,
            ("BC_ROAD", "BBB", "CCC"): 5,
            ("BC_ROAD", "CCC", "BBB"): 4,
            ("BC_BRIGHT", "BBB", "CCC"): 1,
            ("BC_BRIGHT", "CCC", "BBB"): 1,
        }
    )
    gauge: dict[str, tuple[float, float]] = field(  # hours, US$ per t at Beacon Gate
        default_factory=lambda: {"M": (8, 2), "G": (24, 4)}
    )
    gauge_bright: dict[str, tuple[float, float]] = field(
        default_factory=lambda: {"M": (4, 1), "G": (12, 3)}
    )
    bright_line_open: bool = False
    bright_yard_open: bool = False
    bright_km: tuple[float, float] = (300, 360)
    bright_km_per_h: float = 60
    # Ports: from land to sea and from sea to land, hours and US$ per t. Bulk by rail, boxes by
    # truck.
    port_out: dict[tuple[str, str], tuple[float, float]] = field(
        default_factory=lambda: {
            ("A", "G"): (48, 6),
            ("A", "M"): (24, 8),
            ("C", "G"): (48, 6),
            ("C", "M"): (48, 8),
        }
    )
    port_in: dict[tuple[str, str], tuple[float, float]] = field(
        default_factory=lambda: {
            ("A", "G"): (48, 6),
            ("A", "M"): (24, 8),
            ("C", "G"): (48, 6),
            ("C", "M"): (48, 8),
        }
    )
    # Access: 20 km at 20 km/h and the stay in the terminal; 2 US$ per unit-km of 20 t, and a fee.
    access_h: dict[str, float] = field(
        default_factory=lambda: {"rail": 1 + 12, "road": 1 + 3, "sea": 1 + 24}
    )
    access_usd: dict[tuple[str, str], float] = field(
        default_factory=lambda: {
            ("rail", "M"): 2.0 * 20 / 20 + 40 / 20,
            ("rail", "G"): 2.0 * 20 / 20 + 20 / 20,
            ("road", "M"): 2.0 * 20 / 20 + 20 / 20,
            ("road", "G"): 2.0 * 20 / 20 + 20 / 20,
            ("sea", "M"): 2.0 * 20 / 20 + 160 / 20,
            ("sea", "G"): 2.0 * 20 / 20 + 120 / 20,
        }
    )
    value_of_time: dict[str, float] = field(default_factory=lambda: {"G": 0.1, "M": 0.5})
    # Capacity of the rail crossing of Beacon Gate towards CCC.
    capacity_t: float = 1_000_000
    # Tariffs (importer, exporter, sector): duty and payment add up.
    tariff: dict[tuple[str, str, str], float] = field(
        default_factory=lambda: {
            ("CCC", "AAA", "AGR"): 0.15 + 0.05,
            ("CCC", "AAA", "MFG"): 0.10 + 0.05,
            ("AAA", "CCC", "AGR"): 0.10,
            ("AAA", "CCC", "MFG"): 0.05,
        }
    )


# Trade: US$ of 2024; off the diagonal as in trade_flow, at home output less exports.
EXPORTS = {
    ("AAA", "BBB"): (200, 300),
    ("AAA", "CCC"): (400, 200),
    ("BBB", "AAA"): (100, 200),
    ("BBB", "CCC"): (300, 200),
    ("CCC", "AAA"): (100, 300),
    ("CCC", "BBB"): (200, 300),
}
OUTPUT = {"AAA": (2000, 3000, 5000), "BBB": (1500, 2500, 4000), "CCC": (2000, 4000, 6000)}
THETA = (5.0, 4.0, 4.0)
GDP_2030 = {"AAA": 1.24, "BBB": 1.18, "CCC": 1.30}
PRICES_2030 = 1.12
CLASS_SHARE = {("AGR", "G"): 1.0, ("MFG", "M"): 0.9, ("MFG", "G"): 0.1}
VALUE_DENSITY = {"G": 250.0, "M": 1000.0}
VALUE_DENSITY_PAIR = {("G", "AAA", "CCC"): 200.0}
EXPORT_SHARE = {
    ("AAA", "G"): {"A1": 0.8, "A2": 0.2},
    ("AAA", "M"): {"A1": 0.5, "A2": 0.5},
    ("BBB", "G"): {"B1": 1.0},
    ("BBB", "M"): {"B1": 1.0},
    ("CCC", "G"): {"C1": 0.5, "C2": 0.5},
    ("CCC", "M"): {"C1": 0.5, "C2": 0.5},
}
IMPORT_SHARE = {
    "AAA": {"A1": 0.75, "A2": 0.25},
    "BBB": {"B1": 1.0},
    "CCC": {"C1": 0.75, "C2": 0.25},
}

EXPONENT = 45.0
CUT = 1.1
WAIT_FREE_SHARE = 0.8
WAIT_SCALE_H = 12.0

BASE = Figures()


def _scaled(values: dict[Any, float], factor: float, chosen: Any) -> dict[Any, float]:
    return {key: v * factor if chosen(key) else v for key, v in values.items()}


def with_measure(f: Figures, name: str) -> Figures:
    """Return the figures after one measure, at the middle of its band."""
    if name == "DUTY_HALF":  # the duty halves, the cost of payment stays
        duty = {"AGR": 0.15, "MFG": 0.10}, {"AGR": 0.10, "MFG": 0.05}
        tariff = {("CCC", "AAA", s): 0.5 * d + 0.05 for s, d in duty[0].items()}
        return replace(f, tariff=tariff | {("AAA", "CCC", s): 0.5 * d for s, d in duty[1].items()})
    if name == "DUTY_FREE":
        tariff = {("CCC", "AAA", s): 0.05 for s in ("AGR", "MFG")}
        return replace(f, tariff=tariff | {("AAA", "CCC", s): 0.0 for s in ("AGR", "MFG")})
    if name == "BEACON_YARD":
        return replace(f, capacity_t=f.capacity_t * 1.8)
    if name == "BEACON_SHIFT":
        return replace(f, capacity_t=f.capacity_t * 1.5)
    if name == "BRIGHT_LINE":
        return replace(f, bright_line_open=True)
    if name == "BRIGHT_YARD":
        return replace(f, bright_yard_open=True)
    if name == "TRANSIT_DEAL":

        def transit(key: tuple[str, str, str]) -> bool:
            return key[0] == "BBB" and key[2] == "transit"

        return replace(
            f,
            rail_rate=_scaled(f.rail_rate, 0.8, transit),
            road_rate=_scaled(f.road_rate, 0.8, transit),
        )
    if name == "E_DECLARATION":
        return replace(f, dwell_h=_scaled(f.dwell_h, 0.5, lambda key: key[0] == "BC_RAIL"))
    if name == "ALBA_WINDOW":
        dwell = dict(f.dwell_h)
        for k in CLASSES:
            dwell["AB_RAIL", "AAA", "BBB", k] -= 2
        return replace(f, dwell_h=dwell)
    raise KeyError(name)
