"""The commands that read back, run as a person or a script runs them, over a database that the process stage filled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from dateline.clock import utc_now
from dateline.nouns.frontier import FetchOutcome, Problem, Tally, VisitKind
from storage import problems, tallies
from storage.database import Database
from tests.support.fetched import Newsroom, item, page, prose, rss
from worker.dedupe.urls import article_key, url_key
from worker.reader import Reader

ROOT = Path(__file__).parents[2]
STORY = "http://paper.example/story/1"
COPY = "http://paper.example/story/2"
SHUT = "http://paper.example/story/3"
FEED = "http://paper.example/feed"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


@pytest.fixture
def home(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("REDIS_URL", raising=False)
    return tmp_path


@pytest.fixture
def room(home: Path, database: Database, reader: Reader) -> Newsroom:
    """A feed of three stories: one revised and counted, one its copy, one whose page is shut."""
    room = Newsroom(database, reader)
    room.at = utc_now() - timedelta(hours=1)
    room.add_feed(tags=("harbour",))
    room.read_feed(rss(item(1), item(2), item(3, title="Stra\u00dfe \u202eshut\u009b")))
    room.look(STORY, page("Harbour reopens", *prose("harbour"), views=2504))
    room.look(STORY, page("Harbour reopens today", *prose("harbor"), views=2490))
    room.look(COPY, page("Harbour reopens today", *prose("harbor")))
    room.look(SHUT, outcome=FetchOutcome.FORBIDDEN)
    return room


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def lines(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("command", [["articles"], ["changes"], ["status"]])
def test_an_empty_directory_is_no_failure(home: Path, command: list[str]) -> None:
    assert run(*command).exit_code == 0
    assert run(*command, "--json").exit_code == 0


def test_articles_come_newest_first_with_the_names_that_programs_rely_on(room: Newsroom) -> None:
    found = {one["url"]: one for one in lines("articles")}
    assert list(found) == [SHUT, COPY, STORY]
    story = found[STORY]
    assert story["key"] == article_key(url_key(STORY))
    assert (story["title"], story["source"], story["views"]) == ("Harbour reopens today", "paper.example", 2490)
    assert (story["revisions"], story["duplicate_of"], story["text_from"]) == (2, None, "page")
    assert story["published_on"] == "2026-03-01"
    assert found[COPY]["duplicate_of"] == story["id"]
    assert found[SHUT]["text_from"] == "feed"
    assert "403" in found[SHUT]["text_reason"]
    assert story["first_seen_at"].endswith("Z")


@pytest.mark.parametrize(
    ("options", "urls"),
    [
        (["--limit", "1"], [SHUT]),
        (["--limit", "0"], []),
        (["--search", "STRASSE"], [SHUT]),
        (["--search", "harbor committee"], [COPY, STORY]),
        (["--tag", "harbour"], [SHUT, COPY, STORY]),
        (["--tag", "sport"], []),
        (["--source", "paper.example"], [SHUT, COPY, STORY]),
        (["--feed", FEED, "--limit", "2"], [SHUT, COPY]),
        (["--feed", "paper.example/feed", "--since", "2h"], [SHUT, COPY, STORY]),
        (["--since", "10m"], []),
        (["--since", "2001-01-01"], [SHUT, COPY, STORY]),
    ],
)
def test_articles_are_filtered(room: Newsroom, options: list[str], urls: list[str]) -> None:
    assert [one["url"] for one in lines("articles", *options)] == urls


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["articles", "--source", "nobody"], 3),
        (["articles", "--feed", "99"], 3),
        (["articles", "--since", "yesterday"], 2),
        (["articles", "--limit", "-1"], 2),
        (["show", "99"], 3),
        (["show", "9" * 40], 3),
        (["show", "²"], 3),
        (["show", "http://paper.example/nowhere"], 3),
        (["views", "99"], 3),
        (["changes", "--kinds", "weather"], 2),
        (["changes", "--after", "-1"], 2),
        (["explain", "http://nowhere.example/"], 3),
        (["explain", "ftp://nowhere.example/"], 2),
    ],
)
def test_exit_codes_tell_scripts_what_happened(room: Newsroom, command: list[str], code: int) -> None:
    result = run(*command)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr


def test_a_person_reads_titles_without_what_could_steer_the_terminal(room: Newsroom) -> None:
    told = run("articles").stdout
    assert "Stra\u00dfe shut" in told
    everything = told + run("show", SHUT).stdout + run("explain", SHUT).stdout
    assert not {"\x1b", "\u202e", "\u009b"} & set(everything)
    assert "feed's text" in told
    assert told.splitlines()[0].split("\t")[0] == "id"


def test_an_article_is_shown_by_its_id_its_key_or_its_url(room: Newsroom) -> None:
    [story] = lines("show", STORY)
    assert lines("show", str(story["id"])) == lines("show", story["key"]) == lines("show", f"{STORY}#top") == [story]
    assert story["text"].split("\n\n") == prose("harbor")
    assert story["provenance"]["title"]
    assert [(one["kind"], one["title"]) for one in story["history"]] == [
        ("first", "Harbour reopens"),
        ("edit", "Harbour reopens today"),
    ]
    assert [one["url"] for one in story["copies"]] == [COPY]
    assert [one["feed_url"] for one in story["seen_in"]] == [FEED]


def test_a_person_is_shown_the_text_and_where_the_fields_were_found(room: Newsroom) -> None:
    told = run("show", STORY).stdout
    assert told.startswith("Harbour reopens today\n")
    for part in (*prose("harbor"), "where each field was found", "the same text elsewhere", "revisions", COPY):
        assert part in told


def test_view_counts_are_shown_as_seen_and_marked(room: Newsroom) -> None:
    found = lines("views", STORY)
    assert [(one["count"], one["exact"], one["meter"], one["marks"]) for one in found] == [
        (2504, True, "page", []),
        (2490, True, "page", ["fell"]),
    ]
    rows = [row.split("\t") for row in run("views", STORY).stdout.splitlines()]
    assert [row[1:3] for row in rows] == [["count", "change"], ["2504", "-"], ["2490", "-14"]]


def test_an_article_without_a_counter_says_so(room: Newsroom) -> None:
    result = run("views", COPY)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No view count" in result.stderr


def test_changes_are_read_in_order_and_from_a_place(room: Newsroom) -> None:
    every = lines("changes")
    assert [one["seq"] for one in every] == sorted(one["seq"] for one in every)
    assert {"seq", "kind", "subject", "at"} <= every[0].keys()
    assert lines("changes", "--after", str(every[1]["seq"])) == every[2:]
    assert lines("changes", "--limit", "2") == every[:2]
    assert [one["kind"] for one in lines("changes", "--kinds", "article.created")] == ["article.created"] * 3
    assert {one["kind"] for one in lines("changes", "--kinds", "views,article.duplicate")} == {
        "views.updated",
        "article.duplicate",
    }


def follow() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cli.main", "changes", "--follow", "--json"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs ignore SIGINT, and so do the tests when they are one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
    )


def test_following_changes_tells_new_ones_and_ends_quietly_when_interrupted(room: Newsroom) -> None:
    known = len(lines("changes"))
    with follow() as reading:
        assert reading.stdout is not None and reading.stderr is not None
        for _ in range(known):
            assert reading.stdout.readline()
        room.look(STORY, page("Harbour reopens at last", *prose("harbour"), views=3000))
        assert json.loads(reading.stdout.readline())["kind"] in ("article.revised", "views.updated")
        reading.send_signal(signal.SIGINT)
        assert reading.wait(10) == 130
        assert reading.stderr.read().strip() == ""


def test_following_changes_ends_when_its_reader_has_gone(room: Newsroom) -> None:
    with follow() as reading:
        assert reading.stdout is not None and reading.stderr is not None
        assert reading.stdout.readline()
        reading.stdout.close()
        assert reading.wait(10) == 0
        assert reading.stderr.read() == ""


def test_status_tells_what_waits_and_what_fails(room: Newsroom, database: Database) -> None:
    now = utc_now()
    bad = Problem(now, "resolving", "dns", STORY, "no such host\x1b[2J", "check the name")
    with database.write() as tx:
        problems.record(tx, [bad])
        tallies.add(tx, [Tally("fetch", "ok", 7)], now)
    [found] = lines("status")
    assert found["service"] == {"running": False, "pid": None}
    assert (found["articles"], found["broker"], found["queues"]) == (3, "away", None)
    assert found["problems"][0]["remedy"] == "check the name"
    assert {"stage": "fetch", "outcome": "ok", "last_5_minutes": 7, "last_hour": 7} in found["throughput"]
    assert found["bytes_per_day"] > 0
    assert found["days_left"] is None or found["days_left"] > 0
    told = run("status").stdout
    for part in ("dateline up", "the broker is away", "no such host", "check the name", "ok 7/7"):
        assert part in told
    assert "\x1b" not in told


def test_explain_tells_why_a_page_is_due_and_what_happened_to_it(room: Newsroom) -> None:
    told = run("explain", STORY).stdout
    for part in (
        "entry of feed 1",
        "due ",
        "a new article, text from the page",
        "revision 2",
        f"article {room.article(STORY).id} ",
    ):
        assert part in told
    assert room.visit_of(STORY).reason in told
    [found] = lines("explain", STORY)
    assert [look["verdict"] for look in found["visits"][0]["looks"]][-1].startswith("a new article")
    assert found["entries"][0]["feed_url"] == FEED
    assert found["article"]["url"] == STORY
    assert found["copies"][0]["url"] == COPY


def test_explain_tells_of_a_feed(room: Newsroom) -> None:
    told = run("explain", FEED).stdout
    assert "it is feed 1, active: The Paper" in told
    assert room.visit_of(FEED, VisitKind.FEED).reason in told
