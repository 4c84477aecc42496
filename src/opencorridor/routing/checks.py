"""Checks that routing needs: zones that are cut off, rules and means that disagree."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from opencorridor.network import Graph, build
from opencorridor.network.departures import Departures
from opencorridor.routing.driver import DrivingRules
from opencorridor.study import Problem, Study
from opencorridor.study.calendar import Holidays
from opencorridor.study.check import at, check
from opencorridor.study.errors import OpenCorridorError

__all__ = ["cut_off_zones", "driving_mean", "headway_mean", "zone_disconnected"]

_APART = 0.25  # share by which a mean and its rule may differ before it is told


def cut_off_zones(graph: Graph) -> list[int]:
    """Return the positions in ``graph.zone_id`` of zones without a way to and from the others.

    Zones that lie together in the largest strongly connected part over open arcs are connected.
    """
    if len(graph.zone_id) < 2:
        return []
    tail, head = graph.tail[graph.open], graph.head[graph.open]
    links = csr_matrix(
        (np.ones(len(tail), np.int8), (tail, head)), shape=(graph.n_nodes, graph.n_nodes)
    )
    _, part = connected_components(links, directed=True, connection="strong")
    mine = part[graph.zone_node]
    number = np.bincount(mine)
    most = int(number.argmax())
    lone = np.ones(len(mine), bool) if number[most] < 2 else mine != most
    return [int(i) for i in np.flatnonzero(lone)]


@check("zone_disconnected", "zone")
def zone_disconnected(study: Study) -> Iterator[Problem]:
    """Check that every zone has an open way to and from the other zones."""
    try:
        graph = build(study)
    except OpenCorridorError:
        return  # references that lead nowhere are reported by their own checks
    for i in cut_off_zones(graph):
        name = study["zone"]["name_en"][i]
        yield at(
            study,
            "zone_disconnected",
            f"zone {graph.zone_id[i]} ({name}) has no open way to and from the other zones",
            "zone",
            i,
            "zone_id",
            "a way by at least one mode and cargo",
            "add an access or a link; skims take --allow-disconnected",
        )


@check("driving_mean", "speed")
def driving_mean(study: Study) -> Iterator[Problem]:
    """Check that hours of movement a day agree with the driving rule of a country (notice).

    Costs of a year take the mean of table speed, trips by the clock the rule: a quarter apart,
    and the two answers differ for no reason that a reader sees.
    """
    rules = DrivingRules(study["driving_rule"])
    t = study["speed"]
    for i in np.flatnonzero(t["mode"] == "road").tolist():
        rule = rules.find(t["country_id"][i], study.settings.baseline_date)
        mean = float(t["moving_h_per_day"][i])
        if rule is None or not t["country_id"][i]:
            continue
        if abs(mean / rule.moving_h_per_day - 1.0) > _APART:
            message = (
                f"{mean:g} hours of movement a day, {rule.moving_h_per_day:.1f} by driving rule "
                f"{rule.rule_id}"
            )
            yield at(study, "driving_mean", message, "speed", i, "moving_h_per_day",
                     f"about {rule.moving_h_per_day:.1f}", severity="notice")  # fmt: skip


@check("headway_mean", "timetable")
def headway_mean(study: Study) -> Iterator[Problem]:
    """Check that a headway agrees with the departures dated for its service (notice)."""
    departures, t = study["departure"], study["timetable"]
    try:
        week = Departures(departures, t, Holidays(study["holiday"])).per_week(
            study.settings.baseline_date
        )
    except OpenCorridorError:
        return  # times and services that cannot be read are reported by their own checks
    for i in range(t.n):
        number = week.get(t["timetable_id"][i], 0.0)
        if number and abs(t["headway_h"][i] * number / 168.0 - 1.0) > _APART:
            message = f"{number:g} departures a week are {168.0 / number:.1f} h apart on average"
            yield at(study, "headway_mean", message, "timetable", i, "headway_h",
                     f"about {168.0 / number:.1f}", severity="notice")  # fmt: skip
