"""The Celery app with a real broker: real workers, real beat, and a broker that dies."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dateline.messages import (
    DispatchDueHosts,
    EnrichWaiting,
    PulseFetch,
    PulseProcess,
    PulseSchedule,
    Sweep,
    VisitHosts,
)
from dateline.settings import load
from storage import progress
from storage.database import Database, migrate
from tests.support.valkey import Valkey
from worker.app import app
from worker.post import Post

ROOT = Path(__file__).parents[2]
QUIET = ("--without-mingle", "--without-gossip", "--without-heartbeat")


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A broker of this test's own: it is killed and flushed."""
    server = Valkey()
    yield server
    server.stop()


@pytest.fixture
def post(valkey: Valkey) -> Iterator[Post]:
    """Our way to that broker; the app is as the service has it, but for the broker's address."""
    before = app.conf.broker_url, app.conf.broker_write_url
    app.conf.broker_url = app.conf.broker_write_url = valkey.url
    post = Post(app)
    yield post
    post.close()
    app.conf.broker_url, app.conf.broker_write_url = before


@pytest.fixture
def home(tmp_path: Path) -> Path:
    migrate(load({"DATELINE_HOME": str(tmp_path)}).database_url)
    return tmp_path


@contextlib.contextmanager
def celery(home: Path, broker: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the service, ended as the supervisor does it."""
    env = {**os.environ, "DATELINE_HOME": str(home), "REDIS_URL": broker, "PYTHONPATH": str(ROOT)}
    env.pop("DATABASE_URL", None)
    with (home / "celery.log").open("ab") as log:
        command = [sys.executable, "-m", "celery", "-A", "worker.app", *arguments]
        process = subprocess.Popen(command, env=env, cwd=home, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def worker(home: Path, broker: str, queue: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    pool = ("--pool", "solo") if queue == "schedule" else ("--pool", "threads", "-c", "2")
    return celery(home, broker, "worker", "-Q", queue, "-n", f"{queue}@%h", *pool, *QUIET)


def steps(home: Path, name: str) -> int:
    db = Database(load({"DATELINE_HOME": str(home)}).database_url, pool_size=1)
    try:
        with db.read() as tx:
            row = progress.read_all(tx).get(name)
            return row.count if row else 0
    finally:
        db.close()


def said(home: Path) -> str:
    return (home / "celery.log").read_text(encoding="utf-8")


def wait_for(done: Callable[[], bool], home: Path, within: float = 30.0) -> None:
    until = time.monotonic() + within
    while not done():
        assert time.monotonic() < until, said(home)
        time.sleep(0.05)


PULSES = {"schedule": PulseSchedule(), "fetch": PulseFetch(), "process": PulseProcess(), "enrich": EnrichWaiting()}


@pytest.mark.parametrize("queue", PULSES)
def test_a_worker_answers_a_pulse_with_progress_and_ends_when_it_is_told(
    home: Path, valkey: Valkey, post: Post, queue: str
) -> None:
    with worker(home, valkey.url, queue) as process:
        wait_for(lambda: steps(home, queue) == 1, home)  # ready
        assert post.send(PULSES[queue])
        wait_for(lambda: steps(home, queue) == 2, home)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0, said(home)


def test_beat_wakes_the_scheduling_worker_and_keeps_no_file(home: Path, valkey: Valkey) -> None:
    with worker(home, valkey.url, "schedule"), celery(home, valkey.url, "beat"):
        wait_for(lambda: steps(home, "schedule") >= 4, home)
    assert not list(home.glob("celerybeat*"))


def test_a_worker_takes_messages_after_the_broker_lost_all_it_held(home: Path, valkey: Valkey, post: Post) -> None:
    with worker(home, valkey.url, "schedule"):
        wait_for(lambda: steps(home, "schedule") == 1, home)
        with valkey.client() as client:
            client.flushall()
        assert post.send(PulseSchedule())
        wait_for(lambda: steps(home, "schedule") == 2, home)


def test_the_queue_is_as_long_as_what_waits_there(post: Post) -> None:
    assert post.queue_length("fetch") == 0
    for _ in range(3):
        assert post.send(VisitHosts([1], "token"))
    assert post.send(Sweep())
    assert [post.queue_length(queue) for queue in ("fetch", "schedule", "process")] == [3, 1, 0]


def test_a_broker_that_is_away_costs_two_seconds_at_most_and_is_used_again_when_it_is_back(
    valkey: Valkey, post: Post
) -> None:
    assert post.send(DispatchDueHosts())
    valkey.kill()
    began = time.monotonic()
    assert not post.send(DispatchDueHosts())
    assert post.queue_length("schedule") is None
    assert time.monotonic() - began < 2
    valkey.start()
    until = time.monotonic() + 10
    while not post.send(DispatchDueHosts()):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_broker_that_hangs_costs_two_seconds_at_most(valkey: Valkey, post: Post) -> None:
    assert post.send(DispatchDueHosts())
    with valkey.client() as client:
        pid = int(client.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert not post.send(DispatchDueHosts())
        assert post.queue_length("schedule") is None
        assert time.monotonic() - began < 2.5
    finally:
        os.kill(pid, signal.SIGCONT)
