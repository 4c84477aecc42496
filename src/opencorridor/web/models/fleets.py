"""Fleets: how busy they are, what more units would move, and empties."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In, Names, Out
from opencorridor.web.models.places import Sourced

FleetColumn = Literal[
    "count", "unit_days", "used_unit_days", "utilisation_share", "needed", "t_per_year",
    "loads_per_day", "trip_days", "wait_h", "usd_per_unit_day", "trade_usd", "baseline_usd",
    "fleets_t_per_year",
    "baseline_fleets_t_per_year", "rerouted_t_per_year", "extra_hours_t_h", "extra_cost_usd",
    "stranded_t", "trade_change_usd", "fleets_change_t",
    "loaded_per_year", "loaded_per_day", "empty_per_year", "empty_km_share", "stuck_per_year",
    "loaded_out", "loaded_in", "left_over", "empty_share", "units_per_year", "mean_km",
]  # fmt: skip
"""Numbers of a fleet, of what units added to fleets do, and of empties."""
FleetTable = Literal["fleets", "after", "effect", "units", "balance", "crossings", "returns"]
"""Tables of the view of fleets."""


class Fleet(Out):
    """A fleet: cells of the study by column, and what its goods take of it in a state.

    ``needed`` units would just do; ``usd_per_unit_day`` is what the goods lose by the wait.
    """

    fleet_id: str
    names: Names
    unit: str
    owner: str
    owner_country: str
    location: str
    note: str
    cells: dict[str, Sourced]
    count: float
    unit_days: float
    used_unit_days: float
    utilisation_share: float | None
    needed: float | None
    t_per_year: float
    loads_per_day: float
    trip_days: float | None
    wait_h: float
    usd_per_unit_day: float


class FleetUnits(In):
    """Units to add to a fleet, or, negative, to take away."""

    fleet_id: Id
    units: Annotated[float, Field(ge=-1e9, le=1e9)]


class FleetsAsk(In):
    """Units to add to fleets."""

    add: Annotated[list[FleetUnits], Field(max_length=100)]


class FleetAdded(Out):
    """Units added to a fleet."""

    fleet_id: str
    units: float


class FleetEffect(Out):
    """What the units added do: trade of the pair, goods in fleets, hours and costs of goods."""

    trade_usd: float
    baseline_usd: float
    trade_change_usd: float
    pair_t_per_year: float
    baseline_pair_t_per_year: float
    fleets_t_per_year: float
    baseline_fleets_t_per_year: float
    fleets_change_t: float
    rerouted_t_per_year: float
    extra_hours_t_h: float
    extra_cost_usd: float
    stranded_t: float
    gap: float
    seconds: float


class Fleets(Out):
    """Fleets at the baseline and, where units were added, with them."""

    price_basis: str
    fleets: list[Fleet]
    add: list[FleetAdded]
    after: list[Fleet] | None
    effect: FleetEffect | None


class UnitRow(Out):
    """A kind of unit: loaded and empty trips a year, and the share of kilometres run empty."""

    unit: str
    loaded_per_year: float
    loaded_per_day: float
    empty_per_year: float
    loaded_unit_km: float
    empty_unit_km: float
    empty_km_share: float | None
    stuck_per_year: float


class BalanceRow(Out):
    """Loaded units that start and end in a country; what is left over goes back empty."""

    unit: str
    country_id: str
    names: Names
    loaded_out: float
    loaded_in: float
    left_over: float


class CrossingUnits(Out):
    """Units over a crossing in one direction, loaded and empty."""

    unit: str
    border_crossing_id: str
    names: Names
    from_country: str
    to_country: str
    loaded_per_year: float
    empty_per_year: float
    empty_share: float


class ReturnRow(Out):
    """Empties that go back from one country to another."""

    unit: str
    from_country: str
    from_names: Names
    to_country: str
    to_names: Names
    units_per_year: float
    mean_km: float


class Empties(Out):
    """Units that goods ride in at the baseline, and their empties."""

    working_days: float
    units: list[UnitRow]
    balance: list[BalanceRow]
    crossings: list[CrossingUnits]
    returns: list[ReturnRow]


class FleetNumber(In):
    """A number of the view of fleets: its table, the key of its row, and its column."""

    table: FleetTable
    key: Id
    column: FleetColumn
    add: Annotated[list[FleetUnits], Field(max_length=100)]
