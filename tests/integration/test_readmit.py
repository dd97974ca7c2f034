"""What was refused is due again when the service starts with its network allowed; what is refused still is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cli import readmit
from dateline.clock import utc_now
from dateline.nouns.frontier import FetchOutcome, NewVisit, Priority, VisitKind
from dateline.settings import load
from dateline.urls import host_name
from storage import frontier, hosts
from storage.database import Database
from storage.tables import visits

LATER = timedelta(hours=6)
URLS = [
    "http://127.0.0.1:8000/feed",
    "http://localhost:8000/feed",
    "http://10.1.2.3/feed",
    "http://127.0.0.1:25/feed",
    "http://93.184.216.34/sent-on-to-an-inner-address",
    "http://no-such-name.invalid/feed",
]


def stored(database: Database, *urls: str, outcome: FetchOutcome = FetchOutcome.REFUSED) -> None:
    """Visits that were made just now, and wait for their next turn."""
    now = utc_now()
    for url in urls:
        new = NewVisit(url, url, host_name(url), VisitKind.ARTICLE, now, Priority.NEW_ARTICLE, "new")
        with database.write() as tx:
            [visit_id] = frontier.add_visits(tx, [new], now).values()
            later = {"due_at": now + LATER, "last_outcome": str(outcome), "last_visit_at": now}
            tx.execute(update(visits).where(visits.c.id == visit_id).values(later))


def due(database: Database) -> list[str]:
    with database.read() as tx:
        query = select(visits.c.url).where(visits.c.due_at <= utc_now()).order_by(visits.c.id)
        return list(tx.execute(query).scalars())


def run(database: Database, allowed: str) -> int:
    return readmit.readmit(load({"DATELINE_HOME": str(Path.cwd()), "DATELINE_ALLOW_NETWORKS": allowed}), database)


@pytest.mark.parametrize(
    ("allowed", "readmitted"),
    [
        ("", []),
        ("127.0.0.0/8", URLS[:2]),
        ("10.0.0.0/8", URLS[2:3]),
        ("127.0.0.0/8,10.0.0.0/8", URLS[:3]),
        ("192.168.0.0/16,93.184.0.0/16", []),
    ],
)
def test_what_is_allowed_now_is_due_and_nothing_else(database: Database, allowed: str, readmitted: list[str]) -> None:
    stored(database, *URLS)
    assert run(database, allowed) == len(readmitted)
    assert due(database) == readmitted
    assert run(database, allowed) == 0


def test_its_host_is_claimed_next(database: Database) -> None:
    stored(database, URLS[0])
    run(database, "127.0.0.1")
    now = utc_now()
    with database.write() as tx:
        assert hosts.claim(tx, now=now, limit=9, token="one", until=now + LATER)


def test_what_failed_otherwise_waits_as_before(database: Database) -> None:
    stored(database, URLS[0], outcome=FetchOutcome.SERVER_ERROR)
    assert run(database, "127.0.0.0/8") == 0
    assert due(database) == []


def test_more_than_one_batch_is_gone_through(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readmit, "BATCH", 2)
    stored(database, *(f"http://127.0.0.1:8000/{number}" for number in range(5)))
    assert run(database, "127.0.0.0/8") == 5
