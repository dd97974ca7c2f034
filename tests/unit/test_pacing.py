"""How long a host is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dateline.nouns.frontier import Fetched, FetchOutcome, Host
from worker.fetch.pacing import CRAWL_DELAY_CEILING, HOLD, HOLD_CEILING, TROUBLE, delay_of, hold_after

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
HOST = Host(1, "a.example", 1)
FETCHED = Fetched("http://a.example/", "http://a.example/", FetchOutcome.OK, "done", NOW)


@pytest.mark.parametrize(
    ("operator", "robots", "default", "seconds"),
    [
        (None, None, 1.0, 1.0),
        (None, 5.0, 1.0, 5.0),
        (None, 0.1, 1.0, 1.0),
        (None, 86400.0, 1.0, CRAWL_DELAY_CEILING),
        (0.0, 5.0, 1.0, 0.0),  # the operator's word stands above robots.txt's
        (600.0, None, 1.0, 600.0),
    ],
)
def test_the_delay_is_the_operators_word_or_the_longer_of_the_others(
    operator: float | None, robots: float | None, default: float, seconds: float
) -> None:
    assert delay_of(replace(HOST, delay=operator, crawl_delay=robots), default) == seconds


@pytest.mark.parametrize(
    ("outcome", "failures", "seconds"),
    [
        (FetchOutcome.RATE_LIMITED, 0, HOLD),
        (FetchOutcome.UNAVAILABLE, 2, 4 * HOLD),
        (FetchOutcome.CONNECT, 0, TROUBLE),
        (FetchOutcome.DNS, 1, 2 * TROUBLE),
        (FetchOutcome.TIMEOUT, 1000, HOLD_CEILING),
    ],
)
def test_a_host_that_asks_for_it_or_is_in_trouble_is_held_longer_each_time(
    outcome: FetchOutcome, failures: int, seconds: float
) -> None:
    fetched = replace(FETCHED, outcome=outcome)
    assert hold_after(fetched, failures, 0.0) == (NOW + timedelta(seconds=seconds), failures + 1)
    until, _ = hold_after(fetched, failures, 0.999)
    assert until is not None and timedelta() < until - NOW - timedelta(seconds=seconds) < timedelta(seconds=seconds / 4)


@pytest.mark.parametrize("outcome", [FetchOutcome.RATE_LIMITED, FetchOutcome.UNAVAILABLE])
@pytest.mark.parametrize("seconds", [1, 10 * HOLD_CEILING])
def test_a_retry_after_holds_the_host_to_the_second(outcome: FetchOutcome, seconds: float) -> None:
    said = NOW + timedelta(seconds=seconds)
    assert hold_after(replace(FETCHED, outcome=outcome, retry_after=said), 5, 0.9) == (said, 6)


@pytest.mark.parametrize("outcome", [FetchOutcome.OK, FetchOutcome.NOT_MODIFIED, FetchOutcome.NOT_FOUND])
def test_a_host_that_answers_is_in_no_trouble(outcome: FetchOutcome) -> None:
    assert hold_after(replace(FETCHED, outcome=outcome), 7, 0.5) == (None, 0)
