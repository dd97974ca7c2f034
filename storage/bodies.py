"""The store of bodies: bytes as they came over the wire, by id. Small, so that an object store can take its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from storage.bulk import chunks
from storage.tables import bodies


def keep(tx: Connection, new: Sequence[bytes], *, now: datetime, check_at: datetime) -> list[int]:
    """Store these; their ids in the same order. `check_at` is when the sweep first asks whether one may go."""
    if not new:
        return []
    rows = [{"kept_at": now, "check_at": check_at, "size": len(body), "body": body} for body in new]
    return list(tx.execute(insert(bodies).returning(bodies.c.id, sort_by_parameter_order=True), rows).scalars())


def load(tx: Connection, body_ids: Sequence[int]) -> dict[int, bytes]:
    """The bytes of each that is still there."""
    found: dict[int, bytes] = {}
    for part in chunks(sorted(set(body_ids))):
        found.update(
            {row.id: row.body for row in tx.execute(select(bodies.c.id, bodies.c.body).where(bodies.c.id.in_(part)))}
        )
    return found


def to_check(tx: Connection, now: datetime, limit: int) -> dict[int, datetime]:
    """Those whose time to be asked about has come: id and when it was kept."""
    query = (
        select(bodies.c.id, bodies.c.kept_at).where(bodies.c.check_at <= now).order_by(bodies.c.check_at).limit(limit)
    )
    return {row.id: row.kept_at for row in tx.execute(query.with_for_update(skip_locked=True))}


def check_again(tx: Connection, body_ids: Sequence[int], at: datetime | None) -> None:
    """Ask about these again at a later moment; None: never, something lasting rests on them."""
    for part in chunks(sorted(body_ids)):
        tx.execute(update(bodies).where(bodies.c.id.in_(part)).values(check_at=at))


def drop(tx: Connection, body_ids: Sequence[int]) -> int:
    """Remove these; how many bytes they held."""
    freed = 0
    for part in chunks(sorted(body_ids)):
        freed += tx.execute(select(func.coalesce(func.sum(bodies.c.size), 0)).where(bodies.c.id.in_(part))).scalar_one()
        tx.execute(delete(bodies).where(bodies.c.id.in_(part)))
    return freed
