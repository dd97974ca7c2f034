"""Reading back on both databases: pages of a list, the many names of an article, marks, and where a visit stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dateline.errors import NotFound
from dateline.nouns.articles import ViewSample
from dateline.nouns.frontier import FetchOutcome, VisitKind
from storage import catalog, history, status, views
from storage.catalog import ArticleFilter
from storage.database import Database
from storage.words import holds, words_of
from tests.support.fetched import Newsroom, item, page, prose, rss
from worker.dedupe.urls import article_key, url_key
from worker.reader import Reader

FEED = "http://paper.example/feed"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


@pytest.fixture
def room(database: Database, reader: Reader) -> Newsroom:
    return Newsroom(database, reader)


def story(number: int) -> str:
    return f"http://paper.example/story/{number}"


def shown(room: Newsroom, limit: int | None = None, **wanted: object) -> list[str]:
    found = catalog.newest_first(room.db.read, ArticleFilter(**wanted), limit=limit)  # type: ignore[arg-type]
    return [article.url for article in found]


@pytest.fixture
def seven(room: Newsroom) -> Newsroom:
    """Seven articles; three of them were first seen at one moment."""
    for number in range(7):
        room.add_page(story(number))
    for number in range(4):
        room.look(story(number), page(f"Story {number}", *prose(f"word{number}")))
    room.later(minutes=1)
    room.process(*(room.capture(story(n), page(f"Story {n}", *prose(f"word{n}"))) for n in (4, 5, 6)))
    return room


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_a_list_read_in_pages_holds_each_article_once_newest_first(
    seven: Newsroom, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(catalog, "PAGE", size)
    every = sorted(seven.articles(), key=lambda one: (one.first_seen_at, one.id), reverse=True)
    assert shown(seven) == [one.url for one in every]
    assert shown(seven, limit=5) == shown(seven)[:5]
    assert shown(seven, search="word3") == [story(3)]
    assert shown(seven, search="word", limit=2) == shown(seven)[:2]


def test_articles_that_arrive_while_a_list_is_read_move_none(seven: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "PAGE", 2)
    before = shown(seven)
    reading = catalog.newest_first(seven.db.read, ArticleFilter())
    first = next(reading).url
    seven.add_page(story(9))
    seven.look(story(9), page("Story 9", *prose("nine")))
    assert [first, *(one.url for one in reading)] == before


def test_since_and_source_bound_a_list(seven: Newsroom) -> None:
    newest = max(one.first_seen_at for one in seven.articles())
    assert set(shown(seven, since=newest)) == {story(4), story(5), story(6)}
    source_id = seven.articles()[0].source_id
    assert len(shown(seven, source_id=source_id)) == 7
    assert shown(seven, source_id=source_id + 1) == []


def test_an_article_is_found_by_id_key_and_any_of_its_urls(room: Newsroom) -> None:
    room.add_page(story(1))
    room.look(story(1), page("One", *prose("one")), final_url="http://paper.example/moved/1")
    one = room.article(story(1))
    for word in (str(one.id), article_key(url_key(story(1))), story(1), "http://paper.example/moved/1"):
        with room.db.read() as tx:
            assert catalog.find(tx, word, [url_key(word)] if "/" in word else []).id == one.id


def test_a_url_means_the_article_of_its_own_before_one_that_was_led_to_it(room: Newsroom) -> None:
    for number in (1, 2):
        room.add_page(story(number))
    room.look(story(1), page("Two", *prose("two")), final_url=story(2))
    room.look(story(2), page("Two", *prose("two")))
    assert room.article(story(2)).url == story(2)


@pytest.mark.parametrize("word", ["0", "99", "9" * 30, "²", "", "anothing", "'; DROP TABLE articles; --"])
def test_what_names_no_article_is_not_found(room: Newsroom, word: str) -> None:
    with room.db.read() as tx, pytest.raises(NotFound):
        catalog.find(tx, word)


@pytest.mark.parametrize(
    ("counts", "marks"),
    [
        ([(10, True), (12, True), (12, True)], [(), (), ()]),
        ([(10, True), (9, True)], [(), ("fell",)]),
        ([(1200, False), (1300, False)], [("rounded",), ("rounded",)]),
        ([(1300, False), (1200, False)], [("rounded",), ("rounded", "fell")]),
        ([(100, True), (999, True), (9990, True), (20000, True)], [(), (), ("jumped",), ()]),
        ([(0, True), (999, True)], [(), ()]),
        ([(0, True), (1000, True)], [(), ("jumped",)]),
    ],
)
def test_counts_are_given_as_seen_and_marked(
    room: Newsroom, counts: list[tuple[int, bool]], marks: list[tuple[str, ...]]
) -> None:
    samples = [
        ViewSample(1, "page", room.at + timedelta(minutes=n), count, exact) for n, (count, exact) in enumerate(counts)
    ]
    with room.db.write() as tx:
        views.add(tx, [(sample, 1) for sample in samples])
        found = catalog.samples(tx, 1)
    assert [(one.count, one.exact) for one in found] == counts
    assert [one.marks for one in found] == marks


def test_each_meter_is_marked_by_its_own_past(room: Newsroom) -> None:
    with room.db.write() as tx:
        views.add(tx, [(ViewSample(1, meter, room.at, count), 1) for meter, count in (("api", 5), ("page", 9000))])
        views.add(tx, [(ViewSample(1, "api", room.at + timedelta(minutes=1), 6), 1)])
        assert [one.marks for one in catalog.samples(tx, 1)] == [(), (), ()]


@pytest.mark.parametrize(
    ("search", "text", "found"),
    [
        ("strasse", "Die Stra\u00dfe", True),
        ("MALMO", "Malm\u00f6 today", True),
        ("harbour bridge", "The bridge\nover the harbour", True),
        ("harbour bridge", "The bridge", False),
        ("", "anything", True),
    ],
)
def test_words_are_found_without_regard_to_case_and_accents(search: str, text: str, found: bool) -> None:
    assert holds(words_of(search), text, None) is found


def test_where_a_visit_stands_is_told_from_its_asking_to_its_reading(room: Newsroom) -> None:
    visit_id = room.add_page(story(1))

    def now_it_is() -> history.Standing:
        with room.db.read() as tx:
            return history.standings(tx, [visit_id, 99])[visit_id]

    assert (now_it_is().on_demand, now_it_is().newest_capture, now_it_is().waiting) == (True, 0, False)
    capture_id = room.capture(story(1), page("One", *prose("one")))
    assert (now_it_is().on_demand, now_it_is().newest_capture, now_it_is().waiting) == (False, capture_id, True)
    room.process(capture_id)
    assert now_it_is().waiting is False
    with room.db.read() as tx:
        assert history.page_visits(tx, [url_key(story(1)), url_key(story(2))]) == [visit_id]


def test_what_a_feed_has_yielded_is_counted(room: Newsroom) -> None:
    feed = room.add_feed()
    room.read_feed(rss(item(1), item(2), item(3)))
    room.look(story(1), page("One", *prose("one")))
    room.look(story(2), outcome=FetchOutcome.FORBIDDEN)
    with room.db.read() as tx:
        assert history.yield_of(tx, feed.id) == history.Yield(articles=2, pending=1)


def test_the_history_of_a_url_has_its_entry_its_visit_and_its_article(room: Newsroom) -> None:
    room.add_feed()
    room.read_feed(rss(item(1)))
    room.look(story(1), page("One", *prose("one")))
    with room.db.read() as tx:
        known = history.of_url(tx, url_key(story(1)), story(1))
        feed = history.of_url(tx, url_key(FEED), FEED)
        nothing = history.of_url(tx, url_key(story(2)), story(2))
    assert known.article is not None and known.article.title == "One"
    assert [one.feed_url for one in known.mentions] == [FEED]
    assert [look.outcome for look in known.appointments[0].looks] == ["ok"]
    assert known.appointments[0].due_at == room.visit_of(story(1)).due_at
    assert feed.feed is not None and feed.appointments[0].kind == VisitKind.FEED
    assert not nothing.known


def test_one_reading_of_the_status_counts_what_stands(room: Newsroom) -> None:
    room.add_feed()
    room.read_feed(rss(item(1), item(2)))
    capture_id = room.capture(story(1), page("One", *prose("one")))
    with room.db.read() as tx:
        before = status.read(tx, room.at)
    room.process(capture_id)
    with room.db.read() as tx:
        after = status.read(tx, room.at)
    assert (before.captures_waiting, before.articles, before.feeds) == (1, 0, {"active": 1})
    assert (after.captures_waiting, after.articles, after.articles_last_day) == (0, 1, 1)
    assert after.last_seq > before.last_seq
    assert after.bytes_last_day == after.bytes_kept > 0


def test_the_publisher_s_own_offset_is_kept_beside_the_moment(room: Newsroom) -> None:
    told = '<meta property="article:published_time" content="2008-10-14T06:30:00+05:30">'
    room.add_page(story(1))
    room.look(story(1), page("A night ferry", *prose("ferry"), head=told))
    (article,) = catalog.newest_first(room.db.read, ArticleFilter(), limit=1)
    assert article.published_at is not None
    assert (article.published_at.isoformat(), article.published_offset) == ("2008-10-14T01:00:00+00:00", 330)
