"""Charts of corridors: as many lines as there are corridors, also beyond the number of looks."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from opencorridor.documents.corridor_book import Sheet, book_bytes
from opencorridor.documents.profiles import Profile, Strand, looks_of, profiles_svg
from opencorridor.documents.style import load_style

MORE = len(load_style()["corridors"]) + 1


@pytest.fixture
def charts() -> list[Profile]:
    strands = [Strand(f"way {k}", [(0.0, 0.0), (100.0 + k, 10.0 + k)]) for k in range(MORE)]
    return [Profile("Hours", "h", strands), Profile("Dollars", "US$", strands)]


def test_looks_come_again() -> None:
    assert looks_of(MORE)[-1] == looks_of(1)[0]
    assert len({(look["colour"], look["dash"]) for look in looks_of(MORE - 1)}) == MORE - 1


def test_every_corridor_has_a_line_and_a_name(charts: list[Profile]) -> None:
    drawn = profiles_svg(charts, ["made for a test"])
    assert drawn.count("<path") == 2 * MORE
    assert all(f"way {k}" in drawn for k in range(MORE))


def test_every_corridor_is_a_series_of_each_chart_of_the_workbook(charts: list[Profile]) -> None:
    book = book_bytes([("Title", "t")], [Sheet("A", [("a", "")])], charts, created=date(2026, 1, 2))
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        made = [packed.read(f"xl/charts/chart{k}.xml").decode() for k in (1, 2)]
    assert [xml.count("<c:ser>") for xml in made] == [MORE, MORE]
    # The second chart reads its own columns, right of all those of the first.
    assert "Points!$A$2" in made[0]
    assert "Points!$A$2" not in made[1]
