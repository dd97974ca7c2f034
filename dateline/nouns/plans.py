"""Looks at articles and polls of feeds, what is known beside them, and the plans that saving carries out.

Plans name articles by URL key, since those that are new have no id yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from dateline.nouns.articles import PageKind, ParsedArticle, TextFrom, ViewCount
from dateline.nouns.changes import ChangeKind
from dateline.nouns.copies import KnownText, Match, Published
from dateline.nouns.feeds import ParsedEntry
from dateline.nouns.frontier import NewVisit
from dateline.nouns.revisions import Edit


@dataclass(frozen=True, slots=True)
class UrlAlias:
    """One URL that finds an article, and what it is to it: raw, final or canonical."""

    url_key: str
    role: str
    url: str


@dataclass(frozen=True, slots=True)
class CanonicalClaim:
    """What an article's page calls its canonical URL, where that was believed."""

    url_key: str  # the article's own
    final_url: str | None
    canonical_url: str
    title: str


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an article: its page as read, what a feed says of it, or both."""

    key: str  # the article's public key, used when it is new
    url_key: str
    url: str
    source_id: int
    observed_at: datetime
    capture_id: int
    visit_id: int | None = None  # None: seen in a feed alone
    feed_id: int | None = None
    page: ParsedArticle | None = None  # None: no page was had
    entry: ParsedArticle | None = None  # the article as the feed's own fields give it
    aliases: tuple[UrlAlias, ...] = ()  # raw, final and canonical
    canonical_url: str | None = None  # where it is to be believed
    canonical_doubt: str = ""  # why the one that its page names is not believed
    final_url: str | None = None
    reason: str = ""  # why there is no page's text, in words
    gone: bool = False  # 404 or 410
    same: bool = False  # the page's bytes were those of the look before it: its text and counter too
    wall: str = ""  # which wall stood in the page's place, which is then None; `reason` says what told it
    feed_title: str = ""  # what the feed that showed it calls it


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """An article as far as deciding needs it. `id` None: planned in this batch, not stored yet."""

    id: int | None
    url_key: str
    text_from: TextFrom
    content_hash: bytes
    revisions: int
    first_seen_at: datetime
    head_observed_at: datetime | None = None  # when its newest text was last seen on a page
    text_changed_at: datetime | None = None
    views: int | None = None
    views_at: datetime | None = None
    counter: ViewCount | None = None  # as last seen, where the last page had one
    gone_at: datetime | None = None
    duplicate_of: int | None = None
    visit_id: int | None = None
    feed_id: int | None = None
    kind: PageKind = PageKind.ARTICLE
    text: str = ""  # its newest text, as far as it is needed: where a look's page says something else
    title: str | None = None
    byline: tuple[str, ...] = ()
    published_on: date | None = None
    provenance: dict[str, str] = field(default_factory=dict)
    shown_before: frozenset[bytes] = frozenset()  # hashes of its texts, as far as they are needed: the same
    restless: int = 0  # looks in a row, or nearly, that each found another text
    unkept: bytes = b""  # the hash of the text that the last look found, where that was not kept
    chain: tuple[tuple[datetime, bytes], ...] = ()  # (observed_at, content hash), oldest first; only for a late look


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in the database beside a batch of looks."""

    articles: dict[str, KnownArticle] = field(default_factory=dict)  # by URL key
    owners: dict[str, str] = field(default_factory=dict)  # any URL key of theirs -> the owning article's own
    texts: dict[bytes, str] = field(default_factory=dict)  # content hash -> URL key of the first article with it
    roots: dict[str, str] = field(default_factory=dict)  # URL key of a copy -> that of its original
    originals: frozenset[str] = frozenset()  # URL keys of articles that have copies
    alike: dict[str, tuple[KnownText, ...]] = field(default_factory=dict)  # URL key -> what its text may be a copy of
    published: dict[str, Published] = field(default_factory=dict)  # when those named above were, by URL key
    ids: dict[str, int] = field(default_factory=dict)  # of all the articles named above, by URL key


@dataclass(frozen=True, slots=True)
class SaveArticle:
    """One article's row: made, given a new text, or only touched. None leaves what stands there."""

    look: Look
    known: KnownArticle  # as it will stand
    new: bool = False
    text: ParsedArticle | None = None  # its fields from now on
    reason: str | None = None  # why it has no page's text
    duplicate_of: str | None = None  # the original's URL key
    duplicate: Match | None = None  # how that was found
    head: bool = False  # its revision in this plan becomes the newest


@dataclass(frozen=True, slots=True)
class SaveRevision:
    """A text to be kept in an article's chain."""

    url_key: str
    kind: str  # "first", "edit", "completed", "reread"
    observed_at: datetime
    capture_id: int
    text: ParsedArticle
    text_from: TextFrom
    head: bool
    edit: Edit | None = None  # None: nothing stood before it, or it was not weighed


@dataclass(frozen=True, slots=True)
class SaveSample:
    """A view counter's observation to be kept."""

    url_key: str
    observed_at: datetime
    capture_id: int
    views: ViewCount


@dataclass(frozen=True, slots=True)
class SaveChange:
    """A change to be told. `other` names an article whose id the summary gives as `duplicate_of`."""

    kind: ChangeKind
    url_key: str
    summary: dict[str, object] = field(default_factory=dict)
    other: str | None = None


@dataclass(frozen=True, slots=True)
class SaveReroot:
    """An original that turns out to be a copy of one published before it, by URL keys. Its copies go with it."""

    old: str
    new: str
    match: Match


@dataclass(frozen=True, slots=True)
class SavePlan:
    """Everything that a batch of looks does, in the order of the tables."""

    articles: tuple[SaveArticle, ...] = ()
    aliases: tuple[tuple[str, UrlAlias], ...] = ()  # (the article's URL key, alias)
    revisions: tuple[SaveRevision, ...] = ()
    samples: tuple[SaveSample, ...] = ()
    reroots: tuple[SaveReroot, ...] = ()
    changes: tuple[SaveChange, ...] = ()
    verdicts: dict[int, str] = field(default_factory=dict)  # by capture id, in words
    walls: dict[int, tuple[str, str]] = field(default_factory=dict)  # by capture id: which wall, and what told it


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry of a feed as far as deciding needs it."""

    id: int
    key: str
    item_hash: bytes
    url_key: str
    state: str
    article_id: int | None
    title: str = ""
    summary: str | None = None
    content: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A visit as far as applying its captures needs it."""

    visit_id: int
    url: str
    url_key: str
    subject_id: int | None  # the feed; the article once there is one
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class SaveEntry:
    """An entry to be stored, or (with an id) to be brought up to date."""

    entry: ParsedEntry
    url: str
    url_key: str
    state: str  # "waiting", "taken", "recorded"
    id: int | None = None


@dataclass(frozen=True, slots=True)
class PollPlan:
    """What a feed's document does: entries to be kept, pages to be fetched, articles made of the feed's own text."""

    feed_id: int
    entries: tuple[SaveEntry, ...] = ()
    seen: tuple[bytes, ...] = ()  # item hashes that stand in it still
    visits: tuple[NewVisit, ...] = ()
    again: tuple[str, ...] = ()  # URL keys of articles whose entry changed: look now
    from_feed: tuple[SaveEntry, ...] = ()  # those whose article is the feed's own text
    new: int = 0
    changed: int = 0
    seen_share: float = 1.0
    missed: bool = False  # it shares nothing with the poll before
