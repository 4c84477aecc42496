"""The application: routes under ``/api/v1``, the built front end under everything else."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator
from importlib import import_module
from importlib.util import find_spec

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from opencorridor import __version__
from opencorridor.operations.workbench.session import session_of
from opencorridor.web import routes_core
from opencorridor.web.context import known_query
from opencorridor.web.errors import add_handlers
from opencorridor.web.guard import Guard
from opencorridor.web.jobs import JobManager
from opencorridor.web.log import log_to
from opencorridor.web.openapi import schema_of
from opencorridor.web.settings import API, Settings
from opencorridor.web.static import Pages

__all__ = ["create_app"]

_GZIP_BYTES = 1000


@contextlib.asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Start the jobs with the server and end them with it."""
    settings: Settings = app.state.settings
    jobs: JobManager = app.state.jobs
    with log_to(jobs.log_file):
        jobs.start()
        if settings.start_run:
            routes_core.latest_of(settings.study, jobs)
            # What the first question needs; a server that ends does not wait for it.
            session = session_of(settings.study)
            threading.Thread(target=session.warm, name="warm", daemon=True).start()
        try:
            yield
        finally:
            jobs.stop()


def _routers() -> list[APIRouter]:
    names = ("core", "jobs", "a", "b", "corridors", "trade", "bookkeeping", "provenance",
             "flows", "places", "closures", "fleets")  # fmt: skip
    found = [name for name in names if find_spec(f"opencorridor.web.routes_{name}")]
    return [import_module(f"opencorridor.web.routes_{name}").router for name in found]


def create_app(settings: Settings) -> FastAPI:
    """Return the application that serves a study.

    Raises
    ------
    OpenCorridorError
        If the study cannot be read.
    """
    app = FastAPI(
        title="OpenCorridor",
        version=__version__,
        summary="Plan, price and track an international transport-and-trade corridor",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_life,
        middleware=[
            Middleware(Guard, settings=settings),
            Middleware(GZipMiddleware, minimum_size=_GZIP_BYTES),
        ],
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.jobs = JobManager(settings)
    add_handlers(app)
    for router in _routers():
        app.include_router(router, prefix=API, dependencies=[Depends(known_query)])
    # Not a mount: that would answer for an address of the API whose verb is another.
    app.router.default = Pages(settings.dist)
    app.openapi = lambda: schema_of(app)  # type: ignore[method-assign]
    return app
