"""The life of a job: queued, told, done, kept, cancelled, and begun again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from opencorridor.web.app import create_app
from opencorridor.web.estimate import remaining_s
from opencorridor.web.jobs import JobManager
from opencorridor.web.models import ResultInfo, RoadmapResult, ScenarioResult
from opencorridor.web.records import JobRecord, Records
from opencorridor.web.settings import Settings
from tests.web.conftest import API, BASE, QUICK, ended, wait_for

LONG: dict[str, Any] = {"params": {"kind": "run", "draws": 2000}}


def in_a_thread(call: Callable[[], Any]) -> Any:
    """Return what a call gives in a thread of its own: a browser's loop may run in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def manager(**limits: Any) -> JobManager:
    """Return a manager whose queue stands still: nothing is started."""
    return JobManager(Settings(study="teaching", **limits))


def params(seed: int) -> dict[str, Any]:
    return {"kind": "run", "seed": seed, "draws": 0, "budget_usd": None, "loop": True}


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


def test_a_run_is_done_told_cached_and_outlives_the_server(own_cache: Path, dist: Path) -> None:
    settings = Settings(study="teaching", dist=dist)
    with TestClient(create_app(settings), base_url=BASE) as client:
        answer = client.post(f"{API}/jobs", json=QUICK)
        assert answer.status_code == 202
        job = answer.json()
        assert job["state"] in ("queued", "running")
        assert client.get(f"{API}/jobs/{job['job_id']}/result").status_code in (200, 409)
        told = events(client.get(f"{API}/jobs/{job['job_id']}/events").text)
        assert told[-1]["state"] == "done"
        assert {"study", "routes"} & {event["step"] for event in told}
        assert [event["elapsed_s"] for event in told] == sorted(e["elapsed_s"] for e in told)
        done = told[-1]
        result = client.get(f"{API}/jobs/{job['job_id']}/result")
        assert ResultInfo(**result.json()).result_id == done["result_id"]
        again = client.post(f"{API}/jobs", json=QUICK).json()
        assert again == client.get(f"{API}/jobs/{job['job_id']}").json()
        assert again["finished_at"] == done["finished_at"]
    with TestClient(create_app(settings), base_url=BASE) as client:
        assert [j["state"] for j in client.get(f"{API}/jobs").json()["jobs"]] == ["done"]
        kept = client.get(f"{API}/jobs/{job['job_id']}/result")
        assert kept.json() == result.json()
        assert client.post(f"{API}/jobs", json=QUICK).json()["finished_at"] == done["finished_at"]


def test_latest_starts_the_default_run_once(own_cache: Path, dist: Path) -> None:
    with TestClient(create_app(Settings(study="teaching", dist=dist)), base_url=BASE) as client:
        first = client.get(f"{API}/results/latest").json()
        second = client.get(f"{API}/results/latest").json()
        assert first["result"] is None
        assert first["job"]["job_id"] == second["job"]["job_id"]
        cancelled = client.delete(f"{API}/jobs/{first['job']['job_id']}").json()
        assert cancelled["state"] == "cancelled"
        assert client.get(f"{API}/results/latest").json()["job"]["state"] == "cancelled"
        job = client.post(f"{API}/jobs", json={"params": {"kind": "run"}}).json()
        assert job["job_id"] == cancelled["job_id"]
        job = wait_for(client, job["job_id"], ended)
        assert job["state"] == "done", job
        latest = client.get(f"{API}/results/latest").json()
        assert latest["job"] is None
        assert latest["result"]["summary"]["study_id"] == "teaching"


def test_a_roadmap_keeps_its_result(client: TestClient) -> None:
    ask = {"params": {"kind": "roadmap", "target_usd": 1e6, "year": 2030}}
    job = client.post(f"{API}/jobs", json=ask).json()
    job = wait_for(client, job["job_id"], ended)
    assert job["state"] == "done", job
    found = client.get(f"{API}/jobs/{job['job_id']}/result").json()
    assert RoadmapResult(**found).result_id == job["result_id"]
    assert found["path"]


def test_a_scenario_keeps_its_result(client: TestClient) -> None:
    closed = client.get(f"{API}/tables/border_crossing").json()
    key = closed["columns"].index("border_crossing_id")
    ask = {"params": {"kind": "scenario", "spec": {"closed": [closed["rows"][0][key]]}}}
    job = wait_for(client, client.post(f"{API}/jobs", json=ask).json()["job_id"], ended)
    assert job["state"] == "done", job
    found = ScenarioResult(**client.get(f"{API}/jobs/{job['job_id']}/result").json())
    assert found.scenario_id == job["result_id"]
    assert found.spec.closed == ask["params"]["spec"]["closed"]  # type: ignore[index]
    assert found.places


def test_bad_input_of_a_job_is_told_in_words(client: TestClient) -> None:
    ask = {"params": {"kind": "roadmap", "target_usd": 1e6, "year": 2031, "prices": "1801"}}
    job = client.post(f"{API}/jobs", json=ask).json()
    job = wait_for(client, job["job_id"], ended)
    assert job["state"] == "failed"
    assert job["problem"]["problems"][0]["code"] == "bad_prices"
    assert client.get(f"{API}/jobs/{job['job_id']}/result").status_code == 409


def test_cancel_ends_a_running_job_and_lets_it_start_again(own_cache: Path, dist: Path) -> None:
    with TestClient(create_app(Settings(study="teaching", dist=dist)), base_url=BASE) as client:
        job_id = client.post(f"{API}/jobs", json=LONG).json()["job_id"]
        wait_for(client, job_id, lambda job: job["step"] == "draws" and job["done"] > 0)
        waiting = client.post(f"{API}/jobs", json=QUICK).json()
        assert waiting["queue_position"] == 1
        assert client.delete(f"{API}/jobs/{waiting['job_id']}").json()["state"] == "cancelled"
        started = time.monotonic()
        assert client.delete(f"{API}/jobs/{job_id}").json()["state"] == "cancelled"
        assert time.monotonic() - started < 5
        assert client.delete(f"{API}/jobs/{job_id}").json()["state"] == "cancelled"
        again = client.post(f"{API}/jobs", json=LONG).json()
        assert again["job_id"] == job_id
        assert again["state"] in ("queued", "running")
    stopped = Records(JobManager(Settings(study="teaching")).place.folder).load()
    assert {r.job_id: r.state for r in stopped}[job_id] in ("queued", "interrupted")


def test_unknown_jobs(client: TestClient) -> None:
    for verb, path in (("GET", ""), ("DELETE", ""), ("GET", "/events"), ("GET", "/result")):
        answer = client.request(verb, f"{API}/jobs/0123456789abcdef{path}")
        assert answer.status_code == 404
        assert answer.json()["problems"][0]["code"] == "unknown_job"


def test_queue_is_limited(own_cache: Path) -> None:
    from opencorridor.web.errors import Refused

    jobs = manager(queued=3)
    made = [jobs.submit(params(seed)) for seed in range(3)]
    assert [job.queue_position for job in made] == [1, 2, 3]
    with pytest.raises(Refused) as caught:
        jobs.submit(params(3))
    assert caught.value.status == 429
    assert int(caught.value.headers["Retry-After"]) > 0
    assert jobs.submit(params(1)).job_id == made[1].job_id
    jobs.cancel(made[0].job_id)
    assert jobs.submit(params(3)).queue_position == 3


def test_streams_are_limited_by_client(own_cache: Path) -> None:
    from contextlib import ExitStack

    from opencorridor.web.errors import Refused

    jobs = manager(streams=2)
    with ExitStack() as held:
        held.enter_context(jobs.stream("a"))
        held.enter_context(jobs.stream("a"))
        held.enter_context(jobs.stream("b"))
        with pytest.raises(Refused, match="too_many_streams"), jobs.stream("a"):
            pass
    with jobs.stream("a"):
        pass


def stored(folder: Path, job_id: str, **values: Any) -> None:
    record = JobRecord(job_id, params(int(job_id)), **values)
    assert Records(folder).save(record)


def test_what_a_dead_server_left_begins_again_once(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JobManager, "_work", lambda self: None)
    folder = manager().place.folder
    stored(folder, "1", state="running")
    stored(folder, "2", state="queued")
    stored(folder, "3", state="running", resumed=1)
    stored(folder, "4", state="done", result_id="x")
    stored(folder, "5", state="cancelled")
    (folder / "6.json").write_text('{"job_id": "6", "par', encoding="utf-8")
    (folder / "7.json").write_text("[]", encoding="utf-8")
    jobs = manager()
    jobs.start()
    states = {job.job_id: job.state for job in jobs.all()}
    assert states == {
        "1": "queued", "2": "queued", "3": "interrupted", "4": "done", "5": "cancelled"
    }  # fmt: skip
    assert "twice" in (jobs.get("3").problem or pytest.fail("no reason")).detail
    other = manager()
    other.start()
    assert {job.job_id for job in other.all()} == {"4", "5"}, "they are the first server's"
    other.stop()
    jobs.stop()


def test_a_result_that_was_deleted_is_made_again(own_cache: Path) -> None:
    jobs = manager()
    job = jobs.submit(params(1))
    record = jobs._jobs[job.job_id]
    jobs._queue.clear()
    record.result_id = "0" * 32
    record.end("done")
    assert jobs.submit(params(1)).state == "queued"


def test_a_process_that_dies_is_told(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from opencorridor.web import child

    monkeypatch.setattr(child, "work", die)
    jobs = manager()
    jobs.start()
    job = jobs.submit(params(1))
    end = time.monotonic() + 60
    while jobs.get(job.job_id).state != "failed" and time.monotonic() < end:
        time.sleep(0.05)
    jobs.stop()
    problem = jobs.get(job.job_id).problem
    assert problem is not None
    assert problem.problems[0].code == "job_died"


def die(*_: Any) -> None:
    import os

    os._exit(7)


def test_time_left() -> None:
    now = time.monotonic()
    record = JobRecord("1", params(1), state="running", started=now - 30, step_started=now - 20)
    assert remaining_s(record, []) is None
    record.step, record.done, record.total = "draws", 10, 100
    assert remaining_s(record, []) is None
    record.done = 40
    assert remaining_s(record, []) == pytest.approx(30.0, abs=0.5)
    record.step = "measures alone"
    assert remaining_s(record, []) is None
    before = JobRecord("2", params(2), state="done")
    before.steps = {"routes": 10.0, "measures alone": 50.0, "draws": 25.0, "report": 1.0}
    record.steps = {"routes": 10.0}
    assert remaining_s(record, [before]) == pytest.approx(56.0, abs=0.5)
    record.started = now - 1
    assert remaining_s(record, [before]) is None


def test_a_silent_stream_says_that_it_lives_and_ends_with_the_job(own_cache: Path) -> None:
    from opencorridor.web.routes_jobs import _events

    jobs = manager()
    job_id = jobs.submit(params(1)).job_id

    async def follow() -> list[str]:
        told = []
        async for text in _events(jobs, job_id, 0.2):
            told.append(text)
            if text.startswith(":"):
                jobs.cancel(job_id)
        return told

    told = in_a_thread(lambda: asyncio.run(follow()))
    assert told[0].startswith("retry: ")
    assert [event["state"] for event in events("".join(told))] == ["queued", "cancelled"]
    assert any(text.startswith(":") for text in told)
