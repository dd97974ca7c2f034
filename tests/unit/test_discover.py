"""The feeds that a page names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.discover import discover_feeds, looks_like_feed

URL = "https://n.example/world/"


def link(href: str, media: str = "application/rss+xml", rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{media}" href="{href}" title="{title}">'


@pytest.mark.parametrize(
    ("html", "urls"),
    [
        (link("/a") + link("b", "application/atom+xml"), ["https://n.example/a", "https://n.example/world/b"]),
        (link("/f.json", "application/feed+json"), ["https://n.example/f.json"]),
        (link("/feed.json", "application/json"), ["https://n.example/feed.json"]),
        (link("/wp-json/posts/1", "application/json"), []),
        (link("/a", "text/html") + link("/b", "application/rss+xml", "stylesheet"), []),
        (link("/a") * 3, ["https://n.example/a"]),
        (link("javascript:x") + link("ftp://n.example/a"), []),
        ('<base href="https://b.example/x/">' + link("a"), ["https://b.example/x/a"]),
        (link("/comments/feed", title="N » Comments Feed") + link("/feed"), ["https://n.example/feed"]),
        (link("/comments/feed"), ["https://n.example/comments/feed"]),
        (
            '<a href="/rss">RSS</a><a href="/about">x</a><a href="/feed/?x=1">y</a>',
            ["https://n.example/rss", "https://n.example/feed/?x=1"],
        ),
        (link("/a") + '<a href="/rss">RSS</a>', ["https://n.example/a"]),
        ("<LINK REL='Alternate' TYPE='Application/RSS+XML; charset=utf-8' HREF=/a>", ["https://n.example/a"]),
        ("", []),
        ("\0" + link("/a"), ["https://n.example/a"]),
    ],
)
def test_the_feeds_of_a_page_are_found(html: str, urls: list[str]) -> None:
    assert [feed.url for feed in discover_feeds(html.encode(), url=URL)] == urls


def test_title_and_kind_are_told() -> None:
    [feed] = discover_feeds(link("/a", title=" All \n stories ").encode(), url=URL)
    assert (feed.title, feed.kind) == ("All stories", "rss")


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(html: bytes) -> None:
    assert all(feed.url.startswith("http") for feed in discover_feeds(html, url=URL))


@pytest.mark.parametrize(
    "html", [b"<div>" * 100_000, b"<!--" * 50_000, b"<link " * 50_000, b"<a href='/rss'>" * 20_000]
)
def test_hostile_pages_take_little_time(html: bytes) -> None:
    started = time.process_time()
    discover_feeds(html, url=URL)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"<?xml version='1.0'?><!-- <html> --><rss version='2.0'/>", "text/html", True),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>".encode("utf-16"), None, True),
        (b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1.1"}', "application/json", True),
        (b'{"items": []}', "application/feed+json", True),
        (b'{"items": []}', "application/json", False),
        (b"<!DOCTYPE html><html><body><rss></rss></body></html>", "application/rss+xml", False),
        (b"", None, False),
    ],
)
def test_a_feed_is_told_from_a_page_by_what_it_begins_with(
    body: bytes, content_type: str | None, expected: bool
) -> None:
    assert looks_like_feed(body, content_type) is expected
