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
                    "p95_h"]  # fmt: skip
