"""How it goes, as one reading: what is due, waiting, failing, and how much is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from dateline.nouns.feeds import Feed, FeedState
from dateline.nouns.frontier import Problem, VisitKind
from storage import changes, problems, progress, tallies
from storage import feeds as feed_rows
from storage.progress import ProgressRow
from storage.tables import articles, bodies, captures, feeds, hosts, visits

FRESH = timedelta(seconds=15)  # a process that works writes its progress row far more often
OVERDUE = timedelta(minutes=5)  # what is due for longer waits for more than its turn
SEEN_TOO_LITTLE = 1 / 3  # of a poll's entries: with fewer known ones, some may have come and gone between two polls


@dataclass(frozen=True, slots=True)
class Throughput:
    """How often an outcome came at a stage lately (whole minutes, and the present one)."""

    stage: str
    outcome: str
    last_5_minutes: int
    last_hour: int


@dataclass(frozen=True, slots=True)
class Status:
    """One reading of the database."""

    at: datetime
    processes: tuple[ProgressRow, ...]
    feeds: dict[str, int]  # by state
    feeds_due: int
    feeds_overdue: int
    articles: int
    articles_last_day: int
    articles_due: int  # visits of article pages that are due now
    hosts: int
    hosts_leased: int
    captures_waiting: int
    captures_failed: int
    bytes_last_day: int
    bytes_kept: int
    last_seq: int
    throughput: tuple[Throughput, ...]
    problems: tuple[Problem, ...]
    failing: tuple[Feed, ...]
    too_fast: tuple[Feed, ...]  # feeds that turn over faster than they are polled


def read(tx: Connection, now: datetime, *, problems_shown: int = 5, feeds_shown: int = 20) -> Status:
    """Take one reading. The lists hold the newest problems and the worst feeds, at most as many as asked."""
    due = visits.c.due_at <= now
    feed_due = (visits.c.kind == VisitKind.FEED, due)
    day = now - timedelta(days=1)
    return Status(
        at=now,
        processes=tuple(row for _, row in sorted(progress.read_all(tx).items())),
        feeds={row.state: row.number for row in tx.execute(_by(feeds.c.state))},
        feeds_due=_count(tx, visits, *feed_due),
        feeds_overdue=_count(tx, visits, visits.c.kind == VisitKind.FEED, visits.c.due_at <= now - OVERDUE),
        articles=_count(tx, articles),
        articles_last_day=_count(tx, articles, articles.c.first_seen_at > day),
        articles_due=_count(tx, visits, visits.c.kind == VisitKind.ARTICLE, due),
        hosts=_count(tx, hosts),
        hosts_leased=_count(tx, hosts, hosts.c.lease_until > now),
        captures_waiting=_count(tx, captures, captures.c.state == "waiting"),
        captures_failed=_count(tx, captures, captures.c.state == "failed", captures.c.fetched_at > day),
        bytes_last_day=_bytes(tx, bodies.c.kept_at > day),
        bytes_kept=_bytes(tx),
        last_seq=changes.newest(tx),
        throughput=_throughput(tx, now),
        problems=tuple(problems.recent(tx, problems_shown)),
        failing=_feeds(tx, feeds_shown, feeds.c.failures > 0, worst=feeds.c.failures.desc()),
        too_fast=_feeds(tx, feeds_shown, *turns_over_too_fast(), worst=feeds.c.missed_estimate.desc()),
    )


def _by(column: Any) -> Any:
    return select(column, func.count().label("number")).group_by(column).order_by(column)


def _count(tx: Connection, table: Any, *where: Any) -> int:
    found: int = tx.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
    return found


def _bytes(tx: Connection, *where: Any) -> int:
    return int(tx.execute(select(func.coalesce(func.sum(bodies.c.size), 0)).where(*where)).scalar_one())


def running(tx: Connection, now: datetime) -> bool:
    """Whether the service runs: one of its processes was seen to work lately. The API alone fetches nothing."""
    return any(row.at > now - FRESH for name, row in progress.read_all(tx).items() if name != "api")


def turns_over_too_fast() -> tuple[Any, ...]:
    """The conditions on `feeds` of those whose last poll knew too little of what it found, or missed some before."""
    too_fast = or_(feeds.c.seen_share < SEEN_TOO_LITTLE, feeds.c.missed_estimate > 0)
    return (feeds.c.state == FeedState.ACTIVE, feeds.c.polls >= 2, too_fast)


def _feeds(tx: Connection, limit: int, *where: Any, worst: Any) -> tuple[Feed, ...]:
    ids = tx.execute(select(feeds.c.id).where(*where).order_by(worst, feeds.c.id).limit(limit)).scalars().all()
    found = {feed.id: feed for feed in feed_rows.load(tx, ids)}
    return tuple(found[one] for one in ids)


def _throughput(tx: Connection, now: datetime) -> tuple[Throughput, ...]:
    lately = {(t.stage, t.outcome): t.count for t in tallies.since(tx, now - timedelta(minutes=5))}
    hour = tallies.since(tx, now - timedelta(hours=1))
    return tuple(Throughput(t.stage, t.outcome, lately.get((t.stage, t.outcome), 0), t.count) for t in hour)
