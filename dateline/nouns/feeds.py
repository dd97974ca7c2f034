"""Sources, feeds and their entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FeedState(StrEnum):
    """Whether a feed is polled, and if not why."""

    NEW = "new"  # stored, not yet visited: a feed or a home page, the first visit decides
    ACTIVE = "active"
    PAUSED = "paused"  # by a person
    GONE = "gone"  # 410, or 404 for days
    HOME = "home"  # a home page: its feeds were found and are feeds of their own
    FAILED = "failed"  # the first visit found neither a feed nor a page with feeds


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet: one record for its hosts and feeds; by default the registrable domain."""

    id: int
    key: str  # the registrable domain, or the host where there is none
    name: str
    country: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    revisit: str | None = None
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed with the operator's word about it and what the last poll told."""

    id: int
    url: str
    source_id: int
    state: FeedState
    title: str | None = None
    site_url: str | None = None
    kind: str | None = None  # "rss", "atom", "rdf", "json", "sitemap", "news_sitemap", "sitemap_index"
    tags: tuple[str, ...] = ()
    every: float | None = None  # seconds between polls, by the operator's word
    revisit: str | None = None  # "off", "edits", "views" or seconds as text; None: the source's word, or the default
    content: str = "page"  # "page": fetch each entry's page; "feed": the feed's own text is the article
    added_at: datetime | None = None
    interval: float | None = None  # seconds, adapted
    polls: int = 0  # successful ones
    seen_share: float | None = None  # of the last poll's entries, those known before it (0..1)
    missed_estimate: int = 0  # polls that shared no entry with the one before
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    last_error: str = ""
    last_error_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_new_at: datetime | None = None
    ttl: float | None = None  # seconds, by the feed itself
    skip_hours: frozenset[int] = frozenset()  # GMT
    skip_days: frozenset[int] = frozenset()  # 0 = Monday
    name: str | None = None  # by the operator's word
    parent_id: int | None = None  # the sitemap index that names it

    @property
    def label(self) -> str:
        """What a person calls it: the operator's name, else the publisher's title, else its URL."""
        return self.name or self.title or self.url


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be stored. Without a `source_id` it belongs to its site's source, which is made where missing."""

    url: str
    url_key: str
    source_id: int | None = None
    name: str | None = None
    title: str | None = None
    kind: str | None = None
    tags: tuple[str, ...] = ()
    every: float | None = None  # seconds
    revisit: str | None = None
    content: str = "page"
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item of a feed as read: URLs are absolute and http(s) alone.

    `summary` and `content` are sanitised HTML, all else is text (`worker.parse.feed_html` tells what that means).
    """

    key: str  # the identity within its feed: guid, else link, else a digest of what it says
    item_hash: bytes  # of the item's own bytes: equal bytes need no second reading
    url: str | None
    title: str = ""
    guid: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    author: str | None = None
    summary: str | None = None
    content: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    # Fields kept as data for those who want them: enclosures, media, podcasting (`worker.parse.feed_extra`).
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as read. `entries` are those not known before, in document order; `seen` counts the known ones."""

    kind: str  # as Feed.kind; "" where it is not a feed
    title: str = ""
    url: str | None = None  # the site it belongs to
    language: str | None = None
    entries: tuple[ParsedEntry, ...] = ()
    seen: tuple[bytes, ...] = ()  # item hashes known before that stand in it still
    total: int = 0  # items in the document
    ttl: float | None = None  # seconds: <ttl>, or sy:updatePeriod / sy:updateFrequency
    skip_hours: frozenset[int] = frozenset()  # GMT
    skip_days: frozenset[int] = frozenset()  # 0 = Monday
    hub_url: str | None = None
    self_url: str | None = None
    error: str = ""  # readable in part: what was wrong


@dataclass(frozen=True, slots=True)
class DiscoveredFeed:
    """A feed that a home page names."""

    url: str
    title: str = ""
    kind: str = ""
