"""The built front end: its files, and one page for every address that is a page."""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

__all__ = ["Pages"]

# What a browser refuses under nosniff where the system's registry of types is odd.
for _suffix, _type in (
    (".js", "text/javascript"),
    (".mjs", "text/javascript"),
    (".css", "text/css"),
    (".json", "application/json"),
    (".geojson", "application/geo+json"),
    (".svg", "image/svg+xml"),
    (".woff2", "font/woff2"),
    (".pbf", "application/x-protobuf"),
):
    mimetypes.add_type(_type, _suffix)

_INDEX = "index.html"
_HASHED = "assets/"
_YEAR = "public, max-age=31536000, immutable"
_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>OpenCorridor</title>
<h1>The pages of the workbench are not built</h1>
<p>Run <code>make web</code> in the folder of the repository, then reload this page.</p>
<p>The API is there: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
"""


class Pages(StaticFiles):
    """Files of the build; addresses without a file are pages of the one application."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self._folder = folder
        self.config_checked = True  # a folder that is missing is said in words

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, or with the application's page."""
        name = path.replace(os.sep, "/")
        if name == "api" or name.startswith("api/"):
            raise HTTPException(404)
        if not (self._folder / _INDEX).is_file():
            return HTMLResponse(_NOT_BUILT, 503, {"Cache-Control": "no-store"})
        try:
            answer = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or PurePosixPath(name).suffix:
                raise
            name = _INDEX
            answer = await super().get_response(_INDEX, scope)
        if name in (_INDEX, "."):
            answer.headers["Cache-Control"] = "no-store"
        else:
            answer.headers["Cache-Control"] = _YEAR if name.startswith(_HASHED) else "no-cache"
        return answer
