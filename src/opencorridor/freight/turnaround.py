"""What the units of a fleet carry: days, trips and tonnes, as formulas on arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from opencorridor.study import Table

__all__ = [
    "days_to_t",
    "fleet_capacity_t",
    "loads_per_day",
    "trip_days",
    "unit_days",
    "units_needed",
    "use_per_tonne",
]

Floats = NDArray[np.float64]


def unit_days(
    count: Floats, working_days: Floats, reserve_share: Floats, elsewhere_share: Floats
) -> Floats:
    """Return the days a year that units have for the goods of the model."""
    days: Floats = count * working_days * (1.0 - reserve_share) * (1.0 - elsewhere_share)
    return days


def trip_days(way_days: Floats, empty_return_share: Floats, terminal_days: Floats) -> Floats:
    """Return the days from one loading to the next of a trip with so many days under way."""
    days: Floats = way_days * (1.0 + empty_return_share) + terminal_days
    return days


def use_per_tonne(days: Floats, payload_t: Floats, carried_share: Floats) -> Floats:
    """Return the unit-days that a tonne takes, the share carried by others taken off."""
    use: Floats = days * carried_share / payload_t
    return use


def loads_per_day(
    tonnes_per_year: Floats, payload_t: Floats, working_days: Floats | float
) -> Floats:
    """Return the loads a working day that carry a yearly tonnage."""
    loads: Floats = tonnes_per_year / payload_t / working_days
    return loads


def units_needed(loads: Floats, turnaround_days: Floats, reserve_share: Floats) -> Floats:
    """Return the units for so many loads a day: loads x turnaround / (1 - reserve)."""
    units: Floats = loads * turnaround_days / (1.0 - reserve_share)
    return units


def days_to_t(table: Table) -> Floats:
    """Return the tonnes a year for which a unit-day stands, by row of table ``fleet``."""
    days: Floats = table["payload_t"] / table["turnaround_days"]
    return days


def fleet_capacity_t(table: Table) -> Floats:
    """Return what each fleet carries a year at its turnaround, t, by row of table ``fleet``."""
    days = unit_days(*(table[c] for c in (
        "count", "working_days", "reserve_share", "elsewhere_share")))  # fmt: skip
    return days * days_to_t(table)
