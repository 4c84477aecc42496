"""Fleets, what more units would move, empties, and where the numbers come from."""

from __future__ import annotations

from fastapi import APIRouter

from opencorridor import operations
from opencorridor.operations import workbench
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models.fleets import Empties, FleetNumber, Fleets, FleetsAsk
from opencorridor.web.models.tables import Provenance

__all__ = ["router"]

router = APIRouter(tags=["freight"])


@router.get("/freight/fleets")
def fleets(study: StudyName) -> Fleets:
    """Return the fleets of the study: what they carry and how busy they are."""
    return Fleets.model_validate(operations.freight_fleets.fleets(session_of(study)).as_dict())


@router.post("/freight/fleets")
def fleets_with(study: StudyName, ask: FleetsAsk) -> Fleets:
    """Solve the state with units added to fleets, or taken away."""
    add = {one.fleet_id: one.units for one in ask.add}
    return Fleets.model_validate(operations.freight_fleets.adding(session_of(study), add).as_dict())


@router.get("/freight/empties")
def empties(study: StudyName) -> Empties:
    """Return the units that goods ride in, and where their empties go."""
    return Empties.model_validate(operations.freight_empties.empties(session_of(study)).as_dict())


@router.post("/provenance/fleet")
def provenance_of_fleet(study: StudyName, body: FleetNumber) -> Provenance:
    """Return where a number of the view of fleets comes from."""
    asked = workbench.fleet_provenance.Asked(
        body.table, body.key, body.column, tuple((one.fleet_id, one.units) for one in body.add)
    )
    return Provenance.model_validate(workbench.fleet_provenance.of_number(session_of(study), asked))
