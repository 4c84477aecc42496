"""Measures as ordered edits of study tables.

An edit names a table, the rows by a key (``column=value`` pairs joined by ``;``, several values
of one column by a comma), a column, an operation and a value. Edits of several measures are
applied in the order of the table ``measure``, those of one measure by ``edit_no``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.study import OpenCorridorError, Problem, Study, Table
from opencorridor.study.check import at
from opencorridor.study.edits import matching_rows, parse_key, with_tail

__all__ = ["apply", "check_choice", "edited_places", "in_force_between"]


@dataclass(frozen=True)
class _Edit:
    """One edit with its row number in ``measure_edit``."""

    row: int
    measure_id: str
    table: str
    key: str
    column: str
    op: str
    value: str


def _edits(study: Study, measure_ids: Sequence[str]) -> list[_Edit]:
    """Edits of the measures in the order in which they are applied."""
    table = study["measure_edit"]
    rank = {m: n for n, m in enumerate(study["measure"]["measure_id"])}
    wanted = set(measure_ids)
    rows = [r for r in range(table.n) if table["measure_id"][r] in wanted]
    rows.sort(key=lambda r: (rank[table["measure_id"][r]], table["edit_no"][r]))
    fields = ("measure_id", "table", "key", "column", "op", "value")
    return [_Edit(r, *(str(table[f][r]) for f in fields)) for r in rows]


def _changed(table: Table, edit: _Edit, mask: NDArray[np.bool_]) -> Table:
    """Table with the edited column; the 95th percentile of a stay follows its mean."""
    old = table[edit.column]
    new = old.copy()
    if old.dtype.kind != "f":
        new[mask] = edit.value
        new.flags.writeable = False  # a column of its own: the table takes it without a copy
        return table.with_column(edit.column, new)
    value = float(edit.value) if edit.value else np.nan
    if edit.op == "set":
        new[mask] = value
    elif edit.op == "multiply":
        new[mask] = old[mask] * value
    else:
        new[mask] = np.maximum(old[mask] + value, 0.0)
    return with_tail(table, edit.column, new)


def _insert(study: Study, table: Table, edit: _Edit) -> Table:
    """Return the table with the row that the key spells out; several ids are one cell."""
    row = {
        name: (";" if table.schema.column(name).type == "ids" else ",").join(values)
        for name, values in parse_key(edit.key).items()
    }
    if edit.column:
        row[edit.column] = edit.value
    for name in ("source", "status"):
        row.setdefault(name, str(study["measure_edit"][name][edit.row]))
    return table.concat([row])


def apply(study: Study, measure_ids: Iterable[str]) -> Study:
    """Study with the edits of the measures applied.

    Raises
    ------
    OpenCorridorError
        For an unknown measure, a choice that the measures forbid, or an edit of a row that is
        not there; all problems at once.
    """
    chosen = list(dict.fromkeys(measure_ids))
    problems = check_choice(study, chosen, prerequisites=False)
    tables: dict[str, Table] = {}
    for edit in _edits(study, chosen) if not problems else []:
        table = tables.get(edit.table, study[edit.table])
        if edit.op == "insert":
            tables[edit.table] = _insert(study, table, edit)
            continue
        mask = matching_rows(table, edit.key)
        if not mask.any():
            problems.append(
                at(
                    study,
                    "measure_edits_missing_row",
                    f"measure {edit.measure_id}: no row of {edit.table} has {edit.key}",
                    "measure_edit",
                    edit.row,
                    "key",
                    "a key that names at least one row",
                    "correct the key, or insert the row by an edit before it",
                )
            )
        elif edit.op == "delete":
            tables[edit.table] = table.where(~mask)
        else:
            tables[edit.table] = _changed(table, edit, mask)
    if problems:
        raise OpenCorridorError(problems)
    return study.replace(tables=tables) if tables else study


def check_choice(
    study: Study, measure_ids: Sequence[str], *, prerequisites: bool = True
) -> list[Problem]:
    """Problems of a choice: unknown ids, alternatives together, prerequisites missing."""
    table = study["measure"]
    row_of = {m: n for n, m in enumerate(table["measure_id"])}
    chosen = set(measure_ids)
    problems: list[Problem] = []

    def add(code: str, message: str, row: int | None, column: str, mend: str) -> None:
        file, number = ("", None) if row is None else table.locate(row)
        problems.append(
            Problem(
                code=code,
                message=message,
                table="measure",
                file=file,
                row=row + 2 if number is None and row is not None else number,
                column=column,
                value=";".join(sorted(chosen)),
                mend=mend,
            )
        )

    for measure in measure_ids:
        if measure not in row_of:
            known = ", ".join(list(row_of)[:8])
            add(
                "unknown_measure",
                f"no measure {measure}; there are {known}, ...",
                None,
                "measure_id",
                "choose one of the table measure",
            )
            continue
        row = row_of[measure]
        for other in _ids(table["excludes"][row]):
            if other in chosen and measure < other:
                add(
                    "exclusive_measures",
                    f"{measure} and {other} are alternatives",
                    row,
                    "excludes",
                    f"leave out {measure} or {other}",
                )
        for needed in _ids(table["prerequisites"][row]) if prerequisites else []:
            if needed not in chosen:
                add(
                    "missing_prerequisite",
                    f"{measure} needs {needed}",
                    row,
                    "prerequisites",
                    f"add {needed}",
                )
    return problems


def _ids(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def in_force_between(study: Study, after: str, until: str) -> list[str]:
    """Measures in force that took effect after one date and up to another (ISO 8601)."""
    table = study["measure"]
    return [
        str(table["measure_id"][r])
        for r in range(table.n)
        if table["role"][r] == "in_force"
        and table["valid_from"][r]
        and after < table["valid_from"][r] <= until
        and not (table["valid_to"][r] and table["valid_to"][r] < until)
        and not table["not_expressed"][r]
    ]


def edited_places(study: Study, measure_ids: Sequence[str]) -> set[str]:
    """Ids of links, crossings and terminals that the edits of the measures name."""
    columns = {"link_id", "link_ids", "border_crossing_id", "terminal_id", "place_ids"}
    found: set[str] = set()
    for edit in _edits(study, measure_ids):
        for name, values in parse_key(edit.key).items():
            if name in columns:
                found.update(part for value in values for part in _ids(value))
    return found
