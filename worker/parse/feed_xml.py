"""An XML feed made fit to read: what surrounds it cut off, what is nearly XML mended, its items told apart."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from html.entities import html5

import xxhash
from lxml import etree

from dateline.errors import ReadError

PREAMBLE = 64 * 1024  # characters in which the root element must begin
SHORT = 1000  # characters left of a short field: feedparser takes seconds over an author of 32 kB
MAX_ATTRIBUTES = 100  # left of an element: feedparser takes time by their square
RESOURCE_LIMIT = 114  # libxml2's error code for too deep and too long

ROOT = re.compile(
    # An alternative that may fail to close ends at the text's end too, or it would be tried again from every opening.
    r"<!--.*?(?:-->|\Z)|<!DOCTYPE[^>\[]{0,1000}(?:\[[^\]]{0,8000}\]\s*)?>"
    r"|<(?P<html>html)\b|<(?P<root>(?:[\w.-]{1,40}:)?(?:rss|rdf|feed|channel|entry|urlset|sitemapindex))\b",
    re.IGNORECASE | re.DOTALL,
)
FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # by XML 1.0, section 2.2
DECLARED_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]{1,50})\s+["']([^"'&<%]{0,50})["']\s*>""")
LOOSE_ENDS = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?:#(\d{1,9}|[xX][0-9a-fA-F]{1,7})|([A-Za-z][\w.-]{0,40}));|&",
    re.DOTALL,
)
PREFIX = re.compile(r"<([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
BARE_VALUE = re.compile(r"""(\s[\w:.-]+=)([^\s"'<>=]+)(?=[\s>])""")
LONG_FIELD = re.compile(
    r"(<(?:[\w.-]+:)?(?:author|creator|managingEditor|webMaster|publisher|owner|contributor|name|email|pubDate|date)"
    r"\b[^<>]{0,500}>(?:<!\[CDATA\[)?[^<]{1000})[^<\]]+"
)
LONG_TAG = re.compile(r"(<[A-Za-z][\w:.-]{0,60})\s[^<>]{5000,}>")  # of thousands of attributes
XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
SHORT_FIELDS = tuple(
    f"{{*}}{name}"
    for name in (
        *("author", "creator", "managingEditor", "webMaster", "publisher", "owner", "contributor", "name", "email"),
        *("pubDate", "date", "published", "updated", "issued", "modified", "created", "lastBuildDate", "ttl"),
    )
)
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://backend.userland.com/rss",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "video": "http://www.google.com/schemas/sitemap-video/1.1",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item's element, with the hash of its own bytes and the two fields that its identity rests on, as printed."""

    element: etree._Element
    hash: bytes
    guid: str
    link: str


def feed_text(text: str) -> str:
    """The feed alone: from its root's tag to its end, without declaration, document type, and what a server added.

    Entities that the document type declares plainly are put in. Raises ReadError where no feed begins.
    """
    if root := find_root(text):
        start = root.start("root") - 1
        end = text.rfind(f"</{root['root']}")
        close = text.find(">", end) if end > start else -1
        return _with_declared_entities(text[start : close + 1] if close > 0 else text[start:], text[:start])
    page = re.search(r"<(?:!doctype\s+)?html\b", text[:PREAMBLE], re.IGNORECASE)
    what = "a web page" if page else "no feed of a known format"
    raise ReadError(
        f"this is {what}, not a feed",
        stage="reading feed",
        remedy="give the feed's own address (RSS, Atom or JSON Feed), or the page's to have its feeds found",
    )


def find_root(text: str) -> re.Match[str] | None:
    """Where a feed's root begins (group `root` is its name), past comments and document type; None in a web page."""
    for found in ROOT.finditer(text[:PREAMBLE]):
        if found["html"]:
            return None
        if found["root"]:
            return found
    return None


def parse_xml(text: str) -> etree._Element | None:
    """The tree of a feed that is XML, or nearly so; None when it is not well-formed even when mended.

    Entities stay unresolved, nothing is loaded. Raises ReadError for one nested or sized beyond libxml2's limits.
    """
    root, fault = _parse(text)
    if root is None and fault != RESOURCE_LIMIT:
        root, fault = _parse(mended(text))
    if fault == RESOURCE_LIMIT:
        raise ReadError(
            "the feed is nested too deeply or has a field beyond 10 MB",
            stage="reading feed",
            remedy="its publisher has to mend it; no reader of feeds takes such a document",
        )
    return root


def mended(text: str) -> str:
    """The text of nearly XML made well-formed, where entities, characters or prefixes were at fault."""
    return _declare_prefixes(LOOSE_ENDS.sub(_mend, FORBIDDEN.sub("", text)))


def find_items(root: etree._Element) -> list[Item]:
    """The items of a feed in document order: children of the root or of a channel, or the root if it is an entry."""
    if _name(root) == "entry":
        return [_item(root)]
    parents = [root, *(child for child in root.iterchildren("{*}*") if _name(child) == "channel")]
    elements = (child for parent in parents for child in parent.iterchildren("{*}*"))
    found = {element: None for element in elements if _name(element) in {"item", "entry"}}
    return [_item(element) for element in found]


def with_only(root: etree._Element, items: Collection[Item], fresh: Collection[Item]) -> bytes:
    """The document's bytes (UTF-8) with no `items` but the `fresh` ones, its short fields and attributes bounded.

    Markup goes out as CDATA: of each escaped character expat makes an event of its own, and feedparser takes three
    times as long over them.
    """
    wanted = {item.element for item in fresh}
    for item in items:
        if item.element not in wanted and (parent := item.element.getparent()) is not None:
            parent.remove(item.element)
    for element in wanted:
        for child in element.iterchildren("{*}*"):
            if child.text and ("<" in child.text or "&" in child.text) and "]]>" not in child.text:
                child.text = etree.CDATA(child.text)
    for element in root.iter("{*}*"):
        if len(element.attrib) > MAX_ATTRIBUTES:
            kept = list(element.attrib.items())[:MAX_ATTRIBUTES]
            element.attrib.clear()
            element.attrib.update(kept)
    for field in root.iter(*SHORT_FIELDS):
        if field.text and len(field.text) > SHORT:
            field.text = field.text[:SHORT]
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def cut_long_fields(text: str) -> str:
    """The same cuts for a text that is no XML tree."""
    return LONG_TAG.sub(r"\1>", LONG_FIELD.sub(r"\1", text))


def _parse(text: str) -> tuple[etree._Element | None, int]:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser), 0
    except etree.XMLSyntaxError as error:
        return None, getattr(error, "code", None) or 1


def _item(element: etree._Element) -> Item:
    own_bytes = etree.tostring(element, encoding="utf-8", with_tail=False)
    guid = link = ""
    for child in element.iterchildren("{*}guid", "{*}id"):
        guid = guid or (child.text or "").strip()
    for child in element.iterchildren("{*}link"):
        link = link or (child.text or child.get("href") or "").strip()
    return Item(element, xxhash.xxh3_128_digest(own_bytes), guid, link)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _with_declared_entities(feed: str, prolog: str) -> str:
    declared = dict(DECLARED_ENTITY.findall(prolog)[:50]) if "<!ENTITY" in prolog else {}
    if not declared:
        return feed
    return re.sub(r"&([\w.-]{1,50});", lambda found: declared.get(found[1], found[0]), feed)


def _mend(found: re.Match[str]) -> str:
    """One loose end: an HTML entity becomes its character, a bare ampersand is escaped, a forbidden number goes."""
    number, name = found[1], found[2]
    if number:
        point = int(number[1:], 16) if number[0] in "xX" else int(number)
        allowed = (
            point in {9, 10, 13} or 0x20 <= point < 0xD800 or (0xE000 <= point <= 0x10FFFF and point & 0xFFFE != 0xFFFE)
        )
        return found[0] if allowed else ""
    if name:
        return found[0] if name in XML_ENTITIES else html5.get(f"{name};", f"&amp;{name};")
    return "&amp;" if found[0] == "&" else found[0]


def _declare_prefixes(text: str) -> str:
    """Namespace prefixes that are used and never declared are declared on the root."""
    used = {prefix for pair in PREFIX.findall(text) for prefix in pair if prefix} - {"xml", "xmlns"}
    missing = sorted(prefix for prefix in used if f"xmlns:{prefix}=" not in text)[:50]
    # Attributes without quotation marks are mended on the root alone: elsewhere the tolerant parser has its turn.
    text = re.sub(r"^<[^<>]{0,2000}>", lambda root: BARE_VALUE.sub(r'\1"\2"', root[0]), text, count=1)
    declarations = "".join(f' xmlns:{prefix}="{NAMESPACES.get(prefix.lower(), "urn:" + prefix)}"' for prefix in missing)
    return re.sub(r"^<[\w:.-]+", lambda root: root[0] + declarations, text, count=1)
