"""`dateline enrich` as a person or a script runs it, and what other commands tell of enrichments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from dateline.clock import utc_now
from storage.database import Database
from tests.support.fetched import Newsroom, page, prose
from worker.reader import Reader

STORY = "http://paper.example/story/1"
BUILT_IN = {"language", "summary", "keywords", "reading_time"}


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


@pytest.fixture
def room(
    tmp_path: Path, database_url: str, database: Database, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> Newsroom:
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("REDIS_URL", raising=False)
    room = Newsroom(database, reader)
    room.at = utc_now() - timedelta(hours=1)
    room.add_page(STORY)
    room.look(STORY, page("Harbour reopens", *prose("harbour")))
    return room


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def lines(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_articles_and_show_tell_what_enrichers_made(room: Newsroom) -> None:
    [listed] = lines("articles")
    [shown] = lines("show", "1")
    assert set(listed["enrichments"]) == BUILT_IN
    assert listed["enrichments"] == shown["enrichments"]
    assert {one["enricher"]: one["error"] for one in shown["enriched"]} == dict.fromkeys(BUILT_IN)
    words = run("show", "1").output
    assert "summary" in words and "reading time" in words and "about" in words


def test_the_list_names_every_enricher_and_what_it_lacks(room: Newsroom) -> None:
    listed = {one["name"]: one for one in lines("enrich", "--list")}
    assert {name for name, one in listed.items() if one["on"] == "yes"} == BUILT_IN
    assert {"sentiment", "places", "entities", "embeddings"} <= set(listed)
    assert all(one["version"] or (one["note"] and one["remedy"]) for one in listed.values())
    assert run("enrich", "--list").stderr.count("pip install -e") == sum(
        "pip" in one["remedy"] for one in listed.values()
    )


def test_again_goes_over_the_archive_and_says_what_it_did(room: Newsroom) -> None:
    [told] = lines("enrich", "--again", "summary")
    assert (told["enricher"], told["articles"], told["changed"], told["failed"]) == ("summary", 1, 0, 0)
    with room.db.write() as tx:
        tx.exec_driver_sql("DELETE FROM enrichments WHERE enricher = 'summary'")
    assert "1 article, 1 told anew, 0 failed" in run("enrich", "--again", "summary", "--since", "2h").output
    assert "0 articles" in run("enrich", "--again", "summary", "--since", "10m", "--source", "paper.example").output
    assert [one["kind"] for one in lines("changes")] == ["article.created", "article.enriched"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--again", "nonsense"], 3, "no enricher is called nonsense"),
        (["--since", "2h"], 2, "--again"),
        (["--again", "summary", "--since", "soon"], 2, "is no moment"),
        (["--again", "summary", "--source", "nobody.example"], 3, "nobody.example"),
    ],
)
def test_what_cannot_be_done_is_said_so(room: Newsroom, arguments: list[str], code: int, words: str) -> None:
    result = run("enrich", *arguments)
    assert result.exit_code == code and words in result.output


def test_nothing_that_waits_is_no_failure(room: Newsroom) -> None:
    assert run("enrich").output.strip() == "Nothing waits to be enriched."
    assert lines("enrich") == [{"taken": 0, "waiting": {}}]
