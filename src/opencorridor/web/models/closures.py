"""What each crossing or terminal is worth: closures, each place alone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In, Names, Out
from opencorridor.web.models.scenarios import ClosureEffect, PlaceLoad

ClosureKind = Literal["crossing", "terminal"]
"""What a list of closures is of."""
ClosureColumn = Literal[
    "passed_t", "rerouted_t", "extra_t_h", "extra_h", "extra_usd", "held_usd", "stranded_t",
    "lost_usd", "lost_pair_usd", "damage_usd", "bottleneck_wait_h", "bottleneck_rise_h",
    "relief_wait_h", "relief_fall_h", "load_t_per_year", "baseline_load_t_per_year", "wait_h",
    "baseline_wait_h",
]  # fmt: skip
"""Numbers of a closure, and of a place with a capacity while it lasts."""


class Closure(ClosureEffect):
    """A place that shuts, or lets half through, for the weeks of the answer.

    ``solved`` is false where nothing passes (all numbers are 0 then) and where no
    state was found, for which ``problem`` says why. ``capacity_known`` is false where what passes
    today stood for the capacity that is halved.
    """

    place_id: str
    name: str
    names: Names
    kind: Literal["crossing", "terminal", "link"]
    mode: str
    countries: list[str]
    lon: float | None
    lat: float | None
    state: str
    capacity_known: bool
    solved: bool
    problem: str


class ClosureDetail(Closure):
    """A closure with load and wait of places before and while it lasts, as of a year."""

    weeks: float
    halve: bool
    fixed_trade: bool
    price_basis: str
    places: list[PlaceLoad]


class Closures(Out):
    """Closures by damage, largest first; ``ready`` is false while no job has computed them."""

    ready: bool
    study_hash: str
    price_basis: str
    weeks: float
    halve: bool
    fixed_trade: bool
    kind: ClosureKind
    solved: int
    rows: list[Closure]


class ClosureNumber(In):
    """A number of a closure; ``capacity`` names a place with a capacity while it lasts.

    ``listed`` asks for the number as the list of all closures of a kind has it.
    """

    place: Id
    column: ClosureColumn
    weeks: Annotated[float, Field(gt=0, le=52)] = 52.0
    halve: bool = False
    fixed_trade: bool = False
    kind: ClosureKind = "crossing"
    listed: bool = False
    capacity: Id = ""
