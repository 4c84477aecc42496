"""Any request that the description allows, or just not, is answered as it says: no 5xx."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from opencorridor.operations.run import RunRequest, run
from opencorridor.web.app import create_app
from opencorridor.web.openapi import schema_of
from opencorridor.web.settings import Settings
from tests.web.conftest import API, BASE, TestClient

CHECKS = (
    not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
EXAMPLES = 50
# Work is queued, never done: what jobs do is tested elsewhere, and would take hours here.
LIMITS = {"queued": 20}


def operations() -> list[tuple[str, str]]:
    """Return every verb and path of the API."""
    paths = schema_of(create_app(Settings(study="teaching")))["paths"]
    return [(verb, path) for path in sorted(paths) for verb in sorted(paths[path])]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a server with one stored run whose queue stands still."""
    home = tmp_path_factory.mktemp("fuzz")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENCORRIDOR_CACHE", str(home / "cache"))
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        patch.setattr("opencorridor.web.jobs.JobManager._work", lambda self: None)
        run(RunRequest("teaching", str(home / "out"), draws=0))
        app = create_app(Settings(study="teaching", dist=Path(home), **LIMITS))
        with TestClient(app, base_url=BASE) as found:
            yield found


def known(client: TestClient) -> dict[str, list[str]]:
    """Return ids that there are, by the name of their place in a path."""
    spec: dict[str, Any] = {"measures": [], "edits": []}
    kept = client.post(f"{API}/scenarios", json={"name": "kept", "spec": spec}).json()
    view = client.post(f"{API}/views", json={"state": {"page": "map"}}).json()
    job = client.post(f"{API}/jobs", json={"params": {"kind": "run", "draws": 0}}).json()
    stored = next(client.app.state.jobs.place.folder.parent.glob("run-*"))  # type: ignore[attr-defined]
    zones = client.get(f"{API}/tables/zone").json()
    return {
        "scenario_id": [kept["scenario_id"]],
        "view_id": [view["view_id"]],
        "job_id": [job["job_id"]],
        "result_id": [stored.name.removeprefix("run-")],
        "name": ["link", "zone", "measures", "trade_path"],
        "kind": ["border_crossing", "terminal"],
        "place": [f"zone:{row[0]}" for row in zones["rows"]],
        "layer": ["base", "network", "crossings", "zones", "ports", "flows"],
    }


def put_right(case: Any, places: list[str], data: Any) -> None:
    """Name places that there are, where a body asks for a route."""
    if isinstance(case.body, dict) and {"origin", "destination"} <= set(case.body):
        case.body["origin"] = data.draw(st.sampled_from(places))
        case.body["destination"] = data.draw(st.sampled_from(places))
        for name in ("commodity", "avoid", "no_transit", "measures", "edits"):
            if data.draw(st.booleans()):
                case.body.pop(name, None)


def strategy(operation: Any) -> Any:
    """Return requests as described; where there is something to get wrong, wrong ones too."""
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not (operation.body or operation.query):
        return right
    return st.one_of(right, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))


# A stream of a job that waits has no end: test_jobs reads streams.
@pytest.mark.parametrize(
    ("verb", "path"), [o for o in operations() if not o[1].endswith("/events")]
)
def test_requests_of_every_kind(client: TestClient, verb: str, path: str) -> None:
    app: Any = client.app
    operation = schemathesis.openapi.from_dict(schema_of(app))[path][verb.upper()]
    ids = known(client)

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=strategy(operation), real=st.booleans(), data=st.data())
    def ask(case: Any, real: bool, data: Any) -> None:
        if real:
            for name in set(case.path_parameters or ()) & set(ids):
                case.path_parameters[name] = data.draw(st.sampled_from(ids[name]))
            put_right(case, ids["place"], data)
        # What is put right may have been what was wrong.
        checks = [check for check in CHECKS if not (real and check is negative_data_rejection)]
        sent = case.as_transport_kwargs(base_url=BASE)
        sent.pop("cookies", None)
        case.validate_response(client.request(**sent), checks=checks)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ask()


def test_description_is_the_one_that_the_front_end_was_made_from() -> None:
    from opencorridor.web.openapi import dump

    path = Path(__file__).resolve().parents[2] / "frontend" / "openapi.json"
    command = "python -m opencorridor.web.openapi > frontend/openapi.json"
    assert path.read_text(encoding="utf-8") == dump(), f"run: {command}"


def test_every_operation_tells_its_errors() -> None:
    description = schema_of(create_app(Settings(study="teaching")))
    for path in description["paths"].values():
        for operation in path.values():
            assert {"4XX", "5XX"} <= set(operation["responses"])
            assert operation["summary"]
    text = json.dumps(description)
    assert "HTTPValidationError" not in text
    assert "-Input" not in text
    assert API in text
