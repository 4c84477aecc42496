"""Mean waits for a place to open, and the services of ferries and trains, by arc."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from opencorridor.network import BORDER, Graph
from opencorridor.network.hours import OpeningHours
from opencorridor.network.opening import valid_on
from opencorridor.study import Study
from opencorridor.study.calendar import Holidays, in_season

__all__ = ["door_key", "opening_waits", "season_shares", "service_rows"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


def opening_waits(graph: Graph, study: Study, date: str) -> tuple[Ints, Floats, Floats]:
    """Return the charged arcs at places with opening hours, mean and spread of their wait, hours.

    The wait of an arrival that is uniform over the week (see
    :func:`opencorridor.network.hours.wait_moments_h`); 0 where the stay of the place was observed
    with the wait inside (``in_stay``). A trip with a known departure waits as the clock says
    instead.

    Parameters
    ----------
    graph, study
        The graph of this study.
    date
        ISO 8601; picks the rows of opening_hours that are valid.
    """
    table = study["opening_hours"]
    if not table.n:
        return np.empty(0, np.int32), np.empty(0), np.empty(0)
    hours = OpeningHours(table, Holidays(study["holiday"]))
    arcs: list[int] = []
    waits: list[tuple[float, float]] = []
    n = graph.n_crossings
    known = [hours.knows("border_crossing", name) for name in graph.places[:n]]
    known += [hours.knows("terminal", name) for name in graph.places[n:]]
    # The last entry is that of arcs without a place.
    at_door = np.array([*known, False])[graph.place] & graph.charged
    for arc in np.flatnonzero(at_door).tolist():
        door = hours.door(*door_key(graph, arc))
        wait = (0.0, 0.0) if door.in_stay(date) else door.wait_h(date)
        if wait[0] > 0:
            arcs.append(arc)
            waits.append(wait)
    both = np.array(waits).reshape(-1, 2)
    return np.array(arcs, np.int32), both[:, 0].copy(), both[:, 1].copy()


def door_key(graph: Graph, arc: int) -> tuple[str, str, str, str]:
    """Return kind, id, country left and country entered of the place that an arc passes."""
    place = int(graph.place[arc])
    kind = "border_crossing" if place < graph.n_crossings else "terminal"
    ends = (graph.node_country[graph.tail[arc]], graph.node_country[graph.head[arc]])
    a, b = (graph.countries[c] if c >= 0 else "" for c in ends)
    return kind, graph.places[place], a, b


def service_rows(graph: Graph, study: Study, date: str) -> tuple[Ints, Ints, Floats, list[str]]:
    """Return pairs of arc and timetable row, the share of each pair, and what was assumed.

    A link without a valid row keeps its last one. Costs are those of a year: a row counts with
    its share of the days of the year on which any service of the link runs, so that the rows of
    two seasons do not add up as two services would. (A trip with a known departure takes the
    season of its day.)
    """
    t = study["timetable"]
    valid = valid_on(t, date)
    by_link: dict[str, list[int]] = {}
    for i, ids in enumerate(t["link_ids"]):
        for link in ids.split(";"):
            by_link.setdefault(link, []).append(i)
    notes = []
    rows_of: dict[str, list[tuple[int, float]]] = {}
    for link, rows in by_link.items():
        held = [i for i in rows if valid[i]]
        if not held:
            held = [max(rows, key=lambda i: t["valid_to"][i])]
            notes.append(
                f"timetable row {held[0] + 2}: none of link {link} valid on {date}; it is used, "
                "assumed"
            )
        seasons = [(t["season_from"][i], t["season_to"][i]) for i in held]
        rows_of[link] = list(zip(held, season_shares(seasons), strict=True))
    arcs: list[int] = []
    found: list[int] = []
    shares: list[float] = []
    ids = study["link"]["link_id"]
    with_service = np.fromiter(map(rows_of.__contains__, ids.tolist()), bool, len(ids))
    on_link = np.flatnonzero(graph.kind <= BORDER)
    for arc in on_link[with_service[graph.ref[on_link]]].tolist():
        for row, share in rows_of[ids[graph.ref[arc]]]:
            arcs.append(arc)
            found.append(row)
            shares.append(share)
    return np.array(arcs, np.int32), np.array(found, np.int32), np.array(shares), notes


def season_shares(seasons: Sequence[tuple[str, str]]) -> list[float]:
    """Return each season's days over the days of the year on which any of them runs.

    Parameters
    ----------
    seasons
        (first day, last day) as ``MM-DD``; blank: all year.
    """
    if not any(a or b for a, b in seasons):
        return [1.0] * len(seasons)
    first = dt.date(2023, 1, 1)
    year = [(first + dt.timedelta(days=n)).isoformat() for n in range(365)]
    runs = np.array([[in_season(a, b, day) for day in year] for a, b in seasons])
    days = int(runs.any(axis=0).sum())
    return [float(n) / days if days else 1.0 for n in runs.sum(axis=1)]
