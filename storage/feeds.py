"""Feeds: what people add and set, and what a poll needs to know. What a poll *tells* is written by `storage.polls`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, or_, select, update

from dateline.errors import NotFound
from dateline.nouns.feeds import Feed, FeedState, NewFeed
from dateline.nouns.frontier import NewVisit, Priority, VisitKind
from dateline.urls import host_name, site_of
from storage import frontier, sources
from storage.bulk import chunks, insert_missing
from storage.tables import entries, feed_tags, feeds, hosts, source_tags, visits

GENERATIONS = 3  # of sitemaps below an index: more than are ever followed
WORDS = frozenset({"name", "source_id", "every", "revisit", "content"})


@dataclass(frozen=True, slots=True)
class Added:
    """A feed as it stands after adding it; `new` is false where it was known before."""

    feed: Feed
    new: bool


def add(
    tx: Connection, new: NewFeed, now: datetime, *, reason: str = "it was just added", urgent: bool = False
) -> Feed:
    """Store a feed with a visit that is due now; a known one is left as it is. As `add_many`."""
    return add_many(tx, [new], now, reason=reason, urgent=urgent)[0].feed


def add_many(
    tx: Connection, new: Sequence[NewFeed], now: datetime, *, reason: str = "it was just added", urgent: bool = False
) -> list[Added]:
    """Store feeds, each in state `new` with a visit due now: that visit decides whether it is a feed or a home page.

    Known ones (by URL key) are left as they are. `urgent`: a person waits, so it goes before all other work of its
    host. The answers stand in the order asked. The URLs must be http(s).
    """
    known = _ids_by_key(tx, [one.url_key for one in new])
    fresh = {one.url_key: one for one in new if one.url_key not in known}
    outlets = sources.ensure(tx, {_site(one.url) for one in fresh.values() if one.source_id is None}, now)
    insert_missing(tx, feeds, [_row(one, outlets, now) for _, one in sorted(fresh.items())])
    ids = known | _ids_by_key(tx, list(fresh))
    tags = [{"feed_id": ids[one.url_key], "tag": tag} for one in fresh.values() for tag in sorted(set(one.tags))]
    insert_missing(tx, feed_tags, tags)
    due = [_visit(one, ids[key], now, reason, urgent) for key, one in sorted(fresh.items())]
    frontier.add_visits(tx, due, now)
    stored = {feed.id: feed for feed in load(tx, ids.values())}
    return [Added(stored[ids[one.url_key]], one.url_key in fresh) for one in new]


def _site(url: str) -> str:
    return site_of(host_name(url))


def _row(new: NewFeed, outlets: dict[str, int], now: datetime) -> dict[str, Any]:
    return {
        "url": new.url,
        "url_key": new.url_key,
        "source_id": new.source_id or outlets[_site(new.url)],
        "state": FeedState.NEW,
        "name": new.name,
        "title": new.title,
        "kind": new.kind,
        "every": new.every,
        "revisit": new.revisit,
        "content": new.content,
        "added_at": now,
        "parent_id": new.parent_id,
        "skip_hours": [],
        "skip_days": [],
    }


def _visit(new: NewFeed, feed_id: int, now: datetime, reason: str, urgent: bool) -> NewVisit:
    return NewVisit(
        url=new.url,
        url_key=new.url_key,
        host=host_name(new.url),
        kind=VisitKind.FEED,
        due_at=now,
        priority=Priority.FEED,
        reason=reason,
        subject_id=feed_id,
        on_demand=urgent,
    )


def _ids_by_key(tx: Connection, url_keys: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in chunks(url_keys):
        rows = tx.execute(select(feeds.c.url_key, feeds.c.id).where(feeds.c.url_key.in_(part)))
        found.update({row.url_key: row.id for row in rows})
    return found


def load(tx: Connection, ids: Iterable[int]) -> list[Feed]:
    """These feeds with their tags, by id; those that do not exist are left out."""
    found = [row for part in chunks(sorted(set(ids))) for row in tx.execute(select(feeds).where(feeds.c.id.in_(part)))]
    return _with_tags(tx, sorted(found, key=lambda row: int(row.id)))


def get(tx: Connection, feed_id: int) -> Feed:
    """One feed. Raises NotFound."""
    found = load(tx, [feed_id])
    if not found:
        raise NotFound(f"no feed has the id {feed_id}", remedy="`dateline feeds list` shows them all")
    return found[0]


def find(tx: Connection, word: str, url_keys: Iterable[str] = ()) -> Feed:
    """The feed that a person means: by id, or by its URL or one of these URL keys. Raises NotFound."""
    if word.isdigit():
        return get(tx, int(word))
    found = by_url(tx, word, url_keys)
    if not found:
        raise NotFound(f"no feed has the URL {word}", remedy=f"add it with: dateline feeds add {word}")
    return found[0]


def by_url(tx: Connection, url: str, url_keys: Iterable[str]) -> list[Feed]:
    """The feeds with this URL or one of these URL keys: one, mostly, or none."""
    ids = tx.execute(select(feeds.c.id).where(or_(feeds.c.url_key.in_(list(url_keys)), feeds.c.url == url))).scalars()
    return load(tx, ids)


def listed(
    tx: Connection,
    *,
    source_id: int | None = None,
    tag: str | None = None,
    state: str | None = None,
    failing: bool = False,
) -> list[Feed]:
    """Feeds by id, of one source, tag (the feed's or its source's) or state alone where given."""
    query = select(feeds).order_by(feeds.c.id)
    if source_id is not None:
        query = query.where(feeds.c.source_id == source_id)
    if tag is not None:
        query = query.where(tagged(tag))
    if state is not None:
        query = query.where(feeds.c.state == state)
    if failing:
        query = query.where(feeds.c.failures > 0)
    return _with_tags(tx, tx.execute(query).all())


def tagged(tag: str) -> Any:
    """The condition on `feeds` that the feed or its source carries this tag."""
    return or_(
        exists().where(feed_tags.c.feed_id == feeds.c.id, feed_tags.c.tag == tag),
        exists().where(source_tags.c.source_id == feeds.c.source_id, source_tags.c.tag == tag),
    )


def _with_tags(tx: Connection, rows: Sequence[Row[Any]]) -> list[Feed]:
    tags: dict[int, list[str]] = {}
    for part in chunks([row.id for row in rows]):
        query = select(feed_tags).where(feed_tags.c.feed_id.in_(part)).order_by(feed_tags.c.tag)
        for tag in tx.execute(query):
            tags.setdefault(tag.feed_id, []).append(tag.tag)
    return [_feed(row, tuple(tags.get(row.id, ()))) for row in rows]


def _feed(row: Row[Any], tags: tuple[str, ...]) -> Feed:
    return Feed(
        id=row.id,
        url=row.url,
        source_id=row.source_id,
        state=FeedState(row.state),
        name=row.name,
        title=row.title,
        site_url=row.site_url,
        kind=row.kind,
        tags=tags,
        every=row.every,
        revisit=row.revisit,
        content=row.content,
        added_at=row.added_at,
        interval=row.interval,
        polls=row.polls,
        seen_share=row.seen_share,
        missed_estimate=row.missed_estimate,
        failures=row.failures,
        failing_since=row.failing_since,
        last_error=row.last_error,
        last_error_at=row.last_error_at,
        last_polled_at=row.last_polled_at,
        last_new_at=row.last_new_at,
        ttl=row.ttl,
        skip_hours=frozenset(row.skip_hours),
        skip_days=frozenset(row.skip_days),
        parent_id=row.parent_id,
    )


def family(tx: Connection, feed: Feed) -> list[Feed]:
    """This feed and, where it is a sitemap index, the sitemaps that it named, with those that they named."""
    found = parents = [feed.id]
    for _ in range(GENERATIONS):
        named = [select(feeds.c.id).where(feeds.c.parent_id.in_(part)) for part in chunks(parents)]
        parents = [int(one) for query in named for one in tx.execute(query).scalars()]
        found = [*found, *parents]
    return load(tx, found)


def generation(tx: Connection, feed: Feed) -> int:
    """How many indexes stand above this feed: 0 for one that a person added, or a home page named."""
    above = 0
    while feed.parent_id is not None and above < GENERATIONS and (parents := load(tx, [feed.parent_id])):
        feed, above = parents[0], above + 1
    return above


def wake_members(tx: Connection, parent_id: int, url_keys: Iterable[str], now: datetime) -> int:
    """Poll those members now that their index says have changed; how many. Paused and given up ones are left alone."""
    polled = (feeds.c.parent_id == parent_id) & feeds.c.state.in_((FeedState.NEW, FeedState.ACTIVE))
    ids: list[int] = []
    for part in chunks(sorted(set(url_keys))):
        ids += tx.execute(select(feeds.c.id).where(polled, feeds.c.url_key.in_(part))).scalars()
    waiting = [visit.visit_id for visit in visits_of(tx, ids).values() if visit.due_at is None or visit.due_at > now]
    frontier.set_due(tx, waiting, now, "its sitemap index says it has changed", now, on_demand=False)
    return len(waiting)


def rest_members(tx: Connection, parent_id: int, before: datetime, reason: str) -> None:
    """Poll those members no more that their index last said have changed before this moment, till it says otherwise."""
    said = (entries.c.feed_id == parent_id) & (entries.c.url_key == feeds.c.url_key) & (entries.c.updated_at < before)
    polled = (feeds.c.parent_id == parent_id) & (feeds.c.state == FeedState.ACTIVE) & feeds.c.every.is_(None)
    ids = tx.execute(select(feeds.c.id).where(polled, exists().where(said))).scalars().all()
    frontier.stop(tx, VisitKind.FEED, ids, reason)


def entry_count(tx: Connection, feed_id: int) -> int:
    """How many entries this feed has shown so far."""
    found: int = tx.execute(select(func.count()).where(entries.c.feed_id == feed_id)).scalar_one()
    return found


def edit(tx: Connection, feed_id: int, **words: Any) -> None:
    """Write the operator's words: any of `name`, `source_id`, `every`, `revisit`, `content` (None takes one back)."""
    unknown = words.keys() - WORDS
    if unknown:
        raise ValueError(f"no such words of a feed: {sorted(unknown)}")
    if words:
        tx.execute(update(feeds).where(feeds.c.id == feed_id).values(words))


def retag(tx: Connection, feed_id: int, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
    """Add and take away tags."""
    gone = sorted(set(remove))
    if gone:
        tx.execute(delete(feed_tags).where(feed_tags.c.feed_id == feed_id, feed_tags.c.tag.in_(gone)))
    insert_missing(tx, feed_tags, [{"feed_id": feed_id, "tag": tag} for tag in sorted(set(add))])


def set_host_delay(tx: Connection, url: str, delay: float | None) -> None:
    """The operator's word for the seconds between two visits of this URL's host (None: the default again)."""
    tx.execute(update(hosts).where(hosts.c.name == host_name(url)).values(delay=delay))


def set_every(tx: Connection, feed: Feed, every: float | None, now: datetime) -> None:
    """The operator's word for the seconds between two polls; a next poll that would come later is moved up to it.

    What was missed at the old interval is forgotten: the new one is to be judged by its own polls.
    """
    edit(tx, feed.id, every=every)
    tx.execute(update(feeds).where(feeds.c.id == feed.id).values(missed_estimate=0))
    visit = visits_of(tx, [feed.id]).get(feed.id)
    if every is None or visit is None or visit.due_at is None or feed.last_polled_at is None:
        return
    if "Retry-After" in visit.reason:  # the server's word stands above the operator's
        return
    wanted = max(now, feed.last_polled_at + timedelta(seconds=every))
    if wanted < visit.due_at:
        reason = f"every {every:g} s by the operator's word"
        frontier.set_due(tx, [visit.visit_id], wanted, reason, now, on_demand=False)


@dataclass(frozen=True, slots=True)
class FeedVisit:
    """A feed's place in the frontier: when it is due and why, and its host with the operator's word about it."""

    visit_id: int
    due_at: datetime | None
    reason: str
    last_outcome: str
    host: str
    host_delay: float | None
    host_allowed_at: datetime | None  # until then the host is left alone


def visits_of(tx: Connection, feed_ids: Iterable[int]) -> dict[int, FeedVisit]:
    """The visit of each feed, by the feed's id."""
    found: dict[int, FeedVisit] = {}
    for part in chunks(sorted(set(feed_ids))):
        query = (
            select(visits, hosts.c.name, hosts.c.delay, hosts.c.next_allowed_at)
            .join(hosts, hosts.c.id == visits.c.host_id)
            .where(visits.c.kind == VisitKind.FEED, visits.c.subject_id.in_(part))
        )
        for row in tx.execute(query):
            found[row.subject_id] = FeedVisit(
                row.id, row.due_at, row.reason, row.last_outcome, row.name, row.delay, row.next_allowed_at
            )
    return found


def pause(tx: Connection, feed: Feed) -> None:
    """Stop polling this feed until a person resumes it; with an index, the sitemaps that it named."""
    ids = [one.id for one in family(tx, feed)]
    for part in chunks(ids):
        tx.execute(update(feeds).where(feeds.c.id.in_(part)).values(state=FeedState.PAUSED))
    frontier.stop(tx, VisitKind.FEED, ids, "paused by a person; `dateline feeds resume` goes on")


def resume(tx: Connection, feed: Feed, now: datetime) -> None:
    """Poll this feed again, from now on: a paused one, and one that had been given up; an index's paused ones, too."""
    for one in family(tx, feed):
        if one.id != feed.id and one.state is not FeedState.PAUSED:
            continue
        state = FeedState.ACTIVE if one.polls else FeedState.NEW
        tx.execute(update(feeds).where(feeds.c.id == one.id).values(state=state))
        poll(tx, one, now, reason="resumed by a person")


def poll(tx: Connection, feed: Feed, now: datetime, *, reason: str = "asked for by a person") -> datetime:
    """Make the feed due now. Returns the moment before which its host may not be visited (now, mostly)."""
    visit = visits_of(tx, [feed.id]).get(feed.id)
    if visit is None:
        raise NotFound(f"feed {feed.id} has no visit", remedy="remove it and add it again")
    frontier.set_due(tx, [visit.visit_id], now, reason, now)
    return max(now, visit.host_allowed_at or now)
