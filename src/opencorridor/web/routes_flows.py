"""What moves over the network, whose goods pass a place, and where the numbers come from."""

from __future__ import annotations

from fastapi import APIRouter

from opencorridor import operations
from opencorridor.operations import workbench
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models import Provenance
from opencorridor.web.models.flows import FlowLinks, FlowMap, FlowNumber, FlowsAnswer, FlowsAsk

__all__ = ["router"]

router = APIRouter(tags=["freight"])

_MOST_PAIRS = 300


@router.post("/freight/flows")
def find_flows(study: StudyName, ask: FlowsAsk) -> FlowsAnswer:
    """Return what moves: by mode, country, pair, class and place, and chains over doors."""
    asked = operations.freight_flows.FlowsAsk.of(ask.model_dump())
    found = operations.freight_flows.flows(session_of(study), asked, _MOST_PAIRS)
    return FlowsAnswer.model_validate(found)


@router.post("/freight/flows/links")
def find_flows_on_links(study: StudyName, ask: FlowsAsk) -> FlowLinks:
    """Return what the goods that are asked for carry over every link."""
    asked = operations.freight_flows.FlowsAsk.of(ask.model_dump())
    links = operations.freight_flows.link_flows(session_of(study), asked)
    return FlowLinks.model_validate({"links": links})


@router.post("/freight/flows/map")
def find_flows_for_map(study: StudyName, ask: FlowsAsk) -> FlowMap:
    """Return the tonnes that the goods that are asked for put on every link."""
    asked = operations.freight_flows.FlowsAsk.of(ask.model_dump())
    return FlowMap.model_validate(
        {"links": operations.freight_flows.map_flows(session_of(study), asked)}
    )


@router.post("/provenance/flows")
def provenance_of_flow(study: StudyName, body: FlowNumber) -> Provenance:
    """Return where a number of what moves comes from."""
    of = operations.freight_flows.FlowsAsk.of
    found = workbench.flow_provenance.of_flow(
        session_of(study),
        of(body.ask.model_dump()),
        body.table,
        body.key,
        body.column,
        of(body.minus.model_dump()) if body.minus is not None else None,
    )
    return Provenance.model_validate(found)
