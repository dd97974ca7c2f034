"""Feeds and sources as people keep them, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from dateline.errors import NotFound, UsageError
from dateline.nouns.feeds import Feed, FeedState, NewFeed
from dateline.nouns.frontier import NewVisit, Priority, VisitKind
from storage import changes, feeds, frontier, removal, revisits, sources
from storage.database import Database
from storage.tables import article_urls, articles, entries, revisions, view_samples, visits
from storage.tables import feeds as feed_rows

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)


def add(tx: Connection, name: str = "feed", **words: Any) -> Feed:
    return feeds.add(tx, NewFeed(f"https://paper.example/{name}", f"paper.example/{name}", **words), NOW)


def publish(tx: Connection, feed: Feed, *numbers: int) -> list[int]:
    """Articles that came through this feed, each with a visit that was made once."""
    ids = []
    for number in numbers:
        key = f"paper.example/story/{number}"
        new = NewVisit(f"https://{key}", key, "paper.example", VisitKind.ARTICLE, NOW, Priority.NEW_ARTICLE, "new")
        visit_id = next(iter(frontier.add_visits(tx, [new], NOW).values()))
        row = {"key": f"a{number}", "url_key": key, "url": f"https://{key}", "source_id": feed.source_id}
        row |= {"feed_id": feed.id, "visit_id": visit_id, "byline": [], "provenance": {}, "text_from": "page"}
        row |= {
            "content_hash": b"%d" % number,
            "first_seen_at": NOW,
            "updated_at": NOW,
            "published_on": date(2026, 3, 1),
        }
        article_id = tx.execute(insert(articles).values(row).returning(articles.c.id)).scalar_one()
        made = {"subject_id": article_id, "first_done": True, "due_at": NOW + timedelta(days=1), "reason": "settled"}
        tx.execute(update(visits).where(visits.c.id == visit_id).values(made))
        tx.execute(insert(article_urls).values(url_key=key, article_id=article_id, role="raw", url=f"https://{key}"))
        show(tx, feed, number, article_id)
        ids.append(article_id)
    return ids


def show(tx: Connection, feed: Feed, number: int, article_id: int | None) -> None:
    row = {"feed_id": feed.id, "entry_key": str(number), "item_hash": b"%d" % number, "article_id": article_id}
    row |= {"url": f"https://paper.example/story/{number}", "url_key": f"paper.example/story/{number}"}
    tx.execute(insert(entries).values(row | {"first_seen_at": NOW, "last_seen_at": NOW, "extra": {}}))


def due(tx: Connection) -> list[tuple[datetime | None, str]]:
    query = select(visits.c.due_at, visits.c.reason).where(visits.c.kind == "article").order_by(visits.c.id)
    return [(row.due_at, row.reason) for row in tx.execute(query)]


def remove(db: Database, feed: Feed, *, with_articles: bool) -> None:
    with db.write() as tx:
        removal.stop(tx, feed)
        while with_articles and removal.remove_articles(tx, feed.id, NOW, limit=2):
            pass
        while removal.remove_pending(tx, feed.id, limit=2):
            pass
        removal.drop(tx, feed.id)


def test_a_feed_is_stored_once_and_its_first_visit_is_due_now(database: Database) -> None:
    new = NewFeed("https://www.paper.example/feed", "paper.example/feed", tags=("b", "a"), every=60.0)
    with database.write() as tx:
        [first] = feeds.add_many(tx, [new], NOW)
        [again] = feeds.add_many(tx, [new], NOW + timedelta(hours=1))
        visit = feeds.visits_of(tx, [first.feed.id])[first.feed.id]
        assert (first.new, again.new, again.feed) == (True, False, first.feed)
        assert (first.feed.state, first.feed.tags, first.feed.every) == (FeedState.NEW, ("a", "b"), 60.0)
        assert (visit.due_at, visit.host) == (NOW, "www.paper.example")
        assert sources.load(tx, [first.feed.source_id])[first.feed.source_id].key == "paper.example"


def test_feeds_are_listed_by_source_tag_state_and_failure(database: Database) -> None:
    with database.write() as tx:
        one = add(tx, "one", tags=("local",))
        two = feeds.add(tx, NewFeed("https://other.example/two", "other.example/two"), NOW)
        sources.retag(tx, two.source_id, add=["abroad"])
        feeds.pause(tx, two)
        tx.execute(update(feed_rows).where(feed_rows.c.id == one.id).values(failures=1))
        shown = [
            [feed.id for feed in feeds.listed(tx, **only)]
            for only in (
                {},
                {"source_id": two.source_id},
                {"tag": "local"},
                {"tag": "abroad"},
                {"state": "paused"},
                {"failing": True},
            )
        ]
    assert shown == [[one.id, two.id], [two.id], [one.id], [two.id], [two.id], [one.id]]


def test_a_shorter_interval_moves_the_next_poll_up_and_a_longer_one_does_not(database: Database) -> None:
    with database.write() as tx:
        feed = add(tx)
        tx.execute(update(feed_rows).values(last_polled_at=NOW, polls=1, state="active", missed_estimate=3))
        visit_id = feeds.visits_of(tx, [feed.id])[feed.id].visit_id
        frontier.set_due(tx, [visit_id], NOW + timedelta(hours=1), "adapted", NOW, on_demand=False)
        feed = feeds.get(tx, feed.id)
        feeds.set_every(tx, feed, 7200.0, NOW)
        assert feeds.visits_of(tx, [feed.id])[feed.id].due_at == NOW + timedelta(hours=1)
        feeds.set_every(tx, feed, 300.0, NOW + timedelta(minutes=1))
        assert feeds.visits_of(tx, [feed.id])[feed.id].due_at == NOW + timedelta(minutes=5)
        after = feeds.get(tx, feed.id)
        assert (after.every, after.missed_estimate) == (300.0, 0)


def test_no_word_about_intervals_goes_past_a_retry_after(database: Database) -> None:
    said = "the server said not before tomorrow (Retry-After)"
    later = NOW + timedelta(days=1)
    with database.write() as tx:
        feed = add(tx)
        publish(tx, feed, 1)
        tx.execute(update(feed_rows).values(last_polled_at=NOW, polls=1, state="active"))
        tx.execute(update(visits).values(due_at=later, reason=said))
        feeds.set_every(tx, feeds.get(tx, feed.id), 5.0, NOW)
        assert revisits.of_feed(tx, feed.id, "30", NOW) == 0
        assert feeds.visits_of(tx, [feed.id])[feed.id].due_at == later
        assert due(tx) == [(later, said)]


def test_a_paused_feed_is_never_due_and_a_resumed_one_is_due_now(database: Database) -> None:
    with database.write() as tx:
        feed = add(tx)
        feeds.pause(tx, feed)
        assert feeds.get(tx, feed.id).state is FeedState.PAUSED
        assert feeds.visits_of(tx, [feed.id])[feed.id].due_at is None
        feeds.resume(tx, feed, NOW + timedelta(hours=1))
        assert feeds.get(tx, feed.id).state is FeedState.NEW
        assert feeds.visits_of(tx, [feed.id])[feed.id].due_at == NOW + timedelta(hours=1)


def test_words_about_revisits_reach_the_articles_that_are_there(database: Database) -> None:
    with database.write() as tx:
        feed = add(tx)
        publish(tx, feed, 1, 2)
        other = add(tx, "other")
        publish(tx, other, 3)
        settled = (NOW + timedelta(days=1), "settled")
        assert revisits.of_feed(tx, feed.id, "off", NOW) == 2
        assert due(tx) == [(None, revisits.OFF), (None, revisits.OFF), settled]
        assert revisits.of_feed(tx, feed.id, None, NOW) == 2
        assert [at for at, _ in due(tx)] == [NOW, NOW, settled[0]]
        assert revisits.of_feed(tx, other.id, "30", NOW) == 1
        assert due(tx)[2] == (NOW + timedelta(seconds=30), "every 30 s by your word")
        assert revisits.of_feed(tx, other.id, "edits", NOW) == 0  # it follows from its next look on


def test_a_sources_word_leaves_the_feeds_with_their_own_alone(database: Database) -> None:
    with database.write() as tx:
        publish(tx, add(tx, "silent"), 1)
        publish(tx, add(tx, "outspoken", revisit="30"), 2)
        revisits.of_source(tx, feeds.listed(tx)[0].source_id, "off", NOW)
        assert [at is None for at, _ in due(tx)] == [True, False]


def test_removing_a_feed_keeps_its_articles_and_forgets_what_it_alone_announced(database: Database) -> None:
    with database.write() as tx:
        feed = add(tx)
        publish(tx, feed, 1, 2, 3)
        for number in (8, 9):
            key = f"paper.example/story/{number}"
            new = NewVisit(f"https://{key}", key, "paper.example", VisitKind.ARTICLE, NOW, Priority.NEW_ARTICLE, "new")
            frontier.add_visits(tx, [new], NOW)
            show(tx, feed, number, None)
        other = add(tx, "other")
        show(tx, other, 9, None)
    remove(database, feed, with_articles=False)
    with database.read() as tx:
        assert [row.feed_id for row in tx.execute(select(articles))] == [None] * 3
        left = tx.execute(select(visits.c.url_key).where(visits.c.kind == "article").order_by(visits.c.id)).scalars()
        assert list(left) == [f"paper.example/story/{number}" for number in (1, 2, 3, 9)]
        assert [one.id for one in feeds.listed(tx)] == [other.id]
        assert changes.after(tx, 0, limit=10) == []


def test_removing_with_articles_deletes_those_of_this_feed_alone_and_tells_each(database: Database) -> None:
    with database.write() as tx:
        feed, other = add(tx), add(tx, "other")
        ids = publish(tx, feed, 1, 2, 3, 4)
        show(tx, other, 4, ids[3])
        tx.execute(update(articles).where(articles.c.id == ids[3]).values(duplicate_of=ids[0], duplicate_kind="exact"))
        sample = {"meter": "page", "observed_at": NOW, "count": 7, "exact": True}
        tx.execute(insert(view_samples).values(article_id=ids[0], **sample))
        text = {"reader": "r", "kind": "first", "observed_at": NOW, "byline": [], "text": "", "text_from": "page"}
        tx.execute(insert(revisions).values(article_id=ids[0], content_hash=b"1", **text))
    remove(database, feed, with_articles=True)
    with database.read() as tx:
        [kept] = tx.execute(select(articles)).all()
        assert (kept.id, kept.feed_id, kept.duplicate_of) == (ids[3], None, None)
        told = [(change.kind, change.subject) for change in changes.after(tx, 0, limit=10)]
        assert told == [("article.removed", one) for one in ids[:3]]
        for table in (view_samples, revisions):
            assert tx.execute(select(table)).all() == []
        assert tx.execute(select(visits.c.subject_id).where(visits.c.kind == "article")).scalars().all() == [ids[3]]


def test_a_merged_source_answers_with_its_successor(database: Database) -> None:
    with database.write() as tx:
        one = sources.named(tx, "The Paper", NOW)
        feed = add(tx)
        publish(tx, feed, 1)
        sources.retag(tx, feed.source_id, add=["local"])
        moved = sources.merge(tx, feed.source_id, one)
        assert moved == {"feeds": 1, "hosts": 1, "articles": 1}
        assert (
            sources.find(tx, "paper.example") == sources.find(tx, str(feed.source_id)) == sources.find(tx, "the paper")
        )
        assert sources.find(tx, "The Paper").tags == ("local",)
        assert [source.id for source in sources.listed(tx)] == [one]
        assert sources.holdings(tx, [one])[one] == sources.Holdings(feeds=1, articles=1, hosts=("paper.example",))
        assert add(tx, "second").source_id == one


def test_a_source_that_cannot_be_told_is_refused(database: Database) -> None:
    with database.write() as tx:
        ids = sources.ensure(tx, ["a.example", "b.example"], NOW)
        for one in ids.values():
            sources.edit(tx, one, name="Same")
        with pytest.raises(UsageError, match="several sources"):
            sources.find(tx, "same")
        with pytest.raises(NotFound):
            sources.find(tx, "nobody")
        with pytest.raises(UsageError, match="into itself"):
            sources.merge(tx, ids["a.example"], ids["a.example"])
