"""The database as the rest of the house sees it: `read()` and `write()` transactions, and `migrate()`.

SQLite is the embedded default (WAL; every writer begins IMMEDIATE, so that none fails half-way for want of the lock);
Postgres the same through psycopg. Nothing here knows settings: the URL is given.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from dateline.clock import utc_now
from dateline.errors import StorageError
from storage import partitions

BUSY_TIMEOUT = 30_000  # milliseconds that a SQLite writer waits for its turn
MIGRATION_LOCK = 0x646174656C696E65  # "dateline": one migration at a time on Postgres
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One database, opened once by each process.

    `read()` gives a connection in a read transaction, `write()` one that commits when the block ends and rolls back
    when it raises. A read transaction must not write.
    """

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = normal_url(url)
        self.engine = _engine(self.url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reader = self.engine.execution_options(dateline_write=False)
        # SQLite's waiting for the write lock is unfair and sleeps: threads of one process queue here first.
        self._turn = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction."""
        with self._reader.begin() as tx:
            yield tx

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: commits at the end of the block."""
        with self._turn, self.engine.begin() as tx:
            yield tx

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def normal_url(url: str) -> URL:
    """The URL with our driver: `postgres://` and `postgresql://` mean psycopg, `sqlite://` the standard library's.

    Raises StorageError when it is neither.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageError(
            "DATABASE_URL is not a database URL",
            remedy="for example postgresql://user:password@host/name or sqlite:////var/lib/dateline/dateline.db",
        ) from None
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite")
    raise StorageError(
        f"DATABASE_URL names {parsed.drivername!r}, which Dateline does not keep its data in",
        remedy="use postgresql://... or sqlite:////path/to/file.db",
    )


def migrate(url: str) -> None:
    """Make the database, or bring it to today's shape; under a lock, so that any number may call it at once.

    Raises StorageError when the database cannot be reached or is newer than this program.
    """
    from alembic import command  # here, because it takes longer to import than most commands take to run
    from alembic.config import Config
    from alembic.util.exc import CommandError

    parsed = normal_url(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    engine = _engine(parsed, 1)
    try:
        with _sqlite_lock(parsed), engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
                connection.commit()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            partitions.ensure(connection, utc_now())
            connection.commit()
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})")
                connection.commit()
    except CommandError as error:
        raise StorageError(
            f"the database is newer than this program: {error}", remedy="run the program that made it, or a newer one"
        ) from None
    except OperationalError as error:
        raise StorageError(
            f"the database {parsed.render_as_string()} cannot be used: {error.orig}",
            remedy="check DATABASE_URL, and that the server runs and lets this user in",
        ) from None
    finally:
        engine.dispose()


def newest_revision() -> str:
    """The revision that this program's migrations lead to: their files begin with a number, in order."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def prepare(url: str) -> None:
    """As `migrate`, but a database that has today's shape costs one query. For commands that people wait for."""
    parsed = normal_url(url)
    if parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").exists():
        engine = _engine(parsed, 1)
        # No such table yet, or no such server: `migrate` makes the one and names the other.
        with suppress(DBAPIError), engine.execution_options(dateline_write=False).connect() as connection:
            if connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest_revision():
                return
        engine.dispose()
    migrate(url)


@contextmanager
def _sqlite_lock(url: URL) -> Iterator[None]:
    """Hold a lock file beside a SQLite database (its folder is made where missing); nothing on Postgres."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        yield
        return
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(f"{path}.migrating", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(
            f"the data directory {path.parent} cannot be used: {error.strerror}",
            remedy="set DATELINE_HOME to a folder that you can write to",
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


_encoder = msgspec.json.Encoder()


def _engine(url: URL, pool_size: int) -> Engine:
    arguments: dict[str, Any] = {
        "json_serializer": lambda value: _encoder.encode(value).decode(),
        "json_deserializer": msgspec.json.decode,
        "pool_size": pool_size,
        "max_overflow": 8,
    }
    if url.get_backend_name() == "sqlite":
        # The driver's own BEGIN is off: it would begin a transaction with a read and fail at the first write.
        engine = create_engine(url, connect_args={"isolation_level": None, "check_same_thread": False}, **arguments)
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url, connect_args={"options": "-c timezone=UTC", "connect_timeout": 10}, pool_pre_ping=True, **arguments
    )


def _open_sqlite(connection: Any, _record: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # takes hold only before the first table is made
    connection.execute("PRAGMA journal_mode=WAL")
    # FULL: a consumer must never have seen a `seq` that a power cut takes back and gives to another change.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA cache_size=-65536")  # KiB
    connection.execute("PRAGMA temp_store=MEMORY")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("dateline_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
