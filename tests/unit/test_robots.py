"""What a robots.txt allows (RFC 9309)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.nouns.frontier import FetchOutcome
from worker.fetch.robots import MAX_BYTES, robots_stale, robots_url, rules_from

SITE = "http://news.example"


def allowed(text: str | bytes, path: str) -> bool:
    body = text.encode() if isinstance(text, str) else text
    return rules_from("ok", body).allowed(SITE + path)


@pytest.mark.parametrize(
    ("text", "path", "answer"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /private", "/private/1", False),
        ("User-agent: *\nDisallow: /private", "/public", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news/1", True),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/sport/1", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdfx", True),
        ("User-agent: Dateline\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Dateline\nAllow: /", "/a", True),
        ("User-agent: dateline/2.0 (x)\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/b", True),
        ("User-agent: DATELINE\nDisallow: /a", "/a", False),
        ("User-agent: date\nDisallow: /", "/a", True),  # another product, whose name is how ours begins
        ("User-agent: datelinebot\nDisallow: /", "/a", True),
        ("User-agent: Googlebot\nUser-agent: Dateline\nDisallow: /a", "/a", False),
        (
            "User-agent: Dateline\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: dateline\nDisallow: /b",
            "/b",
            False,
        ),
        ("user-agent : *\r\ndisallow : /a # why\r\n", "/a", False),
        ("# only a remark\nDisallow: /", "/a", True),
        ("<html><body>Not found</body></html>", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /a".encode("utf-16"), "/a", False),
        (b"User-agent: *\nDisallow: /a\n# \xff\xfe\xe9", "/a", False),
        ("User-agent: *\rDisallow: /a", "/a", False),
    ],
)
def test_the_rules_for_us_are_found_and_kept(text: str | bytes, path: str, answer: bool) -> None:
    assert allowed(text, path) is answer


def test_the_rules_of_another_product_can_be_asked_for() -> None:
    rules = rules_from("ok", b"User-agent: other\nDisallow: /a\nUser-agent: *\nDisallow: /b")
    assert (rules.allowed(SITE + "/a", "Other/1.0"), rules.allowed(SITE + "/a")) == (False, True)


ALLOWS = {"unauthorized", "forbidden", "not_found", "gone", "legal", "client_error", "too_many_redirects"}


@pytest.mark.parametrize("outcome", [*FetchOutcome, ""])
def test_a_4xx_allows_everything_and_what_cannot_be_had_forbids_it(outcome: str) -> None:
    if outcome != FetchOutcome.OK:
        assert rules_from(outcome, b"User-agent: *\nDisallow: /").allowed(SITE + "/a") is (outcome in ALLOWS)


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5.0),
        ("User-agent: *\nCrawl-delay: 2.5\n\nUser-agent: Dateline\nCrawl-delay: 9", 9.0),
        ("User-agent: other\nCrawl-delay: 5", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: nan", None),
        ("User-agent: *\nCrawl-delay: 1e300", 86400.0),
        ("", None),
    ],
)
def test_the_crawl_delay_is_taken_where_it_makes_sense(text: str, delay: float | None) -> None:
    assert rules_from("ok", text.encode()).crawl_delay == delay


def test_the_part_over_500_kib_is_not_read() -> None:
    rules = b"User-agent: *\nDisallow: /a\n"
    late = rules + b"#" * MAX_BYTES + b"\nDisallow: /b\n"
    assert (allowed(late, "/a"), allowed(late, "/b")) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(15000)) + "".join(f"Disallow: /{n}\n" for n in range(15000)),
        "User-agent: *\n" + "Disallow: /*a*b*c*d*$\n" * 20000,
        "User-agent: *\nDisallow: /" + "*a" * 240_000,
        "User-agent: *\nDisallow: /" + "$" * 490_000,
    ],
    ids=["agents times rules", "wildcards", "one long wildcard", "anchors"],
)
def test_half_a_megabyte_of_malice_takes_no_time_worth_naming(text: str) -> None:
    started = time.process_time()
    allowed(text, "/" + "ab" * 4000)
    assert time.process_time() - started < 5  # 0.3 here; quadratic would be minutes


@given(st.binary(max_size=500), st.text(max_size=50))
def test_no_robots_txt_and_no_path_can_make_it_fail(body: bytes, path: str) -> None:
    assert rules_from("ok", body).allowed(f"{SITE}/{path}") in (True, False)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("http://example.org/a/b?c#d", "http://example.org/robots.txt"),
        ("https://example.org:8443/", "https://example.org:8443/robots.txt"),
        ("http://[::1]:80/x", "http://[::1]:80/robots.txt"),
        ("http://user:secret@example.org/x", "http://example.org/robots.txt"),
    ],
)
def test_robots_txt_lies_at_the_root_of_its_host(url: str, where: str) -> None:
    assert robots_url(url) == where


NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "hours", "stale"),
    [
        ("ok", 23.9, False),
        ("ok", 24, True),
        ("not_found", 23.9, False),
        ("not_found", 24, True),
        ("server_error", 0.9, False),
        ("server_error", 1, True),
        ("timeout", 1, True),
        ("rate_limited", 2, True),
    ],
)
def test_robots_txt_is_kept_a_day_and_tried_each_hour_while_it_cannot_be_had(
    outcome: str, hours: float, stale: bool
) -> None:
    assert robots_stale(NOW - timedelta(hours=hours), outcome, NOW) is stale


def test_robots_txt_that_was_never_fetched_is_stale() -> None:
    assert robots_stale(None, "", NOW) is True
