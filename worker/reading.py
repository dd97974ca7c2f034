"""What is read from captured bodies. Pure but for the CPU it costs; it runs in the reader child."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from dateline.errors import DatelineError, ReadError
from dateline.nouns.feeds import ParsedFeed
from worker.dedupe.fingerprint import fingerprint
from worker.enrich.enricher import Enricher, enrich_read, run
from worker.enrich.installed import load
from worker.fetch.decode import decode_body
from worker.parse.article import PageInput, read_articles
from worker.parse.discover import discover_feeds
from worker.parse.entry import read_entry
from worker.parse.explain import explain_article
from worker.parse.feed import read_feed
from worker.parse.site_file import read_rule
from worker.parse.site_rules import SiteRules
from worker.reader_words import EnrichJob, EntryJob, FeedJob, Job, ReadResult

MAX_KEY = 300  # characters of an entry's key
MAX_SIZE = 16 * 1024 * 1024  # decoded bytes
PORTION = 4 * 1024 * 1024  # decoded bytes of pages that are held, and read, together
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
MAGIC = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"ID3": "a recording",
    b"OggS": "a recording",
}
NO_PAGES = frozenset(("image", "audio", "video", "font"))  # what servers say of those is believed
_REPORT = "this is a fault of the reader: please report it with the URL"


def read_jobs(
    jobs: Sequence[Job],
    *,
    max_size: int = MAX_SIZE,
    rules: SiteRules | None = None,
    enrichers: Sequence[Enricher] = (),
) -> list[ReadResult]:
    """Read these bodies; one result a job, in order. A body that cannot be read gives an error, never an exception.

    `rules` are the sites' rules, where they have any; `enrichers` read each article besides. MemoryError alone goes
    through: whoever runs this under a limit has to start afresh.
    """
    results: dict[int, ReadResult] = {}
    pages: dict[int, PageInput] = {}
    for place, job in enumerate(jobs):
        try:
            read = _read(job, max_size, rules)
        except DatelineError as error:
            results[place] = ReadResult(error=str(error), stage=error.stage, remedy=error.remedy)
        except MemoryError:
            raise
        except Exception as error:
            results[place] = ReadResult(error=f"{type(error).__name__}: {error}", stage="reading", remedy=_REPORT)
        else:
            if isinstance(read, ReadResult):
                results[place] = read
            else:
                pages[place] = read
                if sum(len(page.body) for page in pages.values()) >= PORTION:
                    results |= _read_pages(pages)
                    pages = {}
    results |= _read_pages(pages)
    return [_with_more(_storable(results[place]), job.url, enrichers) for place, job in enumerate(jobs)]


def _read_pages(pages: dict[int, PageInput]) -> dict[int, ReadResult]:
    """Pages by their places among the jobs, read together: the model pays its overhead once."""
    articles = zip(pages, read_articles(list(pages.values())), strict=True)
    return {
        place: ReadResult(article=article, error=article.error, stage="reading page" if article.error else "")
        for place, article in articles
    }


def _with_more(result: ReadResult, url: str, enrichers: Sequence[Enricher]) -> ReadResult:
    """The result with what copies of its article's text are told by, and with what enrichers make of it."""
    article = result.article
    if article is None or not article.text:
        return result
    article = dataclasses.replace(article, fingerprint=fingerprint(article.text))
    return msgspec.structs.replace(result, article=enrich_read(article, url, enrichers))


def _storable(value: Any) -> Any:
    """The value with what no database can hold taken out of its strings: NUL, and surrogates that stand alone."""
    if isinstance(value, str):
        if value.isascii():
            return value.replace("\0", "") if "\0" in value else value
        return _UNSTORABLE.sub("", value)
    if isinstance(value, tuple | list):
        return type(value)(map(_storable, value))
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    if isinstance(value, ReadResult):
        return ReadResult(**{name: _storable(getattr(value, name)) for name in value.__struct_fields__})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
        fresh = {name: _storable(one) for name, one in kept.items()}
        return value if fresh == kept else dataclasses.replace(value, **fresh)
    return value


def _read(job: Job, max_size: int, rules: SiteRules | None) -> ReadResult | PageInput:
    """A job's result, or the page that is to be read together with the others."""
    if isinstance(job, EntryJob):
        return ReadResult(article=read_entry(job.hints, job.url))
    if isinstance(job, EnrichJob):
        return ReadResult(enrichment=run(load(job.enricher), job.fields))
    body = decode_body(job.body, job.content_encoding, max_size=max_size)
    if isinstance(job, FeedJob):
        return _read_feed(body, job)
    if job.or_feed:
        with contextlib.suppress(ReadError):
            return _feed(read_feed(body, url=job.url, content_type=job.content_type, now=job.at))
    if what := _no_page(body, job.content_type):
        raise ReadError(f"it is {what}, not a page", stage="reading page")
    rule = read_rule(job.site, "given") if job.site else rules.for_url(job.url) if rules else None
    page = PageInput(body, job.url, job.content_type, job.hints, rule)
    return _explained(page) if job.explain else page


def _explained(page: PageInput) -> ReadResult:
    article, why = explain_article(page)
    stage = "reading page" if article.error else ""
    return ReadResult(article=article, explanation=why, error=article.error, stage=stage)


def _no_page(body: bytes, content_type: str | None) -> str:
    """What a body is instead of a page, by its first bytes or its label; empty where it may be one."""
    for magic, what in MAGIC.items():
        if body.startswith(magic):
            return what
    label = (content_type or "").partition(";")[0].strip().lower()
    kind = label.partition("/")[0]
    return f"{label[:60]}" if kind in NO_PAGES else ""


def _read_feed(body: bytes, job: FeedJob) -> ReadResult:
    try:
        return _feed(read_feed(body, url=job.url, content_type=job.content_type, known=job.known, now=job.at))
    except ReadError as error:
        found = discover_feeds(body, url=job.url, content_type=job.content_type)
        return ReadResult(found=found, error=str(error), stage=error.stage, remedy=error.remedy)


def _feed(feed: ParsedFeed) -> ReadResult:
    """The feed, its entries' keys short enough for an index: a longer one is cut and ends in its digest."""
    entries = tuple(
        entry if len(entry.key) <= MAX_KEY else dataclasses.replace(entry, key=_cut(entry.key))
        for entry in feed.entries
    )
    return ReadResult(feed=dataclasses.replace(feed, entries=entries))


def _cut(key: str) -> str:
    return f"{key[:MAX_KEY]}...{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
