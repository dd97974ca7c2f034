"""Polls of sitemaps and of feeds that lie about identity and time, on both databases, with a real reader child."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest

from dateline.nouns.feeds import Feed, FeedState
from dateline.nouns.frontier import VisitKind
from storage import feeds, removal
from storage.database import Database
from tests.support.fetched import Newsroom, item, rss
from worker.dedupe.sitemaps import MEMBERS
from worker.reader import Limits, Reader

SITE = "http://paper.example"
INDEX = f"{SITE}/sitemap-index.xml"
NEWS = f"{SITE}/news.xml"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits(seconds=5.0)) as one:
        yield one


@pytest.fixture
def room(database: Database, reader: Reader) -> Newsroom:
    return Newsroom(database, reader)


def news(*numbers: int, day: str = "2026-03-30") -> bytes:
    """A news sitemap of these stories."""
    urls = "".join(
        f"<url><loc>{SITE}/story/{n}</loc><news:news><news:publication><news:name>The Paper</news:name>"
        f"<news:language>en</news:language></news:publication><news:title>Story {n}</news:title>"
        "<news:keywords>harbour</news:keywords>"
        f"<news:publication_date>{day}T08:00:00Z</news:publication_date></news:news></url>"
        for n in numbers
    )
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'
    ).encode()


def index(*members: tuple[str, str]) -> bytes:
    """A sitemap index of these members, each with the day that it changed ("": it does not say)."""
    named = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>" for url, day in members
    )
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</sitemapindex>'.encode()


def by_url(room: Newsroom) -> dict[str, Feed]:
    with room.db.read() as tx:
        return {feed.url: feed for feed in feeds.listed(tx)}


def due(room: Newsroom, url: str) -> bool:
    visit = room.visit_of(url, VisitKind.FEED)
    return visit.due_at is not None and visit.due_at <= room.at


def test_a_news_sitemap_s_stories_are_visited_with_what_it_says_of_them(room: Newsroom) -> None:
    feed = room.add_feed(NEWS)
    assert room.read_feed(gzip.compress(news(1, 2)), url=NEWS) == {"applied": 1}
    told = room.feed(feed.id)
    assert (told.kind, told.title, told.state) == ("news_sitemap", "The Paper", FeedState.ACTIVE)
    assert [(entry.title, entry.language, entry.state) for entry in room.entries()] == [
        ("Story 1", "en", "waiting"),
        ("Story 2", "en", "waiting"),
    ]
    assert room.entries()[0].extra == {"news_publication": "The Paper", "tags": ["harbour"]}
    assert room.visit_of(f"{SITE}/story/2") is not None
    room.read_feed(news(2, 3), url=NEWS)
    assert len(room.entries()) == 3
    assert room.visit_of(f"{SITE}/story/3") is not None


def test_a_sitemap_s_archive_is_recorded_and_only_what_is_new_is_visited(room: Newsroom) -> None:
    room.add_feed(NEWS)
    room.read_feed(news(1, day="2025-01-01"), url=NEWS)
    assert [entry.state for entry in room.entries()] == ["recorded"]
    assert room.visit_of(f"{SITE}/story/1") is None
    room.read_feed(news(1, day="2025-01-01") + b" ", url=NEWS)
    assert len(room.entries()) == 1


def test_an_index_s_sitemaps_become_feeds_that_are_due_when_it_says_they_changed(room: Newsroom) -> None:
    first = room.add_feed(INDEX, tags=("local",), every=300.0)
    room.read_feed(index((NEWS, "2026-03-30"), (f"{SITE}/2019.xml", "2019-12-31")), url=INDEX)
    listed = by_url(room)
    assert set(listed) == {INDEX, NEWS}
    assert (listed[NEWS].parent_id, listed[NEWS].tags, listed[NEWS].every) == (first.id, ("local",), None)
    assert "2 sitemaps, 1 of them" in room.kept(1).verdict
    room.read_feed(news(1), url=NEWS)
    assert not due(room, NEWS)
    room.read_feed(index((NEWS, "2026-03-30T13:00Z"), (f"{SITE}/2019.xml", "2019-12-31")), url=INDEX)
    assert due(room, NEWS)
    assert room.visit_of(NEWS, VisitKind.FEED).reason == "its sitemap index says it has changed"


def test_a_sitemap_that_has_not_changed_for_a_week_rests_until_its_index_says_otherwise(room: Newsroom) -> None:
    room.add_feed(INDEX)
    room.read_feed(index((NEWS, "2026-03-30")), url=INDEX)
    room.read_feed(news(1), url=NEWS)
    room.later(days=8)
    room.read_feed(index((NEWS, "2026-03-30"), (f"{SITE}/new.xml", "2026-04-07")), url=INDEX)
    assert room.visit_of(NEWS, VisitKind.FEED).due_at is None
    room.read_feed(index((NEWS, "2026-04-07T12:00Z"), (f"{SITE}/new.xml", "2026-04-07")), url=INDEX)
    assert due(room, NEWS)


def test_a_paused_sitemap_is_not_woken_by_its_index(room: Newsroom) -> None:
    room.add_feed(INDEX)
    room.read_feed(index((NEWS, "2026-03-29")), url=INDEX)
    member = by_url(room)[NEWS]
    with room.db.write() as tx:
        feeds.pause(tx, member)
    room.read_feed(index((NEWS, "2026-03-30")), url=INDEX)
    assert room.visit_of(NEWS, VisitKind.FEED).due_at is None


def test_an_index_takes_up_a_bounded_number_at_once_and_follows_indexes_two_deep(room: Newsroom) -> None:
    room.add_feed(INDEX)
    room.read_feed(index(*((f"{SITE}/posts-{n}.xml", "") for n in range(MEMBERS + 30))), url=INDEX)
    assert len(by_url(room)) == 1 + MEMBERS
    for deeper in (1, 2):
        url = f"{SITE}/posts-{deeper - 1}.xml" if deeper == 1 else f"{SITE}/deep-1.xml"
        room.read_feed(index((f"{SITE}/deep-{deeper}.xml", ""), (INDEX, "")), url=url)
    listed = by_url(room)
    assert f"{SITE}/deep-1.xml" in listed and f"{SITE}/deep-2.xml" not in listed
    assert listed[INDEX].parent_id is None


def test_pausing_resuming_and_removing_an_index_reaches_its_sitemaps(room: Newsroom) -> None:
    first = room.add_feed(INDEX)
    room.read_feed(index((NEWS, "2026-03-30")), url=INDEX)
    with room.db.write() as tx:
        feeds.pause(tx, first)
    assert {feed.state for feed in by_url(room).values()} == {FeedState.PAUSED}
    paused = room.feed(first.id)
    with room.db.write() as tx:
        feeds.resume(tx, paused, room.at)
    assert FeedState.PAUSED not in {feed.state for feed in by_url(room).values()}
    with room.db.write() as tx:
        for feed in feeds.family(tx, first):
            removal.drop(tx, feed.id)
    assert by_url(room) == {}


def test_a_site_without_feeds_is_found_by_the_sitemaps_of_its_robots_txt(room: Newsroom) -> None:
    home = room.add_feed(f"{SITE}/")
    room.read_feed(b"<html><head><title>Paper</title></head><body>words</body></html>", url=f"{SITE}/")
    assert room.feed(home.id).state is FeedState.HOME
    assert "robots.txt is asked" in room.kept(1).verdict
    room.read_feed(f"User-agent: *\nSitemap: {NEWS}\n".encode(), url=f"{SITE}/robots.txt")
    listed = by_url(room)
    assert listed[f"{SITE}/robots.txt"].state is FeedState.HOME
    assert (listed[NEWS].state, listed[NEWS].source_id) == (FeedState.NEW, home.source_id)


def test_a_robots_txt_without_sitemaps_is_no_feed(room: Newsroom) -> None:
    feed = room.add_feed(f"{SITE}/robots.txt")
    room.read_feed(b"User-agent: *\n", url=f"{SITE}/robots.txt")
    assert room.feed(feed.id).state is FeedState.FAILED


def test_guids_that_change_with_each_fetch_make_no_new_entries_or_visits(room: Newsroom) -> None:
    room.add_feed()
    for poll in range(3):
        body = rss(*(item(n).replace(f"item-{n}", f"item-{n}-{poll}") for n in (1, 2)))
        room.read_feed(body)
        if poll == 0:
            first = [entry.id for entry in room.entries()]
            visits = [room.visit_of(f"{SITE}/story/{n}") for n in (1, 2)]
    assert [entry.id for entry in room.entries()] == first
    assert [room.visit_of(f"{SITE}/story/{n}") for n in (1, 2)] == visits
    assert room.entries()[0].entry_key == "item-1-2"
    assert room.feed(1).seen_share == 1.0


def test_items_that_share_one_link_stay_apart_by_their_guids(room: Newsroom) -> None:
    room.add_feed()
    shared = [item(n, link=f"{SITE}/live") for n in (1, 2, 3)]
    room.read_feed(rss(*shared[:2]))
    room.read_feed(rss(*shared))
    assert [entry.entry_key for entry in room.entries()] == ["item-1", "item-2", "item-3"]


def test_a_date_to_come_is_kept_as_evidence_and_not_as_publication(room: Newsroom) -> None:
    room.add_feed()
    printed = (room.at + timedelta(days=400)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    room.read_feed(rss(item(1).replace("Sun, 01 Mar 2026 08:00:00 GMT", printed)))
    [entry] = room.entries()
    assert entry.published_at is None
    assert entry.extra["doubtful_dates"] == {"published": printed}


def test_an_address_behind_a_counting_service_is_visited_in_its_place(room: Newsroom) -> None:
    room.add_feed()
    original = f"<feedburner:origLink>{SITE}/story/1</feedburner:origLink></item>"
    room.read_feed(rss(item(1, link="http://feedproxy.example/~r/1").replace("</item>", original)))
    assert room.visit_of(f"{SITE}/story/1") is not None
    assert room.entries()[0].url == f"{SITE}/story/1"
