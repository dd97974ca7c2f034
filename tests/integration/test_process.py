"""The process stage on both databases, with a real reader child: feeds, articles, copies, revisions, faults."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from dateline.nouns.articles import TextFrom
from dateline.nouns.feeds import FeedState
from dateline.nouns.frontier import FetchOutcome, VisitKind
from storage import feeds, problems
from storage.database import Database
from storage.tables import captures as capture_rows
from tests.support.fetched import Newsroom, item, page, prose, rss
from tests.support.hostile_reader import HostileReader
from worker import saving
from worker.process import process_captures
from worker.reader import Limits, Reader, ReaderAway

STORY = "http://paper.example/story/1"
OTHER = "http://paper.example/story/2"
FEED = "http://paper.example/feed"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits(seconds=2.0)) as one:
        yield one


@pytest.fixture
def room(database: Database, reader: Reader) -> Newsroom:
    return Newsroom(database, reader)


# --- articles ---


def test_a_page_becomes_an_article_with_its_text_counter_and_one_created_change(room: Newsroom) -> None:
    room.add_page(STORY)
    assert room.look(STORY, page("Harbour reopens", *prose("harbour"), views=2504)) == {"applied": 1}
    found = room.dossier(STORY)
    assert (found.article.title, found.article.text_from, found.article.revisions) == (
        "Harbour reopens",
        TextFrom.PAGE,
        1,
    )
    assert found.text.split("\n\n") == prose("harbour")
    assert found.article.views == 2504
    assert [revision.kind for revision in found.revisions] == ["first"]
    assert room.kinds(STORY) == ["article.created", "views.updated"]
    assert room.visit_of(STORY).subject_id == found.article.id
    assert room.visit_of(STORY).etag == '"1"'
    assert room.visit_of(STORY).due_at > room.at


def test_a_counter_alone_makes_a_sample_and_no_revision(room: Newsroom) -> None:
    room.add_page(STORY)
    for views in (10, 12, 12, 11):
        room.look(STORY, page("Harbour reopens", *prose("harbour"), views=views))
    assert room.counts(STORY) == [10, 12, 12, 11]
    assert room.article(STORY).views == 11
    assert room.kinds(STORY) == ["article.created", *["views.updated"] * 3]


def test_an_edit_makes_a_revision_and_the_first_text_again_another(room: Newsroom) -> None:
    room.add_page(STORY)
    first, second = page("Harbour", *prose("harbour")), page("Harbour", *prose("harbor"))
    for body in (first, first, second, first):
        room.look(STORY, body)
    found = room.dossier(STORY)
    assert [revision.kind for revision in found.revisions] == ["first", "edit", "edit"]
    assert found.article.revisions == 3
    assert found.text == found.revisions[0].text
    assert room.kinds(STORY) == ["article.created", "article.revised", "article.revised"]


def test_the_same_bytes_are_not_read_again_but_counted(room: Newsroom) -> None:
    room.add_page(STORY)
    body = page("Harbour", *prose("harbour"), views=7)
    room.look(STORY, body)
    room.later(minutes=1)
    again = room.capture(STORY, body)
    with Reader(Limits(memory=1)) as broken:  # it could not even start
        assert process_captures(room.toolkit, broken, [again]) == {"applied": 1}
    assert room.kept(again).verdict == "the same page as before"
    assert room.counts(STORY) == [7, 7]


def test_a_late_older_look_takes_its_place_and_never_becomes_the_newest(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("first"), views=1))
    late_at = room.at + timedelta(minutes=1)
    room.later(minutes=10)
    room.look(STORY, page("Harbour", *prose("third"), views=30))
    late = room.capture(STORY, page("Harbour", *prose("second"), views=20), at=late_at)
    room.process(late)
    found = room.dossier(STORY)
    texts = [revision.text.split()[1] for revision in found.revisions]
    assert texts == ["first", "second", "third"]
    assert found.text.split()[1] == "third"
    assert (found.article.views, found.article.revisions) == (30, 3)
    assert room.counts(STORY) == [1, 20, 30]
    assert room.changes("article.revised")[-1].summary["late"] is True


def test_a_page_that_is_gone_is_told_once_and_its_text_stays(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    for outcome in (FetchOutcome.NOT_FOUND, FetchOutcome.GONE):
        room.look(STORY, outcome=outcome)
    assert room.kinds(STORY) == ["article.created", "article.gone"]
    assert room.article(STORY).gone_at is not None
    room.look(STORY, page("Harbour", *prose("harbour")))
    assert room.article(STORY).gone_at is None
    assert len(room.dossier(STORY).revisions) == 1


def test_a_page_without_text_makes_no_revision_of_an_article_that_has_one(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    room.look(STORY, b"<html><head><title>Harbour</title></head><body></body></html>")
    assert room.dossier(STORY).text.split("\n\n") == prose("harbour")
    assert room.kinds(STORY) == ["article.created"]


def test_a_page_that_a_person_asked_for_and_nobody_has_makes_no_article(room: Newsroom) -> None:
    room.add_page(STORY)
    assert room.look(STORY, outcome=FetchOutcome.NOT_FOUND) == {"applied": 1}
    assert room.articles() == []
    assert "404" in room.kept(1).verdict


def test_a_story_s_address_that_leads_to_the_front_page_is_no_text_of_it(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    room.look(STORY, page("The Paper", *prose("front")), final_url="http://paper.example/")
    assert room.kinds(STORY) == ["article.created"]


# --- copies ---


def test_equal_text_under_another_url_is_an_article_of_its_own_that_names_the_first(room: Newsroom) -> None:
    for number in (1, 2, 3):
        url = f"http://paper{number}.example/a"
        room.add_page(url)
        room.look(url, page("Harbour", *prose("harbour")))
    first, *copies = room.articles()
    assert [copy.duplicate_of for copy in copies] == [first.id, first.id]
    assert {copy.duplicate_kind for copy in copies} == {"same text"}
    assert len(room.changes("article.created")) == 3
    assert [change.summary["duplicate_of"] for change in room.changes("article.duplicate")] == [first.id] * 2


def test_copies_in_one_batch_name_the_first_of_them(room: Newsroom) -> None:
    ids = []
    for number in (1, 2, 3):
        url = f"http://paper{number}.example/a"
        room.add_page(url)
        room.later(seconds=1)
        ids.append(room.capture(url, page("Harbour", *prose("harbour"))))
    assert room.process(*ids) == {"applied": 3}
    roots = {article.url: article.duplicate_of for article in room.articles()}
    original = room.article("http://paper1.example/a").id
    assert roots == {
        "http://paper1.example/a": None,
        "http://paper2.example/a": original,
        "http://paper3.example/a": original,
    }


def test_an_address_that_leads_to_a_known_article_is_a_copy_by_url_and_each_url_finds_its_own(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    room.add_page("http://paper.example/short/1")
    room.look("http://paper.example/short/1", page("Harbour", *prose("harbour")), final_url=STORY)
    first, copy = room.articles()
    assert (copy.duplicate_of, copy.duplicate_kind) == (first.id, "same URL")
    assert room.article(STORY).id == first.id


def test_a_canonical_url_finds_the_article_unless_it_is_the_front_page_or_elsewhere(room: Newsroom) -> None:
    canonical = '<link rel="canonical" href="{}">'
    for number, target in enumerate(("http://paper.example/c/1", "http://paper.example/", "http://other.example/c"), 1):
        url = f"http://paper.example/story/{number}"
        room.add_page(url)
        room.look(url, page("Harbour", *prose(f"h{number}"), head=canonical.format(target)))
    assert room.article("http://paper.example/c/1").url == STORY
    assert [article.canonical_url for article in room.articles()] == ["http://paper.example/c/1", None, None]


# --- feeds ---


def test_a_first_poll_takes_the_newest_entries_and_records_the_rest(room: Newsroom) -> None:
    feed = room.add_feed()
    assert room.read_feed(rss(*(item(n, day=n) for n in range(1, 6)))) == {"applied": 1}
    assert [(entry.entry_key, entry.state) for entry in room.entries()] == [
        ("item-1", "recorded"),
        ("item-2", "recorded"),
        ("item-3", "waiting"),
        ("item-4", "waiting"),
        ("item-5", "waiting"),
    ]
    assert room.visit_of("http://paper.example/story/2") is None
    assert "new in the feed" in room.visit_of("http://paper.example/story/5").reason
    known = room.feed(feed.id)
    assert (known.state, known.title, known.kind, known.polls) == (FeedState.ACTIVE, "The Paper", "rss", 1)


def test_a_second_poll_brings_what_is_new_alone(room: Newsroom) -> None:
    feed = room.add_feed()
    room.read_feed(rss(item(1), item(2)))
    room.read_feed(rss(item(3), item(1), item(2)))
    assert [entry.entry_key for entry in room.entries()] == ["item-1", "item-2", "item-3"]
    assert room.visit_of("http://paper.example/story/3") is not None
    assert room.feed(feed.id).seen_share == pytest.approx(2 / 3)
    assert room.feed(feed.id).missed_estimate == 0
    room.read_feed(rss(item(8), item(9)))
    assert room.feed(feed.id).missed_estimate == 1


def test_an_entry_and_its_page_become_one_article_with_the_feed(room: Newsroom) -> None:
    feed = room.add_feed()
    room.read_feed(rss(item(1, title="Harbour")))
    room.look(STORY, page("Harbour reopens", *prose("harbour")))
    article = room.article(STORY)
    assert article.feed_id == feed.id
    assert [(entry.article_id, entry.state) for entry in room.entries()] == [(article.id, "taken")]


@pytest.mark.parametrize("outcome", [FetchOutcome.ROBOTS, FetchOutcome.FORBIDDEN, FetchOutcome.NOT_FOUND])
def test_an_entry_whose_page_cannot_be_had_becomes_an_article_of_the_feed_s_words(
    room: Newsroom, outcome: FetchOutcome
) -> None:
    room.add_feed()
    room.read_feed(rss(item(1, title="Harbour", text="&lt;p&gt;It is &lt;b&gt;open&lt;/b&gt; again.&lt;/p&gt;")))
    room.look(STORY, outcome=outcome)
    found = room.dossier(STORY)
    assert (found.article.text_from, found.text, found.article.title) == (TextFrom.FEED, "It is open again.", "Harbour")
    assert found.article.text_reason.startswith(("robots.txt forbids", "its page"))
    assert found.article.provenance["text"] == found.article.provenance["title"] == "feed"
    assert room.visit_of(STORY).due_at is not None


def test_a_page_that_comes_later_completes_the_article_and_is_no_edit(room: Newsroom) -> None:
    room.add_feed()
    room.read_feed(rss(item(1, title="Harbour", text="It is open again.")))
    room.look(STORY, outcome=FetchOutcome.FORBIDDEN)
    room.look(STORY, page("Harbour reopens", *prose("harbour")))
    found = room.dossier(STORY)
    assert room.kinds(STORY) == ["article.created", "article.completed"]
    assert (found.article.text_from, found.article.text_reason, found.article.revisions) == (TextFrom.PAGE, "", 1)
    assert [revision.kind for revision in found.revisions] == ["first", "completed"]
    assert found.text.split("\n\n") == prose("harbour")


def test_an_entry_without_text_or_page_is_still_an_article(room: Newsroom) -> None:
    room.add_feed()
    bare = f'<item><guid isPermaLink="false">x</guid><link>{STORY}</link><title>Harbour</title></item>'
    room.read_feed(rss(bare))
    room.look(STORY, outcome=FetchOutcome.ROBOTS)
    article = room.article(STORY)
    assert (article.text_from, article.title, article.revisions) == (TextFrom.NONE, "Harbour", 0)


def test_an_entry_without_a_url_is_an_article_of_the_feed_s_words(room: Newsroom) -> None:
    feed = room.add_feed()
    room.read_feed(rss(item(1, title="Notice", text="The office is closed on Monday.", link="")))
    [article] = room.articles()
    assert (article.title, article.text_from, article.feed_id) == ("Notice", TextFrom.FEED, feed.id)
    assert article.url.startswith("http://paper.example/feed#!entry=")
    assert [entry.article_id for entry in room.entries()] == [article.id]


def test_a_feed_whose_own_text_is_wanted_makes_articles_and_revisions_without_visits(room: Newsroom) -> None:
    room.add_feed(content="feed")
    room.read_feed(rss(item(1, text=prose("first")[0])))
    room.read_feed(rss(item(1, text=prose("second")[0])))
    room.read_feed(rss(item(1, text=prose("second")[0])))
    assert room.visit_of(STORY) is None
    found = room.dossier(STORY)
    assert [revision.text_from for revision in found.revisions] == [TextFrom.FEED] * 2
    assert room.kinds(STORY) == ["article.created", "article.revised"]


def test_one_url_in_several_feeds_is_one_visit_and_one_article(room: Newsroom) -> None:
    room.add_feed()
    room.add_feed("http://paper.example/other")
    room.read_feed(rss(item(1)))
    room.look(STORY, page("Harbour", *prose("harbour")))
    room.read_feed(rss(item(1)), url="http://paper.example/other")
    [article] = room.articles()
    assert [entry.article_id for entry in room.entries()] == [article.id] * 2
    assert len(room.changes("article.created")) == 1


def test_a_changed_entry_brings_its_article_s_visit_forward_and_a_counter_in_it_does_not(room: Newsroom) -> None:
    room.add_feed()
    room.read_feed(rss(item(1, title="Harbour")))
    room.look(STORY, page("Harbour", *prose("harbour")))
    room.read_feed(rss(item(1, title="Harbour").replace("</item>", "<comments>7</comments></item>")))
    assert room.visit_of(STORY).due_at > room.at
    room.read_feed(rss(item(1, title="Harbour, corrected")))
    visit = room.visit_of(STORY)
    assert (visit.due_at, visit.reason) == (room.at, "the feed's entry changed")


def test_a_home_page_gives_its_feeds_with_the_operator_s_words(room: Newsroom) -> None:
    home = room.add_feed("http://paper.example/", tags=("local",), every=300.0)
    link = '<link rel="alternate" type="application/rss+xml" title="News" href="/feed">'
    room.read_feed(page("The Paper", *prose("front"), head=link), url="http://paper.example/")
    assert room.feed(home.id).state is FeedState.HOME
    assert room.visit_of("http://paper.example/", VisitKind.FEED).due_at is None
    found = room.feed(room.visit_of(FEED, VisitKind.FEED).subject_id)
    assert (found.state, found.tags, found.every) == (FeedState.NEW, ("local",), 300.0)


def test_a_page_that_names_no_feed_is_a_feed_that_failed(room: Newsroom) -> None:
    feed = room.add_feed()
    assert room.read_feed(page("A page", *prose("x"))) == {"failed": 1}
    known = room.feed(feed.id)
    assert known.state is FeedState.FAILED
    assert "web page" in known.last_error
    with room.db.read() as tx:
        assert [problem.stage for problem in problems.recent(tx, 5)] == ["reading feed"]


def test_a_feed_that_turns_into_a_page_keeps_what_it_was_and_is_fetched_afresh(room: Newsroom) -> None:
    feed = room.add_feed()
    room.read_feed(rss(item(1)))
    assert room.visit_of(FEED, VisitKind.FEED).etag == '"1"'
    for _ in range(3):
        room.read_feed(page("Down for maintenance", "We are back soon.", str(room.at)))
    known = room.feed(feed.id)
    assert (known.state, known.failures, known.title) == (FeedState.ACTIVE, 3, "The Paper")
    assert room.visit_of(FEED, VisitKind.FEED).etag is None
    room.read_feed(rss(item(1), item(2)))
    assert room.feed(feed.id).failures == 0
    assert [change.kind for change in room.changes("feed.failing", "feed.recovered")] == [
        "feed.failing",
        "feed.recovered",
    ]


def test_a_feed_that_is_gone_is_told_and_one_not_found_only_after_weeks(room: Newsroom) -> None:
    gone, lost = room.add_feed(), room.add_feed("http://paper.example/lost")
    room.read_feed(None, outcome=FetchOutcome.GONE)
    assert room.feed(gone.id).state is FeedState.GONE
    assert room.visit_of(FEED, VisitKind.FEED).due_at is None
    room.read_feed(None, url="http://paper.example/lost", outcome=FetchOutcome.NOT_FOUND)
    assert room.feed(lost.id).state is FeedState.NEW
    room.later(days=20)
    room.read_feed(None, url="http://paper.example/lost", outcome=FetchOutcome.NOT_FOUND)
    assert room.feed(lost.id).state is FeedState.GONE
    assert [change.subject for change in room.changes("feed.gone")] == [gone.id, lost.id]


def test_an_ingested_address_that_is_a_feed_is_kept_paused_and_its_entries_taken(room: Newsroom) -> None:
    room.add_page(FEED)
    room.look(FEED, rss(item(1), item(2)))
    with room.db.read() as tx:
        [feed] = feeds.listed(tx)
    assert (feed.state, feed.title, feed.polls) == (FeedState.PAUSED, "The Paper", 1)
    assert room.visit_of(FEED, VisitKind.FEED).due_at is None
    assert room.visit_of(STORY).on_demand
    assert "a feed (The Paper): 2 entries, 2 new" in room.kept(1).verdict
    assert room.articles() == []


def test_a_page_that_a_person_ingested_first_belongs_to_the_feed_that_names_it_later(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    assert room.article(STORY).feed_id is None
    feed = room.add_feed(FEED)
    room.look(FEED, rss(item(1)), kind=VisitKind.FEED)
    assert room.article(STORY).feed_id == feed.id


# --- faults ---


def _deadlock() -> Exception:
    return OperationalError("UPDATE", {}, psycopg.errors.DeadlockDetected("deadlock detected"))


def _key_taken() -> Exception:
    return IntegrityError("INSERT", {}, Exception("duplicate key"))


def test_a_page_that_kills_its_reader_costs_no_other_and_still_becomes_an_article(room: Newsroom) -> None:
    room.add_feed()
    room.read_feed(rss(item(1, title="Harbour", text="It is open again."), item(2), item(3)))
    ids = [
        room.capture(STORY, b"DIE"),
        room.capture(OTHER, page("Two", *prose("two"))),
        room.capture("http://paper.example/story/3", page("Three", *prose("three"))),
    ]
    with HostileReader() as deadly:
        outcomes = process_captures(room.toolkit, deadly, ids)
    assert outcomes == {"applied": 2, "failed": 1}
    assert room.article(OTHER).text_from is TextFrom.PAGE
    assert room.article(STORY).text_from is TextFrom.FEED
    assert "died of SIGKILL" in room.article(STORY).text_reason
    with room.db.read() as tx:
        assert [(p.outcome, p.capture_id) for p in problems.recent(tx, 5)] == [("reader_killed", ids[0])]


def test_captures_are_given_back_when_no_reader_can_be_had(room: Newsroom) -> None:
    room.add_page(STORY)
    capture = room.capture(STORY, page("Harbour", *prose("harbour")))
    with Reader() as away:
        away.command = [sys.executable, "-c", "raise SystemExit(1)"]
        for _ in range(4):
            with pytest.raises(ReaderAway):
                process_captures(room.toolkit, away, [capture])
    assert (room.kept(capture).lost_leases, room.kept(capture).state) == (0, "waiting")
    assert room.process(capture) == {"applied": 1}


def test_a_capture_that_cannot_be_saved_is_recorded_and_the_rest_lands(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for number in range(1, 8):
        url = f"http://paper.example/story/{number}"
        room.add_page(url)
        ids.append(room.capture(url, page(f"Story {number}", *prose(f"w{number}"))))
    true = saving.decide

    def decide(looks: object, known: object, **more: object) -> object:
        if any(look.url.endswith("/5") for look in looks):  # type: ignore[attr-defined]
            raise ZeroDivisionError("the fifth")
        return true(looks, known, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(saving, "decide", decide)
    assert room.process(*ids) == {"applied": 6, "failed": 1}
    assert len(room.articles()) == 6
    assert (room.kept(ids[4]).state, room.kept(ids[4]).verdict) == ("failed", "saving: ZeroDivisionError: the fifth")
    assert room.visit_of("http://paper.example/story/5").reason == "what was fetched could not be saved"


def test_a_database_that_is_away_is_nobody_s_fault(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.add_page(STORY)
    capture = room.capture(STORY, page("Harbour", *prose("harbour")))

    def away(*_: object, **__: object) -> object:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    with monkeypatch.context() as patched:
        patched.setattr(saving, "decide", away)
        with pytest.raises(OperationalError):
            room.process(capture)
    assert room.kept(capture).state == "waiting"
    assert room.process(capture) == {}  # leased still
    room.later(minutes=5)
    assert room.process(capture) == {"applied": 1}


@pytest.mark.parametrize("fault", [_deadlock, _key_taken])
def test_a_batch_that_another_was_in_the_way_of_is_tried_again(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Exception]
) -> None:
    room.add_page(STORY)
    capture = room.capture(STORY, page("Harbour", *prose("harbour")))
    true, faults = saving.decide, [fault(), fault()]

    def decide(looks: object, known: object, **more: object) -> object:
        if faults:
            raise faults.pop()
        return true(looks, known, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(saving, "decide", decide)
    assert room.process(capture) == {"applied": 1}
    assert room.kinds(STORY) == ["article.created"]


def test_a_message_that_comes_twice_is_applied_once(room: Newsroom) -> None:
    room.add_page(STORY)
    capture = room.capture(STORY, page("Harbour", *prose("harbour"), views=5))
    assert room.process(capture) == {"applied": 1}
    assert room.process(capture, capture) == {}
    assert room.kinds(STORY) == ["article.created", "views.updated"]


def test_captures_of_one_visit_are_applied_in_order_in_one_call(room: Newsroom) -> None:
    room.add_page(STORY)
    ids = []
    for word in ("one", "two", "three"):
        room.later(minutes=1)
        ids.append(room.capture(STORY, page("Harbour", *prose(word))))
    assert room.process(*reversed(ids)) == {"applied": 3}
    assert [revision.text.split()[1] for revision in room.dossier(STORY).revisions] == ["one", "two", "three"]


def test_workers_at_once_make_each_article_once_and_one_original(room: Newsroom) -> None:
    """Four workers, the same captures for all, and three stories under twenty-four URLs."""
    ids = []
    for number in range(24):
        url = f"http://paper{number}.example/a"
        room.add_page(url)
        ids.append(room.capture(url, page("Harbour", *prose(f"word{number % 3}"))))
    shares = [ids[n * 5 :] + ids[: n * 5] for n in range(4)]
    _at_once([lambda share=share: room.process_alone(*share, batch=3) for share in shares])
    assert len(room.articles()) == 24
    assert len(room.changes("article.created")) == 24
    assert sum(article.duplicate_of is None for article in room.articles()) == 3
    assert {room.kept(one).state for one in ids} == {"applied"}


def test_two_workers_that_decide_at_one_moment_agree_on_the_original(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both would find nothing, were the texts and URLs not held from before looking until the commit."""
    urls = ("http://paper1.example/a", "http://paper2.example/a")
    for url in urls:
        room.add_page(url)
    ids = [room.capture(url, page("Harbour", *prose("harbour"))) for url in urls]
    _decide_together(monkeypatch)
    _at_once([lambda one=one: room.process_alone(one) for one in ids])
    assert sorted(article.duplicate_of is None for article in room.articles()) == [False, True]


def test_one_url_in_two_feeds_read_at_one_moment_is_one_article(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = (FEED, "http://paper.example/other")
    for url in urls:
        room.add_feed(url, content="feed")
    ids = [room.poll(rss(item(1)), url) for url in urls]
    _decide_together(monkeypatch)
    _at_once([lambda one=one: room.process_alone(one) for one in ids])
    [article] = room.articles()
    assert [entry.article_id for entry in room.entries()] == [article.id] * 2
    assert len(room.changes("article.created")) == 1


def _decide_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make two workers that come to deciding at the same time go on together."""
    true, gate = saving.decide, threading.Barrier(2)

    def decide(looks: object, known: object, **more: object) -> object:
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(0.5)
        return true(looks, known, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(saving, "decide", decide)


def _at_once(jobs: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(len(jobs)) as pool:
        for running in [pool.submit(job) for job in jobs]:
            running.result(60)


def test_a_worker_killed_between_claim_and_commit_loses_and_doubles_nothing(room: Newsroom, database_url: str) -> None:
    room.add_page(STORY)
    capture = room.capture(STORY, page("Harbour", *prose("harbour"), views=5))
    program = f"""
        import os, signal
        from datetime import datetime
        from dateline.settings import load
        from storage.database import Database
        from worker import saving
        from worker.process import process_captures
        from worker.reader import Reader
        from worker.toolkit import Toolkit
        def die(*_):
            os.kill(os.getpid(), signal.SIGKILL)
        saving.changes.append = die
        now = datetime.fromisoformat({room.at.isoformat()!r})
        settings = load({{"DATELINE_HOME": "/nonexistent"}})
        toolkit = Toolkit(settings, Database({database_url!r}), lambda m: True, lambda: now)
        process_captures(toolkit, Reader(), [{capture}])
    """
    died = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=Path(__file__).parents[2], timeout=60, check=False
    )
    assert died.returncode == -9
    assert room.articles() == []
    room.later(minutes=3)
    assert room.process(capture) == {"applied": 1}
    assert room.kinds(STORY) == ["article.created", "views.updated"]
    assert room.counts(STORY) == [5]
    with room.db.read() as tx:
        assert tx.execute(capture_rows.select()).one().lost_leases == 1


def test_what_strangers_write_is_stored_whatever_it_holds(room: Newsroom) -> None:
    """NUL and endless names: neither database may refuse a document for them."""
    nasty = "a\\u0000b" + "x" * 20_000
    long = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(1900))  # that no index can compress
    long = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(1900))  # that no index can compress
    document = (
        f'{{"version": "https://jsonfeed.org/version/1.1", "title": "{nasty}", "items": ['
        f'{{"id": "{long}", "url": "{STORY}", "title": "{nasty}", "content_text": "{nasty}", '
        f'"attachments": [{{"url": "http://paper.example/{nasty}", "mime_type": "{nasty}"}}]}},'
        f'{{"id": "2", "url": "http://paper.example/{"y" * 3900}", "title": "long"}}]}}'
    )
    room.add_feed()
    assert room.read_feed(document.encode()) == {"applied": 1}
    body = page("Har\0bour", *prose("har\0bour"), head='<meta name="author" content="A\0B">'.replace("\\0", "\0"))
    assert room.look(STORY, body) == {"applied": 1}
    assert room.article(STORY).text_from is TextFrom.PAGE


def test_a_document_that_is_no_page_leaves_the_feed_s_words(room: Newsroom) -> None:
    room.add_feed()
    room.read_feed(rss(item(1, title="Report", text="The report is out.")))
    room.look(STORY, b"%PDF-1.7 <a>binary</a>", headers=(("content-type", "application/pdf"),))
    article = room.article(STORY)
    assert (article.text_from, article.title) == (TextFrom.FEED, "Report")
    assert "a PDF document" in article.text_reason
