"""Captures: what was fetched, kept before it is judged; claimed like hosts, applied once, in order for each visit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.sql.expression import bindparam

from dateline.nouns.frontier import Capture, FetchOutcome, NewCapture, Problem, Redirect, VisitKind
from storage import bodies, problems
from storage.bulk import chunks
from storage.tables import captures, revisions, visits

LOST_LIMIT = 3  # leases lost in a row that make a failed capture: then it is surely what kills its reader


def keep(
    tx: Connection, new: Sequence[NewCapture], *, now: datetime, keep_unchanged_days: float
) -> list[tuple[int, int | None]]:
    """Store these, behind the fence of their hosts: the capture's id and its body's, in the same order."""
    if not new:
        return []
    check_at = now + timedelta(days=keep_unchanged_days)
    fresh = iter(bodies.keep(tx, [one.body for one in new if one.body is not None], now=now, check_at=check_at))
    body_ids = [next(fresh) if one.body is not None else one.body_id for one in new]
    rows = [_row(one, body_id) for one, body_id in zip(new, body_ids, strict=True)]
    ids = tx.execute(insert(captures).returning(captures.c.id, sort_by_parameter_order=True), rows).scalars()
    return list(zip(ids, body_ids, strict=True))


def _row(new: NewCapture, body_id: int | None) -> dict[str, Any]:
    fetched = new.fetched
    return {
        "fetched_at": fetched.fetched_at,
        "visit_id": new.visit_id,
        "kind": str(new.kind),
        "url": new.url,
        "final_url": fetched.final_url,
        "outcome": str(fetched.outcome),
        "status": fetched.status,
        "headers": [list(pair) for pair in fetched.headers],
        "content_encoding": fetched.header("content-encoding") or "",
        "size": len(fetched.body),
        "body_id": body_id,
        "body_digest": new.digest,
        "same_body": new.same_body,
        "error": fetched.error,
        "retry_after": fetched.retry_after,
        "redirects": [[hop.status, hop.url] for hop in fetched.redirects],
    }


def waiting(tx: Connection, *, now: datetime, older_than: datetime, limit: int) -> list[int]:
    """Those that wait although they were fetched before `older_than` and nobody holds them, the oldest first."""
    query = select(captures.c.id).where(_free(now), captures.c.fetched_at < older_than)
    return list(tx.execute(query.order_by(captures.c.id).limit(limit)).scalars())


def waiting_count(tx: Connection) -> int:
    """How many wait to be read, those under way included."""
    query = select(func.count()).select_from(captures).where(captures.c.state == "waiting")
    count: int = tx.execute(query).scalar_one()
    return count


def claim(tx: Connection, ids: Iterable[int], *, token: str, until: datetime, now: datetime) -> list[Capture]:
    """Lease those of these that wait, are free, and have no older one of their visit waiting; in order of fetching.

    Call it again with the same ids until it returns none: later captures of a visit come after the earlier ones are
    applied, and one whose holder died twice comes alone, so that its third death is surely its own and harms no other.
    It is then recorded as failed.
    """
    older = captures.alias()
    waits_for = exists().where(
        older.c.visit_id == captures.c.visit_id, older.c.id < captures.c.id, older.c.state == "waiting"
    )
    found: list[Row[Any]] = []
    for part in chunks(sorted(set(ids))):
        query = select(captures).where(captures.c.id.in_(part), _free(now), ~waits_for).order_by(captures.c.id)
        found += tx.execute(query.with_for_update(skip_locked=True, of=captures)).all()
    held_before = {row.id for row in found if row.lease_token is not None}
    lost = {row.id: row.lost_leases + (row.id in held_before) for row in found}
    dead = [row for row in found if lost[row.id] >= LOST_LIMIT]
    _bury(tx, dead, now)
    alive = [row for row in found if lost[row.id] < LOST_LIMIT]
    suspects = [row for row in alive if lost[row.id] == LOST_LIMIT - 1]
    taken = suspects[:1] if suspects and len(suspects) == len(alive) else [row for row in alive if row not in suspects]
    for part in chunks([row.id for row in taken]):
        tx.execute(update(captures).where(captures.c.id.in_(part)).values(lease_token=token, lease_until=until))
    noted = [{"capture": row.id, "lost": lost[row.id]} for row in taken if row.id in held_before]
    if noted:
        tx.execute(
            update(captures).where(captures.c.id == bindparam("capture")).values(lost_leases=bindparam("lost")), noted
        )
    return [_capture(row, lost[row.id]) for row in taken]


def _free(now: datetime) -> Any:
    return and_(captures.c.state == "waiting", or_(captures.c.lease_until.is_(None), captures.c.lease_until <= now))


def _bury(tx: Connection, dead: Sequence[Row[Any]], now: datetime) -> None:
    """Give up what killed its reader's process each time; its body stays for whoever wants to know why."""
    for row in dead:
        verdict = "the process that read it died each time"
        tx.execute(
            update(captures)
            .where(captures.c.id == row.id)
            .values(state="failed", verdict=verdict, applied_at=now, lease_token=None, lease_until=None)
        )
        problems.record(
            tx,
            [
                Problem(
                    now,
                    "process",
                    "worker_died",
                    row.url,
                    f"{LOST_LIMIT} times {verdict}",
                    "report the page: a body must never end a worker",
                    row.visit_id,
                    row.id,
                )
            ],
        )


def fenced(tx: Connection, ids: Iterable[int], token: str) -> set[int]:
    """Those still ours, locked to the end of this transaction."""
    ours: set[int] = set()
    for part in chunks(sorted(set(ids))):
        query = select(captures.c.id).where(
            captures.c.id.in_(part), captures.c.lease_token == token, captures.c.state == "waiting"
        )
        ours |= set(tx.execute(query.order_by(captures.c.id).with_for_update()).scalars())
    return ours


def applied(tx: Connection, token: str, verdicts: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Record (id, state "applied", "walled" or "failed", verdict), and give the leases back. Fenced by the token."""
    if verdicts:
        tx.execute(
            update(captures)
            .where(captures.c.id == bindparam("capture"), captures.c.lease_token == token)
            .values(
                state=bindparam("became"),
                verdict=bindparam("words"),
                applied_at=now,
                lease_token=None,
                lease_until=None,
            ),
            [{"capture": i, "became": state, "words": words[:500]} for i, state, words in sorted(verdicts)],
        )


def hand_back(tx: Connection, token: str, ids: Iterable[int]) -> None:
    """Give leases back with nothing done: whoever asks next may have them, and no lost lease is counted."""
    for part in chunks(sorted(set(ids))):
        tx.execute(
            update(captures)
            .where(captures.c.id.in_(part), captures.c.lease_token == token)
            .values(lease_token=None, lease_until=None)
        )


def body(tx: Connection, capture: Capture) -> bytes:
    """Its body as it came over the wire; empty where there is none any more."""
    return bodies.load(tx, [capture.body_id]).get(capture.body_id, b"") if capture.body_id is not None else b""


def load(tx: Connection, ids: Collection[int]) -> list[Capture]:
    """These captures, in order of fetching, whatever their state."""
    rows = [r for part in chunks(sorted(set(ids))) for r in tx.execute(select(captures).where(captures.c.id.in_(part)))]
    return [_capture(row, row.lost_leases) for row in sorted(rows, key=lambda row: int(row.id))]


def prune(
    tx: Connection, *, now: datetime, keep_captures_days: float, keep_unchanged_days: float, limit: int
) -> tuple[int, int]:
    """Remove bodies past their time, and captures whose body went and that are as old; (captures, bytes) removed.

    Bodies of re-visits that made no revision go after `keep_unchanged_days`, others after `keep_captures_days`; never
    one that a revision rests on, that was not applied, or that its visit still compares with. A body that is none of
    these never becomes one again: only a visit's present body is ever shared by a new capture.
    """
    asked = bodies.to_check(tx, now, limit)
    rested_on = set(_those(tx, asked, exists().where(revisions.c.capture_id == captures.c.id)))
    current = {
        i
        for part in chunks(list(asked))
        for i in tx.execute(select(visits.c.body_id).where(visits.c.body_id.in_(part))).scalars()
    }
    in_use = current | set(_those(tx, asked, captures.c.state == "waiting"))
    older = captures.alias()
    first = ~exists().where(older.c.visit_id == captures.c.visit_id, older.c.id < captures.c.id)
    lasting = set(_those(tx, asked, or_(first, captures.c.state == "failed")))
    long_kept = now - timedelta(days=keep_captures_days)
    young = {i for i, kept_at in asked.items() if i in lasting and kept_at > long_kept}
    bodies.check_again(tx, list(rested_on), None)
    bodies.check_again(tx, list(in_use - rested_on), now + timedelta(days=keep_unchanged_days))
    for body_id in sorted(young - in_use - rested_on):
        bodies.check_again(tx, [body_id], asked[body_id] + timedelta(days=keep_captures_days))
    gone = sorted(set(asked) - rested_on - in_use - young)
    for part in chunks(gone):
        tx.execute(update(captures).where(captures.c.body_id.in_(part)).values(body_id=None))
    return _prune_rows(tx, long_kept, limit), bodies.drop(tx, gone)


def _those(tx: Connection, body_ids: Collection[int], condition: Any) -> Iterable[int]:
    for part in chunks(sorted(body_ids)):
        yield from tx.execute(select(captures.c.body_id).where(captures.c.body_id.in_(part), condition)).scalars()


def _prune_rows(tx: Connection, before: datetime, limit: int) -> int:
    old = (
        select(captures.c.id)
        .where(
            captures.c.fetched_at < before,
            captures.c.state.in_(("applied", "walled")),
            captures.c.body_id.is_(None),
            ~exists().where(visits.c.id == captures.c.visit_id, visits.c.capture_id == captures.c.id),
            ~exists().where(revisions.c.capture_id == captures.c.id),
        )
        .order_by(captures.c.fetched_at)
        .limit(limit)
    )
    ids = list(tx.execute(old).scalars())
    for part in chunks(ids):
        tx.execute(delete(captures).where(captures.c.id.in_(part)))
    return len(ids)


def _capture(row: Row[Any], lost_leases: int) -> Capture:
    return Capture(
        id=row.id,
        visit_id=row.visit_id,
        kind=VisitKind(row.kind),
        url=row.url,
        final_url=row.final_url,
        outcome=FetchOutcome(row.outcome),
        fetched_at=row.fetched_at,
        status=row.status,
        headers=tuple((name, value) for name, value in row.headers),
        content_encoding=row.content_encoding,
        body_id=row.body_id,
        body_digest=row.body_digest,
        same_body=row.same_body,
        error=row.error,
        retry_after=row.retry_after,
        redirects=tuple(Redirect(status, url) for status, url in row.redirects),
        lost_leases=lost_leases,
    )
