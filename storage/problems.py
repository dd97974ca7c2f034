"""What went wrong, where a person will find it: `dateline status`, `dateline explain URL`. Bounded by the sweep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, func, insert, select

from dateline.nouns.frontier import Problem
from storage.tables import problems

MESSAGE_LIMIT = 2000  # characters: a server's words may be as long as it likes


def record(tx: Connection, new: Sequence[Problem]) -> None:
    """Keep these problems."""
    if new:
        tx.execute(
            insert(problems),
            [
                {
                    "at": one.at,
                    "stage": one.stage,
                    "outcome": str(one.outcome),
                    "url": one.url[:MESSAGE_LIMIT],
                    "message": one.message[:MESSAGE_LIMIT].replace("\0", ""),
                    "remedy": one.remedy[:MESSAGE_LIMIT],
                    "visit_id": one.visit_id,
                    "capture_id": one.capture_id,
                    "feed_id": one.feed_id,
                }
                for one in new
            ],
        )


def recent(tx: Connection, limit: int) -> list[Problem]:
    """The newest problems, the newest first."""
    return _read(tx, select(problems).order_by(problems.c.id.desc()).limit(limit))


def of_visit(tx: Connection, visit_id: int, limit: int = 20) -> list[Problem]:
    """The newest problems of one visit, the newest first."""
    return _read(
        tx, select(problems).where(problems.c.visit_id == visit_id).order_by(problems.c.id.desc()).limit(limit)
    )


def prune(tx: Connection, *, before: datetime, keep: int) -> int:
    """Forget those older than `before`, and all but about the newest `keep`. Returns how many went."""
    newest = tx.execute(select(func.max(problems.c.id))).scalar() or 0
    gone = tx.execute(delete(problems).where(problems.c.at < before)).rowcount
    return gone + tx.execute(delete(problems).where(problems.c.id <= newest - keep)).rowcount


def _read(tx: Connection, query: Select[tuple[object, ...]]) -> list[Problem]:
    return [
        Problem(
            at=row.at,
            stage=row.stage,
            outcome=row.outcome,
            url=row.url,
            message=row.message,
            remedy=row.remedy,
            visit_id=row.visit_id,
            capture_id=row.capture_id,
            feed_id=row.feed_id,
        )
        for row in tx.execute(query)
    ]
