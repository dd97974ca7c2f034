"""Enrichment from a page to the change log: at once with the article, afterwards, again, and when it fails."""

from __future__ import annotations

import sys
import textwrap
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import changes, enrichment_runs, enrichments, problems, tallies
from storage.database import Database
from tests.support.fetched import START, Newsroom, page, prose, rss
from tests.support.fetched import item as entry
from worker.enrich import installed as found
from worker.enrich.installed import EnricherAway
from worker.enriching import BATCH, enrich_again, enrich_waiting
from worker.reader import Limits, Reader
from worker.toolkit import Toolkit

STORY = "http://paper.example/story/1"
OTHER = "http://paper.example/story/2"
LIMITS = Limits(seconds=2.0)
EXAMPLE = Path(__file__).parents[2] / "docs" / "example-enricher"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(LIMITS) as one:
        yield one


@pytest.fixture
def room(database: Database, reader: Reader) -> Newsroom:
    return Newsroom(database, reader)


def made(room: Newsroom, url: str = STORY) -> dict[str, Any]:
    return {name: one.result for name, one in room.dossier(url).enrichments.items() if not one.error}


def wished(room: Newsroom, *names: str) -> Toolkit:
    """The room's toolkit from now on, with these enrichers on."""
    room.toolkit = replace(room.toolkit, settings=replace(room.toolkit.settings, enrich=names))
    return room.toolkit


# --- at once ---


def test_an_article_is_saved_with_what_built_in_enrichers_made_of_it(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour reopens", *prose("harbour")))
    told = made(room)
    assert told["language"]["language"] == "en"
    assert told["summary"]["text"].startswith("The harbour committee of Harbour met on day 0")
    assert "harbour" in [word.lower() for word in told["keywords"]["words"]]
    assert told["reading_time"]["words"] == sum(len(part.split()) for part in prose("harbour"))
    assert room.kinds(STORY) == ["article.created"]  # no event of their own
    assert room.article(STORY).enrichments == told
    assert {(one.stage, one.outcome) for one in counted(room)} >= {("enrich", "enriched")}


def counted(room: Newsroom) -> list[Any]:
    with room.db.read() as tx:
        return tallies.since(tx, START - timedelta(days=1))


def test_an_article_whose_page_declares_no_language_has_that_of_its_text(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour reopens", *prose("harbour")))
    article = room.article(STORY)
    assert (article.language, article.provenance["language"]) == ("en", "text")


def test_a_declared_language_stands(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")).replace(b"<html>", b'<html lang="nl">'))
    article = room.article(STORY)
    assert article.language == "nl" and article.provenance["language"] != "text"
    told = made(room)["language"]
    assert (told["language"], told["declared"]) == ("en", "nl") and told["confidence"] > 0.7


def test_an_edited_text_is_enriched_anew_in_place(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    room.look(STORY, page("Harbour", *prose("harbour"), "The mayor of Ghent resigned over the plans on Friday."))
    assert made(room)["reading_time"]["words"] > sum(len(part.split()) for part in prose("harbour"))
    assert room.kinds(STORY) == ["article.created", "article.revised"]


def test_an_article_of_a_feeds_own_text_is_enriched_too(room: Newsroom) -> None:
    feed = room.add_feed(content="feed")
    room.read_feed(rss(entry(1, text=" ".join(prose("harbour")))))
    assert made(room)["language"]["language"] == "en"
    assert feed.id


def test_what_is_removed_takes_its_enrichments_along(room: Newsroom) -> None:
    from storage import removal

    feed = room.add_feed(content="feed")
    room.read_feed(rss(entry(1, text=" ".join(prose("harbour")))))
    with room.db.write() as tx:
        assert removal.remove_articles(tx, feed.id, room.at) == 1
        assert enrichments.of_articles(tx, [1]) == {}


# --- afterwards ---

PLUGIN = """
import os, time
class Shout:
    name = "shout"
    version = "1"
    def enrich(self, article):
        if "raise" in article.title: raise ValueError("no thanks")
        if "hang" in article.title: time.sleep(60)
        if "die" in article.title: os.abort()
        if "huge" in article.title: return "x" * 20_000
        return {"loud": article.title.upper(), "language": article.language}
"""


@pytest.fixture
def shout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed package with one enricher."""
    with bringing(tmp_path, monkeypatch, "shouting", textwrap.dedent(PLUGIN), {"shout": "shouting:Shout"}):
        yield tmp_path


@pytest.fixture
def quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The example package as its installation would leave it: its module, and the entry points it declares."""
    points = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]["entry-points"]["dateline.enrichers"]
    with bringing(tmp_path, monkeypatch, "dateline_quotes", (EXAMPLE / "dateline_quotes.py").read_text(), points):
        yield points


@contextmanager
def bringing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, code: str, points: dict[str, str]
) -> Iterator[None]:
    """A distribution with these entry points, found here and in the children."""
    (folder / f"{module}.py").write_text(code)
    info = folder / f"{module}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n")
    lines = [f"{name} = {value}" for name, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[dateline.enrichers]", *lines, ""]))
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    caches = (found.others, found.load)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()
    sys.modules.pop(module, None)


def test_another_packages_enricher_runs_after_the_article_is_saved_and_is_told(room: Newsroom, shout: Path) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour reopens", *prose("harbour")))
    assert "shout" not in made(room)
    with Reader(LIMITS) as child:
        assert enrich_waiting(room.toolkit, child) == 1
        assert enrich_waiting(room.toolkit, child) == 0
    assert made(room)["shout"] == {"loud": "HARBOUR REOPENS", "language": "en"}
    assert room.kinds(STORY) == ["article.created", "article.enriched"]
    assert room.changes("article.enriched")[0].summary == {"enrichers": {"shout": "1"}}


@pytest.mark.parametrize(
    ("title", "error"),
    [
        ("Please raise", "ValueError: no thanks"),
        ("Please hang", "it took longer than 2 s"),
        ("Please die", "SIGABRT"),
        ("Something huge", "bytes, 16384 are kept at most"),
    ],
)
def test_an_enricher_that_fails_costs_its_own_result_alone(room: Newsroom, shout: Path, title: str, error: str) -> None:
    for url, words in ((STORY, title), (OTHER, "Harmless")):
        room.add_page(url)
        room.look(url, page(words, *prose("harbour" if url == STORY else "market")))
    with Reader(LIMITS) as child:
        assert enrich_waiting(room.toolkit, child) == 2
    assert made(room, OTHER)["shout"]["loud"] == "HARMLESS"
    failed = room.dossier(STORY).enrichments["shout"]
    assert error in failed.error and failed.result is None
    assert room.kinds(STORY) == ["article.created"]
    with room.db.read() as tx:
        [problem] = [one for one in problems.recent(tx, 10) if one.stage == "enriching"]
        assert enrichments.waiting(tx) == {}
    assert problem.url == STORY and "--again shout --failed" in problem.remedy


def test_what_waits_is_taken_by_one_worker_and_comes_back_when_that_one_dies(room: Newsroom, shout: Path) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    until = room.at + timedelta(minutes=2)
    with room.db.write() as tx:
        [taken] = enrichments.claim(tx, limit=BATCH, until=until, now=room.at)
    with room.db.write() as tx:
        assert enrichments.claim(tx, limit=BATCH, until=until, now=room.at) == []
        assert enrichments.claim(tx, limit=BATCH, until=until + timedelta(1), now=until) == [replace(taken, tries=1)]


def test_a_text_that_changes_while_it_is_enriched_is_enriched_again(room: Newsroom, shout: Path) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    until = room.at + timedelta(minutes=2)
    with room.db.write() as tx:
        taken = enrichments.claim(tx, limit=BATCH, until=until, now=room.at)
    room.look(STORY, page("Harbour", *prose("harbour"), "The mayor of Ghent resigned over the plans on Friday."))
    with room.db.write() as tx:
        enrichments.done(tx, taken, until)
        assert enrichments.waiting(tx) == {"shout": 1}


def test_an_enricher_that_is_not_there_waits_without_blame(room: Newsroom, shout: Path) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    (shout / "shouting.py").write_text("import something_that_is_not_installed_here\n")
    with Reader(LIMITS) as child:
        assert enrich_waiting(room.toolkit, child) == 1
        assert enrich_waiting(room.toolkit, child) == 0  # not before a while
    assert "shout" not in room.dossier(STORY).enrichments
    with room.db.read() as tx:
        assert enrichments.waiting(tx) == {"shout": 1}
        assert [one.outcome for one in problems.recent(tx, 10)] == ["enricher_away"]


def test_the_example_package_of_the_docs_is_an_enricher(room: Newsroom, quotes: dict[str, str]) -> None:
    assert found.chosen(()).later == tuple(quotes) == ("quotes",)
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour"), "“We will look at the plans again,” said the mayor."))
    with Reader(LIMITS) as child:
        assert enrich_waiting(room.toolkit, child) == 1
    assert made(room)["quotes"]["quotes"] == ["We will look at the plans again,"]


def test_an_enricher_that_is_told_off_runs_nowhere(room: Newsroom, quotes: dict[str, str]) -> None:
    wished(room, "-quotes")
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    with room.db.read() as tx:
        assert enrichments.waiting(tx) == {}


# --- again ---


def again(room: Newsroom, child: Reader, name: str, **wanted: Any) -> enrichment_runs.EnrichmentRun:
    words = {"since": None, "source_id": None, "failed": None, **wanted}
    return enrich_again(room.toolkit, child, name, {"asked": words, **words}, lambda run, left: None)


def test_again_over_the_archive_makes_what_is_missing_and_tells_of_it_once(room: Newsroom) -> None:
    wished(room, "-keywords")
    for url, word in ((STORY, "harbour"), (OTHER, "market")):
        room.add_page(url)
        room.look(url, page(word.title(), *prose(word)))
    with room.db.write() as tx:
        tx.exec_driver_sql("DELETE FROM enrichments WHERE enricher = 'keywords'")
    runs = [again(room, room.reader, "keywords") for _ in range(2)]
    assert [(run.done, run.changed, run.failed) for run in runs] == [(2, 2, 0), (2, 0, 0)]
    assert made(room)["keywords"]["words"]
    assert len(room.changes("article.enriched")) == 2


def test_what_was_made_while_reading_is_what_the_archive_gives_again(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour reopens", *prose("harbour")))
    before = made(room)
    assert [again(room, room.reader, name).changed for name in sorted(before)] == [0] * len(before)


def test_a_run_that_is_broken_off_goes_on_from_there(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.enriching.RUN_BATCH", 2)
    for number in range(5):
        url = f"http://paper.example/story/{number}"
        room.add_page(url)
        room.look(url, page(f"Story {number}", *prose(f"word{number}")))
    words: dict[str, Any] = {"since": None, "source_id": None, "failed": None}
    seen: list[int] = []

    class Enough(Exception):
        pass

    def stop(run: enrichment_runs.EnrichmentRun, left: int) -> None:
        seen.append(run.done)
        if run.done == 2:
            raise Enough

    wanted = {"asked": words, **words}
    with pytest.raises(Enough):
        enrich_again(room.toolkit, room.reader, "summary", wanted, stop)
    run = enrich_again(room.toolkit, room.reader, "summary", wanted, lambda run, left: seen.append(run.done))
    assert (seen, run.done) == ([0, 2, 2, 4, 5], 5)
    assert again(room, room.reader, "summary").done == 5  # the next one begins anew


def test_again_for_the_failed_takes_those_alone(room: Newsroom, shout: Path) -> None:
    for url, words in ((STORY, "Please raise"), (OTHER, "Harmless")):
        room.add_page(url)
        room.look(url, page(words, *prose("harbour" if url == STORY else "market")))
    with Reader(LIMITS) as child:
        enrich_waiting(room.toolkit, child)
    source = (shout / "shouting.py").read_text()
    (shout / "shouting.py").write_text(source.replace('raise ValueError("no thanks")', "pass  # mended"))
    with Reader(LIMITS) as child:
        run = again(room, child, "shout", failed="shout")
        assert (run.done, run.changed, run.failed) == (1, 1, 0)
        assert again(room, child, "shout", failed="shout").done == 0
    assert made(room)["shout"]["loud"] == "PLEASE RAISE"


def test_again_narrowed_by_time_and_source(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    room.later(days=2)
    room.add_page("http://other.example/1")
    room.look("http://other.example/1", page("Market", *prose("market")))
    outlet = room.article(STORY).source_id
    assert again(room, room.reader, "summary", since=(room.at - timedelta(days=1)).isoformat()).done == 1
    assert again(room, room.reader, "summary", source_id=outlet).done == 1
    assert again(room, room.reader, "summary").done == 2


def test_an_unknown_enricher_ends_the_run_with_its_remedy(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    with pytest.raises(EnricherAway) as away:
        again(room, room.reader, "nonsense")
    assert "--list" in away.value.remedy


def test_two_versions_stand_beside_each_other_and_the_newer_one_is_read(room: Newsroom) -> None:
    from dateline.nouns.enrichments import Enrichment

    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour")))
    article = room.article(STORY)
    with room.db.write() as tx:
        for minute, version in enumerate("12"):
            one = Enrichment("mood", version, {"is": version})
            enrichments.keep(tx, [(article.id, article.content_hash, one)], room.at + timedelta(minutes=minute))
        rows = tx.exec_driver_sql("SELECT version FROM enrichments WHERE enricher = 'mood'").all()
        assert changes.newest(tx) == 1
    assert made(room)["mood"] == {"is": "2"}
    assert sorted(row.version for row in rows) == ["1", "2"]
