"""Sitemaps (https://www.sitemaps.org/protocol.html) read as feeds: lists of pages, Google News lists, and indexes.

A feed kind of their own: "news_sitemap" (news:news: title, publication date, language, keywords), "sitemap" (addresses,
and when they changed; plain text ones too) and "sitemap_index", whose entries are other sitemaps. The document is
streamed, its entities and the network off. A site's whole archive stands in such a list, so only the newest KEPT
addresses of it leave the parser: those with a date newest first, then, since nobody can tell where a site adds new
ones, as many from the beginning as from the end of those without.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import xxhash
from lxml import etree

from dateline.errors import ReadError
from dateline.nouns.feeds import ParsedEntry, ParsedFeed
from worker.parse.feed_dates import believed, parse_date
from worker.parse.feed_extra import extra_of
from worker.parse.feed_fields import clean_line, clean_tags, clean_url
from worker.parse.feed_xml import mended

SITEMAP, NEWS_SITEMAP, SITEMAP_INDEX = KINDS = ("sitemap", "news_sitemap", "sitemap_index")
MAX_URLS = 50_000  # of one document, by the protocol
KEPT = 5_000  # of them that leave the parser
MAX_LINES = 60_000  # of a plain text sitemap
OLDEST = datetime.min.replace(tzinfo=UTC)
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
ROBOTS_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
NEWS_NAME = re.compile(r"news|nachricht|noticia|notizie|actu|latest|recent", re.IGNORECASE)
# By their names lists of what is no article: sections, persons, pictures, shops.
NO_ARTICLES = re.compile(
    r"(?:categor|(?<![a-z])tags?(?![a-z])|taxonom|author|users?(?![a-z])|people|(?<![a-z])pages?-|-page-|image|photo"
    r"|galler|video|product|attachment|place|hub|section|topic|static|podcast)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a sitemap; `dated` is when its page was published, else when it changed."""

    entry: ParsedEntry
    dated: datetime | None


def read_sitemap(text: str, *, url: str, known: Collection[bytes], now: datetime | None) -> ParsedFeed:
    """Read a sitemap whose text begins with its root, without the entries whose hash is in `known`.

    What is broken or cut off is read as far as it goes, with the `error`. Raises ReadError where nothing can be read.
    """
    places, error = _streamed(text, url, now)
    if error:
        more, still = _streamed(mended(text), url, now, recover=True)
        places, error = (more, still) if len(more) > len(places) else (places, error)
    if error and not places:
        raise ReadError(
            f"the sitemap cannot be read: {error}", stage="reading feed", remedy="its publisher has to mend it"
        )
    if len(places) > MAX_URLS:
        error = error or f"only the first {MAX_URLS:,} of its addresses were read"
    index = re.match(r"<(?:[\w.-]+:)?sitemapindex\b", text, re.IGNORECASE) is not None
    news = not index and any(place.entry.title or place.entry.published_at for place in places)
    kind = SITEMAP_INDEX if index else NEWS_SITEMAP if news else SITEMAP
    return _feed(kind, places[:MAX_URLS], known, error)


def read_text_sitemap(text: str, *, url: str, content_type: str | None, known: Collection[bytes]) -> ParsedFeed | None:
    """A plain text sitemap: an http(s) address on every line and nothing else. None where it is not one."""
    label = (content_type or "").partition(";")[0].strip().lower()
    if label != "text/plain" and not (label in {"", "application/octet-stream"} or urlsplit(url).path.endswith(".txt")):
        return None
    lines = [line.strip() for line in text[: MAX_LINES * 200].splitlines()[:MAX_LINES] if line.strip()]
    if not lines or not all(map(ADDRESS.fullmatch, lines)):
        return None
    places = [Place(_entry(address), None) for line in lines if (address := clean_url(line))]
    return _feed(SITEMAP, places[:MAX_URLS], known, "")


def named_in_robots(text: str, url: str) -> list[str]:
    """The sitemaps that a robots.txt names (RFC 9309, 2.2.4), the best candidates for news first.

    Those of news alone, where any is called so; never such as list pictures, sections or the like by their names.
    """
    found = dict.fromkeys(address for line in ROBOTS_LINE.findall(text) if (address := clean_url(line, url)))
    news = [address for address in found if NEWS_NAME.search(urlsplit(address).path)]
    return news or [address for address in found if lists_articles(address)]


def lists_articles(url: str) -> bool:
    """Whether a sitemap's name lets one hope for articles."""
    name = urlsplit(url).path + "?" + urlsplit(url).query
    return not NO_ARTICLES.search(name) or NEWS_NAME.search(name) is not None


def _streamed(text: str, url: str, now: datetime | None, *, recover: bool = False) -> tuple[list[Place], str]:
    """The addresses, one more than the protocol allows at most, and what ended the reading early."""
    places: list[Place] = []
    parsing = etree.iterparse(
        io.BytesIO(text.encode("utf-8", "replace")),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    try:
        for _, element in parsing:
            parent = element.getparent()
            if parent is None or parent.getparent() is not None:
                continue  # within another element: of an extension
            if place := _place(element, url, now):
                places.append(place)
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
            if len(places) > MAX_URLS:
                break
    except etree.XMLSyntaxError as error:
        return places, f"it is broken after {len(places):,} addresses ({str(error.msg)[:200]})"
    if recover and parsing.error_log:
        return places, f"it is not well-formed ({str(parsing.error_log[0].message)[:200]})"
    return places, ""


def _place(element: etree._Element, url: str, now: datetime | None) -> Place | None:
    said = dict(_said(element))
    address = clean_url(said.get("loc"), url)
    if address is None:
        return None
    published = believed(parse_date(said.get("publication_date")), now)
    updated = believed(parse_date(said.get("lastmod")), now)
    extra = extra_of(element, (url,)) if len(element) > 2 else {}
    for field in ("genres", "access", "stock_tickers"):
        if line := clean_line(said.get(field), 500):
            extra[f"news_{field}"] = line
    if publication := clean_line(said.get("name"), 200):
        extra["news_publication"] = publication
    printed = {"published": (said.get("publication_date"), published), "updated": (said.get("lastmod"), updated)}
    if doubtful := {name: clean_line(text, 200) for name, (text, when) in printed.items() if text and not when}:
        extra["doubtful_dates"] = doubtful
    entry = _entry(
        address,
        title=clean_line(said.get("title")),
        language=clean_line(said.get("language"), 35) or None,
        tags=clean_tags(re.split(r"[,;]", said.get("keywords", "")[:10_000])),
    )
    dated = str(said.get("lastmod")), str(said.get("publication_date"))
    digest = xxhash.xxh3_128_digest("\0".join((address, entry.title, *dated, *entry.tags)).encode("utf-8", "replace"))
    entry = replace(entry, item_hash=digest, published_at=published, updated_at=updated, extra=extra)
    return Place(entry, published or updated)


def _said(element: etree._Element) -> Iterator[tuple[str, str]]:
    """The texts of an address: its own, and those of news:news, whose prefix may be undeclared."""
    for child in element.iterchildren("{*}*"):
        name = _name(child)
        if name in {"loc", "lastmod"}:
            yield name, (child.text or "").strip()
        elif name == "news":
            yield from ((_name(inner), (inner.text or "").strip()) for inner in child.iterdescendants("{*}*"))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _entry(address: str, title: str = "", language: str | None = None, tags: tuple[str, ...] = ()) -> ParsedEntry:
    digest = xxhash.xxh3_128_digest(address.encode("utf-8", "replace"))
    return ParsedEntry(key=address, item_hash=digest, url=address, title=title, language=language, tags=tags)


def _feed(kind: str, places: Sequence[Place], known: Collection[bytes], error: str) -> ParsedFeed:
    kept = _newest(list({place.entry.key: place for place in places}.values()))
    publications = (str(place.entry.extra.get("news_publication", "")) for place in kept)
    return ParsedFeed(
        kind=kind,
        title=next(filter(None, publications), ""),
        language=next((place.entry.language for place in kept if place.entry.language), None),
        entries=tuple(place.entry for place in kept if place.entry.item_hash not in known),
        seen=tuple(place.entry.item_hash for place in kept if place.entry.item_hash in known),
        total=len(kept),
        error=error,
    )


def _newest(places: Sequence[Place]) -> list[Place]:
    dated = sorted((place for place in places if place.dated), key=lambda place: place.dated or OLDEST, reverse=True)
    others = [place for place in places if not place.dated]
    room = max(0, KEPT - len(dated))
    if len(others) > room:
        others = others[: room - room // 2] + (others[-(room // 2) :] if room > 1 else [])
    return [*dated[:KEPT], *others]
