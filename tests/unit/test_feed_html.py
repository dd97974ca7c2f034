"""What leaves the parser as HTML is safe and whole; what is text stays text; addresses are http(s) alone."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.parse.feed import read_feed
from worker.parse.feed_extra import MAX_EACH, MAX_SIZE
from worker.parse.feed_html import html_of_text, safe_html, text_of_title

BASE = "https://n.example/a/"
MODULES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:podcast="https://podcastindex.org/namespace/1.0"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:thr="http://purl.org/syndication/thread/1.0"'
    ' xmlns:georss="http://www.georss.org/georss" xmlns:own="urn:own"'
)


def item(inner: str, link: str = "<link>https://n.example/1</link>") -> bytes:
    return f'<rss version="2.0" {MODULES}><channel><title>N</title><item>{link}{inner}</item></channel></rss>'.encode()


@pytest.mark.parametrize(
    ("printed", "safe"),
    [
        ("<p onclick='x()' class='y' style='z'>In <b>full</b>.</p>", "<p>In <b>full</b>.</p>"),
        ("<script>x()</script><style>p{}</style>after", "after"),
        ("<a href='java&#9;script:x()'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href='JaVaScRiPt:x()'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href='data:text/html,x'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href='b?c=1&d=2'>a</a>", '<a href="https://n.example/a/b?c=1&amp;d=2" rel="noopener noreferrer">a</a>'),
        ("<img src='/i.png' onerror='x()'>", '<img src="https://n.example/i.png">'),
        ("<img src='file:///etc/passwd'>", "<img>"),
        ("<form action='https://e.example'><input name='p'></form>text", "text"),
        ("<svg><a xlink:href='javascript:x()'>a</a></svg>text", "text"),
        ("<math><mtext><style><img src=x onerror=x()></style></mtext></math>text", "text"),
        ("<iframe src='https://e.example'></iframe>text", "text"),
        ("<!--><img src=x onerror=x()>-->text", '<img src="https://n.example/a/x">--&gt;text'),
        ("<noscript><p>a</p></noscript>text", "text"),
        ("AT&T, 1 < 2 > 0", "AT&amp;T, 1 &lt; 2 &gt; 0"),
        ("1 > 0", "1 &gt; 0"),
        ("<p>never closed", "<p>never closed</p>"),
        ("<script>alone()</script>", None),
        ("  ", None),
        (None, None),
        (7, None),
    ],
)
def test_html_is_made_safe(printed: object, safe: str | None) -> None:
    assert safe_html(printed, BASE) == safe


def test_relative_links_without_a_base_are_taken_out() -> None:
    assert safe_html("<a href='/x'>a</a>") == safe_html("<a href='/x'>a</a>", "no address") != safe_html("a")
    assert "href" not in (safe_html("<a href='/x'>a</a>") or "")


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "<svg>",
                "<style>",
                "<a href='java",
                "script:x'>",
                "<!--",
                "-->",
                "<img src=",
                "x onerror=y>",
                "<script>",
                "</script>",
                "<noscript>",
                "<math>",
                "&#106;",
                "]]>",
                "'",
                "t",
            ]
        )
    )
)
def test_no_mixture_leaves_what_a_browser_runs(pieces: list[str]) -> None:
    safe = safe_html("".join(pieces), BASE) or ""
    assert not re.search(r"""<(?:script|style|svg|math|iframe)|<[^>]*\bon\w+\s*=|="\s*\w*script:""", safe)
    assert (safe_html(safe, BASE) or "") == safe


def test_too_deep_markup_leaves_its_words() -> None:
    assert safe_html("<div>" * 100_000 + "words &amp; <b>more</b>") == "words &amp; more"
    assert safe_html("<p>one" * 500) == "<p>one</p>" * 500


def test_plain_text_is_escaped_and_its_blank_lines_part_paragraphs() -> None:
    assert html_of_text("a < b & c") == "a &lt; b &amp; c"
    assert html_of_text("one\n\ntwo\n \nthree") == "<p>one</p><p>two</p><p>three</p>"
    assert html_of_text(" ") is None


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("Harbour <b>reopens</b>", "Harbour reopens"),
        ("A <canvas> for beginners", "A <canvas> for beginners"),
        ("  two\n lines ", "two lines"),
    ],
)
def test_a_title_is_text(printed: str, title: str) -> None:
    assert text_of_title(printed) == title


def test_atom_says_what_is_text_and_what_is_markup() -> None:
    entry = (
        "<entry xml:base='https://b.example/x/'><id>1</id><title type='text'>1 &lt;b&gt; 2</title>"
        "<summary type='text'>1 &lt;b&gt; 2</summary>"
        "<content type='html'>&lt;a href='y'&gt;1&lt;/a&gt;</content></entry>"
    )
    [read] = read_feed(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode(), url=BASE).entries
    assert (read.title, read.summary) == ("1 <b> 2", "1 &lt;b&gt; 2")
    assert read.content == '<a href="https://b.example/x/y" rel="noopener noreferrer">1</a>'


def test_json_feeds_are_made_safe_too() -> None:
    items = [
        {"id": "1", "url": "/1", "content_html": "<a href='2'>x</a><script>y</script>", "summary": "1 < 2"},
        {"id": "2", "content_text": "1 < 2\n\n3"},
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    first, second = read_feed(body, url=BASE).entries
    assert first.content == '<a href="https://n.example/2" rel="noopener noreferrer">x</a>'
    assert (first.summary, second.content) == ("1 &lt; 2", "<p>1 &lt; 2</p><p>3</p>")


def test_media_and_podcasting_are_kept_as_data() -> None:
    [entry] = read_feed(
        item(
            "<itunes:duration>10:00</itunes:duration><podcast:transcript url='/t.srt' type='a'/>"
            "<podcast:transcript url='https://n.example/t.vtt' type='b'/>"
            "<podcast:person role='host'>Ann</podcast:person>"
            "<media:group><media:content url='v.mp4' medium='video'><media:title>Film</media:title></media:content>"
            "</media:group><media:community><media:statistics views='9'/></media:community>"
            "<slash:comments>7</slash:comments><thr:total>4</thr:total><dc:rights>Ours</dc:rights>"
            "<georss:point>1 2</georss:point><own:note level='1'>x</own:note><source url='https://o.example/f'>O</source>"
            "<comments>/1#c</comments><enclosure url='/a.mp3' type='audio/mpeg' length='9'/>"
        ),
        url=BASE,
    ).entries
    assert entry.extra == {
        "itunes_duration": "10:00",
        "podcast_transcript": [
            {"url": "https://n.example/t.srt", "type": "a"},
            {"url": "https://n.example/t.vtt", "type": "b"},
        ],
        "podcast_person": [{"role": "host", "text": "Ann"}],
        "media_content": [{"url": "https://n.example/a/v.mp4", "medium": "video", "media_title": "Film"}],
        "media_statistics": [{"views": "9"}],
        "slash_comments": "7",
        "thr_total": "4",
        "dc_rights": "Ours",
        "georss_point": "1 2",
        "own_note": [{"level": "1", "text": "x"}],
        "source": {"url": "https://o.example/f", "title": "O"},
        "comments": "https://n.example/1#c",
        "enclosures": [{"url": "https://n.example/a.mp3", "type": "audio/mpeg", "length": "9"}],
    }


def test_a_feed_that_is_no_xml_keeps_its_data_as_far_as_it_is_told() -> None:
    [entry] = read_feed(item("<b><slash:comments>7</slash:comments><media:thumbnail url='/t.png'/>"), url=BASE).entries
    assert (entry.extra["slash_comments"], entry.extra["media_thumbnail"]) == (
        "7",
        [{"url": "https://n.example/t.png"}],
    )


@pytest.mark.parametrize("address", ["javascript:x()", "java&#9;script:x()", "data:text/html,x", "file:///etc/passwd"])
def test_no_address_that_is_kept_is_anything_but_http(address: str) -> None:
    inner = (
        f"<enclosure url='{address}' type='t'/><media:content url='{address}' type='t'/><comments>{address}</comments>"
        f"<itunes:image href='{address}'/><podcast:chapters url='{address}' type='t'/><guid>{address}</guid>"
        f"<source url='{address}'>O</source><description>&lt;a href='{address}'&gt;x&lt;/a&gt;</description>"
    )
    [entry] = read_feed(item(inner, f"<link>{address}</link>"), url=BASE).entries
    kept = json.dumps([entry.url, entry.summary, entry.extra])
    assert entry.url is None
    assert not re.search(r"script|data:|file:|passwd", kept)


def test_what_is_kept_as_data_is_bounded() -> None:
    many = "<media:content url='/v.mp4' medium='video'/>" * 100 + f"<itunes:author2>{'x' * 50_000}</itunes:author2>"
    names = "".join(f"<own:n{n}>{'y' * 900}</own:n{n}>" for n in range(200))
    [entry] = read_feed(item(many + names), url=BASE).entries
    media = entry.extra["media_content"]
    assert isinstance(media, list) and len(media) == MAX_EACH
    assert len(json.dumps(entry.extra)) < MAX_SIZE * 1.5


def test_dates_that_are_not_believed_are_kept_as_evidence() -> None:
    inner = "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"
    [entry] = read_feed(item(inner), url=BASE).entries
    assert entry.published_at is None
    assert entry.extra["doubtful_dates"] == {"published": "Thu, 01 Jan 1970 00:00:00 GMT"}
