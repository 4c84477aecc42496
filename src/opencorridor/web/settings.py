"""What a server is started with, and its limits: the one table of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["API", "DEFAULT_STUDY", "DIST", "Settings"]

API = "/api/v1"
DEFAULT_STUDY = "iran_kazakhstan"
DIST = Path(__file__).parent / "dist"


@dataclass(frozen=True)
class Settings:
    """Study and limits of a server.

    Parameters
    ----------
    study
        Shipped study, or a folder.
    dist
        Folder of the built front end.
    start_run
        Whether the default run is started as a job where none is stored.
    body_bytes, body_s
        Largest body of a request, and how long it may pause while it arrives.
    queued
        Jobs that may wait.
    job_s
        How long a job may run.
    streams
        Streams of events that one client may hold.
    heartbeat_s
        Pause after which a silent stream says that it lives.
    """

    study: str = DEFAULT_STUDY
    dist: Path = DIST
    start_run: bool = False
    body_bytes: int = 2_000_000
    body_s: float = 10.0
    queued: int = 20
    job_s: float = 3600.0
    streams: int = 5
    heartbeat_s: float = 10.0
