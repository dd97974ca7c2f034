"""Feeds to entries: formats, identity, links, what is broken, what is hostile."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.parse_feed import parse_feed
from dateline.errors import ReadError
from worker.parse.feed import MAX_ITEMS, read_feed

URL = "https://feeds.example/news.xml"
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)

RSS_ITEM = "<item><title>Bridge closed</title><link>https://n.example/1</link><guid>1</guid>{}</item>"
DATE = "<pubDate>Mon, 01 Jan 2024 12:00:00 GMT</pubDate>"


def rss(items: str, channel: str = "", prolog: str = "") -> bytes:
    return (
        f'{prolog}<rss version="2.0"><channel><title>News</title><link>https://n.example/</link>{channel}{items}</channel></rss>'
    ).encode()


def atom(entries: str, attributes: str = "") -> bytes:
    head = "<title>News</title><link href='https://n.example/'/><author><name>Desk</name></author>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{head}{entries}</feed>'.encode()


RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://n.example/"><title>News</title>
 <link>https://n.example/</link></channel><item rdf:about="https://n.example/1"><title>Bridge closed</title>
 <link>https://n.example/1</link><dc:date>2024-01-01T12:00:00Z</dc:date></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "home_page_url": "https://n.example/",
        "items": [
            {"id": 1, "url": "/1", "title": "Bridge closed", "date_published": "2024-01-01T12:00:00Z"},
        ],
    }
).encode()
ATOM_ENTRY = (
    "<entry><id>tag:1</id><title>Bridge closed</title><link href='/1'/>"
    "<published>2024-01-01T12:00:00Z</published></entry>"
)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("rss", rss(RSS_ITEM.format(DATE))),
        ("rdf", RDF),
        ("atom", atom(ATOM_ENTRY, 'xml:base="https://n.example/"')),
        ("json", JSON.replace(b'"/1"', b'"https://n.example/1"')),
    ],
)
def test_every_format_gives_the_same_entry(kind: str, body: bytes) -> None:
    feed = read_feed(body, url=URL)
    [entry] = feed.entries
    assert (feed.kind, feed.title, feed.url, feed.total, feed.error) == (kind, "News", "https://n.example/", 1, "")
    assert (entry.title, entry.url, entry.published_at) == ("Bridge closed", "https://n.example/1", NOON)


@pytest.mark.parametrize(
    ("case", "body"),
    [
        ("blank lines before the declaration", b"\n\n " + rss(RSS_ITEM.format(""), prolog='<?xml version="1.0"?>')),
        ("a warning before the feed", b"<b>Warning</b>: in x.php\n" + rss(RSS_ITEM.format(""))),
        ("something after its end", rss(RSS_ITEM.format("")) + b"\n<script>track()</script>"),
        ("undeclared prefix", rss(RSS_ITEM.format("<media:credit>A</media:credit>"))),
        ("bare ampersand", rss(RSS_ITEM.format("<author>A & B</author>"))),
        ("control character", rss(RSS_ITEM.format("<author>A\x0bB&#11;</author>"))),
        ("HTML entities", rss(RSS_ITEM.format("<author>Jos&eacute;&nbsp;&unheard;</author>"))),
        (
            "document type of RSS 0.91",
            rss(RSS_ITEM.format(""), prolog='<!DOCTYPE rss PUBLIC "-//N//DTD" "http://d.example/">'),
        ),
        (
            "UTF-16",
            '<?xml version="1.0" encoding="utf-16"?>'.encode("utf-16")
            + rss(RSS_ITEM.format("")).decode().encode("utf-16-le"),
        ),
    ],
)
def test_nearly_xml_is_read_as_if_it_were(case: str, body: bytes) -> None:
    feed = read_feed(body, url=URL)
    assert [entry.url for entry in feed.entries] == ["https://n.example/1"], case
    assert feed.error == ""


def test_what_is_no_xml_is_read_in_part_and_says_so() -> None:
    feed = read_feed(rss(RSS_ITEM.format("<b>") + "<item><title>Half")[:-16], url=URL)
    assert feed.entries[0].title == "Bridge closed"
    assert "not well-formed" in feed.error


def test_wrong_labels_are_seen_through() -> None:
    body = rss("<item><title>Großer Brückenschlag</title></item>", prolog='<?xml version="1.0" encoding="iso-8859-1"?>')
    assert (
        read_feed(body, url=URL, content_type="text/xml; charset=us-ascii").entries[0].title == "Großer Brückenschlag"
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "no feed"),
        (b"<!DOCTYPE html><html><head></head></html>", "a web page"),
        (b"<catalog><book/></catalog>", "no feed"),
        (b'{"a": 1}', "no JSON Feed"),
        (b'{"items": [', "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "nothing in it"),
        (rss("<a>" * 100_000), "nested too deeply"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason_and_a_remedy(body: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        read_feed(body, url=URL)
    assert caught.value.stage == "reading feed"
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/a</link>", "https://n.example/a"),
        ("<link> https://n.example/a\n b</link>", "https://n.example/ab"),
        ("<link>//cdn.example/a</link>", "https://cdn.example/a"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>java&#9;script:alert(1)</link>", None),
        ("<link>file:///etc/passwd</link>", None),
        ("<link>http://[bad</link>", None),
        ("<guid>https://n.example/a</guid>", "https://n.example/a"),
        ("<guid>12345</guid>", None),
        ("<link>www.n.example/a</link>", "http://www.n.example/a"),
        ("<link xml:base='https://b.example/x/'>a</link>", "https://b.example/x/a"),
    ],
)
def test_links_are_absolute_and_http_alone(item: str, url: str | None) -> None:
    [entry] = read_feed(rss(f"<item><title>T</title>{item}</item>"), url=URL).entries
    assert (entry.title, entry.url) == ("T", url)


def test_the_guid_is_kept_as_printed() -> None:
    [entry] = read_feed(rss("<item><title>T</title><link>/a</link><guid>12345</guid></item>"), url=URL).entries
    assert (entry.guid, entry.key) == ("12345", "12345")


def test_identity_is_the_guid_else_the_link_else_what_it_says() -> None:
    items = "<item><guid>g</guid><link>/a</link></item><item><link>/b</link></item><item><title>T</title></item>"
    keys = [entry.key for entry in read_feed(rss(items), url=URL).entries]
    assert keys[:2] == ["g", "https://n.example/b"]
    assert keys[2].startswith("digest:")


def test_a_guid_that_stands_for_two_links_tells_them_apart_by_link_whichever_are_known() -> None:
    items = "".join(f"<item><guid>same</guid><link>/{n}</link><title>{n}</title></item>" for n in range(3))
    whole = read_feed(rss(items), url=URL).entries
    part = read_feed(rss(items), url=URL, known={whole[0].item_hash, whole[1].item_hash}).entries
    assert len({entry.key for entry in whole}) == 3
    assert part == whole[2:]


def test_true_doubles_are_read_once() -> None:
    feed = read_feed(rss(RSS_ITEM.format("") * 3), url=URL)
    assert (len(feed.entries), feed.total) == (1, 3)


def numbered(numbers: list[int]) -> bytes:
    return rss(
        "".join(
            f"<item><title>T{n}</title><guid>{n}</guid><description>&lt;p&gt;{n}</description></item>" for n in numbers
        )
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), unique=True, max_size=8), st.sets(st.integers(0, 30)))
def test_known_items_are_seen_and_the_rest_read_as_before(numbers: list[int], known: set[int]) -> None:
    whole = read_feed(numbered(numbers), url=URL)
    hashes = {entry.item_hash for entry in whole.entries if int(entry.key) in known}
    part = read_feed(numbered(numbers), url=URL, known=hashes)
    assert part.entries == tuple(entry for entry in whole.entries if int(entry.key) not in known)
    assert set(part.seen) == hashes
    assert part.total == len(numbers)


def test_an_item_keeps_its_hash_when_others_come_and_changes_it_with_its_words() -> None:
    before = {entry.key: entry.item_hash for entry in read_feed(numbered([1, 2]), url=URL).entries}
    after = {entry.key: entry.item_hash for entry in read_feed(numbered([3, 2, 1]), url=URL).entries}
    assert {key: after[key] for key in before} == before
    assert read_feed(numbered([1]).replace(b"T1", b"T one"), url=URL).entries[0].item_hash != before["1"]


@pytest.mark.parametrize("body", [rss("<b>" + RSS_ITEM.format("")), JSON])
def test_known_items_are_told_in_json_and_in_broken_feeds_too(body: bytes) -> None:
    [entry] = read_feed(body, url=URL).entries
    again = read_feed(body, url=URL, known={entry.item_hash})
    assert (again.entries, again.seen, again.total) == ((), (entry.item_hash,), 1)


def test_what_the_feed_asks_of_its_pollers_is_read() -> None:
    skipped = (
        "<skipHours><hour>0</hour><hour>24</hour><hour>13</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    )
    asked = f"<ttl>90</ttl>{skipped}"
    links = "<atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='https://n.example/f'/>"
    feed = read_feed(rss("", asked + links + "<language>pl</language>"), url=URL)
    assert (feed.ttl, feed.skip_hours, feed.skip_days) == (5400, {0, 13}, {6})
    assert (feed.hub_url, feed.self_url, feed.language) == ("https://hub.example/", "https://n.example/f", "pl")


@pytest.mark.parametrize(
    ("asked", "ttl"),
    [
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>nan</ttl>", None),
        ("<ttl>1e300</ttl>", 31_536_000),
    ],
)
def test_the_time_a_feed_asks_for_is_bounded(asked: str, ttl: float | None) -> None:
    assert read_feed(rss("", asked), url=URL).ttl == ttl


def test_texts_authors_and_media_are_kept_as_the_publisher_gave_them() -> None:
    body = rss(
        RSS_ITEM.format(
            "<author>a@n.example (Ann Lee)</author><description>In short.</description>"
            "<content:encoded><![CDATA[<p onclick='x'>In full.</p>]]></content:encoded><category>World</category>"
            "<enclosure url='/a.mp3' type='audio/mpeg' length='9'/><enclosure url='data:x' type='x'/>"
        )
    )
    [entry] = read_feed(body, url=URL).entries
    assert (entry.author, entry.summary, entry.content) == ("Ann Lee", "In short.", "<p>In full.</p>")
    assert entry.tags == ("World",)
    assert entry.extra["enclosures"] == [
        {"url": "https://n.example/a.mp3", "type": "audio/mpeg", "length": "9"},
        {"type": "x"},
    ]


@pytest.mark.parametrize(
    ("printed", "author"),
    [
        ("<author>a@n.industries (Ann Lee)</author>", "Ann Lee"),
        ("<author>Ann Lee &lt;a@n.example&gt;</author>", "Ann Lee"),
        ("<author>a@n.example</author>", "a@n.example"),
        ("<dc:creator>Ann Lee</dc:creator><dc:creator>Bo Ek</dc:creator>", "Ann Lee, Bo Ek"),
        ("", None),
    ],
)
def test_an_author_is_a_name_where_there_is_one(printed: str, author: str | None) -> None:
    [entry] = read_feed(rss(RSS_ITEM.format(printed)), url=URL).entries
    assert entry.author == author


def test_an_atom_entry_inherits_the_feeds_author_and_its_update_is_no_publication() -> None:
    [entry] = read_feed(atom("<entry><id>a</id><updated>2024-01-01T12:00:00Z</updated></entry>"), url=URL).entries
    assert (entry.author, entry.published_at, entry.updated_at) == ("Desk", None, NOON)


@pytest.mark.parametrize(
    "body",
    [
        rss(RSS_ITEM.format(f"<description><![CDATA[{'<!--' * 60_000}]]></description>")),
        rss(RSS_ITEM.format(f"<author>{'a@' * 16_000}</author>")),
        rss(RSS_ITEM.format(f"<author><![CDATA[{'a.' * 16_000}]]></author><b>")),
        rss(RSS_ITEM.format("") + "<!--" * 50_000),
        rss(RSS_ITEM.format("") + "<![CDATA[" * 30_000),
        rss(RSS_ITEM.format(f"<description>{'&' * 200_000}</description>")),
        rss(RSS_ITEM.format("") + "<" * 100_000),
    ],
)
def test_hostile_feeds_are_read_in_little_time(body: bytes) -> None:
    started = time.process_time()
    feed = read_feed(body, url=URL)
    assert time.process_time() - started < 2
    assert [entry.title for entry in feed.entries] in (["Bridge closed"], [])


def test_entities_neither_reach_files_nor_multiply() -> None:
    prolog = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/hostname">]>'
    [entry] = read_feed(rss("<item><title>&a; &b; &x;</title></item>", prolog=prolog), url=URL).entries
    assert entry.title == "aaaa &b; &x;"


def test_items_and_fields_are_bounded() -> None:
    feed = read_feed(rss("".join(f"<item><guid>{n}</guid></item>" for n in range(MAX_ITEMS + 1))), url=URL)
    assert (len(feed.entries), feed.total) == (MAX_ITEMS, MAX_ITEMS + 1)
    assert str(MAX_ITEMS) in feed.error
    [entry] = read_feed(rss(f"<item><title>{'t' * 9000}</title></item>"), url=URL).entries
    assert len(entry.title) == 2000


@pytest.mark.parametrize(
    "tripping",
    [
        '<gml:pos xmlns:gml="http://www.opengis.net/gml">x</gml:pos>',
        '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters" version="1"><psc:chapter/></psc:chapters>',
    ],
)
def test_an_item_that_trips_the_library_costs_itself_alone(tripping: str) -> None:
    items = "".join(f"<item><title>Story {n}</title><link>http://a.example/{n}</link></item>" for n in range(3))
    bad = f"<item><title>Bad</title>{tripping}</item>"
    feed = read_feed(f"<rss version='2.0'><channel><title>T</title>{bad}{items}</channel></rss>".encode(), url="")
    assert [entry.title for entry in feed.entries] == ["Story 0", "Story 1", "Story 2"]
    assert "1 of 4 items left out" in feed.error


def test_a_character_that_is_none_costs_nothing_else() -> None:
    feed = read_feed(
        b"<rss><channel><title>T</title><item><title>a&#xD800;b</title></item><br></channel></rss>", url=""
    )
    assert [entry.title for entry in feed.entries] == ["ab"]


def test_a_namespace_that_ends_the_library_is_a_refusal() -> None:
    """A space inside a namespace's address makes expat's names fall apart in feedparser."""
    document = b'<rdf:RDF xmlns:rdf="h\xa0ttp://www.w3.org/1999/02/22-rdf-syntax-ns#"><item>&</item></rdf:RDF>'
    with pytest.raises(ReadError, match="cannot be made out"):
        read_feed(document, url=URL)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mangled_feeds_are_read_or_refused_never_more(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from([rss(RSS_ITEM.format(DATE)), atom(ATOM_ENTRY), RDF, JSON]))
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 30)))
    mangled = body[:start] + data.draw(st.binary(max_size=20)) + body[end:]
    try:
        feed = read_feed(mangled, url=URL)
    except ReadError:
        return
    assert all(entry.key and entry.item_hash for entry in feed.entries)
    assert all(entry.url is None or entry.url.startswith(("http://", "https://")) for entry in feed.entries)


def test_the_command_answers_every_file_on_a_line_of_its_own(tmp_path: Path) -> None:
    good, packed, bad = tmp_path / "a.xml", tmp_path / "b.xml.gz", tmp_path / "c.html"
    good.write_bytes(rss(RSS_ITEM.format(DATE)))
    packed.write_bytes(gzip.compress(JSON))
    bad.write_text("<html></html>")
    missing = tmp_path / "none.xml"
    outcome = CliRunner().invoke(parse_feed, [*map(str, (good, packed, bad, missing)), "--url", "https://m.example/f"])
    answers = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert outcome.exit_code == 0
    assert [answer["file"] for answer in answers] == [str(path) for path in (good, packed, bad, missing)]
    assert [answer["kind"] for answer in answers] == ["rss", "json", None, None]
    assert [bool(answer["error"]) for answer in answers] == [False, False, True, True]
    assert [answer["title"] for answer in answers[2:]] == [None, None]
    fields = ("id", "title", "url", "published_at", "updated_at", "author", "summary", "content")
    assert tuple(answers[0]["entries"][0]) == (*fields, "language", "tags", "extra")


def test_the_command_without_a_file_is_a_wrong_command_line() -> None:
    assert CliRunner().invoke(parse_feed, []).exit_code == 2
