"""The description of the API, from which the front end's types are made.

``python -m opencorridor.web.openapi > frontend/openapi.json``
"""

from __future__ import annotations

import json
import sys
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

__all__ = ["dump", "query_names", "schema_of"]

_PROBLEM = "ProblemDetail"
_REF = {"$ref": f"#/components/schemas/{_PROBLEM}"}
_ERRORS = {
    "4XX": {
        "description": "What was asked is wrong, missing or refused: every problem, in words.",
        "content": {"application/problem+json": {"schema": _REF}},
    },
    "5XX": {
        "description": "A fault of the server, with an id under which its log has the trace.",
        "content": {"application/problem+json": {"schema": _REF}},
    },
}
_UNUSED = ("HTTPValidationError", "ValidationError")


def schema_of(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description of an application, errors as they really are."""
    if app.openapi_schema is None:
        app.openapi_schema = _schema(app)
    return app.openapi_schema


def _schema(app: FastAPI) -> dict[str, Any]:
    from opencorridor.web.models import ProblemDetail

    found: dict[str, Any] = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    for path in found["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"].update(_ERRORS)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for name in _UNUSED:
        schemas.pop(name, None)
    problem = ProblemDetail.model_json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    schemas.update(problem.pop("$defs", {}))
    schemas[_PROBLEM] = problem
    found["components"]["schemas"] = dict(sorted(schemas.items()))
    return found


def query_names(app: FastAPI) -> dict[str, set[str]]:
    """Return the words that may stand in the query of each operation."""
    return {
        operation["operationId"]: {
            item["name"] for item in operation.get("parameters", ()) if item["in"] == "query"
        }
        for path in schema_of(app)["paths"].values()
        for operation in path.values()
    }


def dump() -> str:
    """Return the description as JSON text, the same for the same program."""
    from opencorridor.web.app import create_app
    from opencorridor.web.settings import Settings

    # The description is the same for every study; the small one is read in a moment.
    app = create_app(Settings(study="teaching"))
    return json.dumps(schema_of(app), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(dump())
