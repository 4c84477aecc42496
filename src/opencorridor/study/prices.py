"""Prices in other currencies and years: converted once, when a study is read, and said in the row.

A row of a table with the columns ``currency``, ``price_year`` and ``as_given`` may give prices in
any currency of table ``exchange_rate`` and any year of ``deflator``. What the study then holds is

    US$ of price_year = price / per_usd(currency, year) / price_index(year),

``price_index`` being current US$ per constant US$ of the study's price year. The row keeps what it
said in ``as_given``; its currency and year become blank, so that a study that is written and read
again is converted once.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from opencorridor.study.errors import Problem, suggest
from opencorridor.study.table import Table

__all__ = ["DOLLAR", "constant_dollars"]

DOLLAR = "USD"
_COLUMNS = ("currency", "price_year", "as_given")
_SHOWN = 6  # digits


def _rates(tables: Mapping[str, Table]) -> dict[tuple[str, int], float]:
    """Return units of a currency per US$, by currency and year."""
    table = tables.get("exchange_rate")
    if table is None:
        return {}
    columns = (table[name].tolist() for name in ("currency", "year", "per_usd"))
    return {(code, int(year)): per_usd for code, year, per_usd in zip(*columns, strict=True)}


def _index(tables: Mapping[str, Table]) -> dict[int, float]:
    """Return current US$ per constant US$ of the study's price year, by year."""
    table = tables.get("deflator")
    if table is None:
        return {}
    columns = (table[name].tolist() for name in ("year", "price_index"))
    return {int(year): index for year, index in zip(*columns, strict=True)}


def _problem(
    table: Table, row: int, column: str, message: str, expected: str, mend: str
) -> Problem:
    file, line = table.locate(row)
    code = "exchange_rate_missing" if column == "currency" else "deflator_missing"
    value = table[column][row]
    text = value if isinstance(value, str) else f"{value:g}"
    return Problem(code, message, table.name, file, line, column, text, expected, mend)


def _factor(
    table: Table,
    row: int,
    base_year: int,
    rates: Mapping[tuple[str, int], float],
    index: Mapping[int, float],
) -> tuple[float, str, list[Problem]]:
    """Return what a row's prices are multiplied by, how that is said, and what is missing."""
    code = table["currency"][row] or DOLLAR
    given = table["price_year"][row]
    year = int(given) if given == given else base_year
    problems = []
    per_usd = 1.0 if code == DOLLAR else rates.get((code, year), np.nan)
    level = 1.0 if year == base_year else index.get(year, np.nan)
    if per_usd != per_usd:
        known = sorted({c for c, y in rates if y == year} | {DOLLAR})
        other = sorted({y for c, y in rates if c == code})
        expected = f"{', '.join(known)} in {year}"
        mend = (
            f"exchange_rate has {code} for {', '.join(map(str, other))}"
            if other
            else suggest(code, known) or "add the rate to exchange_rate"
        )
        problems.append(
            _problem(
                table, row, "currency", f"no exchange rate of {code} in {year}", expected, mend
            )
        )
    if level != level:
        years = f"{min(index)} to {max(index)}" if index else "no year at all"
        message = f"no price index of {year}"
        problems.append(
            _problem(table, row, "price_year", message, f"a year of deflator: {years}",
                     "add the year to deflator")
        )  # fmt: skip
    factor = 1.0 / per_usd / level
    said = [] if code == DOLLAR else [f"{per_usd:.{_SHOWN}g} {code} per US$"]
    said += [] if year == base_year else [f"price index {level:.{_SHOWN}g}"]
    return factor, f"{code} of {year} ({', '.join(said)})", problems


def _converted(
    table: Table,
    base_year: int,
    rates: Mapping[tuple[str, int], float],
    index: Mapping[int, float],
) -> tuple[Table, list[Problem]]:
    year = table["price_year"]
    foreign = (table["currency"] != "") & (table["currency"] != DOLLAR)
    rows = np.flatnonzero(foreign | ((year == year) & (year != base_year))).tolist()
    if not rows:
        return table, []
    money = [c.name for c in table.schema.columns if c.numeric and c.unit.startswith("USD")]
    new = {name: table[name].tolist() for name in (*money, *_COLUMNS)}
    problems: list[Problem] = []
    for row in rows:
        factor, said, found = _factor(table, row, base_year, rates, index)
        problems += found
        given = [f"{n} {new[n][row]:.{_SHOWN}g}" for n in money if new[n][row] == new[n][row]]
        for name in money:
            new[name][row] *= factor
        new["currency"][row], new["price_year"][row] = "", float("nan")
        new["as_given"][row] = f"{said}: {', '.join(given)}"
    return table.with_columns(new), problems


def constant_dollars(
    tables: dict[str, Table], base_year: int
) -> tuple[dict[str, Table], list[Problem]]:
    """Return tables whose prices are constant US$ of ``base_year``, and every row that cannot be.

    Parameters
    ----------
    tables
        Of a study, as read.
    base_year
        The study's ``price_year``.

    Returns
    -------
    dict, list
        The tables; problems of code ``exchange_rate_missing`` and ``deflator_missing``.
    """
    rates, index = _rates(tables), _index(tables)
    made, problems = dict(tables), []
    for name, table in tables.items():
        if table.n and set(_COLUMNS) <= set(table.columns):
            made[name], found = _converted(table, base_year, rates, index)
            problems += found
    return made, problems
