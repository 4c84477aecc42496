"""Cells: links whose price per km is the same for every cargo, so that chains may be merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network.graph import LINK, Graph
from opencorridor.study import Study

__all__ = ["edit_keys", "keep_mask", "plain_cells"]

Bools = npt.NDArray[np.bool_]
# Attributes of a link that move its price, hours or CO2e per km.
_ALIKE = ("mode", "country_id", "area", "gauge_mm", "carries", "electrified")
_REFERRING = ("link_id", "link_ids", "place_ids")


def edit_keys(study: Study) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Yield table, op and key (column to values) of every measure edit."""
    t = study["measure_edit"]
    for table, op, key in zip(t["table"], t["op"], t["key"], strict=True):
        pairs = (part.partition("=") for part in key.split(";") if "=" in part)
        yield table, op, {c.strip(): [v.strip() for v in x.split(",")] for c, _, x in pairs}


def _named_links(study: Study) -> set[str]:
    """Return the ids of links that a rule, capacity, timetable, tariff, fleet or measure names."""
    found: set[str] = set()
    for table in ("restriction", "cargo_rule", "capacity"):
        rows = study[table]
        for kind, ids in zip(rows["place_kind"], rows["place_ids"], strict=True):
            if kind == "link":
                found.update(ids.split(";"))
    for table in ("timetable", "tariff_rail"):
        for ids in study[table]["link_ids"]:
            found.update(ids.split(";"))
    for ids in study["fleet"]["at_place_ids"]:
        found.update(ids.split(";"))
    for _, _, key in edit_keys(study):
        for column in _REFERRING:
            found.update(key.get(column, ()))
    return found


def _edited_in_part(study: Study) -> Bools:
    """Return the links that a measure may change while others of their cell stay as they are."""
    links = study["link"]
    touched = np.zeros(links.n, bool)
    for table, op, key in edit_keys(study):
        if table != "link" or op == "insert" or set(key) <= {*_ALIKE, "link_id"}:
            continue
        match = np.ones(links.n, bool)
        for column, values in key.items():
            if column in links.columns:
                match &= _among(links[column], values)
        touched |= match
    return touched


def _among(cells: npt.NDArray[Any], values: list[str]) -> Bools:
    """Return which cells a measure edit means by one of the values."""
    if cells.dtype == np.float64:
        known, inverse = np.unique(cells, return_inverse=True)
        return np.array([_text(float(x)) in values for x in known], bool)[inverse]
    return np.fromiter(map(set(values).__contains__, cells.tolist()), bool, len(cells))


def _numbers(cells: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return a number for every cell, the same for cells with the same text."""
    texts = [*map(str, cells.tolist())] if cells.dtype == np.float64 else cells.tolist()
    number = {text: n for n, text in enumerate(dict.fromkeys(texts))}
    return np.fromiter(map(number.__getitem__, texts), np.int64, len(texts))


def _text(value: object) -> str:
    """Return a cell as a key of a measure edit writes it: whole floats without ``.0``."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def plain_cells(study: Study, graph: Graph) -> npt.NDArray[np.int32]:
    """Return the cell of every arc (shape A), -1 where the arc must stay as it is.

    Plain is a two-way, open link inside one country or on open water that nothing else in the
    study points at: no border, no ferry, no timetable, capacity, restriction, cargo rule, passage,
    measure, and no speed band of its own (it would be drawn for itself).
    """
    t = study["link"]
    named = _named_links(study)
    rolls = {c: "wagon" in c or "truck" in c for c in set(t["carries"].tolist())}
    ferry = np.fromiter(map(rolls.__getitem__, t["carries"].tolist()), bool, t.n)
    special = (
        t.among("link_id", named)
        | (ferry & ((t["mode"] == "sea") | (t["mode"] == "inland_water")))
        | (t["oneway"] == "1")
        | (t["passage"] != "")
        | (t["border_crossing_id"] != "")
        | (t["pass_through"] != "")
        | np.isfinite(t["speed_low_km_per_h"])
        | np.isfinite(t["speed_high_km_per_h"])
        | _edited_in_part(study)
    )
    code = np.zeros(t.n, np.int64)
    for name in (*_ALIKE, "speed_km_per_h"):
        number = _numbers(t[name])
        _, code = np.unique(code * (number.max(initial=0) + 1) + number, return_inverse=True)
    # Cells are numbered by their first link.
    of_plain = np.flatnonzero(~special)
    _, first, code = np.unique(code[of_plain], return_index=True, return_inverse=True)
    row_cell = np.full(t.n, -1, np.int32)
    row_cell[of_plain] = np.argsort(np.argsort(first))[code]
    cell = np.full(graph.n_arcs, -1, np.int32)
    plain = np.flatnonzero((graph.kind == LINK) & graph.open & (graph.reverse >= 0))
    # A tariff layer has prices of its own, and opens and shuts as a whole.
    n_layer = int(graph.tariff.max(initial=-1)) + 2
    of_row = row_cell[graph.ref[plain]]
    cell[plain] = np.where(of_row < 0, -1, of_row * n_layer + graph.tariff[plain] + 1)
    return cell


def keep_mask(study: Study, graph: Graph) -> Bools:
    """Return the nodes (shape N) that a reduction must keep besides the ends of special arcs.

    Nodes that a measure joins something new to, and those that observations begin, end or pass at.
    """
    names: set[str] = set()
    for _, op, key in edit_keys(study):
        if op == "insert":
            for column in ("from_node_id", "to_node_id", "node_id"):
                names.update(key.get(column, ()))
    ends = study["observation_match"]
    names.update(ends["origin_id"])
    names.update(ends["destination_id"])
    names.update(via for cell in ends["via_ids"] for via in cell.split(";"))
    return np.isin(graph.node_id, list(names)) if names else np.zeros(graph.n_nodes, bool)
