"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/): a field of the wrong type counts as absent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
import xxhash

from dateline.errors import ReadError
from dateline.nouns.feeds import ParsedEntry, ParsedFeed
from worker.parse.feed_dates import believed, parse_date
from worker.parse.feed_entries import identified
from worker.parse.feed_extra import MAX_EACH, kept_of
from worker.parse.feed_fields import MAX_LINE, clean_line, clean_tags, clean_url
from worker.parse.feed_html import html_of_text, safe_html

ATTACHMENT_FIELDS = ("mime_type", "title", "size_in_bytes", "duration_in_seconds")


def read_json_feed(
    text: str, *, url: str, known: Collection[bytes], max_items: int, now: datetime | None = None
) -> ParsedFeed:
    """Read a JSON Feed, without the items whose hash is in `known`. Raises ReadError when it is none."""
    document = _document(text)
    items = [item for item in _list(document, "items") if isinstance(item, dict)]
    kept = [(_hash(item), item) for item in items[:max_items]]
    self_url = clean_url(document.get("feed_url"), url)
    home = clean_url(document.get("home_page_url"), self_url, url)
    language = clean_line(document.get("language"), 35) or None
    author = _authors(document)
    bases = (url, self_url, home)
    read = [_entry(item, digest, bases, author, now) for digest, item in kept if digest not in known]
    hubs = (clean_url(hub.get("url"), url) for hub in _list(document, "hubs") if isinstance(hub, dict))
    return ParsedFeed(
        kind="json",
        title=clean_line(document.get("title")),
        url=home,
        language=language,
        entries=identified(read, [(_id(item), str(item.get("url") or "")) for item in items]),
        seen=tuple(dict.fromkeys(digest for digest, _ in kept if digest in known)),
        total=len(items),
        hub_url=next((hub for hub in hubs if hub), None),
        self_url=self_url,
        error=f"only the first {max_items} of {len(items)} items were read" if len(items) > max_items else "",
    )


def _document(text: str) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise ReadError(
            f"not valid JSON: {error}", stage="reading feed", remedy="its publisher has to mend it"
        ) from error
    if not isinstance(document, dict) or not (
        "jsonfeed.org/version" in str(document.get("version", ""))[:200] or isinstance(document.get("items"), list)
    ):
        raise ReadError(
            "this is JSON, but no JSON Feed",
            stage="reading feed",
            remedy="a JSON Feed names its version (https://jsonfeed.org/version/1.1) and lists its items",
        )
    return document


def _entry(
    item: Mapping[str, Any],
    item_hash: bytes,
    bases: tuple[str | None, ...],
    author_of_feed: str | None,
    now: datetime | None,
) -> ParsedEntry:
    guid = _id(item)
    base = clean_url(item.get("url"), *bases) or next((each for each in bases if each), None)
    html, plain = safe_html(item.get("content_html"), base), html_of_text(item.get("content_text"))
    external = clean_url(item.get("external_url"), *bases)
    extra: dict[str, object] = {"external_url": external} if external else {}
    attachments = (_attachment(part, bases) for part in _list(item, "attachments")[:MAX_EACH])
    if kept := [part for part in attachments if part]:
        extra["enclosures"] = kept
    if image := clean_url(item.get("image") or item.get("banner_image"), *bases):
        extra["image"] = image
    if people := _author_urls(item, bases):
        extra["authors"] = people
    printed = {"published": item.get("date_published"), "updated": item.get("date_modified")}
    dates = {name: believed(parse_date(value), now) for name, value in printed.items()}
    if doubtful := {name: clean_line(str(printed[name]), 200) for name in dates if printed[name] and not dates[name]}:
        extra["doubtful_dates"] = doubtful
    return ParsedEntry(
        key="",
        item_hash=item_hash,
        url=clean_url(item.get("url"), *bases) or external or clean_url(guid),
        title=clean_line(item.get("title")),
        guid=guid or None,
        published_at=dates["published"],
        updated_at=dates["updated"],
        author=_authors(item) or author_of_feed,
        summary=html_of_text(item.get("summary")),
        content=html or plain,
        language=clean_line(item.get("language"), 35) or None,
        tags=clean_tags(_list(item, "tags")),
        extra=extra,
    )


def _id(item: Mapping[str, Any]) -> str:
    """The id, which publishers also print as a number (the standard says: coerce it)."""
    value = item.get("id")
    return clean_line(str(value) if isinstance(value, int | float) else value)


def _authors(item: Mapping[str, Any]) -> str | None:
    """1.1 lists `authors`; 1.0 had one `author`."""
    people = [*_list(item, "authors")[:MAX_EACH], item.get("author")]
    names = [clean_line(person.get("name")) for person in people if isinstance(person, dict)]
    return ", ".join(dict.fromkeys(name for name in names if name))[:MAX_LINE] or None


def _author_urls(item: Mapping[str, Any], bases: tuple[str | None, ...]) -> list[dict[str, str]]:
    people = [*_list(item, "authors")[:MAX_EACH], item.get("author")]
    return [kept for one in people if isinstance(one, dict) and "url" in (kept := kept_of(one, bases))]


def _attachment(part: object, bases: tuple[str | None, ...]) -> dict[str, str] | None:
    if not isinstance(part, dict) or not (url := clean_url(part.get("url"), *bases)):
        return None
    told = {name: part.get(name) for name in ATTACHMENT_FIELDS}
    return {"url": url} | {name: clean_line(str(value)) for name, value in told.items() if isinstance(value, str | int)}


def _hash(item: Mapping[str, Any]) -> bytes:
    """Of the item's canonical form: spacing and the order of its members do not count."""
    return xxhash.xxh3_128_digest(msgspec.json.encode(item, order="deterministic"))


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document.get(name)
    return value if isinstance(value, list) else []
