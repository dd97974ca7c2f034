"""What captures are of: their visits, and what may be left unread because it was read before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select

from dateline.nouns.frontier import Capture, VisitKind
from dateline.nouns.plans import Subject
from storage.bulk import chunks
from storage.tables import captures, visits


def of_captures(tx: Connection, claimed: Sequence[Capture]) -> dict[int, Subject]:
    """The visit of each capture, by the visit's id; one that was removed meanwhile is left out."""
    columns = (visits.c.id, visits.c.url, visits.c.url_key, visits.c.subject_id, visits.c.attempts)
    found: dict[int, Subject] = {}
    for part in chunks(sorted({capture.visit_id for capture in claimed})):
        found.update({row.id: Subject(*row) for row in tx.execute(select(*columns).where(visits.c.id.in_(part)))})
    return found


def read_before(tx: Connection, claimed: Iterable[Capture]) -> set[int]:
    """Those captures (ids) whose body is that of the visit's last capture before it, and that one was read well."""
    suspects = {capture.visit_id: capture for capture in claimed if capture.same_body and capture.body_id is not None}
    found: dict[int, tuple[int | None, str]] = {}
    for part in chunks(sorted(suspects)):
        query = select(captures.c.visit_id, captures.c.id, captures.c.body_id, captures.c.state)
        with_body = captures.c.visit_id.in_(part) & captures.c.body_id.is_not(None)
        for row in tx.execute(query.where(with_body).order_by(captures.c.id)):
            if row.id < suspects[row.visit_id].id:
                found[row.visit_id] = (row.body_id, row.state)
    return {one.id for visit, one in suspects.items() if found.get(visit) == (one.body_id, "applied")}


def to_look_again(tx: Connection, url_keys: Iterable[str], now: datetime) -> list[int]:
    """The visits of the articles with these URL keys that are not due before `now` anyway."""
    ids: list[int] = []
    for part in chunks(sorted(set(url_keys))):
        later = or_(visits.c.due_at.is_(None), visits.c.due_at > now)
        mine = (visits.c.kind == str(VisitKind.ARTICLE)) & visits.c.url_key.in_(part) & visits.c.first_done
        ids += tx.execute(select(visits.c.id).where(mine, later)).scalars()
    return ids
