"""Hostile feeds through the reader child and its limits: none hangs, each gives its entries or a reason in words."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator

import pytest

from worker.reader import Limits, Reader
from worker.reader_words import FeedJob, ReadResult

URL = "https://n.example/feed"
LIMITS = Limits(seconds=8.0, memory=1024 * 1024 * 1024)
GOOD = "<item><title>Good</title><link>https://n.example/1</link></item>"
XMLNS = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(LIMITS) as one:
        yield one


def rss(inner: str, prolog: str = "") -> bytes:
    return f'{prolog}<rss version="2.0" {XMLNS}><channel><title>N</title>{GOOD}{inner}</channel></rss>'.encode()


def read(reader: Reader, body: bytes, **more: str) -> ReadResult:
    [result] = reader.read([FeedJob(body=body, url=URL, **more)])  # type: ignore[arg-type]
    return result


def content(markup: str) -> str:
    return f"<item><title>Bad</title><content:encoded><![CDATA[{markup}]]></content:encoded></item>"


@pytest.mark.parametrize(
    ("case", "body"),
    [
        ("comments without end in CDATA", rss(content("<!--" * 60_000))),
        ("nested elements in CDATA", rss(content("<div>" * 100_000))),
        ("formatting that is never closed", rss(content("<b><i><font><a href=x>" * 10_000))),
        ("attributes without end in CDATA", rss(content("<a " + "b='c' " * 100_000 + ">x</a>"))),
        ("ampersands in CDATA", rss(content("&" * 300_000))),
        ("tables in tables", rss(content("<table><td>" * 20_000))),
        ("an author of 32 kB", rss(f"<item><author>{'a' * 32_000}</author></item>")),
        ("an author of at signs", rss(f"<item><author>{'a@' * 16_000}</author></item>")),
        ("a creator of brackets", rss(f"<item><dc:creator>{'(' * 32_000}</dc:creator></item>")),
        ("a date of 1 MB", rss(f"<item><pubDate>{'1 ' * 500_000}</pubDate></item>")),
        ("an id of 1 MB", rss(f"<item><guid>{'x' * 1_000_000}</guid></item>")),
        ("a link of 1 MB", rss(f"<item><link>https://n.example/{'x' * 1_000_000}</link></item>")),
        ("100,000 items", rss("<item><title>T</title></item>" * 100_000)),
        (
            "20,000 attributes",
            rss("<item " + " ".join(f"a{n}='1'" for n in range(20_000)) + "><title>T</title></item>"),
        ),
        ("20,000 categories", rss("<item><title>T</title>" + "<category>c</category>" * 20_000 + "</item>")),
        ("20,000 elements of a module", rss("<item>" + "<dc:rights>c</dc:rights>" * 20_000 + "</item>")),
        ("null bytes", rss("<item><title>a\0b</title></item>")),
        ("forbidden characters", rss("<item><title>a\x01\x1f\ufffe&#0;&#x1F;b</title></item>")),
        ("a label that is wrong", rss("<item><title>café</title></item>", '<?xml version="1.0" encoding="utf-16"?>')),
        ("bytes of no encoding", rss("<item><title>XX</title></item>").replace(b"XX", bytes(range(128, 256)))),
        ("cut off within an item", rss("<item><title>Half")[:-12]),
        (
            "an external entity",
            rss("<item><title>&x;</title></item>", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        ),
        ("a namespace with a blank", rss("<x:y xmlns:x='http://a b'/>")),
        ("no XML and comments", rss("<b>" + "<!--" * 60_000)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_could_be_read_beside_it_is_read(reader: Reader, case: str, body: bytes) -> None:
    result = read(reader, body)
    assert not result.killed, case
    assert result.feed is not None, result.error
    assert (result.feed.entries[0].title, result.feed.entries[0].url) == ("Good", "https://n.example/1")
    assert "root:" not in str(result.feed)


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    ("case", "body", "words"),
    [
        ("an entity bomb", rss("<item><title>&e8;</title></item>", f"<!DOCTYPE rss [{BOMB}]>"), ""),
        ("elements 100,000 deep", rss("<a>" * 100_000), "nested too deeply"),
        ("no XML, and elements 20,000 deep", rss("<b>" + "<item>" * 20_000), "nested too deeply"),
        ("one field of 11 MB", rss(f"<item><title>{'x' * 11_000_000}</title></item>"), "beyond 10 MB"),
        (
            "JSON 100,000 deep",
            b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 100_000,
            "not valid JSON",
        ),
        ("JSON cut off", json.dumps({"items": [{"id": 1}]})[:-3].encode(), "not valid JSON"),
        ("gzip garbage", b"\x1f\x8b\x08\0" + random.Random(7).randbytes(5000), ""),
        ("a gzip bomb", gzip.compress(b" " * 60_000_000), "bomb"),
        ("nothing", b"", "not a feed"),
        ("noise", random.Random(7).randbytes(200_000), "not a feed"),
        ("a page", b"<!doctype html><html><body>" + b"<div>" * 100_000, "a web page"),
        ("comments without end", b"<!--" * 200_000, "not a feed"),
        ("a document type without end", b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'>" * 50_000, "not a feed"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_what_cannot_be_read_says_why(reader: Reader, case: str, body: bytes, words: str) -> None:
    result = read(reader, body)
    assert not result.killed, case
    assert words in result.error
    assert result.error or result.feed is not None
    assert len(str(result.feed)) < 100_000


def test_a_content_coding_that_is_broken_is_named(reader: Reader) -> None:
    packed = gzip.compress(rss(""))
    assert "cut short" in read(reader, packed[:60], content_encoding="gzip").error
    assert "gzip" in read(reader, b"plain words", content_encoding="gzip").error
