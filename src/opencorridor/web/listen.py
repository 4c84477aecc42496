"""The HTTP server around the application."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

__all__ = ["listen"]

_GRACE_S = 2


class _Server(uvicorn.Server):
    """Tells when it is ready, and ends open streams when it is to stop."""

    def __init__(self, app: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,  # the application's own log takes what there is to say
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                lifespan="on",
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self._app = app
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, and let the streams of events know; a second signal adds nothing."""
        if not self.should_exit:
            self._app.state.jobs.closing = True
            super().handle_exit(sig, frame)


def listen(app: FastAPI, held: socket.socket, ready: Callable[[], None]) -> None:
    """Answer on a bound socket until the process is told to stop; ``ready`` is called first."""
    server = _Server(app, ready)
    server.run(sockets=[held])
    if not server.started:
        raise RuntimeError(f"the server did not start; see {app.state.jobs.log_file}")
