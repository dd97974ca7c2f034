"""What looks and polls do, decided without a database: orders, doubles, copies, and what must always hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.nouns.articles import ParsedArticle, TextFrom, ViewCount
from dateline.nouns.changes import ChangeKind
from dateline.nouns.feeds import Feed, FeedState, ParsedEntry, ParsedFeed
from dateline.nouns.frontier import Capture, FetchOutcome, VisitKind
from dateline.nouns.plans import Known, KnownArticle, KnownEntry, Look, Subject, UrlAlias
from worker.dedupe.decide import decide
from worker.dedupe.entries import decide_poll
from worker.dedupe.looks import Seen, look_at
from worker.parse.text import content_hash

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
LONG = "The harbour was opened again by the council after a winter of repairs that cost more than was planned. " * 3


def parsed(text: str, *, title: str = "Harbour", views: int | None = None) -> ParsedArticle:
    counter = ViewCount(views, True, "", "phrase") if views is not None else None
    digest = content_hash(title, text) if text else b""
    return ParsedArticle(title=title, text=text, content_hash=digest, views=counter, reader="test 1")


def look(key: str, minute: int, text: str | None = LONG, *, views: int | None = None, **more: object) -> Look:
    page = parsed(text, views=views) if text is not None else None
    given_ = {"page": page, "aliases": (UrlAlias(key, "raw", f"http://{key}"),), **more}
    at = NOW + timedelta(minutes=minute)
    return Look(f"k{key}", key, f"http://{key}", 1, at, 100 + minute, 7, **given_)  # type: ignore[arg-type]


def known(key: str, text: str = LONG, *, minute: int = 0, text_from: TextFrom = TextFrom.PAGE) -> KnownArticle:
    at = NOW + timedelta(minutes=minute)
    digest = content_hash("Harbour", text) if text else b""
    return KnownArticle(1, key, text_from, digest, 1 if text else 0, at, at, at, chain=((at, digest),))


def kinds(plan: object) -> list[str]:
    return [str(change.kind) for change in plan.changes]  # type: ignore[attr-defined]


# --- looks ---


def test_two_looks_at_a_new_article_in_one_batch_make_it_once() -> None:
    plan = decide([look("a", 2, LONG + "More.", views=9), look("a", 1, views=8)], Known())
    assert kinds(plan) == ["article.created", "views.updated", "article.revised", "views.updated"]
    [save] = plan.articles
    assert (save.new, save.known.revisions, save.known.views) == (True, 2, 9)
    assert [revision.kind for revision in plan.revisions] == ["first", "edit"]
    assert save.text is not None and save.text.text.endswith("More.")


def test_a_short_text_is_nobody_s_copy() -> None:
    plan = decide([look("a", 1, "Subscribers only."), look("b", 2, "Subscribers only.")], Known())
    assert kinds(plan) == ["article.created"] * 2


def test_a_copy_of_a_copy_names_the_original() -> None:
    standing = Known(texts={parsed(LONG).content_hash: "copy"}, roots={"copy": "original"})
    plan = decide([look("c", 1)], standing)
    assert [(change.kind, change.other) for change in plan.changes if change.other] == [
        (ChangeKind.ARTICLE_DUPLICATE, "original")
    ]


def test_an_original_does_not_become_a_copy_when_its_page_comes() -> None:
    waiting = known("a", "", text_from=TextFrom.NONE)
    standing = Known({"a": waiting}, {"a": "a"}, {parsed(LONG).content_hash: "b"}, originals=frozenset({"a"}))
    assert kinds(decide([look("a", 1)], standing)) == ["article.completed"]


def test_a_feed_s_words_never_take_the_place_of_a_page_s() -> None:
    spoken = look("a", 5, None, entry=parsed("The feed says this."))
    spoken = replace(spoken, visit_id=None)
    plan = decide([spoken], Known({"a": known("a")}, {"a": "a"}))
    assert (plan.revisions, plan.changes) == ((), ())


def test_a_feed_that_lists_one_url_twice_makes_one_text_of_it() -> None:
    looks = [replace(look("a", 1, None, entry=parsed(f"Text {n} of it.")), visit_id=None) for n in range(2)]
    plan = decide(looks, Known())
    assert kinds(plan) == ["article.created"]
    assert len(plan.revisions) == 1


def test_a_late_text_that_its_neighbour_has_is_nothing_new() -> None:
    article = replace(known("a", minute=10), revisions=1)
    plan = decide([look("a", 5)], Known({"a": article}, {"a": "a"}))
    assert (plan.revisions, plan.changes) == ((), ())


def test_a_late_page_still_completes_what_only_a_feed_told() -> None:
    article = known("a", "The feed's words.", minute=10, text_from=TextFrom.FEED)
    plan = decide([look("a", 5)], Known({"a": article}, {"a": "a"}))
    assert kinds(plan) == ["article.completed"]
    assert plan.articles[0].known.head_observed_at == NOW + timedelta(minutes=10)


def test_a_late_count_is_kept_and_changes_nothing_shown() -> None:
    article = replace(known("a", minute=10), views=50, views_at=NOW + timedelta(minutes=10))
    plan = decide([look("a", 5, views=40)], Known({"a": article}, {"a": "a"}))
    assert [sample.views.count for sample in plan.samples] == [40]
    assert kinds(plan) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.integers(0, 30),
            st.sampled_from([None, "", LONG, LONG + "Two.", LONG + "Three."]),
            st.one_of(st.none(), st.integers(0, 3)),
            st.booleans(),
        ),
        max_size=25,
    )
)
def test_whatever_is_seen_in_whatever_order_these_things_hold(
    seen: list[tuple[str, int, str | None, int | None, bool]],
) -> None:
    looks = [
        look(key, minute, text, views=views, gone=text is None, entry=parsed("From the feed.") if fed else None)
        for key, minute, text, views, fed in seen
    ]
    plan = decide(looks, Known())
    created = Counter(change.url_key for change in plan.changes if change.kind is ChangeKind.ARTICLE_CREATED)
    assert created == Counter({save.look.url_key: 1 for save in plan.articles})
    for save in plan.articles:
        mine = [revision for revision in plan.revisions if revision.url_key == save.look.url_key]
        edits = sum(revision.kind == "edit" for revision in mine)
        assert save.known.revisions == edits + (len(mine) > edits)
        assert all(one.text.content_hash != two.text.content_hash for one, two in pairwise(mine))
        roots = {one.look.url_key: one.duplicate_of for one in plan.articles}
        assert save.duplicate_of is None or roots[save.duplicate_of] is None
    assert plan == decide(list(reversed(looks)), Known()) or len(
        {(one.observed_at, one.capture_id) for one in looks}
    ) < len(looks)


# --- captures ---


def capture(**more: object) -> Capture:
    given_ = {"final_url": "http://paper.example/a", "outcome": FetchOutcome.OK, **more}
    return Capture(1, 7, VisitKind.ARTICLE, "http://paper.example/a", fetched_at=NOW, **given_)  # type: ignore[arg-type]


SUBJECT = Subject(7, "http://paper.example/a", "paper.example/a", None)


@pytest.mark.parametrize(
    ("canonical", "believed"),
    [
        ("http://paper.example/b", "http://paper.example/b"),
        ("https://www.paper.example/b", "https://www.paper.example/b"),
        ("http://paper.example/", None),
        ("http://other.example/b", None),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_a_canonical_url_is_believed_only_when_sane(canonical: str | None, believed: str | None) -> None:
    page = replace(parsed(LONG), canonical_url=canonical)
    assert look_at(capture(), SUBJECT, Seen(page), 1).canonical_url == believed


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (FetchOutcome.ROBOTS, "robots.txt forbids its page"),
        (FetchOutcome.TIMEOUT, "its page could not be had (timeout): after 60 s"),
    ],
)
def test_why_there_is_no_page_is_said_in_words(outcome: FetchOutcome, words: str) -> None:
    assert look_at(capture(outcome=outcome, error="after 60 s"), SUBJECT, Seen(), 1).reason == words


# --- polls ---

FEED = Feed(3, "http://paper.example/feed", 1, FeedState.ACTIVE, polls=4, last_new_at=NOW)


def entry(number: int, *, day: int | None = None, title: str = "", digest: bytes = b"") -> ParsedEntry:
    published = datetime(2026, 3, day, tzinfo=UTC) if day else None
    url = f"http://paper.example/{number}"
    return ParsedEntry(f"e{number}", digest or bytes([number]), url, title or f"T{number}", published_at=published)


def document(*entries: ParsedEntry, seen: int = 0) -> ParsedFeed:
    return ParsedFeed("rss", entries=entries, seen=tuple(bytes([n]) for n in range(seen)), total=len(entries) + seen)


@pytest.mark.parametrize(
    ("entries", "taken"),
    [
        ([entry(1, day=1), entry(2, day=9), entry(3, day=5)], {"e2", "e3"}),
        ([entry(1, day=1), entry(2), entry(3, day=5)], {"e1", "e2"}),
    ],
    ids=["by date", "in the document's order where one has no date"],
)
def test_a_first_poll_takes_the_newest(entries: list[ParsedEntry], taken: set[str]) -> None:
    plan = decide_poll(replace(FEED, polls=0), document(*entries), {}, first_poll_entries=2, now=NOW)
    assert {save.entry.key for save in plan.entries if save.state == "waiting"} == taken
    assert len(plan.visits) == 2


def test_a_poll_that_shares_nothing_with_the_last_may_have_missed_some() -> None:
    assert decide_poll(FEED, document(entry(8)), {}, first_poll_entries=9, now=NOW).missed
    assert not decide_poll(FEED, document(entry(8), seen=1), {}, first_poll_entries=9, now=NOW).missed
    assert not decide_poll(FEED, document(), {}, first_poll_entries=9, now=NOW).missed


def test_an_entry_that_moved_to_another_page_is_a_visit_there() -> None:
    before = {"e1": KnownEntry(5, "e1", b"old", "paper.example/elsewhere", "taken", 9)}
    plan = decide_poll(FEED, document(entry(1)), before, first_poll_entries=9, now=NOW)
    assert [visit.url_key for visit in plan.visits] == ["paper.example/1"]
    assert (plan.new, plan.changed, plan.again) == (0, 1, ())
