"""Routes of tables, results, promises, measures, saved scenarios and downloads."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import ValidationError

from opencorridor.operations.workbench import (
    downloads,
    measure_list,
    promises,
    results,
    saved,
    tables,
    views,
)
from opencorridor.operations.workbench.downloads import File, Format
from opencorridor.operations.workbench.pages import MOST_ROWS, Ask
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models import (
    Measures,
    Promises,
    ResultInfo,
    Rows,
    SavedScenario,
    SavedScenarios,
    SaveScenario,
    SourceItem,
    StoredView,
    Tables,
    View,
)

__all__ = ["router"]

router = APIRouter()

_LARGEST = 2**31 - 1
Name = Annotated[str, Path(max_length=120)]
Offset = Annotated[int, Query(ge=0, le=_LARGEST)]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]
Words = Annotated[str, Query(max_length=200)]
Sort = Annotated[str, Query(max_length=61)]
Form = Annotated[Format, Query(alias="format")]

_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {
            media: {"schema": {"type": "string", "format": "binary"}}
            for media in downloads.MEDIA_TYPES.values()
        },
    }
}
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The report", "content": {"text/html": {"schema": {"type": "string"}}}}
}


def _handed_out(file: File) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


# --- study --------------------------------------------------------------------------------------


@router.get("/measures", tags=["scenarios"])
def measures(study: StudyName) -> Measures:
    """Return every measure of the study; effects are those of the last run."""
    session = session_of(study)
    found = measure_list.measure_list(session.study, session.last_run())
    return Measures.model_validate(found)


@router.get("/promises", tags=["promises"])
def promises_of_study(study: StudyName) -> Promises:
    """Return agreements and commitments; effects are those of the last run."""
    session = session_of(study)
    return Promises.model_validate(promises.promises(session.study, session.last_run()))


@router.get("/sources", tags=["tables"])
def sources(study: StudyName) -> list[SourceItem]:
    """Return the sources of the study, those that most rows rest on first."""
    found = tables.sources(session_of(study).study)
    return [SourceItem.model_validate(item) for item in found]


@router.get("/tables", tags=["tables"])
def list_tables(study: StudyName) -> Tables:
    """Return the tables of the study with columns, licences and shares by status."""
    return Tables.model_validate(tables.list_tables(session_of(study).study))


@router.get("/tables/{name}", tags=["tables"])
def table_rows(
    study: StudyName,
    name: Name,
    offset: Offset = 0,
    limit: Limit = 100,
    q: Words = "",
    sort: Sort = "",
) -> Rows:
    """Return part of a table: ``q`` filters texts, ``sort`` is a column or ``-column``."""
    ask = Ask(offset, limit, q, sort)
    return Rows.model_validate(tables.rows(session_of(study).study, name, ask))


@router.get("/tables/{name}/download", tags=["tables"], response_class=Response, responses=_FILE)
def table_file(study: StudyName, name: Name, form: Form = "csv") -> Response:
    """Return a whole table as CSV or XLSX."""
    return _handed_out(downloads.study_table(session_of(study).study, name, form))


@router.get("/study/download", tags=["tables"], response_class=Response, responses=_FILE)
def study_file(study: StudyName) -> Response:
    """Return the study as a zip that can be opened again."""
    return _handed_out(downloads.study_zip(session_of(study).study))


# --- results ------------------------------------------------------------------------------------


@router.get("/results/{result_id}", tags=["results"])
def result(study: StudyName, result_id: Name) -> ResultInfo:
    """Return the numbers of a stored run and its tables."""
    found = results.find(session_of(study).study, result_id)
    return ResultInfo.model_validate(results.info(found))


@router.get("/results/{result_id}/tables/{name}", tags=["results"])
def result_rows(
    study: StudyName,
    result_id: Name,
    name: Name,
    offset: Offset = 0,
    limit: Limit = 100,
    q: Words = "",
    sort: Sort = "",
) -> Rows:
    """Return part of a table of a stored run."""
    found = results.find(session_of(study).study, result_id)
    return Rows.model_validate(results.rows(found, name, Ask(offset, limit, q, sort)))


@router.get(
    "/results/{result_id}/tables/{name}/download",
    tags=["results"],
    response_class=Response,
    responses=_FILE,
)
def result_file(study: StudyName, result_id: Name, name: Name, form: Form = "csv") -> Response:
    """Return a table of a stored run as CSV or XLSX."""
    opened = session_of(study).study
    stored = results.find(opened, result_id)
    return _handed_out(downloads.result_table(opened, stored, name, form))


@router.get(
    "/results/{result_id}/report", tags=["results"], response_class=Response, responses=_PAGE
)
def result_report(study: StudyName, result_id: Name) -> Response:
    """Return the report of a stored run as a page."""
    text = results.report(results.find(session_of(study).study, result_id))
    return Response(text, media_type="text/html; charset=utf-8")


# --- what users keep ----------------------------------------------------------------------------


def _valid(note: dict[str, Any]) -> SavedScenario | None:
    """Return a saved scenario; None for one that another version wrote in another shape."""
    try:
        return SavedScenario.model_validate(note)
    except ValidationError:
        return None


@router.get("/scenarios", tags=["scenarios"])
def saved_scenarios(study: StudyName) -> SavedScenarios:
    """Return the saved scenarios, the newest first."""
    found = [_valid(note) for note in saved.list_saved(session_of(study).study)]
    return SavedScenarios(scenarios=[item for item in found if item is not None])


@router.post("/scenarios", tags=["scenarios"])
def save_scenario(study: StudyName, body: SaveScenario) -> SavedScenario:
    """Save a scenario under a name; the same changes saved again get the new name."""
    spec = body.spec.model_dump(mode="json")
    return SavedScenario.model_validate(saved.save(session_of(study).study, body.name, spec))


@router.get("/scenarios/{scenario_id}", tags=["scenarios"])
def saved_scenario(study: StudyName, scenario_id: Name) -> SavedScenario:
    """Return a saved scenario."""
    found = _valid(saved.one_saved(session_of(study).study, scenario_id))
    if found is None:
        raise saved.unknown(scenario_id)
    return found


@router.delete("/scenarios/{scenario_id}", tags=["scenarios"], status_code=204)
def delete_scenario(study: StudyName, scenario_id: Name) -> None:
    """Delete a saved scenario."""
    saved.delete(session_of(study).study, scenario_id)


@router.post("/views", tags=["views"])
def store_view(study: StudyName, body: View) -> StoredView:
    """Store the state of a page; the same state has the same id."""
    opened = session_of(study).study
    return StoredView.model_validate(views.store_view(opened.id, body.state))


@router.get("/views/{view_id}", tags=["views"])
def stored_view(study: StudyName, view_id: Name) -> StoredView:
    """Return a stored state of a page."""
    return StoredView.model_validate(views.one_view(session_of(study).study.id, view_id))
