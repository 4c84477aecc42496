"""The program ``opencorridor serve`` as it is started: twice on a port, killed, stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import API, ended

COMMAND = [sys.executable, "-m", "opencorridor.cli.main", "serve", "--study", "teaching"]
HTTP = httpx.Client(timeout=120.0, verify=False)


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    """Close the connections that are kept, so that no later test hears of them."""
    yield
    HTTP.close()


LONG: dict[str, Any] = {"params": {"kind": "run", "draws": 300, "seed": 5}}


@contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server; give its process and address."""
    process = subprocess.Popen(
        [*COMMAND, "--no-open", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # As in a terminal: Ctrl-C goes to the whole group.
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), process.communicate(timeout=60)
        yield process, address
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def job_of(address: str, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = HTTP.get(f"{address}{API}/jobs/{job_id}").json()
    return found


def until(address: str, job_id: str, wanted: Any, seconds: float = 300.0) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while not wanted(job := job_of(address, job_id)):
        assert time.monotonic() < end, job
        time.sleep(0.1)
    return job


def children(pid: int) -> list[int]:
    """Return the processes whose parent is ``pid``, and theirs (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == pid and words[0] != "Z":
            found += [int(path.parent.name), *children(int(path.parent.name))]
    return found


def test_it_answers_at_once_starts_the_run_and_is_known_on_its_port(own_cache: Path) -> None:
    with served("--port", "0") as (process, address):
        assert HTTP.get(f"{address}{API}/health").json()["study"] == "teaching"
        jobs = HTTP.get(f"{address}{API}/jobs").json()["jobs"]
        assert [job["kind"] for job in jobs] == ["run"]
        port = address.rpartition(":")[2]
        second = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True)
        assert second.returncode == 2
        assert "OpenCorridor" in second.stderr
        assert address in second.stderr
        assert "port_in_use" in second.stderr
        assert second.stdout == ""
        with HTTP.stream("GET", f"{address}{API}/jobs/{jobs[0]['job_id']}/events") as stream:
            next(stream.iter_lines())
            process.send_signal(signal.SIGINT)
            _, notes = process.communicate(timeout=60)
    assert process.returncode in (0, 130)
    assert "Traceback" not in notes


def test_another_program_on_the_port() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = str(held.getsockname()[1])
        done = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True)
    assert done.returncode == 2
    assert f"another program uses port {port}" in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_other_hosts_are_refused(host: str) -> None:
    done = subprocess.run([*COMMAND, "--host", host], capture_output=True, text=True)
    assert done.returncode == 2
    assert "remote_host" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_killed_during_a_job_it_begins_again(own_cache: Path) -> None:
    with served("--port", "0") as (process, address):
        default = HTTP.get(f"{address}{API}/jobs").json()["jobs"][0]
        HTTP.delete(f"{address}{API}/jobs/{default['job_id']}")
        quick = {"params": {"kind": "run", "draws": 0}}
        done = HTTP.post(f"{address}{API}/jobs", json=quick).json()
        done = until(address, done["job_id"], ended)
        assert done["state"] == "done", done
        job_id = HTTP.post(f"{address}{API}/jobs", json=LONG).json()["job_id"]
        until(address, job_id, lambda job: job["step"] == "draws")
        started = children(process.pid)
        assert len(started) >= 2
        process.kill()
        process.communicate(timeout=60)
        end = time.monotonic() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in started) and time.monotonic() < end:
            time.sleep(0.1)
        left = [pid for pid in started if Path(f"/proc/{pid}").exists()]
        assert left == [], "workers of a dead server go on"
    with served("--port", "0") as (process, address):
        assert job_of(address, done["job_id"])["state"] == "done"
        result = HTTP.get(f"{address}{API}/jobs/{done['job_id']}/result")
        assert result.json()["result_id"] == done["result_id"]
        again = until(address, job_id, lambda job: job["state"] in ("queued", "running"))
        assert again["params"]["draws"] == 300
        pids = children(process.pid)
        assert os.getpid() not in pids
    assert json.dumps(again)
