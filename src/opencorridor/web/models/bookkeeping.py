"""Trade of a pair as several books have it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In, Out, Status

Reason = Literal["calendar", "coverage", "goods", "same_book", "model", "model_set"]


class Account(Out):
    """Trade of a pair in a year of one book; ``rows`` of ``table`` add up to it."""

    account_id: str
    bookkeeping: str
    period: str
    period_start: str
    period_end: str
    calendar: str
    goods: str
    a_to_b_usd_current: float | None
    b_to_a_usd_current: float | None
    value_usd_current: float | None
    tonnes: float | None
    reporter: str
    source: str
    status: Status
    table: Literal["trade_series", "trade_flow"]
    rows: list[int]


class Difference(Out):
    """A part of what separates two accounts; without dollars where it cannot be told in them."""

    from_account: str
    to_account: str
    usd_current: float | None
    reason: Reason
    notes: list[str]


class MissingBook(Out):
    """A book that has nothing for the year."""

    bookkeeping: str
    nearest_year: int


class BookYear(Out):
    """A year and the books that have it."""

    year: int
    bookkeepings: list[str]


class ReportedRow(Out):
    """A report as it stands in ``trade_series``."""

    bookkeeping: str
    period: str
    calendar: str
    exporter: str
    importer: str
    value_usd_current: float | None
    tonnes: float | None
    reporter: str
    note: str
    source: str
    row: int


class Bookkeeping(Out):
    """Accounts of a pair for a year side by side; differences are from the first to each other."""

    pair: tuple[str, str]
    year: int
    years: list[BookYear]
    accounts: list[Account]
    difference: list[Difference]
    missing: list[MissingBook]
    rows: list[ReportedRow]


class MovedLever(In):
    """A lever and the value that it is moved to."""

    lever_id: Id
    value: float


class TradeNumber(In):
    """A number of an answer about a pair's trade, by its path: ``sectors.3.gap_usd_current``."""

    of: Literal["potential", "levers", "bookkeeping"]
    a: Id
    b: Id
    year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    book: Annotated[str, Field(max_length=100)] | None = None
    levers: Annotated[list[MovedLever], Field(max_length=40)] = Field(default_factory=list)
    path: Annotated[str, Field(min_length=1, max_length=200)]
