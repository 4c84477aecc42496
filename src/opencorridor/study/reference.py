"""What is generated from the schema: the reference page and ``datapackage.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from opencorridor.study.schema import Column, TableSchema, load_schema
from opencorridor.study.study import Study
from opencorridor.study.table import Table

__all__ = ["datapackage", "table_schema", "tables_page", "used_columns"]

_FIELD_TYPES = {
    "id": "string",
    "text": "string",
    "ids": "string",
    "enum": "string",
    "flag": "string",
    "date": "date",
    "number": "number",
    "integer": "integer",
}


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required and not column.default:
        constraints["required"] = True
    if column.min is not None:
        constraints["minimum"] = _plain(column.min)
    if column.max is not None:
        constraints["maximum"] = _plain(column.max)
    if column.type == "enum":
        constraints["enum"] = list(column.values)
    if column.type == "flag":
        constraints["enum"] = ["0", "1"]
    field: dict[str, Any] = {"name": column.name, "type": _FIELD_TYPES[column.type]}
    if column.description:
        field["description"] = column.description
    if column.unit:
        field["unit"] = column.unit
    if constraints:
        field["constraints"] = constraints
    return field


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def table_schema(schema: TableSchema, only: Sequence[str] | None = None) -> dict[str, Any]:
    """Return a Frictionless Table Schema of one table.

    Parameters
    ----------
    schema
        The table.
    only
        Columns that the file has; all by default.
    """
    columns = [c for c in schema.columns if only is None or c.name in only]
    found: dict[str, Any] = {
        "fields": [_field(column) for column in columns],
        "missingValues": [""],
    }
    # A blank in a key column means "all": Table Schema knows no such key.
    if schema.key and all(schema.column(name).required for name in schema.key):
        found["primaryKey"] = list(schema.key)
    foreign = [c for c in columns if c.references and c.type == "id"]
    if foreign:
        found["foreignKeys"] = [
            {
                "fields": c.name,
                "reference": dict(
                    zip(("resource", "fields"), c.references.split("."), strict=True)
                ),
            }
            for c in foreign
        ]
    return found


def used_columns(table: Table) -> list[str]:
    """Return the columns to write: all but optional ones that are blank in every row."""
    used = []
    for column in table.schema.columns:
        values = table[column.name]
        blank = np.isnan(values).all() if column.numeric else not any(values)
        if column.required or column.key or not blank or not table.n:
            used.append(column.name)
    return used


def datapackage(study: Study, files: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the ``datapackage.json`` of a study as a dict.

    Parameters
    ----------
    study
        The study.
    files
        Names of the files of every table that has rows.
    """
    resources = []
    for name, paths in files.items():
        schema = table_schema(load_schema()[name], used_columns(study[name]))
        keys = [
            key for key in schema.get("foreignKeys", []) if key["reference"]["resource"] in files
        ]
        schema.pop("foreignKeys", None)
        if keys:
            schema["foreignKeys"] = keys
        resource: dict[str, Any] = {
            "name": name,
            "path": paths[0] if len(paths) == 1 else list(paths),
            "format": "csv",
            "encoding": "utf-8",
            "profile": "tabular-data-resource",
        }
        if paths[0].endswith(".gz"):
            resource["compression"] = "gz"
        resources.append({**resource, "schema": schema})
    return {
        "profile": "tabular-data-package",
        "name": study.id.replace("_", "-").lower(),
        "title": study.title,
        "opencorridor_format": study.settings.format_version,
        "sources": [
            {k: v for k, v in (("title", row["title"]), ("path", row["url"])) if v}
            for row in study["source"].rows()
        ],
        "resources": resources,
    }


_INTRO = """# Tables of a study

A study is a folder of CSV tables and `study.toml`. This page is made from the schema
(`src/opencorridor/study/schema`); change it there.

A table is one file `name.csv` or `name.csv.gz`, or parts `name/*.csv[.gz]` with the same columns.
Text is UTF-8, cells are separated by commas, numbers have a decimal point, dates are ISO 8601.
Tables and columns that are not required may be left out. Several ids in one cell are joined by
`;`. A band is the two columns of lowest and highest value beside a number; blank ends mean that
it is not uncertain.

"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _line(column: Column, key: Sequence[str]) -> str:
    kind = column.type
    if column.type == "enum":
        kind = " · ".join(f"`{value}`" for value in column.values)
    needed = "key" if column.name in key else "yes" if column.required else ""
    notes = [column.description] if column.description else []
    if column.references:
        table = column.references.partition(".")[0]
        notes.append(f"→ [{column.references}](#{table})")
    limits = [f"≥ {_plain(column.min)}"] if column.min is not None else []
    limits += [f"≤ {_plain(column.max)}"] if column.max is not None else []
    if limits:
        notes.append(", ".join(limits))
    if column.low and column.high:
        notes.append(f"band `{column.low}`, `{column.high}`")
    cells = [f"`{column.name}`", kind, column.unit, needed, column.default, "; ".join(notes)]
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def tables_page() -> str:
    """Return the reference page of all tables as Markdown."""
    schema = load_schema()
    contents = ", ".join(f"[{name}](#{name})" for name in schema)
    parts = [_INTRO, contents, ".\n"]
    for name, table in schema.items():
        parts.append(f"\n## {name}\n\n")
        parts.append("| column | type | unit | required | default | meaning |\n")
        parts.append("|---|---|---|---|---|---|\n")
        parts += [_line(column, table.key) + "\n" for column in table.columns]
    return "".join(parts)
