"""What a server takes: verbs of an address, headers in time; and what it loads to start."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from opencorridor.web import listen
from opencorridor.web.app import create_app
from opencorridor.web.settings import Settings
from tests.web.conftest import API
from tests.web.test_server_guard import problem


@pytest.mark.parametrize(
    ("path", "verbs"),
    [
        ("scenarios", "GET, POST"),
        ("scenarios/abc", "DELETE, GET"),
        ("jobs", "GET, POST"),
        ("routes", "POST"),
        ("cards/terminal/a/b", "GET"),
    ],
)
def test_a_refused_verb_names_every_verb_of_the_address(client: Any, path: str, verbs: str) -> None:
    answer = client.put(f"{API}/{path}")
    problem(answer, 405)
    assert answer.headers["allow"] == verbs


def test_a_server_starts_without_the_engines() -> None:
    code = (
        "import sys, opencorridor.web.app as app; app._routers();"
        "print(*sorted({'numba', 'scipy'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


@contextmanager
def _listening(monkeypatch: pytest.MonkeyPatch, dist: Path, head_s: float) -> Iterator[int]:
    """Serve on a port of its own in a thread; headers must come within ``head_s``."""
    monkeypatch.setattr(listen, "_HEAD_S", head_s)
    app = create_app(Settings(study="teaching", dist=dist))
    server = listen._Server(app, lambda: None)
    with socket.create_server(("127.0.0.1", 0)) as held:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [held]})
        thread.start()
        try:
            yield held.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def test_headers_that_do_not_come_end_the_connection(
    monkeypatch: pytest.MonkeyPatch, own_cache: Path, dist: Path
) -> None:
    with _listening(monkeypatch, dist, 0.5) as port:
        whole = b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        for before in (b"", whole):
            with socket.create_connection(("127.0.0.1", port), 20) as line:
                line.sendall(before + b"GET / HTTP/1.1\r\nX: ")
                got = b""
                start = time.monotonic()
                # It ends by itself, after the whole request before it was answered.
                while part := line.recv(65536):
                    got += part
                assert (b" 200 " in got) == bool(before)
                assert time.monotonic() - start < 15
