"""The network side of the shipped study: places, links, borders, ports, rates."""

from __future__ import annotations

from pathlib import Path

from data.common import Tables
from data.network.access import access, without_double_doors
from data.network.borders import crossings, dwell
from data.network.capacity import capacities
from data.network.context import Build
from data.network.documents import documents
from data.network.ferries import ferries
from data.network.fleets import fleets
from data.network.hours import hours
from data.network.land import land
from data.network.places import aliases, countries, zones
from data.network.ports import gauges, inland, ports
from data.network.rates import rates
from data.network.restrictions import restrictions
from data.network.sea import sea
from data.network.sources import register
from data.network.speeds import emissions, speeds
from data.network.tariffs import tariffs

__all__ = ["tables"]

# The order is that of the description of the joins: links, borders, gauges, access, hours.
STEPS = (
    countries,
    zones,
    land,
    sea,
    access,
    crossings,
    ports,
    gauges,
    inland,
    ferries,
    hours,
    without_double_doors,
    dwell,
    capacities,
    fleets,
    restrictions,
    rates,
    tariffs,
    documents,
    speeds,
    emissions,
    aliases,
)


def tables(source: Path) -> Tables:
    """Every table of the network side; parts of a table are named ``link/rail``."""
    build = Build(source)
    register(build.sources)
    for step in STEPS:
        step(build)
    build.tables["source/network"] = build.sources.rows()
    return build.tables
