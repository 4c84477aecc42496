"""A user's table of flows: what is read, and how every problem is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from opencorridor.study.errors import OpenCorridorError
from opencorridor.trade.csvfile import has_column, iso_codes, read_flows

IDS = {"exporter": "from", "importer": "to", "year": "when"}
NUMBERS = {"trade": "value", "cost": "km"}


def written(folder: Path, *lines: str) -> Path:
    path = folder / "flows.csv"
    path.write_text("\n".join(("from,to,when,value,km,other", *lines)) + "\n", encoding="utf-8")
    return path


def problems(path: Path, **options: object) -> list[tuple[str, int | None, str, str]]:
    with pytest.raises(OpenCorridorError) as caught:
        read_flows(path, IDS, NUMBERS, **options)  # type: ignore[arg-type]
    return [(p.code, p.row, p.column, p.value) for p in caught.value.problems]


def test_columns_of_any_name_come_by_what_they_mean(tmp_path: Path) -> None:
    path = written(tmp_path, "NA,DE,2000,1.5,10,x", "DE,NA,2000,0,1e3,y")
    table = read_flows(path, IDS, NUMBERS)
    assert table["exporter"].tolist() == ["NA", "DE"]
    assert table["trade"].tolist() == [1.5, 0.0]
    assert table["cost"].tolist() == [10.0, 1000.0]
    assert set(table.columns) == {"exporter", "importer", "year", "trade", "cost"}
    assert table.n == 2


def test_a_packed_file_reads_the_same(tmp_path: Path) -> None:
    plain = written(tmp_path, "A,B,2000,1,2,")
    packed = tmp_path / "flows.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_flows(packed, IDS, NUMBERS)["trade"].tolist() == [1.0]
    assert has_column(packed, "when")
    assert has_column(plain, "when")
    assert not has_column(plain, "year")
    assert not has_column(tmp_path / "none.csv", "year")


def test_years_written_as_floats_are_whole_numbers_with_a_notice(tmp_path: Path) -> None:
    table = read_flows(written(tmp_path, "A,B,2000.0,1,2,", "B,A,2001.0,1,2,"), IDS, NUMBERS)
    assert table["year"].tolist() == ["2000", "2001"]
    assert [notice.code for notice in table.notices] == ["whole_float_ids"]


@pytest.mark.parametrize("word", ["", ".", "NA", "NaN", "N/A"])
def test_missing_numbers_are_nan_where_allowed_and_problems_elsewhere(
    tmp_path: Path, word: str
) -> None:
    path = written(tmp_path, f"A,B,2000,{word},2,", "B,A,2000,1,2,")
    assert np.isnan(read_flows(path, IDS, NUMBERS, allow_missing=True)["trade"]).tolist() == [
        True,
        False,
    ]
    found = problems(path)
    assert [row[1:3] for row in found] == [(2, "value")]
    assert found[0][0] == ("text_in_number" if word else "blank_required")


def test_all_problems_are_told_at_once_with_row_column_and_value(tmp_path: Path) -> None:
    path = written(
        tmp_path, "A,B,2000,-4,2,", "A,B,2000,3,2,", ",B,2001,1,2,", 'B,A,2000,"1,5",2,',
        "B,A,2001,many,2,",
    )  # fmt: skip
    assert set(problems(path)) == {
        ("negative_value", 2, "value", "-4"),
        ("duplicate_key", 3, "from", "A; B; 2000"),
        ("blank_required", 4, "from", ""),
        ("decimal_comma", 5, "value", "1,5"),
        ("text_in_number", 6, "value", "many"),
    }


def test_only_trade_has_to_be_positive_unless_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "A,B,2000,1,-2,")
    assert read_flows(path, IDS, NUMBERS)["cost"].tolist() == [-2.0]
    assert problems(path, least={"cost": 0.0}) == [("negative_value", 2, "km", "-2")]


def test_unknown_codes_are_told_once_a_column_with_the_mend(tmp_path: Path) -> None:
    path = written(tmp_path, "DEU,NA,2000,1,2,", "DEU,ROM,2000,1,2,", "DEV,NAM,2000,1,2,",
                   "DEV,DEU,2000,1,2,")  # fmt: skip
    with pytest.raises(OpenCorridorError) as caught:
        read_flows(path, IDS, NUMBERS, iso=True)
    told = {(p.value, p.row): p.mend for p in caught.value.problems}
    assert set(told) == {("DEV", 4), ("NA", 2), ("ROM", 3)}
    assert told["ROM", 3] == "write ROU"
    assert "DEU" in told["DEV", 4]
    assert "NAM" in told["NA", 2]


def test_the_codes_are_all_of_iso_3166() -> None:
    codes = iso_codes()
    current = {code for code, instead in codes.items() if not instead}
    assert len(current) == 250  # 249 of ISO 3166-1, and the one of common use in trade data
    assert all(len(code) == 3 and code.isupper() for code in codes)
    assert {instead for instead in codes.values() if instead} <= current


def test_a_column_that_is_not_there_is_told_with_what_may_be_meant(tmp_path: Path) -> None:
    path = written(tmp_path, "A,B,2000,1,2,")
    with pytest.raises(OpenCorridorError) as caught:
        read_flows(path, IDS | {"importer": "too"}, NUMBERS | {"cost": "zzz"})
    first, second = caught.value.problems
    assert (first.code, first.column) == ("missing_column", "too")
    assert "did you mean to?" in first.mend
    assert "the file has from, to, when" in second.mend


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("from,to,when,value,km\n", "no_rows"),
        ("from;to;when;value;km\nA;B;2000;1;2\n", "wrong_separator"),
        ("from,to,when,value,km,km\nA,B,2000,1,2,2\n", "duplicate_column"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(text, encoding="utf-8")
    assert problems(path)[0][0] == code


def test_a_column_cannot_be_name_and_number(tmp_path: Path) -> None:
    path = written(tmp_path, "A,B,2000,1,2,")
    with pytest.raises(OpenCorridorError, match="cannot be both"):
        read_flows(path, IDS, NUMBERS | {"cost": "when"})


def test_there_has_to_be_a_file(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.csv")[0][0] == "no_file"
