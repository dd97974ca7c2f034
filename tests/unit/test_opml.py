"""Lists of feeds in and out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.errors import ReadError
from worker.parse.opml import OpmlFeed, OpmlList, read_opml, write_opml

NOW = datetime(2024, 1, 1, tzinfo=UTC)
words = (
    st.text("abcdefgh é&<>\"'/日本", min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()).lstrip("/ "))
    .filter(bool)
)
feeds = st.builds(
    OpmlFeed,
    url=st.integers(0, 10_000).map("https://n.example/{}?a=1&b=2".format),
    title=words,
    site_url=st.none() | st.integers(0, 9).map("https://n.example/{}".format),
    tags=st.lists(words, max_size=4, unique=True).map(tuple),
)


@settings(deadline=None)
@given(st.lists(feeds, max_size=6, unique_by=lambda feed: feed.url))
def test_what_is_written_is_read_back(listed: list[OpmlFeed]) -> None:
    assert read_opml(write_opml(listed, title="Mine & <yours>\x00", now=NOW)) == OpmlList(tuple(listed))


def test_folders_and_categories_become_tags() -> None:
    body = b"""<?xml version="1.0"?><opml version="1.0"><body><outline text="World"><outline title="Asia">
      <outline text="N" xmlUrl="https://n.example/f" htmlUrl="https://n.example/" category="/Boston/Weather,Harvard"/>
      </outline></outline><outline text="M" xmlurl=" https://m.example/f "/></body></opml>"""
    assert read_opml(body).feeds == (
        OpmlFeed("https://n.example/f", "N", "https://n.example/", ("World", "Asia", "Boston", "Weather", "Harvard")),
        OpmlFeed("https://m.example/f", "M"),
    )


def test_a_feed_in_two_folders_is_one_with_both_tags() -> None:
    feed = '<outline text="N" xmlUrl="https://n.example/f"/>'
    body = f'<opml><body><outline text="A">{feed}</outline><outline text="B">{feed}</outline></body></opml>'
    assert [listed.tags for listed in read_opml(body.encode()).feeds] == [("A", "B")]


def test_outlines_without_an_http_address_are_passed_over_and_told_but_folders_are_not() -> None:
    body = (
        b'<opml><body><outline text="Folder"><outline xmlUrl="file:///etc/passwd"/><outline text="A note"/></outline>'
        b'<outline type="rss" text="Relative" xmlUrl="x"/><outline/><outline type="link" url="https://n.example/"/>'
        b'<outline text="N" xmlUrl="https://n.example/f"/></body></opml>'
    )
    assert read_opml(body) == OpmlList(
        (OpmlFeed("https://n.example/f", "N"),),
        ("file:///etc/passwd", "A note", "x", "an outline without a name", "https://n.example/"),
    )


def test_bare_ampersands_and_html_entities_are_mended() -> None:
    body = b'<opml><body><outline text="Q&A caf&eacute;" xmlUrl="https://n.example/?a=1&b=2"/></body></opml>'
    assert read_opml(body).feeds == (OpmlFeed("https://n.example/?a=1&b=2", "Q&A café"),)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not an OPML file"),
        (b"<html></html>", "not an OPML file"),
        (b"<opml><body><outline></body>", "broken"),
        (b"<opml>" + b"<outline>" * 5000, "nested too deeply"),
        (b" " * (16 * 2**20 + 1), "larger than 16 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(body: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_opml(body)
