"""Checks of links and nodes: what joins what."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from opencorridor.study.check.registry import Suggester, at, check
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study


def node_values(study: Study, column: str) -> dict[str, str]:
    """Return one column of the nodes by node id."""
    table = study["node"]
    return dict(zip(table["node_id"].tolist(), table[column].tolist(), strict=True))


def end_values(study: Study, column: str) -> list[tuple[str | None, str | None]]:
    """Return, per link, one column of its two nodes; None where a node does not exist."""
    values = node_values(study, column)
    link = study["link"]
    ends = zip(link["from_node_id"].tolist(), link["to_node_id"].tolist(), strict=True)
    return [(values.get(a), values.get(b)) for a, b in ends]


@check("link_without_node", "link")
def link_without_node(study: Study) -> Iterator[Problem]:
    """Check that both nodes of every link exist."""
    known = set(study["node"]["node_id"].tolist())
    near = Suggester(known)
    link = study["link"]
    for column in ("from_node_id", "to_node_id"):
        for i, node in enumerate(link[column].tolist()):
            if node not in known:
                message = f"node {node!r} does not exist"
                yield at(
                    study,
                    "link_without_node",
                    message,
                    "link",
                    i,
                    column,
                    "an id of node",
                    near(node),
                )


@check("duplicate_link", "link")
def duplicate_link(study: Study) -> Iterator[Problem]:
    """Check that no two links of a mode join the same nodes with the same length."""
    link = study["link"]
    seen: dict[tuple[object, ...], int] = {}
    columns = ("mode", "from_node_id", "to_node_id", "length_km", "carries", "oneway")
    for i, (mode, a, b, km, carries, oneway) in enumerate(
        zip(*(link[c].tolist() for c in columns), strict=True)
    ):
        ends = (a, b) if oneway == "1" else (min(a, b), max(a, b))
        first = seen.setdefault((mode, ends, km, carries, oneway == "1"), i)
        if first != i:
            message = f"the same link as {link['link_id'][first]}"
            yield at(
                study,
                "duplicate_link",
                message,
                "link",
                i,
                "link_id",
                "one link between two nodes",
                "remove one of the two",
            )


@check("self_loop", "link")
def self_loop(study: Study) -> Iterator[Problem]:
    """Check that no link leads from a node to itself."""
    link = study["link"]
    for i in np.flatnonzero(link["from_node_id"] == link["to_node_id"]).tolist():
        message = "the link leads from a node to itself"
        yield at(study, "self_loop", message, "link", i, "to_node_id", "another node")


def expected_modes(mode: str, carries: str) -> set[str]:
    """Return the modes of the nodes that a link may join."""
    if mode != "sea":
        return {mode}
    rides = {"wagon": "rail", "truck": "road"}
    return {rides[word] for word in carries.split(";") if word in rides} or {"sea"}


@check("link_joins_modes", "link")
def link_joins_modes(study: Study) -> Iterator[Problem]:
    """Check that a link joins nodes of its own mode; a ferry joins those of what it carries."""
    link = study["link"]
    modes, carries = link["mode"].tolist(), link["carries"].tolist()
    columns = ("from_node_id", "to_node_id")
    for i, ends in enumerate(end_values(study, "mode")):
        # A ferry for wagons and trucks joins rail to rail or road to road, never one to the other.
        wanted = expected_modes(modes[i], carries[i])
        odd = [k for k in (0, 1) if ends[k] is not None and ends[k] not in wanted]
        if not odd and None not in ends and ends[0] != ends[1]:
            odd = [1]
        for k in odd:
            message = f"a {modes[i]} link ends at a {ends[k]} node"
            yield at(
                study,
                "link_joins_modes",
                message,
                "link",
                i,
                columns[k],
                " or ".join(sorted(wanted)) + " nodes",
                "modes meet only by a row of transshipment",
            )


@check("gauge_mismatch", "link")
def gauge_mismatch(study: Study) -> Iterator[Problem]:
    """Check that a rail link has the gauge of both its nodes."""
    link = study["link"]
    gauges, modes = link["gauge_mm"].tolist(), link["mode"].tolist()
    for i, ends in enumerate(end_values(study, "gauge_mm")):
        if modes[i] != "rail":
            continue
        found = {float(g) for g in (*ends, gauges[i]) if g is not None and float(g) == float(g)}
        if len(found) > 1:
            words = " and ".join(f"{g:g}" for g in sorted(found))
            yield at(
                study,
                "gauge_mismatch",
                f"link and nodes have gauges {words} mm",
                "link",
                i,
                "gauge_mm",
                "one gauge",
                "split the node by gauge and join the halves by transshipment",
            )


@check("zero_length", "link")
def zero_length(study: Study) -> Iterator[Problem]:
    """Check that only a border link has length 0."""
    link = study["link"]
    zero = link["length_km"] == 0
    countries = end_values(study, "country_id") if zero.any() else []
    for i in np.flatnonzero(zero).tolist():
        a, b = countries[i]
        if a is not None and a == b:
            message = "the length is 0 within one country"
            yield at(study, "zero_length", message, "link", i, "length_km", "more than 0 km")


@check("access_joins_modes", "access")
def access_joins_modes(study: Study) -> Iterator[Problem]:
    """Check that the mode of an access is that of its node."""
    modes = node_values(study, "mode")
    table = study["access"]
    for i, (node, mode) in enumerate(
        zip(table["node_id"].tolist(), table["mode"].tolist(), strict=True)
    ):
        found = modes.get(node, mode)
        if found != mode:
            message = f"the node is a {found} node"
            yield at(study, "access_joins_modes", message, "access", i, "mode", found)


@check("zone_without_access", "zone")
def zone_without_access(study: Study) -> Iterator[Problem]:
    """Check that every zone is joined to the network by an access."""
    joined = set(study["access"]["zone_id"].tolist())
    problem = partial(at, study, "zone_without_access")
    for i, zone in enumerate(study["zone"]["zone_id"].tolist()):
        if zone not in joined:
            yield problem(
                f"no access joins zone {zone} to the network",
                "zone",
                i,
                "zone_id",
                "a row of access",
                "add one to the nearest node",
            )
