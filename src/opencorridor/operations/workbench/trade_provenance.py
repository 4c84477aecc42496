"""Where a number of a pair's trade comes from: its potential, its levers, its books."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from opencorridor.documents.texts import column_title
from opencorridor.operations import bookkeeping, levers
from opencorridor.operations.potential import potential
from opencorridor.operations.workbench.cells import FEW, Cell, picked, same
from opencorridor.operations.workbench.grounds import frame, grounds, told
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Problem, Study

__all__ = ["Asked", "answer_of", "of_number"]

Row = dict[str, Any]
_WORDS = Path(__file__).with_name("trade_words.csv")
_DOLLARS = "value_usd_current"


@dataclass(frozen=True)
class Asked:
    """A number of an answer: of which question, and its path, such as ``sectors.3.rca``."""

    of: str
    a: str
    b: str
    path: str
    year: int | None = None
    levers: tuple[tuple[str, float], ...] = ()
    book: str | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """Both countries."""
        return self.a, self.b


@cache
def _catalogue() -> tuple[dict[str, str], ...]:
    with _WORDS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def answer_of(session: Session, asked: Asked) -> Row:
    """Return the answer that a number stands in.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the question.
    """
    found: Row
    if asked.of == "bookkeeping":
        return bookkeeping.compare(session.study, asked.a, asked.b, asked.year)
    if asked.of == "levers":
        found = levers.turn(session, levers.LeversAsk(asked.pair, asked.levers)).as_dict()
    else:
        found = potential(session, asked.a, asked.b, asked.book).as_dict()
    return found


def _walk(answer: Row, path: str) -> list[Any]:
    """Return what lies on a path, from the whole answer to the number.

    Raises
    ------
    OpenCorridorError
        ``unknown_number`` where the path leads to none.
    """
    found: list[Any] = [answer]
    for part in path.split("."):
        here = found[-1]
        if isinstance(here, dict) and part in here:
            found.append(here[part])
        elif isinstance(here, list | tuple) and part.isdecimal() and int(part) < len(here):
            found.append(here[int(part)])
        else:
            break
    else:
        if isinstance(found[-1], int | float) and not isinstance(found[-1], bool):
            return found
    raise OpenCorridorError(
        [
            Problem(
                "unknown_number", "the answer has no such number", column="path",
                value=path[:60], mend="take the path from the answer itself",
            )
        ]
    )  # fmt: skip


# --- cells --------------------------------------------------------------------------------------

Found = list[Any]
Group = Callable[[Study, Asked, Found], list[Cell]]


def _between(study: Study, table: str, asked: Asked, names: tuple[str, str]) -> np.ndarray:
    found, (a, b) = study[table], asked.pair
    one, other = names
    mask: np.ndarray = same(found, **{one: a, other: b}) | same(found, **{one: b, other: a})
    return mask


def _flows(study: Study, asked: Asked, _: Found) -> list[Cell]:
    mask = _between(study, "trade_flow", asked, ("exporter", "importer"))
    return picked(study["trade_flow"], mask, _DOLLARS)


def _ways(asked: Asked, row: Row) -> Row:
    a, b = asked.pair if row["direction"] == "a_to_b" else asked.pair[::-1]
    return {"exporter": a, "importer": b}


def _flow(study: Study, asked: Asked, found: Found) -> list[Cell]:
    # A step of a sector's reasons stands inside the row that says which flow it is.
    row = next(one for one in reversed(found) if isinstance(one, dict) and "direction" in one)
    table = study["trade_flow"]
    return picked(
        table, same(table, **_ways(asked, row), sector_id=row["sector_id"]), _DOLLARS
    )  # fmt: skip


def _facts(study: Study, asked: Asked, found: Found) -> list[Cell]:
    facts, gdp = study["pair_fact"], study["gdp"]
    near = _between(study, "pair_fact", asked, ("country_a", "country_b"))
    sizes = np.isin(gdp["country_id"], asked.pair) & (gdp["year"] == found[0]["year"])
    return [
        *picked(facts, near, "distance_km", FEW),
        *picked(gdp, sizes, "gdp_usd_current", FEW),
        *_flows(study, asked, found),
    ]


def _density(study: Study, asked: Asked, found: Found) -> list[Cell]:
    """Return the value of a tonne of the classes that the sector is carried as."""
    row, table, mix = found[-2], study["value_density"], study["concordance"]
    classes = mix["class_id"][same(mix, sector_id=row["sector_id"])].tolist()
    own = same(table, **_ways(asked, row)) & np.isin(table["class_id"], classes)
    goods = study["commodity"]
    others = np.isin(goods["class_id"], sorted(set(classes) - set(table["class_id"][own])))
    return [
        *picked(table, own, "value_density_usd_per_t", FEW),
        *picked(goods, others, "value_density_usd_per_t", FEW),
    ]


def _duty(study: Study, asked: Asked, found: Found) -> list[Cell]:
    row, table = found[-2], study["tariff"]
    mask = same(table, **_ways(asked, row), kind="duty")
    mask &= np.isin(table["sector_id"], ["", row["sector_id"]])
    return picked(table, mask, "rate_share", FEW)


def _levers(study: Study, asked: Asked, found: Found) -> list[Cell]:
    table = study["lever"]
    rows = np.isin(table["lever_id"], [lever for lever, _ in asked.levers])
    return [*picked(table, rows & np.isfinite(table["effect"]), "effect"),
            *_flows(study, asked, found)]  # fmt: skip


def _account(study: Study, asked: Asked, found: Found) -> list[Cell]:
    account, key = found[-2], asked.path.rpartition(".")[2]
    table = study[account["table"]]
    ways = {"a_to_b_usd_current": asked.a, "b_to_a_usd_current": asked.b}
    rows = [r for r in account["rows"] if key not in ways or table["exporter"][r] == ways[key]]
    return picked(table, rows, "tonnes" if key == "tonnes" else _DOLLARS)


def _accounts(study: Study, _: Asked, found: Found) -> list[Cell]:
    part = found[-2]
    ends = (part["from_account"], part["to_account"])
    return [
        cell
        for account in found[0]["accounts"]
        if account["account_id"] in ends
        for cell in picked(study[account["table"]], account["rows"], _DOLLARS)
    ]


def _mix(study: Study, asked: Asked, found: Found) -> list[Cell]:
    """Return the shares of a class of goods in sections: the pair's own first, then the usual."""
    row, table = found[-2], study["concordance"]
    goods = same(table, class_id=row["class_id"])
    own = goods & same(table, **_ways(asked, row))
    return [
        *picked(table, own, "share"),
        *picked(table, goods & same(table, exporter=""), "share"),
        *picked(study["trade_flow"], same(study["trade_flow"], **_ways(asked, row)), _DOLLARS),
    ]


def _book(study: Study, asked: Asked, found: Found) -> list[Cell]:
    """Return the reports of a book that can stand as what is traded."""
    books = found[0]["books"]
    wanted = next(one["account_id"] for one in books if any(one is part for part in found))
    accounts = bookkeeping.accounts_of(study, asked.pair)
    return [
        cell
        for one in accounts
        if "/".join(one.key) == wanted
        for cell in picked(study[one.table], one.rows, _DOLLARS)
    ]


def _lever(study: Study, _: Asked, found: Found) -> list[Cell]:
    """Return the row of a lever: its ends and the size of its effect, where they are there."""
    table = study["lever"]
    row = same(table, lever_id=found[-2]["lever_id"])
    return [
        cell
        for column in ("minimum", "maximum", "now", "effect")
        for cell in picked(table, row & np.isfinite(table[column]), column)
    ]


GROUPS: dict[str, Group] = {
    "account": _account,
    "accounts": _accounts,
    "book": _book,
    "density": _density,
    "duty": _duty,
    "facts": _facts,
    "flow": _flow,
    "flows": _flows,
    "lever": _lever,
    "levers": _levers,
    "mix": _mix,
}
"""Groups of cells by the names that the catalogue uses."""

# Groups whose sum the number is.
_SUMS = ("account", "flow", "flows")


# --- the answer ---------------------------------------------------------------------------------


def _formula(line: dict[str, str], asked: Asked, found: Found, cells: dict[str, Any]) -> str:
    """Return the formula in words, with its numbers where they are few and give the value."""
    value, row = float(found[-1]), found[-2]
    if asked.of == "potential" and asked.path.endswith("gap_usd_current"):
        numbers = {"potential": row["potential_usd_current"], "traded": row["actual_usd_current"]}
        return told(line["words"], "potential - traded", numbers, value)
    inputs = [cell["value"] for cell in cells["inputs"]]
    if line["inputs"] in _SUMS and 1 < len(inputs) <= FEW:
        numbers = {f"n{k}": number for k, number in enumerate(inputs)}
        return told(line["words"], " + ".join(numbers), numbers, value)
    return line["words"]


def _band(row: Any, path: str) -> tuple[float | None, float | None]:
    """Return low and high that stand beside a number which is their middle."""
    key = path.rpartition(".")[2]
    middle = key in (
        "potential_usd_current",
        "value_usd_current",
        "usd_current",
        "trade_usd_current",
    )
    low, high = (
        row.get(name) if middle and isinstance(row, dict) else None for name in ("low", "high")
    )
    return low, high


def _unit(unit: str, row: Any) -> str:
    """Return the unit of a number: that of the catalogue, or the row's own."""
    if unit == "own":
        return str(row["unit"])
    return "US$" if unit == "USD" else unit


def _status(row: Any) -> str:
    """Return how sure the rows behind a number say they are; what the model makes is derived."""
    return str(row.get("status", "derived")) if isinstance(row, dict) else "derived"


def of_number(session: Session, asked: Asked) -> Row:
    """Return where a number of an answer about a pair's trade comes from.

    Raises
    ------
    OpenCorridorError
        ``unknown_number``, and all that is wrong with the question.
    """
    study = session.study
    found = _walk(answer_of(session, asked), asked.path)
    line = next(
        (
            one
            for one in _catalogue()
            if one["of"] == asked.of and fnmatchcase(asked.path, one["path"])
        ),
        {"words": "", "unit": "", "inputs": ""},
    )
    group = GROUPS.get(line["inputs"])
    cells = grounds(study, group(study, asked, found) if group else [])
    low, high = _band(found[-2], asked.path)
    return {
        "label": column_title(asked.path.rpartition(".")[2]),
        "value": float(found[-1]),
        "unit": _unit(line["unit"], found[-2]),
        "low": low,
        "high": high,
        "status": _status(found[-2]),
        "formula": _formula(line, asked, found, cells),
        **cells,
        "table": f"trade_{asked.of}",
        "row": None,
        "row_label": "",
        "column": asked.path,
        "description": " – ".join(asked.pair),
        **frame(study, None),
    }
