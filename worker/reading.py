"""What is read from captured bodies. Pure but for the CPU it costs; it runs in the reader child."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from dateline.errors import ReadError
from worker.fetch.decode import decode_body
from worker.parse.article import PageInput, read_articles
from worker.parse.discover import discover_feeds
from worker.parse.entry import read_entry
from worker.parse.feed import read_feed
from worker.reader_words import EntryJob, FeedJob, Job, ReadResult

MAX_SIZE = 16 * 1024 * 1024  # decoded bytes
_REPORT = "this is a fault of the reader: please report it with the URL"


def read_jobs(jobs: Sequence[Job], *, max_size: int = MAX_SIZE) -> list[ReadResult]:
    """Read these bodies; one result a job, in order. A body that cannot be read gives an error, never an exception.

    MemoryError alone goes through: whoever runs this under a limit has to start afresh.
    """
    results: dict[int, ReadResult] = {}
    pages: dict[int, PageInput] = {}
    for place, job in enumerate(jobs):
        try:
            read = _read(job, max_size)
        except ReadError as error:
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
    for place, article in zip(pages, read_articles(list(pages.values())), strict=True):
        results[place] = ReadResult(article=article, error=article.error, stage="reading page" if article.error else "")
    return [results[place] for place in range(len(jobs))]


def _read(job: Job, max_size: int) -> ReadResult | PageInput:
    """A job's result, or the page that is to be read together with the others."""
    if isinstance(job, EntryJob):
        return ReadResult(article=read_entry(job.hints, job.url))
    body = decode_body(job.body, job.content_encoding, max_size=max_size)
    if isinstance(job, FeedJob):
        return _read_feed(body, job)
    if job.or_feed:
        with contextlib.suppress(ReadError):
            return ReadResult(feed=read_feed(body, url=job.url, content_type=job.content_type))
    return PageInput(body, job.url, job.content_type, job.hints)


def _read_feed(body: bytes, job: FeedJob) -> ReadResult:
    try:
        return ReadResult(feed=read_feed(body, url=job.url, content_type=job.content_type, known=job.known))
    except ReadError as error:
        found = discover_feeds(body, url=job.url, content_type=job.content_type)
        return ReadResult(found=found, error=str(error), stage=error.stage, remedy=error.remedy)
