"""The articles most viewed lately: by views gained in a window, by rate, by how fast that rises."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from dateline.nouns.views import TopArticle, TopBy


def top(
    tx: Connection,
    *,
    window: timedelta,
    by: TopBy,
    now: datetime,
    source_id: int | None = None,
    language: str | None = None,
    story_id: int | None = None,
    limit: int = 100,
) -> list[TopArticle]:
    """The first `limit`, each by the meter that is shown of it. By rate or rising: of those observed in the window."""
    raise NotImplementedError
