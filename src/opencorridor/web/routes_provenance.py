"""Where numbers come from: cells of the study, of runs and plans, of scenarios, of routes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from opencorridor.operations import workbench
from opencorridor.operations.workbench import results
from opencorridor.operations.workbench.results import Stored
from opencorridor.operations.workbench.session import session_of
from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.web.context import Manager, StudyName
from opencorridor.web.jobs import JobManager
from opencorridor.web.models import (
    CutNumber,
    LayerNumber,
    LinkCount,
    Progress,
    Provenance,
    RouteFact,
    RouteNumber,
    RowCount,
    ScenarioNumber,
    ScenarioParams,
    ScenarioSide,
)

__all__ = ["router"]

router = APIRouter(tags=["tables"])

_LARGEST = 2**31 - 1


def _missing(names: list[str]) -> OpenCorridorError:
    return OpenCorridorError(
        [
            Problem(
                "missing",
                "is missing",
                column=name,
                expected="table, row and column, or result_id and summary",
            )
            for name in names
        ]
    )


def _stored(study: str, jobs: JobManager, result_id: str) -> Stored:
    """Return a stored run, or what a roadmap job found as if it were one."""
    opened = session_of(study).study
    plan = jobs.found(result_id)
    if plan is None or "decomposition" not in plan:
        return results.find(opened, result_id)
    found: Stored = workbench.provenance.of_plan(opened, plan)
    return found


@router.get("/provenance")
def provenance_of(
    study: StudyName,
    jobs: Manager,
    table: Annotated[str, Query(max_length=120)] = "",
    row: Annotated[int | None, Query(ge=0, le=_LARGEST)] = None,
    column: Annotated[str, Query(max_length=120)] = "",
    key: Annotated[str, Query(max_length=120)] = "",
    crossing: Annotated[str, Query(max_length=120)] = "",
    result_id: Annotated[str, Query(max_length=120)] = "",
    summary: Annotated[str, Query(max_length=200)] = "",
) -> Provenance:
    """Return where a number comes from: of a study table, of a run's table or of its summary.

    ``result_id`` names a stored run or what a roadmap job found; ``key``, an id of the table,
    stands for ``row``. ``crossing`` asks for the load of a border crossing in a run.
    """
    opened = session_of(study).study
    stored = _stored(study, jobs, result_id) if result_id else None
    if summary:
        if stored is None:
            raise _missing(["result_id"])
        return Provenance.model_validate(workbench.provenance.of_summary(opened, stored, summary))
    if crossing and stored is not None and column:
        found = workbench.provenance.of_crossing(opened, stored, crossing, column)
        return Provenance.model_validate(found)
    if table and key and row is None:
        row = workbench.provenance.row_named(opened, stored, table, key)
    if not table or row is None or not column:
        given = {"table": bool(table), "row": row is not None, "column": bool(column)}
        raise _missing([name for name, there in given.items() if not there])
    if stored is None:
        return Provenance.model_validate(workbench.provenance.of_study(opened, table, row, column))
    found = workbench.provenance.of_result(opened, stored, table, row, column)
    return Provenance.model_validate(found)


def _solved(study: str, jobs: JobManager, side: ScenarioSide | None) -> dict[str, Any] | None:
    """Return the result of a side: that of its job, or solved on the kept model."""
    if side is None:
        return None
    if not side.full:
        return workbench.solve.solve(session_of(study), side.spec.model_dump())
    params = ScenarioParams(kind="scenario", spec=side.spec).model_dump(mode="json")
    _, found = jobs.result(jobs.place.job_id(params))
    return found


@router.get("/provenance/commitments")
def provenance_of_a_count(
    study: StudyName,
    progress: Annotated[Progress | None, Query()] = None,
    group: Annotated[str, Query(max_length=120)] = "",
) -> Provenance:
    """Return where the number of commitments of a status, or of a group of sides, comes from."""
    opened = session_of(study).study
    found = workbench.counts.of_commitments(opened, progress or "", group)
    return Provenance.model_validate(found)


@router.post("/provenance/scenario")
def provenance_of_scenario(study: StudyName, jobs: Manager, body: ScenarioNumber) -> Provenance:
    """Return where a number of a comparison of scenarios comes from."""
    a, b = (_solved(study, jobs, side) for side in (body.a, body.b))
    asked = workbench.scenario_provenance.Asked(a, b, body.table, body.key, body.column)
    return Provenance.model_validate(
        workbench.scenario_provenance.of_comparison(session_of(study).study, asked)
    )


@router.post("/provenance/route")
def provenance_of_route(study: StudyName, body: RouteNumber) -> Provenance:
    """Return where a number of a route, or of one of its legs, comes from."""
    query = workbench.routes.RouteQuery.of(body.ask.model_dump())
    found = workbench.quote_provenance.of_number(
        session_of(study), query, body.route_id, body.leg, body.column, body.first_legs
    )
    return Provenance.model_validate(found)


@router.post("/provenance/rows")
def provenance_of_rows(study: StudyName, body: RowCount) -> Provenance:
    """Return where a number of rows of a table, or their share of all, comes from."""
    opened = session_of(study).study
    stored = results.find(opened, body.result_id) if body.result_id else None
    fields = body.model_dump(exclude={"result_id"})
    return Provenance.model_validate(workbench.counts.of_rows(opened, stored, **fields))


@router.post("/provenance/layer")
def provenance_of_layer(study: StudyName, body: LayerNumber) -> Provenance:
    """Return where a number of the map's legend or of its summary comes from."""
    session = session_of(study)
    if body.stay:
        return Provenance.model_validate(workbench.layer_counts.of_stay(session, body.stay))
    found = workbench.layer_counts.of_layer(
        session, body.layer, body.mode, body.at_least, body.below, body.missing
    )
    return Provenance.model_validate(found)


@router.post("/provenance/links")
def provenance_of_links(study: StudyName, jobs: Manager, body: LinkCount) -> Provenance:
    """Return where the number of links comes from that differ between two scenarios."""
    a, b = (_solved(study, jobs, side) for side in (body.a, body.b))
    found = workbench.scenario_provenance.of_links(
        session_of(study).study, a, b, body.above, body.at_most
    )
    return Provenance.model_validate(found)


@router.post("/provenance/cut")
def provenance_of_cut(study: StudyName, jobs: Manager, body: CutNumber) -> Provenance:
    """Return where a number of places that together stop goods comes from."""
    found = _solved(study, jobs, body.side) or {}
    return Provenance.model_validate(
        workbench.scenario_provenance.of_cut(
            session_of(study).study, found, body.capacity_id, body.column
        )
    )


@router.post("/provenance/route-fact")
def provenance_of_route_fact(study: StudyName, body: RouteFact) -> Provenance:
    """Return where a number of an answer about routes comes from that no leg holds."""
    query = workbench.routes.RouteQuery.of(body.ask.model_dump())
    found = workbench.route_facts.of_fact(
        session_of(study), query, body.route_id, body.fact, body.at
    )
    return Provenance.model_validate(found)
