"""`dateline ingest` as a person uses it: the work done here over real HTTP, or by a service that runs elsewhere."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from cli.main import main
from dateline.clock import utc_now
from dateline.settings import load
from storage import progress
from storage.database import Database
from tests.support.fetched import item, page, prose, rss
from tests.support.http_server import HttpServer, Route, reply
from worker.foreground import work_until

ROOT = Path(__file__).parents[2]
HTML, XML = "Content-Type: text/html; charset=utf-8", "Content-Type: application/rss+xml"


@pytest.fixture
def home(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATELINE_ALLOW_NETWORKS", "127.0.0.0/8")
    monkeypatch.setenv("DATELINE_HOST_DELAY", "0")
    monkeypatch.delenv("REDIS_URL", raising=False)
    return tmp_path


@pytest.fixture(autouse=True)
def log_of_this_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loggers keep the stderr that they first saw; here each run has one of its own, so they are told to be silent."""
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    monkeypatch.setattr("dateline.log.configure", lambda level: structlog.configure(wrapper_class=silent))
    yield
    structlog.reset_defaults()


@pytest.fixture
def paper(home: Path) -> Iterator[HttpServer]:
    routes: dict[str, Route] = {
        "/robots.txt": reply(200, b"User-agent: *\nDisallow: /private/\n"),
        "/story/1": reply(200, page("Harbour reopens", *prose("harbour", 5), views=2504), HTML),
        "/story/2": reply(200, page("Bridge closes", *prose("bridge")), HTML),
        "/private/1": reply(200, page("Kept from robots", *prose("secret")), HTML),
        "/gone": reply(410, b"gone"),
        "/broken": reply(500, b"oh"),
        "/menu": reply(200, b"<html><body></body></html>", HTML),
    }
    with HttpServer(routes) as server:
        links = [server.url(f"/story/{n}") for n in (1, 2)]
        routes["/feed"] = reply(200, rss(*(item(n, link=link) for n, link in enumerate(links))), XML)
        yield server


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def ingest(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    result = run("ingest", *arguments, "--json")
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_without_a_service_a_page_is_fetched_read_and_shown_here(paper: HttpServer) -> None:
    result = run("ingest", paper.url("/story/1"))
    assert result.exit_code == 0, result.output
    assert "Harbour reopens" in result.stdout
    assert "2504" in result.stdout
    assert prose("harbour", 5)[0] in result.stdout
    assert "2 more paragraphs" in result.stdout
    assert "No service runs here" in result.stderr


def test_a_script_finds_json_alone_on_stdout_and_nothing_on_stderr(paper: HttpServer) -> None:
    command = [sys.executable, "-m", "cli.main", "ingest", paper.url("/story/1"), paper.url("/broken"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert [json.loads(line)["state"] for line in done.stdout.splitlines()] == ["ingested", "failed"]


def test_several_pages_are_answered_in_the_order_asked_each_once(paper: HttpServer) -> None:
    one, two = paper.url("/story/1"), paper.url("/story/2")
    found = ingest(two, one, f"{two}#top")
    assert [result["url"] for result in found] == [two, one]
    assert [result["article"]["title"] for result in found] == ["Bridge closes", "Harbour reopens"]
    assert {result["state"] for result in found} == {"ingested"}


def test_a_page_ingested_again_is_looked_at_again(paper: HttpServer) -> None:
    [first] = ingest(paper.url("/story/1"))
    paper.routes["/story/1"] = reply(200, page("Harbour reopens", *prose("harbour", 5), views=2600), HTML)
    [second] = ingest(paper.url("/story/1"))
    assert (first["article"]["id"], first["article"]["views"]) == (second["article"]["id"], 2504)
    assert second["article"]["views"] == 2600
    assert paper.paths.count("/story/1") == 2


def test_robots_txt_is_obeyed_said_and_overridden(paper: HttpServer) -> None:
    url = paper.url("/private/1")
    result = run("ingest", url)
    assert result.exit_code == 1
    assert "robots.txt forbids it" in result.stdout
    assert f"dateline ingest --ignore-robots {url}" in result.stdout
    assert "/private/1" not in paper.paths
    [found] = ingest(url, "--ignore-robots")
    assert found["article"]["title"] == "Kept from robots"


def test_a_feeds_address_becomes_a_feed_and_its_articles(paper: HttpServer) -> None:
    [found] = ingest(paper.url("/feed"))
    assert (found["state"], found["feed"]["title"], found["feed"]["articles"]) == ("ingested", "The Paper", 2)
    listed = run("articles", "--feed", str(found["feed"]["id"]), "--json").stdout.splitlines()
    assert {json.loads(line)["title"] for line in listed} == {"Harbour reopens", "Bridge closes"}
    [again] = ingest(paper.url("/feed"))
    assert again["feed"]["id"] == found["feed"]["id"]
    assert paper.paths.count("/feed") == 2


def test_a_known_feed_is_polled_now(paper: HttpServer) -> None:
    assert run("feeds", "add", paper.url("/feed"), "--no-wait").exit_code == 0
    [found] = ingest(paper.url("/feed"))
    assert (found["feed"]["state"], found["feed"]["articles"]) == ("active", 2)


def test_a_refused_address_is_told_with_the_command_that_would_fetch_it(
    paper: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATELINE_ALLOW_NETWORKS")
    [found] = ingest(paper.url("/story/1"), code=1)
    assert "not a public address" in found["words"]
    assert f"DATELINE_ALLOW_NETWORKS=127.0.0.0/8 dateline ingest {paper.url('/story/1')}" in found["remedy"]
    assert "restart" not in found["remedy"]


def test_a_table_of_refused_feeds_tells_what_opens_them_once(
    paper: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATELINE_ALLOW_NETWORKS")
    urls = [paper.url("/feed"), paper.url("/feed/2")]
    run("feeds", "add", *urls, "--no-wait")
    ingest(*urls, code=1)
    listed = run("feeds", "list")
    assert listed.stdout.count("not a public address") == 2
    assert (listed.stdout.count("ALLOW_NETWORKS"), listed.stderr.count("ALLOW_NETWORKS")) == (0, 1)
    assert run("feeds", "add", *urls, "--no-wait").stderr.count("ALLOW_NETWORKS") == 1
    assert run("feeds", "show", "1").stdout.count("ALLOW_NETWORKS") == 1
    assert run("status").stdout.count("ALLOW_NETWORKS") == 1


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [("/gone", 3, "410"), ("/nowhere", 3, "404"), ("/broken", 1, "500")],
)
def test_what_cannot_be_had_fails_and_says_why(paper: HttpServer, path: str, code: int, words: str) -> None:
    [found] = ingest(paper.url(path), code=code)
    assert found["state"] == "failed"
    assert words in found["words"]


def test_a_page_without_readable_text_is_kept_and_says_so(paper: HttpServer) -> None:
    result = run("ingest", paper.url("/menu"))
    assert result.exit_code == 0
    assert "no readable text" in result.stdout


def test_one_failure_among_several_is_an_exit_code_of_its_own(paper: HttpServer) -> None:
    found = ingest(paper.url("/story/1"), paper.url("/broken"), code=1)
    assert [result["state"] for result in found] == ["ingested", "failed"], found


@pytest.mark.parametrize("url", ["ftp://example.org/x", "http://", "https://exa mple/"])
def test_what_is_no_address_is_refused_before_anything_is_stored(home: Path, url: str) -> None:
    result = run("ingest", "http://127.0.0.1:9/story", url)
    assert result.exit_code == 2
    assert run("explain", "http://127.0.0.1:9/story").exit_code == 3


def test_no_wait_stores_the_request_and_fetches_nothing(paper: HttpServer) -> None:
    [found] = ingest(paper.url("/story/1"), "--no-wait")
    assert (found["state"], found["article"]) == ("waiting", None)
    assert paper.paths == []
    assert "a person asked for it" in run("explain", paper.url("/story/1")).stdout


def test_a_service_that_runs_does_the_work_and_is_waited_for(
    paper: HttpServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")  # its broker is not ours to ask
    with database.write() as tx:
        progress.step(tx, "fetch", 1, utc_now())
    ended = threading.Event()
    service = threading.Thread(target=lambda: _serve(database, ended))
    service.start()
    try:
        result = run("ingest", paper.url("/story/1"))
    finally:
        ended.set()
        service.join(20)
    assert result.exit_code == 0, result.output
    assert "No service runs here" not in result.stderr
    assert "Harbour reopens" in result.stdout


def _serve(database: Database, ended: threading.Event) -> None:
    while not ended.is_set():
        work_until(load(), database, ended.is_set, timeout=20)


def test_a_service_that_does_not_get_to_it_in_time_is_not_waited_for_for_ever(
    paper: HttpServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    with database.write() as tx:
        progress.step(tx, "fetch", 1, utc_now())
    [found] = ingest(paper.url("/story/1"), "--timeout", "1s", code=1)
    assert (found["state"], found["article"]) == ("waiting", None)
    assert paper.paths == []
