"""Trade of a pair: potential, shortfall, levers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from opencorridor import operations
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models.trade import TradeLevers, TradeLeversAsk, TradePotential

__all__ = ["router"]

router = APIRouter(prefix="/trade", tags=["trade"])

ShortText = Annotated[str | None, Query(max_length=100)]


@router.get("/potential")
def trade_potential(
    study: StudyName, a: ShortText = None, b: ShortText = None, book: ShortText = None
) -> TradePotential:
    """Return what a pair could trade, why it falls short, its goods, its books and its levers.

    With ``book`` what is traded is as that book has it.
    """
    found = operations.potential.potential(session_of(study), a, b, book)
    return TradePotential.model_validate(found.as_dict())


@router.post("/levers")
def trade_levers(study: StudyName, ask: TradeLeversAsk) -> TradeLevers:
    """Return what levers do to a pair, in general equilibrium."""
    pair = (ask.pair[0], ask.pair[1]) if ask.pair else None
    values = tuple((one.lever_id, one.value) for one in ask.levers)
    asked = operations.levers.LeversAsk(pair, values, ask.year)
    found = operations.levers.turn(session_of(study), asked)
    return TradeLevers.model_validate(found.as_dict())
