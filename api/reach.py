"""What routes reach for: the database, and the present moment."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from dateline.clock import utc_now
from storage.database import Database


def _database(request: Request) -> Database:
    found: Database = request.app.state.db
    return found


Db = Annotated[Database, Depends(_database)]
Now = Annotated[datetime, Depends(utc_now)]
