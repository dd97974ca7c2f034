"""What nearly every command does first: read the settings, make or migrate the database, open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cli.lock import holder
from dateline import settings
from dateline.clock import utc_now
from dateline.errors import UsageError
from dateline.nouns.frontier import FetchOutcome
from storage import status
from storage.database import Database, prepare


@contextmanager
def opened() -> Iterator[tuple[settings.Settings, Database]]:
    """The settings and the database, which is made or brought to today's shape where need be."""
    current = settings.load()
    prepare(current.database_url)
    database = Database(current.database_url, pool_size=2)
    try:
        yield current, database
    finally:
        database.close()


def service_runs(current: settings.Settings, db: Database) -> bool:
    """Whether `dateline up` holds this data directory, or workers elsewhere serve this database."""
    if holder(current.home) is not None:
        return True
    if current.embedded_broker:  # it is the supervisor's child: no worker has a broker without the supervisor
        return False
    with db.read() as tx:
        return status.running(tx, utc_now())


def remedy_here(remedy: str, command: str) -> str:
    """A fetch's remedy as it helps where the command itself fetched: there is no service to be restarted."""
    from worker.fetch.outcomes import REMEDIES

    if remedy != REMEDIES[FetchOutcome.REFUSED]:
        return remedy
    allowed = "DATELINE_ALLOW_NETWORKS=127.0.0.0/8"
    return f"if this address is meant, allow its network, for example: {allowed} {command}"


def page_key(url: str) -> tuple[str, str]:
    """A URL that a person gave, in the form that is fetched, and its key. Raises UsageError when it is none."""
    from cli.params import with_scheme
    from worker.dedupe.urls import normalise, url_key
    from worker.sites import use_identities

    use_identities()
    given = with_scheme(url)
    try:
        return normalise(given), url_key(given)
    except ValueError:
        raise UsageError(
            f"{url!r} is not the address of a page", remedy="right is for example https://example.org/news/feed.xml"
        ) from None
