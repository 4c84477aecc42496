"""The HTTP server around the application."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["listen"]

_GRACE_S = 2
_HEAD_S = 10.0


class _Protocol(H11Protocol):
    """Ends a connection whose request line and headers do not come: it would be held for ever."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Let the time run from the first moment that headers are awaited until they are there."""
        awaited = self.cycle is None or self.cycle.response_complete
        if awaited and self._late is None:
            self._late = self.loop.call_later(_HEAD_S, self.transport.close)
        elif not awaited and self._late is not None:
            self._late.cancel()
            self._late = None


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
                http=_Protocol,
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
