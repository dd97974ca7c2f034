"""The demo newspaper, read over real HTTP with a clock that the tests turn."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.demo_site.feeds import ANNOUNCED, FORMATS
from cli.demo_site.newspaper import FIRST_EDITION, IN_FEED, SECTIONS, Newspaper, Story
from cli.demo_site.server import Publisher

START = 1_800_000_000.25
PAPER = Newspaper(seed=3, started_at=START)


class Reader:
    """One kept-alive connection to a publisher whose clock stands where we set it."""

    def __init__(self, log: Path) -> None:
        self.now = START
        self.publisher = Publisher(("127.0.0.1", 0), PAPER, clock=lambda: self.now, log=log)
        self.base = self.publisher.base
        threading.Thread(target=self.publisher.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.publisher.server_address[1], timeout=10)

    def get(
        self, path: str, headers: dict[str, str] | None = None, *, method: str = "GET"
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self.connection.request(method, path, headers=headers or {})
        response = self.connection.getresponse()
        return response, response.read()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path / "truth.jsonl")
    yield reader
    reader.connection.close()
    reader.publisher.shutdown()
    reader.publisher.server_close()


def first(**wanted: object) -> Story:
    """The first story of the newspaper that has these traits."""
    for number in range(600):
        story = PAPER.story(number)
        if all(getattr(story, name) == value for name, value in wanted.items()):
            return story
    raise AssertionError(wanted)


def test_the_same_seed_and_start_make_the_same_newspaper() -> None:
    again = Newspaper(seed=3, started_at=START)
    assert list(again.stories(START + 900)) == list(PAPER.stories(START + 900))
    assert next(Newspaper(seed=4, started_at=START).stories(START)) != next(PAPER.stories(START))


def test_several_hundred_stories_are_all_different() -> None:
    stories = [PAPER.story(number) for number in range(500)]
    assert len({story.paragraphs for story in stories}) == 500
    assert len({path for story in stories for path in story.paths}) == 500 + sum(s.syndicated for s in stories)
    assert not any("{" in text for story in stories for text in (story.headline, *story.revised_paragraphs))
    for trait in ("revised_at", "removed_at", "syndicated"):
        assert 20 < sum(bool(getattr(story, trait)) for story in stories) < 200, trait


@given(number=st.integers(0, 400), age=st.floats(0, 1e6), later=st.floats(0, 1e6))
def test_a_counter_never_falls(number: int, age: float, later: float) -> None:
    story = PAPER.story(number)
    assert 0 <= story.views(story.published_at + age) <= story.views(story.published_at + age + later)


@given(number=st.integers(0, 400), age=st.floats(0, 1e6))
def test_a_counter_shows_what_it_shows_since_it_turned(number: int, age: float) -> None:
    story = PAPER.story(number)
    now = story.published_at + age
    turned = story.counted_at(now)
    assert story.published_at <= turned <= now
    assert story.views(turned) == story.views(now)
    assert turned - 0.01 < story.published_at or story.views(turned - 0.01) <= story.views(now)


@given(age=st.floats(0, 1e7))
def test_the_count_of_stories_agrees_with_their_times(age: float) -> None:
    now = START + age
    count = PAPER.count(now)
    assert PAPER.published_at(count - 1) <= now + 0.001
    assert PAPER.published_at(count) > now - 0.001


def test_new_stories_come_while_one_watches() -> None:
    assert [PAPER.count(START + after) for after in (0, 20, 40, 60)] == [FIRST_EDITION + n for n in (0, 1, 2, 3)]


@pytest.mark.parametrize(("section", "suffix"), [(s, f) for s in SECTIONS for f in FORMATS])
def test_every_feed_lists_the_sections_stories(reader: Reader, section: str, suffix: str) -> None:
    response, body = reader.get(f"/{section}/feed.{suffix}")
    stories, _ = PAPER.feed(section, START)
    expected = [(story.headline, reader.base + story.path) for story in stories]
    if suffix == "json":
        assert [(item["title"], item["url"]) for item in json.loads(body)["items"]] == expected
    else:
        parsed = feedparser.parse(body)
        assert not parsed.bozo
        assert [(entry.title, entry.link) for entry in parsed.entries] == expected
        assert parsed.version == {"rss": "rss20", "atom": "atom10", "rdf": "rss10"}[suffix]
    assert response.headers["Cache-Control"] == "max-age=5"
    assert response.headers["Content-Type"] == FORMATS[suffix][0]


@pytest.mark.parametrize("markup", ["classic", "modern", "breaks", "plain"])
def test_a_story_page_carries_dateline_text_and_counter(reader: Reader, markup: str) -> None:
    story = first(markup=markup, removed_at=None)
    reader.now = story.published_at + 77_000
    _, body = reader.get(story.path)
    page = body.decode()
    assert f"This story has been viewed {story.views(reader.now)} times." in page
    assert f" - Page {story.page}" in page
    assert page.count(story.headline) >= 2
    assert "Comments will be moderated." in page


def test_the_home_page_announces_a_feed_of_each_kind(reader: Reader) -> None:
    _, body = reader.get("/")
    assert all(f'href="{path}"' in body.decode() for path in ANNOUNCED.values())
    assert len({path.rsplit(".")[-1] for path in ANNOUNCED.values()}) == 4
    assert reader.get("/robots.txt")[1].startswith(b"User-agent: *")


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_unchanged_page_answers_304_and_a_turned_counter_does_not(reader: Reader, encoding: str) -> None:
    story = first(markup="classic", removed_at=None, revised_at=None)
    reader.now = story.published_at + 77_000
    response, body = reader.get(story.path, {"Accept-Encoding": encoding})
    assert response.headers.get("Content-Encoding", "identity") == encoding
    page = gzip.decompress(body) if encoding == "gzip" else body
    assert str(story.views(reader.now)).encode() in page
    tag = {"If-None-Match": response.headers["ETag"], "Accept-Encoding": encoding}
    response, body = reader.get(story.path, tag)
    assert (response.status, body, response.headers["ETag"]) == (304, b"", tag["If-None-Match"])
    shown = story.views(reader.now)
    while story.views(reader.now) == shown:
        reader.now += 1
    assert reader.get(story.path, tag)[0].status == 200


def test_last_modified_never_hides_a_turn_of_the_counter(reader: Reader) -> None:
    story = first(removed_at=None, revised_at=None)
    reader.now = story.published_at + 30
    known: dict[str, str] = {}
    seen = -1
    answered = {200: 0, 304: 0}
    for _ in range(300):
        reader.now += 0.3
        response, body = reader.get(story.path, known)
        answered[response.status] += 1
        if response.status == 200:
            seen = int(body.decode().split("has been viewed ")[1].split()[0])
            known = {"If-Modified-Since": date} if (date := response.headers["Last-Modified"]) else {}
        assert seen == story.views(reader.now)
    assert min(answered.values()) > 5


def test_a_feed_changes_its_etag_when_a_story_comes(reader: Reader) -> None:
    response, _ = reader.get("/world/feed.rss")
    known = {"If-None-Match": response.headers["ETag"]}
    assert reader.get("/world/feed.rss", known)[0].status == 304
    reader.now += 300
    response, body = reader.get("/world/feed.rss", known)
    assert response.status == 200
    assert len(feedparser.parse(body).entries) <= IN_FEED


def test_a_revision_is_visible_and_a_removal_is_final(reader: Reader) -> None:
    revised = next(s for s in map(PAPER.story, range(600)) if s.revised_at is not None)
    assert revised.revised_at is not None
    reader.now = revised.revised_at - 0.01
    before = reader.get(revised.path)[1]
    reader.now = revised.revised_at
    after = reader.get(revised.path)[1]
    assert len(revised.revised_paragraphs) == len(revised.paragraphs) + 1
    assert len(after) > len(before) + 20
    for status in (404, 410):
        removed = next(s for s in map(PAPER.story, range(900)) if s.removed_at and s.removed_status == status)
        assert removed.removed_at is not None
        reader.now = removed.removed_at - 0.01
        assert reader.get(removed.path)[0].status == 200
        reader.now = removed.removed_at
        assert reader.get(removed.path)[0].status == status


def test_a_syndicated_story_reads_the_same_at_both_addresses(reader: Reader) -> None:
    story = first(syndicated=True, removed_at=None)
    reader.now = story.published_at + 77_000
    assert len(story.paths) == 2
    assert reader.get(story.paths[0])[1] == reader.get(story.paths[1])[1]


@pytest.mark.parametrize(
    "path", ["/nowhere", "/world/feed.exe", "/wire/99999999", "/wire/12345678901234567890", "/wire/-1", "/world/[x"]
)
def test_what_was_never_published_is_not_found(reader: Reader, path: str) -> None:
    assert reader.get(path)[0].status == 404


def test_the_log_and_the_truth_agree_with_what_was_served(reader: Reader, tmp_path: Path) -> None:
    story = first(removed_at=None, syndicated=True)
    shown = []
    for seconds in (77_000, 78_000, 79_000):
        reader.now = story.published_at + seconds
        page = reader.get(story.path)[1].decode()
        shown.append((reader.now, int(page.split("has been viewed ")[1].split()[0])))
    logged = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert [(line["at"], line["views"]) for line in logged] == shown
    assert {line["url"] for line in logged} == {reader.base + story.path}
    told = {entry["number"]: entry for entry in json.loads(reader.get("/truth.json")[1])}[story.number]
    assert told["views"] == shown[-1][1]
    assert [urlsplit(url).path for url in told["urls"]] == list(story.paths)
    assert told["text"].split("\n\n")[0] == story.paragraphs[0]


def test_a_head_request_has_the_headers_alone(reader: Reader) -> None:
    response, body = reader.get("/world/feed.atom", method="HEAD")
    assert response.status == 200
    assert body == b""
    assert int(response.headers["Content-Length"]) > 500
