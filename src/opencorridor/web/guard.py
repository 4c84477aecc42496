"""What every request passes before it is read, and what every answer carries.

Against pages of other sites (a name that resolves to this machine, a form that posts here):
only loopback names are answered and only the server's own pages may change anything. Bodies
are counted while they arrive.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opencorridor.web.errors import body_of, problem_response
from opencorridor.web.settings import Settings

__all__ = ["CSP", "REPORT_CSP", "Guard"]

CSP = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# The report is one file that also opens without a server: its styles stand in it.
REPORT_CSP = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOG = logging.getLogger("opencorridor.web")


def _host(authority: str) -> str | None:
    """Return the name of an authority (``name[:port]``) in small letters."""
    try:
        return urlsplit(f"//{authority}").hostname
    except ValueError:
        return None


def _own(origin: str, host: str) -> bool:
    """Whether an origin is the server itself, as the request addressed it."""
    return origin.lower() == f"http://{host.lower()}"


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, pass it on, and let no trace out."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        sent = False

        async def carry(message: Message) -> None:
            nonlocal sent
            if message["type"] == "http.response.start":
                sent = True
                _add_headers(scope, message)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await problem_response(refusal, {"Connection": "close"})(scope, receive, carry)
            return
        try:
            await self.app(scope, self._counted(receive), carry)
        except Exception:
            error_id = secrets.token_hex(6)
            _LOG.exception("%s %s %s", error_id, scope["method"], scope["path"])
            if sent:  # The head is gone: closing the connection is all that is left to say.
                raise
            body = body_of(
                500,
                (),
                scope["path"],
                f"a fault of OpenCorridor; its trace is in the server's log under {error_id}",
                error_id,
            )
            await problem_response(body)(scope, receive, carry)

    def _refusal(self, scope: Scope) -> MutableMapping[str, Any] | None:
        """Return why a request is not even read, or None."""
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if _host(host) not in _LOOPBACK:
            return _refused(421, "foreign_host", path, "only this machine's own names are served")
        if scope["method"] not in _SAFE:
            origin = headers.get("origin")
            foreign = headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
            if foreign or (origin is not None and not _own(origin, host)):
                message = "only the workbench's own pages may change anything"
                return _refused(403, "foreign_origin", path, message)
        try:
            length = int(headers.get("content-length", "0"))
        except ValueError:
            return _refused(400, "bad_length", path, "the header Content-Length is no number")
        if length > self.settings.body_bytes:
            return _refused(413, "body_too_large", path, self._limit())
        return None

    def _limit(self) -> str:
        return f"a request may hold at most {self.settings.body_bytes / 1e6:g} MB"

    def _counted(self, receive: Receive) -> Receive:
        """Count a body that comes without its length, and do not wait for it for ever."""
        seen, more = 0, True

        async def counted() -> Message:
            nonlocal seen, more
            if not more:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self.settings.body_s)
            except TimeoutError:
                raise HTTPException(408, "the request did not arrive in time") from None
            seen += len(message.get("body", b""))
            more = message["type"] == "http.request" and message.get("more_body", False)
            if seen > self.settings.body_bytes:
                raise HTTPException(413, self._limit(), {"Connection": "close"})
            return message

        return counted


def _refused(status: int, code: str, path: str, message: str) -> dict[str, Any]:
    return body_of(status, [{"code": code, "message": message}], path)


def _add_headers(scope: Scope, message: Message) -> None:
    """Add the headers that an answer does not have yet."""
    headers = MutableHeaders(scope=message)
    path = scope["path"]
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("content-security-policy", REPORT_CSP if path.endswith("/report") else CSP)
    if path.startswith("/api/"):
        headers.setdefault("cache-control", "no-store")
