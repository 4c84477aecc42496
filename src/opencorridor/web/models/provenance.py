"""Numbers that no table holds: of a comparison of scenarios, and of a route."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In
from opencorridor.web.models.routes import RouteAsk
from opencorridor.web.models.scenarios import ScenarioSpec


class ScenarioSide(In):
    """A scenario of a comparison; ``full`` is the result of its job, with ways searched anew."""

    spec: ScenarioSpec
    full: bool = False


class ScenarioNumber(In):
    """A number of a comparison; a side that is left out is the baseline of the other.

    ``key`` is an indicator of ``scenario``, or the capacity of a place of ``scenario_places``.
    """

    a: ScenarioSide | None = None
    b: ScenarioSide | None = None
    table: Literal["scenario", "scenario_places"]
    key: Id
    column: Literal["a", "b", "difference", "wait_a", "wait_b"]


LegCount = Annotated[int, Field(ge=0, le=10_000)]
Progress = Literal["done", "on_track", "at_risk", "overdue", "not_started", "no_data"]
"""Statuses of promises on a page."""


class RouteNumber(In):
    """A number of a route that an ask finds, of one of its legs, or the sum so far.

    ``leg`` counts from 0; ``first_legs`` asks for the sum over that many legs, 0 at the start.
    Without both it is the whole route.
    """

    ask: RouteAsk
    route_id: Id
    leg: LegCount | None = None
    first_legs: LegCount | None = None
    column: Literal["time_h", "spread_h", "cost_usd_per_t", "co2_kg_per_t", "distance_km",
                    "cost_usd", "co2_kg", "cost_usd_per_unit", "moving_h", "dwell_h", "p50_h",
                    "p95_h", "return_usd_per_unit"]  # fmt: skip


Amount = Annotated[float, Field(ge=-1e15, le=1e15)]


class RowCount(In):
    """A number of rows of a table, or with ``share`` their share of all its rows.

    ``table`` blank: all tables of the study that have the column. ``column`` and ``value`` pick
    rows; blank counts all.
    """

    table: Annotated[str, Field(max_length=120)] = ""
    result_id: Id | None = None
    column: Annotated[str, Field(max_length=120)] = ""
    value: Annotated[str, Field(max_length=120)] = ""
    share: bool = False


class LayerNumber(In):
    """A number of items of a layer of the map, or the mean stay of one of its crossings.

    ``mode`` picks links of the network; ``at_least`` and ``below`` crossings by hours, ``missing``
    those without hours; ``stay`` asks for the hours of one.
    """

    layer: Literal["network", "flows", "crossings", "zones", "ports"]
    mode: Literal["", "rail", "road", "sea", "ferry", "inland_water", "pipeline"] = ""
    at_least: Amount | None = None
    below: Amount | None = None
    missing: bool = False
    stay: Id | None = None


class LinkCount(In):
    """How many links differ by an amount between two scenarios, as of a ``ScenarioNumber``."""

    a: ScenarioSide | None = None
    b: ScenarioSide | None = None
    above: Amount | None = None
    at_most: Amount | None = None


class CutNumber(In):
    """A number of a cut of a solved scenario, which one of its capacities names."""

    side: ScenarioSide
    capacity_id: Annotated[str, Field(max_length=200)]
    column: Literal["bound_t", "stranded_t"]


class RouteFact(In):
    """A number of an answer about routes that no leg holds.

    ``at`` counts legs of the schedule, or ways that would open one, from 0.
    """

    ask: RouteAsk
    route_id: Id
    fact: Literal["front_size", "front_listed", "gauge_changes", "opening_km", "schedule_h",
                  "schedule_waited_h", "difference_time_h", "difference_cost_usd_per_t",
                  "difference_co2_kg_per_t"]  # fmt: skip
    at: LegCount | None = None
