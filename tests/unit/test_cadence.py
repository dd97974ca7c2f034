"""When to look again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.nouns.frontier import FetchOutcome, VisitKind
from scheduler.cadence import (
    DAY,
    HOUR,
    MINUTE,
    FailureFacts,
    LookFacts,
    PollFacts,
    after_failure,
    next_look,
    next_poll,
    provisional,
    span,
)

NOW = datetime(2026, 3, 30, 12, 20, tzinfo=UTC)  # a Monday
URL = "https://example.org/feed"


def poll(**facts: object) -> PollFacts:
    return PollFacts(url=URL, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "least", "most", "words"),
    [
        (poll(seen_share=0.0), HOUR, 1.1 * HOUR, "0% of its entries were known"),
        (poll(seen_share=0.0, interval=HOUR, polls=5), HOUR, 1.1 * HOUR, "known"),  # nothing declared: an hour at least
        (poll(seen_share=0.0, interval=HOUR, polls=5, freshness=60), 30 * MINUTE, 33 * MINUTE, "known"),
        (poll(seen_share=0.0, interval=6 * MINUTE, polls=5, freshness=5), 5 * MINUTE, 6 * MINUTE, "known"),
        (poll(interval=HOUR, polls=5), 70 * MINUTE, 77 * MINUTE, "nothing new"),
        (poll(seen_share=0.9, interval=DAY, polls=5), DAY, 1.1 * DAY, "90%"),
        (poll(seen_share=0.5, has_validators=False), DAY, 1.1 * DAY, "no validators"),
        (poll(seen_share=0.5, freshness=3 * HOUR), 3 * HOUR, 3.3 * HOUR, "50%"),
        (poll(seen_share=0.5, ttl=5 * HOUR), 5 * HOUR, 5.5 * HOUR, "the feed asks 5 h"),
        (poll(seen_share=0.5, ttl=1000 * DAY), 7 * DAY, 7.7 * DAY, "the feed asks 7 d"),
        (poll(every=5.0, ttl=5 * HOUR, freshness=HOUR, has_validators=False), 5, 5, "every 5 s by your word"),
        (poll(every=5.0, retry_after=NOW + timedelta(hours=9)), 9 * HOUR, 9 * HOUR, "Retry-After"),
        (poll(retry_after=NOW + timedelta(days=9)), 9 * DAY, 9 * DAY, "Retry-After"),
        (poll(skip_hours=range(24)), HOUR, 1.1 * HOUR, "nothing new"),  # broken: ignored
    ],
)
def test_a_poll_is_followed_by_the_next(facts: PollFacts, least: float, most: float, words: str) -> None:
    due = next_poll(facts, NOW).next
    assert due.at is not None
    assert least <= (due.at - NOW).total_seconds() <= most
    assert words in due.reason


def test_hours_and_days_that_a_feed_skips_are_skipped() -> None:
    due = next_poll(poll(skip_hours=(13, 14), skip_days=()), NOW).next
    assert due.at is not None and due.at.hour == 15
    due = next_poll(poll(skip_days=(0, 1)), NOW).next
    assert due.at is not None and due.at.date().isoformat() == "2026-04-01"


@given(
    st.builds(
        PollFacts,
        url=st.text(min_size=1),
        every=st.none() | st.floats(1, 1e6),
        interval=st.none() | st.floats(1, 1e9),
        polls=st.integers(0, 10),
        seen_share=st.none() | st.floats(0, 1),
        freshness=st.none() | st.floats(-1e9, 1e12),
        ttl=st.none() | st.floats(0, 1e12),
        has_validators=st.booleans(),
        retry_after=st.none() | st.timedeltas(timedelta(0), timedelta(days=30)).map(lambda late: NOW + late),
        skip_hours=st.frozensets(st.integers(0, 23)),
        skip_days=st.frozensets(st.integers(0, 6)),
    )
)
def test_no_poll_comes_before_the_server_allows_it_nor_later_than_a_month(facts: PollFacts) -> None:
    due = next_poll(facts, NOW).next
    assert due.at is not None
    assert due.at >= (facts.retry_after or NOW)
    assert due.at <= NOW + timedelta(days=45)
    if facts.every is None:
        assert due.at >= NOW + timedelta(minutes=5)
        if len(facts.skip_hours) < 24 and len(facts.skip_days) < 7 and facts.retry_after is None:
            assert due.at.hour not in facts.skip_hours
            assert due.at.weekday() not in facts.skip_days


def look(hours: float, **facts: object) -> LookFacts:
    when = NOW - timedelta(hours=hours)
    return LookFacts(url=URL, first_seen_at=when, last_change_at=when, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "hours", "words"),
    [
        (look(1), 1, "its text changed within 3 h"),
        (look(10), 3, "within 1 d"),
        (look(50), 24, "within 7 d"),
        (look(24 * 20), 7 * 24, "within 30 d"),
        (look(24 * 31), None, "unchanged for 30 d"),
        (look(1, revisit="off"), None, "off"),
        (look(1, revisit="30"), 30 / 3600, "every 30 s by your word"),
        (look(1, revisit="30", retry_after=NOW + timedelta(hours=2)), 2, "Retry-After"),
        (look(1, revisit="views"), None, "prints no counter"),
        (look(1, revisit="views", has_counter=True), 0.5, "seen once"),
        (look(1, has_counter=True, views_per_hour=1000.0, count=10_000), 0.5, "1e+03 views an hour"),
        (look(50, has_counter=True, views_per_hour=0.0, count=10_000), 24, "its text changed"),
        (look(50, has_counter=True, views_per_hour=100.0, count=2_000, step=1_000), 10, "100 views an hour"),
        (look(1, gone_since=NOW - timedelta(hours=1)), 23, "is it back"),
        (look(1, gone_since=NOW - timedelta(days=9)), None, "gone for 7 d"),
    ],
)
def test_a_look_at_an_article_is_followed_by_the_next(facts: LookFacts, hours: float | None, words: str) -> None:
    due = next_look(facts, NOW)
    assert words in due.reason
    if hours is None:
        assert due.at is None
    else:
        assert due.at is not None
        assert hours * HOUR <= (due.at - NOW).total_seconds() + 1e-6 <= hours * HOUR * 1.1 + 1e-3


def failure(kind: VisitKind, outcome: FetchOutcome, attempts: int, **facts: object) -> FailureFacts:
    return FailureFacts(url=URL, kind=kind, outcome=outcome, attempts=attempts, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "seconds", "words"),
    [
        (failure(VisitKind.FEED, FetchOutcome.GONE, 1), None, "gone (410)"),
        (failure(VisitKind.FEED, FetchOutcome.TIMEOUT, 1), 15 * MINUTE, "timeout, 1 in a row"),
        (failure(VisitKind.FEED, FetchOutcome.SERVER_ERROR, 3), HOUR, "server error"),
        (failure(VisitKind.FEED, FetchOutcome.SERVER_ERROR, 999), DAY, "server error"),
        (failure(VisitKind.FEED, FetchOutcome.TIMEOUT, 2, every=5.0), 10, "timeout"),
        (failure(VisitKind.FEED, FetchOutcome.TIMEOUT, 99, every=5.0), HOUR, "timeout"),
        (
            failure(VisitKind.FEED, FetchOutcome.NOT_FOUND, 30, failing_since=NOW - timedelta(days=15)),
            None,
            "not found for 14 d: disabled",
        ),
        (failure(VisitKind.ARTICLE, FetchOutcome.DNS, 1), MINUTE, "dns, attempt 1"),
        (failure(VisitKind.ARTICLE, FetchOutcome.DNS, 4), 2 * HOUR, "attempt 4"),
        (failure(VisitKind.ARTICLE, FetchOutcome.FORBIDDEN, 1, first_done=True), DAY, "forbidden"),
        (failure(VisitKind.ARTICLE, FetchOutcome.FORBIDDEN, 4, first_done=True), None, "given up"),
        (failure(VisitKind.ARTICLE, FetchOutcome.DNS, 1, first_done=True, revisit="off"), None, "off"),
    ],
)
def test_a_failed_visit_backs_off(facts: FailureFacts, seconds: float | None, words: str) -> None:
    due = after_failure(facts, NOW)
    assert words in due.reason
    if seconds is None:
        assert due.at is None
    else:
        assert due.at is not None
        assert seconds <= (due.at - NOW).total_seconds() <= seconds * 1.1


@pytest.mark.parametrize("kind", list(VisitKind))
def test_a_retry_after_is_never_cut_short(kind: VisitKind) -> None:
    until = NOW + timedelta(days=3)
    due = after_failure(failure(kind, FetchOutcome.RATE_LIMITED, 1, every=5.0, retry_after=until), NOW)
    assert due.at == until


def test_a_visit_rests_while_its_capture_waits_to_be_read() -> None:
    assert provisional(VisitKind.FEED, NOW).at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 s"), (60, "1 min"), (90, "90 s"), (600, "10 min"), (3600, "1 h"), (172800, "2 d")]
)
def test_spans_read_well(seconds: float, words: str) -> None:
    assert span(seconds) == words
