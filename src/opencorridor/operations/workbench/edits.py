"""What a user changes: measures with their effect, edits of his own, and places that are shut."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.operations.workbench.effects import with_effects
from opencorridor.operations.workbench.new_links import inserted
from opencorridor.operations.workbench.tariff_rows import by_sector
from opencorridor.scenario.measures import apply, check_choice
from opencorridor.study import OpenCorridorError, Problem, Study, Table
from opencorridor.study.edits import matching_rows, parse_key, with_tail
from opencorridor.study.errors import suggest
from opencorridor.study.numbers import meant, plain_float

__all__ = ["EDITABLE", "GRAPH_TABLES", "NOT_GRAPH", "Choice", "Edit", "Spec", "close",
           "edit_tables", "same_graph", "variant", "with_effects"]  # fmt: skip

# Columns that an edit may change: what prices and opens, not what things are or where they lie.
EDITABLE: Mapping[str, tuple[str, ...]] = {
    "border_dwell": ("mean_h", "cost_usd_per_t"),
    "capacity": ("capacity_t_per_year", "background_t_per_year"),
    "border_crossing": ("state",),
    "fleet": ("count", "terminal_days"),
    "link": ("state", "speed_km_per_h", "electrified"),
    "transshipment": ("time_h", "cost_usd_per_t", "charge_usd_per_unit", "co2_kg_per_t", "state"),
    "tariff": ("rate_share",),
    "mode_rate": ("rate_usd_per_unit_km", "fixed_usd_per_unit"),
}
_OPS = ("set", "add", "multiply")
# No number of a study is larger; and a speed of 0 is said by the state.
_MOST = 1e12
_NOT_ZERO = ("speed_km_per_h",)
# Tables that the graph is made of, and their columns that only price or open its arcs.
GRAPH_TABLES = ("node", "zone", "access", "terminal", "country", "link", "transshipment",
                 "border_crossing")  # fmt: skip
NOT_GRAPH = {
    "link": ("state", "open_year", "speed_km_per_h", "speed_low_km_per_h", "speed_high_km_per_h",
             "electrified", "tracks", "source", "status"),
    "transshipment": ("time_h", "time_low_h", "time_high_h", "p95_h", "cost_usd_per_t",
                      "cost_low_usd_per_t", "cost_high_usd_per_t", "charge_usd_per_unit",
                      "charge_low_usd_per_unit", "charge_high_usd_per_unit", "co2_kg_per_t",
                      "state", "valid_from", "valid_to", "document_no", "source", "status"),
    "border_crossing": ("state", "source", "status"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a table; ``key`` as in ``measure_edit``: ``column=value;column=value``.

    ``insert`` adds a link: its cells in the key, its id in ``value``, of the column ``link_id``.
    """

    table: str
    key: str
    column: str
    op: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Choice:
    """A measure that is switched on, from a year (None: at once), with an effect.

    ``effect`` ``low`` is the end of each edit's band that changes the table least, ``high`` the
    one that changes it most; a number from −1 (low) over 0 (mode) to 1 (high) lies between.
    """

    measure_id: str
    year: int | None = None
    effect: str | float = "mode"


@dataclass(frozen=True, slots=True)
class Spec:
    """What a scenario changes; ``closed`` places stay shut for the weeks, None a year."""

    measures: tuple[Choice, ...] = ()
    edits: tuple[Edit, ...] = ()
    closed: tuple[str, ...] = ()
    year: int | None = None
    loop: bool = True
    closed_weeks: float | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Spec:
        """Return the scenario of a body as plain values; absent parts take their defaults."""
        return cls(
            tuple(Choice(**m) for m in body.get("measures") or ()),
            tuple(Edit(**e) for e in body.get("edits") or ()),
            tuple(body.get("closed") or ()),
            body.get("year"),
            bool(body.get("loop", True)),
            body.get("closed_weeks"),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the body as plain values."""
        values = asdict(self)
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


def _problem(
    edit: Edit, code: str, message: str, value: str = "", *,
    expected: str = "", mend: str = "", column: str = "",
) -> Problem:  # fmt: skip
    return Problem(code, message, table=edit.table, column=column or edit.column, value=value,
                   expected=expected, mend=mend)  # fmt: skip


def _bad_key(edit: Edit, message: str) -> list[Problem]:
    return [_problem(edit, "bad_key", message, edit.key, expected="column=value;column=value")]


def _where(table: Table, edit: Edit) -> tuple[NDArray[np.bool_] | None, list[Problem]]:
    """Rows that an edit means, or what is wrong with its key."""
    try:
        named = parse_key(edit.key)
    except ValueError as error:
        return None, _bad_key(edit, str(error))
    if not named:
        return None, _bad_key(edit, "the key names no column")
    unknown = [name for name in named if name not in table.columns]
    if unknown:
        return None, [
            _problem(edit, "unknown_column", f"table {edit.table} has no column {name}", name,
                     column=name, mend=suggest(name, table.columns) or "choose one of the table's")
            for name in unknown
        ]  # fmt: skip
    try:
        mask = matching_rows(table, edit.key)
    except ValueError:
        return None, _bad_key(edit, "text in a column of numbers")
    if not mask.any():
        message = f"no row of {edit.table} has {edit.key}"
        mend = "choose a row that the table has"
        return None, [_problem(edit, "unknown_row", message, edit.key, mend=mend)]
    return mask, []


def _number(edit: Edit, unit: str) -> tuple[float, list[Problem]]:
    """Return the number of an edit, or what is wrong with it."""
    value = plain_float(edit.value.strip()) if isinstance(edit.value, str) else float(edit.value)
    if value is not None and math.isfinite(value):
        return value, []
    readings = " or ".join(f"{v:g}" for v in meant(str(edit.value).strip()))
    mend = f"{readings} may be meant" if readings else "write a number"
    message = f"{edit.value!r} is no number written plainly"
    expected = f"a number in {unit}" if unit else "a number"
    return math.nan, [
        _problem(edit, "text_in_number", message, str(edit.value), expected=expected, mend=mend)
    ]


def _new_numbers(
    table: Table, edit: Edit, mask: NDArray[np.bool_]
) -> tuple[NDArray[Any] | None, list[Problem]]:
    column = table.schema.column(edit.column)
    value, problems = _number(edit, column.unit)
    if problems:
        return None, problems
    old = table[edit.column]
    new = old.copy()
    made = {"set": np.full(int(mask.sum()), value), "add": old[mask] + value,
            "multiply": old[mask] * value}[edit.op]  # fmt: skip
    if np.isnan(made).any():
        return None, [_problem(edit, "blank_cell", f"{edit.column} is blank there", str(edit.value),
                               expected="set", mend="set it to a number")]  # fmt: skip
    low = -_MOST if column.min is None else column.min
    high = _MOST if column.max is None else column.max
    outside = made[(made < low) | (made > high) | ((made == 0.0) & (edit.column in _NOT_ZERO))]
    if outside.size:
        least = "above 0" if edit.column in _NOT_ZERO else f"at least {low:g}"
        text = f"{edit.column} would be {outside[0]:g}"
        code = "negative_value" if low >= 0 and outside[0] < 0 else "out_of_range"
        expected = f"{least} and at most {high:g} {column.unit}".strip()
        return None, [_problem(edit, code, text, value=str(edit.value), expected=expected)]
    new[mask] = made
    return new, []


def _new_words(
    table: Table, edit: Edit, mask: NDArray[np.bool_]
) -> tuple[NDArray[Any] | None, list[Problem]]:
    column = table.schema.column(edit.column)
    allowed = column.values if column.type == "enum" else ("0", "1")
    text = f"{edit.value:g}" if isinstance(edit.value, float | int) else edit.value.strip()
    if edit.op != "set":
        return None, [_problem(edit, "bad_op", f"{edit.column} holds words: it can only be set",
                               value=edit.op, expected="set")]  # fmt: skip
    if text not in allowed:
        expected, mend = ", ".join(allowed), suggest(text, allowed)
        message = f"{text!r} is not allowed"
        return None, [_problem(edit, "not_a_value", message, text, expected=expected, mend=mend)]
    new = table[edit.column].copy()
    new[mask] = text
    return new, []


def _edited(tables: Mapping[str, Table], edit: Edit) -> tuple[dict[str, Table], list[Problem]]:
    """Return the tables that one edit changes, or what is wrong with it."""
    if edit.op == "insert":
        return inserted(tables, edit)
    if edit.table not in EDITABLE:
        return {}, [_problem(edit, "unknown_table", f"{edit.table!r} is no table to edit",
                             value=edit.table, expected=", ".join(EDITABLE),
                             mend=suggest(edit.table, EDITABLE))]  # fmt: skip
    columns = EDITABLE[edit.table]
    table = by_sector(tables, edit.key) if edit.table == "tariff" else tables[edit.table]
    problems: list[Problem] = []
    if edit.op not in _OPS:
        problems.append(_problem(edit, "bad_op", f"there is no operation {edit.op!r}",
                                 value=edit.op, expected=", ".join(_OPS)))  # fmt: skip
    if edit.column not in columns:
        known = edit.column in table.columns
        what = "cannot be edited" if known else "does not exist"
        code = "column_not_editable" if known else "unknown_column"
        problems.append(_problem(edit, code, f"column {edit.column} of {edit.table} {what}",
                                 value=edit.column, expected=", ".join(columns),
                                 mend=suggest(edit.column, columns)))  # fmt: skip
    mask, found = _where(table, edit)
    problems += found
    if problems or mask is None:
        return {}, problems
    numeric = table.schema.column(edit.column).numeric
    new, problems = (_new_numbers if numeric else _new_words)(table, edit, mask)
    return ({} if new is None else {edit.table: with_tail(table, edit.column, new)}), problems


def edit_tables(study: Study, edits: Sequence[Edit]) -> Study:
    """Study with edits applied in order.

    Raises
    ------
    OpenCorridorError
        Unknown table, column or row, text in a number, a number or word that the schema does not
        allow: the problems of all edits at once.
    """
    tables = dict(study.tables)
    problems: list[Problem] = []
    for edit in edits:
        made, found = _edited(tables, edit)
        problems += found
        tables.update(made)
    if problems:
        raise OpenCorridorError(problems)
    changed = {name: t for name, t in tables.items() if t is not study[name]}
    return study.replace(tables=changed) if changed else study


def _unknown_place(study: Study, name: str) -> Problem:
    known = [*study["border_crossing"]["border_crossing_id"], *study["terminal"]["terminal_id"]]
    return Problem("unknown_place", f"there is no crossing, terminal or link {name!r}", value=name,
                   expected="the id of a crossing, terminal or link",
                   mend=suggest(name, known))  # fmt: skip


def close(study: Study, closed: Sequence[str]) -> Study:
    """Study with crossings, terminals and links, given by id, out of operation.

    Raises
    ------
    OpenCorridorError
        Code ``unknown_place``, every unknown id at once.
    """
    if not closed:
        return study
    wanted, known = set(closed), set(study["terminal"]["terminal_id"].tolist())
    tables: dict[str, Table] = {}
    for name, key in (("border_crossing", "border_crossing_id"), ("transshipment", "terminal_id"),
                      ("link", "link_id")):  # fmt: skip
        table = study[name]
        ids = table[key].tolist()
        known.update(ids)
        hit = np.array([i in wanted for i in ids], dtype=bool)
        if hit.any():
            state = table["state"].copy()
            state[hit] = "closed"
            tables[name] = table.with_column("state", state)
    unknown = [name for name in dict.fromkeys(closed) if name not in known]
    if unknown:
        raise OpenCorridorError([_unknown_place(study, name) for name in unknown])
    return study.replace(tables=tables) if tables else study


def _at_once(study: Study, changed: Study) -> Study:
    """Study in which the rows that measures brought hold from the start, whatever their date."""
    tables: dict[str, Table] = {}
    for name, table in changed.tables.items():
        before, key = study[name], table.schema.key
        if table is before or "valid_from" not in table.columns or not key:
            continue
        known = set(zip(*(before[c].tolist() for c in key), strict=True))
        rows = zip(*(table[c].tolist() for c in key), strict=True)
        new = np.array([row not in known for row in rows], dtype=bool)
        if new.any():
            start = table["valid_from"].copy()
            start[new] = ""
            tables[name] = table.with_column("valid_from", start)
    return changed.replace(tables=tables) if tables else changed


def variant(
    study: Study,
    choices: Sequence[Choice] = (),
    edits: Sequence[Edit] = (),
    closed: Sequence[str] = (),
    *,
    acting: Sequence[str] | None = None,
) -> Study:
    """Study with measures, then edits, then closures.

    ``acting`` names the measures to apply, those in force in a later year among them; by default
    all that are chosen, and what they bring acts at once, whatever day it is dated.

    Raises
    ------
    OpenCorridorError
        All that is wrong with any of them, at once.
    """
    problems = check_choice(study, [c.measure_id for c in choices])
    changed = study
    if not problems:
        ids = [c.measure_id for c in choices] if acting is None else list(acting)
        changed = apply(with_effects(study, choices), ids) if ids else study
        if acting is None:
            changed = _at_once(study, changed)
    try:
        changed = edit_tables(changed, edits)
    except OpenCorridorError as error:
        problems.extend(error.problems)
    try:
        changed = close(changed, closed)
    except OpenCorridorError as error:
        problems.extend(error.problems)
    if problems:
        raise OpenCorridorError(problems)
    return changed


def same_graph(a: Study, b: Study) -> bool:
    """Whether two studies have the same network: the second may differ in prices and states."""
    for name in GRAPH_TABLES:
        one, two = a[name], b[name]
        if one is two:
            continue
        free = NOT_GRAPH.get(name, ())
        if any(one[c] is not two[c] for c in one.columns if c not in free):
            return False
    return True
