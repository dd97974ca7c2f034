"""What is known of one URL: why it is due when it is, and what happened to it at each stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, or_, select

from dateline.nouns.articles import Article
from dateline.nouns.feeds import Feed
from dateline.nouns.frontier import Problem, VisitKind
from storage import catalog, problems
from storage import feeds as feed_rows
from storage.bulk import chunks
from storage.tables import article_urls, articles, captures, entries, hosts, visits

SHOWN = 20  # newest captures and problems


@dataclass(frozen=True, slots=True)
class Look:
    """One capture: what a fetch gave, and what reading it did."""

    capture_id: int
    fetched_at: datetime
    outcome: str
    status: int | None
    final_url: str
    size: int
    same_body: bool
    state: str
    verdict: str
    error: str
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit with its host: when it is due, why, and what may hold it back."""

    visit_id: int
    kind: str
    url: str
    subject_id: int | None
    due_at: datetime | None
    reason: str
    priority: int
    attempts: int
    on_demand: bool
    ignore_robots: bool
    moved_to: str | None
    last_outcome: str
    last_visit_at: datetime | None
    host: str
    host_delay: float | None
    host_crawl_delay: float | None
    host_allowed_at: datetime | None
    host_leased_until: datetime | None
    host_failures: int
    robots_outcome: str
    looks: tuple[Look, ...]  # newest first
    problems: tuple[Problem, ...]  # newest first


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry of a feed that named the URL."""

    feed_id: int
    feed_url: str
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    state: str
    article_id: int | None


@dataclass(frozen=True, slots=True)
class History:
    """Everything known of one URL."""

    url_key: str
    appointments: tuple[Appointment, ...]
    mentions: tuple[Mention, ...]
    article: Article | None
    feed: Feed | None

    @property
    def known(self) -> bool:
        """Whether anything is known at all."""
        return bool(self.appointments or self.mentions or self.article or self.feed)


def of_url(tx: Connection, url_key: str, url: str) -> History:
    """What is known of the URL with this key. Any URL of an article finds it."""
    by_url = select(article_urls.c.article_id).where(article_urls.c.url_key == url_key)
    query = select(articles.c.id, articles.c.visit_id).where(
        or_(articles.c.url_key == url_key, articles.c.id.in_(by_url))
    )
    found = tx.execute(query.order_by(articles.c.id)).first()
    article = catalog.find(tx, str(found.id)) if found else None
    own = [visits.c.url_key == url_key]
    if found and found.visit_id:
        own.append(visits.c.id == found.visit_id)
    rows = tx.execute(
        select(
            visits,
            hosts.c.name.label("host"),
            hosts.c.delay,
            hosts.c.crawl_delay,
            hosts.c.next_allowed_at,
            hosts.c.lease_until,
            hosts.c.failures.label("host_failures"),
            hosts.c.robots_outcome,
        )
        .join(hosts, hosts.c.id == visits.c.host_id)
        .where(or_(*own))
        .order_by(visits.c.id)
    ).all()
    return History(
        url_key=url_key,
        appointments=tuple(_appointment(tx, row) for row in rows),
        mentions=_mentions(tx, url_key),
        article=article,
        feed=_feed(tx, rows, url_key, url),
    )


def _feed(tx: Connection, rows: Sequence[Row[Any]], url_key: str, url: str) -> Feed | None:
    ids = [row.subject_id for row in rows if row.kind == VisitKind.FEED and row.subject_id is not None]
    found = feed_rows.load(tx, ids) or feed_rows.by_url(tx, url, [url_key])
    return found[0] if found else None


def _appointment(tx: Connection, row: Row[Any]) -> Appointment:
    return Appointment(
        visit_id=row.id,
        kind=row.kind,
        url=row.url,
        subject_id=row.subject_id,
        due_at=row.due_at,
        reason=row.reason,
        priority=row.priority,
        attempts=row.attempts,
        on_demand=row.on_demand,
        ignore_robots=row.ignore_robots,
        moved_to=row.moved_to,
        last_outcome=row.last_outcome,
        last_visit_at=row.last_visit_at,
        host=row.host,
        host_delay=row.delay,
        host_crawl_delay=row.crawl_delay,
        host_allowed_at=row.next_allowed_at,
        host_leased_until=row.lease_until,
        host_failures=row.host_failures,
        robots_outcome=row.robots_outcome,
        looks=_looks(tx, row.id),
        problems=tuple(problems.of_visit(tx, row.id, SHOWN)),
    )


def _looks(tx: Connection, visit_id: int) -> tuple[Look, ...]:
    query = select(captures).where(captures.c.visit_id == visit_id).order_by(captures.c.id.desc()).limit(SHOWN)
    return tuple(
        Look(
            capture_id=row.id,
            fetched_at=row.fetched_at,
            outcome=row.outcome,
            status=row.status,
            final_url=row.final_url,
            size=row.size,
            same_body=row.same_body,
            state=row.state,
            verdict=row.verdict,
            error=row.error,
            applied_at=row.applied_at,
        )
        for row in tx.execute(query)
    )


def _mentions(tx: Connection, url_key: str) -> tuple[Mention, ...]:
    rows = tx.execute(select(entries).where(entries.c.url_key == url_key).order_by(entries.c.id)).all()
    named = {feed.id: feed.url for feed in feed_rows.load(tx, [row.feed_id for row in rows])}
    return tuple(
        Mention(
            feed_id=row.feed_id,
            feed_url=named[row.feed_id],
            title=row.title,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            state=row.state,
            article_id=row.article_id,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a visit stands just now, for whoever waits for it."""

    visit_id: int
    on_demand: bool  # asked for by a person, and not made since
    due_at: datetime | None
    last_visit_at: datetime | None
    last_outcome: str
    host_leased_until: datetime | None
    newest_capture: int  # 0 before the first
    waiting: bool  # what was fetched is yet to be read


def standings(tx: Connection, visit_ids: Iterable[int]) -> dict[int, Standing]:
    """Where each of these visits stands; those that were removed are left out."""
    found: dict[int, Standing] = {}
    newest = select(func.max(captures.c.id)).where(captures.c.visit_id == visits.c.id).scalar_subquery()
    unread = exists().where(captures.c.visit_id == visits.c.id, captures.c.state == "waiting")
    for part in chunks(sorted(set(visit_ids))):
        query = (
            select(visits, hosts.c.lease_until, newest.label("newest"), unread.label("waiting"))
            .join(hosts, hosts.c.id == visits.c.host_id)
            .where(visits.c.id.in_(part))
        )
        for row in tx.execute(query):
            found[row.id] = Standing(
                visit_id=row.id,
                on_demand=row.on_demand,
                due_at=row.due_at,
                last_visit_at=row.last_visit_at,
                last_outcome=row.last_outcome,
                host_leased_until=row.lease_until,
                newest_capture=row.newest or 0,
                waiting=bool(row.waiting),
            )
    return found


def page_visits(tx: Connection, url_keys: Iterable[str]) -> list[int]:
    """The visits of the pages with these URL keys, as far as there are any."""
    found: list[int] = []
    for part in chunks(sorted(set(url_keys))):
        mine = (visits.c.kind == str(VisitKind.ARTICLE)) & visits.c.url_key.in_(part)
        found += tx.execute(select(visits.c.id).where(mine)).scalars()
    return found


def own_addresses(tx: Connection, url_keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The URL, and its key, under which an article is kept, by another URL key that finds it.

    Keys that name an article or a visit of their own are left out.
    """
    found: dict[str, tuple[str, str]] = {}
    own = exists().where(visits.c.kind == str(VisitKind.ARTICLE), visits.c.url_key == article_urls.c.url_key)
    query = (
        select(article_urls.c.url_key.label("other"), articles.c.url, articles.c.url_key)
        .join(articles, articles.c.id == article_urls.c.article_id)
        .where(articles.c.url_key != article_urls.c.url_key, ~own)
    )
    for part in chunks(sorted(set(url_keys))):
        rows = tx.execute(query.where(article_urls.c.url_key.in_(part)))
        found.update({row.other: (row.url, row.url_key) for row in rows})
    return found


@dataclass(frozen=True, slots=True)
class Yield:
    """What has come of a feed's entries."""

    articles: int
    pending: int  # entries whose page is yet to be tried, or to be read


def yield_of(tx: Connection, feed_id: int) -> Yield:
    """How many articles a feed's entries have led to, and how many are on their way."""
    mine = entries.c.feed_id == feed_id
    made = select(func.count(entries.c.article_id.distinct())).where(mine)
    untried = (
        select(func.count())
        .select_from(entries)
        .join(visits, and_(visits.c.kind == str(VisitKind.ARTICLE), visits.c.url_key == entries.c.url_key))
        .where(mine, entries.c.state == "waiting", visits.c.attempts == 0, visits.c.due_at.is_not(None))
    )
    return Yield(tx.execute(made).scalar_one(), tx.execute(untried).scalar_one())
