"""Every error as a problem document (RFC 9457): what is wrong, which field says it, and what helps.

`type` is a stable word for programs (`urn:dateline:problem:NAME`); `detail` and `remedy` are for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from dateline import log
from dateline.errors import DatelineError, NotFound, StorageError, UsageError

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:dateline:problem:"
_RETRY = {"Retry-After": "5"}  # seconds

# Its schema in the OpenAPI document, which names no other answer to what went wrong.
SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "A stable name of the kind of problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was wrong with this request."},
        "remedy": {"type": "string", "description": "What helps."},
        "errors": {
            "type": "array",
            "description": "What was wrong with which field.",
            "items": {
                "type": "object",
                "required": ["field", "error"],
                "properties": {"field": {"type": "string"}, "error": {"type": "string"}},
            },
        },
    },
}
_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    422: {"description": "A field cannot be used as it is.", "content": _CONTENT},
    "default": {"description": "Any other problem.", "content": _CONTENT},
}


class Problem(HTTPException):
    """An answer that is an error. Raise it anywhere below a route; `name` becomes its `type`.

    `errors` are pairs of a field and what is wrong with it.
    """

    def __init__(
        self,
        status: int,
        name: str,
        detail: str,
        *,
        remedy: str = "",
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.name = name
        self.remedy = remedy
        self.errors = errors

    def body(self) -> bytes:
        """The document."""
        document: dict[str, Any] = {
            "type": f"{TYPE}{self.name}",
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "detail": self.detail,
        }
        if self.remedy:
            document["remedy"] = self.remedy
        if self.errors:
            document["errors"] = [{"field": field, "error": error} for field, error in self.errors]
        return msgspec.json.encode(document)

    def response(self) -> Response:
        """The document as an answer."""
        return Response(self.body(), self.status_code, self.headers, MEDIA_TYPE)


def of(error: DatelineError) -> Problem:
    """The problem that an error of the house is to whoever called."""
    if isinstance(error, NotFound):
        return Problem(404, "not-found", str(error), remedy=error.remedy)
    if isinstance(error, UsageError):
        return Problem(422, "unusable", str(error), remedy=error.remedy)
    if isinstance(error, StorageError) or error.retry:
        return Problem(503, "unavailable", "the database cannot be used at present", headers=_RETRY)
    return _fault()


def install(app: FastAPI) -> None:
    """Make every error of this application a problem document, in its answers and in its OpenAPI document."""

    async def known(_request: Request, error: Exception) -> Response:
        assert isinstance(error, DatelineError)
        return of(error).response()

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return (error if isinstance(error, Problem) else _of_router(request, error)).response()

    async def invalid(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _of_validation(error).response()

    async def busy(_request: Request, error: Exception) -> Response:
        log.get("api").warning("database_unavailable", error=type(error).__name__, detail=str(error)[:300])
        return Problem(503, "unavailable", "the database cannot be used at present", headers=_RETRY).response()

    async def left(_request: Request, _error: Exception) -> Response:
        return Response(status_code=400)  # nobody is there to read it

    async def fault(request: Request, error: Exception) -> Response:
        log.get("api").error("request_failed", method=request.method, path=request.url.path, error=repr(error)[:300])
        return _fault().response()

    app.add_exception_handler(DatelineError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(OperationalError, busy)
    app.add_exception_handler(ClientDisconnect, left)
    app.add_exception_handler(Exception, fault)


def _fault() -> Problem:
    return Problem(500, "fault", "this is a fault of ours", remedy="the log of the API tells more")


def _of_router(request: Request, error: HTTPException) -> Problem:
    """What the framework itself says: no such path, a method that is none of this path's, a body that is no JSON."""
    path = request.url.path
    if error.status_code == 404:
        return Problem(404, "not-found", f"there is nothing at {path}", remedy="GET /openapi.json lists what there is")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return Problem(
            405, "wrong-method", f"{request.method} is not for {path}", remedy=allowed, headers=error.headers
        )
    return Problem(error.status_code, "refused", str(error.detail), headers=error.headers)


def _of_validation(error: RequestValidationError) -> Problem:
    errors = [(_field(one["loc"]), str(one["msg"])) for one in error.errors()]
    first = "; ".join(f"{field}: {message}" for field, message in errors[:3])
    return Problem(422, "invalid", first, remedy="GET /openapi.json tells what each field may be", errors=errors)


def _field(place: Sequence[Any]) -> str:
    """`query.limit`, `body.urls.3`: where the value came from, then its name."""
    return ".".join(str(part) for part in place)
