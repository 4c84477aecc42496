"""Headers, names, origins, limits and the shape of errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from opencorridor.operations.workbench.session import session_of
from opencorridor.web.app import create_app
from opencorridor.web.guard import CSP
from opencorridor.web.models import ProblemDetail
from opencorridor.web.settings import Settings
from tests.web.conftest import API, BASE, QUICK


def problem(answer: Any, status: int) -> ProblemDetail:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = ProblemDetail.model_validate_json(answer.text)
    assert found.status == status
    assert found.detail
    assert "Traceback" not in answer.text
    return found


@pytest.mark.parametrize("path", [f"{API}/health", f"{API}/nothing", "/", "/map", "/assets/no.js"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers


def test_policy_allows_no_inline_script_and_no_other_site() -> None:
    rules = dict(part.strip().split(" ", 1) for part in CSP.split(";"))
    assert rules["default-src"] == "'self'"
    assert "script-src" not in rules
    assert rules["style-src"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert "http" not in CSP
    assert "unsafe-eval" not in CSP


def test_health_names_the_study(client: TestClient) -> None:
    found = client.get(f"{API}/health").json()
    assert found["study"] == "teaching"
    assert found["study_hash"] == session_of("teaching").study.hash


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "0.0.0.0", "", "[::1"])
def test_foreign_host_names_are_refused(client: TestClient, host: str) -> None:
    found = problem(client.get(f"{API}/health", headers={"Host": host}), 421)
    assert found.problems[0].code == "foreign_host"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "LOCALHOST:1", "[::1]:8000"])
def test_own_names_are_served(client: TestClient, host: str) -> None:
    assert client.get(f"{API}/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1"},
        {"Origin": "http://127.0.0.1:9"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("verb", ["POST", "DELETE", "PUT", "PATCH"])
def test_pages_of_others_change_nothing(
    client: TestClient, verb: str, headers: dict[str, str]
) -> None:
    found = problem(client.request(verb, f"{API}/jobs", json=QUICK, headers=headers), 403)
    assert found.problems[0].code == "foreign_origin"
    assert client.get(f"{API}/jobs").json() is not None


def test_own_pages_may_ask(client: TestClient) -> None:
    headers = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}
    problem(client.post(f"{API}/jobs", json={}, headers=headers), 422)


def test_large_body_is_refused_by_its_length(client: TestClient) -> None:
    problem(client.post(f"{API}/jobs", content=b"x" * 2_000_001), 413)


def test_large_body_without_length_is_counted(client: TestClient) -> None:
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(40):
            sent += 100_000
            yield b" " * 100_000

    headers = {"Content-Type": "application/json"}
    problem(client.post(f"{API}/jobs", content=parts(), headers=headers), 413)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"params": ' + b"1" * 10_000 + b"}", "application/json"),
        (b'{"params": {"kind": "run", "budget_usd": NaN}}', "application/json"),
        (b'{"params": {"kind": "\\ud800"}}', "application/json"),
        (b'{"params": {"kind": "run", "\\ud800": 1}}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"params=1", "application/x-www-form-urlencoded"),
        (json.dumps(QUICK).encode(), "text/plain"),
        (b"", "application/json"),
    ],
)
def test_broken_bodies_are_told_in_words(client: TestClient, body: bytes, kind: str) -> None:
    answer = client.post(f"{API}/jobs", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code)


def test_every_wrong_field_is_named(client: TestClient) -> None:
    body = {"params": {"kind": "run", "seed": -1, "draws": 1.5, "colour": "red"}}
    found = problem(client.post(f"{API}/jobs", json=body), 422)
    fields = {item.column for item in found.problems}
    assert fields == {"params.seed", "params.draws", "params.colour"}


def test_unknown_address_and_verb(client: TestClient) -> None:
    problem(client.get(f"{API}/nothing"), 404)
    problem(client.get("/api/v2/health"), 404)
    answer = client.put(f"{API}/health")
    problem(answer, 405)
    assert answer.headers["allow"] == "GET"


def test_a_fault_has_an_id_and_leaves_its_trace_in_the_log(own_cache: Path, dist: Path) -> None:
    app = create_app(Settings(study="teaching", dist=dist))

    @app.get(f"{API}/fault")
    def fault() -> None:
        raise RuntimeError("the secret of somebody")

    with TestClient(app, base_url=BASE) as client:
        answer = client.get(f"{API}/fault")
        found = problem(answer, 500)
        assert "secret" not in answer.text
        log = app.state.jobs.place.folder / "server.log"
        text = log.read_text(encoding="utf-8")
    assert found.error_id in text
    assert "the secret of somebody" in text
    assert own_cache in log.parents


def test_pages_and_files(client: TestClient) -> None:
    for path in ("/", "/map", "/scenario/abc", "/index.html"):
        page = client.get(path)
        assert page.status_code == 200
        assert "workbench" in page.text
        assert page.headers["cache-control"] == "no-store"
    script = client.get("/assets/app-1a2b.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert client.get("/fonts.json").headers["cache-control"] == "no-cache"
    problem(client.get("/assets/gone-1a2b.js"), 404)
    problem(client.post("/map"), 405)


@pytest.mark.parametrize(
    "path", ["/../app.py", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/hosts"]
)
def test_no_file_outside_the_build_is_served(client: TestClient, dist: Path, path: str) -> None:
    (dist.parent / "secret.txt").write_text("hidden words", encoding="utf-8")
    assert "hidden" not in client.get(path).text
    assert "localhost" not in client.get(path).text


def test_missing_build_says_what_to_do(tmp_path: Path) -> None:
    app = create_app(Settings(study="teaching", dist=tmp_path / "none"))
    with TestClient(app, base_url=BASE) as client:
        answer = client.get("/map")
        assert answer.status_code == 503
        assert "make web" in answer.text
        problem(client.get(f"{API}/nothing"), 404)
        assert client.get(f"{API}/health").status_code == 200


def test_unknown_study_is_refused_before_anything_is_served() -> None:
    from opencorridor.study import OpenCorridorError

    with pytest.raises(OpenCorridorError, match="unknown_study"):
        create_app(Settings(study="no_such_study"))
