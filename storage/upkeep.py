"""Upkeep of the SQLite file; Postgres looks after itself."""

from __future__ import annotations

from contextlib import closing

from storage.database import Database

SPARE = 0.1  # share of the file that may lie free: the next bodies take it
PAGES = 200  # given back at once: the write lock is held for some milliseconds


def give_back_space(db: Database) -> int:
    """Shrink the file a little where much of it lies free, and move the log's pages into it; pages given back.

    Readers and writers go on: the checkpoint waits for nobody.
    """
    if not db.is_sqlite:
        return 0
    # On the bare connection: a checkpoint is refused within a transaction.
    with closing(db.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:

        def ask(pragma: str) -> int:
            cursor.execute(f"PRAGMA {pragma}")
            rows = cursor.fetchall()  # to the end: the vacuum moves one page with each row asked for
            return int(rows[0][0]) if rows else 0

        free = ask("freelist_count")
        if free > PAGES and free > SPARE * ask("page_count"):
            ask(f"incremental_vacuum({PAGES})")
        given_back = free - ask("freelist_count")
        ask("wal_checkpoint(PASSIVE)")
        return given_back
