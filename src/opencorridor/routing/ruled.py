"""All that the rules of a study forbid to one shipment on a day, put into the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from opencorridor.network import Graph
from opencorridor.routing.asking import Cargo
from opencorridor.routing.labels import Rows
from opencorridor.routing.masks import Shut
from opencorridor.routing.rules import Ban, TradeBan, bans_of, season_shut
from opencorridor.routing.tariffs import restriction_shut, trade_bans
from opencorridor.routing.wanted import Wanted
from opencorridor.study import Table

__all__ = ["NO_RULES", "Rules", "ruled", "rules_of"]


@dataclass(frozen=True, eq=False)
class Rules:
    """What the rules of a study forbid to a cargo and truck on a date.

    Attributes
    ----------
    bans
        Rules for the cargo and bans of the truck.
    trade
        Restrictions that name an exporter or importer.
    shut
        Restrictions of places, and services out of season.
    """

    bans: tuple[Ban, ...] = ()
    trade: tuple[TradeBan, ...] = ()
    shut: tuple[Shut, ...] = ()

    def between(self, origin: str, destination: str) -> tuple[Ban, ...]:
        """Return all bans of trips between two countries."""
        hit = (one.ban for one in self.trade if one.concerns(origin, destination))
        return (*self.bans, *hit)


NO_RULES = Rules()


def rules_of(
    graph: Graph,
    rows: Rows,
    tables: Mapping[str, Table],
    cargo: Cargo,
    date: str,
    date_given: bool,
    vehicle: str = "",
) -> Rules:
    """Return what forbids arcs of a whole or reduced graph to a cargo and truck on a date.

    Parameters
    ----------
    graph, rows
        The graph, and the tables' rows that its arcs refer to.
    tables
        ``rules.TABLES``, timetable and restriction of the study, by name.
    date_given
        Without a date the question is that of a year, which meets all seasons.
    vehicle
        Country in which a truck is registered; blank: none that a rule names.
    """
    link_id = rows.link_id
    restriction, class_id = tables["restriction"], cargo.class_id
    seasons = season_shut(graph, link_id, tables["timetable"], date) if date_given else ()
    return Rules(
        bans_of(graph, rows, tables, cargo, vehicle, date),
        trade_bans(graph, link_id, restriction, class_id, date),
        (*restriction_shut(graph, link_id, restriction, class_id, date), *seasons),
    )


def ruled(wanted: Wanted, rules: Rules, trade: tuple[str, str]) -> Wanted:
    """Return a question with all that rules forbid to trips between two countries."""
    return replace(wanted, bans=rules.between(*trade), shut=rules.shut)
