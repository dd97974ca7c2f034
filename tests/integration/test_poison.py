"""Every poison page through the real reader child: it answers within its limits, and reads the next page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fetched import page, prose
from tests.support.poison import FEEDS, PAGES, STORMS, Poison
from worker.reader import Limits, Reader
from worker.reader_words import FeedJob, PageJob, ReadResult

URL = "http://paper.example/story/1"
STORY = PageJob(page("Harbour", *prose("harbour"), views=12), URL)
HOSTILE_PEAK = 300 << 20  # bytes
# Four times the service's limit, since machines that run tests are loaded: what hangs takes minutes.
LIMITS = Limits(seconds=20.0)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(LIMITS) as reader:
        yield reader


def job(poison: Poison) -> PageJob:
    return PageJob(poison.body, URL, poison.content_encoding, poison.content_type)


def check(result: ReadResult, poison: Poison) -> None:
    if poison.stopped and result.killed:
        assert "of memory" in result.error
        assert result.remedy
    else:
        assert not result.killed, result.error
        assert poison.error in result.error
        assert bool(result.error) or result.article is not None


@pytest.mark.parametrize("name", PAGES)
def test_a_poison_page_is_answered_within_its_limits(reader: Reader, name: str) -> None:
    poison, story = reader.read([job(PAGES[name]), STORY])
    check(poison, PAGES[name])
    assert story.article is not None and story.article.title == "Harbour"
    assert reader.peak < HOSTILE_PEAK


@pytest.mark.parametrize("name", FEEDS)
def test_a_poison_feed_is_answered_within_its_limits(reader: Reader, name: str) -> None:
    poison, story = reader.read([FeedJob(FEEDS[name].body, "http://paper.example/feed"), STORY])
    assert not poison.killed, poison.error
    assert poison.feed is not None or poison.error
    assert story.article is not None and story.article.title == "Harbour"
    assert reader.peak < HOSTILE_PEAK


def test_pages_that_take_all_memory_cost_the_others_of_their_batch_nothing() -> None:
    storms = [job(poison) for poison in STORMS.values()]
    jobs = [STORY, STORY, storms[0], STORY, storms[1], STORY]
    with Reader(LIMITS) as reader:
        results = reader.read(jobs)
    assert [result.killed for result in results] == [False, False, True, False, True, False]
    assert all("256 MB of memory" in results[n].error for n in (2, 4))
    assert all(results[n].article is not None for n in (0, 1, 3, 5))


@pytest.mark.parametrize(
    "name", ["null bytes", "UTF-16 with a mark", "UTF-16 without a mark", "UTF-8 called Shift_JIS"]
)
def test_a_page_in_a_wrong_encoding_is_read_all_the_same(reader: Reader, name: str) -> None:
    [result] = reader.read([job(PAGES[name])])
    assert result.article is not None
    assert "The harbour was quiet on the day" in result.article.text
