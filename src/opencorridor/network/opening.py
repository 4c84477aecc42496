"""Which arcs may be used on a date: operational state and restrictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network.graph import BORDER, TRANSSHIPMENT, Graph
from opencorridor.study import Study, Table
from opencorridor.study.calendar import in_season

__all__ = ["open_mask", "out_of_season", "valid_on"]

Bools = npt.NDArray[np.bool_]


def valid_on(table: Table, date: str) -> Bools:
    """Return the rows whose ``valid_from`` and ``valid_to`` (blank: no end) include ``date``."""
    start, end = table["valid_from"], table["valid_to"]
    return np.fromiter(
        ((not a or a <= date) and (not b or date <= b) for a, b in zip(start, end, strict=True)),
        dtype=bool,
        count=table.n,
    )


def out_of_season(timetable: Table, link_id: npt.NDArray[Any], date: str) -> Bools:
    """Return which of the links ``link_id`` have no service that runs in this season.

    Of a link with services that are valid on the date, at least one has to be in season.
    """
    t = timetable
    shut = np.zeros(len(link_id), bool)
    if not (t["season_from"] != "").any() and not (t["season_to"] != "").any():
        return shut
    runs: dict[str, bool] = {}
    for i in np.flatnonzero(valid_on(t, date)):
        on = in_season(t["season_from"][i], t["season_to"][i], date)
        for link in t["link_ids"][i].split(";"):
            runs[link] = runs.get(link, False) or on
    return np.fromiter((not runs.get(str(x), True) for x in link_id), bool, len(shut))


def _state(study: Study, graph: Graph, date: str) -> Bools:
    """Return the arcs whose own row, and whose border crossing, is in operation."""
    on = np.ones(graph.n_arcs, bool)
    links = graph.kind <= BORDER
    on[links] = (study["link"]["state"] == "open")[graph.ref[links]]
    gone = out_of_season(study["timetable"], study["link"]["link_id"], date)
    on[links] &= ~gone[graph.ref[links]]
    over = graph.kind == TRANSSHIPMENT
    on[over] = (study["transshipment"]["state"] == "open")[graph.ref[over]]
    crossing = np.append(study["border_crossing"]["state"] == "open", True)
    at = np.where((graph.place >= 0) & (graph.place < graph.n_crossings), graph.place, -1)
    return np.asarray(on & crossing[at])


def open_mask(study: Study, graph: Graph, date: str = "", class_id: str = "") -> Bools:
    """Return for every arc whether it may be used.

    An arc is shut where its link, transshipment or border crossing is not ``open``, where all
    services of its link are out of season, or where a restriction valid on the date allows
    nothing (``allowed_share`` 0). A restriction that lets a share pass leaves the arc open: it is
    a matter of capacity.

    Parameters
    ----------
    study, graph
        The graph, or a reduced one, of this study.
    date
        ISO 8601; blank: the study's ``baseline_date``.
    class_id
        Commodity class; restrictions of other classes do not count. Blank: only restrictions
        that hold for all classes count.

    Returns
    -------
    array of bool, shape A
    """
    date = date or study.settings.baseline_date
    on = _state(study, graph, date)
    rows = study["restriction"]
    active = valid_on(rows, date) & (rows["allowed_share"] <= 0.0)
    shut: dict[str, set[str]] = {"link": set(), "border_crossing": set(), "terminal": set()}
    for i in np.flatnonzero(active):
        classes = rows["class_ids"][i].split(";") if rows["class_ids"][i] else []
        if classes and class_id not in classes:
            continue
        if rows["place_kind"][i] in shut:
            shut[rows["place_kind"][i]].update(rows["place_ids"][i].split(";"))
    if shut["border_crossing"] or shut["terminal"]:
        n = graph.n_crossings
        closed = [p in shut["border_crossing"] for p in graph.places[:n]]
        closed += [p in shut["terminal"] for p in graph.places[n:]]
        on &= ~np.array([*closed, False])[graph.place]
    if shut["link"]:
        of_link = np.fromiter((x in shut["link"] for x in study["link"]["link_id"]), bool)
        links = graph.kind <= BORDER
        on[links] &= ~of_link[graph.ref[links]]
    return on
