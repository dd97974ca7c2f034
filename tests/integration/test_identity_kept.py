"""URL identity in the database, on both: three URLs that find one article, copies by URL, sources not believed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cli.ingest import _store
from storage import canonicals, catalog, history, sources
from storage.database import Database
from tests.support.fetched import Newsroom, page, prose
from worker.dedupe.urls import article_key, normalise, url_key
from worker.reader import Limits, Reader

RAW = "http://paper.example/short/1"
FINAL = "http://paper.example/2026/03/30/harbour"
CANONICAL = "http://paper.example/news/harbour"
ALL = (RAW, FINAL, CANONICAL)
ONE_FOR_ALL = "http://paper.example/news"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits(seconds=5.0)) as one:
        yield one


@pytest.fixture
def room(database: Database, reader: Reader) -> Newsroom:
    return Newsroom(database, reader)


def canonical(url: str) -> str:
    return f'<link rel="canonical" href="{url}">'


def story(room: Newsroom, url: str, word: str, named: str | None = None, **more: str) -> str:
    """Look at a page, and return the verdict."""
    if room.visit_of(url) is None:
        room.add_page(url)
    head = canonical(named) if named else ""
    assert room.look(url, page(f"On {word}", *prose(word), head=head), **more) == {"applied": 1}
    with room.db.read() as tx:
        return (
            next(one for one in history.of_url(tx, url_key(url), url).appointments if one.url == url).looks[0].verdict
        )


def test_raw_final_and_canonical_url_are_kept_apart_and_each_finds_the_article(room: Newsroom) -> None:
    story(room, RAW, "harbour", CANONICAL, final_url=FINAL)
    article = room.article(RAW)
    assert (article.url, article.final_url, article.canonical_url) == ALL
    assert (article.key, article.url_key) == (article_key(url_key(RAW)), url_key(RAW))
    assert {(one.role, one.url) for one in room.dossier(RAW).urls} == set(
        zip(("raw", "final", "canonical"), ALL, strict=True)
    )
    for url in ALL:
        for form in (url, f"{url}/?utm_source=x#top", url.replace("http://", "https://www.")):
            with room.db.read() as tx:
                assert catalog.find(tx, form, [url_key(form)]).id == article.id
                assert history.of_url(tx, url_key(form), form).article == article


def test_asking_for_any_of_its_urls_looks_at_the_article_again_and_makes_no_other(room: Newsroom) -> None:
    story(room, RAW, "harbour", CANONICAL, final_url=FINAL)
    visit = room.visit_of(RAW)
    errands = _store(room.db, {url_key(url): normalise(url) for url in ALL}, ignore_robots=False)
    assert [(errand.url, errand.visit_id) for errand in errands] == [(url, visit.id) for url in ALL]
    assert room.visit_of(RAW).on_demand
    assert room.visit_of(FINAL) is room.visit_of(CANONICAL) is None
    story(room, RAW, "harbour", CANONICAL, final_url=FINAL)
    assert len(room.articles()) == 1


def test_a_url_with_a_visit_of_its_own_is_asked_for_by_itself(room: Newsroom) -> None:
    story(room, RAW, "harbour", CANONICAL, final_url=FINAL)
    room.add_page(CANONICAL)
    (errand,) = _store(room.db, {url_key(CANONICAL): CANONICAL}, ignore_robots=False)
    assert errand.visit_id == room.visit_of(CANONICAL).id != room.visit_of(RAW).id


@pytest.mark.parametrize("how", ["canonical", "final"])
def test_a_page_that_later_bears_another_s_url_is_its_copy_and_keeps_its_own_id_and_key(
    room: Newsroom, how: str
) -> None:
    story(room, FINAL, "harbour")
    story(room, RAW, "ferry")
    first, second = room.articles()
    assert second.duplicate_of is None
    led = {"final_url": FINAL} if how == "final" else {}
    verdict = story(room, RAW, "ferry", FINAL if how == "canonical" else None, **led)
    _, copy = room.articles()
    seen = "no change" if how == "canonical" else "the same page as before"
    assert verdict.startswith(f"{seen}, a copy (same URL")
    assert (copy.id, copy.key, copy.url) == (second.id, second.key, RAW)
    assert (copy.duplicate_of, copy.duplicate_kind) == (first.id, "same URL")
    assert room.article(RAW).id == second.id
    assert room.article(FINAL).id == first.id
    assert room.dossier(RAW).text == "\n\n".join(prose("ferry"))
    story(room, RAW, "ferry", FINAL if how == "canonical" else None, **led)
    (told,) = room.changes("article.duplicate")
    assert (told.subject, told.summary["duplicate_of"]) == (copy.id, first.id)


def test_a_canonical_url_elsewhere_is_believed_from_those_who_print_others_stories(room: Newsroom) -> None:
    story(room, "http://news.yahoo.com/harbour-1", "harbour", FINAL)
    assert room.article(FINAL).url == "http://news.yahoo.com/harbour-1"
    verdict = story(room, "http://stranger.example/harbour", "ferry", "http://paper.example/ferry")
    assert verdict.endswith("its canonical URL is not believed: it is of another site")


def test_a_source_that_names_one_url_for_many_pages_is_believed_no_more_and_what_it_did_is_undone(
    room: Newsroom,
) -> None:
    urls = [f"http://paper.example/story-{word}" for word in ("one", "two", "three", "four")]
    story(room, urls[0], "harbour", ONE_FOR_ALL)
    story(room, urls[1], "ferry", ONE_FOR_ALL)
    assert [one.duplicate_kind for one in room.articles()] == [None, "same URL"]
    verdict = story(room, urls[2], "bridge", ONE_FOR_ALL)
    assert verdict.endswith("its canonical URL is not believed: its site names one canonical URL for many pages")
    story(room, urls[3], "tower", ONE_FOR_ALL)
    assert [(one.duplicate_of, one.canonical_url) for one in room.articles()] == [(None, None)] * 4
    with room.db.read() as tx:
        source_id = room.article(urls[0]).source_id
        noticed = canonicals.distrusted(tx, [source_id, 999])
        assert history.of_url(tx, url_key(ONE_FOR_ALL), ONE_FOR_ALL).article is None
    assert noticed[source_id].url == ONE_FOR_ALL
    assert room.at - noticed[source_id].found_at == timedelta(minutes=1)
    (freed,) = room.changes("article.rerooted")
    assert (freed.subject, freed.summary["duplicate_of"]) == (room.article(urls[1]).id, None)


def test_pages_that_name_themselves_stay_believed_beside_one_that_others_share(room: Newsroom) -> None:
    for number, word in enumerate(("harbour", "ferry", "bridge", "tower", "market", "museum", "airport")):
        url = f"http://paper.example/{word}"
        story(room, url, word, ONE_FOR_ALL if number >= 4 else url)
    with room.db.read() as tx:
        assert canonicals.distrusted(tx, [room.articles()[0].source_id]) == {}


def test_a_source_is_believed_again_by_a_person_s_word(room: Newsroom) -> None:
    for word in ("harbour", "ferry", "bridge"):
        story(room, f"http://paper.example/{word}", word, ONE_FOR_ALL)
    source_id = room.articles()[0].source_id
    with room.db.write() as tx:
        held = sources.holdings(tx, [source_id])[source_id]
        assert held.distrust == canonicals.distrusted(tx, [source_id])[source_id]
        canonicals.trust(tx, source_id)
        assert sources.holdings(tx, [source_id])[source_id].distrust is None


def test_pages_of_one_batch_that_all_name_one_url_are_noticed_at_once(room: Newsroom) -> None:
    captured = []
    for word in ("harbour", "ferry", "bridge"):
        room.add_page(f"http://paper.example/{word}")
        body = page(f"On {word}", *prose(word), head=canonical(ONE_FOR_ALL))
        captured.append(room.capture(f"http://paper.example/{word}", body))
    assert room.process(*captured) == {"applied": 3}
    assert [one.duplicate_of for one in room.articles()] == [None] * 3
