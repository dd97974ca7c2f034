"""Walls on both databases: what they leave alone, what they leave behind, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import select

from dateline.nouns.articles import PageKind, TextFrom
from storage import history, problems, tallies
from storage.database import Database
from storage.tables import fingerprints
from tests.support.fetched import Newsroom, item, page, prose, rss
from worker.dedupe.urls import url_key
from worker.reader import Limits, Reader

STORY = "http://paper.example/story/1"
CONSENT = page(
    "We value your privacy",
    "We and our 842 partners store and access information on a device, such as cookies, and process personal data for "
    "personalised advertising. You may consent to our and our partners' processing, or reject all cookies.",
    "Accept all",
    views=7,
)
NOT_FREE = (
    '<script type="application/ld+json">'
    '{"@type": "NewsArticle", "headline": "Story 1", "isAccessibleForFree": false}</script>'
)
UNTOLD = prose("members' evening", 2)  # a wall that no phrase tells


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits(seconds=5.0)) as one:
        yield one


@pytest.fixture
def room(database: Database, reader: Reader) -> Newsroom:
    opened = Newsroom(database, reader)
    opened.add_feed()
    return opened


def url(number: int) -> str:
    return f"http://paper.example/story/{number}"


def show(room: Newsroom, numbers: Sequence[int], title: str = "") -> None:
    """Let the feed show these stories."""
    room.read_feed(rss(item(0)))  # a first poll takes few
    room.read_feed(rss(*(item(number, title=title) for number in numbers)))


def full(number: int) -> bytes:
    return page(f"Story {number}", *prose(f"harbour {number}", 6), views=100 + number)


def look(room: Newsroom, bodies: dict[int, bytes]) -> dict[str, int]:
    """One look at each of these stories, processed together."""
    room.later(hours=1)
    return room.process(*(room.capture(url(number), body) for number, body in bodies.items()))


def test_a_hundred_pages_that_turn_into_walls_and_back_are_never_revised_copied_or_gone(room: Newsroom) -> None:
    numbers = range(1, 101)
    show(room, numbers)
    assert look(room, {n: full(n) for n in numbers}) == {"applied": 100}
    before = room.articles()
    told = len(room.changes())
    stubs = {n: page(f"Story {n}", *prose(f"harbour {n}", 1), "Subscribe to continue reading") for n in numbers[50:75]}
    cut = {n: page(f"Story {n}", *prose(f"harbour {n}", 2)) for n in numbers[75:]}
    assert look(room, {**dict.fromkeys(numbers[:50], CONSENT), **stubs, **cut}) == {"walled": 100}
    assert look(room, dict.fromkeys(numbers, CONSENT)) == {"walled": 100}
    assert room.articles() == before
    assert len(room.changes()) == told
    assert look(room, {n: full(n) for n in numbers}) == {"applied": 100}
    assert {(one.revisions, one.duplicate_of, one.gone_at, one.kind) for one in room.articles()} == {
        (1, None, None, PageKind.ARTICLE)
    }
    assert len(room.changes("article.revised", "article.gone", "article.duplicate")) == 0
    assert room.counts(url(1)) == [101, 101]


def test_a_wall_is_told_where_a_person_looks(room: Newsroom) -> None:
    show(room, [1])
    look(room, {1: full(1)})
    look(room, {1: CONSENT})
    with room.db.read() as tx:
        [visit] = history.of_url(tx, url_key(STORY), STORY).appointments
        [problem] = problems.recent(tx, 10)
        counted = {(tally.stage, tally.outcome): tally.count for tally in tallies.since(tx, room.at)}
    newest = visit.looks[0]
    assert (newest.state, newest.verdict.startswith("nothing new, a wall in its place: consent wall: ")) == (
        "walled",
        True,
    )
    assert visit.due_at is not None
    assert visit.reason.startswith('consent wall: "we value your privacy": again after ')
    assert (problem.outcome, problem.message.startswith("consent wall")) == ("wall", True)
    assert counted["walls", "consent"] == counted["process", "walled"] == 1
    assert room.visit_of(STORY).etag is None


def test_a_wall_at_the_first_look_makes_an_article_of_the_feed_s_words_and_its_page_completes_it(
    room: Newsroom,
) -> None:
    room.read_feed(rss(item(1, title="Harbour", text="It is open again.")))
    look(room, {1: CONSENT})
    found = room.dossier(STORY)
    assert (found.article.kind, found.article.title, found.text) == (PageKind.WALL, "Harbour", "It is open again.")
    assert found.article.text_reason == 'consent wall: "we value your privacy"'
    assert (found.article.views, [one.role for one in found.urls]) == (None, ["raw"])
    assert room.visit_of(STORY).due_at is not None
    look(room, {1: full(1)})
    article = room.article(STORY)
    assert (article.kind, article.text_from, article.text_reason) == (PageKind.ARTICLE, TextFrom.PAGE, "")
    assert room.kinds(STORY) == ["article.created", "article.completed", "views.updated"]


def test_a_wall_that_a_person_asked_for_makes_no_article(room: Newsroom) -> None:
    room.add_page(STORY)
    assert room.look(STORY, CONSENT) == {"walled": 1}
    assert room.articles() == []
    assert room.visit_of(STORY).reason.startswith("consent wall")


def test_an_article_without_its_page_learns_why_from_the_newest_wall(room: Newsroom) -> None:
    show(room, [1])
    look(room, {1: b"%PDF-1.7 no page"})
    look(room, {1: CONSENT})
    article = room.article(STORY)
    assert (article.kind, article.text_reason) == (PageKind.WALL, 'consent wall: "we value your privacy"')


def test_an_address_that_leads_to_a_consent_site_is_a_wall_whatever_it_says(room: Newsroom) -> None:
    show(room, [1, 2])
    for number in (1, 2):
        room.look(url(number), full(number), final_url="http://consent.paper.example/?next=1")
    assert {(one.kind, one.duplicate_of, one.final_url) for one in room.articles()} == {(PageKind.WALL, None, None)}
    assert room.article(STORY).text_reason == "consent wall: it leads to consent.paper.example"


def test_a_late_wall_changes_nothing(room: Newsroom) -> None:
    show(room, [1])
    early = room.at
    look(room, {1: full(1)})
    before = room.article(STORY)
    room.process(room.capture(STORY, CONSENT, at=early))
    assert room.article(STORY) == before


def test_a_paywalled_remnant_is_a_stub_whatever_it_says_besides(room: Newsroom) -> None:
    show(room, [1])
    look(room, {1: full(1)})
    offer = "Our reporters were there when the ships came in, and you may read all of it for one crown a month."
    remnant = page("Story 1", *prose("harbour 1", 1), offer, offer, head=NOT_FREE)
    assert look(room, {1: remnant}) == {"walled": 1}
    assert room.article(STORY).revisions == 1


def test_a_story_that_is_cut_and_corrected_is_revised(room: Newsroom) -> None:
    show(room, [1])
    look(room, {1: full(1)})
    words = "This story was withdrawn: the committee never met, and its plans were invented by a correspondent."
    assert look(room, {1: page("Story 1", *prose("harbour 1", 1), words, words + " We apologise.")}) == {"applied": 1}
    assert room.article(STORY).revisions == 2


def test_one_text_at_five_pages_with_titles_of_their_own_is_a_wall_from_the_fifth_on(room: Newsroom) -> None:
    show(room, range(1, 8))
    wall = page("Members", *UNTOLD)
    for number in range(1, 5):
        look(room, {number: wall})
    assert [one.duplicate_of is not None for one in room.articles()] == [False, True, True, True]
    assert look(room, {5: wall}) == {"walled": 1}
    assert [one.revisions for one in room.articles()] == [0, 0, 0, 0, 1]  # the fifth has its feed's words
    for one in room.articles():
        assert (one.kind, one.duplicate_of) == (PageKind.WALL, None)
        assert one.title == f"Story {one.url.rpartition('/')[2]}"
        assert one.text_reason.startswith("repeated text: ")
    assert len(room.changes("article.rerooted")) == 3
    with room.db.read() as tx:
        assert tx.execute(select(fingerprints)).all() == []
    first = room.dossier(url(1))
    assert (first.text, [one.kind for one in first.revisions]) == ("", ["wall"])
    assert len(room.changes("article.walled")) == 4
    look(room, {6: wall, 7: full(7)})
    assert (room.article(url(6)).kind, room.article(url(7)).kind) == (PageKind.WALL, PageKind.ARTICLE)
    assert room.dossier(url(6)).text == "What story 6 is about."
    look(room, {n: full(n) for n in range(1, 7)})
    assert {(one.kind, one.text_from, one.revisions) for one in room.articles()} == {
        (PageKind.ARTICLE, TextFrom.PAGE, 1)
    }
    assert len(room.changes("article.revised")) == 0


def test_five_pages_of_one_text_in_one_batch_are_a_wall(room: Newsroom) -> None:
    show(room, range(1, 6))
    assert look(room, {n: page("Members", *UNTOLD) for n in range(1, 6)}) == {"walled": 5}
    assert {(one.kind, one.duplicate_of) for one in room.articles()} == {(PageKind.WALL, None)}
    assert len(room.changes("article.created")) == 5


def test_a_repeated_text_where_full_ones_stood_gives_them_back(room: Newsroom) -> None:
    show(room, range(1, 6))
    look(room, {n: full(n) for n in range(1, 6)})
    before = {one.url: (one.title, one.content_hash) for one in room.articles()}
    longer = page("Members", *prose("members' evening", 8))
    for number in range(1, 6):
        look(room, {number: longer})
    assert {one.url: (one.title, one.content_hash) for one in room.articles()} == before
    assert {(one.kind, one.revisions) for one in room.articles()} == {(PageKind.ARTICLE, 1)}
    assert room.dossier(url(2)).text.split("\n\n") == prose("harbour 2", 6)
    told = len(room.changes("article.revised"))
    look(room, {n: full(n) for n in range(1, 6)})
    assert len(room.changes("article.revised")) == told == 4


@pytest.mark.parametrize(("pages", "title"), [(4, ""), (6, "The members' evening")], ids=["too few", "one title"])
def test_a_text_at_few_pages_or_under_one_title_is_no_wall(room: Newsroom, pages: int, title: str) -> None:
    show(room, range(1, pages + 1), title)
    assert look(room, {n: page("Members", *UNTOLD) for n in range(1, pages + 1)}) == {"applied": pages}
    assert {one.kind for one in room.articles()} == {PageKind.ARTICLE}
