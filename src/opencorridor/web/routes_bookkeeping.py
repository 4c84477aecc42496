"""Trade of a pair as several books have it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from opencorridor.operations import bookkeeping
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import StudyName
from opencorridor.web.models.base import Id
from opencorridor.web.models.bookkeeping import Bookkeeping

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
    found = bookkeeping.compare(session_of(study).study, a, b, year)
    return Bookkeeping.model_validate(found)
