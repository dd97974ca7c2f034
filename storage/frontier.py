"""Visits: what is due when. `storage.hosts` says who may make them.

Order of locks on Postgres: a drain's flush locks its hosts, then feeds, then visits; everyone else locks visits alone
and leaves a wake for the host. A server's deadlock or serialisation error is a fault to be tried again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, Text, and_, case, func, or_, select, true, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.expression import bindparam

from dateline.nouns.frontier import FetchOutcome, NewVisit, Priority, Problem, Reschedule, Visit, VisitDone, VisitKind
from dateline.urls import host_name
from storage import hosts, problems
from storage.bulk import chunks
from storage.tables import articles, feeds, sources, visits
from storage.tables import hosts as host_rows
from storage.types import BigId, Instant

SIGHTINGS = 3  # in a row, of one permanent redirect, before a feed's URL is changed


def next_due(tx: Connection, host_ids: Iterable[int], now: datetime) -> dict[int, Visit]:
    """For each host the visit to be made first: by priority, then by how long it has been due."""
    found: dict[int, Visit] = {}
    for part in chunks(sorted(host_ids)):
        heads = select(hosts.head_visit(now)).where(host_rows.c.id.in_(part))
        found.update({row.host_id: _visit(row) for row in tx.execute(select(visits).where(visits.c.id.in_(heads)))})
    return found


def add_visits(tx: Connection, new: Sequence[NewVisit], now: datetime) -> dict[tuple[VisitKind, str], int]:
    """Store visits; the id of each, by kind and URL key. Hosts are made where missing.

    A known one is only made due earlier: by a person at any time, by a feed until it was fetched once. What was
    stopped (due never) is revived by a person alone.
    """
    if not new:
        return {}
    host_ids = hosts.ensure(tx, {one.host for one in new}, now)
    unique = {(one.kind, one.url_key): one for one in sorted(new, key=lambda one: -one.on_demand)[::-1]}
    rows = [_new_row(unique[key], host_ids, now) for key in sorted(unique)]
    ids: dict[tuple[VisitKind, str], int] = {}
    woken: dict[bool, set[int]] = {False: set(), True: set()}
    for part in chunks(rows, 200):
        for row in tx.execute(_upsert(tx, part)):
            ids[VisitKind(row.kind), row.url_key] = row.id
            woken[row.on_demand].add(row.host_id)
    known = [key for key in unique if key not in ids]
    for keys in chunks(known):
        wanted = tuple_(visits.c.kind, visits.c.url_key).in_([(str(kind), key) for kind, key in keys])
        for row in tx.execute(select(visits.c.id, visits.c.kind, visits.c.url_key).where(wanted)):
            ids[VisitKind(row.kind), row.url_key] = row.id
    for urgent, woken_ids in woken.items():
        hosts.wake(tx, woken_ids, urgent=urgent)
    return ids


def _new_row(new: NewVisit, host_ids: Mapping[str, int], now: datetime) -> dict[str, Any]:
    return {
        "kind": str(new.kind),
        "url": new.url,
        "url_key": new.url_key,
        "host_id": host_ids[new.host],
        "subject_id": new.subject_id,
        "due_at": new.due_at,
        "priority": int(Priority.ON_DEMAND if new.on_demand else new.priority),
        "reason": new.reason,
        "ignore_robots": new.ignore_robots,
        "on_demand": new.on_demand,
        "created_at": now,
    }


def _upsert(tx: Connection, rows: Sequence[dict[str, Any]]) -> Any:
    insert = (postgresql if tx.dialect.name == "postgresql" else sqlite).insert(visits).values(list(rows))
    said = insert.excluded
    earlier = and_(visits.c.due_at.is_not(None), ~visits.c.first_done, said.due_at < visits.c.due_at)
    return insert.on_conflict_do_update(
        index_elements=[visits.c.kind, visits.c.url_key],
        set_={
            "due_at": said.due_at,
            "priority": case((said.priority < visits.c.priority, said.priority), else_=visits.c.priority),
            "reason": said.reason,
            "subject_id": func.coalesce(visits.c.subject_id, said.subject_id),
            "ignore_robots": or_(visits.c.ignore_robots, said.ignore_robots),
            "on_demand": or_(visits.c.on_demand, said.on_demand),
        },
        where=or_(said.on_demand, earlier),
    ).returning(visits.c.id, visits.c.kind, visits.c.url_key, visits.c.host_id, visits.c.on_demand)


def finish(
    tx: Connection, done: Sequence[VisitDone], kept: Mapping[int, tuple[int, int | None]], now: datetime
) -> None:
    """Write what these fetches say of their visits, behind the fence of `hosts.held` in the same transaction.

    `kept` gives the capture and the body of each visit that has a new one. A visit that a person stopped meanwhile
    stays stopped.
    """
    elsewhere = hosts.ensure(tx, {one.to_host for one in done if one.to_host}, now)
    rows = [_done_row(one, kept, elsewhere) for one in sorted(done, key=lambda one: one.visit_id)]
    if rows:
        tx.execute(_FINISH, rows)
        kept_rows = [row for row in rows if row["capture"] is not None]
        if kept_rows:
            tx.execute(_FINISH_KEPT, kept_rows)
    for urgent in (False, True):
        moved = {elsewhere[one.to_host] for one in done if one.to_host and one.on_demand is urgent}
        hosts.wake(tx, moved, urgent=urgent)


def _done_row(
    done: VisitDone, kept: Mapping[int, tuple[int, int | None]], elsewhere: Mapping[str, int]
) -> dict[str, Any]:
    capture_id, body_id = kept.get(done.visit_id, (None, None))
    return {
        "visit": done.visit_id,
        "due": done.next.at,
        "why": done.next.reason,
        "level": int(done.next.priority),
        "tries": done.attempts,
        "asked": done.on_demand,
        "outcome": str(done.outcome),
        "at": done.at,
        "host": elsewhere[done.to_host] if done.to_host else None,
        "goes_to": done.fetch_url,
        "hop_count": done.hops,
        "lasting": done.hops_permanent,
        "moved": done.moved_to,
        "moved_as": done.moved_key,
        "sightings": done.moved_seen,
        "capture": capture_id,
        "body": body_id,
        "digest": done.capture.digest if done.capture else None,
    }


_FINISH = (
    update(visits)
    .where(visits.c.id == bindparam("visit"))
    .values(
        due_at=case((visits.c.due_at.is_(None), None), else_=bindparam("due", type_=Instant)),
        reason=case((visits.c.due_at.is_(None), visits.c.reason), else_=bindparam("why", type_=Text)),
        priority=bindparam("level"),
        attempts=bindparam("tries"),
        lost_leases=0,
        on_demand=bindparam("asked"),
        last_outcome=bindparam("outcome"),
        last_visit_at=bindparam("at", type_=Instant),
        host_id=func.coalesce(bindparam("host", type_=BigId), visits.c.host_id),
        fetch_url=bindparam("goes_to"),
        hops=bindparam("hop_count"),
        hops_permanent=bindparam("lasting"),
        moved_to=bindparam("moved"),
        moved_key=bindparam("moved_as"),
        moved_seen=bindparam("sightings"),
    )
)
_FINISH_KEPT = (
    update(visits)
    .where(visits.c.id == bindparam("visit"))
    .values(
        capture_id=bindparam("capture"),
        first_done=true(),
        body_id=func.coalesce(bindparam("body", type_=BigId), visits.c.body_id),
        body_digest=func.coalesce(bindparam("digest", type_=LargeBinary), visits.c.body_digest),
    )
)


def reschedule(tx: Connection, items: Sequence[Reschedule], now: datetime) -> None:
    """Set what reading captures says of their visits: the due time, the validators, the subject.

    Nothing is written to a visit that has a newer capture; one that a person stopped, or asked for since, keeps its
    clock. Call it with all the items of a transaction at once (they are locked in the order of their ids).
    """
    if not items:
        return
    # The clock is the newest capture's alone; the article that a visit leads to is known from any.
    known = [{"visit": i.visit_id, "subject": i.subject_id} for i in _by_visit(items) if i.subject_id is not None]
    tx.execute(_RESCHEDULE, [_reschedule_row(item) for item in _by_visit(items)])
    if known:
        tx.execute(_SUBJECT, known)
    adopt_moves(tx, [item.visit_id for item in items if item.read_well], now)
    _wake_visits(tx, [item.visit_id for item in items])


def _by_visit(items: Sequence[Reschedule]) -> list[Reschedule]:
    return sorted(items, key=lambda item: (item.visit_id, item.capture_id))


def _reschedule_row(item: Reschedule) -> dict[str, Any]:
    return {
        "visit": item.visit_id,
        "capture": item.capture_id,
        "due": item.next.at,
        "why": item.next.reason,
        "level": int(item.next.priority),
        "tag": item.etag,
        "modified": item.last_modified,
        "given_by": item.validators_url,
    }


_own_clock = or_(visits.c.due_at.is_(None), visits.c.on_demand)  # a person's, since the fetch
_RESCHEDULE = (
    update(visits)
    .where(visits.c.id == bindparam("visit"), visits.c.capture_id == bindparam("capture"))
    .values(
        due_at=case((_own_clock, visits.c.due_at), else_=bindparam("due", type_=Instant)),
        reason=case((_own_clock, visits.c.reason), else_=bindparam("why", type_=Text)),
        priority=case((_own_clock, visits.c.priority), else_=bindparam("level")),
        etag=bindparam("tag"),
        last_modified=bindparam("modified"),
        validators_url=bindparam("given_by"),
    )
)
_SUBJECT = update(visits).where(visits.c.id == bindparam("visit")).values(subject_id=bindparam("subject"))


def adopt_moves(tx: Connection, visit_ids: Sequence[int], now: datetime) -> None:
    """Change the URL of feeds whose permanent redirect was seen in several looks running, and led to a feed.

    Where another feed has that URL already, this one is left as it is and the problem recorded.
    """
    believed = and_(visits.c.kind == str(VisitKind.FEED), visits.c.moved_seen >= SIGHTINGS)
    for part in chunks(sorted(set(visit_ids))):
        for row in tx.execute(select(visits).where(visits.c.id.in_(part), believed)).all():
            if not _is_taken(tx, row):
                _adopt(tx, row, now)
            elif row.moved_seen == SIGHTINGS:
                problems.record(tx, [_taken_problem(row, now)])


def _is_taken(tx: Connection, row: Row[Any]) -> bool:
    feed = select(feeds.c.id).where(feeds.c.url_key == row.moved_key, feeds.c.id != row.subject_id)
    visit = select(visits.c.id).where(
        visits.c.kind == row.kind, visits.c.url_key == row.moved_key, visits.c.id != row.id
    )
    return tx.execute(feed).first() is not None or tx.execute(visit).first() is not None


def _adopt(tx: Connection, row: Row[Any], now: datetime) -> None:
    name = host_name(row.moved_to)
    host_id = hosts.ensure(tx, [name], now)[name]
    tx.execute(update(feeds).where(feeds.c.id == row.subject_id).values(url=row.moved_to, url_key=row.moved_key))
    tx.execute(
        update(visits)
        .where(visits.c.id == row.id)
        .values(url=row.moved_to, url_key=row.moved_key, host_id=host_id, moved_to=None, moved_key=None, moved_seen=0)
    )
    hosts.wake(tx, [host_id])


def _taken_problem(row: Row[Any], now: datetime) -> Problem:
    return Problem(
        now,
        stage="redirect",
        outcome="moved_to_known_feed",
        url=row.url,
        message=f"it has moved for good to {row.moved_to}, which another feed has",
        remedy=f"remove this one: dateline feeds remove {row.subject_id}",
        visit_id=row.id,
        feed_id=row.subject_id,
    )


def revisit_words(tx: Connection, visit_ids: Collection[int]) -> dict[int, str]:
    """The operator's word about re-visits for the articles of these visits: their feed's, else their source's."""
    words: dict[int, str] = {}
    said = func.coalesce(feeds.c.revisit, sources.c.revisit).label("word")
    query = select(articles.c.visit_id, said).join(sources, sources.c.id == articles.c.source_id)
    query = query.outerjoin(feeds, feeds.c.id == articles.c.feed_id).where(said.is_not(None))
    for part in chunks(sorted(visit_ids)):
        words.update({row.visit_id: row.word for row in tx.execute(query.where(articles.c.visit_id.in_(part)))})
    return words


def hosts_asked_for(tx: Connection, since: datetime) -> set[int]:
    """The hosts (ids) with a visit that a person asked for, or that came of such a one since this moment."""
    came = or_(visits.c.priority == int(Priority.ON_DEMAND), visits.c.created_at >= since)
    query = select(visits.c.host_id).where(came, visits.c.due_at.is_not(None))
    return set(tx.execute(query.distinct()).scalars())


def refused(tx: Connection, *, after: int, limit: int, now: datetime) -> dict[int, str]:
    """Visits that wait for their next turn since the last was refused: id to URL, by id, those behind `after`."""
    waits = and_(visits.c.last_outcome == str(FetchOutcome.REFUSED), visits.c.due_at > now)
    query = select(visits.c.id, visits.c.url).where(visits.c.id > after, waits).order_by(visits.c.id).limit(limit)
    return {row.id: row.url for row in tx.execute(query)}


def set_due(
    tx: Connection, visit_ids: Collection[int], at: datetime, reason: str, now: datetime, *, on_demand: bool = True
) -> None:
    """Make these visits due at a moment by an operator's word; also those that were stopped."""
    for part in chunks(sorted(visit_ids)):
        tx.execute(
            update(visits)
            .where(visits.c.id.in_(part))
            .values(
                due_at=at,
                reason=reason,
                on_demand=on_demand,
                **({"priority": int(Priority.ON_DEMAND)} if on_demand else {}),
            )
        )
    _wake_visits(tx, visit_ids, urgent=on_demand and at <= now)


def stop(tx: Connection, kind: VisitKind, subject_ids: Iterable[int], reason: str) -> None:
    """Never visit these subjects again, until `set_due` or a person's request says otherwise."""
    for part in chunks(sorted(subject_ids)):
        tx.execute(
            update(visits)
            .where(visits.c.kind == str(kind), visits.c.subject_id.in_(part))
            .values(due_at=None, reason=reason, on_demand=False)
        )
    # No wake: a host that is found without due visits is given back at once.


def _wake_visits(tx: Connection, visit_ids: Collection[int], *, urgent: bool = False) -> None:
    for part in chunks(sorted(set(visit_ids))):
        query = select(visits.c.host_id).where(visits.c.id.in_(part)).distinct()
        hosts.wake(tx, tx.execute(query).scalars(), urgent=urgent)


def _visit(row: Row[Any]) -> Visit:
    return Visit(
        id=row.id,
        url=row.url,
        host_id=row.host_id,
        kind=VisitKind(row.kind),
        subject_id=row.subject_id,
        due_at=row.due_at,
        priority=row.priority,
        attempts=row.attempts,
        lost_leases=row.lost_leases,
        etag=row.etag,
        last_modified=row.last_modified,
        validators_url=row.validators_url,
        capture_id=row.capture_id,
        body_id=row.body_id,
        body_digest=row.body_digest,
        reason=row.reason,
        ignore_robots=row.ignore_robots,
        on_demand=row.on_demand,
        first_done=row.first_done,
        fetch_url=row.fetch_url,
        hops=row.hops,
        hops_permanent=row.hops_permanent,
        moved_to=row.moved_to,
        moved_seen=row.moved_seen,
    )
