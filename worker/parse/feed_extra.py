"""What else an item says, kept as data: media, podcasting, places, comments, Dublin Core and other modules.

One flat mapping, `ParsedEntry.extra`, of what JSON can hold. Names are `prefix_name` in lower case, as in
`itunes_duration`, `podcast_transcript`, `media_content`, `slash_comments`, `thr_total`, `dc_rights`, `georss_point`. An
element that holds nothing but text is a string; one with attributes or elements of its own is in a list of mappings,
its text under `text`. Every address in it is absolute and http(s) alone. Names of Dateline's own: `enclosures`,
`image`, `authors`, `source`, `comments`, `tags` once it is stored, and `doubtful_dates`: what stood where a date should
and was not believed.
A counter of views among them is the feed's word about its own numbers, never a view count of the article.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from worker.parse.feed_fields import clean_line, clean_url
from worker.parse.feed_xml import NAMESPACES

MAX_EACH = 20  # elements kept of one name
MAX_NAMES = 50
MAX_SIZE = 32_000  # characters kept of one entry, names included
MAX_NESTED = 3  # levels
MAX_VALUE = 1000  # characters of one string

PREFIXES = {address.rstrip("/#").lower(): prefix for prefix, address in NAMESPACES.items()} | {
    "https://podcastindex.org/namespace/1.0": "podcast",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "http://search.yahoo.com/mrss": "media",
    "http://www.georss.org/georss": "georss",
    "http://www.w3.org/2003/01/geo/wgs84_pos": "geo",
    "http://www.opengis.net/gml": "gml",
    "http://prismstandard.org/namespaces/basic/2.0": "prism",
    "http://prismstandard.org/namespaces/1.2/basic": "prism",
    "http://creativecommons.org/ns": "cc",
    "http://backend.userland.com/creativecommonsrssmodule": "cc",
    "http://www.google.com/schemas/play-podcasts/1.0": "googleplay",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "sitemap",
    "http://www.w3.org/1999/xhtml": "xhtml",
}
KNOWN = frozenset(PREFIXES.values()) - {"atom", "rss", "rdf", "content", "sy"}
# What Dateline reads itself, and texts as long as an article.
READ = frozenset(
    {
        *("content_encoded", "content_items", "itunes_summary", "itunes_image", "itunes_author", "itunes_subtitle"),
        *("dc_title", "dc_creator", "dc_date", "dc_subject", "dc_language", "dc_description", "dcterms_created"),
        *(
            "dcterms_modified",
            "dcterms_issued",
            "xhtml_body",
            "xhtml_div",
            "xhtml_link",
            "news_news",
            "body_body",
            "body_div",
        ),
    }
)
GROUPS = frozenset({"media_group", "media_community"})  # around elements that say the same by themselves
CORE = frozenset({"", "rss", "atom", "rdf", "sitemap"})  # the formats' own namespaces
ADDRESSES = frozenset(
    {
        *("url", "href", "src", "uri", "comments", "wfw_comment", "wfw_commentrss", "feedburner_origlink", "image_loc"),
        *("video_thumbnail_loc", "video_content_loc", "video_player_loc"),
    }
)


def extra_of(item: etree._Element, bases: Sequence[str | None]) -> dict[str, object]:
    """The elements of an item that no format of feeds defines itself, bounded in number and size."""
    kept: dict[str, object] = {}
    left = MAX_SIZE
    for element in _foreign(item, 0):
        name = _name(element)
        value = _value(element, bases, MAX_NESTED)
        before = kept.get(name)
        if not value or (before is None and len(kept) >= MAX_NAMES) or (left := left - _size(name, value)) < 0:
            continue
        if isinstance(value, str):
            kept.setdefault(name, value)
        elif before is None:
            kept[name] = [value]
        elif isinstance(before, list) and len(before) < MAX_EACH:
            before.append(value)
    return kept


def extra_of_names(found: Mapping[str, Any], bases: Sequence[str | None]) -> dict[str, object]:
    """The same of feedparser's answer, for a feed that is no XML: of repeated elements it knows the last alone."""
    kept: dict[str, object] = {}
    left = MAX_SIZE
    for name, printed in found.items():
        if str(name).partition("_")[0] not in KNOWN or name in READ or len(kept) >= MAX_NAMES:
            continue
        parts = [part for part in (printed if isinstance(printed, list) else [printed]) if isinstance(part, Mapping)]
        value: object = [one for part in parts[:MAX_EACH] if (one := kept_of(part, bases))] or _said(
            name, printed, bases
        )
        if value and (left := left - _size(name, value)) >= 0:
            kept[name] = value
    return kept


def kept_of(found: Mapping[str, Any], bases: Sequence[str | None]) -> dict[str, str]:
    """One enclosure or the like: its strings bounded, its address (as `url`) absolute and http(s), or left out."""
    kept: dict[str, str] = {}
    for name, value in list(found.items())[:MAX_EACH]:
        if name in {"href", "url"}:
            if url := clean_url(value, *bases):
                kept["url"] = url
        elif name != "rel" and (text := clean_line(value, MAX_VALUE)):
            kept[str(name)[:50]] = text
    return kept


def _foreign(parent: etree._Element, depth: int) -> Iterator[etree._Element]:
    for element in parent.iterchildren("{*}*"):
        name = _name(element)
        if name in GROUPS and depth < MAX_NESTED:
            yield from _foreign(element, depth + 1)
        elif name not in READ and name.partition("_")[0] not in CORE:
            yield element


def _name(element: etree._Element) -> str:
    """`prefix_name`, the prefix the usual one of its namespace; "" before the name where it has none."""
    namespace, _, local = str(element.tag).rpartition("}")
    address = namespace.lstrip("{").rstrip("/#").lower()
    undeclared, _, local = local.rpartition(":")  # a prefix that nobody declared stays in the name
    prefix = PREFIXES.get(address, (element.prefix or "") if address else undeclared)
    return f"{prefix}_{local}"[:100].lower()


def _value(element: etree._Element, bases: Sequence[str | None], depth: int) -> str | dict[str, Any]:
    name = _name(element)
    text = _said(name, element.text, bases)
    kept: dict[str, Any] = {}
    for attribute, printed in list(element.attrib.items())[:MAX_EACH]:
        plain = str(attribute).rpartition("}")[2].rpartition(":")[2].lower()[:50]
        if said := _said(plain, printed, bases):
            kept["url" if plain in {"href", "src", "uri"} else plain] = said
    for child in list(element.iterchildren("{*}*"))[:MAX_EACH] if depth else ():
        if inner := _value(child, bases, depth - 1):
            kept.setdefault(_name(child).removeprefix("_"), inner)
    if not kept:
        return text
    return kept | ({"text": text} if text else {})


def _said(name: str, printed: object, bases: Sequence[str | None]) -> str:
    return clean_url(printed, *bases) or "" if name in ADDRESSES else clean_line(printed, MAX_VALUE)


def _size(name: str, value: object) -> int:
    return len(name) + len(str(value))
