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
            return int(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])

        free = ask("freelist_count")
        if free > PAGES and free > SPARE * ask("page_count"):
            # As a script: the driver runs that to its end, while `execute` takes one step, which frees one page.
            cursor.executescript(f"PRAGMA incremental_vacuum({PAGES})")
        given_back = free - ask("freelist_count")
        ask("wal_checkpoint(PASSIVE)")
        return given_back
