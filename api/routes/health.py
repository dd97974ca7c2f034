"""`GET /healthz`: whether the API and its database answer."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from sqlalchemy import text

from api.answers import Json, documented
from api.reach import Db
from dateline import __version__

router = APIRouter(tags=["service"])


class Health(msgspec.Struct):
    """It goes well."""

    status: str
    version: str


@router.get("/healthz", summary="Whether the API and its database answer", responses=documented(Health))
def healthz(db: Db) -> Json:
    """200 when they do, 503 when the database does not. Needs no key."""
    with db.read() as tx:
        tx.execute(text("SELECT 1"))
    return Json(Health("ok", __version__))
