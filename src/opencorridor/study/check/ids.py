"""Checks of ids: keys are unique, references exist, every row says where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from opencorridor.study.check.registry import Suggester, at, check
from opencorridor.study.errors import Problem
from opencorridor.study.provenance import STATUSES, sources_used
from opencorridor.study.study import Study

# Reported by checks of their own, which say more.
_ELSEWHERE = {("link", "from_node_id"), ("link", "to_node_id")}
_NEEDED = ("country", "zone", "node", "link", "access", "commodity", "sector", "trade_flow")


def _unknown(
    study: Study, table: str, column: str, known: set[str], target: str, code: str
) -> Iterator[Problem]:
    several = study[table].schema.column(column).type == "ids"
    cells = study[table][column].tolist()
    bad = {
        part
        for cell in set(cells)
        for part in (cell.split(";") if several else (cell,))
        if part and part.strip() not in known
    }
    if not bad:
        return
    near = Suggester(known)
    for i, cell in enumerate(cells):
        for part in cell.split(";") if several else (cell,):
            if part in bad:
                message = f"{target} {part!r} does not exist"
                yield at(
                    study,
                    code,
                    message,
                    table,
                    i,
                    column,
                    f"an id of {target}",
                    near(part),
                )


@check("unknown_reference")
def unknown_reference(study: Study) -> Iterator[Problem]:
    """Check that every id that refers to another table stands there."""
    for name, table in study.tables.items():
        for column in table.schema.columns if table.n else ():
            if not column.references or (name, column.name) in _ELSEWHERE:
                continue
            target, target_column = column.references.split(".")
            known = set(study[target][target_column].tolist())
            yield from _unknown(study, name, column.name, known, target, "unknown_reference")


def _places(study: Study) -> dict[str, set[str]]:
    kinds = {
        "zone": ("zone", "zone_id"),
        "port": ("terminal", "terminal_id"),
        "terminal": ("terminal", "terminal_id"),
        "station": ("node", "node_id"),
        "border_crossing": ("border_crossing", "border_crossing_id"),
        "country": ("country", "country_id"),
        "link": ("link", "link_id"),
    }
    return {kind: set(study[t][c].tolist()) for kind, (t, c) in kinds.items()}


@check("unknown_place_id")
def unknown_place_id(study: Study) -> Iterator[Problem]:
    """Check that every place that a row names exists."""
    places = _places(study)
    doors = places["border_crossing"] | places["terminal"]
    near = Suggester(set().union(*places.values()))
    for table, column in (
        ("alias", "place_id"),
        ("capacity", "place_ids"),
        ("restriction", "place_ids"),
        ("traffic", "place_ids"),
        ("opening_hours", "place_ids"),
        ("cargo_rule", "place_ids"),
    ):
        rows = study[table]
        for i, (kind, cell) in enumerate(
            zip(rows["place_kind"].tolist(), rows[column].tolist(), strict=True)
        ):
            known = places.get(kind)
            if table == "traffic":
                kind, known = "border crossing or terminal", doors
            if known is None:
                continue
            for part in cell.split(";"):
                if part and part not in known:
                    message = f"{kind} {part!r} does not exist"
                    yield at(
                        study,
                        "unknown_place_id",
                        message,
                        table,
                        i,
                        column,
                        f"an id of a {kind}",
                        near(part),
                    )


@check("duplicate_key")
def duplicate_key(study: Study) -> Iterator[Problem]:
    """Check that the key of every row is unique in its table."""
    for name, table in study.tables.items():
        key = table.schema.key
        if not key or table.n < 2:
            continue
        columns = [table[column].tolist() for column in key]
        keys = list(zip(*columns, strict=True))
        if len(set(keys)) == table.n:
            continue
        seen: set[tuple[object, ...]] = set()
        for i, value in enumerate(keys):
            if value in seen:
                message = f"a second row for {'; '.join(str(part) for part in value)}"
                yield at(study, "duplicate_key", message, name, i, key[0], "one row per key")
            seen.add(value)


@check("table_without_rows")
def table_without_rows(study: Study) -> Iterator[Problem]:
    """Check that the tables that every study needs have rows."""
    for name in _NEEDED:
        if not study[name].n:
            mend = f"fill in {name}.csv"
            yield Problem("table_without_rows", f"table {name} has no rows", name, mend=mend)


@check("row_without_provenance")
def row_without_provenance(study: Study) -> Iterator[Problem]:
    """Check that every row names its source and whether it is observed, derived or assumed."""
    problem = partial(at, study, "row_without_provenance")
    for name, table in study.tables.items():
        schema = table.schema.names
        if not table.n or "status" not in schema:
            continue
        if set(table["status"].tolist()) - set(STATUSES):
            for i, word in enumerate(table["status"].tolist()):
                if word not in STATUSES:
                    message = f"status is {word!r}" if word else "the status is blank"
                    yield problem(message, name, i, "status", ", ".join(STATUSES))
        if "" in set(table["source"].tolist()):
            for i, source in enumerate(table["source"].tolist()):
                if not source:
                    yield problem("the source is blank", name, i, "source", "an id of source")


@check("unused_source", "source")
def unused_source(study: Study) -> Iterable[Problem]:
    """Check that every source is used by some row (notice)."""
    used = set(sources_used(study))
    if study.settings.target:
        used.update(side.source for side in study.settings.target.sides)
    for i, source in enumerate(study["source"]["source_id"].tolist()):
        if source not in used:
            message = f"no row uses the source {source}"
            yield at(study, "unused_source", message, "source", i, "source_id", severity="notice")
