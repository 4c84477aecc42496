"""Places where freight passes, and where their numbers come from."""

from __future__ import annotations

from fastapi import APIRouter

from opencorridor.operations import workbench
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models import Provenance
from opencorridor.web.models.freight_places import CapacityNames, FreightPlaces, PlaceNumber

__all__ = ["router"]

router = APIRouter(tags=["freight"])


@router.get("/freight/capacities")
def name_capacities(study: StudyName) -> CapacityNames:
    """Return what names the capacities of the study, in all its languages."""
    return CapacityNames.model_validate(workbench.place_view.capacities(session_of(study).study))


@router.get("/freight/places")
def find_freight_places(study: StudyName) -> FreightPlaces:
    """Return what binds, use by month, and modelled against observed tonnages."""
    return FreightPlaces.model_validate(workbench.place_view.places(session_of(study)))


@router.post("/provenance/places")
def provenance_of_freight_place(study: StudyName, body: PlaceNumber) -> Provenance:
    """Return where a number of an answer about places comes from."""
    found = workbench.place_view.of_place(session_of(study), body.table, body.key, body.column)
    return Provenance.model_validate(found)
