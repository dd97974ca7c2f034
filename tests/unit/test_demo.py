"""When `dateline up` has the demo newspaper, and when its address is let through."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import demo
from cli.opening import page_key
from cli.voice import summary
from dateline import settings
from dateline.clock import utc_now
from dateline.nouns.feeds import NewFeed
from dateline.paths import demo_endpoint, demo_site
from dateline.settings import Settings
from storage import feeds
from storage.database import Database, migrate


@pytest.fixture
def current(tmp_path: Path) -> Settings:
    return settings.load({"DATELINE_HOME": str(tmp_path)})


@pytest.fixture
def db(current: Settings) -> Iterator[Database]:
    migrate(current.database_url)
    opened = Database(current.database_url)
    yield opened
    opened.close()


def add(db: Database, url: str) -> None:
    with db.write() as tx:
        feeds.add(tx, NewFeed(*page_key(url)), utc_now())


def urls(db: Database) -> list[str]:
    with db.read() as tx:
        return [feed.url for feed in feeds.listed(tx)]


def test_an_empty_installation_gets_the_demo_and_keeps_its_address(current: Settings, db: Database) -> None:
    lines: list[str] = []
    spec = demo.open_demo(current, db, lines.append)
    site = demo_site(current.home)
    assert spec is not None and site is not None
    assert "demo newspaper was added" in lines[0]
    assert len(urls(db)) == 4 and all(url.startswith(site.url + "/") for url in urls(db))
    assert demo_endpoint(current.home) == (site.host, site.port)
    with db.read() as tx:
        assert {(feed.every, feed.revisit) for feed in feeds.listed(tx)} == {(demo.EVERY, demo.REVISIT)}

    demo.close_demo(current)
    assert demo_endpoint(current.home) is None
    assert demo.open_demo(current, db, lines.append) == spec
    assert demo_site(current.home) == site
    assert len(urls(db)) == 4 and len(lines) == 1


def test_an_installation_with_feeds_of_its_own_gets_no_demo(current: Settings, db: Database) -> None:
    add(db, "https://news.example.org/feed.xml")
    assert demo.open_demo(current, db, pytest.fail) is None
    assert demo_endpoint(current.home) is None
    assert len(urls(db)) == 1


def test_the_demo_goes_on_beside_other_feeds_until_its_own_are_removed(current: Settings, db: Database) -> None:
    lines: list[str] = []
    assert demo.open_demo(current, db, lines.append)
    add(db, "https://news.example.org/feed.xml")
    assert demo.open_demo(current, db, lines.append)
    with db.write() as tx:
        for feed in feeds.listed(tx):
            if "127.0.0.1" in feed.url:
                tx.exec_driver_sql("DELETE FROM feeds WHERE id = ?", (feed.id,))
    assert demo.open_demo(current, db, lines.append) is None
    assert demo_endpoint(current.home) is None


def test_a_taken_port_is_told_and_not_let_through(current: Settings, db: Database) -> None:
    lines: list[str] = []
    demo.open_demo(current, db, lines.append)
    endpoint = demo_endpoint(current.home)
    assert endpoint is not None
    with socket.create_server(endpoint):
        assert demo.open_demo(current, db, lines.append) is None
        assert demo_endpoint(current.home) is None
    assert f"port {endpoint[1]} is taken" in lines[-1]
    assert demo.open_demo(current, db, lines.append) is not None
    assert demo_endpoint(current.home) == endpoint


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, ""),
        ({"article.created": 1}, "1 new article"),
        (
            {"views.updated": 24, "article.created": 3, "article.revised": 1},
            "3 new articles, 1 revised, 24 view counts",
        ),
        ({"something.else": 5}, ""),
    ],
)
def test_news_is_told_in_a_few_words(counts: dict[str, int], words: str) -> None:
    assert summary(Counter(counts)) == words
