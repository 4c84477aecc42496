"""Trade of a pair as several books have it: side by side, with the reasons for each difference.

A book is a country's statistics, an organisation's, or the model. Totals of the same year are
never averaged: each stands for itself, and what separates it from the first is said in parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from opencorridor.operations.trade_world import pair_of
from opencorridor.study import Study, Table
from opencorridor.trade.periods import over_period

__all__ = ["MODEL", "Account", "accounts_of", "compare", "moved", "set_to"]

MODEL = "model"
"""The book of the study's own trade matrix."""

Row = dict[str, Any]
Pair = tuple[str, str]
_TURNOVER = "TURNOVER"
# The model is set to a report where it is as near to it as this.
_SAME_SHARE = 0.005


@dataclass(frozen=True)
class Account:
    """Trade of a pair in a year of one book; amounts in current US$, NaN where not reported."""

    bookkeeping: str
    source: str
    period: str
    calendar: str
    year: int
    days: tuple[str, str]
    goods: str
    table: str
    rows: tuple[int, ...]
    a_to_b: float
    b_to_a: float
    total: float
    tonnes: float
    reporter: str

    @property
    def key(self) -> tuple[str, str]:
        """Book and page: one book may have said two things of the same year."""
        return self.bookkeeping, self.source


def _ends(exporter: str, importer: str, own: Pair) -> frozenset[str]:
    """Return the countries of a report; a turnover without names is that of the study's pair."""
    if not exporter.startswith(_TURNOVER):
        return frozenset((exporter, importer))
    named = exporter.removeprefix(_TURNOVER).strip().split("-") + importer.split(";")
    return frozenset(name for name in named if name) or frozenset(own)


def _sum(values: Sequence[float]) -> float:
    return float(np.sum(values)) if len(values) else float("nan")


def _account(table: Table, rows: list[int], pair: Pair) -> Account:
    """Return the account of reports of one book, source and year.

    Where both directions are reported, they are the account; else the turnover is.
    """
    ways = {w: [r for r in rows if (table["exporter"][r], table["importer"][r]) == w]
            for w in (pair, pair[::-1])}  # fmt: skip
    both = all(ways.values())
    used = [way[0] for way in ways.values()] if both else [
        r for r in rows if str(table["exporter"][r]).startswith(_TURNOVER)
    ][:1]  # fmt: skip
    first = used[0] if used else rows[0]
    value, tonnes = table["value_usd_current"], table["tonnes"]
    forth, back = (float(value[used[k]]) if both else float("nan") for k in (0, 1))
    return Account(
        bookkeeping=str(table["bookkeeping"][first]),
        source=str(table["source"][first]),
        period=str(table["period"][first]),
        calendar=str(table["calendar"][first]),
        year=int(table["year"][first]),
        days=(str(table["period_start"][first]), str(table["period_end"][first])),
        goods=";".join(sorted({str(table["goods"][r]) for r in used})),
        table="trade_series",
        rows=tuple(used),
        a_to_b=forth,
        b_to_a=back,
        total=_sum([float(value[r]) for r in used]),
        tonnes=_sum([float(tonnes[r]) for r in used]),
        reporter=str(table["reporter"][first]),
    )


def _model(study: Study, pair: Pair) -> list[Account]:
    """Return the account of the study's own matrix, of the baseline year."""
    table, year = study["trade_flow"], study.settings.baseline_year
    ways = [
        np.flatnonzero((table["exporter"] == a) & (table["importer"] == b))
        for a, b in (pair, pair[::-1])
    ]
    rows = tuple(int(r) for way in ways for r in way)
    if not rows:
        return []
    forth, back = (float(table["value_usd_current"][way].sum()) for way in ways)
    return [
        Account(
            MODEL, str(table["source"][rows[0]]), str(year), "gregorian", year,
            (f"{year}-01-01", f"{year}-12-31"), "all", "trade_flow", rows, forth, back,
            forth + back, float("nan"), MODEL,
        )
    ]  # fmt: skip


def accounts_of(study: Study, pair: Pair) -> list[Account]:
    """Return all accounts of a pair: books of its sides first, then others, the model last."""
    table = study["trade_series"]
    groups: dict[tuple[str, str, str], list[int]] = {}
    for row in np.flatnonzero(table["bookkeeping"] != "").tolist():
        ends = _ends(str(table["exporter"][row]), str(table["importer"][row]), study.settings.pair)
        if ends == frozenset(pair) and np.isfinite(table["value_usd_current"][row]):
            key = tuple(str(table[n][row]) for n in ("bookkeeping", "source", "period_start"))
            groups.setdefault((key[0], key[1], key[2]), []).append(row)
    found = [_account(table, rows, pair) for rows in groups.values()]
    order = {pair[0]: 0, pair[1]: 1}
    told = [account for account in found if account.rows]
    told.sort(key=lambda one: (order.get(one.bookkeeping, 2), one.bookkeeping, one.year))
    return told + _model(study, pair)


def _day(text: str) -> float:
    return float(date.fromisoformat(text).toordinal())


def moved(account: Account, to: Account, all_of: Sequence[Account]) -> float:
    """Return the account over another's days, by the same book's totals; NaN where they lack.

    Parameters
    ----------
    account, to
        The account, and the one whose days count.
    all_of
        All accounts that are known; those of the account's book and goods are used.
    """
    own = [
        one for one in all_of
        if (one.bookkeeping, one.goods) == (account.bookkeeping, account.goods)
    ]  # fmt: skip
    starts, ends = (np.array([_day(one.days[k]) for one in own]) for k in (0, 1))
    values = np.array([one.total for one in own])
    return over_period(starts, ends, values, _day(to.days[0]), _day(to.days[1]))


def set_to(report: Account, model: Account) -> bool:
    """Whether the model's account is set to a report: of the same days, and as good as equal."""
    near = abs(model.total - report.total) <= _SAME_SHARE * report.total
    return near and report.year == model.year


def _part(first: Account, other: Account, reason: str, usd: float, notes: list[str]) -> Row:
    return {
        "from_account": "/".join(first.key),
        "to_account": "/".join(other.key),
        "usd_current": usd if np.isfinite(usd) else None,
        "reason": reason,
        "notes": notes,
    }


def _differences(study: Study, first: Account, other: Account, known: list[Account]) -> list[Row]:
    """Split what separates an account from the first one; the parts that are known add up."""
    gap = other.total - first.total
    if other.bookkeeping == MODEL:
        same = set_to(first, other)
        return [_part(first, other, "model_set" if same else "model", gap, [])]
    parts: list[Row] = []
    rest = gap
    if other.days != first.days:
        then = moved(other, first, known)
        parts.append(_part(first, other, "calendar", other.total - then, []))
        if np.isfinite(then):
            rest = then - first.total
    notes = study["trade_series"]["note"]
    said = [str(notes[row]) for one in (first, other) for row in one.rows if notes[row]]
    if other.bookkeeping == first.bookkeeping:
        reason = "same_book"
    else:
        reason = "goods" if other.goods != first.goods else "coverage"
    return [*parts, _part(first, other, reason, rest, list(dict.fromkeys(said)))]


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _item(study: Study, account: Account) -> Row:
    status = study[account.table]["status"][list(account.rows)].tolist()
    worst = max(status, key=("observed", "derived", "assumed").index)
    return {
        "account_id": "/".join(account.key),
        "bookkeeping": account.bookkeeping,
        "period": account.period,
        "period_start": account.days[0],
        "period_end": account.days[1],
        "calendar": account.calendar,
        "goods": account.goods,
        "a_to_b_usd_current": _number(account.a_to_b),
        "b_to_a_usd_current": _number(account.b_to_a),
        "value_usd_current": _number(account.total),
        "tonnes": _number(account.tonnes),
        "reporter": account.reporter,
        "source": account.source,
        "status": worst,
        "table": account.table,
        "rows": list(account.rows),
    }


def _rows(study: Study, account: Account) -> list[Row]:
    """Return the reports behind an account as they stand in the study."""
    if account.bookkeeping == MODEL:
        return []
    table = study[account.table]
    texts = ("bookkeeping", "period", "calendar", "exporter", "importer", "reporter", "note")
    return [
        {name: str(table[name][row]) for name in (*texts, "source")}
        | {name: _number(float(table[name][row])) for name in ("value_usd_current", "tonnes")}
        | {"row": row}
        for row in account.rows
    ]


def _best_year(study: Study, years: dict[int, list[str]]) -> int:
    """Return the year with the most books, the model not counted, nearest to the baseline."""
    base = study.settings.baseline_year
    said = {year: len(set(books) - {MODEL}) for year, books in years.items()}
    return max(years, key=lambda y: (said[y], len(set(years[y])), -abs(y - base)), default=base)


def compare(
    study: Study, a: str | None = None, b: str | None = None, year: int | None = None
) -> Row:
    """Return the accounts of a pair for a year, side by side.

    Parameters
    ----------
    study
        A study.
    a, b
        Countries by id or name; the study's own pair where they are left out.
    year
        Gregorian year in which the books' years start; the one with the most books where it is
        left out.

    Returns
    -------
    dict
        ``accounts`` in current US$ and tonnes; ``difference`` from the first account to each other
        one in parts (``usd_current`` is None where the part cannot be told in dollars);
        ``missing`` books, with the year nearest to the one asked for; ``years`` with their books;
        ``rows`` as reported.

    Raises
    ------
    OpenCorridorError
        ``unknown_country`` or ``trade_pair``, at the fields ``a`` and ``b``.
    """
    own = study.settings.pair
    pair = pair_of(study, (a or own[0], b or own[1]), ("a", "b"))
    known = accounts_of(study, pair)
    years: dict[int, list[str]] = {}
    for account in known:
        years.setdefault(account.year, []).append(account.bookkeeping)
    wanted = _best_year(study, years) if year is None else year
    now = [account for account in known if account.year == wanted]
    books = dict.fromkeys(account.bookkeeping for account in known)
    missing = [
        {
            "bookkeeping": book,
            "nearest_year": min(
                (one.year for one in known if one.bookkeeping == book),
                key=lambda y: (abs(y - wanted), y),
            ),
        }
        for book in books
        if book not in {one.bookkeeping for one in now}
    ]
    return {
        "pair": list(pair),
        "year": wanted,
        "years": [
            {"year": y, "bookkeepings": list(dict.fromkeys(years[y]))} for y in sorted(years)
        ],
        "accounts": [_item(study, account) for account in now],
        "difference": [
            part for other in now[1:] for part in _differences(study, now[0], other, known)
        ],
        "missing": missing,
        "rows": [row for account in now for row in _rows(study, account)],
    }
