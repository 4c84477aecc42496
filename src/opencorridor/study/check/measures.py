"""Checks of measures: what they edit is there, and they can be combined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from opencorridor.study.check.registry import at, check
from opencorridor.study.edits import matching_rows, parse_key
from opencorridor.study.errors import Problem, suggest
from opencorridor.study.schema import load_schema
from opencorridor.study.study import Study
from opencorridor.study.table import Table

_FROM_EDIT = {"source", "status"}


@check("measure_edit_target", "measure_edit")
def measure_edit_target(study: Study) -> Iterator[Problem]:
    """Check that an edit names a table and a column of the study format."""
    schema = load_schema()
    table = study["measure_edit"]
    columns = (table[c].tolist() for c in ("table", "column", "op"))
    for i, (name, column, op) in enumerate(zip(*columns, strict=True)):
        if name not in schema:
            yield at(
                study,
                "measure_edit_target",
                f"there is no table {name}",
                "measure_edit",
                i,
                "table",
                "a table of the study",
                suggest(name, schema),
            )
        elif column and column not in schema[name].names:
            message = f"table {name} has no column {column}"
            yield at(
                study,
                "measure_edit_target",
                message,
                "measure_edit",
                i,
                "column",
                f"a column of {name}",
                suggest(column, schema[name].names),
            )
        elif not column and op not in ("insert", "delete"):
            yield at(
                study,
                "measure_edit_target",
                f"{op} needs a column",
                "measure_edit",
                i,
                "column",
                f"a column of {name}",
            )


def _inserted(study: Study, i: int) -> Table | None:
    """Return the row that an insert makes, or None where it is no row."""
    edits = study["measure_edit"]
    name = edits["table"][i]
    try:
        pairs = parse_key(edits["key"][i])
        ids = {c.name for c in load_schema()[name].columns if c.type == "ids"}
        row = {k: (";" if k in ids else ",").join(v) for k, v in pairs.items()}
        return Table.from_rows(name, [row])
    except (KeyError, ValueError):
        return None


def _insert_problem(study: Study, i: int) -> str:
    edits = study["measure_edit"]
    schema = load_schema()[edits["table"][i]]
    try:
        pairs = parse_key(edits["key"][i])
    except ValueError as error:
        return str(error)
    unknown = [name for name in pairs if name not in schema.names]
    if unknown:
        return f"table {schema.name} has no column {unknown[0]}"
    filled = {name for name, values in pairs.items() if any(values)} | {edits["column"][i]}
    needed = [c.name for c in schema.columns if c.required and not c.default]
    missing = [name for name in needed if name not in filled | _FROM_EDIT]
    if missing:
        return f"the new row of {schema.name} has no {', '.join(missing)}"
    return "" if _inserted(study, i) is not None else "the new row cannot be read"


@check("measure_edit_row", "measure_edit")
def measure_edit_row(study: Study) -> Iterator[Problem]:
    """Check that an edit names at least one row; an insert gives every required column."""
    edits = study["measure_edit"]
    schema = load_schema()
    order = sorted(range(edits.n), key=lambda i: (edits["measure_id"][i], edits["edit_no"][i]))
    added: dict[tuple[str, str], list[Table]] = defaultdict(list)
    for i in order:
        name, key, op = (edits[c][i] for c in ("table", "key", "op"))
        if name not in schema:
            continue
        if op == "insert":
            message = _insert_problem(study, i)
            new = None if message else _inserted(study, i)
            if new is not None:
                added[edits["measure_id"][i], name].append(new)
        else:
            message = _key_problem(study[name], key, added[edits["measure_id"][i], name])
        if message:
            expected = "all required columns" if op == "insert" else "a key of at least one row"
            mend = "correct the key, or insert the row by an edit before this one"
            yield at(study, "measure_edit_row", message, "measure_edit", i, "key", expected, mend)


def _key_problem(table: Table, key: str, added: list[Table]) -> str:
    try:
        if not parse_key(key):
            return "the key is empty"
        if any(matching_rows(rows, key).any() for rows in (table, *added)):
            return ""
    except KeyError as error:
        return str(error.args[0])
    except ValueError as error:
        return str(error)
    return f"no row of {table.name} has {key}"


def _value_problem(study: Study, i: int) -> tuple[str, str]:
    edits = study["measure_edit"]
    name, column, op, value = (edits[c][i] for c in ("table", "column", "op", "value"))
    if op in ("insert", "delete") or name not in load_schema():
        return "", ""
    names = load_schema()[name].names
    if column not in names:
        return "", ""
    target = load_schema()[name].column(column)
    try:
        float(value)
        number = True
    except ValueError:
        number = False
    if not target.numeric and op != "set":
        return f"{op} of the text column {column}", "set"
    if target.numeric and not number and not (op == "set" and not value):
        return f"{value!r} is not a number", "a number"
    if target.type == "enum" and value not in target.values:
        return f"{column} cannot be {value!r}", ", ".join(target.values)
    return "", ""


@check("measure_edit_value", "measure_edit")
def measure_edit_value(study: Study) -> Iterator[Problem]:
    """Check that the value of an edit suits its column and operation."""
    for i in range(study["measure_edit"].n):
        message, expected = _value_problem(study, i)
        if message:
            yield at(study, "measure_edit_value", message, "measure_edit", i, "value", expected)


def _ids(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


@check("circular_prerequisites", "measure")
def circular_prerequisites(study: Study) -> Iterator[Problem]:
    """Check that no measure needs itself, directly or through others."""
    table = study["measure"]
    needs = {
        m: _ids(cell)
        for m, cell in zip(
            table["measure_id"].tolist(), table["prerequisites"].tolist(), strict=True
        )
    }
    done: set[str] = set()
    row = {m: i for i, m in enumerate(needs)}
    for start in needs:
        path: list[str] = []
        cycle = _cycle(start, needs, path, done)
        if cycle:
            message = f"the prerequisites go in a circle: {' needs '.join(cycle)}"
            yield at(
                study,
                "circular_prerequisites",
                message,
                "measure",
                row[cycle[0]],
                "prerequisites",
                "an order without circles",
                f"take {cycle[1]} out of the prerequisites of {cycle[0]}",
            )
            done.update(cycle)


def _cycle(measure: str, needs: dict[str, list[str]], path: list[str], done: set[str]) -> list[str]:
    if measure in path:
        return [*path[path.index(measure) :], measure]
    if measure in done:
        return []
    path.append(measure)
    for other in needs.get(measure, []):
        found = _cycle(other, needs, path, done)
        if found:
            return found
    path.pop()
    done.add(measure)
    return []


@check("excludes_one_sided", "measure")
def excludes_one_sided(study: Study) -> Iterator[Problem]:
    """Check that where one measure excludes another, the other excludes it."""
    table = study["measure"]
    excludes = {
        m: set(_ids(cell))
        for m, cell in zip(table["measure_id"].tolist(), table["excludes"].tolist(), strict=True)
    }
    for i, (measure, others) in enumerate(excludes.items()):
        for other in sorted(others):
            if other in excludes and measure not in excludes[other]:
                message = f"{measure} excludes {other}, but {other} does not exclude {measure}"
                yield at(
                    study,
                    "excludes_one_sided",
                    message,
                    "measure",
                    i,
                    "excludes",
                    "both rows",
                    f"add {measure} to the row of {other}",
                )


@check("prerequisite_excluded", "measure")
def prerequisite_excluded(study: Study) -> Iterator[Problem]:
    """Check that no measure needs one that it excludes."""
    table = study["measure"]
    cells = zip(table["prerequisites"].tolist(), table["excludes"].tolist(), strict=True)
    for i, (needs, excludes) in enumerate(cells):
        both = sorted(set(_ids(needs)) & set(_ids(excludes)))
        if both:
            message = f"{table['measure_id'][i]} both needs and excludes {both[0]}"
            yield at(
                study,
                "prerequisite_excluded",
                message,
                "measure",
                i,
                "excludes",
                "alternatives that are not needed",
                f"take {both[0]} out of one of the two columns",
            )


@check("measure_without_edits", "measure")
def measure_without_edits(study: Study) -> Iterator[Problem]:
    """Check that a measure has edits, or says why it is not expressed."""
    edited = set(study["measure_edit"]["measure_id"].tolist())
    table = study["measure"]
    columns = (table["measure_id"].tolist(), table["not_expressed"].tolist())
    for i, (measure, reason) in enumerate(zip(*columns, strict=True)):
        if measure not in edited and not reason:
            message = f"measure {measure} edits nothing"
            yield at(
                study,
                "measure_without_edits",
                message,
                "measure",
                i,
                "not_expressed",
                "rows of measure_edit, or the reason",
            )


@check("measure_in_force_undated", "measure")
def measure_in_force_undated(study: Study) -> Iterator[Problem]:
    """Check that a measure in force has the day it took effect."""
    table = study["measure"]
    columns = (table["role"].tolist(), table["valid_from"].tolist())
    for i, (role, day) in enumerate(zip(*columns, strict=True)):
        if role == "in_force" and not day:
            message = f"measure {table['measure_id'][i]} is in force since an unknown day"
            yield at(
                study,
                "measure_in_force_undated",
                message,
                "measure",
                i,
                "valid_from",
                "a date such as 2024-12-31",
            )
