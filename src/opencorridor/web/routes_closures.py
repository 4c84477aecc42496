"""Closures of crossings and terminals: the list, one of them, and where its numbers come from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from opencorridor import operations
from opencorridor.operations import workbench
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models.closures import (
    ClosureDetail,
    ClosureKind,
    ClosureNumber,
    Closures,
)
from opencorridor.web.models.tables import Provenance

__all__ = ["router"]

router = APIRouter(tags=["freight"])

Weeks = Annotated[float, Query(gt=0, le=52, description="Weeks that a place stays shut.")]
PlaceId = Annotated[str, Path(max_length=120, description="Crossing, terminal or link.")]


@router.get("/freight/closures")
def closures(
    study: StudyName,
    weeks: Weeks = 52.0,
    halve: bool = False,
    fixed_trade: bool = False,
    kind: ClosureKind = "crossing",
) -> Closures:
    """Return the list of closures, if a job has computed it (``kind`` ``closures``)."""
    opened = session_of(study).study
    request = operations.freight_closures.ClosuresRequest(study, weeks, halve, fixed_trade, kind)
    return Closures.model_validate(operations.freight_closures.kept_list(opened, request))


@router.get("/freight/closures/{place}")
def one_closure(
    study: StudyName,
    place: PlaceId,
    weeks: Weeks = 52.0,
    halve: bool = False,
    fixed_trade: bool = False,
) -> ClosureDetail:
    """Solve the closure of one place, with the places with a capacity before and after."""
    request = operations.freight_closures.ClosuresRequest(study, weeks, halve, fixed_trade)
    found = operations.freight_closures.closure(session_of(study), place, request)
    return ClosureDetail.model_validate(found)


@router.post("/provenance/closure")
def provenance_of_closure(study: StudyName, body: ClosureNumber) -> Provenance:
    """Return where a number of a closure comes from."""
    request = operations.freight_closures.ClosuresRequest(
        study, body.weeks, body.halve, body.fixed_trade, body.kind
    )
    asked = workbench.closure_provenance.Asked(
        body.place, body.column, body.capacity, request, body.listed
    )
    return Provenance.model_validate(
        workbench.closure_provenance.of_number(session_of(study), asked)
    )
