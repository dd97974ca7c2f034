"""What a page says, what an article is, and what saving it will do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from dateline.nouns.copies import Fingerprint
from dateline.nouns.enrichments import Enrichment
from dateline.nouns.revisions import Edit


class TextFrom(StrEnum):
    """Where an article's text was read."""

    PAGE = "page"
    FEED = "feed"
    NONE = "none"


class PageKind(StrEnum):
    """What a page is. A wall stands where the story should: consent, challenge, login, paywall stub, soft 404."""

    ARTICLE = "article"
    LIVE_BLOG = "live_blog"
    VIDEO = "video"
    GALLERY = "gallery"
    INDEX = "index"
    WALL = "wall"


@dataclass(frozen=True, slots=True)
class ViewCount:
    """A counter as a page prints it. A rounded one ("1.2K") is not exact and moves in steps of `step`."""

    count: int
    exact: bool
    matched: str
    extractor: str
    step: int = 1


@dataclass(frozen=True, slots=True)
class FeedHints:
    """What the feed said of a page: evidence beside the page's own."""

    title: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str | None = None
    content: str | None = None
    language: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """A page as read. `provenance` maps each field to where its value was found.

    `text` has paragraphs parted by a blank line; the counter's own text is masked from it, so that `content_hash`
    does not move when a counter does.
    """

    title: str | None = None
    byline: tuple[str, ...] = ()
    published_on: date | None = None  # the day as the publisher gives it
    published_at: datetime | None = None  # None when only a day is known
    published_offset: int | None = None  # minutes east of UTC, as the publisher writes its time
    modified_at: datetime | None = None
    section: str | None = None
    page: str | None = None  # "6" of "Page 6"
    language: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    image: str | None = None
    kind: PageKind = PageKind.ARTICLE
    wall: str = ""  # which wall, where it is one: "consent", "challenge", "login", "paywall", "not found"
    wall_reason: str = ""  # the phrase or rule that told it, for a person
    paywalled: bool | None = None  # None: the page does not say
    agencies: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    text: str = ""
    views: ViewCount | None = None
    provenance: dict[str, str] = field(default_factory=dict)
    content_hash: bytes = b""
    text_hash: bytes = b""  # of the text without the title; empty where there is no text
    reader: str = ""  # name and version of the extractor
    error: str = ""
    fingerprint: Fingerprint | None = None  # None: too short to be anybody's copy
    enrichments: tuple[Enrichment, ...] = ()  # by those that run while a page is read


@dataclass(frozen=True, slots=True)
class ViewSample:
    """One observation of a counter: append-only."""

    article_id: int
    meter: str  # who counted: "page" is the publisher's own counter
    observed_at: datetime
    count: int
    exact: bool = True
    matched: str = ""
    extractor: str = ""
    capture_id: int | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """An article as stored, with its newest text's fields."""

    id: int
    key: str
    url_key: str
    url: str
    source_id: int
    source: str
    title: str | None
    first_seen_at: datetime
    updated_at: datetime
    final_url: str | None = None
    canonical_url: str | None = None
    byline: tuple[str, ...] = ()
    published_on: date | None = None
    published_at: datetime | None = None
    published_offset: int | None = None  # minutes east of UTC, as the publisher writes its time
    modified_at: datetime | None = None
    section: str | None = None
    page: str | None = None
    language: str | None = None
    image: str | None = None
    kind: PageKind = PageKind.ARTICLE
    paywalled: bool | None = None
    agencies: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    text_from: TextFrom = TextFrom.NONE
    text_reason: str = ""  # why there is no page's text, where there is none
    provenance: dict[str, str] = field(default_factory=dict)
    content_hash: bytes = b""
    duplicate_of: int | None = None
    duplicate_kind: str | None = None
    duplicate_score: float | None = None  # how sure that is, up to 1
    revisions: int = 0  # texts the publisher showed, the first one counted: 1 for an article never edited
    head_revision_id: int | None = None
    views: int | None = None
    views_at: datetime | None = None
    gone_at: datetime | None = None
    restless: int = 0  # looks in a row, or nearly, that each found another text
    feed_id: int | None = None
    story_id: int | None = None  # None: no other report of its event is known so far
    enrichments: dict[str, object] | None = None  # by enricher what was made of its present text; None: not looked up


@dataclass(frozen=True, slots=True)
class Revision:
    """One observed text of an article."""

    id: int
    article_id: int
    observed_at: datetime
    kind: str  # "first", "edit", "completed", "reread"; "wall": kept as evidence, no text of the article
    title: str | None
    text: str
    content_hash: bytes
    capture_id: int | None = None
    reader: str = ""
    byline: tuple[str, ...] = ()
    published_on: date | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    text_from: TextFrom = TextFrom.PAGE
    edit: Edit | None = None  # what it changed; None: nothing stood before it, or it was not weighed
