"""Reading a study: every problem of every file is gathered and raised once."""

from __future__ import annotations

import gc
from pathlib import Path

from opencorridor.study import snapshot
from opencorridor.study.errors import OpenCorridorError, Problem, raise_if, suggest
from opencorridor.study.files import SETTINGS_FILE, fingerprint, read_bytes, read_rows, table_files
from opencorridor.study.parse import parse_table
from opencorridor.study.prices import constant_dollars
from opencorridor.study.schema import TableSchema, load_schema
from opencorridor.study.settings import Settings, parse_settings
from opencorridor.study.study import Study
from opencorridor.study.table import Table

__all__ = ["find_study", "open_study", "shipped_studies"]

STUDIES = Path(__file__).parent.parent / "studies"


def shipped_studies() -> list[str]:
    """Return the names of the studies that come with the package."""
    if not STUDIES.is_dir():
        return []
    return sorted(p.name for p in STUDIES.iterdir() if (p / SETTINGS_FILE).is_file())


def find_study(name_or_folder: str | Path) -> Path:
    """Return the folder of a study: a shipped study's name, or a path.

    Raises
    ------
    OpenCorridorError
        ``unknown_study`` when there is neither.
    """
    folder = Path(name_or_folder)
    if (folder / SETTINGS_FILE).is_file():
        return folder
    name = str(name_or_folder)
    if name in shipped_studies():
        return STUDIES / name
    if folder.is_dir():
        raise OpenCorridorError(
            [
                Problem(
                    "unknown_study",
                    f"the folder {name} has no {SETTINGS_FILE}",
                    file=SETTINGS_FILE,
                    mend="make one with: opencorridor study new NAME",
                )
            ]
        )
    raise OpenCorridorError(
        [
            Problem(
                "unknown_study",
                f"there is no study {name}",
                value=name,
                expected=f"a folder, or one of {', '.join(shipped_studies())}",
                mend=suggest(name, shipped_studies()),
            )
        ]
    )


def _read_settings(folder: Path) -> tuple[Settings, list[Problem]]:
    text, problems = read_bytes(folder / SETTINGS_FILE, "study", SETTINGS_FILE)
    if problems:
        return Settings(""), problems
    return parse_settings(text)


def _read_table(schema: TableSchema, files: list[tuple[str, Path]]) -> tuple[Table, list[Problem]]:
    problems: list[Problem] = []
    broken: set[tuple[str, int | None]] = set()
    header: list[str] = []
    first = ""
    pieces: list[tuple[str, list[list[str]]]] = []
    for label, path in files:
        names, rows, found = read_rows(path, schema.name, label)
        problems += found
        broken.update((p.file, p.row) for p in found if p.code == "row_length")
        if not names:
            continue
        if not header:
            header, first = names, label
        elif sorted(names) != sorted(header):
            other = sorted(set(names) ^ set(header))
            problems.append(
                Problem(
                    "parts_differ",
                    f"columns differ from {first}: {', '.join(other)}",
                    schema.name,
                    label,
                    row=1,
                    expected="the same columns in every part of a table",
                )
            )
            continue
        elif names != header:
            order = [names.index(name) for name in header]
            rows = [[row[k] for k in order] for row in rows]
        pieces.append((label, rows))
    if not header:
        return Table(schema.name), problems
    table, found = parse_table(schema, header, pieces)
    # The cells of a row of wrong length stand in wrong columns: one problem is enough.
    return table, problems + [p for p in found if (p.file, p.row) not in broken]


def open_study(name_or_folder: str | Path) -> Study:
    """Read a study from the name of a shipped one, or from a folder.

    A table is ``table.csv``, ``table.csv.gz``, or parts ``table/*.csv[.gz]`` with the same
    columns. Text is UTF-8. Blank cells take the schema's default. A large study whose files have
    not changed since they were read comes from the cache.

    Raises
    ------
    OpenCorridorError
        With every problem of every file at once; nothing is guessed.
    """
    folder = find_study(name_or_folder)
    # Millions of short-lived cells make the cyclic collector run for nothing.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _open(folder)
    finally:
        if collecting:
            gc.enable()


def _open(folder: Path) -> Study:
    schema = load_schema()
    mark = fingerprint(folder)
    settings, problems = _read_settings(folder)
    known = snapshot.restore(folder, mark, settings) if not problems else None
    if known is not None:
        return known
    files, found = table_files(folder, schema)
    problems += found
    tables: dict[str, Table] = {}
    for name, paths in files.items():
        tables[name], found = _read_table(schema[name], paths)
        problems += found
    raise_if(problems)
    tables, found = constant_dollars(tables, settings.price_year)
    raise_if(found)
    study = Study(settings, tables, folder, tuple(problems), mark)
    snapshot.store(study)
    return study
