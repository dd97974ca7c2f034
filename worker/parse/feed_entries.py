"""feedparser's answer turned into entries, and the rules that hold for every format: identity, doubles, bounds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import xxhash

from dateline.nouns.feeds import ParsedEntry
from worker.parse.feed_dates import believed, parse_date
from worker.parse.feed_extra import MAX_EACH, extra_of, extra_of_names, kept_of
from worker.parse.feed_fields import MAX_LINE, clean_line, clean_tags, clean_url
from worker.parse.feed_html import html_of_text, safe_html, text_of_title
from worker.parse.feed_xml import Item

ADDRESS = re.compile(r"(?:mailto:)?[^\s()<>,]+@[^\s()<>,]+")


@dataclass(frozen=True, slots=True)
class Bases:
    """What relative links are made absolute against, and what entries inherit from their feed."""

    urls: tuple[str | None, ...]
    kind: str
    author: str | None = None
    now: datetime | None = None  # when the document was fetched: dates beyond it are not believed


def entry_from_feedparser(found: Mapping[str, Any], bases: Bases, item: Item | None = None) -> ParsedEntry:
    """One of feedparser's entries as a noun; `item` is the element that it was made of.

    Without one (the feed was no XML, so an item has no bytes of its own) its hash is made of what it says.
    """
    # As printed: feedparser resolves an id as if it were a link.
    guid = clean_line((item.guid if item else "") or found.get("id"))
    published, updated = _date(found, "published", bases), _date(found, "updated", bases)
    doubtful = _doubtful(found, published=published, updated=updated)
    if bases.kind != "atom" and published is None:
        # In RSS the one date of an item (dc:date, which feedparser files under updated) is when it was published.
        printed = found.get("prism_publicationdate")
        published, updated = updated or believed(parse_date(printed), bases.now), None
    entry = ParsedEntry(
        key="",
        item_hash=item.hash if item else b"",
        url=_link(found, bases, guid),
        title=_title(found, bases),
        guid=guid or None,
        published_at=published,
        updated_at=updated,
        author=_author(found) or bases.author,
        summary=_summary(found, bases),
        content=_content(found, bases),
        language=clean_line(found.get("language") or _detail(found, "title").get("language"), 35) or None,
        tags=clean_tags(tag.get("term") for tag in _dicts(found, "tags")),
        extra=_extra(found, bases, item) | ({"doubtful_dates": doubtful} if doubtful else {}),
    )
    return entry if item else replace(entry, item_hash=_digest_of(entry))


def identified(entries: Iterable[ParsedEntry], guid_links: Iterable[tuple[str, str]] = ()) -> tuple[ParsedEntry, ...]:
    """The entries with their keys, in document order, true doubles left out.

    The key is the guid, else the link, else a digest of title and text. A guid that stands for several links in one
    document (`guid_links`: those of all its items, the known ones too) tells nothing apart alone: the link joins it.
    """
    entries = tuple(entries)
    links: dict[str, set[str]] = defaultdict(set)
    for guid, link in guid_links or ((entry.guid or "", entry.url or "") for entry in entries):
        links[guid].add(link)
    keyed: dict[str, ParsedEntry] = {}
    for entry in entries:
        key = entry.guid or entry.url or f"digest:{_digest(entry.title, entry.content or entry.summary).hex()}"
        if entry.guid and len(links[entry.guid]) > 1:
            key = f"{entry.guid} {entry.url or _digest(entry.title).hex()}"
        keyed.setdefault(key, replace(entry, key=key))
    return tuple(keyed.values())


def _link(found: Mapping[str, Any], bases: Bases, guid: str) -> str | None:
    """The entry's page: an alternate link (HTML first), the content elsewhere, or an id that is an address."""
    links = [link for link in _dicts(found, "links") if link.get("rel", "alternate") in {"alternate", ""}]
    links.sort(key=lambda link: "html" not in str(link.get("type", "html")))
    sources = [part.get("src") for part in _dicts(found, "content")]
    for printed in [*(link.get("href") for link in links), *sources]:
        if url := clean_url(printed, *bases.urls):
            return url
    return clean_url(guid)


def _title(found: Mapping[str, Any], bases: Bases) -> str:
    """The title's words. Atom says whether markup is meant (RFC 4287, 3.1.1); the others leave it to be guessed."""
    if bases.kind == "atom" and _detail(found, "title").get("type") == "text/plain":
        return clean_line(found.get("title"))
    return text_of_title(found.get("title"))


def _html(printed: object, detail: Mapping[str, Any], bases: Bases) -> str | None:
    """A text as sanitised HTML, its relative links against its own xml:base, else the feed's."""
    if bases.kind == "atom" and detail.get("type") == "text/plain":
        return html_of_text(printed)
    base = clean_url(detail.get("base"), *bases.urls) or next((url for url in bases.urls if url), None)
    return safe_html(printed, base)


def _summary(found: Mapping[str, Any], bases: Bases) -> str | None:
    """The summary, where it is not the content again: feedparser fills one that is missing."""
    printed = found.get("summary")
    if any(part.get("value") == printed for part in _dicts(found, "content")):
        return None
    return _html(printed, _detail(found, "summary"), bases)


def _content(found: Mapping[str, Any], bases: Bases) -> str | None:
    """The fullest of the texts given as content; feedparser lists every alternative."""
    parts = [part for part in _dicts(found, "content") if isinstance(part.get("value"), str)]
    fullest = max(parts, key=lambda part: len(part["value"]), default=None)
    return _html(fullest["value"], fullest, bases) if fullest else None


def _author(found: Mapping[str, Any]) -> str | None:
    """The authors' names, parted by commas; the bare field where no name can be told in it."""
    people, printed = _dicts(found, "authors")[:MAX_EACH], clean_line(found.get("author"))
    if "@" in printed and len(people) < 2:
        # feedparser takes an address for ended after four letters of its last label, the rest for the name.
        return ADDRESS.sub("", printed).strip("()<>,;: ") or printed
    names = [name for person in people if (name := clean_line(person.get("name")))]
    return ", ".join(dict.fromkeys(names))[:MAX_LINE] or printed or None


def author_of_feed(feed: Mapping[str, Any]) -> str | None:
    """The feed's author, whom an Atom entry without one inherits (RFC 4287, section 4.2.1)."""
    return _author(feed)


def _date(found: Mapping[str, Any], name: str, bases: Bases) -> datetime | None:
    # Asked for by `in` first: feedparser answers an absent `updated` with `published`.
    return believed(parse_date(found[name], found.get(f"{name}_parsed")), bases.now) if name in found else None


def _doubtful(found: Mapping[str, Any], **read: datetime | None) -> dict[str, str]:
    """What was printed as dates and not believed: evidence still."""
    unread = (name for name, when in read.items() if when is None and name in found)
    return {name: line for name in unread if (line := clean_line(found[name], 200))}


def _extra(found: Mapping[str, Any], bases: Bases, item: Item | None) -> dict[str, object]:
    """What is kept as data beside the fields that Dateline reads."""
    extra: dict[str, object] = extra_of(item.element, bases.urls) if item else extra_of_names(found, bases.urls)
    if enclosures := [kept for part in _dicts(found, "enclosures")[:MAX_EACH] if (kept := kept_of(part, bases.urls))]:
        extra["enclosures"] = enclosures
    for name, printed in (("image", _dict(found, "image").get("href")), ("comments", found.get("comments"))):
        if url := clean_url(printed, *bases.urls):
            extra[name] = url
    if people := [kept for part in _dicts(found, "authors")[:MAX_EACH] if "url" in (kept := kept_of(part, bases.urls))]:
        extra["authors"] = people
    if bases.kind != "atom" and (source := kept_of(_dict(found, "source"), bases.urls)):
        extra["source"] = source
    return extra


def _dicts(found: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = found.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _detail(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _dict(found, f"{name}_detail")


def _dict(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _digest(*parts: str | None) -> bytes:
    return xxhash.xxh3_128_digest("\0".join(part or "" for part in parts).encode("utf-8", "replace"))


def _digest_of(entry: ParsedEntry) -> bytes:
    dates = (str(entry.published_at), str(entry.updated_at))
    return _digest(entry.guid, entry.url, entry.title, entry.author, entry.summary, entry.content, *dates)
