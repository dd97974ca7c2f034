"""Captures to be read again by today's reader: which, what stands of each, and how far a run over them has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, case, delete, func, insert, or_, select, update

from dateline.nouns.articles import Revision, TextFrom
from dateline.nouns.frontier import FetchOutcome, VisitKind
from dateline.nouns.revisions import NOT_KEPT
from storage import catalog
from storage.bulk import chunks
from storage.tables import articles, captures, hosts, rereadings, revisions, visits, walls


@dataclass(frozen=True, slots=True)
class ToReread:
    """Which captures of articles: fetched since then, of one outlet, those alone that could not be read."""

    since: datetime | None = None
    source_id: int | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """The text that a capture is held to show: its newest reading, or the text before it where it gave none."""

    revision: Revision
    own: bool  # the capture's own reading
    newest: bool  # it is the article's text now
    readers: frozenset[str]  # that have read this capture


def _wanted(wanted: ToReread) -> Select[Any]:
    states = ("failed",) if wanted.failed else ("applied", "walled", "failed")
    query = (
        select(captures.c.id, captures.c.body_id)
        .join(visits, visits.c.id == captures.c.visit_id)
        .where(
            captures.c.kind == str(VisitKind.ARTICLE),
            captures.c.outcome == str(FetchOutcome.OK),
            captures.c.state.in_(states),
            # The same bytes as those before them say the same, where these could be read.
            or_(~captures.c.same_body, captures.c.state != "applied"),
            ~captures.c.verdict.contains(NOT_KEPT),
        )
    )
    if wanted.since is not None:
        query = query.where(captures.c.fetched_at >= wanted.since)
    if wanted.source_id is not None:
        query = query.outerjoin(articles, articles.c.id == visits.c.subject_id).join(
            hosts, hosts.c.id == visits.c.host_id
        )
        query = query.where(func.coalesce(articles.c.source_id, hosts.c.source_id) == wanted.source_id)
    return query


def count(tx: Connection, wanted: ToReread, after: int = 0) -> tuple[int, int]:
    """How many captures behind `after` can be read again, and how many cannot since their body is gone."""
    found = _wanted(wanted).where(captures.c.id > after).subquery()
    gone = func.coalesce(func.sum(case((found.c.body_id.is_(None), 1), else_=0)), 0)
    every, bodiless = tx.execute(select(func.count(), gone).select_from(found)).one()
    return every - bodiless, bodiless


def following(tx: Connection, wanted: ToReread, after: int, limit: int) -> list[int]:
    """The next captures that can be read again, in order of fetching."""
    query = _wanted(wanted).where(captures.c.id > after, captures.c.body_id.is_not(None))
    return list(tx.execute(query.order_by(captures.c.id).limit(limit)).scalars())


def standing(tx: Connection, looks: Mapping[int, tuple[str, datetime]]) -> dict[int, Standing]:
    """What stands of each capture, given with its article's URL key and its moment; none for one of no text.

    A capture whose text was taken back as a wall's is left out too.
    """
    chains: dict[str, list[Any]] = {url_key: [] for url_key, _ in looks.values()}
    columns = (revisions.c.id, revisions.c.capture_id, revisions.c.observed_at, revisions.c.kind, revisions.c.reader)
    query = select(articles.c.url_key, articles.c.head_revision_id, *columns)
    query = query.join(articles, articles.c.id == revisions.c.article_id)
    for part in chunks(sorted(chains)):
        mine = query.where(articles.c.url_key.in_(part))
        for row in tx.execute(mine.order_by(revisions.c.observed_at, revisions.c.id)):
            chains[row.url_key].append(row)
    chosen: dict[int, Any] = {}
    for capture_id, (url_key, at) in looks.items():
        own = [row for row in chains[url_key] if row.capture_id == capture_id]
        before = [row for row in chains[url_key] if row.observed_at <= at and row.kind != "wall"]
        if (own or before) and not any(row.kind == "wall" for row in own):
            chosen[capture_id] = (own or before)[-1]
    texts = catalog.revisions_by_id(tx, [row.id for row in chosen.values()])
    return {
        capture_id: Standing(
            revision=texts[row.id],
            own=row.capture_id == capture_id,
            newest=row.head_revision_id == row.id,
            readers=frozenset(one.reader for one in chains[row.url_key] if one.capture_id == capture_id),
        )
        for capture_id, row in chosen.items()
    }


def untaken(tx: Connection, capture_ids: Sequence[int]) -> set[int]:
    """Those of these captures that gave no text: what stood there was a wall, or could not be read."""
    query = select(captures.c.id).where(captures.c.state.in_(("walled", "failed")))
    return {one for part in chunks(capture_ids) for one in tx.execute(query.where(captures.c.id.in_(part))).scalars()}


def walls_among(tx: Connection, texts: Mapping[str, bytes]) -> set[str]:
    """Those of these articles (URL key -> hash of the text that their page shows) whose site shows it for many."""
    query = select(articles.c.url_key, walls.c.text_hash).join(walls, walls.c.source_id == articles.c.source_id)
    return {
        row.url_key
        for part in chunks(sorted(texts))
        for row in tx.execute(query.where(articles.c.url_key.in_(part)))
        if row.text_hash == texts[row.url_key]
    }


@dataclass(frozen=True, slots=True)
class Head:
    """An article's newest text as far as telling another reading of it needs it."""

    capture_id: int
    reader: str
    content_hash: bytes
    byline: tuple[str, ...]
    published_on: date | None


def heads(tx: Connection, url_keys: Collection[str]) -> dict[str, Head]:
    """The newest texts of the articles with these URL keys that a page gave, by key."""
    head = articles.join(revisions, revisions.c.id == articles.c.head_revision_id)
    of_page = and_(revisions.c.text_from == str(TextFrom.PAGE), revisions.c.capture_id.is_not(None))
    columns = (revisions.c.capture_id, revisions.c.reader, revisions.c.content_hash, revisions.c.byline)
    query = select(articles.c.url_key, *columns, revisions.c.published_on).select_from(head).where(of_page)
    return {
        row.url_key: Head(row.capture_id, row.reader, row.content_hash, tuple(row.byline), row.published_on)
        for part in chunks(sorted(url_keys))
        for row in tx.execute(query.where(articles.c.url_key.in_(part)))
    }


def ask_again(tx: Connection, capture_ids: Iterable[int]) -> None:
    """Let captures that could not be read, or whose text was not taken, wait to be read as if they were new."""
    fresh = {"state": "waiting", "verdict": "", "applied_at": None, "lost_leases": 0}
    for part in chunks(sorted(set(capture_ids))):
        mine = captures.c.id.in_(part) & (captures.c.state != "waiting")
        tx.execute(update(captures).where(mine).values(**fresh, lease_token=None, lease_until=None))


# --- runs ---


def begin(tx: Connection, name: str, since: datetime | None, now: datetime, *, afresh: bool) -> int:
    """Begin a run, or take up the one of this name that was broken off; behind which capture to go on."""
    row = tx.execute(select(rereadings).where(rereadings.c.name == name)).first()
    goes_on = row is not None and row.finished_at is None and not afresh
    if row is not None and goes_on and (row.since is None or (since is not None and since >= row.since)):
        return int(row.position)
    tx.execute(delete(rereadings).where(rereadings.c.name == name))
    tx.execute(insert(rereadings).values(name=name, since=since, position=0, started_at=now))
    return 0


def advance(tx: Connection, name: str, position: int, *, finished_at: datetime | None = None) -> None:
    """Note how far a run has come."""
    values = {"position": position, "finished_at": finished_at}
    tx.execute(update(rereadings).where(rereadings.c.name == name).values(values))
