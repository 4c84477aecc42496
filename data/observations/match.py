"""Table ``observation_match``: the hand-made list ``match.csv`` with values filled in.

``match.csv`` says which row is used, between which ends and by which modes, or why it is not
used. Here the value is computed: hours, or dollars of the study's price year per tonne.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from data.economy.shared import Row, Tables, num, read

PAYLOAD_COLUMN = {
    "teu": "payload_t_per_teu",
    "feu": "payload_t_per_feu",
    "truck": "payload_t_per_truck",
}
PRINTED_PER_TONNE = "per_t"


def observation_match(source: Path, observations: list[Row], network: Tables) -> list[Row]:
    """Fill in values and node ids; print the counts of rows used."""
    observed = {row["obs_id"]: row for row in observations}
    prices = {row["year"]: float(row["price_index"]) for row in network["deflator"]}
    payloads = {row["class_id"]: row for row in network["commodity"]}
    stations = _stations(source, network)
    nodes = _copies(network)
    rows = []
    for row in read(Path(__file__).parent / "match.csv"):
        row = dict(row)
        override = row.pop("value_override")
        if row["use"] == "used":
            observation = observed[row["obs_id"]]
            for end in ("origin_id", "destination_id"):
                row[end] = _place(row[end], stations, nodes)
            if row["quantity"] == "time":
                row["value"] = num(override or observation["time_h"])
            else:
                row["value"] = num(_per_tonne(row, observation, prices, payloads), 4)
        rows.append(row)
    used = Counter(row["quantity"] for row in rows if row["use"] == "used")
    print(f"observation_match: {used['time']} times and {used['cost']} costs are used")
    return rows


def _per_tonne(
    row: Row, observation: Row, prices: dict[str, float], payloads: dict[str, Row]
) -> float:
    """Return the printed cost per tonne in dollars of the price year of the study."""
    cost = float(observation["cost_usd_current"]) / prices[observation["price_year"]]
    if observation["cost_basis"].split(";")[0] == PRINTED_PER_TONNE:
        return cost
    return cost / float(payloads[row["class_id"]][PAYLOAD_COLUMN[row["unit"]]])


def _stations(source: Path, network: Tables) -> dict[str, str]:
    """Nearest railway node of each zone."""
    if network.get("access"):
        links = [
            (row["zone_id"], float(row["distance_km"]), row["node_id"])
            for row in network["access"]
            if row["mode"] == "rail" and not row.get("border_crossing_id")
        ]
    else:
        links = [
            (row["zone_id"], float(row["distance_km"]), f"rail:{row['node_id']}")
            for row in read(source / "network/zone_access.csv")
            if row["mode"] == "rail"
        ]
    nearest: dict[str, tuple[float, str]] = {}
    for zone, distance, node in links:
        nearest[zone] = min((distance, node), nearest.get(zone, (float("inf"), "")))
    return {zone: node for zone, (_, node) in nearest.items()}


def _copies(network: Tables) -> dict[str, list[str]]:
    """Node ids of every place: a place on a border has one node per country and gauge."""
    copies: dict[str, list[str]] = {}
    for row in network.get("node", []):
        stem = ":".join(row["node_id"].split(":")[:2])
        copies.setdefault(stem, []).append(row["node_id"])
    return copies


def _place(text: str, stations: dict[str, str], nodes: dict[str, list[str]]) -> str:
    kind, _, name = text.partition(":")
    if kind == "station":
        return stations[name]
    if kind == "rail" and nodes:
        stem = ":".join(text.split(":")[:2])
        if stem not in nodes or text not in (stem, *nodes[stem]):
            raise ValueError(f"{text} of match.csv is not a node of the network")
        return text if text in nodes[stem] else sorted(nodes[stem])[0]
    return text
