"""The change log: the one door for consumers. `append` is its only writer; `seq` is in commit order, without a gap.

On Postgres a transaction leaves one row of arrays in `change_inbox`; a trigger moves it into `changes` at COMMIT, under
a lock that is taken last (ADR 5). On SQLite writers are one after another, so AUTOINCREMENT is in commit order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select, text

from dateline.nouns.changes import Change, NewChange
from storage.tables import changes

_INBOX = text(
    "INSERT INTO change_inbox (at, kinds, subjects, summaries) "
    "VALUES (:at, :kinds, :subjects, CAST(CAST(:summaries AS text[]) AS jsonb[]))"
)


def append(tx: Connection, new: Sequence[NewChange], at: datetime) -> None:
    """Append these changes, in this order, in the transaction that makes them true."""
    if not new:
        return
    if tx.dialect.name == "postgresql":
        tx.execute(
            _INBOX,
            {
                "at": at,
                "kinds": [str(change.kind) for change in new],
                "subjects": [change.subject for change in new],
                "summaries": [msgspec.json.encode(change.summary).decode() for change in new],
            },
        )
        return
    tx.execute(
        changes.insert(),
        [{"kind": str(c.kind), "subject": c.subject, "at": at, "summary": c.summary} for c in new],
    )


def after(tx: Connection, seq: int, *, limit: int, kinds: Collection[str] = ()) -> list[Change]:
    """The next changes behind `seq`, at most `limit`, in order; of these kinds alone where some are given."""
    query = select(changes).where(changes.c.seq > seq).order_by(changes.c.seq).limit(limit)
    if kinds:
        query = query.where(changes.c.kind.in_(sorted(kinds)))
    return [Change(row.seq, row.kind, row.subject, row.at, row.summary) for row in tx.execute(query)]


def newest(tx: Connection) -> int:
    """The last `seq` given out, 0 before the first."""
    seq: int = tx.execute(select(func.coalesce(func.max(changes.c.seq), 0))).scalar_one()
    return seq
