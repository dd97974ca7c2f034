"""Stories: outlets' different reports of one event, and what following the change log does to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dateline.nouns.articles import PageKind


@dataclass(frozen=True, slots=True)
class Story:
    """One event as it is told: an article alone is no story yet."""

    id: int
    key: str
    language: str
    title: str  # of its first report
    articles: int  # copies counted
    outlets: int
    first_at: datetime  # its first report was published, or seen where nobody says
    last_at: datetime
    created_at: datetime
    updated_at: datetime
    merged_into: int | None = None
    split_from: int | None = None


@dataclass(frozen=True, slots=True)
class StoryDesk:
    """How far the change log was followed, and by what the next report is placed."""

    after: int  # the last `seq` that was followed
    clock: datetime  # the latest moment in the log so far
    last_id: int  # of the stories


@dataclass(frozen=True, slots=True)
class Placed:
    """An article as it stands among stories. `story` None: alone."""

    article: int
    story: int | None
    language: str
    seq: int  # of the change that placed it
    since: datetime  # when it came, by the log
    at: datetime  # when it was published
    copy_of: int | None = None  # follows that one's story and does not weigh
    terms: bytes = b""  # its vector; empty where it does not weigh


@dataclass(frozen=True, slots=True)
class Founded:
    """A story begins, with the title of this article; or is parted from another one."""

    story: int
    language: str
    first: int  # the article
    parted_from: int | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """Articles that stood alone, or in another story, are of this one, with their copies."""

    story: int
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """A story turns out to be another's: that one answers for it."""

    story: int
    into: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """An article that was removed."""

    article: int


StoryStep = Placed | Founded | Joined | Merged | Dropped


@dataclass(frozen=True, slots=True)
class ReportText:
    """A text of an article as it was observed: its first, or the one that its page completed it with."""

    kind: str  # of the revision
    title: str
    text: str  # its beginning
    observed_at: datetime
    published_at: datetime | None = None
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """An article as far as placing it needs it."""

    article: int
    kind: PageKind
    language: str | None  # as its page declares it
    title: str
    first_seen_at: datetime
    texts: tuple[ReportText, ...] = ()  # in the order in which they were kept
