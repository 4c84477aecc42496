"""The study, places, layers of the map, routes, cards and scenarios."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response

from opencorridor.operations import workbench
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models import (
    NodeItem,
    Nodes,
    PlaceCard,
    Places,
    Quotation,
    QuotationAsk,
    RouteAnswer,
    RouteAsk,
    ScenarioCheck,
    ScenarioResult,
    ScenarioSpec,
    StudyInfo,
)

__all__ = ["router"]

router = APIRouter()

LayerName = Literal["base", "network", "crossings", "zones", "ports", "flows"]
CardKind = Literal["border_crossing", "terminal", "link"]
LinkMode = Literal["rail", "road", "sea", "inland_water"]
_GEOJSON = "application/geo+json"
_LAYER_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "A GeoJSON FeatureCollection.", "content": {_GEOJSON: {}}},
    304: {"description": "The layer is as the client has it."},
}


@router.get("/study", tags=["study"])
def get_study(study: StudyName) -> StudyInfo:
    """Return what every page needs to know of the study."""
    return StudyInfo.model_validate(workbench.study_info.study_info(session_of(study).study))


@router.get("/places", tags=["study"])
def find_places(
    study: StudyName,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 12,
) -> Places:
    """Return places by name in any recorded language, UN/LOCODE, id or ``lat,lon``, best first."""
    return Places.model_validate(workbench.places.search(session_of(study).study, q, limit))


def _same(etag: str, asked: str | None) -> bool:
    """Whether a client that sends ``If-None-Match`` has the layer already."""
    if asked is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    return "*" in tags or etag in tags


@router.get("/map/{layer}", tags=["map"], response_class=Response, responses=_LAYER_ANSWERS)
def get_layer(
    study: StudyName,
    request: Request,
    layer: LayerName,
    if_none_match: Annotated[str | None, Header(max_length=500)] = None,
) -> Response:
    """Return a layer of the map."""
    found = workbench.layers.layer(session_of(study), layer)
    etag = f'"{found.etag}"'
    # Asked again each time and answered by 304: a new run shows at once.
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if _same(etag, if_none_match):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.gzipped, media_type=_GEOJSON, headers=headers)
    return Response(found.plain, media_type=_GEOJSON, headers=headers)


@router.post("/routes", tags=["routes"])
def find_routes(study: StudyName, ask: RouteAsk) -> RouteAnswer:
    """Return the best route and others that none beats, or why there is none."""
    query = workbench.routes.RouteQuery.of(ask.model_dump())
    return RouteAnswer.model_validate(workbench.routes.find(session_of(study), query))


@router.post("/routes/quotation", tags=["routes"])
def quote_route(study: StudyName, body: QuotationAsk) -> Quotation:
    """Return the numbers of a quotation for a route of an answer."""
    query = workbench.routes.RouteQuery.of(body.ask.model_dump())
    return Quotation.model_validate(
        workbench.quotation.quotation(session_of(study), query, body.route_id or "")
    )


@router.get("/nodes", tags=["map"])
def find_nodes(
    study: StudyName,
    mode: LinkMode,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> Nodes:
    """Return the nodes of a mode nearest to a place: ends of a new link."""
    found = workbench.new_links.nodes_near(session_of(study).study, mode, lon, lat, limit)
    return Nodes.model_validate(found)


@router.get("/nodes/{node_id:path}", tags=["map"])
def get_node(study: StudyName, node_id: Annotated[str, Path(max_length=200)]) -> NodeItem:
    """Return a node: an end of a link."""
    return NodeItem.model_validate(workbench.new_links.node_item(session_of(study).study, node_id))


@router.get("/cards/{kind}/{place_id:path}", tags=["map"])
def get_card(
    study: StudyName, kind: CardKind, place_id: Annotated[str, Path(max_length=200)]
) -> PlaceCard:
    """Return the card of a crossing, terminal or link."""
    return PlaceCard.model_validate(workbench.cards.place_card(session_of(study), kind, place_id))


@router.post("/scenarios/check", tags=["scenarios"])
def check_scenario(study: StudyName, spec: ScenarioSpec) -> ScenarioCheck:
    """Say whether a scenario can be solved, and what is in the way."""
    session, body, solve = session_of(study), spec.model_dump(), workbench.solve
    found = {**solve.check(session.study, body), "needs_run": solve.needs_run(session, body)}
    return ScenarioCheck.model_validate(found)


@router.post("/scenarios/solve", tags=["scenarios"])
def solve_scenario(study: StudyName, spec: ScenarioSpec) -> ScenarioResult:
    """Solve a scenario on the kept model; a job searches ways for all goods anew."""
    return ScenarioResult.model_validate(
        workbench.solve.solve(session_of(study), spec.model_dump())
    )
