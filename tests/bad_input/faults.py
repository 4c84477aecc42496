"""One broken copy of the teaching study per fault, and what its report must say."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["FAULTS", "Fault", "broken", "copy_of_teaching"]

Edit = Callable[[Path], None]


def copy_of_teaching(shipped: Path, folder: Path) -> Path:
    """Copy the shipped study to a folder that may be spoilt."""
    shutil.copytree(shipped, folder)
    return folder


def line(table: str, start: str, old: str, new: str) -> Edit:
    """Change a part of the one line of a table that starts so."""

    def edit(folder: Path) -> None:
        file = folder / f"{table}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        (at,) = [k for k, text in enumerate(lines) if text.startswith(start)]
        assert old in lines[at], lines[at]
        lines[at] = lines[at].replace(old, new, 1)
        file.write_text("".join(lines), encoding="utf-8", newline="")

    return edit


def again(table: str, start: str, old: str, new: str) -> Edit:
    """Add a copy of a line at the end of a table, with one part changed."""

    def edit(folder: Path) -> None:
        file = folder / f"{table}.csv"
        text = file.read_text(encoding="utf-8")
        (found,) = [row for row in text.splitlines() if row.startswith(start)]
        assert old in found
        file.write_text(f"{text}{found.replace(old, new, 1)}\n", encoding="utf-8", newline="")

    return edit


def without(table: str, *starts: str) -> Edit:
    """Remove the lines of a table that start so."""

    def edit(folder: Path) -> None:
        file = folder / f"{table}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        left = [text for text in lines if not text.startswith(starts)]
        assert len(left) < len(lines)
        file.write_text("".join(left), encoding="utf-8", newline="")

    return edit


def whole(table: str, data: bytes) -> Edit:
    """Replace a file."""
    return lambda folder: (folder / f"{table}.csv").write_bytes(data) and None


def latin(table: str, old: str, new: str) -> Edit:
    """Change a text and save the file in Windows-1251, as an old spreadsheet does."""

    def edit(folder: Path) -> None:
        file = folder / f"{table}.csv"
        text = file.read_text(encoding="utf-8")
        assert old in text
        plain = "".join(c if ord(c) < 128 or "а" <= c.lower() <= "я" else "?" for c in text)
        file.write_bytes(plain.replace(old, new).encode("cp1251"))

    return edit


def each(*edits: Edit) -> Edit:
    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit


@dataclass(frozen=True)
class Fault:
    """What is broken, and the report: code, file, start of the row, column, value, words."""

    edit: Edit
    code: str
    file: str
    row: str
    column: str
    value: str
    words: str


# Nothing is in two networks at once: B1 keeps its ways in, and its roads and rails lead nowhere.
CUT_OFF = each(
    line("link", "L04,", "rail:3:BBB:1520,rail:4:BBB:1520,", "rail:3:BBB:1520,rail:8:BBB:1520,"),
    line("link", "L05,", "rail:4:BBB:1520,rail:5:BBB:1520,", "rail:8:BBB:1520,rail:5:BBB:1520,"),
    without("link", "L09,"),
    line("measure_edit", "BRIGHT_LINE,", '"link_id=L09,L11"', "link_id=L11"),
    line("link", "L26,", "road:3:BBB,road:4:BBB,", "road:3:BBB,road:5:BBB,"),
    without("link", "L27,"),
)

FAULTS: dict[str, Fault] = {
    "missing column": Fault(
        line("link", "link_id,", ",length_km,", ",lenght_km,"),
        "missing_column", "link.csv", "", "length_km", "", "length_km",
    ),
    "text in a number": Fault(
        line("link", "L01,", ",480,", ",far,"),
        "text_in_number", "link.csv", "L01,", "length_km", "far", "number",
    ),
    "decimal comma": Fault(
        line("link", "L01,", ",480,", ',"480,5",'),
        "decimal_comma", "link.csv", "L01,", "length_km", "480,5", "480.5 was probably meant",
    ),
    "negative length": Fault(
        line("link", "L01,", ",480,", ",-480,"),
        "negative_value", "link.csv", "L01,", "length_km", "-480", "0",
    ),
    "duplicate id": Fault(
        again("zone", "A1,", "A1,", "A1,"),
        "duplicate_key", "zone.csv", "A1,", "zone_id", "A1", "row 2",
    ),
    "duplicate link": Fault(
        again("link", "L40,", "L40,", "L41B,"),
        "duplicate_link", "link.csv", "L41B,", "", "", "L40",
    ),
    "link to a missing node": Fault(
        line("link", "L41,", ",sea:7,", ",sea:8,"),
        "link_without_node", "link.csv", "L41,", "to_node_id", "sea:8", "node",
    ),
    "country change without a crossing": Fault(
        line("link", "L03,", ",AB_RAIL,", ",,"),
        "border_without_crossing", "link.csv", "L03,", "border_crossing_id", "", "crossing",
    ),
    "disconnected zone": Fault(
        CUT_OFF, "zone_disconnected", "zone.csv", "B1,", "zone_id", "B1", "B1",
    ),
    "trade matrix not square": Fault(
        without("trade_flow", "BBB,"),
        "matrix_not_square", "trade_flow.csv", "AAA,BBB,AGR", "importer", "BBB", "BBB",
    ),
    "country without domestic flow": Fault(
        without("output", "BBB,AGR,"),
        "no_domestic_flow", "output.csv", "", "country_id", "BBB", "AGR",
    ),
    "measure edits a missing row": Fault(
        line("measure_edit", "BEACON_YARD,", "CAP01", "CAPO1"),
        "measure_edit_row", "measure_edit.csv", "BEACON_YARD,", "key", "capacity_id=CAPO1", "row",
    ),
    "circular prerequisites": Fault(
        line("measure", "TRANSIT_DEAL,", ",2026,,", ",2026,E_DECLARATION,"),
        "circular_prerequisites", "measure.csv", "", "prerequisites", "", "E_DECLARATION",
    ),
    "exclusive and needed": Fault(
        each(
            line("measure", "TRANSIT_DEAL,", ",2026,,,", ",2026,,E_DECLARATION,"),
            line("measure", "E_DECLARATION,", "TRANSIT_DEAL,,", "TRANSIT_DEAL,TRANSIT_DEAL,"),
        ),
        "prerequisite_excluded", "measure.csv", "E_DECLARATION,", "", "", "TRANSIT_DEAL",
    ),
    "empty file": Fault(
        whole("capacity", b""), "empty_file", "capacity.csv", "", "", "", "empty",
    ),
    "not UTF-8": Fault(
        latin("zone", "Alpha City", "Alpha City"),
        "not_utf8", "zone.csv", "", "", "", "byte",
    ),
}  # fmt: skip


def broken(shipped: Path, folder: Path, name: str) -> Path:
    """Copy of the teaching study with one fault."""
    copy_of_teaching(shipped, folder)
    FAULTS[name].edit(folder)
    return folder
