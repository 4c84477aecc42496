"""Trade of a pair as several books have it, and where the numbers of a pair come from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from opencorridor import operations
from opencorridor.operations import workbench
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models import Provenance
from opencorridor.web.models.base import Id
from opencorridor.web.models.bookkeeping import Bookkeeping, TradeNumber

__all__ = ["router"]

router = APIRouter(tags=["trade"])


@router.get("/trade/bookkeeping")
def compare_books(
    study: StudyName,
    a: Id | None = None,
    b: Id | None = None,
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
) -> Bookkeeping:
    """Return trade of a pair in one year as several books have it, and why they differ.

    Without ``a`` and ``b`` it is the study's pair; without ``year`` the one with most books.
    """
    found = operations.bookkeeping.compare(session_of(study).study, a, b, year)
    return Bookkeeping.model_validate(found)


@router.post("/provenance/trade")
def provenance_of_trade(study: StudyName, body: TradeNumber) -> Provenance:
    """Return where a number of a pair's potential, levers or books comes from."""
    asked = workbench.trade_provenance.Asked(
        of=body.of,
        a=body.a,
        b=body.b,
        path=body.path,
        year=body.year,
        book=body.book,
        levers=tuple((lever.lever_id, lever.value) for lever in body.levers),
    )
    found = workbench.trade_provenance.of_number(session_of(study), asked)
    return Provenance.model_validate(found)
