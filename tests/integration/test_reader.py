"""The reader's keeper with a real child: limits, deaths, replacement, and every other body read all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dateline.nouns.articles import FeedHints
from tests.support.fetched import item, page, prose, rss
from tests.support.hostile_reader import HostileReader
from worker.reader import Limits, Reader, ReaderAway
from worker.reader_words import EntryJob, FeedJob, Job, PageJob

ROOT = Path(__file__).parents[2]
URL = "http://paper.example/story/1"
STORY = page("Harbour", *prose("harbour"), views=12)


def test_each_kind_of_body_is_read_in_its_place() -> None:
    link = '<link rel="alternate" type="application/atom+xml" href="/atom">'
    jobs: list[Job] = [
        PageJob(STORY, URL),
        FeedJob(rss(item(1), item(2)), URL),
        FeedJob(page("Home", head=link), "http://paper.example/"),
        FeedJob(page("Home"), URL),
        EntryJob(URL, FeedHints(title="Notice", summary="<p>Closed.</p>")),
        PageJob(rss(item(1)), URL, or_feed=True),
        PageJob(b"\x1f\x8bnot gzip", URL, content_encoding="gzip"),
        PageJob(b"", URL),
    ]
    with Reader() as reader:
        story, feed, home, bare, entry, ingested, broken, empty = reader.read(jobs)
    assert story.article is not None and story.article.views is not None
    assert (story.article.title, story.article.views.count) == ("Harbour", 12)
    assert feed.feed is not None and [one.title for one in feed.feed.entries] == ["Story 1", "Story 2"]
    assert [one.url for one in home.found] == ["http://paper.example/atom"]
    assert bare.found == () and "not a feed" in bare.error and bare.remedy
    assert entry.article is not None and entry.article.text == "Closed."
    assert ingested.feed is not None and ingested.article is None
    assert broken.stage == "decoding"
    assert empty.error
    assert not any(result.killed for result in (story, feed, home, bare, entry, ingested, broken, empty))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (b"HANG", "longer than 1 s"),
        (b"EAT", "of memory"),
        (b"DIE", "died of SIGKILL"),
        (b"EXIT", "exit status 7"),
    ],
)
def test_a_body_that_kills_is_named_and_every_other_is_read(word: bytes, said: str) -> None:
    jobs = [PageJob(STORY, URL)] * 4 + [PageJob(word, URL)] + [PageJob(STORY, URL)] * 4
    with HostileReader(Limits(seconds=1.0, memory=1 << 30, frame=3)) as reader:
        results = reader.read(jobs)
    assert [result.killed for result in results] == [False] * 4 + [True] + [False] * 4
    assert said in results[4].error and results[4].remedy and results[4].stage == "reading"
    assert all(result.article and result.article.title == "Harbour" for n, result in enumerate(results) if n != 4)


@pytest.mark.parametrize("bodies", [1, 3])
def test_a_child_killed_from_outside_is_replaced_unseen(bodies: int) -> None:
    with Reader() as reader:
        for _ in range(2):
            results = reader.read([PageJob(STORY, URL)] * bodies)
            assert all(result.article is not None for result in results)
            os.kill(reader.child_pid, signal.SIGKILL)
        assert not any(result.killed for result in reader.read([PageJob(STORY, URL)] * bodies))


def test_a_child_that_has_read_enough_is_replaced() -> None:
    with Reader(Limits(bodies=2)) as reader:
        reader.read([PageJob(STORY, URL)])
        first = reader.child_pid
        reader.read([PageJob(STORY, URL)])
        reader.read([PageJob(STORY, URL)])
        assert reader.child_pid != first


def test_a_child_that_cannot_start_is_held_against_no_body() -> None:
    with Reader() as reader:
        reader.command = [sys.executable, "-c", "raise SystemExit(1)"]
        with pytest.raises(ReaderAway, match="no reader child can be started"):
            reader.read([PageJob(STORY, URL)])


def test_the_child_tells_its_own_peak_and_not_its_keeper_s() -> None:
    program = """
from worker.reader import Reader
from worker.reader_words import PageJob
held = b"x" * (1 << 30)
with Reader() as reader:
    reader.read([PageJob(b"<p>x</p>", "http://a.example/")])
    print(reader.peak)
"""
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 0 < int(told.stdout) < 300 << 20


def test_what_there_is_no_time_for_is_left() -> None:
    with Reader(Limits(frame=2)) as reader:
        assert len(reader.read([PageJob(STORY, URL)] * 6, within=0)) == 2  # one frame is always read
        assert len(reader.read([PageJob(STORY, URL)] * 6)) == 6


def test_bodies_larger_than_a_pipe_go_through() -> None:
    large = page("Harbour", *prose("harbour")) + b"<!-- " + b"x" * 3_000_000 + b" -->"
    with Reader() as reader:
        assert all(result.article is not None for result in reader.read([PageJob(large, URL)] * 4))


def test_a_child_ends_when_its_keeper_is_killed() -> None:
    program = """
import sys, time
from worker.reader import Reader
from worker.reader_words import PageJob
reader = Reader()
reader.read([PageJob(b"<p>x</p>", "http://a.example/")])
print(reader.child_pid, flush=True)
time.sleep(60)
"""
    keeper = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT)
    assert keeper.stdout is not None
    child = int(keeper.stdout.readline())
    keeper.kill()
    keeper.wait()
    keeper.stdout.close()
    until = time.monotonic() + 10
    while _alive(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    """A zombie that nobody reaps here is dead enough."""
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_a_child_holds_none_of_its_keeper_s_files(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as held, Reader() as reader:
        os.set_inheritable(held.fileno(), True)
        reader.read([PageJob(STORY, URL)])
        names = [str(link.readlink()) for link in Path(f"/proc/{reader.child_pid}/fd").iterdir()]
    assert not any("secret" in name for name in names)


def test_what_libraries_print_does_not_disturb_the_frames() -> None:
    program = """
import sys
from worker import reader_child
true = reader_child.read_jobs
def read_jobs(jobs, **rules):
    print("chatter" * 1000, flush=True)
    return true(jobs, **rules)
reader_child.read_jobs = read_jobs
sys.exit(reader_child.main(1 << 30, 5.0))
"""
    with Reader() as reader:
        reader.command = [sys.executable, "-c", program]
        [result] = reader.read([PageJob(STORY, URL)])
    assert result.article is not None
