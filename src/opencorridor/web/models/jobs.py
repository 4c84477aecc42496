"""Jobs: work that takes longer than an answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from opencorridor.web.models.base import In, Out
from opencorridor.web.models.errors import ProblemDetail
from opencorridor.web.models.scenarios import ScenarioSpec


class RunParams(In):
    """A run of the study; ``draws`` 0 leaves out the band."""

    kind: Literal["run"]
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    draws: Annotated[int, Field(ge=0, le=2000)] | None = None
    budget_usd: Annotated[float, Field(ge=0, le=1e13)] | None = None
    loop: bool = True


class ScenarioParams(In):
    """A scenario, solved with new routes for everything that it changes."""

    kind: Literal["scenario"]
    spec: ScenarioSpec


MeasureId = Annotated[str, Field(min_length=1, max_length=64)]
PlanYear = Annotated[int, Field(ge=1900, le=2200)]


class RoadmapParams(In):
    """A roadmap to a target, in US$ of the target's year or of the year ``prices``.

    ``not_before`` holds measures back to a year, ``exclude`` leaves measures out;
    ``probability_share`` asks whether so many of the draws reach the target, and needs ``draws``.
    """

    kind: Literal["roadmap"]
    target_usd: Annotated[float, Field(ge=0, le=1e15)] | None = None
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    budget_usd: Annotated[float, Field(ge=0, le=1e13)] | None = None
    prices: Annotated[str, Field(pattern=r"^(current|\d{4})$")] = "current"
    draws: Annotated[int, Field(ge=0, le=2000)] = 0
    not_before: dict[MeasureId, PlanYear] = Field(default_factory=dict, max_length=500)
    exclude: list[MeasureId] = Field(default_factory=list, max_length=500)
    probability_share: Annotated[float, Field(gt=0, le=1)] | None = None


class ClosuresParams(In):
    """All crossings (or terminals), each shut alone, or letting half through."""

    kind: Literal["closures"]
    halve: bool = False
    fixed_trade: bool = False
    place_kind: Literal["crossing", "terminal"] = "crossing"


JobParams = Annotated[
    RunParams | ScenarioParams | RoadmapParams | ClosuresParams, Field(discriminator="kind")
]


class JobAsk(In):
    """Work to be queued."""

    params: JobParams


JobState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]


class Job(Out):
    """``result_id`` names the result once the job is done; ``problem`` says why it failed."""

    job_id: str
    kind: Literal["run", "scenario", "roadmap", "closures"]
    params: dict[str, Any]
    state: JobState
    step: str
    done: int
    total: int
    elapsed_s: float
    remaining_s: float | None
    queue_position: int | None
    created_at: str
    finished_at: str | None
    result_id: str | None
    problem: ProblemDetail | None


class Jobs(Out):
    """Jobs, newest first."""

    jobs: list[Job]
