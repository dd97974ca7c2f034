"""The story of reading a page: bytes -> decode -> parse -> metadata, body, counter -> one ParsedArticle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from dateline.errors import ReadError
from dateline.nouns.articles import FeedHints, ParsedArticle
from worker.parse.block_extractor import BlockExtractor
from worker.parse.evidence import Evidence
from worker.parse.extractor import Body, Extractor
from worker.parse.junk import without_junk
from worker.parse.metadata import read_metadata
from worker.parse.page import Page, open_page
from worker.parse.text import content_hash, join
from worker.parse.views import find_views, mask

READER = "4"  # raise it when the same page gives another text: it is stored with each text
_default_extractor = cache(BlockExtractor)  # its model is read from its file when the first page is


@dataclass(frozen=True, slots=True)
class PageInput:
    """A page to be read: its body with the content encoding taken off, where it came from, what the feed said of it."""

    body: bytes
    url: str
    content_type: str | None = None
    hints: FeedHints | None = None


def read_article(page: PageInput, extractor: Extractor | None = None) -> ParsedArticle:
    """Read one page; `read_articles` reads many for less."""
    return read_articles([page], extractor)[0]


def read_articles(pages: Sequence[PageInput], extractor: Extractor | None = None) -> list[ParsedArticle]:
    """Read pages: one ParsedArticle each, in order. A page that cannot be read has its reason in `error`."""
    opened = [_open(page) for page in pages]
    bodies = iter((extractor or _default_extractor()).extract([page for page in opened if isinstance(page, Page)]))
    return [
        _assemble(page, given, next(bodies)) if isinstance(page, Page) else ParsedArticle(error=page)
        for page, given in zip(opened, pages, strict=True)
    ]


def _open(given: PageInput) -> Page | str:
    """The page parsed, or why it cannot be."""
    try:
        return open_page(given.body, given.url, given.content_type)
    except ReadError as error:
        return str(error)
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # one page that trips the parser must not cost its batch
        return f"{type(error).__name__}: {error}"


def _assemble(page: Page, given: PageInput, body: Body) -> ParsedArticle:
    """Metadata, counter and body of one page brought together; a fault costs this page alone."""
    try:
        evidence = Evidence(page)
        metadata = read_metadata(evidence, given.hints)
        views = find_views(page, evidence)
        paragraphs = mask(without_junk(body.paragraphs, metadata.title, metadata.byline, page.links), views)
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # the same
        return ParsedArticle(error=f"{type(error).__name__}: {error}")
    text = join(paragraphs)
    return ParsedArticle(
        title=metadata.title,
        byline=metadata.byline,
        agencies=metadata.agencies,
        published_on=metadata.published_on,
        published_at=metadata.published_at,
        modified_at=metadata.modified_at,
        section=metadata.section,
        page=metadata.page,
        language=metadata.language,
        canonical_url=metadata.canonical_url,
        site_name=metadata.site_name,
        image=metadata.image,
        keywords=metadata.keywords,
        text=text,
        views=views,
        provenance={**metadata.provenance, **({"text": "page"} if text else {})},
        content_hash=content_hash(metadata.title, text),
        reader=f"{READER}; {body.reader}",
    )
