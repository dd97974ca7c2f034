"""The first half of processing: what captures are of and hold, and what the reader makes of it. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dateline.nouns.articles import PageKind, ParsedArticle, TextFrom
from dateline.nouns.feeds import Feed, ParsedEntry
from dateline.nouns.frontier import Capture, FetchOutcome, VisitKind
from dateline.nouns.plans import KnownArticle, Subject
from storage import articles, bodies, entries, feeds, subjects
from storage.database import Database
from storage.entries import EntryHints
from worker.dedupe.entries import entry_address
from worker.fetch.headers import last
from worker.reader import Reader
from worker.reader_words import EntryJob, FeedJob, Job, PageJob, ReadResult

ALONE = 1_500  # characters: with fewer, a page may yet turn out to be a wall, and the feed's words are needed
EXPIRED = ReadResult(error="its body is no longer kept", stage="loading", remedy="look at the page again")


@dataclass(slots=True)
class Reading:
    """One capture on its way: what it is of, and, once read, what it says."""

    capture: Capture
    subject: Subject | None  # None: its visit was removed
    feed: Feed | None = None  # whose document it is; None: it was removed, or this is an article's capture
    entry: EntryHints | None = None
    body: bytes | None = None  # None: there is nothing to be read
    known: frozenset[bytes] = frozenset()
    same: bool = False  # the bytes were read before
    result: ReadResult | None = None
    own: ParsedArticle | None = None  # the article as the feed's fields give it
    own_of: dict[str, ParsedArticle] = field(default_factory=dict)  # the same for a feed's entries, by their keys

    @property
    def content_type(self) -> str | None:
        """The type that the server declared."""
        return last(self.capture.headers, "content-type")


def load(db: Database, claimed: Sequence[Capture]) -> list[Reading]:
    """What these captures are of, and the bodies of those that need reading."""
    with db.read() as tx:
        of = subjects.of_captures(tx, claimed)
        readings = [Reading(capture, of.get(capture.visit_id)) for capture in claimed]
        pages = [r for r in readings if r.capture.kind is VisitKind.ARTICLE and r.subject is not None]
        polls = [r for r in readings if r.capture.kind is VisitKind.FEED and r.subject is not None]
        polled = {one.id: one for one in feeds.load(tx, [r.subject.subject_id or 0 for r in polls if r.subject])}
        hashes = entries.known_hashes(tx, polled)
        keys = [r.subject.url_key for r in pages if r.subject]
        hints = entries.hints(tx, keys)
        known = articles.known(tx, keys).articles
        repeated = subjects.read_before(tx, claimed)
        for reading in readings:
            _attach(reading, polled, hashes, hints, known, repeated)
        wanted = [r for r in readings if r.capture.body_id is not None and not r.same and _readable(r)]
        found = bodies.load(tx, [r.capture.body_id for r in wanted if r.capture.body_id is not None])
    for reading in wanted:
        reading.body = found.get(reading.capture.body_id or 0)
        if reading.body is None:
            reading.result = EXPIRED
    return readings


def _attach(
    reading: Reading,
    polled: dict[int, Feed],
    hashes: dict[int, frozenset[bytes]],
    hints: dict[str, EntryHints],
    known: dict[str, KnownArticle],
    repeated: set[int],
) -> None:
    subject, read_before = reading.subject, reading.capture.id in repeated
    if subject is None:
        return
    if reading.capture.kind is VisitKind.FEED:
        reading.feed = polled.get(subject.subject_id or 0)
        reading.known = hashes.get(subject.subject_id or 0, frozenset())
        reading.same = read_before and reading.feed is not None and reading.feed.polls > 0 and not reading.feed.failures
    else:
        article = known.get(subject.url_key)
        reading.entry = hints.get(subject.url_key)
        # What was read and not kept is read again: that it lasts is what it is kept for.
        kept = article is not None and article.text_from is TextFrom.PAGE and not article.unkept
        reading.same = read_before and kept


def _readable(reading: Reading) -> bool:
    gone_feed = reading.capture.kind is VisitKind.FEED and reading.feed is None
    return reading.capture.outcome is FetchOutcome.OK and reading.subject is not None and not gone_feed


def read(reader: Reader, readings: Sequence[Reading], *, within: float) -> list[Reading]:
    """Let the reader read them. After `within` seconds the rest is left: fewer come back."""
    to_read = [r for r in readings if r.body is not None]
    results = reader.read([_job(r) for r in to_read], within=within)
    for reading, result in zip(to_read, results, strict=False):
        reading.result = result
        reading.body = None
    _read_own(reader, readings)
    return [r for r in readings if r.body is None]


def _job(reading: Reading) -> Job:
    capture = reading.capture
    common: dict[str, object] = {"url": capture.final_url, "body": reading.body or b"", "at": capture.fetched_at}
    common["content_type"] = reading.content_type
    if capture.kind is VisitKind.FEED:
        return FeedJob(**common, content_encoding=capture.content_encoding, known=reading.known)  # type: ignore[arg-type]
    return PageJob(
        **common,  # type: ignore[arg-type]
        content_encoding=capture.content_encoding,
        hints=reading.entry.hints if reading.entry else None,
        or_feed=reading.entry is None,  # no feed named it: a person did, who may have given a feed's address
    )


def _read_own(reader: Reader, readings: Sequence[Reading]) -> None:
    """Make articles of feeds' own fields: where the page gave little text, and for entries that are wanted so."""
    jobs: list[tuple[Reading, ParsedEntry | None, EntryJob]] = []
    for reading in readings:
        if reading.body is not None:
            continue
        if reading.entry is not None and not reading.same and not _stands_alone(reading):
            assert reading.subject is not None
            jobs.append((reading, None, EntryJob(reading.subject.url, reading.entry.hints)))
        parsed = reading.result.feed if reading.result else None
        for entry in parsed.entries if parsed else ():
            url, _, fetchable = entry_address(_feed_url(reading), entry)
            if not fetchable or (reading.feed is not None and reading.feed.content == "feed"):
                jobs.append((reading, entry, EntryJob(url, entries.hints_of(entry))))
    for (reading, one, _), result in zip(jobs, reader.read([job for *_, job in jobs]), strict=True):
        if result.article is None:
            continue
        if one is None:
            reading.own = result.article
        else:
            reading.own_of[one.key] = result.article


def _stands_alone(reading: Reading) -> bool:
    page = reading.result.article if reading.result is not None else None
    return page is not None and page.kind is not PageKind.WALL and len(page.text) >= ALONE


def _feed_url(reading: Reading) -> str:
    return reading.feed.url if reading.feed is not None else reading.capture.final_url
