"""Pages and feeds that hang, swell or crash readers: each as bytes, made when asked for, by name."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass

import brotli
import zstandard

PROSE = "The harbour was quiet on the day that the ships came home, said the officer who had waited for them. "
STORY = f"<h1>Harbour</h1><p>{PROSE * 4}</p><p>{PROSE * 3}</p>"


@dataclass(frozen=True, slots=True)
class Poison:
    """A body as a server would send it, and what becomes of it: `stopped` by a limit, refused with an `error`, read."""

    make: Callable[[], str | bytes]
    content_type: str | None = None
    content_encoding: str = ""
    error: str = ""  # words of the reason, where it is refused
    stopped: bool = False  # by the child's limit of memory

    @property
    def body(self) -> bytes:
        """The bytes."""
        made = self.make()
        return made.encode("utf-8", "surrogatepass") if isinstance(made, str) else made


def many(piece: str, count: int, before: str = "", after: str = "") -> Poison:
    """A piece again and again."""
    return Poison(lambda: before + piece * count + after)


def counted(piece: str, count: int, before: str = "") -> Poison:
    """A piece again and again, another number in each (`{}`)."""
    return Poison(lambda: before + "".join(piece.replace("{}", str(n)) for n in range(count)))


def linked_data(block: Callable[[], str]) -> Poison:
    """A block of JSON-LD before a story."""
    return Poison(lambda: f'<script type="application/ld+json">{block()}</script>{STORY}')


def text(line: str, count: int) -> Poison:
    """A story whose one paragraph repeats a piece of text."""
    return Poison(lambda: f"<article><h1>Harbour</h1><p>{line * count}</p></article>")


ELEMENTS = {
    "100,000 nested divs": many("<div>", 100_000, after=PROSE),
    "100,000 nested divs, closed": Poison(lambda: "<div>" * 100_000 + PROSE + "</div>" * 100_000),
    "100,000 nested spans": many("<span>", 100_000),
    "50,000 nested lists": many("<ul><li>", 50_000),
    "20,000 nested tables": many("<table><tr><td>", 20_000),
    "50,000 headings within headings": many("<h1><div>x", 50_000),
    "50,000 bylines within bylines": many("<div class=author itemprop=author>x", 50_000),
    "50,000 nested templates": many("<template>", 50_000),
    "50,000 nested drawings": many("<g>", 50_000, before="<svg>"),
    "20,000 paragraphs": many(f"<p>{PROSE}</p>", 20_000),
    "400,000 paragraphs": many("<p>x</p>", 400_000),
    "200,000 cells": many("<td>x", 200_000, before="<table><tr>"),
    "200,000 rows": many("<tr><td>x", 200_000, before="<table>"),
    "500,000 line breaks": many("<br>", 500_000),
    "20,000 misnested links and bold": many("<a href=x><b>text", 20_000),
    "20,000 misnested bold and italics": many("<b><i>x</b></i>", 20_000),
    "20,000 bold blocks never closed": many("<b><div>", 20_000),
    "20,000 equal formats never closed": many("<p><b>x", 20_000),
    "1,000 different formats never closed": counted("<p><font size={}>x", 1_000),
    "50,000 blocks in a table's wrong place": many("<div>x</div>", 50_000, before="<table>"),
    "100,000 ends without a beginning": many("</p></b></div></x>", 25_000, before="<div>" * 900),
    "20,000 links": counted("<p><a href=/{}>Story number {} of the day</a></p>", 20_000),
    "20,000 counters": many("<p>2504 views</p>", 20_000),
    "20,000 bylines": many("<p>By John Smith</p>", 20_000),
    "20,000 dates": many("<p>Fri, Mar 30, 2007 - Page 6</p>", 20_000),
    "30,000 lines in a listing": many("The harbour was quiet on the day\n", 30_000, before="<pre>"),
    "100,000 meta tags": many("<meta name=author content='A B'>", 100_000, after=STORY),
    "50,000 canonical links": many("<link rel=canonical href='//['>", 50_000, after=STORY),
    "a frameset alone": many("<frameset>", 50_000),
}
TAGS = {
    "a tag with 50,000 attributes": counted(" a{}=1", 50_000, before="<div"),
    "a tag with 20,000 attributes": counted(" a{}=1", 20_000, before="<div"),
    "100 tags with 2,000 attributes": Poison(lambda: ("<p" + "".join(f" a{n}=1" for n in range(2_000)) + ">x") * 100),
    "a class of 4 MB": Poison(lambda: "<div class='" + "author " * 600_000 + f"'>{PROSE}"),
    "a tag's name of 4 MB": Poison(lambda: "<" + "x" * 4_000_000 + f">{PROSE}"),
    "an attribute never closed": Poison(lambda: "<div class='" + "<p>x" * 1_000_000),
    "100,000 comments never closed": many("<!--", 100_000),
    "100,000 comments never closed, as text": many("<!--", 100_000, before="<xmp>"),
    "a script never closed": many("<!--<script>x", 200_000, before="<script>"),
    "a title never closed": many("</titl", 500_000, before="<title>"),
    "CDATA never closed": many("<![CDATA[]]", 200_000, before="<svg>"),
    "plain text for ever": many("<a <p ", 200_000, before="<plaintext>"),
    "a million <": many("<", 1_000_000),
    "a million </": many("</", 1_000_000),
    "a million &": many("&", 1_000_000),
    "a number of 2,000,000 digits as a character": Poison(lambda: "&#" + "9" * 2_000_000 + ";"),
    "200,000 entities": many("&CounterClockwiseContourIntegral;&notit;", 100_000),
    "200,000 entities within entities": text("&amp;lt;", 200_000),
}
DATA = {
    "1 MB of JSON-LD": linked_data(lambda: json.dumps([{"@type": "NewsArticle", "headline": "x" * 50}] * 13_000)),
    "a live blog's 841 KB of JSON-LD": linked_data(
        lambda: json.dumps(
            {
                "@type": "LiveBlogPosting",
                "headline": "Live",
                "liveBlogUpdate": [{"@type": "BlogPosting", "headline": "h" * 40, "articleBody": "b " * 200}] * 1_750,
            }
        )
    ),
    "JSON-LD 100,000 lists deep": linked_data(lambda: "[" * 100_000),
    "JSON-LD 40,000 objects deep": linked_data(lambda: '{"a":' * 40_000),
    "JSON-LD 400 graphs deep": linked_data(lambda: '{"@graph":[' * 400 + "]}" * 400),
    "JSON-LD with a number of 250,000 digits": linked_data(
        lambda: '{"@type":"NewsArticle","datePublished":' + "9" * 250_000 + "}"
    ),
    "JSON-LD that refers to itself": linked_data(
        lambda: (
            '[{"@type":"NewsArticle","headline":"Harbour","author":{"@id":"#a"}},{"@id":"#a","author":{"@id":"#a"}}]'
        )
    ),
    "JSON-LD padded at its end": linked_data(lambda: "{}]]>" + " " * 250_000 + "x"),
    "JSON-LD with a padded author": linked_data(lambda: 'x"author":' + " " * 250_000),
    "JSON-LD with 25,000 broken authors": linked_data(lambda: 'x"author":[' * 25_000),
    "JSON-LD with 20,000 broken headlines": linked_data(lambda: 'x"headline":"' * 20_000),
    "JSON-LD of commas": linked_data(lambda: "[" + ", " * 120_000 + "x"),
    "JSON-LD with lone surrogates": linked_data(lambda: '{"@type":"NewsArticle","headline":"Harb\\ud800our"}'),
}
TEXT = {
    "8 MB on one line": Poison(lambda: "x" * 8_000_000),
    "8 MB of words on one line": Poison(lambda: "word " * 1_600_000, stopped=True),
    "more than 8 MB": Poison(lambda: "x" * 8_400_000, error="more than 8388608"),
    "nothing but spaces": Poison(lambda: " " * 8_000_000, error="empty"),
    "nothing but NULs": Poison(lambda: "\0" * 4_000_000, error="no text"),
    "a title of spaces": Poison(lambda: f"<title>a{' ' * 1_000_000}b</title>{STORY}"),
    "a title of bars": Poison(lambda: f"<title>{'a - b | ' * 100_000}</title>{STORY}"),
    "a million digits": text("9", 1_000_000),
    "digits in groups": text("9,999 ", 150_000),
    "digits and stops": text("1.", 400_000),
    "counters in one line": text("2504 views ", 90_000),
    "the word views": text("views ", 150_000),
    "names in one line": text("By John Smith, ", 60_000),
    "by and and and": text("and ", 200_000),
    "dates in one line": text("Mar 30, 2007 ", 70_000),
    "quotes": text('"', 1_000_000),
    "dashes": text("- ", 400_000),
    "spaces that do not break": text("\xa0", 500_000),
    "spaces and a word": text(" " * 1_000 + "x", 1_000),
    "marks upon one letter": text("\u0301", 500_000),
    "letters beyond the first plane": text("\U0001f600", 500_000),
    "letters that join": text("\u200d", 500_000),
}
ENCODINGS = {
    "null bytes": Poison(lambda: STORY.replace("e", "e\0")),
    "lone surrogates": Poison(lambda: STORY.replace("<p>", "<p>\ud800 x <a \udfff=1>")),
    "a name with a surrogate": Poison(lambda: f"<a\ud800 b\udc00=1>{STORY}"),
    "UTF-16 with a mark": Poison(lambda: STORY.encode("utf-16"), "text/html; charset=utf-8"),
    "UTF-16 without a mark": Poison(lambda: STORY.encode("utf-16-le"), "text/html; charset=utf-8"),
    "UTF-16 the other way round": Poison(lambda: STORY.encode("utf-16-be")),
    "half of UTF-16": Poison(lambda: STORY.encode("utf-16")[:-1]),
    "UTF-8 called Latin-1": Poison(lambda: f"{STORY}<p>naïve – “quoted”</p>", "text/html; charset=iso-8859-1"),
    "UTF-8 called Shift_JIS": Poison(lambda: f"{STORY}<p>東京都は十日</p>", "text/html; charset=shift_jis"),
    "Latin-1 called UTF-8": Poison(lambda: f"{STORY}<p>Übergrößenträger".encode("latin-1"), "text/html; charset=utf-8"),
    "a label that is none": Poison(lambda: STORY, "text/html; charset=" + "x" * 5_000),
    "UTF-7": Poison(lambda: f"+ADw-script+AD4-{STORY}", "text/html; charset=utf-7"),
    "bytes of no encoding": Poison(lambda: b"<p>" + bytes(range(128, 256)) * 3_000 + STORY.encode()),
}
CODINGS = {
    "gzip cut short": Poison(lambda: gzip.compress(STORY.encode())[:-20], None, "gzip", "cut short"),
    "gzip that is none": Poison(lambda: STORY, None, "gzip", "not gzip"),
    "a bomb of gzip": Poison(lambda: gzip.compress(b"x" * 60_000_000), None, "gzip", "bomb"),
    "a bomb of br": Poison(lambda: brotli.compress(b"x" * 60_000_000, quality=1), None, "br", "bomb"),
    "a bomb of zstd": Poison(lambda: zstandard.compress(b"x" * 60_000_000), None, "zstd", "bomb"),
    "gzip within gzip": Poison(
        lambda: gzip.compress(gzip.compress(b"x" * 60_000_000)), None, "gzip, gzip", "became more than"
    ),
}
STORMS = {
    "20,000 different formats never closed": Poison(
        lambda: "".join(f"<p><font size={n}>x" for n in range(20_000)), stopped=True
    ),
    "50,000 bodies with an attribute each": Poison(
        lambda: "".join(f"<body a{n}=1>" for n in range(50_000)), stopped=True
    ),
}
PAGES = ELEMENTS | TAGS | DATA | TEXT | ENCODINGS | CODINGS | STORMS

_RSS = "<?xml version='1.0'?><rss version='2.0'><channel><title>Paper</title>{}</channel></rss>"
_ITEM = "<item><title>{}</title><link>http://paper.example/1</link><description>{}</description></item>"


def _feed(title: str = "Story", description: str = "Words", before: str = "") -> Poison:
    item = _ITEM.replace("{}", title, 1).replace("{}", description, 1)
    return Poison(lambda: _RSS.replace("{}", before + item))


FEEDS = {
    "240 KB of <!-- in CDATA": _feed(description=f"<![CDATA[{'<!--' * 60_000}]]>"),
    "an author of 32 KB": _feed(before=f"<managingEditor>{'a@b (' * 6_400}</managingEditor>"),
    "an author of 32 KB of spaces": _feed(before=f"<managingEditor>a{' ' * 32_000}b</managingEditor>"),
    "100,000 nested elements": _feed(before="<x>" * 100_000),
    "20,000 items": Poison(lambda: _RSS.replace("{}", _ITEM * 20_000)),
    "20,000 attributes": _feed(before="<x" + "".join(f" a{n}='1'" for n in range(20_000)) + "/>"),
    "a million laughs": Poison(
        lambda: (
            "<!DOCTYPE x [<!ENTITY a 'ha'>"
            + "".join(f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True))
            + "]>"
            + _RSS.replace("{}", _ITEM.replace("{}", "&i;"))
        )
    ),
    "an entity from a file": Poison(
        lambda: (
            "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>" + _RSS.replace("{}", _ITEM.replace("{}", "&a;"))
        )
    ),
    "markup never closed": _feed(description="&lt;div&gt;&lt;b&gt;" * 20_000),
    "a date of 100 KB": _feed(before=f"<pubDate>{'Fri, ' * 20_000}</pubDate>"),
    "a lone surrogate": _feed(title="Harb&#xD800;our"),
    "null bytes": _feed(title="Harb\0our"),
    "a title of 4 MB": _feed(title="x" * 4_000_000),
    "UTF-16": Poison(lambda: _RSS.replace("{}", _ITEM).encode("utf-16")),
}
