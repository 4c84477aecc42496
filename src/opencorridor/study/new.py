"""A new study: empty tables to fill in, or a copy of another study."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.study.files import SETTINGS_FILE
from opencorridor.study.load import open_study
from opencorridor.study.schema import load_schema
from opencorridor.study.settings import Defaults, PrintedRoute, Settings, Side, Target
from opencorridor.study.study import Study
from opencorridor.study.toml import dumps
from opencorridor.study.write import write_study

__all__ = ["new_study"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def _template(name: str) -> str:
    settings = Settings(
        id=name,
        title=name.replace("_", " ").capitalize(),
        pair=("AAA", "BBB"),
        target=Target(1e9, 2030, (Side("AAA", 1e9, "named by", "source id"),)),
        default=Defaults("class_id", "feu"),
        routes=(PrintedRoute("a zone of AAA", "a zone of BBB"),),
    )
    return "# Fill in, then: opencorridor check --study FOLDER\n" + dumps(settings.as_dict())


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise OpenCorridorError(
            [
                Problem(
                    "bad_name",
                    f"{name!r} cannot be the id of a study",
                    value=name,
                    expected="a letter, then letters, digits, - and _",
                )
            ]
        )


def new_study(
    name: str, from_study: str | Path | Study | None = None, folder: str | Path | None = None
) -> Path:
    """Make the folder of a new study and return its path.

    Parameters
    ----------
    name
        Id of the new study.
    from_study
        A study to copy (object, shipped name or folder); by default every table is made with its
        header and no rows.
    folder
        Where to; by default a folder of that name here.

    Raises
    ------
    OpenCorridorError
        ``bad_name``, ``folder_in_use``.
    """
    _check_name(name)
    target = Path(folder) if folder is not None else Path(name)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OpenCorridorError(
            [
                Problem(
                    "folder_in_use",
                    f"{target} is there already",
                    value=str(target),
                    expected="a folder that does not exist, or is empty",
                )
            ]
        )
    if from_study is not None:
        study = from_study if isinstance(from_study, Study) else open_study(from_study)
        return write_study(study.replace(settings=replace(study.settings, id=name)), target)
    target.mkdir(parents=True, exist_ok=True)
    for table, schema in load_schema().items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(schema.names)
        (target / f"{table}.csv").write_text(text.getvalue(), encoding="utf-8")
    # Last: without its settings a half-made folder is no study.
    (target / SETTINGS_FILE).write_text(_template(name), encoding="utf-8")
    return target.resolve()
