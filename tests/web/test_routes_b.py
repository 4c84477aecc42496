"""Routes of tables, results, provenance, promises, measures, saved scenarios and downloads."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from opencorridor.operations.run import RunRequest, run, stored
from opencorridor.study import Problem
from opencorridor.web.errors import items_of

API = "/api/v1"
BASE = "http://127.0.0.1"


@pytest.fixture(scope="module")
def result_id(cache_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the id of a stored run of the teaching study, without draws."""
    request = RunRequest("teaching", str(tmp_path_factory.mktemp("b") / "r"), draws=0, workers=1)
    run(request)
    return stored(request).result_id


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder that only this test uses."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


def got(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(f"{API}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_lists_are_there(client: TestClient, result_id: str) -> None:
    assert len(got(client, "/measures")["measures"]) == 10
    assert len(got(client, "/promises")["commitments"]) == 5
    assert {s["source_id"] for s in got(client, "/sources")} >= {"SRC_STAT"}
    assert "link" in {t["name"] for t in got(client, "/tables")["tables"]}
    assert any(m["alone_usd"] for m in got(client, "/measures")["measures"])


def test_problems_of_the_study_are_counted(client: TestClient) -> None:
    found = got(client, "/study/problems")
    assert (found["errors"], found["notices"], found["problems"]) == (0, 0, [])
    assert found["checks"] > 50
    assert found["rows"] == sum(t["rows"] for t in got(client, "/tables")["tables"])


def test_tables_come_in_parts(client: TestClient) -> None:
    page = got(client, "/tables/trade_flow", offset=2, limit=3, sort="-value_usd_current", q="AAA")
    assert len(page["rows"]) == 3
    values = [row[page["columns"].index("value_usd_current")] for row in page["rows"]]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tables/nothing", 404),
        ("/tables/link?limit=1001", 422),
        ("/tables/link?limit=0", 422),
        ("/tables/link?offset=-1", 422),
        ("/tables/link?sort=nothing", 422),
        ("/tables/link/download?format=pdf", 422),
        ("/tables/nothing/download", 404),
        ("/results/nothing", 404),
        ("/results/" + "0" * 32, 404),
        ("/results/" + "0" * 32 + "/report", 404),
        ("/provenance", 422),
        ("/provenance?table=link", 422),
        ("/provenance?summary=a", 422),
        ("/provenance?table=link&row=0&column=nothing", 404),
        ("/provenance?table=link&row=99999999999&column=link_id", 422),
        ("/scenarios/nothing", 404),
        ("/views/nothing", 404),
    ],
)
def test_what_is_not_there_is_told_in_one_shape(client: TestClient, path: str, status: int) -> None:
    answer = client.get(f"{API}{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["problems"]


def test_a_run_is_read_in_parts_and_as_files(client: TestClient, result_id: str) -> None:
    info = got(client, f"/results/{result_id}")
    assert info["result_id"] == result_id
    page = got(client, f"/results/{result_id}/tables/load", limit=1000)
    assert page["total"] == info["tables"]["load"]
    answer = client.get(f"{API}/results/{result_id}/tables/load/download", params={"format": "csv"})
    assert answer.headers["content-disposition"].startswith('attachment; filename="oc_teaching_')
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    at = page["columns"].index("t_per_year")
    assert [float(r["t_per_year"]) for r in rows] == [cells[at] for cells in page["rows"]]
    book = client.get(f"{API}/results/{result_id}/tables/load/download", params={"format": "xlsx"})
    assert book.content[:2] == b"PK"


def test_the_report_is_a_page_that_runs_nothing(client: TestClient, result_id: str) -> None:
    answer = client.get(f"{API}/results/{result_id}/report")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'unsafe" not in answer.headers["content-security-policy"]
    assert "<title>" in answer.text


def test_numbers_are_explained(client: TestClient, result_id: str) -> None:
    cell = got(client, "/provenance", table="trade_flow", row=2, column="value_usd_current")
    assert (cell["value"], cell["source"]["source_id"]) == (4e8, "SRC_STAT")
    found = got(client, "/provenance", result_id=result_id, summary="plan_usd_current")
    assert found["value"] == got(client, f"/results/{result_id}")["summary"]["plan_usd_current"]
    assert "×" in found["formula"]
    at = {"result_id": result_id, "table": "trade_path", "row": 1}
    over = got(client, "/provenance", result_id=result_id, crossing="BC_ROAD", column="t_per_year")
    assert over["value"] > 0
    assert over["table"] == "load"
    line = got(client, "/provenance", **at, column="price_index")
    assert line["inputs"][0]["table"] == "deflator"


def test_a_scenario_is_saved_named_listed_and_deleted(client: TestClient) -> None:
    body = {"name": "Ein\u202e Name", "spec": {"closed": ["BC_RAIL"]}}
    answer = client.post(f"{API}/scenarios", json=body)
    assert answer.status_code == 200, answer.text
    saved = answer.json()
    assert saved["name"] == "Ein Name"
    assert got(client, "/scenarios")["scenarios"] == [saved]
    assert got(client, f"/scenarios/{saved['scenario_id']}") == saved
    assert client.delete(f"{API}/scenarios/{saved['scenario_id']}").status_code == 204
    assert client.delete(f"{API}/scenarios/{saved['scenario_id']}").status_code == 404
    assert got(client, "/scenarios")["scenarios"] == []


def test_a_scenario_without_a_name_or_of_another_shape_is_refused(client: TestClient) -> None:
    for body in ({"name": " \t", "spec": {}}, {"name": "a", "spec": {"closed": 1}}, {"name": "a"}):
        answer = client.post(f"{API}/scenarios", json=body)
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["column"]


def test_a_file_of_another_shape_is_no_error(client: TestClient, own_data: Path) -> None:
    answer = client.post(f"{API}/scenarios", json={"name": "a", "spec": {}})
    folder = own_data / "opencorridor" / "teaching" / "scenarios"
    path = folder / f"{answer.json()['scenario_id']}.json"
    path.write_text(path.read_text().replace('"closed":[]', '"closed":"x"'), encoding="utf-8")
    assert got(client, "/scenarios")["scenarios"] == []
    assert client.get(f"{API}/scenarios/{path.stem}").status_code == 404


def test_views_are_kept(client: TestClient) -> None:
    state = {"page": "map", "zoom": 3.5, "q": "ی"}
    answer = client.post(f"{API}/views", json={"state": state})
    assert answer.status_code == 200, answer.text
    assert got(client, f"/views/{answer.json()['view_id']}")["state"] == state
    large = client.post(f"{API}/views", json={"state": {"a": "x" * 65_000}})
    assert large.status_code == 422
    broken = client.post(
        f"{API}/views",
        content=b'{"state": {"a": "\\ud800"}}',
        headers={"content-type": "application/json"},
    )
    assert broken.status_code == 422


def test_the_study_is_handed_out(client: TestClient) -> None:
    answer = client.get(f"{API}/study/download")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.content[:2] == b"PK"


def test_a_problem_of_a_request_names_the_row_as_a_page_counts_it() -> None:
    in_file = Problem("bad", "is wrong", table="link", file="link.csv", row=5, column="length_km")
    elsewhere = Problem("bad", "is wrong", table="link", file="another.csv", row=5)
    without = Problem("bad", "is wrong", table="link")
    assert [item["index"] for item in items_of([in_file, elsewhere, without], "teaching")] == [
        3, None, None,
    ]  # fmt: skip
    assert [item["index"] for item in items_of([in_file], "no such study")] == [None]
