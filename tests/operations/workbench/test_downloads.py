"""Files to hand out: names, values in full, no formulas, and a study that can be opened again."""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.documents.csvfiles import csv_text
from opencorridor.operations.workbench import downloads
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import OpenCorridorError, Study, open_study
from tests.documents.test_xlsx import sheet

SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_names_tell_study_view_day_and_hash(stored: Stored, teaching: Study) -> None:
    file = downloads.study_table(teaching, "link", "csv")
    assert re.fullmatch(rf"oc_teaching_link_\d{{8}}_{teaching.hash[:8]}\.csv", file.name)
    day = stored.created_at[:10].replace("-", "")
    made = downloads.result_table(teaching, stored, "load", "xlsx")
    assert made.name == f"oc_teaching_load_{day}_{stored.result_id[:8]}.xlsx"


def test_a_table_of_the_study_has_every_value_in_full(teaching: Study) -> None:
    for name, table in teaching.tables.items():
        rows = csv_rows(downloads.study_table(teaching, name, "csv").content)
        assert len(rows) == table.n
        for column in rows[0] if rows else []:
            numeric = table.schema.column(column).numeric
            for row, value in zip(rows, table[column], strict=True):
                if numeric:
                    assert row[column] == "" if math.isnan(value) else float(row[column]) == value
                else:
                    assert row[column] == value


def test_a_table_of_a_run_has_every_value_and_its_origin(stored: Stored, teaching: Study) -> None:
    for name, own in stored.tables.items():
        rows = csv_rows(downloads.result_table(teaching, stored, name, "csv").content)
        assert len(rows) == len(own)
        for row, cells in zip(rows, own, strict=True):
            for column, value in cells.items():
                if isinstance(value, float):
                    assert float(row[column]) == value
            if name != "sources":
                assert {"low", "high", "status", "source"} <= set(row)
                assert row["status"]
                assert row["source"]


def test_a_workbook_says_what_it_is_and_equals_the_csv(stored: Stored, teaching: Study) -> None:
    content = downloads.result_table(teaching, stored, "trade_path", "xlsx").content
    about = sheet(content, 1)
    told = {about[f"A{n}"]: about.get(f"B{n}", "") for n in range(1, 40) if f"A{n}" in about}
    assert told["Run"] == stored.result_id
    assert told["Date"] == stored.created_at[:10]
    assert "Alphaland" in told["Study"]
    assert "plan_usd_current: US$" in told["Units"]
    assert {"Title", "Scenario", "Licence of the study", "Prices"} <= set(told)
    cells = sheet(content, 2)
    rows = csv_rows(downloads.result_table(teaching, stored, "trade_path", "csv").content)
    heads = list(rows[0])
    for n, row in enumerate(rows, 2):
        for column, head in enumerate(heads):
            cell = cells.get(f"{chr(65 + column)}{n}", "")
            if isinstance(cell, float):
                # A workbook holds sixteen digits.
                assert cell == pytest.approx(float(row[head]), rel=1e-15)
            else:
                assert cell == row[head]


def test_a_workbook_lists_sources_with_licences(teaching: Study) -> None:
    about = sheet(downloads.study_table(teaching, "trade_flow", "xlsx").content, 1)
    text = " ".join(str(v) for v in about.values())
    assert "Source SRC_STAT" in text
    assert "licence: Apache-2.0" in text


@given(st.lists(st.tuples(st.sampled_from(SIGNS), st.text(max_size=12)), min_size=1, max_size=5))
def test_no_text_of_a_csv_runs_as_a_formula(pairs: list[tuple[str, str]]) -> None:
    texts = ["".join(pair).replace("\0", "") for pair in pairs]
    written = csv_text([{"a": text} for text in texts])
    cells = [row[0] for row in csv.reader(io.StringIO(written, newline=""))][1:]
    for text, cell in zip(texts, cells, strict=True):
        line = text.replace("\r\n", "\n").replace("\r", "\n")
        assert cell == f"'{line}" or is_number(line)


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_numbers_stay_numbers() -> None:
    assert csv_text([{"a": -5}, {"a": "-5"}, {"a": -0.1}]) == "a\n-5\n-5\n-0.1\n"


def test_the_study_can_be_opened_again(teaching: Study, tmp_path: Path) -> None:
    file = downloads.study_zip(teaching)
    assert file.media_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        names = archive.namelist()
        assert {"teaching/study.toml", "teaching/datapackage.json"} <= set(names)
        assert names == sorted(names)
        archive.extractall(tmp_path)
    assert open_study(tmp_path / "teaching").hash == teaching.hash
    assert downloads.study_zip(teaching).content == file.content


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_unknown_table_is_said(stored: Stored, teaching: Study, form: Any) -> None:
    for call in (
        lambda: downloads.study_table(teaching, "nothing", form),
        lambda: downloads.result_table(teaching, stored, "nothing", form),
    ):
        with pytest.raises(OpenCorridorError) as caught:
            call()
        assert caught.value.problems[0].code == "unknown_table"
