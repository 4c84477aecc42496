"""Ports, yards where the gauge changes, inland terminals: transshipment between modes."""

from __future__ import annotations

from collections import defaultdict

from data.common import Row, band, great_circle_km, num
from data.network.borders import dwell_source
from data.network.context import Build
from data.network.places import MOVED, chosen_names, name_cells
from data.network.prices import FEU_T, TEU_T, WAGON_T, Band, Prices, plus, scaled
from data.network.sources import parameter

CARGOES = ("container", "bulk")
# EM042 (15 kg CO2e per TEU) and EM043 (1.2 kg per tonne).
CO2_KG_PER_T = {"container": 15 / TEU_T, "bulk": 1.2}
# Boxes to a small sea port change ships at a hub (assumed).
FEEDER_H: Band = (0.0, 72.0, 168.0)
FEEDER_USD_PER_T: Band = (0.0, 150 / TEU_T, 300 / TEU_T)
CASPIAN_OWN = {f"ADD{i:03}" for i in range(1, 18)}
Node = tuple[str, str, float]  # mode, id, km from the port


def ports(build: Build) -> None:
    """Terminals of kind port and their transshipment, land to sea and back."""
    names = chosen_names(build)
    stays = _port_stays(build)
    prices = Prices(build)
    zone_ports = {row["terminal_id"] for row in build.tables["zone"]} - {""}
    reached = _land_nodes(build)
    for row in sorted(build.read("network/ports.csv.gz"), key=lambda r: r["port_id"]):
        port = row["port_id"]
        if not row["sea_node_id"] or port in _aliased(build):
            continue
        cargoes = cargo_of(row, port in zone_ports) if reached[port] else ()
        judged = row["handles"] not in ("", "none")
        if not cargoes and port not in zone_ports and not judged:
            continue
        if ("sea", row["sea_node_id"]) not in build.copies:
            raise ValueError(f"port {port} hangs on no sea link")
        _terminal(build, row, names.get(("port", port), {}))
        for cargo in cargoes:
            for mode, node, km in reached[port]:
                for direction in ("export", "import"):
                    stay = stays.get((port, direction, cargo))
                    _port_row(build, row, cargo, (mode, node, km), direction, stay, prices)


def _aliased(build: Build) -> set[str]:
    return {row["port_id"] for row in build.read("joins/port_alias.csv")}


def _terminal(build: Build, row: Row, names: dict[str, str]) -> None:
    name = row["name"]
    if row["port_id"] in MOVED:
        name, names = f"{name} (old port)", {}
    build.add(
        "terminal",
        {
            "terminal_id": row["port_id"],
            "kind": "port",
            **name_cells(name, names),
            "country_id": row["iso3"],
            "lon": row["lon"],
            "lat": row["lat"],
            "locode": row["locode"],
            "source": "wpi",
            "status": row["status"],
        },
    )


def _land_nodes(build: Build) -> dict[str, list[Node]]:
    """Nearest own rail and road node of every port."""
    country = {r["port_id"]: r["iso3"] for r in build.read("network/ports.csv.gz")}
    alias = {r["port_id"]: r["canonical_port_id"] for r in build.read("joins/port_alias.csv")}
    rows = list(build.read("network/port_access.csv"))
    for extra in build.read("joins/extra_access.csv"):
        if extra["port_id"] and extra["op"] == "insert":
            rows.append(extra)
    result: dict[str, list[Node]] = defaultdict(list)
    for row in rows:
        port = alias.get(row["port_id"], row["port_id"])
        node = build.own_copy(row["mode"], row["node_id"], country[port])
        have = {mode for mode, _, _ in result[port]}
        if node and row["mode"] not in have:
            result[port].append((row["mode"], node, float(row["distance_km"])))
    return result


def cargo_of(row: Row, own_of_zone: bool) -> tuple[str, ...]:
    """Cargoes that a port takes.

    Where the port was judged, what was judged. Else containers where it is large, medium or known
    to have a container berth, bulk where it is not very small; the port of a zone takes both.
    """
    if row["handles"]:
        return tuple(c for c in CARGOES if c in row["handles"].split(";"))
    container = row["container"] == "1" or row["harbor_size"] in ("L", "M") or own_of_zone
    bulk = row["solid_bulk"] == "1" or row["harbor_size"] in ("L", "M", "S") or own_of_zone
    return tuple(c for c, has in zip(CARGOES, (container, bulk), strict=True) if has)


Stay = tuple[Band, str, str, str]  # hours, 95th percentile, source, status


def _port_stays(build: Build) -> dict[tuple[str, str, str], Stay]:
    result: dict[tuple[str, str, str], Stay] = {}
    for row in build.read("joins/dwell_default.csv"):
        if row["target_kind"] == "port":
            way = "export" if row["from_iso3"] else "import"
            hours = (float(row["mean_low_h"]), float(row["mean_h"]), float(row["mean_high_h"]))
            result[row["target_id"], way, row["cargo"]] = (
                hours,
                row["p95_h"],
                dwell_source(build, row),
                row["status"],
            )
    return result


def default_stay(build: Build, cargo: str) -> Stay:
    """Stay at a port without a row: SP075 for containers, SP077 for bulk."""
    rows = {r["param_id"]: r for r in build.read("parameters/speeds.csv")}
    row = rows["SP075" if cargo == "container" else "SP077"]
    hours = (float(row["low"]), float(row["mode_value"]), float(row["high"]))
    # 95th percentile of a lognormal stay with sigma 0.7, as the joins use for ports.
    return hours, num(hours[1] * 2.4755, 4), parameter(build.sources, row), "assumed"


def _by_feeder(row: Row) -> bool:
    """Whether boxes reach a sea port by feeder: not large, and no container berth on record."""
    inside = row["port_id"] in CASPIAN_OWN
    return not inside and row["harbor_size"] != "L" and row["container"] != "1"


def handling(prices: Prices, country: str, cargo: str, caspian: bool) -> Band:
    """Charges of a port per tonne, with the fixed half of the sea freight.

    The sea freight has a part per voyage (TC128 liner; TC111 and TC110 on the Caspian) that does
    not grow with distance: half of it is charged at either end.
    """
    if cargo == "container":
        param = {"IRN": "TC131", "KAZ": "TC132", "AZE": "TC136"}.get(country, "TC136")
        fixed = scaled(prices.band("TC111"), 0.6) if caspian else prices.band("TC128")
        return plus(scaled(prices.band(param), 1 / TEU_T), scaled(fixed, 0.5 / TEU_T))
    if caspian:
        param = "TC134" if country == "KAZ" else "TC135"
        return plus(prices.band(param), (3.0, 4.0, 6.0))
    return (4.0, 5.75, 7.5)


def _port_row(
    build: Build,
    row: Row,
    cargo: str,
    land: Node,
    direction: str,
    stay: Stay | None,
    prices: Prices,
) -> None:
    mode, node, km = land
    port = row["port_id"]
    hours, p95, source, status = stay or default_stay(build, cargo)
    cost = handling(prices, row["iso3"], cargo, port in CASPIAN_OWN)
    if cargo == "container" and _by_feeder(row):
        hours, cost = plus(hours, FEEDER_H), plus(cost, FEEDER_USD_PER_T)
        p95, status = num(float(p95) + FEEDER_H[1], 4), "assumed"
    sea = f"sea:{row['sea_node_id']}"
    way = f"{mode}-sea" if direction == "export" else f"sea-{mode}"
    ends = (node, sea) if direction == "export" else (sea, node)
    put(build, f"{port}:{way}:{cargo}", port, ends, cargo, km, hours, p95, cost, source, status)


def put(
    build: Build,
    name: str,
    terminal: str,
    ends: tuple[str, str],
    cargo: str,
    km: float,
    hours: Band,
    p95: str,
    cost: Band,
    source: str,
    status: str,
    state: str = "open",
) -> None:
    """One row of ``transshipment``."""
    build.add(
        "transshipment",
        {
            "transshipment_id": name,
            "terminal_id": terminal,
            "from_node_id": ends[0],
            "to_node_id": ends[1],
            "cargo": cargo,
            "distance_km": num(km),
            **band("time", "h", *hours),
            "p95_h": p95,
            **band("cost", "usd_per_t", *cost),
            "co2_kg_per_t": num(CO2_KG_PER_T[cargo], 3),
            "state": state,
            "source": source,
            "status": "assumed" if status == "observed" else status,
        },
    )


def gauges(build: Build) -> None:
    """Terminals of kind gauge: goods reloaded or lifted over, and bogies changed where known."""
    prices = Prices(build)
    names = chosen_names(build)
    rows = {r["param_id"]: r for r in build.read("parameters/speeds.csv")}
    crossing = {r["crossing_id"]: r for r in build.read("network/crossings.csv")}
    for row in build.read("joins/gauge_breaks.csv"):
        by_land: dict[str, dict[str, str]] = defaultdict(dict)
        for (country, gauge), node in build.copies["rail", row["node_id"]].items():
            by_land[country][gauge] = node
        for country, nodes in sorted(by_land.items()):
            if len(nodes) < 2:
                continue
            if len(nodes) > 2:
                raise ValueError(f"rail {row['node_id']}: three gauges in {country}")
            terminal = f"gauge:{row['node_id']}"
            place = crossing.get(row["crossing_id"])
            side = (
                "" if place is None else place["name_a" if place["iso3_a"] == country else "name_b"]
            )
            label = side or row["name"] or f"rail {row['node_id']}"
            build.add(
                "terminal",
                {
                    "terminal_id": terminal,
                    "kind": "gauge",
                    **name_cells(f"{label} (change of gauge)", names.get(("gauge", terminal), {})),
                    "country_id": country,
                    "lon": row["lon"],
                    "lat": row["lat"],
                    "source": "border-nodes",
                    "status": row["status"],
                },
            )
            _gauge_rows(build, row, terminal, nodes, prices, rows)


def _gauge_rows(
    build: Build,
    row: Row,
    terminal: str,
    nodes: dict[str, str],
    prices: Prices,
    speeds: dict[str, Row],
) -> None:
    free = float(row["container_mode_h"]) == 0
    (g1, n1), (g2, n2) = sorted(nodes.items())
    ways = (((g1, n1), (g2, n2)), ((g2, n2), (g1, n1)))
    for cargo, param in (("container", "SP081"), ("bulk", "SP082")):
        cost = (0.0, 0.0, 0.0) if free else _gauge_cost(row["crossing_id"], cargo, prices)
        for (ga, a), (gb, b) in ways:
            put(
                build,
                f"{terminal}:{ga}-{gb}:{cargo}",
                terminal,
                (a, b),
                cargo,
                0.0,
                _gauge_hours(row, cargo),
                "",
                cost,
                parameter(build.sources, speeds[param]),
                row["status"],
                "open" if row["transfer"] == "1" else "closed",
            )
    for fact in build.facts("gauge_method"):
        if fact["node_id"] == row["node_id"]:
            for (ga, a), (gb, b) in ways:
                name = f"{terminal}:{ga}-{gb}:{fact['cargo']}:{fact['method']}"
                _bogies(build, name, terminal, (a, b), row, fact, prices, speeds)


def _gauge_hours(row: Row, what: str) -> Band:
    """Hours of a way to change gauge: container, bulk or bogie."""
    low, mode, high = (float(row[f"{what}_{x}_h"]) for x in ("low", "mode", "high"))
    return low, mode, high


def _bogies(
    build: Build,
    name: str,
    terminal: str,
    ends: tuple[str, str],
    row: Row,
    fact: Row,
    prices: Prices,
    speeds: dict[str, Row],
) -> None:
    """One direction of a change of bogies: hours of a block of wagons, charge per wagon."""
    build.add(
        "transshipment",
        {
            "transshipment_id": name,
            "terminal_id": terminal,
            "from_node_id": ends[0],
            "to_node_id": ends[1],
            "cargo": fact["cargo"],
            "method": fact["method"],
            "distance_km": "0",
            **band("time", "h", *_gauge_hours(row, "bogie")),
            "cost_usd_per_t": "0",
            **band("charge", "usd_per_unit", *prices.band("TC056")),
            "charge_unit": "wagon",
            # No figure of its own: as for goods that are reloaded.
            "co2_kg_per_t": num(CO2_KG_PER_T[fact["cargo"]], 3),
            "state": "open" if row["transfer"] == "1" else "closed",
            "valid_from": fact["valid_from"],
            "document_no": fact["document_no"],
            "source": parameter(build.sources, speeds["SP080"]),
            "status": "assumed",
        },
    )


def _gauge_cost(crossing: str, cargo: str, prices: Prices) -> Band:
    """US$ per tonne: the observed charge per box at Dostyk and Erenhot, else the bogie charge."""
    if cargo == "bulk":
        return prices.band("TC057")
    if crossing.startswith("KAZ-CHN"):
        return scaled(prices.band("TC053"), 1 / FEU_T)
    if crossing.startswith("MNG-CHN"):
        return scaled(prices.band("TC054"), 1 / FEU_T)
    return scaled(prices.band("TC056"), 1 / FEU_T)


def inland(build: Build) -> None:
    """Terminals of kind inland: rail to road where a zone has both, and the yard of Astara."""
    speeds = {r["param_id"]: r for r in build.read("parameters/speeds.csv")}
    prices = Prices(build)
    zone = {row["zone_id"]: row for row in build.tables["zone"]}
    where = {r["node_id"]: r for part in ("rail", "road") for r in build.tables[f"node/{part}"]}
    nodes: dict[str, dict[str, str]] = defaultdict(dict)
    for row in build.tables["access"]:
        if row["mode"] in ("rail", "road") and not row["border_crossing_id"]:
            nodes[row["zone_id"]].setdefault(row["mode"], row["node_id"])
    for zone_id in sorted(nodes):
        pair, z = nodes[zone_id], zone[zone_id]
        if len(pair) < 2 or any(_km(z, where[n]) > 60 for n in pair.values()):
            continue
        names = {x: z[f"name_{x}"] for x in ("ru", "kk", "fa")}
        _inland_terminal(build, f"inland:{zone_id}", z["name_en"], names, z)
        km = _km(where[pair["rail"]], where[pair["road"]])
        _inland_rows(build, f"inland:{zone_id}", pair, km, prices, speeds)
    _astara(build, prices)


def _km(a: Row, b: Row) -> float:
    return great_circle_km(float(a["lon"]), float(a["lat"]), float(b["lon"]), float(b["lat"]))


def _inland_terminal(
    build: Build, terminal: str, label: str, names: dict[str, str], at: Row
) -> None:
    suffix = {"ru": " (терминал)", "kk": " (терминал)", "fa": " (پایانه)"}
    named = {x: n + suffix[x] for x, n in names.items() if n}
    build.add(
        "terminal",
        {
            "terminal_id": terminal,
            "kind": "inland",
            **name_cells(f"{label} (rail-road terminal)", named),
            "country_id": at["country_id"],
            "lon": at["lon"],
            "lat": at["lat"],
            "source": "study-joins",
            "status": "assumed",
        },
    )


def _inland_rows(
    build: Build,
    terminal: str,
    pair: dict[str, str],
    km: float,
    prices: Prices,
    speeds: dict[str, Row],
) -> None:
    """Two lifts of a box or one reloading of bulk; the stay of a terminal or yard."""
    for cargo, param in (("container", "SP074"), ("bulk", "SP079")):
        row = speeds[param]
        hours = (float(row["low"]), float(row["mode_value"]), float(row["high"]))
        cost = _reloading(prices, cargo)
        for a, b in (("rail", "road"), ("road", "rail")):
            put(
                build,
                f"{terminal}:{a}-{b}:{cargo}",
                terminal,
                (pair[a], pair[b]),
                cargo,
                km,
                hours,
                "",
                cost,
                parameter(build.sources, row),
                "assumed",
            )


def _reloading(prices: Prices, cargo: str) -> Band:
    """US$ per tonne: two lifts or one transfer of bulk, and the station charge of the wagon."""
    station = prices.band("TC052")
    if cargo == "bulk":
        return plus(prices.band("TC057"), scaled(station, 1 / WAGON_T))
    return plus(scaled(prices.band("TC051"), 2 / FEU_T), scaled(station, 0.5 / FEU_T))


def _astara(build: Build, prices: Prices) -> None:
    """Rail to road at Astara (Iran), where the Azerbaijani track ends."""
    pair = {"rail": build.copies["rail", "2015"]["IRN", "1520"]}
    pair["road"] = build.own_copy("road", "6323", "IRN")
    at = {r["node_id"]: r for r in build.tables["node/rail"]}[pair["rail"]]
    terminal = "inland:IRN-AZE-RA02"
    names = chosen_names(build).get(("zone", "IRN-AZE-RA02"), {})
    _inland_terminal(build, terminal, "Astara (Iran)", names, at)
    row = next(r for r in build.read("joins/dwell_default.csv") if r["target_id"] == "IRN-AZE-RA02")
    # Half of the 72 h of the crossing; the border has the other half.
    hours = tuple(float(row[c]) / 2 for c in ("mean_low_h", "mean_h", "mean_high_h"))
    for cargo in CARGOES:
        cost = _reloading(prices, cargo)
        for a, b in (("rail", "road"), ("road", "rail")):
            put(
                build,
                f"{terminal}:{a}-{b}:{cargo}",
                terminal,
                (pair[a], pair[b]),
                cargo,
                6.0,
                (hours[0], hours[1], hours[2]),
                num(float(row["p95_h"]) / 2, 4),
                cost,
                dwell_source(build, row),
                "assumed",
            )
