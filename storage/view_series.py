"""Series of view counts, read back: raw with their marks, by hour, day or week, and aligned on publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from dateline.nouns.views import Aligned, Buckets, By, Series


def samples(
    tx: Connection,
    article_id: int,
    meter: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Series:
    """What was observed of this article in [since, until], of one meter or of all."""
    raise NotImplementedError


def buckets(
    tx: Connection,
    *,
    by: By,
    article_id: int | None = None,
    source_id: int | None = None,
    story_id: int | None = None,
    meter: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Buckets:
    """The series of one article, of a source's or of a story's articles; without `meter` by the one that is shown."""
    raise NotImplementedError


def compare(tx: Connection, article_ids: Sequence[int], *, by: By = By.HOUR, until: float = 168.0) -> list[Aligned]:
    """These articles by their age, up to `until` hours after each was published; those unknown are left out."""
    raise NotImplementedError
