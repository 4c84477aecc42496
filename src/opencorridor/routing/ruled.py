"""All that the rules of a study forbid to one shipment on a day, put into the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from opencorridor.network import Graph
from opencorridor.routing.asking import Cargo
from opencorridor.routing.labels import Labels
from opencorridor.routing.routes import Wanted
from opencorridor.routing.rules import bans_of, season_shut
from opencorridor.routing.tariffs import restriction_bans, restriction_shut
from opencorridor.study import Table

__all__ = ["ruled"]


def ruled(
    wanted: Wanted,
    graph: Graph,
    labels: Labels,
    tables: Mapping[str, Table],
    cargo: Cargo,
    date: str,
    date_given: bool,
    trade: tuple[str, str],
    vehicle: str = "",
) -> Wanted:
    """Return a question with all that the study's rules forbid to a cargo and truck on a date.

    Parameters
    ----------
    tables
        ``rules.TABLES``, timetable and restriction of the study, by name.
    date_given
        Without a date the question is that of a year, which meets all seasons.
    trade
        Countries of origin and destination.
    """
    restriction = tables["restriction"]
    seasons = season_shut(graph, labels, tables["timetable"], date) if date_given else ()
    return replace(
        wanted,
        bans=(
            *bans_of(graph, labels, tables, cargo, vehicle, date),
            *restriction_bans(graph, labels, restriction, cargo.class_id, trade, date),
        ),
        shut=(*restriction_shut(graph, labels, restriction, cargo.class_id, date), *seasons),
    )
