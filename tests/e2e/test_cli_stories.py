"""`dateline stories` and `story`, run as a person or a script runs them, over articles that the process stage read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dateline.clock import utc_now
from storage.database import Database
from tests.integration.test_stories import BUDGET, HARBOUR, HARBOUR_LATER, HARBOUR_TOO
from tests.support.fetched import Newsroom, page
from worker.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


@pytest.fixture
def room(tmp_path: Path, database: Database, database_url: str, reader: Reader, monkeypatch: Any) -> Newsroom:
    """Three outlets' reports of one event, the copy of one, and a report of another event."""
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("REDIS_URL", raising=False)
    room = Newsroom(database, reader)
    room.at = utc_now() - timedelta(hours=1)
    reports = (HARBOUR, BUDGET, HARBOUR_TOO, HARBOUR_LATER, HARBOUR_TOO)
    for number, (title, text) in enumerate(reports, 1):
        url = f"http://outlet{number}.example/story"
        room.add_page(url)
        room.look(url, page(title, *text.split(". ")))
    return room


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def lines(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_story_is_listed_with_the_names_that_programs_rely_on(room: Newsroom) -> None:
    [story] = lines("stories")
    assert set(story) == {
        *("id", "key", "language", "title", "articles", "outlets", "first_at", "last_at"),
        *("created_at", "updated_at", "split_from"),
    }
    assert (story["articles"], story["outlets"], story["language"]) == (4, 4, "en")
    assert story["title"] == HARBOUR[0] and story["key"].startswith("s") and len(story["key"]) == 16
    assert lines("stories", "--since", "2h", "--language", "en", "--limit", "5") == [story]
    assert lines("stories", "--since", "1m") == lines("stories", "--language", "pt") == []


def test_a_story_shows_its_reports_first_one_first(room: Newsroom) -> None:
    [listed] = lines("stories")
    [story] = lines("story", str(listed["id"]))
    assert lines("story", listed["key"]) == [story]
    assert {**listed, "merged_from": [], "reports": story["reports"]} == story
    assert [(one["id"], one["duplicate_of"]) for one in story["reports"]] == [(1, None), (3, None), (4, None), (5, 3)]
    assert {*story["reports"][0]} == {"id", "key", "url", "title", "source", "at", "first_seen_at", "duplicate_of"}


def test_a_person_reads_the_same(room: Newsroom) -> None:
    listed = run("stories")
    assert listed.stdout.splitlines()[0].split("\t") == [
        *("id", "first", "last", "articles", "outlets", "language", "title")
    ]
    shown = run("story", "1").stdout
    assert HARBOUR[0] in shown and HARBOUR_LATER[0] in shown and "copy of 3" in shown and BUDGET[0] not in shown


def test_articles_name_their_story_and_are_found_by_it(room: Newsroom) -> None:
    [story] = lines("stories")
    found = {one["id"]: one["story_id"] for one in lines("articles")}
    assert found == {1: story["id"], 2: None, 3: story["id"], 4: story["id"], 5: story["id"]}
    assert [one["id"] for one in lines("articles", "--story", story["key"])] == [5, 4, 3, 1]
    assert [one["id"] for one in lines("articles", "--story", "1", "--originals")] == [4, 3, 1]
    assert lines("show", "3")[0]["story_id"] == story["id"]
    [change] = lines("changes", "--kinds", "story")
    assert (change["kind"], change["subject"]) == ("story.created", story["id"])


def test_a_story_that_is_not_there_is_told_so(room: Newsroom) -> None:
    for command in (["story", "77"], ["story", "sunknown"], ["articles", "--story", "77"]):
        result = run(*command)
        assert result.returncode == 3 and "no story is known" in result.stderr


def test_with_stories_switched_off_none_are_found(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_STORIES", "off")
    assert lines("stories") == []
    assert "No stories yet." in run("stories").stderr
