"""feedparser's answer turned into entries, and the rules that hold for every format: identity, doubles, bounds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import xxhash

from dateline.nouns.feeds import ParsedEntry
from worker.parse.feed_fields import MAX_LINE, clean_line, clean_tags, clean_text, clean_url, parse_date

ADDRESS = re.compile(r"(?:mailto:)?[^\s()<>,]+@[^\s()<>,]+")
MAX_EXTRA = 20  # enclosures, media and the like kept of each kind

# feedparser's names for what is kept as data, beside the fields that Dateline reads itself.
PLAIN_EXTRA = (
    "comments",
    "feedburner_origlink",
    "itunes_duration",
    "itunes_episode",
    "itunes_season",
    "slash_comments",
)
LISTED_EXTRA = ("enclosures", "media_content", "media_thumbnail", "media_credit")


@dataclass(frozen=True, slots=True)
class Bases:
    """What relative links are made absolute against, and what entries inherit from their feed."""

    urls: tuple[str | None, ...]
    kind: str
    author: str | None = None


def entry_from_feedparser(
    found: Mapping[str, Any], bases: Bases, *, item_hash: bytes = b"", guid: str = ""
) -> ParsedEntry:
    """One of feedparser's entries as a noun. `guid` is the id as printed (feedparser resolves it as if it were a link).

    Without an `item_hash` (the feed was no XML, so an item has no bytes of its own) one is made of what it says.
    """
    guid = clean_line(guid or found.get("id"))
    published, updated = _date(found, "published"), _date(found, "updated")
    if bases.kind != "atom" and published is None:
        # In RSS the one date of an item (dc:date, which feedparser files under updated) is when it was published.
        published, updated = updated or parse_date(found.get("prism_publicationdate")), None
    entry = ParsedEntry(
        key="",
        item_hash=item_hash,
        url=_link(found, bases, guid),
        title=clean_line(found.get("title")),
        guid=guid or None,
        published_at=published,
        updated_at=updated,
        author=_author(found) or bases.author,
        summary=clean_text(found.get("summary")),
        content=_content(found),
        language=clean_line(found.get("language") or _detail(found, "title").get("language"), 35) or None,
        tags=clean_tags(tag.get("term") for tag in _dicts(found, "tags")),
        extra=_extra(found, bases),
    )
    return entry if item_hash else replace(entry, item_hash=_digest_of(entry))


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


def _content(found: Mapping[str, Any]) -> str | None:
    """The fullest of the texts given as content; feedparser lists every alternative."""
    texts = [part["value"] for part in _dicts(found, "content") if isinstance(part.get("value"), str)]
    return clean_text(max(texts, key=len, default=None))


def _author(found: Mapping[str, Any]) -> str | None:
    """The authors' names, parted by commas; the bare field where no name can be told in it."""
    people, printed = _dicts(found, "authors")[:MAX_EXTRA], clean_line(found.get("author"))
    if "@" in printed and len(people) < 2:
        # feedparser takes an address for ended after four letters of its last label, the rest for the name.
        return ADDRESS.sub("", printed).strip("()<>,;: ") or printed
    names = [name for person in people if (name := clean_line(person.get("name")))]
    return ", ".join(dict.fromkeys(names))[:MAX_LINE] or printed or None


def author_of_feed(feed: Mapping[str, Any]) -> str | None:
    """The feed's author, whom an Atom entry without one inherits (RFC 4287, section 4.2.1)."""
    return _author(feed)


def _date(found: Mapping[str, Any], name: str) -> datetime | None:
    # Asked for by `in` first: feedparser answers an absent `updated` with `published`.
    return parse_date(found[name], found.get(f"{name}_parsed")) if name in found else None


def _extra(found: Mapping[str, Any], bases: Bases) -> dict[str, object]:
    extra: dict[str, object] = {name: text for name in PLAIN_EXTRA if (text := clean_line(found.get(name)))}
    for name in LISTED_EXTRA:
        kept = [_bounded(part, bases) for part in _dicts(found, name)[:MAX_EXTRA]]
        if kept := [part for part in kept if part]:
            extra[name] = kept
    if (image := found.get("image")) and isinstance(image, dict) and (url := clean_url(image.get("href"), *bases.urls)):
        extra["image"] = url
    return extra


def _bounded(part: Mapping[str, Any], bases: Bases) -> dict[str, str]:
    """One enclosure or the like: plain strings; its address absolute and http(s), or left out."""
    kept: dict[str, str] = {}
    for name, value in list(part.items())[:MAX_EXTRA]:
        if name in {"href", "url"}:
            if url := clean_url(value, *bases.urls):
                kept["url"] = url
        elif text := clean_line(value):
            kept[str(name)[:50]] = text
    return kept


def _dicts(found: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    value = found.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _detail(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(f"{name}_detail")
    return value if isinstance(value, dict) else {}


def _digest(*parts: str | None) -> bytes:
    return xxhash.xxh3_128_digest("\0".join(part or "" for part in parts).encode("utf-8", "replace"))


def _digest_of(entry: ParsedEntry) -> bytes:
    dates = (str(entry.published_at), str(entry.updated_at))
    return _digest(entry.guid, entry.url, entry.title, entry.author, entry.summary, entry.content, *dates)
