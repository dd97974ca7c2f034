"""URL identity: what is refused and why, the form that is fetched, the steps in words, and what holds for any URL.

The pairs stand in `test_urls_pairs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.dedupe.url_rules import TRACKING, UrlRule
from worker.dedupe.urls import (
    MAX_UNWRAP,
    BadUrl,
    article_key,
    entry_url,
    identify,
    is_home,
    normalise,
    url_key,
    use_site_rules,
)

STORY = "https://example.org/2026/03/30/story"

# --- what is refused ---


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("example.org/a", "no scheme"),
        ("/a", "no scheme"),
        ("ftp://example.org/", "ftp: is neither http nor https"),
        ("javascript:alert(1)", "javascript: is neither"),
        ("JavaScript://example.org/%0aalert(1)", "javascript: is neither"),
        ("data:text/html,<p>hello", "data: is neither"),
        ("mailto:a@example.org", "mailto: is neither"),
        ("file:///etc/passwd", "file: is neither"),
        ("blob:https://example.org/1", "blob: is neither"),
        ("http://", "no host"),
        ("https:///a", "no host"),
        ("http:example.org", "no host"),
        ("http://user@/a", "no host"),
        ("http://exa mple.org/", "exa mple.org"),
        ("http://exa<b>mple.org/", "no name"),
        ("http://ex%2Fample.org/", "ex%2Fample.org"),
        ("http://ex%zzample.org/", "ex%zzample.org"),
        ("http://ex%FFample.org/", "no name"),
        ("http://ex..ample.org/", "ex..ample.org"),
        ("http://-example.org/", "-example.org"),
        ("http://./", "no name"),
        (f"http://{'a' * 64}.example/", "no name"),
        (f"http://{'a.' * 200}example.org/", "no name"),
        (f"http://{'ü' * 70}.example/", "no name"),
        ("http://example.org:99999/", "port '99999'"),
        ("http://example.org:0/", "port '0'"),
        ("http://example.org:-1/", "port '-1'"),
        ("http://example.org:80a/", "port '80a'"),
        ("http://example.org:８０/", "port '８０'"),
        (f"http://example.org:{'9' * 5000}/"[:4000], "port"),
        ("http://example.org:80:80/", "port '80:80'"),
        ("http://[::1/", "host '[:"),
        ("http://[::g]/", "host '[::g]'"),
        ("http://[::1%eth0]/", "host"),
        ("http://[v1.a]/", "host"),
        ("http://[1:2]/", "no IPv6 address"),
        ("http://example.org/a\x00b", "a control character (U+0000)"),
        ("http://example.org/\x1b[31m", "a control character (U+001B)"),
        ("http://example.org/a\x9b", "a control character (U+009B)"),
        ("http://example.org/\u202egnp.exe", "a bidirectional control (U+202E)"),
        ("http://\u2066example.org/", "a bidirectional control (U+2066)"),
        ("http://example.org/\ud800", "half a character (U+D800)"),
        ("https://a.example/" + "b" * 5000, "5018 characters"),
        ("https://a.example/" + "港" * 1000, "when encoded"),
    ],
)
def test_what_is_no_page_s_address_is_refused_by_name(url: str, named: str) -> None:
    for ask in (normalise, url_key, identify):
        with pytest.raises(BadUrl) as error:
            ask(url)
        assert named in str(error.value)
        assert len(str(error.value)) < 300
        assert str(error.value).encode().isascii() or "８" in named or "ü" in url


def test_wrappers_around_wrappers_are_opened_so_many_times_and_no_more() -> None:
    def wrapped(times: int) -> str:
        return "https://www.google.com/url?q=" * times + STORY

    assert url_key(wrapped(MAX_UNWRAP)) == url_key(STORY)
    deep = identify(wrapped(MAX_UNWRAP + 1))
    assert deep.url_key.startswith("google.com/url?q=")
    assert f"wrapped more than {MAX_UNWRAP} times: taken for a page of its own" in deep.why
    assert url_key(f"https://{deep.url_key}") == deep.url_key


# --- the form that is fetched ---


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        (" HTTPS://Example.ORG:443/a b?x=ü#top ", "https://example.org/a%20b?x=%C3%BC"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/a?utm_source=x&amp;b=1", "https://example.org/a?utm_source=x&b=1"),
        ("https://example.org/a#!/one", "https://example.org/a#!/one"),
        ("http://[::1]:8080/a/../b/", "http://[::1]:8080/b/"),
        ("http://user:pw@example.org/a", "http://example.org/a"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https:\\\\example.org\\a?b\\c", "https://example.org/a?b%5Cc"),
        ("http://example.org/100%?a=%zz", "http://example.org/100%25?a=%25zz"),
        ("//example.org/a", "http://example.org/a"),
    ],
)
def test_the_normal_form_asks_any_server_for_the_same_page(url: str, normal: str) -> None:
    assert normalise(url) == normal
    assert normalise(normal) == normal


# --- the steps in words ---


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (STORY, ()),
        (f"{STORY}?utm_source=rss", ("dropped utm_source (tracker)",)),
        (f"{STORY}?PHPSESSID=1", ("dropped PHPSESSID=1 (session id)",)),
        (f"{STORY}?ref=home", ("dropped ref=home (where the reader came from: its value is no id)",)),
        (f"{STORY}?page=", ("dropped page (no value)",)),
        (f"{STORY}?print=1", ("dropped print=1 (print view)",)),
        (f"{STORY}/amp", ("dropped /amp (AMP)",)),
        (f"{STORY}#c1", ("dropped #c1 (a place within the page)",)),
        (f"{STORY}?b=1&amp;a=2", ("read &amp; as &", "put the parameters in order")),
        ("http://www.example.org/a", ("took http for https", "took the host www.example.org for example.org")),
        ("https://u@example.org:443/a", ("dropped the user name", "dropped the port 443, which is https's own")),
        ("https://bücher.example/a", ("wrote the host as xn--bcher-kva.example",)),
        (
            "https://example.org/b/../a//%7e/index.html",
            (
                "wrote the path's percent-encoding in its one form",
                "resolved the dot segments",
                "took doubled slashes for one",
                "dropped /index.html (what a server gives for the folder)",
            ),
        ),
        (f"https://www.google.com/url?q={STORY}/&sa=U", ("unwrapped google.com/url", "dropped the trailing slash")),
    ],
)
def test_each_step_is_told(url: str, why: tuple[str, ...]) -> None:
    assert identify(url).why == why


# --- one site's own rule ---

RULE = UrlRule(keep=frozenset({"ref", "utm_content"}), drop=frozenset({"tracknr"}))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("ref=home", "?ref=home"),
        ("REF=home", "?REF=home"),
        ("ref=", ""),
        ("utm_content=a&utm_source=b", "?utm_content=a"),
        ("tracknr=17&id=2", "?id=2"),
        ("TrackNr=17", ""),
    ],
)
def test_a_site_s_rule_goes_before_the_general_ones(query: str, kept: str) -> None:
    assert url_key(f"{STORY}?{query}", RULE) == f"example.org/2026/03/30/story{kept}"


@pytest.fixture
def site_rules() -> Iterator[None]:
    use_site_rules({"example.org": RULE, "sport.example.org": UrlRule(drop=frozenset({"x"}))})
    yield
    use_site_rules({})


@pytest.mark.usefixtures("site_rules")
def test_the_rules_of_a_process_hold_for_a_host_and_those_under_it() -> None:
    assert url_key("https://example.org/a?ref=home") == "example.org/a?ref=home"
    assert url_key("https://www.example.org/a?ref=home") == "example.org/a?ref=home"
    assert url_key("https://news.example.org/a?ref=home") == "news.example.org/a?ref=home"
    assert url_key("https://sport.example.org/a?ref=home&x=1") == "sport.example.org/a"
    assert url_key("https://example.com/a?ref=home") == "example.com/a"
    assert url_key("https://google.com/url?q=https://example.org/a?ref=home") == "example.org/a?ref=home"
    assert url_key("https://example.org/a?ref=home", UrlRule()) == "example.org/a"


# --- keys ---


def test_keys_of_articles_are_stable_and_never_look_like_an_id() -> None:
    key = article_key(url_key(STORY))
    assert key == identify(STORY).key == "awlcaqy5jxgqlnig"
    assert re.fullmatch(r"a[a-z2-7]{15}", key)


def test_an_entry_without_a_url_has_one_of_its_own_that_keeps_its_identity() -> None:
    feed = "https://example.org/feed.xml"
    keys = {url_key(entry_url(feed, "tag:1")), url_key(entry_url(feed, "tag:2")), url_key(feed)}
    assert len(keys) == 3
    assert normalise(entry_url(feed, "tag:1")) == entry_url(feed, "tag:1")


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://www.example.org/", True),
        ("https://example.org/index.html?utm_source=x", True),
        (STORY, False),
        ("http://a.org/?p=1", False),
        ("http://a.org/#!/one", False),
    ],
)
def test_a_front_page_is_known_as_one(url: str, home: bool) -> None:
    assert is_home(url) is home


@pytest.mark.parametrize(
    "tail",
    [
        "?" + "&".join(f"p{n}=%21%21" for n in range(300)),
        "/" + "%E6%B8%AF" * 300,
        "/" + "a/" * 900,
        "/" + "/".join(["amp-a"] * 200),
        "#!" + "a" * 2000,
    ],
)
def test_long_urls_have_keys_that_an_index_can_hold_that_differ_and_are_final(tail: str) -> None:
    one, other = url_key(f"https://example.org{tail}1"), url_key(f"https://example.org{tail}2")
    assert one != other
    assert max(len(one), len(other)) <= 1000
    assert url_key(f"https://{one}") == one


# --- what holds for any URL ---


def words(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.split())


PIECES = st.lists(
    st.one_of(
        words(
            "/ // . .. %2F %2e % %C3 %e4 & &amp; ? # #! ; = + amp index.html .amp print utm_source=1 ;jsessionid=1 \\ "
            "ä [ ] : @ | ^ ~ x-y-z /(S(a)) q= url= u= https:// http%3A%2F%2F google.com/url?q= /amp/s/ /c/s/ %25 %3B "
            "example.org ref= print.html"
        ),
        st.sampled_from([" ", "\t", "\ud800", "\u202e", "x" * 400]),
        st.text(max_size=3),
    ),
    max_size=12,
)
HOSTS = words(
    "example.org www.example.org m.example.co.uk [::1]:80 bücher.example:8080 l.facebook.com google.com www.gov.uk "
    "news.google.com x.cdn.ampproject.org out.reddit.com"
)


@given(host=HOSTS, pieces=PIECES)
def test_the_normal_form_is_final_and_so_is_the_key(host: str, pieces: list[str]) -> None:
    url = f"http://{host}/{''.join(pieces)}"
    try:
        normal = normalise(url)
    except BadUrl:
        with pytest.raises(BadUrl):
            url_key(url)
        return
    key = url_key(url)
    assert normalise(normal) == normal
    assert url_key(normal) == key
    assert url_key(f"https://{key}") == key
    assert normal.isascii() and key.isascii() and len(key) <= 1000


@given(st.text(max_size=60))
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    for ask in (lambda: url_key(text), lambda: url_key(f"https://{text}")):
        try:
            assert ask()
        except BadUrl as error:
            assert str(error)


NAMES = st.text(st.characters(categories=["L", "N"], include_characters="-_.[]"), min_size=1, max_size=8)
PARAMETERS = st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=6)


@given(PARAMETERS, st.randoms())
def test_the_order_of_parameters_never_matters(pairs: list[tuple[str, str]], random) -> None:  # type: ignore[no-untyped-def]
    said = [f"{name}={value}" for name, value in pairs]
    before = url_key(f"{STORY}?{'&'.join(said)}")
    random.shuffle(said)
    assert url_key(f"{STORY}?{'&'.join(said)}") == before


@given(PARAMETERS, st.sampled_from([*sorted(TRACKING), "utm_x", "at_x", "PHPSESSID"]), NAMES, st.integers(0, 6))
def test_a_tracker_never_matters_wherever_it_stands(
    pairs: list[tuple[str, str]], tracker: str, value: str, place: int
) -> None:
    said = [f"{name}={each}" for name, each in pairs]
    before = url_key(f"{STORY}?{'&'.join(said)}")
    said.insert(place, f"{tracker}={value}")
    assert url_key(f"{STORY}?{'&'.join(said)}") == before
