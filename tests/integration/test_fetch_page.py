"""`dateline extract --page URL`: fetched once, through the guard, with robots.txt obeyed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from tests.support.fetched import page, prose
from tests.support.http_server import HttpServer, reply

STORY = page("The bridge is open", *prose("bridge"))


@pytest.fixture
def publisher() -> Iterator[HttpServer]:
    with HttpServer(
        {"/robots.txt": reply(200, b"User-agent: *\nDisallow: /closed"), "/story": reply(200, STORY)}
    ) as server:
        yield server


def run(url: str, *words: str, allow: str = "127.0.0.0/8") -> Result:
    environment = {"DATELINE_ALLOW_NETWORKS": allow, "DATELINE_HOST_DELAY": "0"}
    return CliRunner().invoke(main, ["extract", "--page", url, *words], env=environment)


def test_a_page_is_fetched_once_after_its_robots_txt(publisher: HttpServer):
    result = run(publisher.url("/story"), "--json")
    assert result.exit_code == 0, result.stderr
    line = json.loads(result.stdout)
    assert (line["title"], line["url"]) == ("The bridge is open", publisher.url("/story"))
    assert line["text"].split("\n\n") == prose("bridge")
    assert publisher.paths == ["/robots.txt", "/story"]


def test_a_coded_body_and_a_redirect_are_followed_to_the_page(publisher: HttpServer):
    publisher.routes["/short"] = reply(302, b"", "Location: /coded")
    publisher.routes["/coded"] = reply(200, gzip.compress(STORY), "Content-Encoding: gzip", "Content-Type: text/html")
    line = json.loads(run(publisher.url("/short"), "--json").stdout)
    assert (line["title"], line["url"]) == ("The bridge is open", publisher.url("/coded"))


def test_what_robots_txt_forbids_is_fetched_on_a_persons_word_alone(publisher: HttpServer):
    publisher.routes["/closed"] = reply(200, STORY)
    refused = run(publisher.url("/closed"))
    assert refused.exit_code == 1
    assert "robots.txt forbids it" in refused.stderr
    assert f"--page {publisher.url('/closed')} --ignore-robots" in refused.stderr
    assert publisher.paths == ["/robots.txt"]
    assert run(publisher.url("/closed"), "--ignore-robots").exit_code == 0


def test_a_private_address_is_refused_before_anything_is_asked(publisher: HttpServer):
    result = run(publisher.url("/story"), allow="")
    assert result.exit_code == 1
    assert "127.0.0.1 is not a public address" in result.stderr
    allowed = "DATELINE_ALLOW_NETWORKS=127.0.0.0/8"
    assert f"{allowed} dateline extract --page {publisher.url('/story')}" in result.stderr
    assert "service" not in result.stderr
    assert publisher.connections == 0


def test_a_port_that_no_setting_opens_has_no_hint_that_names_one():
    result = run("http://127.0.0.1:25/story")
    assert result.exit_code == 1
    assert "port 25 belongs to another protocol" in result.stderr
    assert "no setting opens this port" in result.stderr
    assert "ALLOW_NETWORKS" not in result.stderr


@pytest.mark.parametrize(("path", "message"), [("/gone", "404"), ("/photo", "it is a picture")])
def test_what_cannot_be_fetched_or_read_says_why(publisher: HttpServer, path: str, message: str):
    publisher.routes["/photo"] = reply(200, b"\x89PNG\r\n\x1a\n" + bytes(64), "Content-Type: image/png")
    result = run(publisher.url(path), "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
