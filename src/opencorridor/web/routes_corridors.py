"""Corridors side by side, how far from here, and where their numbers come from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response

from opencorridor.operations import corridor_files, workbench
from opencorridor.operations.workbench.downloads import MEDIA_TYPES
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models import Provenance
from opencorridor.web.models.corridors import (
    CorridorNumber,
    Corridors,
    Reach,
    ReachAsk,
    ReachNumber,
    ZonesNumber,
)
from opencorridor.web.models.routes import RouteAsk

__all__ = ["router"]

router = APIRouter(tags=["routes"])

_BOOK: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The workbook",
        "content": {MEDIA_TYPES["xlsx"]: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/corridors")
def compare_corridors(study: StudyName, ask: RouteAsk) -> Corridors:
    """Return the corridors of a pair side by side: hours, money, CO2e and TFI1 to TFI4."""
    query = workbench.routes.RouteQuery.of(ask.model_dump())
    return Corridors.model_validate(workbench.corridors.compare(session_of(study), query))


@router.post("/corridors/workbook", response_class=Response, responses=_BOOK)
def corridor_workbook(study: StudyName, ask: RouteAsk) -> Response:
    """Return the corridors of a pair as XLSX: tables, and both charts drawn by the spreadsheet."""
    session = session_of(study)
    query = workbench.routes.RouteQuery.of(ask.model_dump())
    answer = workbench.corridors.compare(session, query)
    content = corridor_files.corridor_file(session.study, answer, ".xlsx")
    name = f"oc_{session.study.id}_corridors_{datetime.now(UTC):%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES["xlsx"], headers=headers)


@router.post("/reach")
def find_reach(study: StudyName, ask: ReachAsk) -> Reach:
    """Return hours, US$ and CO2e per tonne from a place to every zone, or why there is no way."""
    query = workbench.reach.ReachQuery.of(ask.model_dump())
    return Reach.model_validate(workbench.reach.find(session_of(study), query))


@router.post("/provenance/corridor")
def provenance_of_corridor(study: StudyName, body: CorridorNumber) -> Provenance:
    """Return where an indicator of a corridor comes from."""
    query = workbench.routes.RouteQuery.of(body.ask.model_dump())
    found = workbench.corridor_provenance.of_indicator(
        session_of(study), query, body.route_id, body.mode or "", body.indicator
    )
    return Provenance.model_validate(found)


@router.post("/provenance/reach")
def provenance_of_reach(study: StudyName, body: ReachNumber) -> Provenance:
    """Return where a number of a reach map comes from: that of the best route to the zone."""
    query = workbench.reach.ReachQuery.of(body.ask.model_dump())
    found = workbench.corridor_provenance.of_reach(
        session_of(study), query, body.zone_id, body.column
    )
    return Provenance.model_validate(found)


@router.post("/provenance/zones")
def provenance_of_zones(study: StudyName, body: ZonesNumber) -> Provenance:
    """Return where a number of all zones of a reach map comes from."""
    query = workbench.reach.ReachQuery.of(body.ask.model_dump())
    found = workbench.corridor_provenance.of_zones(
        session_of(study), query, body.column, body.of, body.at_least, body.below
    )
    return Provenance.model_validate(found)
