"""A feed's bytes to its entries: decode | find the feed | take out the items known | feedparser | identify.

RSS 0.9x to 2.0, RSS 1.0 (RDF) and Atom 0.3 and 1.0 go through feedparser, whose cost is proportional to the items: so
those whose bytes were read before are taken out first. JSON Feed is read beside it. What comes out is not sanitised.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import feedparser

from dateline.errors import ReadError
from dateline.nouns.feeds import ParsedFeed
from worker.fetch.decode import DecodeError, Decoder, TooLarge
from worker.parse.encoding import decode_xml
from worker.parse.feed_entries import Bases, author_of_feed, entry_from_feedparser, identified
from worker.parse.feed_fields import clean_line, clean_url
from worker.parse.feed_xml import Item, cut_long_fields, feed_text, find_items, mended, parse_xml, with_only
from worker.parse.jsonfeed import read_json_feed
from worker.parse.sitemap import read_sitemap, read_text_sitemap

MAX_BYTES = 32 * 1024 * 1024
MAX_ITEMS = 5_000
MAX_BROKEN = 4 * 1024 * 1024  # characters of a feed that is no XML: its parser is slow
PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}  # seconds
LONGEST_TTL = 31_536_000.0  # seconds
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_SINGLE = 100  # items that are read one by one, where one of them trips the library
GZIP = b"\x1f\x8b"
SITEMAP_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
ROOT_NAME = re.compile(r"<(?:[\w.-]+:)?(\w+)")
NUMBER = re.compile(r"\b\d{1,2}\b")
DAY = re.compile("|".join(DAYS), re.IGNORECASE)


def read_feed(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    known: Collection[bytes] = frozenset(),
    now: datetime | None = None,
) -> ParsedFeed:
    """Read a feed of any format, without the items whose hash is in `known`.

    `url` is where it was fetched from, for relative links ("" where that is not known); `content_type` the HTTP
    header; `now` when it was fetched, since dates beyond it are not believed. Raises ReadError when it is no feed; one
    readable in part comes with its `error`. At most MAX_ITEMS items are read. Formats: RSS 2.0, RSS 1.0, RFC 4287,
    JSON Feed 1.1, sitemaps; a gzip file of one of these.
    """
    body, cut = gunzipped(body)
    feed = _read_feed(body, url, content_type, known, now)
    return replace(feed, error=feed.error or cut) if cut else feed


def _read_feed(
    body: bytes, url: str, content_type: str | None, known: Collection[bytes], now: datetime | None
) -> ParsedFeed:
    if len(body) > MAX_BYTES:
        raise ReadError(
            f"the feed is larger than {MAX_BYTES // 2**20} MB",
            stage="reading feed",
            remedy="look whether its publisher offers a shorter one",
        )
    text = decode_xml(body, content_type).lstrip("\ufeff \t\r\n\0")
    if text.startswith(("{", "[")):
        return read_json_feed(text, url=url, known=known, max_items=MAX_ITEMS, now=now)
    if listed := read_text_sitemap(text, url=url, content_type=content_type, known=known):
        return listed
    text = feed_text(text)
    if SITEMAP_ROOT.match(text):
        return read_sitemap(text, url=url, known=known, now=now)
    root = parse_xml(text)
    if root is None:
        tolerated = cut_long_fields(mended(text[:MAX_BROKEN])).encode("utf-8", "replace")
        return _read(
            _feedparser(tolerated),
            text,
            url,
            known,
            error="not well-formed XML: read as far as it can be made out",
            now=now,
        )

    items = find_items(root)
    fresh = _fresh(items, known)
    error = f"only the first {MAX_ITEMS} of {len(items)} items were read" if len(items) > MAX_ITEMS else ""
    try:
        found = _feedparser(with_only(root, items, fresh))
    except ReadError as fault:
        found, fresh, error = _one_by_one(text, fresh, fault)
    return _read(found, text, url, known, items=items, fresh=fresh, error=error, now=now)


def _one_by_one(text: str, fresh: Sequence[Item], fault: ReadError) -> tuple[Mapping[str, Any], list[Item], str]:
    """Each item read in a document of its own, since one of them trips feedparser over all: that one alone is lost.

    Raises the fault anew when none can be read.
    """
    read: list[Item] = []
    entries: list[Any] = []
    answer: Mapping[str, Any] | None = None
    for item in fresh[:MAX_SINGLE]:
        if (root := parse_xml(text)) is None:
            break
        items = find_items(root)
        own = [one for one in items if one.hash == item.hash][:1]
        with contextlib.suppress(ReadError):
            found = _feedparser(with_only(root, items, own))
            if len(found["entries"]) == 1:
                answer = answer or found
                entries += found["entries"]
                read.append(item)
    if answer is None:
        raise fault
    return {**answer, "entries": entries}, read, f"{len(fresh) - len(read)} of {len(fresh)} items left out: {fault}"


def gunzipped(body: bytes) -> tuple[bytes, str]:
    """A body out of its gzip file, if it is one (`sitemap.xml.gz` comes as a file: no content coding tells it).

    With what was wrong, where the file is cut off or broken after a beginning. Raises ReadError for one that cannot be
    read at all, or holds more than MAX_BYTES or than a file of its size can.
    """
    if not body.startswith(GZIP):
        return body, ""
    decoder = Decoder("gzip", max_size=MAX_BYTES)
    pieces: list[bytes] = []
    try:
        pieces.extend(decoder.feed(body))
        pieces.extend(decoder.finish())
    except TooLarge:
        raise
    except DecodeError as error:
        return b"".join(pieces), str(error)
    return b"".join(pieces), ""


def _fresh(items: Sequence[Item], known: Collection[bytes]) -> list[Item]:
    """The items to be read: not known, not one printed twice, not beyond the bound."""
    first = {item.hash: item for item in reversed(items[:MAX_ITEMS]) if item.hash not in known}
    return [item for item in items[:MAX_ITEMS] if first.get(item.hash) is item]


def _feedparser(document: bytes) -> Mapping[str, Any]:
    """feedparser's answer. Always a stream: given bytes alone, it would open what looks like an address or a path."""
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        found: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:
        raise
    except Exception as error:  # a namespace with a space in it, say, ends the library in a ValueError
        raise ReadError(
            f"the feed's XML cannot be made out: {type(error).__name__}: {error}",
            stage="reading feed",
            remedy="open the feed in a validator; its publisher has to mend it",
        ) from error
    return found


def _read(
    found: Mapping[str, Any],
    text: str,
    url: str,
    known: Collection[bytes],
    *,
    items: Sequence[Item] = (),
    fresh: Sequence[Item] = (),
    error: str,
    now: datetime | None,
) -> ParsedFeed:
    """What feedparser found, as nouns. `fresh` are the items that it was given; none where the feed is no XML."""
    feed = _feed(found, text, url)
    bases = replace(_bases(found, feed, url), now=now)
    entries = found["entries"][:MAX_ITEMS]
    if len(entries) == len(fresh):
        pairs = zip(entries, fresh, strict=True)
        read = [entry_from_feedparser(entry, bases, item) for entry, item in pairs]
    else:  # no XML, or items where no format has them: only feedparser found them, and their bytes are not told apart
        read = [entry_from_feedparser(entry, bases) for entry in entries]
    if not (read or items or feed.title or found.get("version")):
        raise ReadError(
            "this looks like a feed, but nothing in it could be read" + (f" ({error})" if error else ""),
            stage="reading feed",
            remedy="open the address in a browser: a feed begins with <rss>, <feed> or <rdf:RDF>",
        )
    hashes = [*(item.hash for item in items), *(entry.item_hash for entry in read)]
    return replace(
        feed,
        entries=identified(
            (entry for entry in read if entry.item_hash not in known), [(item.guid, item.link) for item in items]
        ),
        seen=tuple(dict.fromkeys(digest for digest in hashes if digest in known)),
        total=max(len(items), len(read)),
        error=error,
    )


def _feed(found: Mapping[str, Any], text: str, url: str) -> ParsedFeed:
    """What the feed says of itself."""
    channel = found["feed"]
    links = [link for link in channel.get("links", ()) if isinstance(link, dict)]
    rel = {str(link.get("rel")): str(link.get("href") or "") for link in reversed(links)}
    self_url = clean_url(rel.get("self"), url)
    return ParsedFeed(
        kind=_kind(text),
        title=clean_line(channel.get("title")),
        url=clean_url(channel.get("link") or rel.get("alternate"), self_url, url),
        language=clean_line(channel.get("language"), 35) or None,
        ttl=_ttl(channel),
        skip_hours=frozenset(int(hour) % 24 for hour in NUMBER.findall(_between(text, "skipHours")) if int(hour) <= 24),
        skip_days=frozenset(DAYS.index(day.lower()) for day in DAY.findall(_between(text, "skipDays"))),
        hub_url=clean_url(rel.get("hub"), url),
        self_url=self_url,
    )


def _between(text: str, name: str) -> str:
    """The markup within the first element of this name; feedparser keeps only the last <hour> and <day> of them."""
    start = text.find(f"<{name}>")
    return text[start : max(text.find(f"</{name}>", start, start + 2000), start)] if start >= 0 else ""


def _kind(text: str) -> str:
    """The format by its root element, RSS where that has no other's name."""
    root = ROOT_NAME.match(text)
    return {"rdf": "rdf", "feed": "atom", "entry": "atom"}.get(root[1].lower() if root else "", "rss")


def _bases(found: Mapping[str, Any], feed: ParsedFeed, url: str) -> Bases:
    """RFC 4287 resolves against xml:base (feedparser's part), then the feed's address; RSS has the site's by custom."""
    if feed.kind == "atom":
        return Bases((url, feed.self_url, feed.url), feed.kind, author_of_feed(found["feed"]))
    return Bases((feed.url, url, feed.self_url), feed.kind)


def _ttl(channel: Mapping[str, Any]) -> float | None:
    """Seconds that the feed asks to be left alone: <ttl> in minutes, else the syndication module's period."""
    try:
        if channel.get("ttl"):
            seconds = float(channel["ttl"]) * 60
        elif channel.get("sy_updateperiod") or channel.get("sy_updatefrequency"):
            period = PERIODS[str(channel.get("sy_updateperiod") or "daily").strip().lower()]
            seconds = period / float(channel.get("sy_updatefrequency") or 1)
        else:
            return None
    except (ValueError, TypeError, KeyError, ZeroDivisionError, OverflowError):
        return None
    return min(seconds, LONGEST_TTL) if seconds > 0 else None
