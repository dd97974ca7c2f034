"""The change log in commit order, on both databases."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime

import psycopg
import pytest

from dateline.nouns.changes import ChangeKind, NewChange
from storage import changes
from storage.database import Database
from tests.support.postgres import Postgres

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)


def created(subject: int) -> NewChange:
    return NewChange(ChangeKind.ARTICLE_CREATED, subject, {"title": "Ω", "n": subject})


def test_changes_come_back_in_the_order_given(database: Database) -> None:
    with database.write() as tx:
        changes.append(tx, [created(7), NewChange(ChangeKind.VIEWS_UPDATED, 7, {"count": 2504})], NOW)
        changes.append(tx, [created(8)], NOW)
    with database.read() as tx:
        found = changes.after(tx, 0, limit=10)
        assert [(c.kind, c.subject) for c in found] == [
            ("article.created", 7),
            ("views.updated", 7),
            ("article.created", 8),
        ]
        assert found[0].summary == {"title": "Ω", "n": 7}
        assert found[0].at == NOW
        assert changes.after(tx, found[1].seq, limit=10) == found[2:]
        assert changes.after(tx, 0, limit=10, kinds=["views.updated"]) == [found[1]]
        assert changes.newest(tx) == found[-1].seq


def test_what_is_rolled_back_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as tx:
            changes.append(tx, [created(1)], NOW)
            raise RuntimeError("killed here")

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as tx:
        assert changes.after(tx, 0, limit=10) == []


def test_a_reader_never_steps_over_a_change_that_commits_later(database: Database) -> None:
    """16 writers with random delays and rollbacks; a reader follows all the while."""
    written: set[int] = set()
    lock = threading.Lock()

    def write(worker: int) -> None:
        dice = random.Random(worker)
        for turn in range(12):
            subject = worker * 1000 + turn
            try:
                with database.write() as tx:
                    changes.append(tx, [created(subject)], NOW)
                    time.sleep(dice.random() * 0.004)
                    if dice.random() < 0.2:
                        raise RuntimeError("rolled back")
                with lock:
                    written.add(subject)
            except RuntimeError:
                pass

    seen: list[int] = []
    cursor = 0
    writers = [threading.Thread(target=write, args=(n,)) for n in range(16)]
    for writer in writers:
        writer.start()
    while True:
        done = not any(writer.is_alive() for writer in writers)
        with database.read() as tx:
            page = changes.after(tx, cursor, limit=50)
        seen += [change.subject for change in page]
        cursor = page[-1].seq if page else cursor
        if done and not page:
            break
    for writer in writers:
        writer.join()
    assert sorted(seen) == sorted(written)


def test_a_writer_that_hangs_stops_nobody_on_postgres(postgres: Postgres) -> None:
    url = postgres.create()
    database = Database(url)
    with database.write() as hung:
        changes.append(hung, [created(1)], NOW)
        with database.write() as tx:
            changes.append(tx, [created(2)], NOW)
        with database.read() as tx:
            assert [c.subject for c in changes.after(tx, 0, limit=10)] == [2]
    with database.read() as tx:
        assert [c.subject for c in changes.after(tx, 0, limit=10)] == [2, 1]
    database.close()
    postgres.drop(url)


def test_a_plain_identity_column_does_step_over(postgres: Postgres) -> None:
    """The negative control: without the trigger, the reader misses what commits late."""
    url = postgres.create_empty()
    with psycopg.connect(url) as slow, psycopg.connect(url) as fast, psycopg.connect(url, autocommit=True) as reader:
        reader.execute("CREATE TABLE log (seq bigint GENERATED ALWAYS AS IDENTITY, subject int)")
        slow.execute("INSERT INTO log (subject) VALUES (1)")
        fast.execute("INSERT INTO log (subject) VALUES (2)")
        fast.commit()
        first = reader.execute("SELECT seq, subject FROM log WHERE seq > 0 ORDER BY seq").fetchall()
        slow.commit()
        rest = reader.execute("SELECT seq, subject FROM log WHERE seq > %s ORDER BY seq", [first[-1][0]]).fetchall()
    postgres.drop(url)
    assert [subject for _, subject in first + rest] == [2]
