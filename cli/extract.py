"""`dateline extract`: read the pages of a manifest, without database or network; measuring scripts rest on it.

`--page` reads one page for a person instead: `cli.extract_page`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import click

from cli.output import print_json
from dateline.errors import UsageError
from dateline.nouns.articles import ParsedArticle
from worker.reader import Limits, Reader
from worker.reader_words import PageJob, ReadResult

PAGE_SECONDS = 20.0  # for one page; one that takes longer is answered with an error
BATCH = 32  # pages handed to a reader at once
MAX_FILE = 64 * 1024 * 1024  # bytes of a file that are read; what a page may have is the reader's to say

# The fields of a line that are written as they are.
ALSO = ("canonical_url", "site_name", "image", "keywords", "agencies", "paywalled", "kind", "wall", "wall_reason")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a manifest: a page to read, its name in the output, and the address it came from."""

    id: str | int
    path: Path
    url: str


@click.command("extract")
@click.argument("manifest", metavar="[MANIFEST]", required=False)
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Reader processes (default: one a processor).")
@click.option("--page", metavar="URL|FILE", help="Read this one page instead; a URL is fetched once.")
@click.option("--url", default="", help="With --page FILE: the address that the page came from.")
@click.option("--site", metavar="FILE", help="With --page: use this site rule, whatever the page's host.")
@click.option("--explain", is_flag=True, help="With --page: show every source's claim for each field.")
@click.option("--ignore-robots", is_flag=True, help="With --page URL: fetch it although robots.txt forbids it.")
@click.option(
    "--json", "as_json", is_flag=True, help="With --page: one JSON object. A manifest's output is that anyway."
)
def extract(manifest: str | None, jobs: int | None, page: str | None, as_json: bool, **words: Any) -> None:
    """Read the pages that MANIFEST names and print one JSON object for each, in its order.

    MANIFEST has one JSON object a line, {"id": ..., "path": ..., "url": ...}, or is "-" for standard input; the files
    are HTML or plain text, gzipped or not, and relative paths start at the manifest's folder or the current one.
    Exits 0 once every page is answered: one that cannot be read has its reason in `error`. A manifest fetches nothing.

    With --page one page is read and shown: each field with where it was found, and the text. Exits 1 where it cannot
    be fetched or read.
    """
    if (manifest is None) == (page is None):
        raise UsageError("name a MANIFEST, or one page with --page", remedy="dateline extract --help tells both ways")
    if page is not None:
        from cli.extract_page import show_page  # here: fetching is imported by those who fetch

        show_page(page, as_json=as_json, **words)
        return
    if given := [name for name, value in words.items() if value]:
        raise UsageError(f"--{given[0].replace('_', '-')} goes with --page")
    items = read_manifest(manifest or "")
    for record in read_pages(items, jobs or os.cpu_count() or 1):
        print_json(record)


def read_manifest(name: str) -> list[Item]:
    """The pages that a manifest names. Raises UsageError with the number of the line that is wrong."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the manifest {name} cannot be read: {error}") from error
    folder = Path() if name == "-" else Path(name).parent
    return [_item(line, number, folder) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _item(line: str, number: int, folder: Path) -> Item:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise _wrong(number, f"no JSON ({error})") from error
    if not isinstance(row, dict):
        raise _wrong(number, "no JSON object")
    name, path, url = row.get("id"), row.get("path"), row.get("url")
    if not isinstance(name, str | int) or isinstance(name, bool) or name == "":
        raise _wrong(number, '"id" must be a text or a number')
    if not isinstance(path, str) or not path or "\0" in path:
        raise _wrong(number, '"path" must name a file')
    if url is not None and not isinstance(url, str):
        raise _wrong(number, '"url" must be a text')
    beside = folder / path
    return Item(name, beside if beside.exists() or not Path(path).exists() else Path(path), url or "")


def _wrong(number: int, why: str) -> UsageError:
    remedy = 'each line is one object such as {"id": "1", "path": "page.html.gz", "url": "https://..."}'
    return UsageError(f"line {number} of the manifest: {why}", remedy=remedy)


def read_pages(items: Sequence[Item], jobs: int) -> Iterator[dict[str, Any]]:
    """Answer every page, in order. Each thread keeps a reader child, which is killed when a page hangs it."""
    own = threading.local()
    readers: list[Reader] = []

    def answer(batch: Iterable[Item]) -> list[dict[str, Any]]:
        if not hasattr(own, "reader"):
            own.reader = Reader(Limits(seconds=PAGE_SECONDS))
            readers.append(own.reader)
        return _answers(own.reader, list(batch))

    batches = list(batched_evenly(items, jobs))
    with ThreadPoolExecutor(max_workers=max(1, min(jobs, len(batches)))) as pool:
        try:
            for records in pool.map(answer, batches):
                yield from records
        finally:
            pool.shutdown(cancel_futures=True)
            for reader in readers:
                reader.close()


def batched_evenly(items: Sequence[Item], jobs: int) -> Iterator[Sequence[Item]]:
    """Batches small enough that every job has some."""
    size = max(1, min(BATCH, -(-len(items) // jobs)))
    return (items[start : start + size] for start in range(0, len(items), size))


def _answers(reader: Reader, items: list[Item]) -> list[dict[str, Any]]:
    """Read a batch: what the files hold goes to the child, what cannot be opened is answered here."""
    bodies = [_body(item.path) for item in items]
    asked = [body_job(body, item) for body, item in zip(bodies, items, strict=True) if isinstance(body, bytes)]
    results = iter(reader.read(asked))
    return [
        record(item, next(results) if isinstance(body, bytes) else ReadResult(error=body))
        for body, item in zip(bodies, items, strict=True)
    ]


def _body(path: Path) -> bytes | str:
    """The file's bytes as they lie there, or why there are none."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE)
    except OSError as error:
        return f"the file cannot be opened: {error.strerror or error}"


def body_job(body: bytes, item: Item) -> PageJob:
    """What is to be read of a file: as HTML unless its name says plain text; gzip is told by its first bytes."""
    plain = item.path.name.removesuffix(".gz").endswith(".txt")
    return PageJob(
        body,
        item.url,
        content_encoding="gzip" if body.startswith(b"\x1f\x8b") else "",
        content_type="text/plain" if plain else None,
    )


def _zoned(moment: datetime | None, offset: int | None) -> str | None:
    """A moment as the publisher writes it: in its own zone, where that is known."""
    if moment is None:
        return None
    return (moment if offset is None else moment.astimezone(timezone(timedelta(minutes=offset)))).isoformat()


def record(item: Item, result: ReadResult) -> dict[str, Any]:
    """One page's line of output; the same keys for every page, `error` only where it could not be read."""
    article = result.article or ParsedArticle()
    views = article.views
    line: dict[str, Any] = {
        "id": item.id,
        "url": item.url,
        "title": article.title,
        "byline": list(article.byline),
        "published_on": article.published_on,
        # The publisher's own zone says more than UTC: which day it was where it was printed.
        "published_at": _zoned(article.published_at, article.published_offset),
        "modified_at": article.modified_at.isoformat() if article.modified_at else None,
        "section": article.section,
        "page": article.page,
        "language": article.language,
        "text": article.text,
        "views": {key: value for key, value in asdict(views).items() if key != "step"} if views else None,
        "provenance": dict(article.provenance),
        **{name: getattr(article, name) for name in ALSO},
    }
    error = result.error or article.error
    return line | ({"error": error} if error else {})
