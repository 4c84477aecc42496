"""Border crossings, listed and generated, with hours and charges by direction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from data.common import Row, band, num
from data.network.context import Build, pair_of
from data.network.places import chosen_names, name_cells, union_of
from data.network.prices import Prices
from data.network.restrictions import restricted_pairs

STATE = {"open": "open", "limited": "open", "closed": "closed"}
CARGO = {"all": "all", "container_train": "container", "wagonload": "bulk"}
# Hours of a border without a row of its own (border_nodes, low, mode, high).
DEFAULT_H = {"rail": (4.0, 15.0, 48.0), "road": (2.0, 8.0, 24.0)}
EAEU_H = {"rail": (0.5, 3.0, 12.0), "road": (0.3, 1.5, 6.0)}
# Inside a customs union nothing is declared: waybill and wagon check only. Assumed, US$ per tonne.
UNION_COST = (0.0, 1.0, 3.0)
LEAST_H = 2.0
# Mean to 95th percentile of a lognormal stay, as in dwell_default (sigma 0.8 rail, 1.0 road).
P95_OVER_MEAN = {"rail": 2.7076, "road": 3.1421}
# Sarakhs has two yards on one line, Jolfa three; one stay, one change.
AVERAGES = ("named_place", "own_observed", "country_averages", "one_country_average")


@dataclass(frozen=True)
class Hours:
    """A stay: low, mode and high of the mean, and the 95th percentile."""

    low: float
    mode: float
    high: float
    p95: float

    def less(self, hours: float) -> Hours:
        """Return the stay without ``hours`` charged elsewhere, never under two hours."""
        mode = max(LEAST_H, self.mode - hours)
        return Hours(
            max(LEAST_H, self.low - hours) if self.low - hours < mode else mode,
            mode,
            max(mode, self.high - hours),
            max(mode, self.p95 - hours),
        )


def crossings(build: Build) -> None:
    """Table ``border_crossing``: the listed ones, then one per pair and mode as links need them."""
    names = chosen_names(build)
    for row in build.read("network/crossings.csv"):
        state = STATE.get(row["status"], "planned")
        if pair_of(row["iso3_a"], row["iso3_b"]) in restricted_pairs(build):
            state = "open"
        english = row["name_a"] if row["name_a"] == row["name_b"] else ""
        english = english or f"{row['name_a']} – {row['name_b']}"
        build.add(
            "border_crossing",
            {
                "border_crossing_id": row["crossing_id"],
                "kind": "listed",
                **name_cells(english, names.get(("border_crossing", row["crossing_id"]), {})),
                "country_a": row["iso3_a"],
                "country_b": row["iso3_b"],
                "mode": row["mode"],
                "lon": row["lon"],
                "lat": row["lat"],
                "gauge_a_mm": row["gauge_a_mm"],
                "gauge_b_mm": row["gauge_b_mm"],
                "state": state,
                "source": "crossings",
                "status": row["position_status"],
            },
        )
    used = {row.get("border_crossing_id", "") for row in build.tables["link/border"]}
    used |= {row["border_crossing_id"] for row in build.tables["access"]}
    for crossing in sorted(x for x in used if x.startswith(("free:", "default:"))):
        _generated(build, crossing)


def _generated(build: Build, crossing: str) -> None:
    kind, pair, mode = crossing.split(":")
    a, b = pair.split("-")
    country = {row["country_id"]: row for row in build.tables["country"]}
    names = {
        lang: f"{country[a][f'name_{lang}']} – {country[b][f'name_{lang}']}"
        for lang in ("en", "ru", "kk", "fa")
    }
    build.add(
        "border_crossing",
        {
            "border_crossing_id": crossing,
            "kind": "union" if kind == "free" else "default",
            **name_cells(f"{names['en']}, {mode}", names),
            "country_a": a,
            "country_b": b,
            "mode": mode,
            "state": "open",
            "source": "border-nodes",
            "status": "assumed",
        },
    )


def dwell(build: Build) -> None:
    """Table ``border_dwell``: every land crossing, both directions, by cargo where it differs."""
    prices = Prices(build)
    stays = _stays(build)
    within = _gauge_hours_within(build)
    for row in build.tables["border_crossing"]:
        crossing, a, b = row["border_crossing_id"], row["country_a"], row["country_b"]
        if row["kind"] == "ferry":
            continue
        for start, end in ((a, b), (b, a)):
            own = stays.get((crossing, start, end)) or _default(build, row)
            for cargo, (hours, source, status) in _by_cargo(own, within.get(crossing)).items():
                cost = prices.border(row["mode"], start, end, crossing)
                if row["kind"] == "union":
                    cost = (0.0, 0.0, 0.0)
                elif union_of(a, b):
                    cost = UNION_COST
                build.add(
                    "border_dwell",
                    {
                        "border_crossing_id": crossing,
                        "from_country": start,
                        "to_country": end,
                        "cargo": cargo,
                        **band("mean", "h", hours.low, hours.mode, hours.high),
                        "p95_h": num(hours.p95, 4),
                        **band("cost", "usd_per_t", *cost),
                        "source": source,
                        "status": status,
                    },
                )


Stay = tuple[Hours, str, str]


def _stays(build: Build) -> dict[tuple[str, str, str], dict[str, Stay]]:
    """Hours of the listed crossings by direction and cargo, with source and status."""
    result: dict[tuple[str, str, str], dict[str, Stay]] = defaultdict(dict)
    for row in build.read("joins/dwell_default.csv"):
        if row["target_kind"] != "crossing":
            continue
        hours = Hours(*(float(row[c]) for c in ("mean_low_h", "mean_h", "mean_high_h", "p95_h")))
        if row["target_id"] == "IRN-TUR-RA01":
            # Half of the 72 h is the wait for the train ferry over Lake Van (its timetable).
            hours = Hours(hours.low / 2, hours.mode / 2, hours.high / 2, hours.p95 / 2)
        elif row["target_id"] == "IRN-AZE-RA02":
            # Half of the 72 h is the handover from rail to road (terminal inland:IRN-AZE-RA02).
            hours = Hours(hours.low / 2, hours.mode / 2, hours.high / 2, hours.p95 / 2)
        key = (row["target_id"], row["from_iso3"], row["to_iso3"])
        source = dwell_source(build, row)
        result[key][CARGO[row["cargo"]]] = (hours, source, row["status"])
    return result


def dwell_source(build: Build, row: Row) -> str:
    """Source of a default stay; its title says what the hours rest on."""
    basis = row["basis"]
    known = {r["title"]: r["source_id"] for r in build.sources.known.values()}
    title = "Stay: " + (basis if len(basis) <= 240 else basis[:237] + "...")
    if title in known:
        return known[title]
    number = 1 + sum(key.startswith("stay-") for key in build.sources.known)
    observed = bool(row["dwell_row_ids"])
    return build.sources.add(
        f"stay-{number:03}",
        title,
        publisher="CAREC Corridor Performance Measurement and Monitoring; OpenCorridor"
        if observed
        else "OpenCorridor",
        url="https://cpmm.carecprogram.org/" if observed else "",
    )


def _gauge_hours_within(build: Build) -> dict[str, tuple[float, float]]:
    """Hours of the change of gauge (container, bulk) that the stay at a crossing includes."""
    bogies = {row["node_id"] for row in build.facts("gauge_method") if row["cargo"] == "bulk"}
    changes = {
        row["crossing_id"]: (
            float(row["container_mode_h"]),
            float(row["bogie_mode_h" if row["node_id"] in bogies else "bulk_mode_h"]),
        )
        for row in build.read("joins/gauge_breaks.csv")
        if row["crossing_id"] and row["transfer"] == "1"
    }
    result = {}
    for row in build.read("joins/dwell_default.csv"):
        inside = row["note"].startswith("gauge change inside the figure")
        if "where the source" in row["note"]:
            inside = row["basis_kind"] in AVERAGES
        if inside and row["target_id"] in changes:
            result[row["target_id"]] = changes[row["target_id"]]
    return result


def _by_cargo(own: dict[str, Stay], within: tuple[float, float] | None) -> dict[str, Stay]:
    """Rows of one direction; the gauge hours that the terminal charges are taken out."""
    if within is None:
        return own
    result = {}
    for cargo, hours in zip(("container", "bulk"), within, strict=True):
        stay, source, status = own.get(cargo) or own["all"]
        result[cargo] = (stay.less(hours), source, "assumed" if status == "assumed" else "derived")
    return result


def _default(build: Build, row: Row) -> dict[str, Stay]:
    """Hours of a crossing without a row: none in a union, else the default of the mode."""
    if row["kind"] == "union":
        return {"all": (Hours(0, 0, 1, 0), "border-nodes", "assumed")}
    table = EAEU_H if union_of(row["country_a"], row["country_b"]) == "EAEU" else DEFAULT_H
    low, mode, high = table[row["mode"]]
    p95 = mode * P95_OVER_MEAN[row["mode"]]
    return {"all": (Hours(low, mode, high, p95), "border-nodes", "assumed")}
