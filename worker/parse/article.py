"""The story of reading a page: bytes -> decode -> parse -> metadata, body, counter, kind -> one ParsedArticle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dateline.clock import offset_of
from dateline.errors import ReadError
from dateline.nouns.articles import FeedHints, PageKind, ParsedArticle
from worker.parse import jsonld
from worker.parse.block_extractor import BlockExtractor
from worker.parse.evidence import Evidence
from worker.parse.extractor import Body, Extractor
from worker.parse.junk import without_junk
from worker.parse.kinds import kind_of
from worker.parse.metadata import Metadata, read_metadata
from worker.parse.page import Page, cut_together, open_page
from worker.parse.signs import Kind, PageSigns
from worker.parse.site_claims import typed
from worker.parse.site_rules import SOURCE, SiteRule
from worker.parse.text import content_hashes, join
from worker.parse.views import find_views, mask

READER = "5"  # raise it when the same page gives another text: it is stored with each text
_default_extractor = cache(BlockExtractor)  # its model is read from its file when the first page is


@dataclass(frozen=True, slots=True)
class PageInput:
    """A page to be read: its body with the content encoding taken off, where it came from, what the feed said of it,
    and its publisher's rule."""

    body: bytes
    url: str
    content_type: str | None = None
    hints: FeedHints | None = None
    rule: SiteRule | None = None


def read_article(page: PageInput, extractor: Extractor | None = None) -> ParsedArticle:
    """Read one page; `read_articles` reads many for less."""
    return read_articles([page], extractor)[0]


def read_articles(pages: Sequence[PageInput], extractor: Extractor | None = None) -> list[ParsedArticle]:
    """Read pages: one ParsedArticle each, in order. A page that cannot be read has its reason in `error`."""
    opened = [open_given(page) for page in pages]
    sound = [page for page in opened if isinstance(page, Page)]
    cut_together(sound)
    found = find_bodies(sound, extractor)
    return [
        _assemble(page, given, next(found)) if isinstance(page, Page) else ParsedArticle(error=page)
        for page, given in zip(opened, pages, strict=True)
    ]


def open_given(given: PageInput) -> Page | str:
    """The page parsed, or why it cannot be."""
    try:
        return open_page(given.body, given.url, given.content_type, given.rule)
    except ReadError as error:
        return str(error)
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # one page that trips the parser must not cost its batch
        return f"{type(error).__name__}: {error}"


def find_bodies(pages: Sequence[Page], extractor: Extractor | None = None) -> Iterator[Body]:
    """A body for each page: taken whole as its site's rule says, or found by the extractor for all others at once."""
    asked = [page for page in pages if not (page.ruled and page.ruled.paragraphs)]
    found = iter((extractor or _default_extractor()).extract(asked))
    for page in pages:
        if page.ruled and page.ruled.paragraphs:
            yield Body(page.ruled.paragraphs, f"{SOURCE} {page.ruled.rule}", source=SOURCE)
        else:
            yield next(found)


def _assemble(page: Page, given: PageInput, body: Body) -> ParsedArticle:
    """Metadata, counter and body of one page brought together; a fault costs this page alone."""
    try:
        evidence = Evidence(page)
        metadata = find_metadata(evidence, given)
        views = (page.ruled.views if page.ruled else None) or find_views(page, evidence)
        paragraphs = mask(without_junk(body.paragraphs, metadata.title, metadata.byline, page.links), views)
        text = join(paragraphs)
        hashes = content_hashes(metadata.title, text)
        kind = _kind(evidence, metadata, text)
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # the same
        return ParsedArticle(error=f"{type(error).__name__}: {error}")
    return ParsedArticle(
        title=metadata.title,
        byline=metadata.byline,
        agencies=metadata.agencies,
        published_on=metadata.published_on,
        published_at=metadata.published_at,
        published_offset=offset_of(metadata.published_at),
        modified_at=metadata.modified_at,
        section=metadata.section,
        page=metadata.page,
        language=metadata.language,
        canonical_url=metadata.canonical_url,
        site_name=metadata.site_name,
        image=metadata.image,
        keywords=metadata.keywords,
        kind=kind.kind,
        paywalled=kind.paywalled,
        wall=kind.wall,
        wall_reason=kind.reason if kind.kind == PageKind.WALL else "",
        text=text,
        views=views,
        provenance={**metadata.provenance, **({"text": body.source} if text else {})},
        content_hash=hashes[0],
        text_hash=hashes[1],
        reader=f"{READER}; {body.reader}",
    )


def find_metadata(evidence: Evidence, given: PageInput) -> Metadata:
    """What the page says of itself, and over it what its site's rule knows better."""
    metadata = read_metadata(evidence, given.hints)
    if evidence.page.ruled is not None:
        known = typed(evidence.page.ruled.claims, evidence.absolute)
        for name, value in known.items():
            setattr(metadata, name, value)
            metadata.provenance[name] = SOURCE
        if "published_on" in known and "published_at" not in known:
            metadata.published_at = None  # another source's moment may be of another day
            metadata.provenance.pop("published_at", None)
    return metadata


def _kind(evidence: Evidence, metadata: Metadata, text: str) -> Kind:
    page = evidence.page
    letters = sum(len(line.text) for line in page.lines)
    free = (story.get("isAccessibleForFree") for story in evidence.stories)
    return kind_of(
        PageSigns(
            page.url,
            text,
            lines=[*(line.text for line in page.lines), *page.marks.controls],
            title=metadata.title,
            document_title=evidence.document_title,
            ld_types={name for node in page.nodes for name in jsonld.types(node)},
            meta=evidence.meta,
            accessible_for_free=next((_truth(value) for value in free if value is not None), None),
            link_share=sum(line.linked for line in page.lines) / max(1, letters),
        )
    )


def _truth(value: object) -> bool:
    """What publishers write for schema.org's booleans: true, "True", "http://schema.org/False", "false"."""
    return str(value).rsplit("/", 1)[-1].strip().lower() not in ("false", "no", "0")
