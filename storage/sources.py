"""Sources: outlets, each one record for its hosts and feeds. People rename, tag and merge them.

A source that was merged into another keeps its row and answers with its successor, so that its old id and its site's
key go on working.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, or_, select, update

from dateline.errors import NotFound, UsageError
from dateline.nouns.feeds import Source
from storage.bulk import chunks, insert_missing
from storage.canonicals import Distrust, distrusted
from storage.tables import articles, feeds, hosts, source_tags, sources


@dataclass(frozen=True, slots=True)
class Holdings:
    """What belongs to a source."""

    feeds: int = 0
    articles: int = 0
    hosts: tuple[str, ...] = ()
    distrust: Distrust | None = None  # its canonical URLs are not believed


def ensure(tx: Connection, keys: Iterable[str], now: datetime) -> dict[str, int]:
    """The id of each site's source; made where missing, with the key for a name."""
    wanted = sorted(set(keys))
    found = _ids(tx, wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        insert_missing(tx, sources, [{"key": key, "name": key, "created_at": now} for key in missing])
        found |= _ids(tx, missing)
    return found


def _ids(tx: Connection, keys: Sequence[str]) -> dict[str, int]:
    successor = func.coalesce(sources.c.merged_into, sources.c.id)
    found: dict[str, int] = {}
    for part in chunks(keys):
        rows = tx.execute(select(sources.c.key, successor.label("id")).where(sources.c.key.in_(part)))
        found.update({row.key: row.id for row in rows})
    return found


def named(tx: Connection, word: str, now: datetime) -> int:
    """The source that a person means by `word`, made where there is none: the word becomes its name and key."""
    try:
        return find(tx, word).id
    except NotFound:
        name = word.strip()
        if not name or name.isdigit():
            raise
        key = name.casefold()
        ids = ensure(tx, [key], now)
        tx.execute(update(sources).where(sources.c.id == ids[key]).values(name=name))
        return ids[key]


def load(tx: Connection, ids: Iterable[int]) -> dict[int, Source]:
    """These sources by the id that was asked for; a merged one answers with its successor."""
    wanted = sorted(set(ids))
    found = {source.id: source for part in chunks(wanted) for source in _read(tx, sources.c.id.in_(part))}
    heirs = {source.merged_into for source in found.values() if source.merged_into} - found.keys()
    found |= {source.id: source for part in chunks(sorted(heirs)) for source in _read(tx, sources.c.id.in_(part))}
    return {one: found[found[one].merged_into or one] for one in wanted if one in found}


def find(tx: Connection, word: str) -> Source:
    """The source that a person means: by id, key or name (case does not matter).

    Raises NotFound, or UsageError where several have that name.
    """
    text = word.strip()
    if text.isdigit() and (by_id := load(tx, [int(text)])):
        return by_id[int(text)]
    matches = [sources.c.key == text.casefold(), sources.c.key == text, sources.c.name == text]
    rows = tx.execute(select(sources.c.id).where(or_(*matches, func.lower(sources.c.name) == text.lower()))).scalars()
    found = {source.id: source for source in load(tx, rows).values()}
    if not found:
        raise NotFound(f"no source is called {text!r}", remedy="`dateline sources list` shows them all")
    if len(found) > 1:
        raise UsageError(
            f"several sources are called {text!r}: {', '.join(s.key for s in found.values())}",
            remedy="name one by its id",
        )
    return next(iter(found.values()))


def listed(tx: Connection, *, tag: str | None = None) -> list[Source]:
    """All sources by name, those merged away left out; of one tag alone where it is given."""
    return _read(tx, sources.c.merged_into.is_(None), tag=tag)


def holdings(tx: Connection, ids: Sequence[int]) -> dict[int, Holdings]:
    """How many feeds and articles each of these sources has, and its hosts by name."""
    found = {one: Holdings() for one in ids}
    for part in chunks(sorted(found)):
        feed_counts, article_counts = (_counts(tx, table, part) for table in (feeds, articles))
        names: dict[int, list[str]] = {}
        query = select(hosts.c.source_id, hosts.c.name).where(hosts.c.source_id.in_(part)).order_by(hosts.c.name)
        for row in tx.execute(query):
            names.setdefault(row.source_id, []).append(row.name)
        doubted = distrusted(tx, part)
        for one in part:
            counts = feed_counts.get(one, 0), article_counts.get(one, 0)
            found[one] = Holdings(*counts, tuple(names.get(one, ())), doubted.get(one))
    return found


def _counts(tx: Connection, table: Table, ids: Sequence[int]) -> dict[int, int]:
    owner = table.c.source_id
    rows = tx.execute(select(owner, func.count().label("number")).where(owner.in_(ids)).group_by(owner))
    return {row.source_id: row.number for row in rows}


def _read(tx: Connection, where: Any, *, tag: str | None = None) -> list[Source]:
    query = select(sources).where(where).order_by(sources.c.name, sources.c.id)
    if tag is not None:
        query = query.where(sources.c.id.in_(select(source_tags.c.source_id).where(source_tags.c.tag == tag)))
    rows = tx.execute(query).all()
    tags = tags_of(tx, [row.id for row in rows])
    return [replace(_source(row), tags=tags.get(row.id, ())) for row in rows]


def _source(row: Row[Any]) -> Source:
    return Source(
        id=row.id,
        key=row.key,
        name=row.name,
        country=row.country,
        language=row.language,
        revisit=row.revisit,
        merged_into=row.merged_into,
    )


def tags_of(tx: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of each of these sources, in order; those without any are left out."""
    found: dict[int, tuple[str, ...]] = {}
    for part in chunks(sorted(ids)):
        query = select(source_tags).where(source_tags.c.source_id.in_(part)).order_by(source_tags.c.tag)
        for row in tx.execute(query):
            found[row.source_id] = (*found.get(row.source_id, ()), row.tag)
    return found


def edit(tx: Connection, source_id: int, **words: str | None) -> None:
    """Write the operator's words: any of `name`, `country`, `language`, `revisit` (None takes one back)."""
    unknown = words.keys() - {"name", "country", "language", "revisit"}
    if unknown:
        raise ValueError(f"no such words of a source: {sorted(unknown)}")
    if words:
        tx.execute(update(sources).where(sources.c.id == source_id).values(words))


def retag(tx: Connection, source_id: int, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
    """Add and take away tags."""
    gone = sorted(set(remove))
    if gone:
        tx.execute(delete(source_tags).where(source_tags.c.source_id == source_id, source_tags.c.tag.in_(gone)))
    insert_missing(tx, source_tags, [{"source_id": source_id, "tag": tag} for tag in sorted(set(add))])


def merge(tx: Connection, one: int, into: int) -> dict[str, int]:
    """Make `one` a part of `into`: its hosts, feeds, articles and tags move, and its id answers with its successor.

    Returns how many hosts, feeds and articles moved.
    """
    if one == into:
        raise UsageError("a source cannot be merged into itself", remedy="name two different sources")
    moved = {
        table.name: tx.execute(update(table).where(table.c.source_id == one).values(source_id=into)).rowcount
        for table in (feeds, hosts, articles)
    }
    retag(tx, into, add=tags_of(tx, [one]).get(one, ()))
    tx.execute(delete(source_tags).where(source_tags.c.source_id == one))
    # Chains are kept one link long: whoever was merged into `one` now answers with `into`.
    tx.execute(update(sources).where(or_(sources.c.id == one, sources.c.merged_into == one)).values(merged_into=into))
    return moved
