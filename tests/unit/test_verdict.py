"""What a fetch means for its visit: tables of outcomes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dateline.nouns.feeds import Feed, FeedState
from dateline.nouns.frontier import Fetched, FetchOutcome, Redirect, Visit, VisitDone, VisitKind
from worker.verdict import MAX_MOVES, Facts, Verdict, judge

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
URL = "http://a.example/story"
PAGE = Visit(7, URL, 3, VisitKind.ARTICLE, None, NOW, 5)
POLL = replace(PAGE, kind=VisitKind.FEED, subject_id=11, priority=3)
FEED = Feed(11, URL, 1, FeedState.ACTIVE, polls=4, interval=3600.0)
SEEN = {"body_id": 9, "body_digest": hashlib.sha256(b"page").digest(), "capture_id": 5, "first_done": True}


def fetched(outcome: FetchOutcome = FetchOutcome.OK, **more: object) -> Fetched:
    values: dict[str, object] = {"final_url": URL, "stage": "done", "status": 200, "fetched_at": NOW} | more
    return Fetched(url=URL, outcome=outcome, **values)  # type: ignore[arg-type]


def verdict(visit: Visit, result: Fetched, facts: Facts | None = None) -> Verdict:
    if facts is None:
        facts = Facts(FEED if visit.kind is VisitKind.FEED else None)
    return judge(visit, 3, "token", result, facts, NOW)


def done(visit: Visit, result: Fetched, facts: Facts | None = None) -> VisitDone:
    return verdict(visit, result, facts).done


@pytest.mark.parametrize("visit", [PAGE, POLL])
def test_a_body_is_kept_with_its_digest_and_the_clock_rests_until_it_is_read(visit: Visit) -> None:
    result = done(visit, fetched(body=b"page"))
    assert result.capture is not None
    assert (result.capture.body, result.capture.digest) == (b"page", SEEN["body_digest"])
    assert not result.capture.same_body
    assert result.next.at is not None and result.next.at > NOW + timedelta(hours=1)


@pytest.mark.parametrize("visit", [PAGE, POLL])
def test_a_body_equal_to_the_last_is_shared(visit: Visit) -> None:
    capture = done(replace(visit, **SEEN), fetched(body=b"page")).capture  # type: ignore[arg-type]
    assert capture is not None
    assert (capture.body, capture.same_body, capture.body_id) == (None, True, 9)


def test_a_pages_304_is_a_look_at_the_same_body_that_keeps_its_validators() -> None:
    visit = replace(PAGE, etag='"1"', last_modified="Mon, 30 Mar 2026 11:00:00 GMT", **SEEN)  # type: ignore[arg-type]
    capture = done(visit, fetched(FetchOutcome.NOT_MODIFIED, status=304, headers=(("etag", '"2"'),))).capture
    assert capture is not None
    assert (capture.same_body, capture.body_id, capture.fetched.outcome) == (True, 9, FetchOutcome.OK)
    assert capture.fetched.headers == (("etag", '"2"'), ("last-modified", "Mon, 30 Mar 2026 11:00:00 GMT"))
    assert capture.fetched.status == 304


def test_a_feeds_304_ends_here_with_its_next_poll() -> None:
    found = verdict(replace(POLL, etag='"1"'), fetched(FetchOutcome.NOT_MODIFIED))
    assert found.done.capture is None and not found.failed
    assert found.interval is not None and found.interval > 3600.0
    assert found.done.next.at is not None and found.done.next.at >= NOW + timedelta(seconds=found.interval)


@pytest.mark.parametrize(
    ("outcome", "attempts", "kept"),
    [
        (FetchOutcome.NOT_FOUND, 0, True),
        (FetchOutcome.GONE, 0, True),
        (FetchOutcome.ROBOTS, 0, True),
        (FetchOutcome.FORBIDDEN, 0, True),
        (FetchOutcome.LEGAL, 0, True),
        (FetchOutcome.TOO_LARGE, 0, True),
        (FetchOutcome.TIMEOUT, 0, False),
        (FetchOutcome.TIMEOUT, 3, False),
        (FetchOutcome.TIMEOUT, 4, True),
        (FetchOutcome.RATE_LIMITED, 0, False),
        (FetchOutcome.WORKER_DIED, 4, True),
    ],
)
def test_what_leaves_a_first_visit_without_its_page_is_told_to_the_process_stage(
    outcome: FetchOutcome, attempts: int, kept: bool
) -> None:
    result = done(replace(PAGE, attempts=attempts), fetched(outcome))
    assert (result.capture is not None) is kept
    if result.capture is not None:
        assert result.capture.body is None
    else:
        assert result.attempts == attempts + 1
        assert result.next.at is not None and result.next.at > NOW


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [(FetchOutcome.GONE, True), (FetchOutcome.NOT_FOUND, True), (FetchOutcome.ROBOTS, False)],
)
def test_a_known_page_that_cannot_be_had_is_looked_at_again_but_one_that_is_gone_is_told(
    outcome: FetchOutcome, kept: bool
) -> None:
    result = done(replace(PAGE, **SEEN), fetched(outcome))  # type: ignore[arg-type]
    assert (result.capture is not None) is kept
    assert result.next.at is not None


def test_a_known_page_that_nobody_wants_revisited_is_not_tried_again() -> None:
    assert done(replace(PAGE, **SEEN), fetched(FetchOutcome.TIMEOUT), Facts(revisit="off")).next.at is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "feed", "gone", "again"),
    [
        (FetchOutcome.TIMEOUT, FEED, False, True),
        (FetchOutcome.NOT_FOUND, FEED, False, True),
        (FetchOutcome.NOT_FOUND, replace(FEED, failing_since=NOW - timedelta(days=20)), True, False),
        (FetchOutcome.GONE, FEED, True, False),
        (FetchOutcome.GONE, replace(FEED, state=FeedState.PAUSED), True, False),
        (FetchOutcome.TIMEOUT, replace(FEED, state=FeedState.PAUSED), False, False),
        (FetchOutcome.NOT_MODIFIED, replace(FEED, state=FeedState.PAUSED), False, False),
    ],
)
def test_a_failed_poll_ends_here_and_one_that_is_gone_ends_the_feed(
    outcome: FetchOutcome, feed: Feed, gone: bool, again: bool
) -> None:
    found = verdict(replace(POLL, etag='"1"'), fetched(outcome), Facts(feed))
    assert found.done.capture is None
    assert found.failed is (outcome is not FetchOutcome.NOT_MODIFIED)
    assert found.gone is gone
    assert (found.done.next.at is not None) is again


def test_a_retry_after_is_never_cut_short_whatever_the_operator_says() -> None:
    said = NOW + timedelta(hours=5)
    limited = fetched(FetchOutcome.RATE_LIMITED, retry_after=said)
    assert done(POLL, limited, Facts(replace(FEED, every=30.0))).next.at == said


def elsewhere(target: str, *statuses: int) -> Fetched:
    hops = tuple(Redirect(status, target) for status in statuses)
    return fetched(FetchOutcome.REDIRECT_ELSEWHERE, final_url=target, redirects=hops)


def test_a_redirect_to_another_site_lets_the_visit_wait_there() -> None:
    result = done(replace(PAGE, on_demand=True, attempts=2), elsewhere("http://b.example/x", 301))
    assert (result.to_host, result.fetch_url, result.hops) == ("b.example", "http://b.example/x", 1)
    assert (result.next.at, result.next.priority, result.attempts) == (NOW, 5, 2)
    assert result.on_demand and result.hops_permanent
    assert not done(PAGE, elsewhere("http://b.example/x", 301, 302)).hops_permanent


def test_a_visit_that_was_sent_on_comes_home_when_it_is_done() -> None:
    visit = replace(PAGE, fetch_url="http://b.example/x", hops=1)
    result = done(visit, fetched(final_url="http://b.example/x", body=b"page"))
    assert (result.to_host, result.fetch_url, result.hops) == ("a.example", None, 0)


def test_a_visit_is_not_sent_on_for_ever() -> None:
    visit = replace(PAGE, fetch_url="http://b.example/x", hops=MAX_MOVES)
    result = done(visit, elsewhere("http://c.example/y", 302))
    assert (result.outcome, result.fetch_url, result.to_host) == (FetchOutcome.TOO_MANY_REDIRECTS, None, "a.example")


@pytest.mark.parametrize(
    ("visit", "statuses", "outcome", "expected"),
    [
        (POLL, [301], FetchOutcome.OK, ("http://a.example/new", 1)),
        (POLL, [308, 301], FetchOutcome.NOT_MODIFIED, ("http://a.example/new", 1)),
        (POLL, [302], FetchOutcome.OK, (None, 0)),
        (POLL, [301, 302], FetchOutcome.OK, (None, 0)),
        (POLL, [], FetchOutcome.OK, (None, 0)),
        (
            replace(POLL, moved_to="http://a.example/new", moved_seen=2),
            [301],
            FetchOutcome.OK,
            ("http://a.example/new", 3),
        ),
        (
            replace(POLL, moved_to="http://a.example/other", moved_seen=2),
            [301],
            FetchOutcome.OK,
            ("http://a.example/new", 1),
        ),
        (replace(POLL, moved_to="http://a.example/new", moved_seen=2), [], FetchOutcome.OK, (None, 0)),
        (
            replace(POLL, moved_to="http://a.example/new", moved_seen=2),
            [301],
            FetchOutcome.TIMEOUT,
            ("http://a.example/new", 2),
        ),
        (PAGE, [301], FetchOutcome.OK, (None, 0)),
    ],
)
def test_permanent_redirects_of_a_feed_are_counted_while_they_agree(
    visit: Visit, statuses: list[int], outcome: FetchOutcome, expected: tuple[str | None, int]
) -> None:
    target = "http://a.example/new" if statuses else URL
    hops = tuple(Redirect(status, target) for status in statuses)
    result = done(replace(visit, etag='"1"'), fetched(outcome, final_url=target, redirects=hops))
    assert (result.moved_to, result.moved_seen) == expected
    assert (result.moved_key is not None) is (expected[0] is not None)


def test_a_feed_that_was_removed_is_never_polled_again() -> None:
    result = done(POLL, fetched(FetchOutcome.TIMEOUT), Facts(None))
    assert (result.next.at, result.next.reason) == (None, "its feed was removed")
