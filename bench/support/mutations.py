"""What goes wrong with pages and feeds, and what hostile ones try: each mutator spoils a body in one way."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

TAGS = (
    b"<div> <p> </p> <b> </b> <a> </a> <a\thref=x> <table> <tr> <td> </table> <template> </template> <svg> <math> "
    b"<select> <form> </form> <!-- --> <script> </script> <style> <title> <plaintext> <frameset> <noscript> </br> <li> "
    b"<h1> </h2> <font\tsize=1> <nobr> <body\tx=1> <html\ty=2> <foreignObject> <caption> <colgroup> <iframe> <xmp> "
    b"<textarea> <![CDATA[ ]]> <?x <button> <option> <ruby><rt> <pre> <br> <time> <article> <item> </item> <entry> "
    b"<pubDate> </channel> <div\tclass=author> <span\titemprop=author> <meta\tname=author\tcontent=x>"
).split(b" ")
BAIT = (
    *("2504 views ", "1,234,567 ", "9" * 50, "1.2K views ", "12万 ", "Mar 30, 2007 ", "Fri, Mar 30, 2007 - Page 6 "),
    *('"', "'", "&quot;", "“", "By John Smith, ", "by and ", "2007-03-30T10:00:00+99:99 ", "٣٤٥ ", " ", "\t\n", ". "),
    *('"author":', '"headline":"', '"articleBody":"', '{"@graph":[', "\\u0000", "\\ud800", "| - | ", "/", "-->", "]]>"),
    *("&#0;", "&#xD800;", "&#x110000;", "&notanentity;", "\u0301", "\u202e", "\u200d", "\U0001f600", "﷽", "ﬃ", "ß"),
)
LABELS = (
    *(
        "utf-8",
        "utf-16",
        "utf-16le",
        "iso-8859-1",
        "windows-1251",
        "gb2312",
        "shift_jis",
        "euc-kr",
        "iso-2022-jp",
        "utf-7",
    ),
    *("big5", "koi8-r", "x-user-defined", "replacement", "x" * 300, ""),
)
RAW = (
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\x1b$B",
    b"\x80",
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
    b"\x0c",
)
CODECS = ("utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp1252", "gb18030", "cp932", "iso2022_jp", "utf-32")
_LINKED_DATA = re.compile(rb"ld\+json[^>]{0,200}>")


@dataclass(frozen=True, slots=True)
class Body:
    """A body as a server would send it."""

    body: bytes
    content_type: str | None = None
    content_encoding: str = ""


Mutator = Callable[[random.Random, Body, Body], Body]


def flip(chance: random.Random, given: Body, _: Body) -> Body:
    """Some bytes become others."""
    body = bytearray(given.body)
    for _number in range(chance.choice((1, 10, 200)) if body else 0):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return replace(given, body=bytes(body))


def delete(chance: random.Random, given: Body, _: Body) -> Body:
    """A chunk is lost."""
    start, end = _chunk(chance, given.body, 5_000)
    return replace(given, body=given.body[:start] + given.body[end:])


def duplicate(chance: random.Random, given: Body, _: Body) -> Body:
    """A chunk comes again, up to hundreds of times."""
    start, end = _chunk(chance, given.body, 2_000)
    return replace(
        given, body=given.body[:end] + given.body[start:end] * chance.choice((1, 3, 50, 300)) + given.body[end:]
    )


def splice(chance: random.Random, given: Body, other: Body) -> Body:
    """The beginning of one, the end of another."""
    return replace(
        given, body=given.body[: _chunk(chance, given.body, 1)[0]] + other.body[_chunk(chance, other.body, 1)[0] :]
    )


def truncate(chance: random.Random, given: Body, _: Body) -> Body:
    """It ends at any byte."""
    return replace(given, body=given.body[: _chunk(chance, given.body, 1)[0]])


def storm(chance: random.Random, given: Body, _: Body) -> Body:
    """Tags that nobody balanced: many of one kind, or of all."""
    many = chance.choice((1, 30, 300, 3_000))
    tags = [chance.choice(TAGS)] * many if chance.random() < 0.5 else chance.choices(TAGS, k=many)
    return _insert(chance, given, b"".join(tags))


def nest(chance: random.Random, given: Body, _: Body) -> Body:
    """Elements in elements, closed or not."""
    deep, tag = (
        chance.choice((10, 300, 3_000, 30_000)),
        chance.choice((b"div", b"span", b"b", b"ul><li", b"table><tr><td")),
    )
    closing = b"</" + tag.partition(b">")[0] + b">"
    return _insert(chance, given, (b"<" + tag + b">") * deep + b"x" + closing * (deep if chance.random() < 0.5 else 0))


def attributes(chance: random.Random, given: Body, _: Body) -> Body:
    """Tags with too many attributes, or with too long ones."""
    many = chance.choice((50, 1_000, 10_000))
    told = b" ".join(b"%s%d='%d'" % (chance.choice((b"a", b"data-", b"class", b"id")), n, n) for n in range(many))
    long = b"class='" + b"author views " * many + b"'"
    return _insert(
        chance, given, (b"<p " + (told if chance.random() < 0.7 else long) + b">") * chance.choice((1, 1, 5))
    )


def bait(chance: random.Random, given: Body, _: Body) -> Body:
    """What regular expressions look for, again and again."""
    words = chance.choices(BAIT, k=chance.choice((1, 2, 3)))
    return _insert(chance, given, "".join(words).encode() * chance.choice((1, 20, 500, 5_000)))


def raw(chance: random.Random, given: Body, _: Body) -> Body:
    """Bytes that belong to no text."""
    for _number in range(chance.choice((1, 5, 50))):
        given = _insert(chance, given, chance.choice(RAW) * chance.choice((1, 2, 100)))
    return given


def relabel(chance: random.Random, given: Body, _: Body) -> Body:
    """A wrong label, or another encoding under the old one."""
    content_type = f"text/html; charset={chance.choice(LABELS)}"
    if chance.random() < 0.5:
        return replace(given, content_type=content_type)
    text = given.body.decode("utf-8", "replace").encode(chance.choice(CODECS), "replace")
    return replace(given, body=text, content_type=content_type if chance.random() < 0.3 else None)


def linked_data(chance: random.Random, given: Body, other: Body) -> Body:
    """JSON-LD spoilt: bytes flipped, cut, baited, nested, padded."""
    start = found.end() if (found := _LINKED_DATA.search(given.body)) else 0
    if not start:
        story = b'{"@type":"NewsArticle","headline":"x","author":[{"name":"y"}]}'
        block = b'<script type="application/ld+json">' + story + b"</script>"
        return linked_data(chance, replace(given, body=block + given.body), other)
    end = given.body.find(b"</script", start)
    end = len(given.body) if end < 0 else end
    deep = chance.choice((5, 1_000, 100_000))
    nested = replace(given, body=chance.choice((b'{"@graph":[', b"[", b'{"author":', b" ", b'"author":[')) * deep)
    inner = replace(given, body=given.body[start:end])
    spoil = chance.choice((flip, delete, duplicate, truncate, bait, raw, splice))
    spoilt = nested if chance.random() < 0.3 else spoil(chance, inner, inner)
    return replace(given, body=given.body[:start] + spoilt.body + given.body[end:])


def compressed(chance: random.Random, given: Body, _: Body) -> Body:
    """A content coding that is broken, cut short, or not there."""
    body = gzip.compress(given.body, 1)
    body = chance.choice((body, body[: chance.randrange(len(body))], given.body, body + b"\0" * 50))
    return replace(
        given, body=body, content_encoding=chance.choice(("gzip", "gzip", "br", "zstd", "deflate", "gzip, gzip", "x"))
    )


MUTATORS: tuple[Mutator, ...] = (
    *(
        flip,
        delete,
        duplicate,
        splice,
        truncate,
        storm,
        nest,
        attributes,
        bait,
        bait,
        raw,
        relabel,
        linked_data,
        linked_data,
    ),
)


def mutate(chance: random.Random, given: Body, other: Body) -> tuple[Body, str]:
    """The body spoilt in one way or several, and their names."""
    mutators = chance.choices(MUTATORS, k=chance.choice((1, 1, 2, 3)))
    if chance.random() < 0.03:
        mutators.append(compressed)  # last: nothing more can be spoilt within
    for mutator in mutators:
        given = mutator(chance, given, other)
    return given, " + ".join(mutator.__name__ for mutator in mutators)


def _chunk(chance: random.Random, body: bytes, longest: int) -> tuple[int, int]:
    start = chance.randrange(len(body) + 1)
    return start, start + chance.randrange(1, longest + 1)


def _insert(chance: random.Random, given: Body, what: bytes) -> Body:
    at = chance.randrange(len(given.body) + 1)
    return replace(given, body=given.body[:at] + what + given.body[at:])
