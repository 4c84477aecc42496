"""Checks that routing needs: zones that are cut off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from opencorridor.network import Graph, build
from opencorridor.study import Problem, Study
from opencorridor.study.check import at, check
from opencorridor.study.errors import OpenCorridorError

__all__ = ["cut_off_zones", "zone_disconnected"]


def cut_off_zones(graph: Graph) -> list[int]:
    """Return the positions in ``graph.zone_id`` of zones without a way to and from the others.

    Zones that lie together in the largest strongly connected part over open arcs are connected.
    """
    if len(graph.zone_id) < 2:
        return []
    tail, head = graph.tail[graph.open], graph.head[graph.open]
    links = csr_matrix(
        (np.ones(len(tail), np.int8), (tail, head)), shape=(graph.n_nodes, graph.n_nodes)
    )
    _, part = connected_components(links, directed=True, connection="strong")
    mine = part[graph.zone_node]
    number = np.bincount(mine)
    most = int(number.argmax())
    lone = np.ones(len(mine), bool) if number[most] < 2 else mine != most
    return [int(i) for i in np.flatnonzero(lone)]


@check("zone_disconnected", "zone")
def zone_disconnected(study: Study) -> Iterator[Problem]:
    """Check that every zone has an open way to and from the other zones."""
    try:
        graph = build(study)
    except OpenCorridorError:
        return  # references that lead nowhere are reported by their own checks
    for i in cut_off_zones(graph):
        name = study["zone"]["name_en"][i]
        yield at(
            study,
            "zone_disconnected",
            f"zone {graph.zone_id[i]} ({name}) has no open way to and from the other zones",
            "zone",
            i,
            "zone_id",
            "a way by at least one mode and cargo",
            "add an access or a link; skims take --allow-disconnected",
        )
