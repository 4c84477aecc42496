"""The files of a study: which there are, their text, their rows of cells."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import time
import zlib
from collections.abc import Mapping
from pathlib import Path

from opencorridor.study.errors import Problem, suggest
from opencorridor.study.schema import TableSchema, schema_mark

__all__ = ["SETTINGS_FILE", "fingerprint", "read_bytes", "read_rows", "table_files", "table_name"]

SETTINGS_FILE = "study.toml"
_SETTLED_S = 2.0
_LONGEST_CELL = 2**31 - 1
Rows = list[list[str]]


def table_name(path: Path) -> str:
    """Return the table that a file name stands for, or "" where it is not a CSV."""
    for ending in (".csv.gz", ".csv"):
        if path.name.lower().endswith(ending):
            return path.name[: -len(ending)]
    return ""


def _parts(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_file() and table_name(p))


def table_files(
    folder: Path, schema: Mapping[str, TableSchema]
) -> tuple[dict[str, list[tuple[str, Path]]], list[Problem]]:
    """Return the files of every table as (label, path), in reading order, and what is wrong."""
    files: dict[str, list[tuple[str, Path]]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            name, found = path.name, [(f"{path.name}/{p.name}", p) for p in _parts(path)]
            if not found:
                continue
        else:
            name, found = table_name(path), [(path.name, path)]
            if not name:
                continue
        if name not in schema:
            problems.append(
                Problem(
                    "unknown_table",
                    f"the study format has no table {name}",
                    name,
                    found[0][0],
                    mend=suggest(name, schema) or "rename or remove it",
                )
            )
        elif name in files:
            problems.append(
                Problem(
                    "table_twice",
                    f"table {name} stands in {files[name][0][0]} and in {found[0][0]}",
                    name,
                    found[0][0],
                    expected=f"{name}.csv, {name}.csv.gz, or parts in a folder {name}",
                    mend="keep one of them",
                )
            )
        else:
            files[name] = found
    return files, problems


def _encoding_problem(data: bytes, error: UnicodeDecodeError, table: str, label: str) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    byte = data[error.start]
    guess = ""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        guess = "it looks like UTF-16; "
    elif byte >= 0x80:
        guess = "it may be Windows-1251, Windows-1256 or Latin-1; "
    return Problem(
        "not_utf8",
        f"byte 0x{byte:02X} at position {error.start} on line {line} is not UTF-8",
        table,
        label,
        expected="UTF-8 text",
        mend=f"{guess}save the file as CSV UTF-8",
    )


def read_bytes(path: Path, table: str, label: str) -> tuple[str, list[Problem]]:
    """Return the text of a file (gzip by its name; a byte order mark is dropped)."""
    try:
        data = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        problem = Problem("unreadable_file", f"cannot be read: {error}", table, label)
        return "", [problem]
    if not data.strip(b"\xef\xbb\xbf \r\n\t"):
        problem = Problem(
            "empty_file",
            "the file is empty",
            table,
            label,
            expected="a header with the names of the columns",
            mend="add the header, or remove the file",
        )
        return "", [problem]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        return "", [_encoding_problem(data, error, table, label)]


def read_rows(path: Path, table: str, label: str) -> tuple[list[str], Rows, list[Problem]]:
    """Return header, rows of text cells (all of the header's length) and what is wrong."""
    text, problems = read_bytes(path, table, label)
    if problems:
        return [], [], problems
    limit = csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(_newline_lines(text), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        problem = Problem(
            "broken_csv",
            f"line {reader.line_num}: {error}",
            table,
            label,
            mend="close every quote, and double a quote inside a quoted cell",
        )
        return [], [], [problem]
    finally:
        csv.field_size_limit(limit)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    header = [name.strip() for name in rows.pop(0)]
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        separator = "semicolon" if ";" in header[0] else "tab"
        problem = Problem(
            "wrong_separator",
            f"the columns are separated by a {separator}",
            table,
            label,
            row=1,
            expected="commas",
            mend="save the file as CSV with commas",
        )
        return [], [], [problem]
    width = len(header)
    bad = []
    if not set(map(len, rows)) <= {width}:
        bad = [i for i, row in enumerate(rows) if len(row) != width]
    for i in bad[:50]:
        problems.append(_length_problem(rows[i], i + 2, width, table, label))
    if len(bad) > 50:
        problems.append(
            Problem("row_length", f"{len(bad) - 50} more rows of wrong length", table, label)
        )
    for i in bad:
        # Keep the row's number for the problems of later rows.
        rows[i] = (rows[i] + [""] * width)[:width]
    return header, rows, problems


def _length_problem(row: list[str], number: int, width: int, table: str, label: str) -> Problem:
    if not row:
        return Problem(
            "row_length", "blank line", table, label, number, mend="remove the blank line"
        )
    mend = "put a cell that holds a comma in double quotes" if len(row) > width else ""
    return Problem(
        "row_length",
        f"{len(row)} cells",
        table,
        label,
        number,
        value=",".join(row)[:60],
        expected=f"{width} cells as in the header",
        mend=mend,
    )


def _newline_lines(text: str) -> io.StringIO:
    # str.splitlines would also split at other characters, such as U+2028 inside a name.
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return io.StringIO(text, newline="\n")


def fingerprint(folder: str | Path) -> str:
    """Return a quick fingerprint of a study's files: names, sizes and times of change.

    It lets a study that was read before be found again without reading its tables. Blank where a
    file is younger than two seconds: a further change might then go unseen.
    """
    base = Path(folder).resolve()
    digest = hashlib.sha256(f"{base}\n{schema_mark()}".encode())
    youngest = 0.0
    for path in sorted(p for p in base.rglob("*") if p.is_file()):
        name = path.relative_to(base)
        if len(name.parts) > 2 or any(part.startswith(".") for part in name.parts):
            continue
        if table_name(path) or path.name == SETTINGS_FILE:
            stat = path.stat()
            youngest = max(youngest, stat.st_mtime)
            digest.update(f"\n{name.as_posix()} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest() if time.time() - youngest > _SETTLED_S else ""
