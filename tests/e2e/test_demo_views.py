"""The demo newspaper logs each counter that it shows: the series that the real service keeps of it say the same.

The seed of the kills is printed when it fails; DATELINE_TEST_SEED runs it again.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage.database import Database
from storage.tables import captures, view_samples
from tests.support.gazette import Gazette, gazette, kept, prove, unread
from tests.support.service import Service

SAMPLES = 120  # held against the log at least
KILLED = ["fetch", "process", "reader", "schedule", "broker", "supervisor", "fetch", "process"]
BETWEEN = 15  # samples that are kept at least between two kills


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Gazette]:
    with gazette(tmp_path / "gazette.jsonl") as one:
        yield one


@pytest.fixture
def service(tmp_path: Path, database_url: str) -> Iterator[Service]:
    env = {"DATABASE_URL": database_url, "REDIS_URL": "", "DATELINE_ALLOW_NETWORKS": "127.0.0.0/8"}
    env |= {"DATELINE_HOST_DELAY": "0", "DATELINE_LEASE": "6", "DATELINE_TICK": "0.2", "DATELINE_STALL": "20"}
    running = Service(tmp_path / "home", env)
    yield running
    if running.running:
        running.stop()


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_every_sample_is_what_the_publisher_showed_at_that_moment(
    paper: Gazette, service: Service, database: Database
) -> None:
    _begin(service, paper)
    _await(partial(_has, database, SAMPLES), 90, service, "enough samples")
    paper.shut()
    _await(lambda: not prove(paper.shown(), kept(database)).lost, 60, service, "a sample of every page that was served")
    assert service.stop() == 0
    proof = prove(paper.shown(), kept(database))
    assert (proof.wrong, proof.lost) == ([], [])
    assert proof.equal == _samples(database)
    assert proof.unchanged and proof.unchanged < proof.equal

    url, shown = max(paper.shown().items(), key=lambda page: len(page[1]))
    told = [json.loads(line) for line in service.command("views", url, "--json").splitlines()]
    assert [one["count"] for one in told] == [line.views for line in shown]
    assert all(datetime.fromisoformat(one["observed_at"]) > line.at for one, line in zip(told, shown, strict=True))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_whatever_is_killed_no_sample_is_wrong_and_none_is_kept_twice(
    paper: Gazette, service: Service, database: Database
) -> None:
    seed = int(os.environ.get("DATELINE_TEST_SEED") or random.randrange(2**32))
    print(f"DATELINE_TEST_SEED={seed}")
    dice = random.Random(seed)
    _begin(service, paper)
    for kind in dice.sample(KILLED, len(KILLED)):
        _await(partial(_has, database, _samples(database) + BETWEEN), 60, service, f"samples before killing a {kind}")
        _await(partial(_kill, kind, service, database, dice), 30, service, f"a {kind} to be killed")
    _await(partial(_has, database, _samples(database) + BETWEEN), 60, service, "samples after all kills")
    paper.shut()
    _await(lambda: unread(database) == 0, 60, service, "all that was kept to be read")
    assert service.stop() == 0
    proof = prove(paper.shown(), kept(database))
    assert proof.wrong == []
    assert proof.equal == _samples(database)


def _begin(service: Service, paper: Gazette) -> None:
    service.start()
    service.command("feeds", "add", *paper.feeds, "--every", "5s", "--revisit", "2s", "--no-wait")


def _kill(kind: str, service: Service, database: Database, dice: random.Random) -> bool:
    # A capture whose holder dies three times is given up as a killer of readers: that is another test's story.
    with database.read() as tx:
        suspects = select(captures.c.id).where(captures.c.state == "waiting", captures.c.lost_leases >= 2)
        if tx.execute(suspects.limit(1)).first():
            return False
    if kind == "supervisor":
        service.kill_supervisor()
        return True
    found = service.processes(kind)
    return bool(found) and service.kill(dice.choice(found))


def _samples(database: Database) -> int:
    with database.read() as tx:
        return tx.execute(select(func.count()).select_from(view_samples)).scalar_one()


def _has(database: Database, count: int) -> bool:
    return _samples(database) >= count


def _await(happened: Callable[[], bool], within: float, service: Service, what: str) -> None:
    until = time.monotonic() + within
    while not happened():
        if time.monotonic() > until:
            pytest.fail(f"{what}: not within {within:g} s\n{service.says()}")
        time.sleep(0.2)
