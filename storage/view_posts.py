"""Posted view counts: each line stored once, however often and in whatever batches it comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dateline.nouns.views import Posted, PostedLine
from storage.database import Database


def store(
    db: Database,
    lines: Sequence[PostedLine],
    *,
    sender: str,
    key: str,
    body_hash: bytes,
    unknown_keep: bool,
    now: datetime,
    every: float = 60.0,
) -> Posted:
    """Store these lines, those of unknown URLs until their article comes where `unknown_keep`.

    `key` names the post among those of `sender`: again with the same body all its lines are repeated, and one that was
    killed half-way goes on. `every`: seconds between two changes that tell of one article's views. Raises UsageError
    when the key came with another body.
    """
    raise NotImplementedError
