"""Reading a study: what is accepted, and how everything else is explained."""

from __future__ import annotations

import gzip
import math
import time
from pathlib import Path

import numpy as np
import pytest

from opencorridor.study import OpenCorridorError, Problem, load_schema, open_study
from tests.study.files import LINKS, NODES, TOML, small


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(OpenCorridorError) as caught:
        open_study(folder)
    assert caught.value.exit_code == 2
    return list(caught.value.problems)


def only(folder: Path) -> Problem:
    found = problems(folder)
    assert len(found) == 1, [str(p) for p in found]
    return found[0]


def test_a_good_study_is_read_with_defaults(tmp_path: Path) -> None:
    study = open_study(small(tmp_path, node=NODES, link=LINKS.format(km="1e1")))
    link = study["link"]
    assert link["length_km"].tolist() == [10.0, 7.5]
    assert link["state"].tolist() == ["open", "open"]  # schema default
    assert math.isnan(link["tracks"][0])
    assert link["name"].tolist() == ["", ""]
    assert study.settings.baseline_date == "2024-12-31"
    assert study["zone"].n == 0


def test_namibia_is_a_country(tmp_path: Path) -> None:
    text = "country_id,name_en,source,status\nNA,Namibia,s,assumed\nnan,Nan,s,assumed\n"
    study = open_study(small(tmp_path, country=text))
    assert study["country"]["country_id"].tolist() == ["NA", "nan"]


def test_arrays_cannot_be_written(tmp_path: Path) -> None:
    link = open_study(small(tmp_path, link=LINKS.format(km=1)))["link"]
    for column in ("length_km", "link_id"):
        with pytest.raises(ValueError, match="read-only"):
            link[column][0] = 5


@pytest.mark.parametrize(
    ("cell", "code", "words"),
    [
        ('"1.355,90"', "decimal_comma", "1355.9 was probably meant"),
        ('"9,99"', "decimal_comma", "9.99 was probably meant"),
        ('"10 237,65"', "decimal_comma", "10237.65 was probably meant"),
        ('"1,234"', "decimal_comma", "1234 or 1.234 could be meant"),
        ("۱۴٬۵۰۰٫۵۵", "decimal_comma", "14500.55 was probably meant"),
        ("١٢٫٥", "decimal_comma", "12.5 was probably meant"),
        ("1_000", "decimal_comma", "1000 was probably meant"),
        ("nan", "text_in_number", "'nan'"),
        ("inf", "text_in_number", "'inf'"),
        ("twelve", "text_in_number", "'twelve'"),
        ("-3", "negative_value", "-3 is negative"),
        ("", "blank_required", "is blank"),
    ],
)
def test_a_bad_number_is_explained(tmp_path: Path, cell: str, code: str, words: str) -> None:
    problem = only(small(tmp_path, link=LINKS.format(km=cell)))
    assert (problem.code, problem.table, problem.file) == (code, "link", "link.csv")
    assert (problem.row, problem.column) == (2, "length_km")
    assert words in str(problem)


def test_case_5_a_longitude_beyond_the_antimeridian_is_read_or_refused_with_its_column(
    tmp_path: Path,
) -> None:
    """CASES 5: 180.0343 of a node is read (lines wrap it); what lies further out is refused."""
    beyond = NODES.replace("\n1,road,10,", "\n1,road,180.0343,")
    assert open_study(small(tmp_path, node=beyond))["node"]["lon"][0] == 180.0343
    problem = only(small(tmp_path, node=beyond.replace("180.0343", "180.5")))
    assert (problem.table, problem.column, problem.row) == ("node", "lon", 2)
    assert "180.1" in problem.expected


def test_an_unclear_comma_is_decided_by_its_column(tmp_path: Path) -> None:
    text = LINKS.format(km='"1,234"').replace("7.5", '"9,99"')
    assert "1.234 was probably meant" in str(problems(small(tmp_path, link=text))[0])
    text = LINKS.format(km='"1,234"').replace("7.5", '"1,234.5"')
    assert "1234 was probably meant" in str(problems(small(tmp_path, link=text))[0])


def test_an_unquoted_decimal_comma_is_one_problem(tmp_path: Path) -> None:
    problem = only(small(tmp_path, link=LINKS.format(km="9,99")))
    assert (problem.code, problem.row) == ("row_length", 2)


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    links = LINKS.format(km="far").replace("L2,road", "L1,rode").replace("length_km", "lenght_km")
    nodes = NODES.replace("10,20", "10,200").replace("source", "sauce")
    found = problems(small(tmp_path, node=nodes, link=links, lnik="a,b\n1,2\n"))
    assert {(p.table, p.code) for p in found} == {
        ("link", "unknown_column"),
        ("link", "missing_column"),
        ("link", "not_a_value"),
        ("link", "duplicate_key"),
        ("node", "out_of_range"),
        ("node", "unknown_column"),
        ("node", "missing_column"),
        ("lnik", "unknown_table"),
    }
    by_code = {(p.table, p.code): p for p in found}
    assert "length_km" in by_code["link", "unknown_column"].mend
    assert "road" in by_code["link", "not_a_value"].mend
    assert by_code["lnik", "unknown_table"].mend == "did you mean link?"


def test_a_duplicate_names_both_rows(tmp_path: Path) -> None:
    problem = only(small(tmp_path, link=LINKS.format(km=1).replace("L2", "L1")))
    assert (problem.code, problem.row, problem.value) == ("duplicate_key", 3, "L1")
    assert "row 2" in problem.message


def test_case_14_whole_float_ids_are_read_as_whole_with_a_notice(tmp_path: Path) -> None:
    """CASES 14."""
    links = LINKS.format(km=1).replace(",1,2,", ",1.0,2.0,").replace(",2,1,", ",2.0,1.00,")
    study = open_study(small(tmp_path, node=NODES, link=links))
    assert study["link"]["from_node_id"].tolist() == ["1", "2"]
    assert [(n.file, n.column, n.severity) for n in study.notices] == [
        ("link.csv", "from_node_id", "notice"),
        ("link.csv", "to_node_id", "notice"),
    ]


@pytest.mark.parametrize("second", ["1", "1.50", "x"])
def test_case_14_a_mixture_of_ids_is_refused_with_its_cells(tmp_path: Path, second: str) -> None:
    nodes = NODES.replace("\n1,", "\n1.0,").replace("\n2,", f"\n{second},")
    found = problems(small(tmp_path, node=nodes))
    assert {p.code for p in found} == {"mixed_ids"}
    assert {p.column for p in found} == {"node_id"}
    assert "1.0" in [p.value for p in found]


def test_case_14_codes_keep_their_zero(tmp_path: Path) -> None:
    study = open_study(small(tmp_path, node=NODES.replace("\n1,", "\n0101,")))
    assert study["node"]["node_id"][0] == "0101"


def test_a_wrong_encoding_names_byte_and_line(tmp_path: Path) -> None:
    nodes = NODES.encode() + "3,road,1,2,Ж,assumed\n".encode("cp1251")
    problem = only(small(tmp_path, node=nodes))
    assert problem.code == "not_utf8"
    assert "byte 0xC6" in problem.message
    assert "line 4" in problem.message


def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    nodes = b"\xef\xbb\xbf" + NODES.replace("\n", "\r\n").encode()
    assert open_study(small(tmp_path, node=nodes))["node"]["node_id"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\n \n", "empty_file"),
        (NODES.replace(",", ";").encode(), "wrong_separator"),
        (NODES.encode() + b'3,"road,1,2,s,assumed\n', "broken_csv"),
        (NODES.replace("\n2", "\n\n2").encode(), "row_length"),
        (NODES.replace("10,20,s", "10,20").encode(), "row_length"),
    ],
)
def test_broken_files(tmp_path: Path, data: bytes, code: str) -> None:
    assert only(small(tmp_path, node=data)).code == code


def test_rows_keep_their_number_below_a_broken_row(tmp_path: Path) -> None:
    nodes = NODES.replace("10,20,s", "10,20").replace("11,21", "11,x")
    found = {p.code: p.row for p in problems(small(tmp_path, node=nodes))}
    assert found == {"row_length": 2, "text_in_number": 3}


def test_parts_are_one_table(tmp_path: Path) -> None:
    folder = small(tmp_path)
    (folder / "link").mkdir()
    text = LINKS.format(km=1)
    (folder / "link" / "a.csv").write_text(text, encoding="utf-8")
    other = text.replace("L1", "L3").replace("L2", "L4").replace("7.5", "far")
    (folder / "link" / "b.csv.gz").write_bytes(gzip.compress(other.encode()))
    problem = only(folder)
    assert (problem.file, problem.row) == ("link/b.csv.gz", 3)
    (folder / "link" / "b.csv.gz").write_bytes(gzip.compress(other.replace("far", "8").encode()))
    link = open_study(folder)["link"]
    assert link["link_id"].tolist() == ["L1", "L2", "L3", "L4"]
    assert link.locate(3) == ("link/b.csv.gz", 3)


def test_parts_with_other_columns_and_doubled_tables_are_refused(tmp_path: Path) -> None:
    folder = small(tmp_path, node=NODES)
    (folder / "node").mkdir()
    (folder / "node" / "a.csv").write_text(NODES, encoding="utf-8")
    assert {p.code for p in problems(folder)} == {"table_twice"}
    (folder / "node.csv").unlink()
    (folder / "node" / "b.csv").write_text(NODES.replace(",lat", ",lot"), encoding="utf-8")
    assert only(folder).code == "parts_differ"


def test_a_truncated_gzip_is_one_problem(tmp_path: Path) -> None:
    folder = small(tmp_path)
    (folder / "node.csv.gz").write_bytes(gzip.compress(NODES.encode())[:-9])
    assert only(folder).code == "unreadable_file"


def test_settings_problems_are_gathered(tmp_path: Path) -> None:
    folder = small(tmp_path)
    text = TOML.replace('b = "BBB"\n', "").replace("price_year = 2024", 'price_year = "2024"')
    (folder / "study.toml").write_text("tilte = 1\n" + text, encoding="utf-8")
    found = problems(folder)
    assert [(p.code, p.column) for p in found] == [
        ("unknown_setting", "tilte"),
        ("wrong_setting", "price_year"),
        ("missing_setting", "pair.b"),
    ]
    assert "title" in found[0].mend


def test_an_unknown_study_suggests_a_near_one() -> None:
    with pytest.raises(OpenCorridorError, match="did you mean teaching"):
        open_study("teachin")


def test_real_dates_only(tmp_path: Path) -> None:
    text = "source_id,title,licence,retrieved\ns,t,facts,2024-02-30\n"
    assert only(small(tmp_path, source=text)).code == "not_a_date"


def test_a_long_table_is_read_fast(tmp_path: Path) -> None:
    names = load_schema()["link"].names
    line = ", ".join(f"{k / 7:.4f} {k / 9:.4f}" for k in range(15))
    filled = {"mode": "road", "source": "s", "status": "derived", "country_id": "BBB"}
    rows = []
    for k in range(20_000):
        row = {**filled, "link_id": f"road:{k}", "from_node_id": str(k), "to_node_id": str(k + 1)}
        row |= {"length_km": f"{k / 3}", "geometry_wkt": f'"LINESTRING({line})"'}
        rows.append(",".join(row.get(name, "") for name in names))
    folder = small(tmp_path, link=",".join(names) + "\n" + "\n".join(rows) + "\n")
    start = time.process_time()
    study = open_study(folder)
    # About 0.3 s here; a loop over cells in Python takes several seconds.
    assert time.process_time() - start < 2.0
    assert np.isclose(study["link"]["length_km"][-1], 19_999 / 3, rtol=1e-15)
