"""Articles as deciding needs them: what is known beside a batch of looks, held so that nobody else decides on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import xxhash
from sqlalchemy import Connection, Row, select, text

from dateline.nouns.articles import PageKind, TextFrom
from dateline.nouns.copies import KnownText, Published
from dateline.nouns.plans import Known, KnownArticle
from storage import views
from storage.bulk import chunks
from storage.tables import article_urls, articles, revisions

MAX_LOCKS = 400  # in one transaction; a server keeps room for some thousands in all
_EVERYTHING = 0x6461_7465  # the lock that every batch shares, and that a batch with too many keys has to itself


def lock(tx: Connection, keys: Iterable[str | bytes]) -> None:
    """Hold these URL keys and content hashes to the end of this transaction: nobody else decides on them meanwhile.

    What is read after it is what the others have committed, so that two workers with copies of one story, or with one
    URL, never both find nothing. On SQLite a write transaction is alone anyway.
    """
    if tx.dialect.name != "postgresql":
        return
    numbers = sorted({xxhash.xxh3_64_intdigest(_bytes(key)) - (1 << 63) for key in keys})
    if len(numbers) > MAX_LOCKS:
        tx.execute(text("SELECT pg_advisory_xact_lock(:one)"), {"one": _EVERYTHING})
        return
    tx.execute(text("SELECT pg_advisory_xact_lock_shared(:one)"), {"one": _EVERYTHING})
    if numbers:
        # One after another in their order, so that two batches never wait for each other.
        tx.execute(
            text("SELECT count(pg_advisory_xact_lock(k)) FROM (SELECT unnest(CAST(:keys AS bigint[])) AS k) AS sorted"),
            {"keys": numbers},
        )


def _bytes(key: str | bytes) -> bytes:
    return key.encode() if isinstance(key, str) else key


def known(
    tx: Connection,
    url_keys: Collection[str],
    *,
    other_keys: Collection[str] = (),
    hashes: Collection[bytes] = (),
    looked_at: Mapping[str, datetime] | None = None,
    alike: Mapping[str, tuple[KnownText, ...]] | None = None,
) -> Known:
    """What stands beside looks at the articles with `url_keys`, whose pages also bear `other_keys` and say `hashes`.

    `looked_at` gives the moment of each article's earliest look in the batch; where its newest text is younger, its
    chain comes along. `alike` are the texts that theirs may be copies of.
    """
    keys = {*url_keys, *other_keys}
    found = _by_url_key(tx, keys)
    owners = _owners(tx, keys) | {key: key for key in found}
    texts = _first_with(tx, hashes)
    mine = {key: found[key] for key in url_keys if key in found}
    others = {one.url_key for texts_of_one in (alike or {}).values() for one in texts_of_one}
    named = {*mine, *owners.values(), *texts.values(), *others}
    roots, originals = _copies(tx, named)
    mine = _with_counters(tx, _with_chains(tx, mine, looked_at or {}))
    numbers, published = _dates(tx, named | set(roots.values()))
    return Known(mine, owners, texts, roots, originals, dict(alike or {}), published, numbers)


def read_before(tx: Connection, url_keys: Collection[str]) -> set[str]:
    """Those of these URL keys whose article has a page's text already."""
    query = select(articles.c.url_key).where(articles.c.text_from == str(TextFrom.PAGE))
    parts = chunks(sorted(url_keys))
    return {key for part in parts for key in tx.execute(query.where(articles.c.url_key.in_(part))).scalars()}


def with_texts(tx: Connection, found: Known, url_keys: Collection[str]) -> Known:
    """The same with the newest texts of these articles, to be compared word by word, and which they showed before."""
    by_id = {one.id: one for key in sorted(set(url_keys)) if (one := found.articles.get(key)) is not None and one.id}
    head = select(articles.c.id, revisions.c.text).join(revisions, revisions.c.id == articles.c.head_revision_id)
    mine = dict(found.articles)
    for part in chunks(sorted(by_id)):
        for row in tx.execute(head.where(articles.c.id.in_(part))):
            mine[by_id[row.id].url_key] = replace(by_id[row.id], text=row.text)
        for article_id, shown in _shown_before(tx, part).items():
            key = by_id[article_id].url_key
            mine[key] = replace(mine[key], shown_before=frozenset(shown))
    return replace(found, articles=mine)


def _shown_before(tx: Connection, ids: Collection[int]) -> dict[int, set[bytes]]:
    """The hashes of all texts that these articles ever showed; walls are none."""
    query = select(revisions.c.article_id, revisions.c.content_hash)
    found: dict[int, set[bytes]] = {}
    for row in tx.execute(query.where(revisions.c.article_id.in_(ids), revisions.c.kind != "wall")):
        found.setdefault(row.article_id, set()).add(row.content_hash)
    return found


def ids(tx: Connection, url_keys: Collection[str]) -> dict[str, int]:
    """The ids of the articles with these URL keys."""
    found: dict[str, int] = {}
    for part in chunks(sorted(url_keys)):
        rows = tx.execute(select(articles.c.url_key, articles.c.id).where(articles.c.url_key.in_(part)))
        found.update({row.url_key: row.id for row in rows})
    return found


def _dates(tx: Connection, url_keys: Collection[str]) -> tuple[dict[str, int], dict[str, Published]]:
    """The ids of the articles with these URL keys, and when they were published."""
    query = select(articles.c.id, articles.c.url_key, articles.c.published_at, articles.c.published_on)
    rows = [row for part in chunks(sorted(url_keys)) for row in tx.execute(query.where(articles.c.url_key.in_(part)))]
    published = {row.url_key: Published(row.published_at, row.published_on) for row in rows}
    return {row.url_key: row.id for row in rows}, published


def _by_url_key(tx: Connection, url_keys: Collection[str]) -> dict[str, KnownArticle]:
    head = articles.outerjoin(revisions, revisions.c.id == articles.c.head_revision_id)
    query = select(articles, revisions.c.observed_at.label("text_changed_at")).select_from(head)
    found: dict[str, KnownArticle] = {}
    for part in chunks(sorted(url_keys)):
        found.update({row.url_key: _known(row) for row in tx.execute(query.where(articles.c.url_key.in_(part)))})
    return found


def _known(row: Row[Any]) -> KnownArticle:
    return KnownArticle(
        id=row.id,
        url_key=row.url_key,
        text_from=TextFrom(row.text_from),
        content_hash=row.content_hash,
        revisions=row.revisions,
        first_seen_at=row.first_seen_at,
        head_observed_at=row.head_observed_at,
        text_changed_at=row.text_changed_at,
        views=row.views,
        views_at=row.views_at,
        gone_at=row.gone_at,
        duplicate_of=row.duplicate_of,
        visit_id=row.visit_id,
        feed_id=row.feed_id,
        kind=PageKind(row.kind),
        title=row.title,
        byline=tuple(row.byline),
        published_on=row.published_on,
        provenance=row.provenance,
        restless=row.restless,
        unkept=row.unkept_hash or b"",
    )


def _owners(tx: Connection, url_keys: Collection[str]) -> dict[str, str]:
    """By any URL key the own key of the article that it finds."""
    query = select(article_urls.c.url_key, articles.c.url_key.label("owner")).join(
        articles, articles.c.id == article_urls.c.article_id
    )
    rows = [r for part in chunks(sorted(url_keys)) for r in tx.execute(query.where(article_urls.c.url_key.in_(part)))]
    return {row.url_key: row.owner for row in rows}


def _first_with(tx: Connection, hashes: Collection[bytes]) -> dict[bytes, str]:
    """By content hash the URL key of the first article that says it."""
    found: dict[bytes, str] = {}
    for part in chunks(sorted(hashes)):
        query = select(articles.c.content_hash, articles.c.url_key).where(articles.c.content_hash.in_(part))
        for row in tx.execute(query.order_by(articles.c.id)):
            found.setdefault(row.content_hash, row.url_key)
    return found


def _copies(tx: Connection, url_keys: Collection[str]) -> tuple[dict[str, str], frozenset[str]]:
    """Which of these are copies, and of what; and which of these have copies."""
    root, copy = articles.alias(), articles.alias()
    roots: dict[str, str] = {}
    originals: set[str] = set()
    for part in chunks(sorted(url_keys)):
        pairs = select(copy.c.url_key, root.c.url_key.label("root")).join(root, root.c.id == copy.c.duplicate_of)
        roots.update({row.url_key: row.root for row in tx.execute(pairs.where(copy.c.url_key.in_(part)))})
        copied = select(copy.c.id).where(copy.c.duplicate_of == root.c.id).exists()
        originals.update(tx.execute(select(root.c.url_key).where(root.c.url_key.in_(part), copied)).scalars())
    return roots, frozenset(originals)


def _with_chains(
    tx: Connection, found: dict[str, KnownArticle], looked_at: Mapping[str, datetime]
) -> dict[str, KnownArticle]:
    late = {
        article.id: key
        for key, article in found.items()
        if article.id is not None
        and article.head_observed_at is not None
        and looked_at.get(key, article.head_observed_at) < article.head_observed_at
    }
    for part in chunks(sorted(late)):
        columns = (revisions.c.article_id, revisions.c.capture_id, revisions.c.observed_at, revisions.c.content_hash)
        mine = revisions.c.article_id.in_(part) & (revisions.c.kind != "wall")
        # A capture that was read again says what its newest reading says.
        newest: dict[tuple[int, int | None], tuple[datetime, bytes]] = {}
        for row in tx.execute(select(*columns).where(mine).order_by(revisions.c.observed_at, revisions.c.id)):
            newest[row.article_id, row.capture_id] = (row.observed_at, row.content_hash)
        for (article_id, _), link in newest.items():
            article = found[late[article_id]]
            found[article.url_key] = replace(article, chain=(*article.chain, link))
    return found


def _with_counters(tx: Connection, found: dict[str, KnownArticle]) -> dict[str, KnownArticle]:
    """Add the counter of the last page of each, where that page had one."""
    counted = {article.id: key for key, article in found.items() if article.id is not None and article.views_at}
    for article_id, (sample, counter) in views.latest(tx, counted).items():
        article = found[counted[article_id]]
        if article.head_observed_at is None or sample.observed_at >= article.head_observed_at:
            found[article.url_key] = replace(article, counter=counter)
    return found
