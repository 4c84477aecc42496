"""Writing a study: a whole new folder under a temporary name, then one rename."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.study.files import SETTINGS_FILE, table_name
from opencorridor.study.reference import datapackage, used_columns
from opencorridor.study.schema import load_schema
from opencorridor.study.study import Study
from opencorridor.study.table import Array, Table
from opencorridor.study.toml import dumps

__all__ = ["PACKAGE_FILE", "write_study"]

PACKAGE_FILE = "datapackage.json"
# Tables above this size are compressed.
_GZIP_BYTES = 250_000


def _cells(values: Array) -> list[str]:
    if values.dtype != np.float64:
        cells: list[str] = values.tolist()
        return cells
    return [
        "" if v != v else str(int(v)) if v.is_integer() and abs(v) < 1e15 else repr(v)
        for v in values.tolist()
    ]


def _csv(table: Table, columns: Sequence[str], rows: slice) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(_cells(table[name][rows]) for name in columns), strict=True))
    return text.getvalue().encode()


def _pieces(table: Table) -> list[tuple[str, slice]]:
    """Return (file stem, rows): the parts it was read from, else one file."""
    if len(table.parts) < 2 or sum(n for _, n in table.parts) != table.n:
        return [(table.name, slice(0, table.n))]
    pieces, start = [], 0
    for label, n in table.parts:
        stem = table_name(Path(label))
        pieces.append((f"{table.name}/{stem}", slice(start, start + n)))
        start += n
    return pieces


def _write_table(table: Table, folder: Path) -> list[str]:
    columns = used_columns(table)
    bodies = [(stem, _csv(table, columns, rows)) for stem, rows in _pieces(table)]
    big = sum(len(body) for _, body in bodies) > _GZIP_BYTES
    names = []
    for stem, body in bodies:
        name = f"{stem}.csv.gz" if big else f"{stem}.csv"
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        # A fixed time: the same values give the same bytes.
        path.write_bytes(gzip.compress(body, compresslevel=9, mtime=0) if big else body)
        names.append(name)
    return names


def _study_id(folder: Path) -> str | None:
    try:
        found = tomllib.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(found.get("id", ""))


def _refuse(folder: Path, study_id: str) -> None:
    found = _study_id(folder)
    if found == study_id:
        return
    what = "is not a study" if found is None else f"holds the study {found!r}"
    raise OpenCorridorError(
        [
            Problem(
                "folder_in_use",
                f"the folder {folder} is not empty and {what}",
                value=str(folder),
                expected=f"a new or empty folder, or one that holds the study {study_id!r}",
                mend="choose another folder, or force it",
            )
        ]
    )


def _is_ours(path: Path) -> bool:
    """Say whether a file or folder of a study is one that writing replaces."""
    if path.name in (SETTINGS_FILE, PACKAGE_FILE):
        return True
    name = path.name if path.is_dir() else table_name(path)
    return name in load_schema()


def _keep_others(old: Path, new: Path) -> None:
    """Copy what is not ours (read-me, licences) from the old folder to the new one."""
    for path in old.iterdir():
        if _is_ours(path):
            continue
        if path.is_dir():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name)


def write_study(study: Study, folder: str | Path, force: bool = False) -> Path:
    """Write a study as a folder of CSV tables, ``study.toml`` and ``datapackage.json``.

    Rows keep their order, parts stay parts, large tables are compressed. The folder is made under
    a temporary name and renamed: a killed write leaves the old folder as it was. Other files of a
    study's folder, such as licences, are kept.

    Parameters
    ----------
    study
        The study.
    folder
        Where to: a new or empty folder, or one that holds the same study already.
    force
        Write into any folder; its other files are kept.

    Raises
    ------
    OpenCorridorError
        ``folder_in_use``.
    """
    target = Path(folder).resolve()
    exists = target.is_dir() and any(target.iterdir())
    if target.exists() and not target.is_dir():
        raise OpenCorridorError([Problem("folder_in_use", f"{target} is a file")])
    if exists and not force:
        _refuse(target, study.id)
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        new = work / "new"
        new.mkdir()
        files: dict[str, list[str]] = {}
        for name, table in study.tables.items():
            if table.n:
                files[name] = _write_table(table, new)
        (new / SETTINGS_FILE).write_text(dumps(study.settings.as_dict()), encoding="utf-8")
        package: dict[str, Any] = datapackage(study, files)
        text = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
        (new / PACKAGE_FILE).write_text(text, encoding="utf-8")
        if exists:
            _keep_others(target, new)
        if target.exists():
            target.rename(work / "old")
            try:
                new.rename(target)
            except OSError:
                (work / "old").rename(target)
                raise
        else:
            new.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target
