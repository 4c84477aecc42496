"""Serving: one address on this machine, said in words where it is taken."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.web.settings import API, Settings

__all__ = ["desktop", "serve", "who_is_there"]

_LOOPBACK = {"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1", "::1": "::1"}
_ASK_S = 2.0
_ANSWER_BYTES = 65536


def _problem(code: str, message: str, value: str, mend: str) -> OpenCorridorError:
    return OpenCorridorError([Problem(code, message, value=value, mend=mend)])


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def who_is_there(host: str, port: int) -> dict[str, Any] | None:
    """Return what another OpenCorridor at an address says of itself; None where it is none."""
    name = f"[{host}]" if ":" in host else host
    ask = f"GET {API}/health HTTP/1.0\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n"
    answer = b""
    try:
        with socket.create_connection((host, port), _ASK_S) as line:
            line.settimeout(_ASK_S)
            line.sendall(ask.encode("ascii"))
            while len(answer) < _ANSWER_BYTES and (part := line.recv(_ANSWER_BYTES)):
                answer += part
        found = json.loads(answer.partition(b"\r\n\r\n")[2])
    except (OSError, ValueError):
        return None
    same = isinstance(found, dict) and {"status", "version", "study", "study_hash"} <= set(found)
    return found if same else None


def _bind(host: str, port: int) -> socket.socket:
    """Return a socket that holds the address.

    Raises
    ------
    OpenCorridorError
        Where the host is not this machine alone, or the port is taken.
    """
    address = _LOOPBACK.get(host.lower())
    if address is None:
        mend = "leave --host away: the workbench has no accounts and serves this machine alone"
        raise _problem("remote_host", "the workbench is served to this machine alone", host, mend)
    held = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    if os.name == "posix":
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((address, port))
    except OSError as error:
        held.close()
        raise _taken(address, port, error) from error
    return held


def _taken(host: str, port: int, error: OSError) -> OpenCorridorError:
    """Return the words for a port that cannot be had."""
    other = f"opencorridor serve --port {port + 1 if port < 65535 else 8000}"
    if error.errno not in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1)):
        words = error.strerror or str(error)
        mend = f"name another port: {other}"
        return _problem("port_refused", f"the port cannot be used: {words}", str(port), mend)
    found = who_is_there(host, port)
    if found is None:
        message = f"another program uses port {port}"
        return _problem("port_in_use", message, str(port), f"end it, or name another port: {other}")
    message = f"OpenCorridor {found['version']} runs there already, with the study {found['study']}"
    mend = f"open {_address(host, port)}, or name another port: {other}"
    return _problem("port_in_use", message, str(port), mend)


def desktop() -> bool:
    """Whether a browser can be opened for whoever typed the command."""
    shown = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return shown and sys.stdout.isatty()


def serve(
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 8000,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve a study until it is stopped; ``ready`` gets the address once it answers.

    Raises
    ------
    OpenCorridorError
        If the study cannot be read, the host is another machine's, or the port is taken.
    """
    with contextlib.closing(_bind(host, port)) as held:
        # Loaded only now: a port that is taken is said at once.
        from opencorridor.web.app import create_app
        from opencorridor.web.listen import listen

        app = create_app(replace(settings, start_run=True))
        address = _address(*held.getsockname()[:2])
        listen(app, held, lambda: ready(address))
