"""`article_window`: each article's newest count and what it gained, made anew from the raw rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from dateline.nouns.changes import NewChange

EVERY = 60.0  # seconds between two changes that tell of one article's views


def refresh(tx: Connection, now: datetime, limit: int = 500, *, every: float = EVERY) -> int:
    """Make the windows anew that posts or time have moved, at most some `limit`, and tell; how many were made."""
    raise NotImplementedError


def update(tx: Connection, pairs: Iterable[tuple[int, str]], now: datetime, *, every: float = EVERY) -> list[NewChange]:
    """Make the windows of these articles' meters anew; the changes that the caller is to append."""
    raise NotImplementedError
