"""View counts: posted in, and read back as series, tops and comparisons."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import uuid4

import msgspec
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Header, Query, Request

from api.answers import Json, documented
from api.keys import Caller, Scope, needs
from api.problems import Problem
from api.view_lines import LINE_SCHEMA, MAX_LINES, Lines, TooManyLines, read_json, read_ndjson
from dateline.clock import utc_now
from dateline.nouns.views import LineError, Posted
from storage import view_posts
from storage.database import Database
from worker.dedupe.urls import url_key

BODY_LIMIT = 32 * 1024 * 1024  # bytes, unpacked
POSTS_AT_ONCE = 4  # read and stored at a time; others wait their turn
JSON = "application/json"
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
_KEY = re.compile(r"[!-~]{1,255}")
_turns = CapacityLimiter(POSTS_AT_ONCE)
_LINE = {
    "type": "object",
    "additionalProperties": False,
    "properties": LINE_SCHEMA,
    "description": "One of article_id, key and url; one of count, increment, and views with from and to.",
}

router = APIRouter(tags=["views"])


class Stored(msgspec.Struct, omit_defaults=True):
    """What became of a post. `waiting` of those stored wait for their article."""

    stored: int
    repeated: int
    errors: list[LineError]
    waiting: int = 0


@router.post(
    "/views",
    summary="Store view counts",
    responses=documented(Stored, "All that is named as stored is stored."),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": {"oneOf": [_LINE, {"type": "array", "items": _LINE, "maxItems": MAX_LINES}]}},
                NDJSON[0]: {"schema": {"type": "string", "description": "One object a line."}},
            },
        }
    },
)
async def post(
    request: Request,
    who: Annotated[Caller, Depends(needs(Scope.VIEWS))],
    unknown: Annotated[Literal["error", "keep"], Query(description="What becomes of a line with a new URL.")] = "error",
    idempotency_key: Annotated[str | None, Header(description="1 to 255 visible characters of ASCII.")] = None,
) -> Json:
    """One line, a JSON list, or JSON Lines of up to 50,000. Bad lines are named by number, and the good ones kept.

    The same Idempotency-Key with the same body gives all its lines as repeated, with another body 422.
    """
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise Problem(
            422,
            "invalid",
            "header.idempotency-key must be 1 to 255 visible characters of ASCII",
            errors=[("header.idempotency-key", "must be 1 to 255 visible characters of ASCII")],
        )
    lines_of_json = _by_lines(request.headers.get("content-type", ""))
    body = await request.body()
    posted = await to_thread.run_sync(
        _store, request.app.state.db, body, lines_of_json, who, idempotency_key, unknown == "keep", limiter=_turns
    )
    request.app.state.windows.wake()
    return Json(Stored(posted.stored + posted.waiting, posted.repeated, list(posted.errors), posted.waiting))


def _by_lines(content_type: str) -> bool:
    """Whether a body of this type is one object a line. Raises Problem where it is neither that nor JSON."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != JSON and media_type not in NDJSON:
        raise Problem(
            415,
            "media-type",
            f"a body of the type {media_type[:80]!r} is not read here",
            remedy=f"send Content-Type: {JSON} or {NDJSON[0]}",
            headers={"Accept-Post": f"{JSON}, {NDJSON[0]}"},
        )
    return media_type in NDJSON


def _store(db: Database, body: bytes, by_lines: bool, who: Caller, key: str | None, keep: bool) -> Posted:
    now = utc_now()
    lines = _read(body, by_lines, who.name, now)
    posted = view_posts.store(
        db,
        lines.good,
        sender=who.name,
        key=key or f"server:{uuid4().hex}",
        body_hash=hashlib.sha256(body).digest(),
        unknown_keep=keep,
        now=now,
    )
    errors = sorted([*lines.errors, *posted.errors], key=lambda error: error.line)
    return Posted(posted.stored, posted.repeated, tuple(errors), posted.waiting)


def _read(body: bytes, by_lines: bool, name: str, now: datetime) -> Lines:
    try:
        return (read_ndjson if by_lines else read_json)(body, name, now, url_key)
    except TooManyLines as error:
        raise Problem(413, "too-many-lines", str(error), remedy=error.remedy) from None
