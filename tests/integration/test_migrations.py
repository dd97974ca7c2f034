"""The migrations make what the tables say, on both databases, however often and by how many they are run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from dateline.errors import StorageError
from storage.database import Database, migrate
from storage.tables import metadata
from tests.support.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/dateline.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create_empty()
    yield url
    server.drop(url)


def test_the_migrations_make_the_tables_as_they_are_declared(database: Database) -> None:
    def ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        # Partitions and the change log's inbox are Postgres' own business.
        return not (kind == "table" and reflected and name not in metadata.tables)

    with database.engine.connect() as connection:
        # Alembic takes SQLite's empty text for another default than ours.
        opts = {"include_object": ours, "compare_type": False, "compare_server_default": not database.is_sqlite}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_any_number_may_migrate_at_once_and_again(empty_url: str) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(empty_url)
        except BaseException as error:
            failures.append(error)

    runs = [threading.Thread(target=run) for _ in range(3)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    migrate(empty_url)
    assert failures == []
    database = Database(empty_url)
    with database.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    database.close()


def test_a_database_from_a_newer_program_is_refused_with_the_remedy(database: Database, database_url: str) -> None:
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError) as refused:
        migrate(database_url)
    assert "newer than this program" in str(refused.value)
    assert refused.value.remedy


def test_sqlite_gives_space_back_and_survives_a_power_cut(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dateline.db"
    migrate(url)
    database = Database(url)
    with database.read() as tx:
        pragmas = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("auto_vacuum", "journal_mode", "synchronous")
        }
    database.close()
    assert pragmas == {"auto_vacuum": 2, "journal_mode": "wal", "synchronous": 2}


def test_captures_and_samples_are_partitioned_by_month_on_postgres(postgres: Postgres) -> None:
    url = postgres.create()
    database = Database(url)
    with database.read() as tx:
        parents = tx.execute(
            text("SELECT inhparent::regclass::text, count(*) FROM pg_inherits GROUP BY 1 HAVING count(*) >= 4")
        )
        found = {name for name, _ in parents}
    database.close()
    postgres.drop(url)
    assert {"captures", "view_samples"} <= found
