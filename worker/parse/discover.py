"""The feeds that a home page names: its alternate links, else plain links to what is clearly a feed, else sitemaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from dateline.nouns.feeds import DiscoveredFeed
from worker.parse.encoding import decode_html, decode_xml
from worker.parse.feed_fields import clean_line, clean_url
from worker.parse.feed_xml import PREAMBLE, find_root
from worker.parse.sitemap import SITEMAP, named_in_robots

MAX_HTML = 4 * 1024 * 1024  # characters
MAX_FEEDS = 50
ROBOTS = "/robots.txt"
MAX_ROBOTS = 500 * 1024  # bytes; RFC 9309, 2.5

TYPES = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rdf",
    "application/feed+json": "json",
}
# Types that others use too: believed only beside an address that looks like a feed's.
VAGUE_TYPES = {"application/json": "json", "application/xml": "", "text/xml": "", "application/rss": "rss"}
FEED_ADDRESS = re.compile(
    r"(?:/(?:feeds?|rss|atom)(?:/[\w-]{1,40})?/?|[/.](?:rss|atom|rdf)|/(?:feed|rss|atom|index)\.(?:xml|json))"
    r"(?:\?[^#]{0,200})?$",
    re.IGNORECASE,
)
COMMENTS = re.compile(
    r"/comments?/|[?&/]comments?[-_=/]?feed|comments?/?$|^comments?\b|\bcomments? feed\b", re.IGNORECASE
)


def discover_feeds(html: bytes, *, url: str, content_type: str | None = None) -> tuple[DiscoveredFeed, ...]:
    """The feeds a page names, in its order, each once, absolute and http(s) alone; feeds of comments only if no other.

    `url` is the page's address. Feeds in `<link rel=alternate>` count; where there are none, plain links whose address
    is clearly a feed's, then `<link rel=sitemap>`. A front page without any of these names its site's robots.txt, and
    that the sitemaps which stand in it. Never fails: a page that cannot be read names none.
    """
    if urlsplit(url).path == ROBOTS:
        named = named_in_robots(html[:MAX_ROBOTS].decode("utf-8", "replace"), url)
        return tuple(DiscoveredFeed(url=address, kind=SITEMAP) for address in named[:MAX_FEEDS])
    # Null bytes end lxml's reading early.
    source = decode_html(html, content_type)[:MAX_HTML].replace("\0", "")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return ()
    if root is None:
        return ()
    bases = [element.get("href") for element in root.iter("base")]
    base = clean_url(next((href for href in bases if href), None), url) or url
    for look in (_alternates, _anchors, _sitemaps):
        if found := _chosen(look(root, base)):
            return found
    robots = clean_url(ROBOTS, url) if urlsplit(url).path in {"", "/"} else None
    return (DiscoveredFeed(url=robots),) if robots else ()


def looks_like_feed(body: bytes, content_type: str | None = None) -> bool:
    """Whether a body is to be read as a feed rather than as a page: by what it begins with, whatever it is called."""
    text = decode_xml(body[:PREAMBLE], content_type).lstrip("\ufeff \t\r\n\0")
    if text.startswith("{"):
        return "jsonfeed.org/version" in text.replace("\\/", "/") or "feed+json" in (content_type or "").lower()
    return find_root(text) is not None


def _alternates(root: etree._Element, base: str) -> Iterator[DiscoveredFeed]:
    for link in root.iter("link"):
        relations = (link.get("rel") or "").lower().split()
        href, media = link.get("href") or "", (link.get("type") or "").partition(";")[0].strip().lower()
        if "feed" not in relations and ("alternate" not in relations or "stylesheet" in relations):
            continue
        told = media in TYPES or "feed" in relations or (media in VAGUE_TYPES and FEED_ADDRESS.search(href.strip()))
        if told and (address := clean_url(href, base)):
            kind = TYPES.get(media) or VAGUE_TYPES.get(media, "")
            yield DiscoveredFeed(url=address, title=clean_line(link.get("title"), 300), kind=kind)


def _anchors(root: etree._Element, base: str) -> Iterator[DiscoveredFeed]:
    for link in root.iter("a"):
        href = link.get("href") or ""
        if FEED_ADDRESS.search(href.strip()[-400:]) and (address := clean_url(href, base)):
            yield DiscoveredFeed(url=address, title=clean_line("".join(map(str, link.itertext())), 300))


def _sitemaps(root: etree._Element, base: str) -> Iterator[DiscoveredFeed]:
    for link in root.iter("link"):
        if "sitemap" in (link.get("rel") or "").lower().split() and (address := clean_url(link.get("href"), base)):
            yield DiscoveredFeed(url=address, title=clean_line(link.get("title"), 300), kind=SITEMAP)


def _chosen(found: Iterator[DiscoveredFeed]) -> tuple[DiscoveredFeed, ...]:
    unique: dict[str, DiscoveredFeed] = {}
    for feed in found:
        unique.setdefault(feed.url, feed)
        if len(unique) == MAX_FEEDS:
            break
    stories = [feed for feed in unique.values() if not (COMMENTS.search(feed.url) or COMMENTS.search(feed.title))]
    return tuple(stories or unique.values())
