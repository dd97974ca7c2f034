"""Lists of feeds as OPML (http://opml.org/spec2.opml): read leniently, written plainly, folders being tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from itertools import islice

from lxml import etree

from dateline.errors import ReadError
from worker.parse.encoding import decode_xml
from worker.parse.feed_fields import clean_line, clean_tags, clean_url
from worker.parse.feed_xml import FORBIDDEN, parse_xml

MAX_BYTES = 16 * 1024 * 1024
MAX_FEEDS = 100_000
MAX_FOLDERS = 10  # levels that become tags
START = re.compile(r"<opml\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One feed of a list. `tags` are its folders, outermost first, and its categories."""

    url: str
    title: str = ""
    site_url: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpmlList:
    """What a list holds: its feeds, and what stands in it as if it were one but has no http(s) address."""

    feeds: tuple[OpmlFeed, ...]
    passed_over: tuple[str, ...] = ()  # the address as printed, or the name of an outline without one


def read_opml(body: bytes) -> OpmlList:
    """The feeds of an OPML file in its order, each address once (the tags of repeated ones are joined).

    An outline that is a folder needs no address; any other without one is passed over and told. Raises ReadError when
    it is no OPML, or too large.
    """
    remedy = "export the list again from the reader it came from, as OPML"
    if len(body) > MAX_BYTES:
        raise ReadError(f"the list is larger than {MAX_BYTES // 2**20} MB", stage="reading OPML", remedy=remedy)
    text = decode_xml(body)
    start = START.search(text)
    try:
        root = parse_xml(FORBIDDEN.sub("", text[start.start() :])) if start else None
    except ReadError as error:
        raise ReadError("the list is nested too deeply", stage="reading OPML", remedy=remedy) from error
    if root is None:
        what = "broken: it is not well-formed XML" if start else "not an OPML file"
        raise ReadError(f"this is {what}", stage="reading OPML", remedy=remedy)
    feeds: dict[str, OpmlFeed] = {}
    passed_over: list[str] = []
    for outline in root.iter("{*}outline"):
        attributes = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        if not (url := clean_url(attributes.get("xmlurl"))):
            if attributes.get("xmlurl") or outline.find("{*}outline") is None:
                passed_over.append(_unusable(attributes))
            continue
        tags = [*_folders(outline), *_categories(attributes.get("category", ""))]
        before = feeds.get(url)
        feeds[url] = OpmlFeed(
            url=url,
            title=before.title if before else clean_line(attributes.get("title") or attributes.get("text")),
            site_url=before.site_url if before else clean_url(attributes.get("htmlurl")),
            tags=clean_tags([*(before.tags if before else ()), *tags]),
        )
        if len(feeds) + len(passed_over) > MAX_FEEDS:
            raise ReadError(f"the list has more than {MAX_FEEDS:,} feeds", stage="reading OPML", remedy="split it")
    return OpmlList(tuple(feeds.values()), tuple(passed_over))


def write_opml(feeds: Iterable[OpmlFeed], *, title: str, now: datetime) -> bytes:
    """An OPML 2.0 file of these feeds, each once, its tags in `category` (a feed may have many, and folders nest)."""
    root = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(root, "head"), etree.SubElement(root, "body")
    etree.SubElement(head, "title").text = _plain(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    for feed in {feed.url: feed for feed in feeds}.values():
        name = _plain(feed.title or feed.url)
        outline = etree.SubElement(body, "outline", type="rss", text=name, title=_plain(feed.title))
        outline.set("xmlUrl", feed.url)
        if feed.site_url:
            outline.set("htmlUrl", feed.site_url)
        if feed.tags:
            # A comma parts categories and a slash before them makes them paths: neither can stand in a tag.
            outline.set("category", ",".join(_plain(tag).replace(",", " ").lstrip("/ ") for tag in feed.tags))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _unusable(attributes: dict[str, str]) -> str:
    """What to call an outline that has no usable address."""
    names = (attributes.get(name) for name in ("xmlurl", "title", "text", "url", "htmlurl"))
    return next((line for name in names if (line := clean_line(name, 300))), "an outline without a name")


def _folders(outline: etree._Element) -> list[str]:
    """The names of the outlines around it, outermost first."""
    around = list(islice(outline.iterancestors("{*}outline"), MAX_FOLDERS))
    return [clean_line(folder.get("text") or folder.get("title"), 200) for folder in reversed(around)]


def _categories(printed: str) -> list[str]:
    """Of "/Boston/Weather,Harvard" the tags Boston, Weather and Harvard."""
    parts = [part.strip() for part in printed[:4000].split(",")]
    return [tag for part in parts for tag in (part.split("/") if part.startswith("/") else [part])]


def _plain(text: str) -> str:
    return FORBIDDEN.sub("", text)
