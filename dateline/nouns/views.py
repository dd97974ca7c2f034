"""View counts: what is posted and what became of it, and what is read back: series, buckets, tops, comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from dateline.nouns.articles import Article


class ViewKind(StrEnum):
    """What a posted number says: a meter's reading, what came on top, or what a period had in all."""

    COUNT = "count"
    INCREMENT = "increment"
    PERIOD = "period"


class PostedLine(msgspec.Struct, frozen=True, gc=False):
    """One line of a post, checked by itself. One of `article_id`, `key` and `url_key` names the article.

    A struct, since fifty thousand of them are made in one post.
    """

    line: int  # from 1
    kind: ViewKind
    count: int  # the reading, the increment, or the period's views
    meter: str  # as stored: "api:NAME"
    article_id: int | None = None
    key: str | None = None
    url_key: str | None = None
    url: str | None = None  # as it was posted, where it was
    observed_at: datetime | None = None  # None: when its batch came first
    from_at: datetime | None = None  # of a period
    to_at: datetime | None = None
    id: str | None = None
    exact: bool = True  # a file may bring back what a page showed rounded, in steps of `step`
    step: int = 1


@dataclass(frozen=True, slots=True)
class LineError:
    """Why a line was not kept, in words."""

    line: int  # from 1
    error: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a post. What is neither stored, nor repeated, nor an error waits for its article."""

    stored: int
    repeated: int
    errors: tuple[LineError, ...] = ()
    waiting: int = 0


class Mark(StrEnum):
    """What a reader of a count should know. Nothing is corrected; the odd is only marked, from its neighbours."""

    FALL = "fall"  # it shows less than before
    JUMP = "jump"  # many times what it showed before
    RESET = "reset"  # it fell to a small share and counts on from there
    ROUNDED = "rounded"
    INCREMENT = "increment"  # posted as what came on top
    PERIOD = "period"  # posted as the views of a period, counted at its end
    RESTATED = "restated"  # a statement on a period that a newer one replaces
    THINNED = "thinned"  # one sample a day was kept of that time


class By(StrEnum):
    """The width of a bucket. Hours and days are UTC's, weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


class TopBy(StrEnum):
    """What a top list is ordered by."""

    GAINED = "gained"  # views in the window
    RATE = "rate"  # views an hour lately
    RISING = "rising"  # how fast the rate grows


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One observation, and the meter's total at its moment.

    `delta` is the step of the total from the point before, as seen, so it can be negative; `gained` that of the
    monotone series. `rate` is `gained` an hour. All are None at a meter's first point, `gained` and `rate` where it is
    not known since when the count grew.
    """

    observed_at: datetime
    count: int  # of a restated statement its own views, of all else the total
    meter: str
    exact: bool = True
    marks: tuple[Mark, ...] = ()
    kind: ViewKind = ViewKind.COUNT
    delta: int | None = None
    gained: int | None = None
    rate: float | None = None
    amount: int | None = None  # an increment's, or a period's views
    from_at: datetime | None = None  # of a period
    extractor: str = ""
    matched: str = ""
    capture_id: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """The observations of one article, oldest first, and by meter how `gained` was derived from them."""

    points: tuple[SeriesPoint, ...]
    derived: dict[str, str]


@dataclass(frozen=True, slots=True)
class Bucket:
    """What lies in [start, end): the last total, what was gained, and that an hour.

    `rate` is over the time from the last look of the bucket before to the last look of this one.
    """

    start: datetime
    end: datetime
    count: int
    delta: int
    rate: float | None
    looks: int


@dataclass(frozen=True, slots=True)
class Buckets:
    """A series by hour, day or week, oldest first. Buckets in which nothing was observed are left out."""

    by: By
    meter: str | None  # None: of several articles, each by the meter that is shown of it
    articles: int
    rows: tuple[Bucket, ...]
    derived: str


@dataclass(frozen=True, slots=True)
class Age:
    """A total when its article was so old."""

    hours: float
    count: int
    rate: float | None  # views an hour since the age before


@dataclass(frozen=True, slots=True)
class Aligned:
    """One article's series by its age."""

    article: Article
    meter: str
    since: datetime  # age 0
    aligned_on: str  # "published", or "first seen" where no date is known
    ages: tuple[Age, ...]
    derived: str


@dataclass(frozen=True, slots=True)
class TopArticle:
    """A row of a top list. `rate` is views an hour, `acceleration` how that changes an hour."""

    article: Article
    meter: str
    views: int
    views_at: datetime
    gained: int  # in the list's window
    rate: float | None
    acceleration: float | None
