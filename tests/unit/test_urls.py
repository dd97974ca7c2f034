"""URL identity: pairs that are one page, pairs that are two, and what must hold for any URL."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.dedupe.urls import article_key, entry_url, is_home, normalise, url_key

STORY = "https://example.org/2026/03/30/story"

SAME = [
    ("http://example.org/2026/03/30/story", STORY, "scheme"),
    ("HTTPS://EXAMPLE.ORG/2026/03/30/story", STORY, "case of scheme and host"),
    ("https://www.example.org/2026/03/30/story", STORY, "www."),
    ("https://m.example.org/2026/03/30/story", STORY, "mobile host"),
    ("https://amp.example.org/2026/03/30/story", STORY, "AMP host"),
    ("https://example.org:443/2026/03/30/story", STORY, "https's own port"),
    ("http://example.org:80/2026/03/30/story", STORY, "http's own port"),
    ("https://example.org./2026/03/30/story", STORY, "a full stop after the host"),
    ("https://example.org/2026/03/30/story/", STORY, "trailing slash"),
    ("https://example.org//2026/03//30/story", STORY, "doubled slashes"),
    ("https://example.org/2026/./03/30/x/../story", STORY, "dot segments"),
    ("https://example.org/../2026/03/30/story", STORY, "dots above the root"),
    ("https://example.org/2026/03/30/story/index.html", STORY, "index.html"),
    ("https://example.org/2026/03/30/story/index.php", STORY, "index.php"),
    ("https://example.org/2026/03/30/story/default.aspx", STORY, "default.aspx"),
    ("https://example.org/2026/03/30/story#comments", STORY, "fragment"),
    ("https://example.org/2026/03/30/story#", STORY, "empty fragment"),
    ("https://example.org/2026/03/30/story?", STORY, "empty query"),
    ("https://example.org/2026/03/30/story?utm_source=rss&utm_medium=feed", STORY, "utm_*"),
    ("https://example.org/2026/03/30/story?UTM_Source=rss", STORY, "trackers in capitals"),
    ("https://example.org/2026/03/30/story?fbclid=IwAR0abc123", STORY, "fbclid"),
    ("https://example.org/2026/03/30/story?gclid=abc123", STORY, "gclid"),
    ("https://example.org/2026/03/30/story?CMP=share_btn_tw", STORY, "CMP"),
    ("https://example.org/2026/03/30/story?mod=hp_lead_pos1", STORY, "mod"),
    ("https://example.org/2026/03/30/story?smid=tw-share", STORY, "smid"),
    ("https://example.org/2026/03/30/story?at_medium=RSS&at_campaign=KARANGA", STORY, "at_*"),
    ("https://example.org/2026/03/30/story?taid=5fbd8d9b1e6e2e0001", STORY, "taid"),
    ("https://example.org/2026/03/30/story?PHPSESSID=0123456789abcdef", STORY, "session id"),
    ("https://example.org/2026/03/30/story;jsessionid=0A1B2C", STORY, "session id in the path"),
    ("https://example.org/2026/03/30/story?ref=homepage", STORY, "ref that is no id"),
    ("https://example.org/2026/03/30/story?source=twitter", STORY, "source that is no id"),
    ("https://example.org/2026/03/30/story?cid=public-rss_feed", STORY, "cid that is no id"),
    ("https://example.org/2026/03/30/story?page=", STORY, "empty parameter"),
    ("https://example.org/2026/03/30/story?amp=1", STORY, "AMP as a parameter"),
    ("https://example.org/2026/03/30/story?outputType=amp", STORY, "AMP as an output type"),
    ("https://example.org/2026/03/30/story/amp/", STORY, "AMP as the path's end"),
    ("https://example.org/amp/2026/03/30/story", STORY, "AMP as the path's start"),
    ("https://example.org/2026/03/30/story.amp", STORY, "AMP as a suffix"),
    ("https://example.org/a/story.amp.html", "https://example.org/a/story.html", "AMP before the suffix"),
    ("https://example-org.cdn.ampproject.org/c/s/example.org/2026/03/30/story", STORY, "AMP cache"),
    ("https://www.google.com/amp/s/www.example.org/2026/03/30/story", STORY, "Google's AMP viewer"),
    ("https://example.org/2026/03/30/story?print=1", STORY, "print view"),
    ("https://example.org/2026/03/30/story/print/", STORY, "print view as a path"),
    ("https://www.google.com/url?q=https://example.org/2026/03/30/story&sa=U", STORY, "Google's wrapper"),
    (
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F2026%2F03%2F30%2Fstory%3Ffbclid%3Dx",
        STORY,
        "wrapper",
    ),
    ("https://example.org/a?x=1&y=2", "https://example.org/a?y=2&x=1", "order of parameters"),
    ("https://example.org/a?x=1&amp;y=2", "https://example.org/a?x=1&y=2", "&amp;"),
    ("https://example.org/a?x=1&amp;amp;y=2", "https://example.org/a?x=1&y=2", "&amp; escaped twice"),
    ("https://example.org/%7Eann/a", "https://example.org/~ann/a", "encoded tilde"),
    ("https://example.org/caf%c3%a9", "https://example.org/café", "encoded letters"),
    ("https://example.org/a%2cb", "https://example.org/a,b", "encoded comma"),
    ("https://example.org/a b", "https://example.org/a%20b", "space"),
    ("https://example.org/s?q=a+b", "https://example.org/s?q=a%20b", "plus in a query"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a", "international host"),
    ("  https://example.org/a\n", "https://example.org/a", "white space around"),
    ("//example.org/a", "https://example.org/a", "no scheme"),
    ("https://user:pw@example.org/a", "https://example.org/a", "credentials"),
    ("https://example.org", "https://www.example.org/index.html", "front page"),
]

DIFFERENT = [
    ("https://example.org/a?id=1", "https://example.org/a?id=2", "id"),
    ("https://example.org/?p=17", "https://example.org/?p=18", "p"),
    ("https://example.org/watch?v=abcdef", "https://example.org/watch?v=abcdeg", "v"),
    ("https://example.org/a?v=", "https://example.org/a?v=1", "v with and without a value"),
    ("https://example.org/a?sid=12345", "https://example.org/a?sid=12346", "sid that is an id"),
    ("https://example.org/a?cid=a1b2c3", "https://example.org/a?cid=a1b2c4", "cid that is an id"),
    ("https://example.org/a?source=17", "https://example.org/a", "source that is an id"),
    ("https://example.org/a?ref=98765", "https://example.org/a?ref=98766", "ref that is an id"),
    ("https://example.org/Story", "https://example.org/story", "case of the path"),
    ("https://example.org/a?x=A", "https://example.org/a?x=a", "case of a value"),
    ("https://example.org/a?lang=en", "https://example.org/a?lang=de", "language as a parameter"),
    ("https://example.org/en/a", "https://example.org/de/a", "language as a path"),
    ("https://de.example.org/a", "https://en.example.org/a", "language as a host"),
    ("https://sport.example.org/a", "https://example.org/a", "another subdomain"),
    ("https://example.org/a", "https://example.com/a", "another domain"),
    ("https://examp1e.org/a", "https://example.org/a", "a look-alike"),
    ("https://m.co.uk/a", "https://co.uk/a", "a site that is called m"),
    ("https://example.org:8080/a", "https://example.org/a", "another port"),
    ("https://example.org/a?page=1", "https://example.org/a?page=2", "page"),
    ("https://example.org/a#!/one", "https://example.org/a#!/two", "hash-bang"),
    ("https://example.org/a%2Fb", "https://example.org/a/b", "an encoded slash"),
    ("https://example.org/a%3Fb=1", "https://example.org/a?b=1", "an encoded question mark"),
    ("https://example.org/amp", "https://example.org/", "a page called amp"),
    ("https://example.org/print", "https://example.org/", "a page called print"),
    ("https://example.org/2026/index.html", "https://example.org/2027/index.html", "index files of two folders"),
    ("https://example.org/a?x=1", "https://example.org/a?x=1&x=2", "a repeated parameter"),
    (
        "https://www.google.com/url?q=https://example.org/a",
        "https://www.google.com/url?q=https://example.org/b",
        "targets",
    ),
]


@pytest.mark.parametrize(("one", "other", "why"), SAME, ids=[why for *_, why in SAME])
def test_two_urls_of_one_page_have_one_key(one: str, other: str, why: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(("one", "other", "why"), DIFFERENT, ids=[why for *_, why in DIFFERENT])
def test_urls_of_two_pages_have_two_keys(one: str, other: str, why: str) -> None:
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/a",
        "ftp://example.org/",
        "javascript:alert(1)",
        "http://",
        "https:///a",
        "http://exa mple.org/",
        "http://example.org:99999/",
        "http://ex..ample.org/",
        "mailto:a@example.org",
        "http://[::1/",
        "https://a/" + "b" * 5000,
    ],
)
def test_what_is_no_page_s_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        normalise(url)
    with pytest.raises(ValueError):
        url_key(url)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        (" HTTPS://Example.ORG:443/a b?x=ü#top ", "https://example.org/a%20b?x=%C3%BC"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/a?utm_source=x&amp;b=1", "https://example.org/a?utm_source=x&b=1"),
        ("https://example.org/a#!/one", "https://example.org/a#!/one"),
        ("http://[::1]:8080/a/../b/", "http://[::1]:8080/b/"),
    ],
)
def test_the_normal_form_asks_any_server_for_the_same_page(url: str, normal: str) -> None:
    assert normalise(url) == normal


def test_keys_of_articles_are_stable_and_never_look_like_an_id() -> None:
    key = article_key(url_key(STORY))
    assert key == "awlcaqy5jxgqlnig"
    assert re.fullmatch(r"a[a-z2-7]{15}", key)


def test_an_entry_without_a_url_has_one_of_its_own_that_keeps_its_identity() -> None:
    feed = "https://example.org/feed.xml"
    keys = {url_key(entry_url(feed, "tag:1")), url_key(entry_url(feed, "tag:2")), url_key(feed)}
    assert len(keys) == 3
    assert normalise(entry_url(feed, "tag:1")) == entry_url(feed, "tag:1")


@pytest.mark.parametrize(
    ("url", "home"), [("https://www.example.org/", True), (STORY, False), ("http://a.org/?p=1", False)]
)
def test_a_front_page_is_known_as_one(url: str, home: bool) -> None:
    assert is_home(url) is home


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "/",
                "//",
                ".",
                "..",
                "%2F",
                "%2e",
                "%",
                "%C3",
                "%e4",
                "&",
                "&amp;",
                "?",
                "#",
                "#!",
                ";",
                "=",
                "+",
                " ",
                "amp",
                "index.html",
                ".amp",
                "print",
                "utm_source=1",
                ";jsessionid=1",
                "\\",
                "\t",
                "ä",
                "\ud800",
                "[",
                "]",
                ":",
                "@",
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=12,
)


@given(
    host=st.sampled_from(
        ["example.org", "www.example.org", "m.example.co.uk", "[::1]:80", "bücher.example:8080", "l.facebook.com"]
    ),
    pieces=PIECES,
)
def test_the_normal_form_is_final_and_keeps_the_key(host: str, pieces: list[str]) -> None:
    url = f"http://{host}/{''.join(pieces)}"
    try:
        normal = normalise(url)
    except ValueError:
        return
    assert normalise(normal) == normal
    assert url_key(normal) == url_key(url)
    assert normal.isascii() and url_key(normal).isascii()


@given(st.text(max_size=60))
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    try:
        assert url_key(text)
    except ValueError:
        with pytest.raises(ValueError):
            normalise(text)


def test_long_urls_have_keys_that_an_index_can_hold_and_that_differ() -> None:
    long = "https://example.org/?" + "&".join(f"p{n}=%21%21" for n in range(300))
    one, other = url_key(long), url_key(long + "&q=1")
    assert one != other
    assert max(len(one), len(other)) < 1100


def test_a_host_too_long_for_dns_is_refused() -> None:
    with pytest.raises(ValueError):
        normalise("http://" + "a." * 200 + "example.org/")
