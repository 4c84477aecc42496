"""Speeds, hours at the ends, emission factors, carbon intensity of electricity."""

from __future__ import annotations

from collections.abc import Callable

from data.common import Row, band, num
from data.network.context import Build
from data.network.places import EU
from data.network.prices import Band
from data.network.sources import parameter

KNOT_KM_PER_H = 1.852
RAIL = {"KAZ": 8, "TKM": 9, "IRN": 10, "UZB": 11, "RUS": 12, "AZE": 13, "GEO": 14, "TUR": 15,
        "CHN": 16, "KGZ": 17, "PAK": 18, "IND": 19}  # fmt: skip
ROAD = {"KAZ": 26, "IRN": 27, "TKM": 28, "UZB": 29, "AZE": 30, "GEO": 31, "TUR": 32, "RUS": 33,
        "CHN": 34, "KGZ": 35, "TJK": 36, "AFG": 37, "PAK": 38, "IND": 39, "ARM": 40}  # fmt: skip
SEA = (
    ("", "", "container", "SP045"),
    ("", "", "bulk", "SP047"),
    ("caspian", "", "container", "SP054"),
    ("caspian", "", "bulk", "SP051"),
    ("caspian", "wagon", "all", "SP052"),
    ("caspian", "truck", "all", "SP053"),
    ("lake", "wagon", "all", "SP052"),
    ("", "wagon", "all", "SP052"),
    ("", "truck", "all", "SP053"),
)
# Countries without a row: rail and road of the region without delay (assumed).
DEFAULT_RAIL: Band = (15.0, 25.0, 40.0)
DEFAULT_ROAD: Band = (38.0, 50.0, 62.0)
# The main gauge of heavy bulk trains.
GAUGE_CODES = "ARM AZE BLR EST GEO KAZ KGZ LTU LVA MDA MNG RUS TJK TKM UKR UZB"
GAUGE_1520 = tuple(GAUGE_CODES.split())
ELECTRIC = {"KAZ": "EM049", "TKM": "EM050", "IRN": "EM051", "RUS": "EM052", "CHN": "EM053",
            "UZB": "EM054"}  # fmt: skip
# Losses between power station and pantograph (8 to 10 %).
GRID_LOSS = 1.09


def _of(rows: dict[str, Row], param: str) -> Band:
    row = rows[param]
    return float(row["low"]), float(row["mode_value"]), float(row["high"])


def speeds(build: Build) -> None:
    """Table ``speed``."""
    rows = {r["param_id"]: r for r in build.read("parameters/speeds.csv")}

    def put(name: str, cells: Row, speed: Band, param: str, **more: str) -> None:
        source = parameter(build.sources, rows[param]) if param else "study-joins"
        build.add(
            "speed",
            {
                "speed_id": name,
                "cargo": "all",
                "moving_h_per_day": "24",
                "fixed_h": "0",
                **cells,
                **band("speed", "km_per_h", *speed),
                **more,
                "source": source,
                "status": rows[param]["status"] if param else "assumed",
            },
        )

    for country, number in RAIL.items():
        param = f"SP{number:03}"
        put(f"rail:{country}", {"mode": "rail", "country_id": country}, _of(rows, param), param)
    put("rail:default", {"mode": "rail"}, DEFAULT_RAIL, "")
    day = band("moving", "h_per_day", *_of(rows, "SP042"))
    for country, number in ROAD.items():
        param = f"SP{number:03}"
        hours = band("moving", "h_per_day", *_of(rows, "SP044")) if country == "IRN" else day
        put(f"road:{country}", {"mode": "road", "country_id": country}, _of(rows, param), param,
            **hours)  # fmt: skip
    for country in EU:
        put(f"road:{country}", {"mode": "road", "country_id": country}, _of(rows, "SP041"),
            "SP041", **day)  # fmt: skip
    put("road:default", {"mode": "road"}, DEFAULT_ROAD, "", **day)
    for area, carries, cargo, param in SEA:
        low, mode, high = (x * KNOT_KM_PER_H for x in _of(rows, param))
        cells = {"mode": "sea", "area": area, "carries": carries, "cargo": cargo}
        name = ":".join(x for x in ("sea", area or "default", carries, cargo) if x)
        put(name, cells, (low, mode, high), param)
    low, mode, high = (x * KNOT_KM_PER_H for x in _of(rows, "SP056"))
    put("sea:volga_don", {"mode": "sea", "area": "volga_don"}, (low, mode, high), "SP056")
    _access(rows, put)


def _access(rows: dict[str, Row], put: Callable[..., None]) -> None:
    """Hours at the ends: terminal, yard, loading of a truck, port; local trucks in between."""
    local: Band = (20.0, 30.0, 45.0)
    for on, cargo, param in (
        ("rail", "container", "SP074"),
        ("rail", "bulk", "SP079"),
        ("road", "all", ""),
        ("sea", "container", "SP075"),
        ("sea", "bulk", "SP077"),
    ):
        low, mode, high = _of(rows, param) if param else (1.0, 2.0, 4.0)
        # SP074 and SP079 run from the lift to the departure: one stay, shared by the two ends.
        share = 0.5 if on == "rail" else 1.0
        hours = (low * share, mode * share, high * share)
        cells = {"mode": "access", "on_mode": on, "cargo": cargo}
        put(f"access:{on}:{cargo}", cells, local, param, **band("fixed", "h", *hours))


def emissions(build: Build) -> None:
    """Tables ``emission_factor`` and ``grid_intensity``."""
    rows = {r["param_id"]: r for r in build.read("parameters/emissions.csv")}

    def put(name: str, cells: Row, fuel: Band, param: str, **more: str) -> None:
        build.add(
            "emission_factor",
            {
                "factor_id": name,
                "cargo": "all",
                "electric_kwh_per_tkm": "0",
                "electric_share": "0",
                **cells,
                **band("fuel", "g_per_tkm", *fuel),
                **more,
                "source": parameter(build.sources, rows[param]) if param else "study-joins",
                "status": rows[param]["status"] if param else "assumed",
            },
        )

    for country in ("", *sorted({*ELECTRIC, *GAUGE_1520})):
        share = _of(rows, ELECTRIC[country]) if country in ELECTRIC else (0.0, 0.4, 0.8)
        for cargo, fuel, power in (
            ("container", "EM028", "EM030"),
            ("bulk", "EM029" if country in GAUGE_1520 else "EM027", "EM031"),
        ):
            low, mode, high = (x * GRID_LOSS for x in _of(rows, power))
            cells = {"mode": "rail", "country_id": country, "cargo": cargo}
            put(f"rail:{country or 'default'}:{cargo}", cells, _of(rows, fuel), fuel,
                **band("electric", "kwh_per_tkm", low, mode, high), **_share(share))  # fmt: skip
    for country, param in (("", "EM033"), ("IRN", "EM034"), ("KAZ", "EM035"), ("TKM", "EM036")):
        for mode_ in ("road", "access"):
            cells = {"mode": mode_, "country_id": country}
            put(f"{mode_}:{country or 'default'}", cells, _of(rows, param), param)
    put("sea:container", {"mode": "sea", "cargo": "container"}, _of(rows, "EM022"), "EM022")
    # Small and large bulk carriers (EM019, EM020), with 18 % for making the fuel.
    put("sea:bulk", {"mode": "sea", "cargo": "bulk"}, (8.3, 11.8, 16.5), "EM019")
    put("sea:caspian", {"mode": "sea", "area": "caspian"}, _of(rows, "EM038"), "EM038")
    for carries, param in (("wagon", "EM040"), ("truck", "EM039")):
        cells = {"mode": "sea", "carries": carries}
        put(f"sea:{carries}", cells, _of(rows, param), param)
    put("sea:volga_don", {"mode": "sea", "area": "volga_don"}, _of(rows, "EM041"), "EM041")
    known = {row["country_id"] for row in build.tables["country"]}
    for row in build.read("parameters/grid_intensity.csv"):
        if row["iso3"] in known:
            build.add(
                "grid_intensity",
                {
                    "country_id": row["iso3"],
                    "co2_g_per_kwh": num(row["grid_intensity_g_co2e_per_kwh"]),
                    "source": "ember",
                    "status": row["status"],
                },
            )
    have = [float(row["co2_g_per_kwh"]) for row in build.tables["grid_intensity"]]
    listed = {row["country_id"] for row in build.tables["grid_intensity"]}
    railways = {row["country_id"] for row in build.tables["link/rail"]}
    for country in sorted(railways - listed - {""}):
        build.add(
            "grid_intensity",
            {
                "country_id": country,
                "co2_g_per_kwh": num(round(sum(have) / len(have), 1)),
                "source": "study-joins",
                "status": "assumed",
            },
        )


def _share(share: Band) -> Row:
    """Cells of the electric share (its unit is a share, so the unit is the last word)."""
    low, mode, high = share
    return {
        "electric_share": num(mode),
        "electric_low_share": num(low),
        "electric_high_share": num(high),
    }
