"""The study's tables as they are: list, part of one, sources."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from opencorridor.operations.workbench.pages import Ask, page
from opencorridor.study import OpenCorridorError, Problem, Study, Table
from opencorridor.study.errors import suggest
from opencorridor.study.provenance import status_shares
from opencorridor.study.reference import used_columns

__all__ = [
    "address",
    "columns_info",
    "list_tables",
    "rows",
    "source_item",
    "sources",
    "table_named",
]


def table_named(study: Study, name: str) -> Table:
    """Return a table of the study.

    Raises
    ------
    OpenCorridorError
        ``unknown_table``.
    """
    if name in study.tables:
        return study[name]
    raise OpenCorridorError(
        [
            Problem(
                "unknown_table",
                "the study has no such table",
                value=name[:60],
                mend=suggest(name[:60], study.tables),
            )
        ]
    )


def columns_info(table: Table) -> list[dict[str, str]]:
    """Return the columns that are filled somewhere, as the schema describes them."""
    used = set(used_columns(table))
    return [
        {
            "name": c.name,
            "type": c.type,
            "unit": c.unit,
            "description": c.description,
            "low": c.low,
            "high": c.high,
        }
        for c in table.schema.columns
        if c.name in used
    ]


def _licences(study: Study, table: Table) -> list[str]:
    """Return the licences of the sources that a table rests on."""
    if "source" not in table.columns:
        return []
    records = study["source"]
    licence = dict(zip(records["source_id"], records["licence"], strict=True))
    return sorted({str(licence[s]) for s in set(table["source"].tolist()) if licence.get(s)})


def list_tables(study: Study) -> dict[str, Any]:
    """Return every table of the format with its columns, rows, status shares and licences."""
    shares = status_shares(study)
    return {
        "tables": [
            {
                "name": name,
                "rows": table.n,
                "columns": columns_info(table),
                "status_shares": shares.get(name, {}),
                "licences": _licences(study, table),
            }
            for name, table in study.tables.items()
        ]
    }


@lru_cache(maxsize=8)
def _cells(table: Table) -> dict[str, list[Any]]:
    """Return a table's cells as plain lists; those of the last tables are kept."""
    return {name: table[name].tolist() for name in used_columns(table)}


def rows(study: Study, name: str, ask: Ask) -> dict[str, Any]:
    """Return part of a table.

    Raises
    ------
    OpenCorridorError
        ``unknown_table`` or ``bad_sort``.
    """
    table = table_named(study, name)
    return page(name, _cells(table), table.n, ask)


def _uses(study: Study) -> dict[str, int]:
    """Return how many rows rest on each source; a row that names several rests on each."""
    count: dict[str, int] = {}
    for name, table in study.tables.items():
        if name == "source" or "source" not in table.columns:
            continue
        for cell in table["source"].tolist():
            for source in dict.fromkeys(part.strip() for part in cell.split(";")):
                count[source] = count.get(source, 0) + 1
    return count


def address(text: str) -> str:
    """Return the first of the addresses in a cell; nothing for one that no page may open."""
    first = text.split(" ; ")[0].strip()
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", first)
    return "" if scheme and scheme[1].lower() not in ("http", "https") else first


def _record(row: dict[str, Any], uses: dict[str, int]) -> dict[str, Any]:
    return {**row, "url": address(row["url"]), "rows": uses.get(row["source_id"], 0)}


@lru_cache(maxsize=4)
def _records(study: Study) -> dict[str, dict[str, Any]]:
    """Return the records of all sources by id."""
    uses = _uses(study)
    return {row["source_id"]: _record(row, uses) for row in study["source"].rows()}


def source_item(study: Study, source_id: str) -> dict[str, Any] | None:
    """Return the record of a source; None for an id that the study does not list."""
    return _records(study).get(source_id)


def sources(study: Study) -> list[dict[str, Any]]:
    """Return the sources of the study, those that most rows rest on first."""
    return sorted(_records(study).values(), key=lambda row: -row["rows"])
