"""Hosts: who may visit them now. A claim is a lease with a token; whatever its holder writes is fenced by that token.

`ready_at` is the one column that a claim looks at: the later of `next_due_at` and `next_allowed_at`, and `lease_until`
while leased, so that an expired lease is claimable again with no sweeper. On Postgres nobody waits for a host's row
but those who drain it: claims and wakes skip rows that are locked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Subquery,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.expression import bindparam

from dateline.clock import EPOCH
from dateline.nouns.frontier import Host, Priority
from dateline.urls import site_of
from storage import sources
from storage.bulk import chunks, insert_missing
from storage.tables import host_wakes, hosts, visits
from storage.types import Instant


@dataclass(frozen=True, slots=True)
class HostDone:
    """A drain's end: the lease goes back, with what was learnt of the host."""

    host_id: int
    token: str
    next_allowed_at: datetime | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A host's robots.txt as fetched; its outcome decides when there is no body."""

    host_id: int
    body: bytes | None
    outcome: str
    fetched_at: datetime
    crawl_delay: float | None = None


def ensure(tx: Connection, names: Iterable[str], now: datetime) -> dict[str, int]:
    """The id of each host, by name; made where missing, with the source of its site."""
    wanted = sorted(set(names))
    found = _ids(tx, wanted)
    missing = [name for name in wanted if name not in found]
    if missing:
        outlets = sources.ensure(tx, {site_of(name) for name in missing}, now)
        insert_missing(tx, hosts, [{"name": name, "source_id": outlets[site_of(name)]} for name in missing])
        found |= _ids(tx, missing)
    return found


def _ids(tx: Connection, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in chunks(names):
        found.update(
            {row.name: row.id for row in tx.execute(select(hosts.c.id, hosts.c.name).where(hosts.c.name.in_(part)))}
        )
    return found


def wake(tx: Connection, host_ids: Iterable[int], *, urgent: bool = False) -> None:
    """Tell the next claim that visits of these hosts were given another due_at in this transaction."""
    rows = [{"host_id": host_id, "urgent": urgent} for host_id in sorted(set(host_ids))]
    if rows:
        tx.execute(insert(host_wakes), rows)


def claim(
    tx: Connection, *, now: datetime, limit: int, token: str, until: datetime, among: Collection[int] | None = None
) -> list[int]:
    """Lease up to `limit` hosts that are ready, the longest ready first; their ids. `among` these alone, where given.

    A host whose last holder began and let the lease expire has lost it in the middle of a visit: that is noted on the
    visit at its head, so that a page that kills its worker each time does not spin for ever.
    """
    _apply_wakes(tx, now)
    wanted = hosts.c.ready_at <= now if among is None else and_(hosts.c.ready_at <= now, hosts.c.id.in_(among))
    due = tx.execute(
        select(hosts.c.id, hosts.c.drained, hosts.c.lease_token)
        .where(wanted)
        .order_by(hosts.c.ready_at, hosts.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    ids = [row.id for row in due]
    for part in chunks(ids):
        tx.execute(
            update(hosts)
            .where(hosts.c.id.in_(part))
            .values(lease_token=token, lease_until=until, ready_at=until, drained=False)
        )
    lost = [row.id for row in due if row.drained and row.lease_token is not None]
    for part in chunks(lost):
        heads = tx.execute(select(head_visit(now)).where(hosts.c.id.in_(part))).scalars().all()
        tx.execute(
            update(visits).where(visits.c.id.in_([i for i in heads if i])).values(lost_leases=visits.c.lost_leases + 1)
        )
    return ids


def _apply_wakes(tx: Connection, now: datetime) -> None:
    """Give the hosts that were woken their new `ready_at`.

    A leased one is left alone: its holder looks at its visits afresh, and the release counts them again. Rows that
    someone holds now keep their wake for the next claim.
    """
    wakes = tx.execute(select(host_wakes).order_by(host_wakes.c.id).limit(5000).with_for_update(skip_locked=True)).all()
    urgent = {row.host_id for row in wakes if row.urgent}
    held: set[int] = set()
    free: list[int] = []
    for part in chunks(sorted({row.host_id for row in wakes})):
        query = select(hosts.c.id, hosts.c.lease_token, hosts.c.lease_until).where(hosts.c.id.in_(part))
        for row in tx.execute(query.order_by(hosts.c.id).with_for_update(skip_locked=True)):
            held.add(row.id)
            if row.lease_token is None or row.lease_until <= now:
                free.append(row.id)
    for part in chunks(free):
        tx.execute(update(hosts).where(hosts.c.id.in_(part)).values(next_due_at=_earliest_due()))
        tx.execute(update(hosts).where(hosts.c.id.in_(part)).values(ready_at=_ready_at()))
    for part in chunks([host_id for host_id in free if host_id in urgent]):
        # A person waits: before all who are merely overdue, but never before the host may be visited.
        allowed = or_(hosts.c.next_allowed_at.is_(None), hosts.c.next_allowed_at <= now)
        tx.execute(
            update(hosts).where(hosts.c.id.in_(part), hosts.c.next_due_at <= now, allowed).values(ready_at=EPOCH)
        )
    done = [row.id for row in wakes if row.host_id in held or row.host_id not in _existing(tx, wakes, held)]
    for part in chunks(done):
        tx.execute(delete(host_wakes).where(host_wakes.c.id.in_(part)))


def _existing(tx: Connection, wakes: Sequence[Row[Any]], held: set[int]) -> set[int]:
    """Those of the woken hosts that were not held but are there."""
    rest = sorted({row.host_id for row in wakes} - held)
    return {i for part in chunks(rest) for i in tx.execute(select(hosts.c.id).where(hosts.c.id.in_(part))).scalars()}


def leased(tx: Connection, host_ids: Sequence[int], token: str, beyond: datetime) -> list[Host]:
    """Begin a drain: the hosts whose lease is still this token and lasts beyond a moment.

    One with less left would be overtaken: whoever comes next may have it.
    """
    mine = hosts.c.lease_token == token
    found = []
    for part in chunks(sorted(host_ids)):
        query = select(hosts).where(hosts.c.id.in_(part), mine, hosts.c.lease_until > beyond)
        found += [_host(row) for row in tx.execute(query.order_by(hosts.c.id).with_for_update())]
    for part in chunks([host.id for host in found]):
        tx.execute(update(hosts).where(hosts.c.id.in_(part)).values(drained=True))
    return found


def held(tx: Connection, tokens: Mapping[int, str]) -> set[int]:
    """The fence: which of these hosts (id to token) are still ours, locked to the end of this transaction."""
    ours: set[int] = set()
    for part in chunks(sorted(tokens)):
        query = select(hosts.c.id, hosts.c.lease_token).where(hosts.c.id.in_(part)).order_by(hosts.c.id)
        ours |= {row.id for row in tx.execute(query.with_for_update()) if row.lease_token == tokens[row.id]}
    return ours


def release(tx: Connection, done: Sequence[HostDone]) -> set[int]:
    """Give these leases back; the ids of those that were still ours."""
    ours = held(tx, {one.host_id: one.token for one in done})
    give_back(tx, [one for one in done if one.host_id in ours])
    return ours


def give_back(tx: Connection, done: Sequence[HostDone]) -> None:
    """As `release`, behind the fence of `held` in the same transaction."""
    if not done:
        return
    # Only now: a statement of its own sees every visit that was committed before the hosts' rows were locked.
    tx.execute(
        _GIVE_BACK,
        [
            {"host": one.host_id, "allowed": one.next_allowed_at, "failures": one.failures}
            for one in sorted(done, key=lambda one: one.host_id)
        ],
    )
    for part in chunks(sorted(one.host_id for one in done)):
        tx.execute(update(hosts).where(hosts.c.id.in_(part)).values(ready_at=_ready_at()))


def hand_back(tx: Connection, token: str, host_ids: Sequence[int]) -> None:
    """Give leases back that nothing was done with; what is known of the hosts stays."""
    for part in chunks(sorted(held(tx, dict.fromkeys(host_ids, token)))):
        tx.execute(
            update(hosts)
            .where(hosts.c.id.in_(part))
            .values(lease_token=None, lease_until=None, drained=False, next_due_at=_earliest_due())
        )
        tx.execute(update(hosts).where(hosts.c.id.in_(part)).values(ready_at=_ready_at()))


def extend(tx: Connection, host_ids: Iterable[int], until: datetime) -> None:
    """A longer lease, behind the fence of `held`; `ready_at` moves with it, or the host could be claimed twice."""
    for part in chunks(sorted(host_ids)):
        tx.execute(update(hosts).where(hosts.c.id.in_(part)).values(lease_until=until, ready_at=until))


def save_robots(tx: Connection, files: Sequence[RobotsFile]) -> None:
    """Keep robots.txt files, behind the fence of `held`."""
    if files:
        tx.execute(
            update(hosts)
            .where(hosts.c.id == bindparam("host"))
            .values(
                robots_body=bindparam("body"),
                robots_outcome=bindparam("found"),
                robots_fetched_at=bindparam("at", type_=Instant),
                crawl_delay=bindparam("pause"),
            ),
            [
                {"host": f.host_id, "body": f.body, "found": f.outcome, "at": f.fetched_at, "pause": f.crawl_delay}
                for f in sorted(files, key=lambda file: file.host_id)
            ],
        )


def leased_count(tx: Connection, now: datetime) -> int:
    """How many hosts are leased now."""
    count: int = tx.execute(select(func.count()).select_from(hosts).where(hosts.c.lease_until > now)).scalar_one()
    return count


def next_ready(tx: Connection) -> datetime | None:
    """When the next host will be ready (a wake that was not applied yet counts as EPOCH); None: never."""
    if tx.execute(select(host_wakes.c.id).limit(1)).first() is not None:
        return EPOCH
    moment: datetime | None = tx.execute(select(func.min(hosts.c.ready_at))).scalar()
    return moment


def head_visit(now: datetime | ColumnElement[datetime]) -> ColumnElement[int | None]:
    """The first due visit of the row of `hosts`, by priority, then due_at: one seek each, until one is found."""
    moment = now if isinstance(now, ColumnElement) else literal(now, Instant)
    return func.coalesce(
        *(
            select(visits.c.id)
            .where(visits.c.host_id == hosts.c.id, visits.c.priority == int(level), visits.c.due_at <= moment)
            .order_by(visits.c.due_at, visits.c.id)
            .limit(1)
            .correlate(hosts)
            .scalar_subquery()
            for level in Priority
        )
    )


def _earliest_due() -> ColumnElement[datetime | None]:
    """The earliest due_at of the visits of the row of `hosts`, one seek for each priority."""
    firsts = [
        select(func.min(visits.c.due_at).label("due"))
        .where(visits.c.host_id == hosts.c.id, visits.c.priority == int(level))
        .correlate(hosts)
        for level in Priority
    ]
    each: Subquery = union_all(*firsts).subquery()
    return select(func.min(each.c.due)).correlate(hosts).scalar_subquery()


def _ready_at() -> ColumnElement[datetime | None]:
    held_back = hosts.c.next_allowed_at > hosts.c.next_due_at
    return case(
        (hosts.c.next_due_at.is_(None), null()), (held_back, hosts.c.next_allowed_at), else_=hosts.c.next_due_at
    )


_GIVE_BACK = (
    update(hosts)
    .where(hosts.c.id == bindparam("host"))
    .values(
        lease_token=None,
        lease_until=None,
        drained=False,
        # Never cut short what an earlier answer (Retry-After) or another drain said.
        next_allowed_at=case(
            (hosts.c.next_allowed_at > bindparam("allowed", type_=Instant), hosts.c.next_allowed_at),
            else_=func.coalesce(bindparam("allowed", type_=Instant), hosts.c.next_allowed_at),
        ),
        failures=bindparam("failures"),
        next_due_at=_earliest_due(),
    )
)


def _host(row: Row[Any]) -> Host:
    return Host(
        id=row.id,
        name=row.name,
        source_id=row.source_id,
        delay=row.delay,
        crawl_delay=row.crawl_delay,
        next_allowed_at=row.next_allowed_at,
        failures=row.failures,
        robots_body=row.robots_body,
        robots_outcome=row.robots_outcome,
        robots_fetched_at=row.robots_fetched_at,
    )
