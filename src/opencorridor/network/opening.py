"""Which arcs may be used on a date: operational state and restrictions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network.graph import BORDER, TRANSSHIPMENT, Graph
from opencorridor.network.tariffs import layers_open
from opencorridor.study import Study, Table
from opencorridor.study.calendar import in_season

__all__ = ["open_mask", "out_of_season", "restricted_arcs", "valid_on"]

Bools = npt.NDArray[np.bool_]


def valid_on(table: Table, date: str) -> Bools:
    """Return the rows whose ``valid_from`` and ``valid_to`` (blank: no end) include ``date``."""
    start, end = table["valid_from"], table["valid_to"]
    begun, over = (start == "") | (start <= date), (end != "") & (end < date)
    return np.asarray(begun & ~over, dtype=bool)


def out_of_season(timetable: Table, link_id: npt.NDArray[Any], date: str) -> Bools:
    """Return which of the links ``link_id`` have no service that runs in this season.

    Of a link with services that are valid on the date, at least one has to be in season. It is
    asked for a trip on a day; flows of a year meet all seasons.
    """
    t = timetable
    if not (t["season_from"] != "").any() and not (t["season_to"] != "").any():
        return np.zeros(len(link_id), bool)
    runs: dict[str, bool] = {}
    for i in np.flatnonzero(valid_on(t, date)):
        on = in_season(t["season_from"][i], t["season_to"][i], date)
        for link in t["link_ids"][i].split(";"):
            runs[link] = runs.get(link, False) or on
    shut = [link for link, on in runs.items() if not on]
    return np.isin(link_id, shut) if shut else np.zeros(len(link_id), bool)


@lru_cache(maxsize=8)
def _open_links(links: Table) -> Bools:
    """Rows of the table ``link`` that are open; most variants of a study share the table."""
    on = np.asarray(links["state"] == "open", dtype=bool)
    on.flags.writeable = False
    return on


def _state(study: Study, graph: Graph, date: str) -> Bools:
    """Return the arcs whose own row holds on the date, and whose border crossing is open."""
    on = np.ones(graph.n_arcs, bool)
    links = graph.kind <= BORDER
    on[links] = _open_links(study["link"])[graph.ref[links]]
    over = graph.kind == TRANSSHIPMENT
    moved = study["transshipment"]
    on[over] = ((moved["state"] == "open") & valid_on(moved, date))[graph.ref[over]]
    crossing = np.append(study["border_crossing"]["state"] == "open", True)
    at = np.where((graph.place >= 0) & (graph.place < graph.n_crossings), graph.place, -1)
    return np.asarray(on & crossing[at])


def open_mask(
    study: Study,
    graph: Graph,
    date: str = "",
    class_id: str = "",
    *,
    trade: tuple[str, str] = ("", ""),
    layers: bool = True,
) -> Bools:
    """Return for every arc whether it may be used.

    An arc is shut where its link, transshipment or border crossing is not ``open``, where its
    transshipment or tariff layer does not hold on the date, or where a restriction valid on the
    date allows nothing
    (``allowed_share`` 0). A restriction that lets a share pass leaves the arc open: it is a
    matter of capacity. Seasons shut nothing here: skims and flows are those of a year (see
    ``out_of_season``).

    Parameters
    ----------
    study, graph
        The graph, or a reduced one, of this study.
    date
        ISO 8601; blank: the study's ``baseline_date``.
    class_id
        Commodity class; restrictions of other classes do not count. Blank: only restrictions
        that hold for all classes count.
    trade
        Countries of origin and destination; restrictions of places that name other exporters or
        importers do not count. Blank: only those that name none count.
    layers
        Shut tariff layers that do not hold on the date (for the class).

    Returns
    -------
    array of bool, shape A
    """
    date = date or study.settings.baseline_date
    on = _state(study, graph, date)
    rows = study["restriction"]
    for i in np.flatnonzero(valid_on(rows, date) & (rows["allowed_share"] <= 0.0)):
        if _concerns(rows, int(i), class_id, trade):
            on &= ~restricted_arcs(graph, study["link"]["link_id"], rows, int(i))
    return on & layers_open(study, graph, date, class_id) if layers else on


def _concerns(rows: Table, i: int, class_id: str, trade: tuple[str, str]) -> bool:
    """Return whether a restriction of a place holds for a class and a pair of countries."""
    classes = rows["class_ids"][i].split(";") if rows["class_ids"][i] else []
    if classes and class_id not in classes:
        return False
    named = rows["exporter"][i], rows["importer"][i]
    return all(not name or name == mine for name, mine in zip(named, trade, strict=True))


def restricted_arcs(graph: Graph, link_id: npt.NDArray[Any], rows: Table, i: int) -> Bools:
    """Return the arcs (A) that restriction ``i`` is about, in its direction.

    Parameters
    ----------
    graph
        Whole or reduced.
    link_id
        Column of the table ``link``.
    rows
        The table ``restriction``.
    """
    ids = set(rows["place_ids"][i].split(";"))
    kind, n = rows["place_kind"][i], graph.n_crossings
    arcs = np.zeros(graph.n_arcs, bool)
    if kind == "link":
        of_link = np.fromiter((str(x) in ids for x in link_id), bool, len(link_id))
        links = graph.kind <= BORDER
        arcs[links] = of_link[graph.ref[links]]
    elif kind in ("border_crossing", "terminal"):
        mine = [(p in ids) and ((k < n) == (kind == "border_crossing"))
                for k, p in enumerate(graph.places)]  # fmt: skip
        arcs = np.array([*mine, False])[graph.place]
    for column, node in (("from_country", graph.tail), ("to_country", graph.head)):
        if rows[column][i]:
            arcs = arcs & (graph.node_country[node] == graph.country_index(rows[column][i]))
    return arcs
