"""Near copies on both databases: found, told, re-rooted, expired; and one original whoever else is at work."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from dateline.nouns.articles import ParsedArticle
from dateline.nouns.plans import Look, UrlAlias
from storage import catalog, fingerprints, saving, sources
from storage.database import Database
from storage.tables import articles, lsh_bands
from storage.tables import fingerprints as fingerprint_rows
from tests.support.fetched import Newsroom, page
from tests.unit.test_near_copies import edited, part, story
from worker import saving as stage
from worker.dedupe.candidates import OWNERS
from worker.dedupe.decide import decide
from worker.dedupe.fingerprint import fingerprint
from worker.dedupe.urls import article_key, url_key
from worker.parse.text import content_hash
from worker.reader import Limits, Reader

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
WORKERS, ROUNDS, BATCH = 8, 300, 5


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits(seconds=5.0)) as one:
        yield one


@pytest.fixture
def room(database: Database, reader: Reader) -> Newsroom:
    return Newsroom(database, reader)


def url(number: int) -> str:
    return f"http://paper{number}.example/story"


def publish(room: Newsroom, number: int, words: str, at: str | None = None) -> str:
    """Show a text at an address of its own; the verdict."""
    head = f'<meta property="article:published_time" content="{at}">' if at else ""
    room.add_page(url(number))
    room.later(minutes=1)
    capture = room.capture(url(number), page(f"Headline of paper {number}", *words.split("\n\n"), head=head))
    assert room.process(capture) == {"applied": 1}
    verdict: str = room.kept(capture).verdict
    return verdict


def standing(room: Newsroom) -> list[tuple[int | None, str | None]]:
    return [(one.duplicate_of, one.duplicate_kind) for one in room.articles()]


def test_an_edited_and_a_cut_copy_name_the_first_with_kind_score_and_reason(room: Newsroom) -> None:
    publish(room, 1, story(1))
    edit = publish(room, 2, edited(story(1), 0.05))
    cut = publish(room, 3, part(story(1), 0.3, 0.5))
    publish(room, 4, story(2))
    assert standing(room) == [(None, None), (1, "near"), (1, "near"), (None, None)]
    assert all("a copy (near: " in verdict for verdict in (edit, cut))
    assert all(0.5 <= (one.duplicate_score or 0) <= 1 for one in room.articles()[1:3])
    told = room.changes("article.duplicate")
    assert [(one.subject, one.summary["duplicate_of"], one.summary["duplicate_kind"]) for one in told] == [
        (2, 1, "near"),
        (3, 1, "near"),
    ]
    assert len(room.changes("article.created")) == 4


def test_the_reader_of_the_list_may_leave_copies_out(room: Newsroom) -> None:
    publish(room, 1, story(1))
    publish(room, 2, edited(story(1), 0.05))
    found = catalog.newest_first(room.db.read, catalog.ArticleFilter(originals=True))
    assert [one.id for one in found] == [1]


def test_near_copies_in_one_batch_name_the_first_of_them(room: Newsroom) -> None:
    ids = []
    for number in (1, 2, 3):
        room.add_page(url(number))
        room.later(seconds=1)
        ids.append(room.capture(url(number), page("Headline", *edited(story(1), number / 100).split("\n\n"))))
    assert room.process(*ids) == {"applied": 3}
    assert [one for one, _ in standing(room)] == [None, 1, 1]


def test_one_published_before_the_original_takes_its_place_and_its_copies(room: Newsroom) -> None:
    publish(room, 1, story(1), "2026-03-28T10:00:00Z")
    publish(room, 2, edited(story(1), 0.02), "2026-03-28T11:00:00Z")
    verdict = publish(room, 3, edited(story(1), 0.04), "2026-03-28T09:00:00Z")
    assert "published before what is its copy" in verdict
    assert [one for one, _ in standing(room)] == [3, 3, None]
    told = room.changes("article.rerooted")
    assert [(one.subject, one.summary["duplicate_of"]) for one in told] == [(1, 3), (2, 3)]
    publish(room, 4, story(1), "2026-03-28T12:00:00Z")
    assert standing(room)[3][0] == 3


def test_in_one_batch_too(room: Newsroom) -> None:
    ids = []
    for number, hour in ((1, 12), (2, 11), (3, 10), (4, 13)):
        head = f'<meta property="article:published_time" content="2026-03-28T{hour}:00:00Z">'
        room.add_page(url(number))
        room.later(seconds=1)
        body = page("Headline", *edited(story(1), number / 100).split("\n\n"), head=head)
        ids.append(room.capture(url(number), body))
    assert room.process(*ids) == {"applied": 4}
    assert [one for one, _ in standing(room)] == [3, 3, None, 3]


def test_an_edit_makes_no_article_a_copy(room: Newsroom) -> None:
    publish(room, 1, story(1))
    publish(room, 2, story(2))
    room.look(url(2), page("Headline of paper 2", *story(1).split("\n\n")))
    assert [one for one, _ in standing(room)] == [None, None]


def test_a_text_that_has_expired_is_found_no_more_and_leaves_nothing(room: Newsroom) -> None:
    publish(room, 1, story(1))
    with room.db.write() as tx:
        assert fingerprints.expire(tx, room.at - timedelta(days=14), limit=100) == 0
        assert fingerprints.expire(tx, room.at + timedelta(seconds=1), limit=100) == 1
    with room.db.read() as tx:
        assert [tx.execute(select(func.count()).select_from(t)).scalar() for t in (fingerprint_rows, lsh_bands)] == [
            0,
            0,
        ]
    publish(room, 2, edited(story(1), 0.05))
    assert standing(room)[1] == (None, None)


def test_a_key_keeps_its_newest_owners_and_expires_with_the_last(database: Database) -> None:
    with database.write() as tx:
        for mark in range(1, 21):
            owners = fingerprints.claim(tx, {mark: [-7, 5]}, NOW + timedelta(minutes=mark))
        assert owners == {key: tuple(range(20, 20 - OWNERS, -1)) for key in (-7, 5)}
        assert fingerprints.claim(tx, {20: [5], 19: [9]}, NOW) == {5: owners[5], 9: (19,)}
        assert fingerprints.owners(tx, [5, 6]) == {5: owners[5]}
        assert fingerprints.claim(tx, {}, NOW) == {}


def look(number: int, words: str) -> Look:
    address = f"http://paper{number}.example/story"
    parsed = ParsedArticle(
        title=f"Headline {number}",
        text=words,
        content_hash=content_hash(f"Headline {number}", words),
        fingerprint=fingerprint(words),
    )
    key = url_key(address)
    alias = UrlAlias(key, "raw", address)
    return Look(article_key(key), key, address, 1, NOW, number, 1, page=parsed, aliases=(alias,))


def save(db: Database, looks: list[Look]) -> None:
    with db.write() as tx:
        stage._hold(tx, looks, [])
        known = stage._known(tx, looks, NOW)
        saving.save(tx, decide(looks, known), known.ids)


@pytest.mark.slow
def test_of_copies_that_arrive_at_one_moment_exactly_one_is_the_original(database_url: str) -> None:
    """Eight workers, each with a connection of its own and its own copies of 300 stories, five in a transaction."""
    databases = [Database(database_url, pool_size=1) for _ in range(WORKERS)]
    with databases[0].write() as tx:
        sources.ensure(tx, {"paper.example"}, NOW)
    if databases[0].is_sqlite:  # the test is of order, not of power cuts
        for one in databases:
            with closing(one.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA synchronous=OFF")
    together = threading.Barrier(WORKERS, timeout=60)
    stories = [story(number, 80) for number in range(ROUNDS)]

    def work(worker: int) -> None:
        for start in range(0, ROUNDS, BATCH):
            rounds = random.Random(start + worker).sample(range(start, start + BATCH), BATCH)
            mine = [look(n * WORKERS + worker, edited(stories[n], 0.03 if worker else 0)) for n in rounds]
            together.wait()
            save(databases[worker], mine)

    with ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(work, worker) for worker in range(WORKERS)]:
            done.result()
    with databases[0].read() as tx:
        rows = tx.execute(select(articles.c.id, articles.c.url_key, articles.c.duplicate_of)).all()
    groups: dict[int, list[tuple[int, int | None]]] = {}
    for row in rows:
        number = int(row.url_key.removeprefix("paper").partition(".")[0]) // WORKERS
        groups.setdefault(number, []).append((row.id, row.duplicate_of))
    assert len(groups) == ROUNDS
    for members in groups.values():
        (original,) = [one for one, copied in members if copied is None]
        assert sorted(copied for _, copied in members if copied is not None) == [original] * (WORKERS - 1)
    for one in databases:
        one.close()
