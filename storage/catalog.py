"""The catalogue: articles as people and programs read them back, with their texts, copies and view counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select

from dateline.errors import NotFound
from dateline.nouns.articles import Article, PageKind, Revision, TextFrom, ViewSample
from dateline.nouns.enrichments import KeptEnrichment
from dateline.nouns.revisions import Edit, Weight
from storage import enrichments
from storage.bulk import chunks
from storage.feeds import tagged
from storage.tables import (
    article_urls,
    articles,
    entries,
    feeds,
    revisions,
    source_tags,
    sources,
    story_articles,
    view_samples,
)
from storage.words import holds, words_of

ID_DIGITS = 18  # what surely fits into 64 bits
JUMP = 10  # a count so many times the one before, and by at least JUMP_LEAST more, is marked
JUMP_LEAST = 1000
PAGE = 500  # articles read in one transaction: a list of any length never holds one for long


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Which articles a list shows; None and empty mean all. `since` is by the moment they were first seen."""

    since: datetime | None = None
    source_id: int | None = None
    tag: str | None = None
    feed_id: int | None = None
    search: str = ""
    originals: bool = False  # without copies of others
    story_id: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleUrl:
    """One URL that finds an article, and what it is to it: raw, final or canonical."""

    url: str
    role: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry of a feed that showed an article."""

    feed_id: int
    feed_url: str
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """One article with everything kept about it but its view counts."""

    article: Article
    text: str
    urls: tuple[ArticleUrl, ...]
    copies: tuple[Article, ...]  # the others with its text: its original and that one's copies, or its own copies
    revisions: tuple[Revision, ...]  # oldest first
    sightings: tuple[Sighting, ...]
    enrichments: dict[str, KeptEnrichment]  # by enricher, of the text that it has now


def _articles() -> Select[Any]:
    placed = articles.outerjoin(story_articles, story_articles.c.article_id == articles.c.id)
    columns = (articles, sources.c.name.label("source"), story_articles.c.story_id)
    return select(*columns).select_from(placed.join(sources, sources.c.id == articles.c.source_id))


def newest_first(
    read: Callable[[], AbstractContextManager[Connection]], wanted: ArticleFilter, *, limit: int | None = None
) -> Iterator[Article]:
    """The articles that the filter lets through, the one first seen last coming first.

    Read in pages by (first_seen_at, id), each in a transaction of its own from `read`: articles that arrive meanwhile
    move none, and a list of any length holds no lock.
    """
    words = words_of(wanted.search)
    query = _filtered(wanted).order_by(articles.c.first_seen_at.desc(), articles.c.id.desc())
    if words:
        query = query.add_columns(revisions.c.text).outerjoin(revisions, revisions.c.id == articles.c.head_revision_id)
    after: tuple[datetime, int] | None = None
    left = limit
    while left is None or left > 0:
        size = PAGE if left is None or words else min(PAGE, left)
        page = query.limit(size)
        if after is not None:
            seen, last = articles.c.first_seen_at, articles.c.id
            page = page.where(or_(seen < after[0], and_(seen == after[0], last < after[1])))
        with read() as tx:
            rows = tx.execute(page).all()
            shown = [article_of(row) for row in rows if not words or holds(words, row.title, row.text)][:left]
            shown = _with_results(tx, shown)
        yield from shown
        if len(rows) < size:
            return
        after = (rows[-1].first_seen_at, rows[-1].id)
        left = None if left is None else left - len(shown)


def _with_results(tx: Connection, found: Sequence[Article]) -> list[Article]:
    """The articles with what enrichers made of them."""
    made = enriched(tx, found)
    results = {number: {name: one.result for name, one in by.items() if not one.error} for number, by in made.items()}
    return [replace(article, enrichments=results[article.id]) for article in found]


def _filtered(wanted: ArticleFilter) -> Select[Any]:
    query = _articles()
    if wanted.since is not None:
        query = query.where(articles.c.first_seen_at >= wanted.since)
    if wanted.source_id is not None:
        query = query.where(articles.c.source_id == wanted.source_id)
    if wanted.feed_id is not None:
        shown = select(entries.c.article_id).where(entries.c.feed_id == wanted.feed_id)
        query = query.where(or_(articles.c.feed_id == wanted.feed_id, articles.c.id.in_(shown)))
    if wanted.tag is not None:
        of_feed = select(feeds.c.id).where(tagged(wanted.tag))
        of_source = select(source_tags.c.source_id).where(source_tags.c.tag == wanted.tag)
        query = query.where(or_(articles.c.feed_id.in_(of_feed), articles.c.source_id.in_(of_source)))
    if wanted.story_id is not None:
        query = query.where(story_articles.c.story_id == wanted.story_id)
    if wanted.originals:
        query = query.where(articles.c.duplicate_of.is_(None))
    return query


def find(tx: Connection, word: str, url_keys: Iterable[str] = ()) -> Article:
    """The article that a person means: by id, by key, or by the keys of a URL that it had, has or calls canonical.

    Raises NotFound.
    """
    is_id = word.isascii() and word.isdigit() and len(word) <= ID_DIGITS
    row = tx.execute(_articles().where(articles.c.id == int(word) if is_id else articles.c.key == word)).first()
    if row is None and (keys := list(url_keys)):
        by_url = select(article_urls.c.article_id).where(article_urls.c.url_key.in_(keys))
        own = articles.c.url_key.in_(keys)
        query = _articles().where(or_(own, articles.c.id.in_(by_url))).order_by(own.desc(), articles.c.id)
        row = tx.execute(query).first()
    if row is None:
        raise NotFound(
            f"no article is known by {word!r}",
            remedy="`dateline explain URL` says what became of a URL; `dateline ingest URL` fetches it now",
        )
    [article] = _with_results(tx, [article_of(row)])
    return article


def dossier(tx: Connection, article: Article) -> Dossier:
    """Everything kept about one article."""
    chain = revisions_of(tx, article.id)
    head = next((one for one in chain if one.id == article.head_revision_id), None)
    return Dossier(
        article,
        head.text if head else "",
        _urls(tx, article),
        _copies(tx, article),
        chain,
        _seen(tx, article),
        enriched(tx, [article])[article.id],
    )


def enriched(tx: Connection, found: Iterable[Article]) -> dict[int, dict[str, KeptEnrichment]]:
    """By article id and enricher what was made of the text that the article has now."""
    hashes = {article.id: article.content_hash for article in found}
    kept = enrichments.of_articles(tx, hashes)
    return {
        number: {name: one for name, one in kept.get(number, {}).items() if one.content_hash == content_hash}
        for number, content_hash in hashes.items()
    }


def revisions_of(tx: Connection, article_id: int) -> tuple[Revision, ...]:
    """Every kept text of an article, oldest first."""
    query = select(revisions).where(revisions.c.article_id == article_id)
    return tuple(_revision(row) for row in tx.execute(query.order_by(revisions.c.observed_at, revisions.c.id)))


def revisions_by_id(tx: Connection, ids: Collection[int]) -> dict[int, Revision]:
    """These kept texts."""
    query = select(revisions)
    rows = [row for part in chunks(sorted(ids)) for row in tx.execute(query.where(revisions.c.id.in_(part)))]
    return {row.id: _revision(row) for row in rows}


def _urls(tx: Connection, article: Article) -> tuple[ArticleUrl, ...]:
    query = select(article_urls).where(article_urls.c.article_id == article.id).order_by(article_urls.c.url_key)
    return tuple(ArticleUrl(row.url, row.role) for row in tx.execute(query))


def _copies(tx: Connection, article: Article) -> tuple[Article, ...]:
    root = article.duplicate_of or article.id
    query = _articles().where(or_(articles.c.id == root, articles.c.duplicate_of == root), articles.c.id != article.id)
    return tuple(article_of(row) for row in tx.execute(query.order_by(articles.c.id)))


def _seen(tx: Connection, article: Article) -> tuple[Sighting, ...]:
    query = (
        select(entries.c.feed_id, feeds.c.url, entries.c.first_seen_at, entries.c.last_seen_at)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(entries.c.article_id == article.id)
        .order_by(entries.c.first_seen_at, entries.c.id)
    )
    return tuple(Sighting(row.feed_id, row.url, row.first_seen_at, row.last_seen_at) for row in tx.execute(query))


def samples(tx: Connection, article_id: int) -> list[ViewSample]:
    """Every observation of this article's counters, oldest first, with its marks."""
    query = select(view_samples).where(view_samples.c.article_id == article_id)
    before: dict[str, int] = {}
    found = []
    for row in tx.execute(query.order_by(view_samples.c.observed_at, view_samples.c.meter)):
        count = row._mapping["count"]
        sample = ViewSample(
            article_id=row.article_id,
            meter=row.meter,
            observed_at=row.observed_at,
            count=count,
            exact=row.exact,
            matched=row.matched,
            extractor=row.extractor,
            capture_id=row.capture_id,
            marks=tuple(_marks(count, row.exact, before.get(row.meter))),
        )
        before[row.meter] = count
        found.append(sample)
    return found


def _marks(count: int, exact: bool, before: int | None) -> Iterator[str]:
    """What a reader of this count should know: nothing is corrected, the odd is only marked."""
    if not exact:
        yield "rounded"
    if before is not None and count < before:
        yield "fell"
    if before is not None and count >= before * JUMP and count - before >= JUMP_LEAST:
        yield "jumped"


def article_of(row: Row[Any]) -> Article:
    """The noun of a row of `articles` joined with its source's name."""
    return Article(
        id=row.id,
        key=row.key,
        url_key=row.url_key,
        url=row.url,
        source_id=row.source_id,
        source=row.source,
        title=row.title,
        first_seen_at=row.first_seen_at,
        updated_at=row.updated_at,
        final_url=row.final_url,
        canonical_url=row.canonical_url,
        byline=tuple(row.byline),
        published_on=row.published_on,
        published_at=row.published_at,
        published_offset=row.published_offset,
        modified_at=row.modified_at,
        section=row.section,
        page=row.page,
        language=row.language,
        image=row.image,
        kind=PageKind(row.kind),
        paywalled=row.paywalled,
        agencies=tuple(row.agencies),
        keywords=tuple(row.keywords),
        text_from=TextFrom(row.text_from),
        text_reason=row.text_reason,
        provenance=dict(row.provenance),
        content_hash=row.content_hash,
        duplicate_of=row.duplicate_of,
        duplicate_kind=row.duplicate_kind,
        duplicate_score=row.duplicate_score,
        revisions=row.revisions,
        head_revision_id=row.head_revision_id,
        views=row.views,
        views_at=row.views_at,
        gone_at=row.gone_at,
        restless=row.restless,
        feed_id=row.feed_id,
        story_id=row.story_id,
    )


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        id=row.id,
        article_id=row.article_id,
        observed_at=row.observed_at,
        kind=row.kind,
        title=row.title,
        text=row.text,
        content_hash=row.content_hash,
        capture_id=row.capture_id,
        reader=row.reader,
        byline=tuple(row.byline),
        published_on=row.published_on,
        published_at=row.published_at,
        modified_at=row.modified_at,
        text_from=TextFrom(row.text_from),
        edit=_edit(row),
    )


def _edit(row: Row[Any]) -> Edit | None:
    if row.weight is None:
        return None
    words = {"words_added": row.words_added, "words_removed": row.words_removed}
    return Edit(Weight(row.weight), tuple(row.changed), **words, why=row.why, flip_flop=row.flip_flop)
