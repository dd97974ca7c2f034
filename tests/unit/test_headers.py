"""What response headers say about when to come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.fetch.headers import conditions, freshness, http_date, retry_after, validators

NOW = datetime(2026, 3, 30, 12, 0, 0, tzinfo=UTC)
DAY = 86400.0


def at(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0.5", 1),
        ("1.2", 2),  # never cut short
        (at(3600), 3600),
        ("Mon, 30 Mar 2026 13:00:00 GMT", 3600),
        ("Monday, 30-Mar-26 13:00:00 GMT", 3600),
        ("Mon Mar 30 13:00:00 2026", 3600),
        ("Mon, 30 Mar 2026 15:00:00 +0200", 3600),
        (str(29 * 86400), 29 * DAY),
        (str(31 * 86400), 30 * DAY),  # nonsense is clamped
        ("999999999999", 30 * DAY),
        (at(400 * DAY), 30 * DAY),
        ("0", None),
        ("-5", None),
        (at(-60), None),
        ("soon", None),
        ("", None),
        ("1e9", None),
        ("9" * 400, None),
        ("Mon, 99 Mar 2026 13:00:00 GMT", None),
        ("١٢٠", None),
    ],
)
def test_retry_after_in_both_forms(value: str, seconds: float | None) -> None:
    wanted = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert retry_after([("retry-after", value)], NOW) == wanted


def test_a_server_whose_clock_is_wrong_still_gets_the_wait_it_means() -> None:
    headers = [("date", at(-7200)), ("retry-after", at(-7200 + 90))]
    assert retry_after(headers, NOW) == NOW + timedelta(seconds=90)


def test_nothing_said_is_nothing_heard() -> None:
    assert retry_after([], NOW) is None
    assert freshness([("content-type", "text/html")], NOW) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, Max-Age=600, must-revalidate"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age = 600"}, 600),
        ({"cache-control": "max-age=600, max-age=5"}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "1000"}, 0),
        ({"cache-control": "max-age=600", "age": "young"}, 600),
        ({"cache-control": "s-maxage=600"}, None),  # a word to shared caches
        ({"cache-control": "s-maxage=9, max-age=600"}, 600),
        ({"cache-control": 'private="set-cookie, x", max-age=60'}, 60),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "max-age=forever"}, 0),
        ({"cache-control": "max-age=31536000"}, 30 * DAY),
        ({"cache-control": "max-age=600", "expires": at(5)}, 600),
        ({"expires": at(900), "date": at(0)}, 900),
        ({"expires": at(900), "date": at(600)}, 300),
        ({"expires": at(900)}, 900),
        ({"expires": at(-900), "date": at(0)}, 0),
        ({"expires": "0", "date": at(0)}, 0),
        ({"expires": "never"}, 0),
        ({"cache-control": "public", "expires": at(60), "date": at(0)}, 60),
        ({"pragma": "no-cache"}, None),
    ],
)
def test_freshness_is_what_the_headers_grant(headers: dict[str, str], seconds: float | None) -> None:
    assert freshness(list(headers.items()), NOW) == seconds


def test_several_cache_control_headers_count_as_one() -> None:
    assert freshness([("cache-control", "public"), ("x", "y"), ("cache-control", "max-age=7")], NOW) == 7


@given(st.lists(st.tuples(st.sampled_from(["cache-control", "age", "expires", "date", "retry-after"]), st.text())))
def test_no_header_can_make_them_fail(headers: list[tuple[str, str]]) -> None:
    fresh = freshness(headers, NOW)
    wait = retry_after(headers, NOW)
    assert fresh is None or 0 <= fresh <= 30 * DAY
    assert wait is None or NOW < wait <= NOW + timedelta(days=30)


@pytest.mark.parametrize("etag", ['"a"', 'W/"a"', 'W/"a, b"', "bare", '"é"', '"' + "x" * 1000 + '"', '""'])
def test_a_validator_goes_back_exactly_as_it_came(etag: str) -> None:
    tag, modified = validators([("etag", etag), ("last-modified", "Thu, 1 Jan 1970")])
    assert conditions(tag, modified) == [("If-None-Match", etag), ("If-Modified-Since", "Thu, 1 Jan 1970")]


@pytest.mark.parametrize("etag", ["", '"a\rEvil: 1"', '"a\0b"', '"\x7f"', '"\u20ac"', "x" * 5000])
def test_a_validator_that_cannot_be_sent_counts_as_absent(etag: str) -> None:
    assert validators([("etag", etag)]) == (None, None)
    assert conditions(etag, None) == []


@pytest.mark.parametrize("text", [None, "", "x" * 100, "Mon", "Mon, 30 Feb 2026 00:00:00 GMT", "30", "\0"])
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert http_date(text) is None
