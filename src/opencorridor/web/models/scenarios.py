"""Scenarios, and the measures that they are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In, Out, Status
from opencorridor.web.models.errors import ProblemItem
from opencorridor.web.models.routes import Edit


class MeasureChoice(In):
    """A candidate measure that is switched on.

    ``effect`` picks low, mode or high of its edits, or lies between: −1 is low, 0 mode, 1 high.
    """

    measure_id: Id
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    effect: Literal["low", "mode", "high"] | Annotated[float, Field(ge=-1, le=1)] = "mode"


class ScenarioSpec(In):
    """What a scenario changes. The same spec has the same ``scenario_id`` on one study.

    ``closed_weeks``: how long the closed places stay shut, null a year; all else acts all year.
    """

    measures: Annotated[list[MeasureChoice], Field(max_length=100)] = Field(default_factory=list)
    edits: Annotated[list[Edit], Field(max_length=50)] = Field(default_factory=list)
    closed: Annotated[list[Id], Field(max_length=40)] = Field(default_factory=list)
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    loop: bool = True
    closed_weeks: Annotated[float, Field(gt=0, le=52)] | None = None


class Indicator(Out):
    """One row of a comparison; ``unit`` as on screen."""

    key: str
    label: str
    unit: str
    a: float | None
    b: float | None
    difference: float | None


class PlaceLoad(Out):
    """A capacity-limited place: load and wait beside the baseline."""

    capacity_id: str
    name: str
    place_ids: list[str]
    capacity_t_per_year: float | None
    load_t_per_year: float
    baseline_load_t_per_year: float
    wait_h: float
    baseline_wait_h: float
    stranded_t: float


class LinkLoad(Out):
    """Load of a link beside the baseline; ``t_forward`` goes along the link's drawn line."""

    link_id: str
    t_per_year: float
    t_forward: float
    t_backward: float
    baseline_t_per_year: float


class ClosureEffect(Out):
    """What places that shut do: ``passed_t`` is of a year, sums are over the weeks.

    ``extra_h`` is the mean a tonne on another way; ``held_usd`` is the extra cost if no wait
    changed, ``relief`` the place whose goods save most hours.
    """

    passed_t: float
    rerouted_t: float
    extra_t_h: float
    extra_h: float | None
    extra_usd: float
    held_usd: float
    no_way_t: float
    stuck_t: float
    stranded_t: float
    lost_usd: float
    lost_pair_usd: float
    damage_usd: float
    bottleneck_id: str
    bottleneck: str
    bottleneck_wait_h: float
    bottleneck_rise_h: float
    bottleneck_new: bool
    relief_id: str
    relief: str
    relief_wait_h: float
    relief_fall_h: float


class ScenarioClosure(ClosureEffect):
    """What the closed places do over their weeks, beside the same scenario with them open."""

    weeks: float


class ScenarioCut(Out):
    """Places that together let less through than must pass one of them, in tonnes a year.

    ``bound_t`` has no way round all of them, ``stranded_t`` is what no wait lets through.
    """

    capacity_ids: list[str]
    names: list[str]
    bound_t: float
    stranded_t: float


class ScenarioResult(Out):
    """A solved scenario beside the baseline; money in constant US$ of ``price_year``.

    Closed places are shut all year in everything but ``closure``, which is over their weeks.

    Before congestion all waits stay as they were; null where the loop is left open.
    """

    scenario_id: str
    study_hash: str
    spec: ScenarioSpec
    year: int
    price_basis: str
    trade_usd: float
    a_to_b_usd: float
    b_to_a_usd: float
    baseline_usd: float
    baseline_a_to_b_usd: float
    baseline_b_to_a_usd: float
    pair_t_per_year: float
    baseline_pair_t_per_year: float
    extra_hours_t_h: float
    extra_cost_usd: float
    rerouted_t_per_year: float
    stranded_t: float
    before_congestion_usd: float | None
    taken_back_usd: float | None
    taken_back_share: float | None
    gap: float
    cost_change: float | None
    iterations: int
    closure: ScenarioClosure | None
    cuts: list[ScenarioCut]
    places: list[PlaceLoad]
    links: list[LinkLoad]
    seconds: float


class ScenarioCheck(Out):
    """Conflicts and missing prerequisites of a choice, in words, by measure.

    ``needs_run``: it adds links that no run has drawn into a network yet.
    """

    ok: bool
    needs_run: bool
    problems: list[ProblemItem]


class SavedScenario(Out):
    """A scenario kept by name; ``same_study`` tells whether the study changed since."""

    scenario_id: str
    name: str
    saved_at: str
    study_hash: str
    same_study: bool
    spec: ScenarioSpec


class SaveScenario(In):
    """A scenario to keep, by name."""

    name: Annotated[str, Field(min_length=1, max_length=300)]
    spec: ScenarioSpec


class SavedScenarios(Out):
    """Scenarios that were kept, newest first."""

    scenarios: list[SavedScenario]


class EffectBand(Out):
    """The one banded edit of a measure: its value at the weak end, the mode and the strong end."""

    table: str
    column: str
    op: str
    unit: str
    weak: float
    mode: float
    strong: float


class MeasureItem(Out):
    """A measure of the study; ``alone_usd`` and rank come from the last run, where there is one.

    ``row`` is its row of the study's table ``measure``; ``result_row`` that of the run's table
    ``measures``. ``bands`` counts its edits with a band, ``band`` is that of the only one.
    ``unpriced`` are places on which it lets a share pass that have no capacity to share.
    """

    measure_id: str
    row: int
    result_id: str | None
    result_row: int | None
    title: str
    kind: str
    role: str
    countries: list[str]
    expressed: bool
    not_expressed: str
    edits: int
    bands: int
    band: EffectBand | None
    unpriced: list[str]
    touches: list[str]
    capex_usd: float | None
    capex_low_usd: float | None
    capex_high_usd: float | None
    cost_status: Status | None
    lead_time_months: float | None
    effect_date: str
    planned_year: int | None
    prerequisites: list[str]
    excludes: list[str]
    prerequisite_text: str
    commitment_ids: list[str]
    alone_usd: float | None
    rank: int | None
    in_plan: bool
    reason: str
    source_id: str
    status: Status | None


class Measures(Out):
    """Measures of the study."""

    measures: list[MeasureItem]
