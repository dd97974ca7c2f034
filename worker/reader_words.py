"""The words between the reader's keeper and its child: jobs, results, and the frames they travel in."""

from __future__ import annotations

import struct
from datetime import datetime

import msgspec

from dateline.nouns.articles import FeedHints, ParsedArticle
from dateline.nouns.enrichments import Enrichable, Enrichment
from dateline.nouns.explanations import PageExplanation
from dateline.nouns.feeds import DiscoveredFeed, ParsedFeed

LENGTH = struct.Struct(">I")  # before each frame
MAX_FRAME = 512 * 1024 * 1024  # bytes
OUT_OF_MEMORY = 3  # the child's exit code


class FeedJob(msgspec.Struct, frozen=True, tag="feed"):
    """Read a body as a feed; where it is a page, find the feeds that it names. `known`: hashes of items read before."""

    body: bytes
    url: str
    content_encoding: str = ""
    content_type: str | None = None
    known: frozenset[bytes] = frozenset()
    at: datetime | None = None  # when it was fetched: dates beyond it are not believed


class PageJob(msgspec.Struct, frozen=True, tag="page"):
    """Read a body as an article's page. With `or_feed`, a body that is a feed is read as one.

    `site` is the text of a site rule to be used instead of the installed ones; `explain` asks for the reasons too.
    """

    body: bytes
    url: str
    content_encoding: str = ""
    content_type: str | None = None
    hints: FeedHints | None = None
    or_feed: bool = False
    at: datetime | None = None
    site: str = ""
    explain: bool = False


class EntryJob(msgspec.Struct, frozen=True, tag="entry"):
    """Make an article of a feed's own fields."""

    url: str
    hints: FeedHints
    body: bytes = b""


class EnrichJob(msgspec.Struct, frozen=True, tag="enrich"):
    """Let one enricher read a stored article."""

    enricher: str
    fields: Enrichable
    url: str = ""
    body: bytes = b""


Job = FeedJob | PageJob | EntryJob | EnrichJob


class ReadResult(msgspec.Struct, frozen=True):
    """What one job gave: a feed, an article, feeds that a page names (`found`), an enrichment, or an error."""

    feed: ParsedFeed | None = None
    article: ParsedArticle | None = None
    found: tuple[DiscoveredFeed, ...] = ()
    explanation: PageExplanation | None = None
    enrichment: Enrichment | None = None
    error: str = ""
    stage: str = ""
    remedy: str = ""
    killed: bool = False  # the reader went over its limits, or died, with this body alone


class Answer(msgspec.Struct, frozen=True):
    """The results of one frame of jobs, and the most memory that the child has held (bytes)."""

    results: list[ReadResult]
    peak: int
