"""Sitemaps as feeds: news, plain, text and gzipped ones, indexes; what is broken; which of their pages are fetched."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.errors import ReadError
from dateline.nouns.feeds import Feed, FeedState, ParsedEntry, ParsedFeed
from worker.dedupe.sitemaps import MEMBERS, MOST, members, pages_taken
from worker.fetch.decode import TooLarge
from worker.parse.discover import discover_feeds, looks_like_feed
from worker.parse.feed import read_feed
from worker.parse.sitemap import KEPT, MAX_URLS, lists_articles

URL = "https://n.example/sitemap.xml"
NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
NAMES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def urlset(inner: str, names: str = NAMES) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {names}>{inner}</urlset>'.encode()


def address(number: int, changed: str = "") -> str:
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>https://n.example/story/{number}</loc>{lastmod}</url>"


NEWS = urlset(
    "<url><loc>https://n.example/harbour?a=1&amp;b=2</loc><lastmod>2026-03-30T10:00:00+02:00</lastmod><news:news>"
    "<news:publication><news:name>The Paper</news:name><news:language>en</news:language></news:publication>"
    "<news:genres>Blog</news:genres><news:publication_date>2026-03-30T08:00+01:00</news:publication_date>"
    "<news:title>Harbour &amp; bridge</news:title><news:keywords>harbour, bridge</news:keywords></news:news>"
    "<image:image><image:loc>/i.png</image:loc></image:image></url>"
)


@pytest.mark.parametrize(
    "body",
    [
        NEWS,
        gzip.compress(NEWS),
        NEWS.replace(b"&amp;b", b"&b"),
        NEWS.replace(b' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', b""),
        NEWS.replace(b' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', b""),
        b"\xef\xbb\xbf\n" + NEWS,
        NEWS.replace(b"\n", b"\n<?xml-stylesheet href='s.xsl'?><!-- made by hand -->"),
    ],
    ids=["as it should be", "a gzip file", "a bare ampersand", "no prefix", "no namespace", "a mark", "a style sheet"],
)
def test_a_news_sitemap_tells_title_dates_language_and_keywords(body: bytes) -> None:
    feed = read_feed(body, url=URL, content_type="application/octet-stream")
    [entry] = feed.entries
    assert (feed.kind, feed.title, feed.language, feed.total) == ("news_sitemap", "The Paper", "en", 1)
    assert (entry.url, entry.title) == ("https://n.example/harbour?a=1&b=2", "Harbour & bridge")
    assert entry.published_at == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert (entry.language, entry.tags) == ("en", ("harbour", "bridge"))
    assert (entry.extra["news_publication"], entry.extra["news_genres"]) == ("The Paper", "Blog")
    assert "https://n.example/i.png" in str(entry.extra)


def test_a_plain_sitemap_tells_when_pages_changed_newest_first_and_never_a_publication() -> None:
    feed = read_feed(urlset(address(1, "2026-03-01") + address(2) + address(3, "2026-03-29")), url=URL, now=NOW)
    assert feed.kind == "sitemap"
    assert [(entry.url or "")[-1] for entry in feed.entries] == ["3", "1", "2"]
    assert {entry.published_at for entry in feed.entries} == {None}
    assert feed.entries[0].updated_at == datetime(2026, 3, 29, tzinfo=UTC)


def test_an_address_is_known_until_its_dates_or_words_change() -> None:
    first, second = read_feed(urlset(address(1, "2026-03-01") + address(2)), url=URL).entries
    again = read_feed(urlset(address(2) + address(1, "2026-03-02")), url=URL, known={first.item_hash, second.item_hash})
    assert [entry.url for entry in again.entries] == [first.url]
    assert again.seen == (second.item_hash,)


def test_an_index_names_sitemaps() -> None:
    body = (
        f"<sitemapindex {NAMES}><sitemap><loc>https://n.example/news.xml</loc><lastmod>2026-03-30</lastmod></sitemap>"
        "<sitemap><loc>javascript:x()</loc></sitemap><sitemap><loc>/relative.xml</loc></sitemap></sitemapindex>"
    )
    feed = read_feed(body.encode(), url=URL)
    assert feed.kind == "sitemap_index"
    assert [entry.url for entry in feed.entries] == ["https://n.example/news.xml", "https://n.example/relative.xml"]


def test_plain_text_is_a_sitemap_where_every_line_is_an_address() -> None:
    lines = b"\xef\xbb\xbfhttps://n.example/1\r\n\r\nhttps://n.example/2\n"
    feed = read_feed(lines, url="https://n.example/sitemap.txt", content_type="text/plain; charset=utf-8")
    assert (feed.kind, [entry.url for entry in feed.entries]) == (
        "sitemap",
        ["https://n.example/1", "https://n.example/2"],
    )
    for body, label in ((lines, "text/html"), (lines + b"and words", "text/plain"), (b"", "text/plain")):
        with pytest.raises(ReadError):
            read_feed(body, url="https://n.example/1", content_type=label)


def test_of_a_whole_archive_the_newest_leave_the_parser_and_of_the_undated_both_ends() -> None:
    dated = "".join(address(n, f"2026-03-{1 + n % 28:02}") for n in range(3000))
    feed = read_feed(urlset(dated + "".join(address(n) for n in range(3000, 12_000))), url=URL)
    numbers = [int((entry.url or "").rpartition("/")[2]) for entry in feed.entries]
    assert (len(numbers), feed.total, feed.error) == (KEPT, KEPT, "")
    assert sum(number < 3000 for number in numbers) == 3000
    assert {3000, 3999, 11_000, 11_999} <= set(numbers) and 7000 not in numbers


def test_more_addresses_than_the_protocol_allows_are_told() -> None:
    feed = read_feed(urlset("<url><loc>https://n.example/1</loc></url>" * (MAX_URLS + 5)), url=URL)
    assert feed.total == 1
    assert feed.error == "only the first 50,000 of its addresses were read"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (NEWS[:-70], "well-formed"),
        (urlset(address(1) + "<url><loc>https://n.example/2</loc>"), "well-formed"),
        (gzip.compress(urlset("".join(map(address, range(3000)))))[:-4000], "well-formed"),
    ],
)
def test_what_is_cut_off_is_read_as_far_as_it_goes_and_says_so(body: bytes, words: str) -> None:
    feed = read_feed(body, url=URL)
    assert feed.entries
    assert words in feed.error


@pytest.mark.parametrize(
    "body",
    [
        urlset("<url>" * 5000),
        urlset("\0"),
        b"\x1f\x8b" + b"garbage" * 100,
        b"\x1f\x8b\x08",
    ],
)
def test_hostile_sitemaps_give_nothing_or_a_reason(body: bytes) -> None:
    try:
        feed = read_feed(body, url=URL)
    except ReadError as error:
        assert str(error)
    else:
        assert feed.entries == ()


def test_no_entity_reaches_a_file() -> None:
    prolog = b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset'
    [entry] = read_feed(urlset("<url><loc>/&x;</loc></url>").replace(b"<urlset", prolog), url=URL).entries
    assert (entry.url or "").startswith("https://n.example/&x")


def test_a_bomb_in_a_gzip_file_is_cut_off() -> None:
    with pytest.raises(TooLarge):
        read_feed(gzip.compress(b"<urlset>" + b" " * 40_000_000), url=URL)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mangled_sitemaps_are_read_or_refused_never_more(data: st.DataObject) -> None:
    body = bytearray(NEWS)
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        feed = read_feed(bytes(body), url=URL, now=NOW)
    except ReadError:
        return
    assert all(entry.url and entry.url.startswith("http") for entry in feed.entries if "sitemap" in feed.kind)


# --- which pages and sitemaps are followed ---


def feed_of(polls: int = 1) -> Feed:
    return Feed(1, URL, 1, FeedState.ACTIVE, polls=polls)


def entries(*ages: float | None) -> tuple[ParsedEntry, ...]:
    """Entries that changed so many days ago; None: they do not say."""
    return tuple(
        ParsedEntry(url, url.encode(), url, updated_at=None if age is None else NOW - timedelta(days=age))
        for url, age in ((f"https://n.example/{n}", age) for n, age in enumerate(ages))
    )


@pytest.mark.parametrize(
    ("polls", "ages", "taken"),
    [
        (0, (0, 3, 8, None), "01"),  # at first all is unseen: what has no date may be the archive
        (1, (0, 3, 8, None), "013"),
        (0, (1, 2, 3, 0.5, 4), "301"),  # the newest three of a first poll
    ],
)
def test_pages_are_fetched_that_are_recent_or_new_and_without_a_date(
    polls: int, ages: tuple[float | None, ...], taken: str
) -> None:
    parsed = ParsedFeed("sitemap", entries=entries(*ages))
    keys = pages_taken(feed_of(polls), parsed, first_poll_entries=3, now=NOW)
    assert keys == {f"https://n.example/{number}" for number in taken}


def test_no_poll_floods_the_frontier_and_no_front_page_is_an_article() -> None:
    parsed = ParsedFeed("sitemap", entries=(*entries(*[None] * 3000), ParsedEntry("home", b"", "https://n.example/")))
    keys = pages_taken(feed_of(), parsed, first_poll_entries=200, now=NOW)
    assert len(keys) == MOST
    assert "home" not in keys


def test_a_person_who_asks_gets_the_newest_however_old() -> None:
    parsed = ParsedFeed("sitemap", entries=entries(40, 30, None))
    keys = pages_taken(feed_of(0), parsed, first_poll_entries=2, now=NOW, on_demand=True)
    assert keys == {"https://n.example/0", "https://n.example/1"}


def named(*urls: tuple[str, float | None]) -> ParsedFeed:
    ages = [ParsedEntry(u, b"", u, updated_at=None if a is None else NOW - timedelta(days=a)) for u, a in urls]
    return ParsedFeed("sitemap_index", entries=tuple(ages))


def test_of_an_index_the_newest_sitemaps_of_its_own_site_are_followed() -> None:
    site = "https://n.example/"
    found = members(
        feed_of(),
        named(
            (site + "archive-2019.xml", 900),
            (site + "posts-2.xml", 2),
            ("https://elsewhere.example/posts.xml", 0),
            (site + "posts.xml", None),
            (site + "news.xml", None),
            ("https://www.n.example/posts-3.xml", 1),
            (site + "category-sitemap.xml", 0),
        ),
        NOW,
    )
    assert [entry.url for entry in found] == [
        "https://www.n.example/posts-3.xml",
        site + "posts-2.xml",
        site + "news.xml",
        site + "posts.xml",
    ]
    many = named(*((f"{site}posts-{n}.xml", None) for n in range(500)))
    assert len(members(feed_of(), many, NOW)) == MEMBERS


@pytest.mark.parametrize(
    ("name", "hopeful"),
    [
        ("/sitemap.xml", True),
        ("/post-sitemap3.xml", True),
        ("/wp-sitemap-posts-post-1.xml", True),
        ("/sitemap_2026_03.xml.gz", True),
        ("/sitemaps/sitemap?page=3", True),
        ("/video-news.xml", True),
        ("/page-sitemap.xml", False),
        ("/wp-sitemap-posts-page-1.xml", False),
        ("/wp-sitemap-taxonomies-category-1.xml", False),
        ("/author-sitemap.xml", False),
        ("/image-sitemap.xml", False),
        ("/post_tag-sitemap.xml", False),
    ],
)
def test_a_sitemaps_name_tells_whether_it_lists_articles(name: str, hopeful: bool) -> None:
    assert lists_articles(f"https://n.example{name}") is hopeful


# --- how they are found ---


def test_a_robots_txt_names_sitemaps_those_of_news_alone_where_there_are_such() -> None:
    lines = "User-agent: *\nDisallow: /x\nsitemap: https://n.example/posts.xml\n Sitemap : /news.xml # new\n{}"
    assert [feed.url for feed in discover_feeds(lines.encode(), url="https://n.example/robots.txt")] == [
        "https://n.example/news.xml"
    ]
    plain = b"Sitemap: https://n.example/posts.xml\nSitemap: https://n.example/image.xml\nSitemap: file:///x\n"
    assert [feed.url for feed in discover_feeds(plain, url="https://n.example/robots.txt")] == [
        "https://n.example/posts.xml"
    ]
    assert discover_feeds(b"User-agent: *\n", url="https://n.example/robots.txt") == ()


def test_a_front_page_without_feeds_names_its_sitemap_else_its_robots_txt() -> None:
    page = "<html><head>{}</head><body>words</body></html>"
    linked = page.format("<link rel='sitemap' href='/map.xml'>").encode()
    assert [feed.url for feed in discover_feeds(linked, url="https://n.example/")] == ["https://n.example/map.xml"]
    bare = page.format("").encode()
    assert [feed.url for feed in discover_feeds(bare, url="https://n.example/")] == ["https://n.example/robots.txt"]
    assert discover_feeds(bare, url="https://n.example/story") == ()


def test_a_sitemap_is_told_from_a_page_by_what_it_begins_with() -> None:
    assert looks_like_feed(NEWS)
    assert not looks_like_feed(b"<html><body>&lt;urlset&gt;</body></html>")
