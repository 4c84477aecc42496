"""The network: from tables of nodes, links, borders and terminals to a multimodal graph."""

from opencorridor.network.build import build, reduced
from opencorridor.network.graph import (
    ACCESS,
    BORDER,
    CARGOES,
    EGRESS,
    KINDS,
    LINK,
    MODES,
    TRANSSHIPMENT,
    Graph,
)
from opencorridor.network.opening import open_mask
from opencorridor.network.reduce import Reduced, only_arcs, reduce

__all__ = [
    "ACCESS",
    "BORDER",
    "CARGOES",
    "EGRESS",
    "KINDS",
    "LINK",
    "MODES",
    "TRANSSHIPMENT",
    "Graph",
    "Reduced",
    "build",
    "only_arcs",
    "open_mask",
    "reduce",
    "reduced",
]
