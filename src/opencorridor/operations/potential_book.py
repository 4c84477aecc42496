"""Which book says what is traded: the study's own, or another one, set against the potential."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from opencorridor.operations.bookkeeping import MODEL, Account, accounts_of, moved, set_to
from opencorridor.operations.potential_answer import (
    BookChoice,
    BookPart,
    Potential,
    SectorPotential,
    Step,
)
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.errors import suggest

__all__ = ["books_of", "in_book"]


def books_of(study: Study, pair: tuple[str, str], year: int) -> tuple[BookChoice, ...]:
    """Return the books of a pair, each with its year nearest to ``year``; the study's own first.

    What separates a book from the study is told in parts: first how far the trade of the report
    that the study is set to differs between the two spans, then what the books count differently.
    """
    known = accounts_of(study, pair)
    own = next((one for one in known if one.bookkeeping == MODEL), None)
    if own is None:
        return ()
    told = [one for one in known if one.bookkeeping != MODEL and np.isfinite(one.total)]
    base = next((one for one in told if set_to(one, own)), None)
    nearest: dict[str, Account] = {}
    for one in sorted(told, key=lambda one: (abs(one.year - year), -one.year, one is not base)):
        nearest.setdefault(one.bookkeeping, one)
    order = dict.fromkeys(one.bookkeeping for one in told)
    rest = [_choice(nearest[book], own, base, told) for book in order]
    return (_choice(own, own, base, told), *rest)


def _choice(one: Account, own: Account, base: Account | None, known: list[Account]) -> BookChoice:
    def amount(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    return BookChoice(
        book=one.bookkeeping,
        account_id="/".join(one.key),
        year=one.year,
        period_start=one.days[0],
        period_end=one.days[1],
        calendar=one.calendar,
        goods=one.goods,
        usd_current=float(one.total),
        a_to_b_usd_current=amount(one.a_to_b),
        b_to_a_usd_current=amount(one.b_to_a),
        source=one.source,
        parts=_parts(one, own, base, known),
    )


def _parts(
    one: Account, own: Account, base: Account | None, known: list[Account]
) -> tuple[BookPart, ...]:
    """Return what separates an account from the study's own, in parts."""
    gap = one.total - own.total
    if one is own:
        return ()
    if base is not None and one.key == base.key and one.days == base.days:
        return (BookPart("model_set", float(gap)),)
    first = base if base is not None else own
    parts, rest = [], one.total - first.total
    if one.days != first.days:
        then = moved(first, one, known) if base is not None else float("nan")
        if np.isfinite(then):
            parts.append(BookPart("other_year", float(then - first.total)))
            rest = one.total - then
        else:
            parts.append(BookPart("other_year", None))
    if one.bookkeeping == first.bookkeeping:
        reason = "same_book"
    else:
        reason = "goods" if one.goods != first.goods else "coverage"
    # Where the years cannot be told apart from what is counted, the sum stands on neither alone.
    together = bool(parts) and parts[0].usd_current is None
    parts.append(BookPart("together" if together else reason, float(rest)))
    return tuple(part for part in parts if part.usd_current != 0.0)


def in_book(found: Potential, book: str | None) -> Potential:
    """Return the answer with what is traded as a book has it; sectors as the study splits them.

    A book tells totals: each direction's, where it has them, else both directions' together. The
    study's sectors of the direction are scaled to it; the potential and its reasons stay, the part
    that is not explained takes the difference.

    Raises
    ------
    OpenCorridorError
        ``unknown_book`` with the books that there are.
    """
    if book is None or book == MODEL:
        return found
    one = next((choice for choice in found.books if choice.book == book), None)
    if one is None:
        known = [choice.book for choice in found.books]
        text, mend = f"there is no book {book} of this pair", suggest(book, known)
        raise OpenCorridorError(
            [Problem("unknown_book", text, column="book", value=book, mend=mend,
                     expected=", ".join(known) or "none: the pair has no reports")]
        )  # fmt: skip
    scale = _scales(found, one)
    sectors = tuple(_sector(row, scale[row.direction]) for row in found.sectors)
    goods = tuple(
        replace(
            row,
            actual_usd_current=row.actual_usd_current * scale[row.direction],
            actual_low=row.actual_low * scale[row.direction],
            actual_high=row.actual_high * scale[row.direction],
            gap_usd_current=row.potential_usd_current
            - row.actual_usd_current * scale[row.direction],
        )
        for row in found.goods
    )
    near = dict(found.comparable)
    if near["pair_share"] is not None:
        near["pair_share"] *= one.usd_current / found.actual_usd_current
        near["rank_share"] = None
    return replace(
        found,
        actual_usd_current=one.usd_current,
        sectors=tuple(sorted(sectors, key=lambda row: -row.gap_usd_current)),
        goods=tuple(sorted(goods, key=lambda row: -row.gap_usd_current)),
        waterfall=_steps(found.waterfall, one.usd_current - found.actual_usd_current),
        comparable=near,
        book=book,
    )


def _scales(found: Potential, one: BookChoice) -> dict[str, float]:
    """Return the book's trade over the study's by direction."""
    whole = one.usd_current / found.actual_usd_current if found.actual_usd_current > 0 else 0.0
    out = {}
    ways = {"a_to_b": one.a_to_b_usd_current, "b_to_a": one.b_to_a_usd_current}
    for way, value in ways.items():
        own = sum(row.actual_usd_current for row in found.sectors if row.direction == way)
        out[way] = whole if value is None or own <= 0 else value / own
    return out


def _sector(row: SectorPotential, scale: float) -> SectorPotential:
    actual = row.actual_usd_current * scale
    return replace(
        row,
        actual_usd_current=actual,
        gap_usd_current=row.potential_usd_current - actual,
        waterfall=_steps(row.waterfall, actual - row.actual_usd_current),
    )


def _steps(steps: tuple[Step, ...], more: float) -> tuple[Step, ...]:
    """Return the steps with ``more`` traded: it moves the last level and what is not explained."""
    return tuple(
        replace(
            step,
            value_usd_current=step.value_usd_current + more,
            low=step.low + more,
            high=step.high + more,
        )
        if step.step in ("actual", "not_explained")
        else step
        for step in steps
    )
