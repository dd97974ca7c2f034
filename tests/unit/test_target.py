"""Where a request goes, and which URLs belong to one site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.fetch.target import BadTarget, redirect_target, same_site, target

HERE = target("https://news.example/a/b?x=1#top")


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/c", "https://news.example/c"),
        ("c", "https://news.example/a/c"),
        ("../c/./d", "https://news.example/c/d"),
        ("?y=2", "https://news.example/a/b?y=2"),
        ("//other.example/x", "https://other.example/x"),
        ("http://OTHER.example:80/X#part", "http://other.example/X"),
        ("https://other.example:443/", "https://other.example/"),
        ("http://other.example:8080", "http://other.example:8080/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("/über", "https://news.example/%C3%BCber"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("/a b", "https://news.example/a%20b"),
        ("/a%20b", "https://news.example/a%20b"),
        ("/a\r\nEvil: 1", "https://news.example/a%0D%0AEvil:%201"),
    ],
)
def test_a_location_leads_where_browsers_go(location: str, url: str) -> None:
    there = redirect_target(HERE, location.encode().decode("latin-1"))
    assert (there.url, there.wire) == (url, url)


@pytest.mark.parametrize(
    ("location", "refused"),
    [
        ("", False),
        ("http://", False),
        ("http://a b/", False),
        ("http://example.org:port/", False),
        ("http://" + "a" * 300 + "/", False),
        ("http://a..b/", False),
        ("http://good.example@evil.example/", True),
        ("http://good.example\\@evil.example/", True),
        ("//user:password@news.example/", True),
        ("file:///etc/passwd", True),
        ("ftp://news.example/", True),
        ("javascript:alert(1)", True),
        ("data:text/html,x", True),
    ],
)
def test_a_location_that_leads_nowhere_we_go(location: str, refused: bool) -> None:
    with pytest.raises(BadTarget) as caught:
        redirect_target(HERE, location)
    assert caught.value.refused is refused


def test_a_url_is_kept_as_it_was_named_and_sent_as_dns_and_http_want_it() -> None:
    named = target("HTTP://Bücher.Example:8080/ä?q=ö#z")
    assert named.url == "HTTP://Bücher.Example:8080/ä?q=ö#z"
    assert named.wire == "http://xn--bcher-kva.example:8080/%C3%A4?q=%C3%B6"
    assert (named.scheme, named.host, named.port) == ("http", "xn--bcher-kva.example", 8080)


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_a_bad_one(text: str) -> None:
    for url in (text, f"http://{text}", f"http://news.example/{text}"):
        try:
            assert target(url).wire.isascii()
        except BadTarget as bad:
            assert str(bad)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://example.org/", "https://example.org/x", True),
        ("http://example.org/", "http://www.example.org/", True),
        ("http://a.example.org/", "http://b.c.example.org:8080/", True),
        ("http://example.org/", "http://example.org./", True),
        ("http://news.bbc.co.uk/", "http://www.bbc.co.uk/", True),
        ("http://example.org/", "http://example.com/", False),
        ("http://example.org/", "http://notexample.org/", False),
        ("http://bbc.co.uk/", "http://itv.co.uk/", False),
        ("http://one.github.io/", "http://two.github.io/", False),
        ("http://bücher.example/", "http://www.xn--bcher-kva.example/", True),
        ("http://localhost:1/", "http://localhost:1/x", True),
        ("http://localhost:1/", "http://localhost:2/", False),
        ("http://127.0.0.1:1/", "http://127.0.0.1:1/", True),
        ("http://127.0.0.1:1/", "http://127.0.0.1:2/", False),
        ("http://10.0.0.1/", "http://11.0.0.1/", False),
        ("http://[::1]:1/", "http://[::1]:1/x", True),
        ("http://[::1]:1/", "http://[::1]:2/", False),
        ("http://intranet/", "http://intranet/x", True),
    ],
)
def test_a_site_is_what_somebody_registered(one: str, other: str, same: bool) -> None:
    assert same_site(target(one), target(other)) is same
    assert same_site(target(other), target(one)) is same
