"""The story of reading a page: bytes -> decode -> parse -> metadata, body, counter, kind -> one ParsedArticle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dateline.clock import offset_of
from dateline.errors import ReadError
from dateline.nouns.articles import FeedHints, PageKind, ParsedArticle
from dateline.nouns.explanations import FieldClaim, PageExplanation
from worker.parse import jsonld
from worker.parse.block_extractor import BlockExtractor
from worker.parse.evidence import Evidence
from worker.parse.extractor import Body, Extractor
from worker.parse.junk import without_junk
from worker.parse.kinds import kind_of
from worker.parse.metadata import Metadata, claimed, read_metadata
from worker.parse.page import Page, open_page
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
    opened = [_open(page) for page in pages]
    bodies = _bodies([page for page in opened if isinstance(page, Page)], extractor or _default_extractor())
    return [
        _assemble(page, given, next(bodies)) if isinstance(page, Page) else ParsedArticle(error=page)
        for page, given in zip(opened, pages, strict=True)
    ]


def explain_article(given: PageInput) -> tuple[ParsedArticle, PageExplanation | None]:
    """Read one page and tell why it was read so: every source's claim, the winner marked. None for what is no page."""
    article = read_article(given)
    page = _open(given)
    if article.error or not isinstance(page, Page):
        return article, None
    evidence = Evidence(page)
    body = next(_bodies([page], _default_extractor()))
    claims = claimed(evidence, _metadata(evidence, given), given.hints)
    ruled = page.ruled
    if ruled is not None:
        for name, values in ruled.claims.items():
            for field in ("published_on", "published_at") if name == "published" else (name,):
                claims[field] = [(value, SOURCE) for value in values] + claims.get(field, [])
    return article, PageExplanation(
        fields={name: _judged(told, article.provenance.get(name)) for name, told in claims.items()},
        reader=body.reader,
        confidence=body.confidence,
        rule=ruled.rule if ruled else "",
        rule_path=given.rule.path if given.rule else "",
        rule_gave=_gave(page),
        views_url=(ruled.views_url or "") if ruled else "",
    )


def _gave(page: Page) -> tuple[str, ...]:
    """What the page's site rule gave, in words."""
    ruled = page.ruled
    if ruled is None:
        return ()
    body = "the body, whole" if ruled.paragraphs else "where the body stands" if ruled.containers else ""
    return tuple(filter(None, (*ruled.claims, body, "the counter" if ruled.views else "")))


def _judged(told: Sequence[tuple[str, str]], won: str | None) -> tuple[FieldClaim, ...]:
    """Claims with the winner marked: the first of the source that the article's field came from."""
    place = next((at for at, (_, source) in enumerate(told) if source == won), -1)
    return tuple(FieldClaim(value, source, at == place) for at, (value, source) in enumerate(told))


def _open(given: PageInput) -> Page | str:
    """The page parsed, or why it cannot be."""
    try:
        return open_page(given.body, given.url, given.content_type, given.rule)
    except ReadError as error:
        return str(error)
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # one page that trips the parser must not cost its batch
        return f"{type(error).__name__}: {error}"


def _bodies(pages: Sequence[Page], extractor: Extractor) -> Iterator[Body]:
    """A body for each page: taken whole as its site's rule says, or found by the extractor for all others at once."""
    found = iter(extractor.extract([page for page in pages if not (page.ruled and page.ruled.paragraphs)]))
    for page in pages:
        if page.ruled and page.ruled.paragraphs:
            yield Body(page.ruled.paragraphs, f"{SOURCE} {page.ruled.rule}")
        else:
            yield next(found)


def _assemble(page: Page, given: PageInput, body: Body) -> ParsedArticle:
    """Metadata, counter and body of one page brought together; a fault costs this page alone."""
    try:
        evidence = Evidence(page)
        metadata = _metadata(evidence, given)
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
        provenance={**metadata.provenance, **({"text": "page"} if text else {})},
        content_hash=hashes[0],
        text_hash=hashes[1],
        reader=f"{READER}; {body.reader}",
    )


def _metadata(evidence: Evidence, given: PageInput) -> Metadata:
    """What the page says of itself, and over it what its site's rule knows better."""
    metadata = read_metadata(evidence, given.hints)
    if evidence.page.ruled is not None:
        for name, value in typed(evidence.page.ruled.claims, evidence.absolute).items():
            setattr(metadata, name, value)
            metadata.provenance[name] = SOURCE
    return metadata


def _kind(evidence: Evidence, metadata: Metadata, text: str) -> Kind:
    page = evidence.page
    letters = sum(len(line.text) for line in page.lines)
    free = (story.get("isAccessibleForFree") for story in evidence.stories)
    return kind_of(
        PageSigns(
            page.url,
            text,
            lines=[line.text for line in page.lines],
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
