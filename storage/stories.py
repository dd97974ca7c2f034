"""Stories as the desk writes them: the log followed, what was decided kept, counted and told.

One desk at a time holds `story_desk`, by a token that every write is fenced with. How far the log was followed moves in
the transaction that keeps what came of it: whoever dies anywhere leaves nothing half done, and nothing to do twice.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.expression import bindparam

from dateline.nouns.articles import PageKind
from dateline.nouns.changes import ChangeKind, NewChange
from dateline.nouns.stories import (
    Dropped,
    Founded,
    Joined,
    Merged,
    Placed,
    Reported,
    ReportText,
    StoryDesk,
    StoryStep,
)
from storage.bulk import chunks
from storage.tables import articles, revisions, stories, story_articles, story_desk


def desk(tx: Connection) -> StoryDesk:
    """How far the log was followed."""
    row = tx.execute(select(story_desk.c.after, story_desk.c.clock, story_desk.c.last_id)).one()
    return StoryDesk(row.after, row.clock, row.last_id)


def hold(tx: Connection, token: str, now: datetime, until: datetime) -> StoryDesk | None:
    """Take the desk until then, or keep it; None while another has it."""
    free = or_(story_desk.c.token == token, story_desk.c.token.is_(None), story_desk.c.until <= now)
    taken = update(story_desk).where(free).values(token=token, until=until)
    row = tx.execute(taken.returning(story_desk.c.after, story_desk.c.clock, story_desk.c.last_id)).first()
    return StoryDesk(row.after, row.clock, row.last_id) if row else None


def give_back(tx: Connection, token: str) -> None:
    """Leave the desk, so that nobody has to wait for it."""
    tx.execute(update(story_desk).where(story_desk.c.token == token).values(token=None, until=None))


def reported(tx: Connection, ids: Collection[int], *, characters: int) -> dict[int, Reported]:
    """These articles with the beginnings of the texts that may place them; those that were removed are left out."""
    columns = (articles.c.id, articles.c.kind, articles.c.language, articles.c.title, articles.c.first_seen_at)
    fields = ("article_id", "kind", "title", "observed_at", "published_at", "published_on")
    shown = [*(revisions.c[name] for name in fields), func.substr(revisions.c.text, 1, characters).label("text")]
    found: dict[int, Reported] = {}
    for part in chunks(sorted(ids)):
        texts: dict[int, list[ReportText]] = {}
        mine = revisions.c.article_id.in_(part) & revisions.c.kind.in_(("first", "completed"))
        for row in tx.execute(select(*shown).where(mine).order_by(revisions.c.id)):
            text = ReportText(row.kind, row.title or "", row.text, row.observed_at, row.published_at, row.published_on)
            texts.setdefault(row.article_id, []).append(text)
        for row in tx.execute(select(*columns).where(articles.c.id.in_(part))):
            kept = tuple(texts.get(row.id, ()))
            kind = PageKind(row.kind)
            found[row.id] = Reported(row.id, kind, row.language, row.title or "", row.first_seen_at, kept)
    return found


def standing(tx: Connection, ids: Collection[int]) -> tuple[dict[int, Placed], set[int]]:
    """How these articles stand, without their vectors; and which of them have copies."""
    found: dict[int, Placed] = {}
    copied: set[int] = set()
    for part in chunks(sorted(ids)):
        rows = tx.execute(select(story_articles).where(story_articles.c.article_id.in_(part)))
        found.update({row.article_id: _placed(row, terms=b"") for row in rows})
        copies = select(story_articles.c.copy_of).where(story_articles.c.copy_of.in_(part)).distinct()
        copied.update(tx.execute(copies).scalars())
    return found, copied


def window(tx: Connection, language: str, since: datetime, *, limit: int) -> Iterator[Placed]:
    """The reports of a language that weigh and came after this moment, the newest of them, oldest first."""
    late = (story_articles.c.language == language) & (story_articles.c.since > since)
    mine = late & story_articles.c.copy_of.is_(None) & (func.length(story_articles.c.terms) > 0)
    newest = select(story_articles).where(mine).order_by(story_articles.c.seq.desc()).limit(limit).subquery()
    for row in tx.execution_options(yield_per=2000).execute(select(newest).order_by(newest.c.seq)):
        yield _placed(row, terms=row.terms)


def _placed(row: Any, *, terms: bytes) -> Placed:
    return Placed(
        article=row.article_id,
        story=row.story_id,
        language=row.language,
        seq=row.seq,
        since=row.since,
        at=row.at,
        copy_of=row.copy_of,
        terms=terms,
    )


def keep(
    tx: Connection, token: str, followed: StoryDesk, steps: Sequence[StoryStep], now: datetime
) -> list[NewChange] | None:
    """Keep what was decided and how far the log was followed. Returns the changes that the caller is to append last.

    None, and nothing is kept, where another has the desk now.
    """
    mine = update(story_desk).where(story_desk.c.token == token)
    far = {"after": followed.after, "clock": followed.clock, "last_id": followed.last_id}
    if not tx.execute(mine.values(far)).rowcount:
        return None
    named = {one for step in steps for one in _articles_of(step)}
    before = _stories_of(tx, named)
    _take(tx, steps, now)
    after = _stories_of(tx, named)
    touched = {story for placed in (before, after) for story in placed.values()}
    touched |= {step.into for step in steps if isinstance(step, Merged)}
    founded = [step for step in steps if isinstance(step, Founded)]
    touched |= {story for step in founded for story in (step.story, step.parted_from) if story is not None}
    _count(tx, touched, now)
    return _told(tx, steps, touched, before, after)


def _articles_of(step: StoryStep) -> tuple[int, ...]:
    if isinstance(step, Joined):
        return step.articles
    return (step.article,) if isinstance(step, Placed | Dropped) else ()


def _stories_of(tx: Connection, ids: Collection[int]) -> dict[int, int]:
    """The stories of these articles; those that stand alone are left out."""
    query = select(story_articles.c.article_id, story_articles.c.story_id).where(story_articles.c.story_id.is_not(None))
    parts = chunks(sorted(ids))
    rows = [row for part in parts for row in tx.execute(query.where(story_articles.c.article_id.in_(part)))]
    return {row.article_id: row.story_id for row in rows}


# --- carried out ---


def _take(tx: Connection, steps: Sequence[StoryStep], now: datetime) -> None:
    founders = _founders(tx, {step.first for step in steps if isinstance(step, Founded)})
    for kind, run in groupby(steps, key=type):
        if kind is Placed:
            _place(tx, [step for step in run if isinstance(step, Placed)])
            continue
        for step in run:
            if isinstance(step, Founded):
                key, title = founders.get(step.first, ("", ""))
                _found(tx, step, key, title, now)
            elif isinstance(step, Joined):
                for part in chunks(step.articles):
                    mine = story_articles.c.article_id.in_(part) | story_articles.c.copy_of.in_(part)
                    tx.execute(update(story_articles).where(mine).values(story_id=step.story))
            elif isinstance(step, Merged):
                _merge(tx, step)
            elif isinstance(step, Dropped):
                tx.execute(delete(story_articles).where(story_articles.c.article_id == step.article))
    for step in steps:
        if isinstance(step, Founded):
            untitled = None if founders.get(step.first, ("", ""))[1] else step.story
            _retitle(tx, {story for story in (untitled, step.parted_from) if story is not None})


def _place(tx: Connection, placed: Sequence[Placed]) -> None:
    rows = {
        one.article: {
            "article_id": one.article,
            "story_id": one.story,
            "copy_of": one.copy_of,
            "language": one.language,
            "seq": one.seq,
            "since": one.since,
            "at": one.at,
            "terms": one.terms,
        }
        for one in placed
    }
    upsert: Any = (postgresql if tx.dialect.name == "postgresql" else sqlite).insert(story_articles)
    fresh = {column.name: column for column in upsert.excluded if column.name != "article_id"}
    tx.execute(upsert.on_conflict_do_update(index_elements=["article_id"], set_=fresh), list(rows.values()))


def _founders(tx: Connection, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    query = select(articles.c.id, articles.c.key, articles.c.title)
    rows = [row for part in chunks(sorted(ids)) for row in tx.execute(query.where(articles.c.id.in_(part)))]
    return {row.id: (row.key, row.title or "") for row in rows}


def _found(tx: Connection, step: Founded, key: str, title: str, now: datetime) -> None:
    row = {
        "id": step.story,
        "key": story_key(key, step.story),
        "language": step.language,
        "title": title,
        "split_from": step.parted_from,
        **dict.fromkeys(("first_at", "last_at", "created_at", "updated_at"), now),
    }
    tx.execute(stories.insert(), [row])


def story_key(first: str, story: int) -> str:
    """The public key of a story by its number and its first article's key. It begins with a letter, as an article's."""
    digest = base64.b32encode(hashlib.sha256(f"{first} {story}".encode()).digest()).decode().lower()
    return "s" + digest[:15]


def _merge(tx: Connection, step: Merged) -> None:
    """All its articles go over; it, and what had merged into it, answer with the other from now on."""
    tx.execute(update(story_articles).where(story_articles.c.story_id == step.story).values(story_id=step.into))
    former = or_(stories.c.id == step.story, stories.c.merged_into == step.story)
    tx.execute(update(stories).where(former).values(merged_into=step.into))


def _retitle(tx: Connection, ids: Iterable[int]) -> None:
    """Give these stories the title of the earliest report that is in them."""
    for story in sorted(ids):
        own = (story_articles.c.story_id == story) & story_articles.c.copy_of.is_(None)
        earliest = (
            select(articles.c.title)
            .join(story_articles, story_articles.c.article_id == articles.c.id)
            .where(own, articles.c.title != "")
            .order_by(story_articles.c.at, articles.c.id)
            .limit(1)
        )
        if title := tx.execute(earliest).scalar():
            tx.execute(update(stories).where(stories.c.id == story).values(title=title))


def _count(tx: Connection, ids: Collection[int], now: datetime) -> None:
    """Count these stories' articles and outlets afresh. One that is left without any keeps its times."""
    joined = story_articles.join(articles, articles.c.id == story_articles.c.article_id)
    numbers = (
        func.count().label("reports"),
        func.count(articles.c.source_id.distinct()).label("sources"),
        func.min(story_articles.c.at).label("earliest"),
        func.max(story_articles.c.at).label("latest"),
    )
    counted = select(story_articles.c.story_id, *numbers).select_from(joined).group_by(story_articles.c.story_id)
    for part in chunks(sorted(ids)):
        none: dict[str, Any] = {"reports": 0, "sources": 0, "earliest": None, "latest": None}
        rows: dict[int, dict[str, Any]] = {one: {"story": one, **none} for one in part}
        for row in tx.execute(counted.where(story_articles.c.story_id.in_(part))).mappings():
            rows[row["story_id"]] |= {name: row[name] for name in none}
        tx.execute(_COUNTED.values(updated_at=now), list(rows.values()))


_COUNTED = (
    update(stories)
    .where(stories.c.id == bindparam("story"))
    .values(
        articles=bindparam("reports"),
        outlets=bindparam("sources"),
        first_at=func.coalesce(bindparam("earliest", type_=stories.c.first_at.type), stories.c.first_at),
        last_at=func.coalesce(bindparam("latest", type_=stories.c.last_at.type), stories.c.last_at),
    )
)


# --- told ---


def _told(
    tx: Connection, steps: Sequence[StoryStep], touched: Collection[int], before: dict[int, int], after: dict[int, int]
) -> list[NewChange]:
    """Each story once: begun or changed; then which merged and which were parted."""
    founded = {step.story: step for step in steps if isinstance(step, Founded)}
    merged = [step for step in steps if isinstance(step, Merged)]
    gone = {step.story for step in merged}
    told = []
    for row in _rows(tx, touched):
        joined = sorted(one for one, story in after.items() if story == row.id and before.get(one) != row.id)
        left = sorted(one for one, story in before.items() if story == row.id and after.get(one) != row.id)
        counts = {"articles": row.articles, "outlets": row.outlets}
        if (step := founded.get(row.id)) is not None:
            about: dict[str, object] = {"key": row.key, "title": row.title, "language": row.language, **counts}
            told.append(NewChange(ChangeKind.STORY_CREATED, row.id, {**about, "joined": joined}))
            if step.parted_from is not None:
                parted: dict[str, object] = {"into": row.id, "articles": row.articles}
                told.append(NewChange(ChangeKind.STORY_SPLIT, step.parted_from, parted))
        elif row.id not in gone:
            told.append(NewChange(ChangeKind.STORY_UPDATED, row.id, {**counts, "joined": joined, "left": left}))
    return [*told, *(NewChange(ChangeKind.STORY_MERGED, step.story, {"into": step.into}) for step in merged)]


def _rows(tx: Connection, ids: Iterable[int]) -> list[Any]:
    return [
        row
        for part in chunks(sorted(set(ids)))
        for row in tx.execute(select(stories).where(stories.c.id.in_(part)).order_by(stories.c.id))
    ]
