"""Ferry links of ports, and the ro-ro lines that measure M009 would open."""

from __future__ import annotations

from data.economy.shared import Row, Tables


def links_of(terminals: list[str], network: Tables) -> set[str]:
    """Sea links for wagons or trucks that end at a node handled by one of the terminals."""
    nodes = {
        row[end]
        for row in network.get("transshipment", [])
        if row["terminal_id"] in terminals
        for end in ("from_node_id", "to_node_id")
    }
    return {
        row["link_id"]
        for row in network.get("link", [])
        if row["mode"] == "sea"
        and row["carries"]
        and nodes & {row["from_node_id"], row["to_node_id"]}
    }


def new_lines(network: Tables) -> list[Row]:
    """Edits of M009; none while the network has no nodes at the ports."""
    del network
    return []
