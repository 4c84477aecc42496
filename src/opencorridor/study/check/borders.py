"""Checks of borders: no change of country is free by accident."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opencorridor.study.check.links import end_values, node_values
from opencorridor.study.check.registry import at, check
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study


def _pairs(study: Study) -> dict[str, frozenset[str]]:
    table = study["border_crossing"]
    columns = (table[c].tolist() for c in ("border_crossing_id", "country_a", "country_b"))
    return {i: frozenset((a, b)) for i, a, b in zip(*columns, strict=True)}


@check("border_without_crossing", "link")
def border_without_crossing(study: Study) -> Iterator[Problem]:
    """Check that a link which changes country names its crossing, or why it passes through."""
    link = study["link"]
    for i, (a, b) in enumerate(end_values(study, "country_id")):
        if not a or not b or a == b:
            continue
        if not link["border_crossing_id"][i] and not link["pass_through"][i]:
            message = f"the link leads from {a} to {b} without a border crossing"
            yield at(
                study,
                "border_without_crossing",
                message,
                "link",
                i,
                "border_crossing_id",
                f"a border crossing of {a} and {b}",
                "name it, or give the reason in pass_through",
            )


@check("crossing_of_other_countries", "link")
def crossing_of_other_countries(study: Study) -> Iterator[Problem]:
    """Check that the border crossing of a link is one between the countries of its nodes."""
    pairs = _pairs(study)
    link = study["link"]
    crossings = link["border_crossing_id"].tolist()
    for i, (a, b) in enumerate(end_values(study, "country_id")):
        pair = pairs.get(crossings[i])
        if pair is None or a is None or b is None:
            continue
        found = {a, b} - {""}
        wrong = not found <= pair if len(found) < 2 else found != pair
        if wrong:
            message = f"crossing {crossings[i]} joins {' and '.join(sorted(pair))}"
            yield at(
                study,
                "crossing_of_other_countries",
                message,
                "link",
                i,
                "border_crossing_id",
                f"a crossing of {' and '.join(sorted(found))}",
            )


@check("dwell_missing", "border_dwell")
def dwell_missing(study: Study) -> Iterator[Problem]:
    """Check that open crossings have hours and fees in both directions for every cargo."""
    dwell = study["border_dwell"]
    columns = ("border_crossing_id", "from_country", "to_country", "cargo")
    rows = set(zip(*(dwell[c].tolist() for c in columns), strict=True))
    table = study["border_crossing"]
    for i in np.flatnonzero(table["state"] == "open").tolist():
        crossing, a, b = (table[c][i] for c in ("border_crossing_id", "country_a", "country_b"))
        for start, end in ((a, b), (b, a)):
            need = {"all"} if (crossing, start, end, "all") in rows else {"container", "bulk"}
            missing = sorted(c for c in need if (crossing, start, end, c) not in rows)
            if missing:
                cargo = "any cargo" if len(missing) == 2 else missing[0]
                message = f"crossing {crossing} has no hours from {start} to {end} for {cargo}"
                yield at(
                    study,
                    "dwell_missing",
                    message,
                    "border_crossing",
                    i,
                    "border_crossing_id",
                    "a row of border_dwell per direction",
                )


@check("dwell_of_other_countries", "border_dwell")
def dwell_of_other_countries(study: Study) -> Iterator[Problem]:
    """Check that the direction of a stay at a border is between the countries of its crossing."""
    pairs = _pairs(study)
    table = study["border_dwell"]
    columns = (table[c].tolist() for c in ("border_crossing_id", "from_country", "to_country"))
    for i, (crossing, a, b) in enumerate(zip(*columns, strict=True)):
        pair = pairs.get(crossing)
        if pair is not None and {a, b} != pair:
            message = f"crossing {crossing} joins {' and '.join(sorted(pair))}, not {a} and {b}"
            yield at(study, "dwell_of_other_countries", message, "border_dwell", i, "from_country")


@check("free_crossing", "border_dwell")
def free_crossing(study: Study) -> Iterator[Problem]:
    """Check that a border outside a customs union takes time or money."""
    unions = dict(
        zip(
            study["country"]["country_id"].tolist(),
            study["country"]["customs_union"].tolist(),
            strict=True,
        )
    )
    crossings = study["border_crossing"]
    kinds = dict(
        zip(crossings["border_crossing_id"].tolist(), crossings["kind"].tolist(), strict=True)
    )
    dwell = study["border_dwell"]
    free = (dwell["mean_h"] == 0) & (dwell["cost_usd_per_t"] == 0)
    for i in np.flatnonzero(free).tolist():
        union = unions.get(dwell["from_country"][i], "")
        inside = union and union == unions.get(dwell["to_country"][i], "")
        if kinds.get(dwell["border_crossing_id"][i]) != "union" and not inside:
            message = f"the passage of {dwell['border_crossing_id'][i]} takes no time and no money"
            yield at(
                study,
                "free_crossing",
                message,
                "border_dwell",
                i,
                "mean_h",
                "hours or US$ per tonne",
                "or set kind to union",
            )


@check("transshipment_joins_countries", "transshipment")
def transshipment_joins_countries(study: Study) -> Iterator[Problem]:
    """Check that no terminal joins the nodes of two countries: only a border link does."""
    countries = node_values(study, "country_id")
    table = study["transshipment"]
    ends = zip(table["from_node_id"].tolist(), table["to_node_id"].tolist(), strict=True)
    for i, (start, end) in enumerate(ends):
        a, b = countries.get(start, ""), countries.get(end, "")
        if a and b and a != b:
            message = f"the transshipment leads from {a} to {b}"
            yield at(
                study,
                "transshipment_joins_countries",
                message,
                "transshipment",
                i,
                "to_node_id",
                "nodes of one country",
                "join the copies of the node by a border link",
            )


@check("access_joins_countries", "access")
def access_joins_countries(study: Study) -> Iterator[Problem]:
    """Check that an access to a node of another country names the crossing that is charged."""
    countries = node_values(study, "country_id")
    zones = study["zone"]
    own = dict(zip(zones["zone_id"].tolist(), zones["country_id"].tolist(), strict=True))
    pairs = _pairs(study)
    table = study["access"]
    columns = (table[c].tolist() for c in ("zone_id", "node_id", "border_crossing_id"))
    for i, (zone, node, crossing) in enumerate(zip(*columns, strict=True)):
        a, b = own.get(zone, ""), countries.get(node, "")
        if not a or not b or a == b:
            continue
        if not crossing:
            message = f"the access leads from {a} to {b} without a border crossing"
        elif pairs.get(crossing, {a, b}) != {a, b}:
            message = f"crossing {crossing} does not join {a} and {b}"
        else:
            continue
        yield at(
            study,
            "access_joins_countries",
            message,
            "access",
            i,
            "border_crossing_id",
            f"a border crossing of {a} and {b}",
            "or choose a node of the zone's country",
        )


@check("capacity_direction", "capacity")
def capacity_direction(study: Study) -> Iterator[Problem]:
    """Check that a capacity by direction names both countries of its crossings."""
    pairs = _pairs(study)
    table = study["capacity"]
    columns = ("place_kind", "place_ids", "from_country", "to_country")
    for i, (kind, places, a, b) in enumerate(
        zip(*(table[c].tolist() for c in columns), strict=True)
    ):
        if not a and not b:
            continue
        message = ""
        if not a or not b:
            message = "only one end of the direction is given"
        elif kind == "border_crossing":
            wrong = [p for p in places.split(";") if p in pairs and pairs[p] != {a, b}]
            if wrong:
                message = f"crossing {wrong[0]} does not join {a} and {b}"
        if message:
            yield at(
                study,
                "capacity_direction",
                message,
                "capacity",
                i,
                "from_country",
                "from and to of the crossing, or both blank",
            )
