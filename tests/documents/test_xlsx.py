"""Workbooks: a sheet about the table, texts that stay texts, numbers that stay numbers."""

from __future__ import annotations

import io
import math
import xml.etree.ElementTree as ET
import zipfile
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from opencorridor.documents.xlsx import LONGEST_CELL, xlsx_bytes

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DAY = date(2026, 1, 2)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sheet(content: bytes, number: int) -> dict[str, Any]:
    """Return cells by their address: text or number, read without the writer's help."""
    files = parts(content)
    strings = []
    if "xl/sharedStrings.xml" in files:
        for item in ET.fromstring(files["xl/sharedStrings.xml"]).iter(f"{NS}si"):
            strings.append("".join(t.text or "" for t in item.iter(f"{NS}t")))
    found: dict[str, Any] = {}
    for cell in ET.fromstring(files[f"xl/worksheets/sheet{number}.xml"]).iter(f"{NS}c"):
        assert cell.find(f"{NS}f") is None, "no cell is a formula"
        if cell.get("t") == "inlineStr":
            found[cell.get("r", "")] = "".join(t.text or "" for t in cell.iter(f"{NS}t"))
            continue
        value = cell.findtext(f"{NS}v")
        if value is not None:
            text = cell.get("t") == "s"
            found[cell.get("r", "")] = strings[int(value)] if text else float(value)
    return found


def book(rows: list[list[Any]], columns: int = 1) -> bytes:
    names = [(f"c{i}", "") for i in range(columns)]
    return xlsx_bytes([("Title", "A title")], "load", names, rows, created=DAY)


def test_the_first_sheet_says_what_the_table_is() -> None:
    about = [("Title", "Load of lines"), ("Units", "t_per_year: t/year"), ("Sources", "none")]
    content = xlsx_bytes(about, "load", [("t_per_year", "t/year")], [[1.5]], created=DAY)
    workbook = parts(content)["xl/workbook.xml"].decode()
    assert workbook.index('name="About"') < workbook.index('name="load"')
    cells = sheet(content, 1)
    assert [cells[f"A{n}"] for n in (1, 2, 3)] == ["Title", "Units", "Sources"]
    assert cells["B2"] == "t_per_year: t/year"
    assert sheet(content, 2) == {"A1": "t_per_year", "A2": 1.5}


def test_numbers_stay_numbers_and_absence_is_an_empty_cell() -> None:
    rows = [[-5.0], [0], [None], [""], [math.nan], [math.inf], [True], [["a", "b"]]]
    cells = sheet(book(rows), 2)
    assert cells == {"A1": "c0", "A2": -5.0, "A3": 0.0, "A8": 1.0, "A9": "a;b"}


@given(
    st.tuples(st.sampled_from(["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", ""]),
              st.text(max_size=20))
)  # fmt: skip
def test_no_text_becomes_a_formula_link_or_number(pair: tuple[str, str]) -> None:
    text = "".join(pair)
    cells = sheet(book([[text]]), 2)
    shown = cells.get("A2", "")
    assert isinstance(shown, str)
    ordinary = "".join(c for c in text if c.isprintable() and ord(c) < 0xD800)
    assert "".join(c for c in shown if c.isprintable() and ord(c) < 0xD800) == ordinary


def test_texts_that_look_like_numbers_or_links_stay_texts() -> None:
    cells = sheet(book([["12"], ["https://example.org/a"], ["=1+1"], ["{=1+1}"]]), 2)
    assert [cells[f"A{n}"] for n in (2, 3, 4, 5)] == [
        "12", "https://example.org/a", "=1+1", "{=1+1}",
    ]  # fmt: skip


def test_a_text_that_no_cell_holds_is_cut_and_says_so() -> None:
    cut = sheet(book([["x" * 40_000]]), 2)["A2"]
    assert len(cut) == LONGEST_CELL
    assert cut.endswith("…")


def test_the_same_table_gives_the_same_bytes() -> None:
    assert book([[1.0], ["a"]]) == book([[1.0], ["a"]])


def test_odd_names_of_tables_are_taken() -> None:
    for name in ("a/b:c*?[x]", "History", "About", "'", "x" * 60, ""):
        content = xlsx_bytes([], name, [("a", "t")], [], created=DAY)
        assert len(parts(content)) > 5
