"""Tables and the whole study as files: CSV, XLSX with a sheet about it, zip."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from opencorridor import __version__
from opencorridor.documents.csvfiles import csv_text
from opencorridor.documents.xlsx import xlsx_bytes
from opencorridor.operations.workbench import results, tables
from opencorridor.operations.workbench.formulas import unit_of
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import Study, write_study

__all__ = ["MEDIA_TYPES", "File", "Format", "result_table", "study_table", "study_zip"]

Format = Literal["csv", "xlsx"]
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
# Earliest time that a zip can hold: the same study gives the same bytes on every day.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
# Every table of a run tells these, also where a row has none of its own.
_ALWAYS = ("low", "high", "status", "source")


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand out: its name, its media type and its bytes."""

    name: str
    media_type: str
    content: bytes


def _file_name(study: Study, view: str, day: date, hash_: str, ending: str) -> str:
    """Return ``oc_{study}_{view}_{yyyymmdd}_{hash8}.{ending}``, plain letters only."""
    parts = [re.sub(r"[^A-Za-z0-9_-]", "_", part) for part in (study.id, view)]
    return f"oc_{parts[0]}_{parts[1]}_{day:%Y%m%d}_{hash_[:8]}.{ending}"


def _about(study: Study, title: str, scenario: str, run: str, day: date) -> list[Any]:
    """Return the first lines of the sheet *About*."""
    return [
        ("Title", title),
        ("Study", f"{study.title} ({study.id})"),
        ("Scenario", scenario),
        ("Run", run),
        ("Study hash", study.hash),
        ("Date", f"{day:%Y-%m-%d}"),
        ("Made by", f"OpenCorridor {__version__}"),
        ("Licence of the study", study.settings.licence),
    ]


def _units(columns: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return one line with the units of the columns that have one."""
    told = [f"{name}: {unit}" for name, unit in columns if unit]
    return [("Units", "; ".join(told) or "none")]


def _sources(study: Study, ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return one line per source, with its licence."""
    lines = []
    for source_id in sorted({part for cell in ids for part in cell.split(";") if part}):
        item = tables.source_item(study, source_id)
        if item:
            told = [item["title"], item["publisher"], item["year"], item["url"],
                    f"licence: {item['licence']}", item["attribution"]]  # fmt: skip
            lines.append((f"Source {source_id}", " · ".join(t for t in told if t)))
    return lines


def study_table(study: Study, name: str, form: Format) -> File:
    """Return a table of the study as a file.

    Raises
    ------
    OpenCorridorError
        ``unknown_table``.
    """
    tables.table_named(study, name)
    return _study_table(study, name, form, datetime.now(UTC).date())


# A large workbook takes seconds to write: the last files of the day are kept.
@lru_cache(maxsize=4)
def _study_table(study: Study, name: str, form: Format, day: date) -> File:
    table = study[name]
    columns = [(c["name"], c["unit"]) for c in tables.columns_info(table)]
    names = [column for column, _ in columns]
    file_name = _file_name(study, name, day, study.hash, form)
    cells = [table[column].tolist() for column in names]
    rows = list(zip(*cells, strict=True)) if cells else []
    if form == "csv":
        return _csv(file_name, names, rows)
    ids = set(table["source"].tolist()) if "source" in table.columns else set()
    lines = [
        *_about(study, f"Table {name}", "the study's own figures", "none", day),
        *_units(columns),
        *_sources(study, ids),
    ]
    content = xlsx_bytes(lines, name, columns, rows, created=day)
    return File(file_name, MEDIA_TYPES[form], content)


def _csv(file_name: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> File:
    text = csv_text([dict(zip(names, row, strict=True)) for row in rows], names)
    return File(file_name, MEDIA_TYPES["csv"], text.encode())


def _with_origin(found: Sequence[dict[str, Any]], stored: Stored) -> list[dict[str, Any]]:
    """Return rows that all tell band, status and source; what has no source is the model's."""
    model = f"OpenCorridor model, run {stored.result_id[:8]}"
    blank = {"low": None, "high": None, "status": "derived", "source": model}
    # A row without a source of its own is the model's as well.
    return [{**row, **{k: blank[k] for k in _ALWAYS if row.get(k) in (None, "")}} for row in found]


def result_table(study: Study, stored: Stored, name: str, form: Format) -> File:
    """Return a table of a run as a file.

    Raises
    ------
    OpenCorridorError
        ``unknown_table``.
    """
    own = results.table_named(stored, name)
    found = own if name == "sources" else _with_origin(own, stored)
    names = results.columns_of(found)
    rows = [[row.get(column) for column in names] for row in found]
    day = datetime.fromisoformat(stored.created_at).date()
    file_name = _file_name(study, name, day, stored.result_id, form)
    if form == "csv":
        return _csv(file_name, names, rows)
    columns = [(column, unit_of(name, column)) for column in names]
    ids = {str(row.get("source") or row.get("source_id") or "") for row in own}
    plan = ", ".join(map(str, stored.summary.get("measures", []))) or "no measures"
    basis = " ".join(map(str, stored.summary.get("price_basis", [])))
    lines = [
        *_about(study, f"Table {name}", f"plan: {plan}", stored.result_id, day),
        ("Prices", basis),
        *_units(columns),
        *_sources(study, ids),
    ]
    content = xlsx_bytes(lines, name, columns, rows, created=day)
    return File(file_name, MEDIA_TYPES[form], content)


def study_zip(study: Study) -> File:
    """Return the study as a zip that can be opened again; the same study gives the same bytes."""
    out = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="opencorridor-") as work:
        folder = write_study(study, Path(work) / "study")
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                inside = f"{study.id}/{path.relative_to(folder).as_posix()}"
                member = zipfile.ZipInfo(inside, _ZIP_TIME)
                member.external_attr = 0o644 << 16
                packed = path.name.endswith(".gz")
                member.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                archive.writestr(member, path.read_bytes())
    name = _file_name(study, "study", datetime.now(UTC).date(), study.hash, "zip")
    return File(name, MEDIA_TYPES["zip"], out.getvalue())
