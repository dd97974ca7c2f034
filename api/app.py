"""The API put together: what every request passes, and the routers by noun. One line here adds a router."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from api import problems
from api.answers import SCHEMAS, Json
from api.bodies import Bodies
from api.guards import Guards
from api.routes import health, views
from api.windows import Windows
from dateline import __version__
from dateline.settings import Settings
from storage.database import Database
from worker.sites import use_identities

BODY_LIMITS = {"/v1/views": views.BODY_LIMIT}  # bytes, by path, where the usual limit is not enough
ABOUT = (
    "News with evidence: articles, their revisions and their view counts over time. "
    "Every error is a problem document (RFC 9457); moments are RFC 3339 in UTC."
)


def create_app(settings: Settings, db: Database) -> FastAPI:
    """The application over this database. Whoever made `db` closes it, after the application has ended."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.windows.start()
        yield
        app.state.windows.stop()

    app = FastAPI(
        title="Dateline",
        version=__version__,
        description=ABOUT,
        lifespan=life,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.RESPONSES,
        default_response_class=Json,
    )
    use_identities()  # of articles that are posted by their URL
    app.state.settings = settings
    app.state.db = db
    app.state.windows = Windows(db)
    app.include_router(health.router)
    app.include_router(views.router, prefix="/v1")
    problems.install(app)
    # The last one added is the first that a request passes.
    app.add_middleware(Bodies, limits=BODY_LIMITS)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Guards, hosts=(*settings.hosts, settings.bind[0]))
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    """Give the OpenAPI document what the framework does not: our problems, and how a key is sent."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            parts = document.setdefault("components", {})
            parts["schemas"] = {**parts.get("schemas", {}), **SCHEMAS, "Problem": problems.SCHEMA}
            parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"key": []}, {}]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]
