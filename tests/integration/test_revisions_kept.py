"""What re-visits and re-reading keep, on both databases, with the real reader."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bench.revisits import CONSENT, Shown, page_of, pages, revisit
from dateline.nouns.articles import PageKind, ParsedArticle
from dateline.nouns.frontier import FetchOutcome
from dateline.nouns.revisions import Weight
from storage import captures, chain, rereads
from storage.chain import Chain
from storage.database import Database
from storage.rereads import ToReread
from tests.support.fetched import Newsroom, page, prose
from worker.parse.text import content_hashes
from worker.reader import Limits, Reader
from worker.reader_words import Job, PageJob, ReadResult
from worker.reprocess import reprocess

STORY = "http://paper.example/story/1"
OTHER = "http://paper.example/story/2"
BYLINE = '<meta name="author" content="{}">'


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits(seconds=5.0)) as one:
        yield one


@pytest.fixture
def room(database: Database, reader: Reader) -> Newsroom:
    return Newsroom(database, reader)


def seen(room: Newsroom, url: str = STORY) -> Chain:
    with room.db.read() as tx:
        return chain.of_article(tx, room.article(url))


def test_counters_clocks_ads_and_links_make_none_true_edits_make_each_and_walls_make_none(room: Newsroom) -> None:
    stories = pages(40)
    first = revisit(room, [page_of(story, Shown(0)) for story in stories])
    assert (first.articles, first.revised) == (40, 0)
    assert revisit(room, [page_of(story, Shown(1)) for story in stories]).revised == 0
    edited = [page_of(story, Shown(2, edited=number < 10)) for number, story in enumerate(stories)]
    assert revisit(room, edited).revised == 10
    walls = [CONSENT if number < 10 else None for number in range(40)]
    walled = [
        wall or page_of(story, Shown(3, number < 10, cut=number < 20))
        for number, (wall, story) in enumerate(zip(walls, stories, strict=True))
    ]
    assert revisit(room, walled).revised == 0
    assert (
        revisit(room, [page_of(story, Shown(4, edited=number < 10)) for number, story in enumerate(stories)]).revised
        == 0
    )


def test_each_text_is_kept_with_its_weight_and_a_text_seen_before_is_marked(room: Newsroom) -> None:
    room.add_page(STORY)
    small = [line.replace("discuss", "debate") for line in prose("harbour")]
    for words in (prose("harbour"), small, prose("harbour"), [*prose("harbour"), *prose("bridge")]):
        room.look(STORY, page("Harbour", *words))
    edits = [step.revision.edit for step in seen(room).texts if step.revision]
    assert [edit and (edit.weight, edit.flip_flop) for edit in edits] == [
        None,
        (Weight.MINOR, False),
        (Weight.MINOR, True),
        (Weight.SUBSTANTIAL, False),
    ]
    assert edits[1] is not None and (edits[1].words_added, edits[1].words_removed) == (3, 3)
    told = [change.summary for change in room.changes("article.revised")]
    assert [(one["edit"], one.get("flip_flop", False)) for one in told] == [
        ("minor", False),
        ("minor", True),
        ("substantial", False),
    ]


def test_a_change_of_byline_alone_is_a_minor_revision_of_the_same_text(room: Newsroom) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour"), head=BYLINE.format("Ada Lind")))
    room.look(STORY, page("Harbour", *prose("harbour"), head=BYLINE.format("Bo Ek")))
    room.look(STORY, page("Harbour", *prose("harbour"), head=BYLINE.format("Bo Ek")))
    room.look(STORY, page("Harbour", *prose("harbour")))
    article = room.article(STORY)
    assert (article.byline, article.revisions) == (("Bo Ek",), 2)
    [told] = room.changes("article.revised")
    assert (told.summary["edit"], told.summary["changed"]) == ("minor", ["byline"])


def test_gone_and_back_and_walls_stand_in_the_chain_with_their_time_and_reason(room: Newsroom) -> None:
    room.add_page(STORY)
    body = page("Harbour", *prose("harbour", 6))
    room.look(STORY, body)
    room.look(STORY, outcome=FetchOutcome.GONE)
    gone_at = room.at
    room.look(STORY, body)
    room.look(STORY, CONSENT)
    room.look(STORY, page("Harbour", *prose("harbour", 2)))
    found = seen(room)
    assert [step.kind for step in found.steps] == ["first", "gone", "back", "wall", "wall"]
    assert [step.reason.partition(":")[0] for step in found.steps[3:]] == ["consent wall", "stub"]
    assert (found.steps[1].at, found.looks) == (gone_at, 5)
    assert room.kinds(STORY) == ["article.created", "article.gone", "article.back"]


def test_an_article_that_changes_on_each_look_is_damped_and_its_visits_become_daily(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.toolkit = replace(room.toolkit, settings=replace(room.toolkit.settings, damp_after=3))
    room.add_page(STORY)
    bodies = [page("Harbour", *prose(f"harbour{n}")) for n in range(7)]
    for body in bodies:
        room.look(STORY, body)
    assert room.article(STORY).revisions == 3
    visit = room.visit_of(STORY)
    assert visit.reason.startswith("each look finds another text: again after")
    assert visit.due_at - room.at > timedelta(hours=23)
    assert room.changes("article.revised")[-1].summary.get("damped") is None
    room.look(STORY, bodies[-1])  # it stays: the same bytes, read all the same
    assert room.dossier(STORY).text == "\n\n".join(prose("harbour6"))
    assert room.changes("article.revised")[-1].summary["damped"] is True


# --- re-reading ---


class NewerReader(Reader):
    """The reader as a later release might be: another version, and `change` done to what it makes of each page."""

    def __init__(self, change: Callable[[ParsedArticle], ParsedArticle] = lambda article: article) -> None:
        super().__init__(Limits(seconds=5.0))
        self.change = change
        self.pages = 0

    def __enter__(self) -> NewerReader:
        return self

    def read(self, jobs: Sequence[Job], *, within: float = math.inf) -> list[ReadResult]:
        results = super().read(jobs, within=within)
        return [self._told(job, result) for job, result in zip(jobs, results, strict=False)]

    def _told(self, job: Job, result: ReadResult) -> ReadResult:
        if not isinstance(job, PageJob) or result.article is None:
            return result
        self.pages += 1
        changed = self.change(result.article)
        digests = content_hashes(changed.title, changed.text)
        told = replace(changed, reader="99; model", content_hash=digests[0], text_hash=digests[1])
        return msgspec.structs.replace(result, article=told, error=told.error)


def without_last(article: ParsedArticle) -> ParsedArticle:
    return replace(article, text=article.text.rpartition("\n\n")[0])


def again(room: Newsroom, reader: Reader, wanted: ToReread | None = None, **options: bool) -> dict[str, int]:
    return dict(reprocess(room.toolkit, reader, wanted or ToReread(), lambda done, total: None, **options))


@pytest.fixture
def archive(room: Newsroom) -> Newsroom:
    """Two articles, one edited once and looked at again."""
    for url in (STORY, OTHER):
        room.add_page(url)
        room.look(url, page("Harbour", *prose(url[-1] + "harbour"), views=7))
    room.look(STORY, page("Harbour", *prose("harbor"), views=8))
    room.look(STORY, page("Harbour", *prose("harbor"), views=9))
    return room


def test_what_today_s_reader_reads_otherwise_is_a_reading_of_its_own_and_no_edit(archive: Newsroom) -> None:
    told = len(archive.changes())
    with NewerReader(without_last) as newer:
        assert again(archive, newer) == {"reread": 3, "the same": 1}
        assert again(archive, newer) == {"the same": 4}
    texts = seen(archive).texts
    assert [step.kind for step in texts] == ["first", "reread", "edit", "reread"]
    assert [step.number for step in texts] == [1, 2, 3, 4]
    assert [step.capture_id for step in texts][::2] == [step.capture_id for step in texts][1::2]
    found = archive.dossier(STORY)
    assert (found.text, found.article.revisions) == ("\n\n".join(prose("harbor")[:2]), 2)
    news = archive.changes()[told:]
    assert [change.kind for change in news] == ["article.reread"] * 3
    assert [change.summary["newest"] for change in news] == [False, True, True]
    assert archive.counts(STORY) == [7, 8, 9]


def test_another_version_that_reads_the_same_makes_nothing(archive: Newsroom) -> None:
    told = len(archive.changes())
    with NewerReader() as newer:
        assert again(archive, newer) == {"the same": 4}
    assert len(archive.changes()) == told
    assert [step.kind for step in seen(archive).texts] == ["first", "edit"]


def test_after_a_re_reading_the_next_look_is_compared_with_it(archive: Newsroom) -> None:
    with NewerReader(without_last) as newer:
        again(archive, newer)
        archive.reader = newer
        archive.look(STORY, page("Harbour", *prose("harbor"), views=11))
        assert archive.article(STORY).revisions == 2
        archive.look(STORY, page("Harbour", *prose("bridge"), views=12))
    assert archive.article(STORY).revisions == 3
    assert [step.kind for step in seen(archive).texts][-2:] == ["reread", "edit"]


def test_a_look_by_a_newer_reader_reads_the_text_before_it_again_first(archive: Newsroom) -> None:
    with NewerReader(without_last) as newer:
        archive.reader = newer
        archive.look(STORY, page("Harbour", *prose("harbor"), views=11))
    assert archive.article(STORY).revisions == 2
    assert [step.kind for step in seen(archive).texts] == ["first", "edit", "reread"]
    assert [change.kind for change in archive.changes("article.revised", "article.reread")] == [
        "article.revised",
        "article.reread",
    ]


def test_a_byline_that_only_the_newer_reader_finds_is_no_edit(archive: Newsroom) -> None:
    with NewerReader(lambda article: replace(article, byline=("Ada Lind",))) as newer:
        archive.reader = newer
        archive.look(STORY, page("Harbour", *prose("harbor"), views=11))
    assert (archive.article(STORY).byline, archive.article(STORY).revisions) == (("Ada Lind",), 2)
    assert archive.kinds(STORY).count("article.revised") == 1


def test_a_capture_that_could_not_be_read_becomes_what_it_would_have_been(room: Newsroom, reader: Reader) -> None:
    room.add_page(STORY)
    room.add_page(OTHER)
    with NewerReader(lambda article: replace(article, error="it was too new", text="")) as older:
        room.reader = older
        for url in (STORY, OTHER):
            room.look(url, page("Harbour", *prose(url[-1] + "harbour")))
    room.reader = reader
    room.look(OTHER, page("Harbour", *prose("harbor")))
    assert again(room, reader, ToReread(failed=True)) == {"applied": 2}
    assert room.article(STORY).text_from == "page"
    assert [step.kind for step in seen(room, OTHER).texts] == ["edit", "first"]  # late: a revision in its place
    assert again(room, reader, ToReread(failed=True)) == {}
    assert room.visit_of(STORY).due_at > room.at


def test_a_run_that_was_broken_off_goes_on_where_it_was(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        room.add_page(f"http://paper.example/story/{number}")
        room.look(f"http://paper.example/story/{number}", page("Harbour", *prose(f"h{number}")))
    monkeypatch.setattr("worker.reprocess.BATCH", 2)

    class Broken(Exception):
        pass

    def break_off(done: int, total: int) -> None:
        if done == 4:
            raise Broken

    with NewerReader(without_last) as newer:
        with pytest.raises(Broken):
            reprocess(room.toolkit, newer, ToReread(), break_off)
        assert (newer.pages, len(room.changes("article.reread"))) == (4, 4)
        assert again(room, newer) == {"reread": 2}
        assert newer.pages == 6
        assert again(room, newer) == {"the same": 6}


def test_captures_of_one_outlet_or_since_a_moment_are_read_alone_and_those_without_body_counted(
    archive: Newsroom,
) -> None:
    archive.add_page("http://other.example/story")
    archive.look("http://other.example/story", page("Elsewhere", *prose("elsewhere")))
    latest = archive.at
    with archive.db.read() as tx:
        every = captures.load(tx, rereads.following(tx, ToReread(), 0, 100))
    source = archive.article("http://other.example/story").source_id
    with NewerReader() as newer:
        assert again(archive, newer, ToReread(source_id=source)) == {"the same": 1}
        assert again(archive, newer, ToReread(since=latest)) == {"the same": 1}
        archive.look(STORY, page("Harbour", *prose("harbor"), views=10))
        archive.later(days=10)
        with archive.db.write() as tx:
            captures.prune(tx, now=archive.at, keep_captures_days=30, keep_unchanged_days=7, limit=100)
        assert again(archive, newer) == {"the same": len(every), "body gone": 1}


def test_a_page_that_reads_as_a_wall_now_or_as_nothing_keeps_its_text(archive: Newsroom) -> None:
    before = archive.dossier(STORY).text
    with NewerReader(lambda article: replace(article, kind=PageKind.WALL, wall="login")) as newer:
        assert again(archive, newer) == {"wall": 4}
    with NewerReader(lambda article: replace(article, text="")) as newer:
        assert again(archive, newer, afresh=True) == {"unreadable": 4}
    assert archive.dossier(STORY).text == before


def test_walls_and_their_way_back_are_not_taken_again(room: Newsroom, reader: Reader, tmp_path: Path) -> None:
    room.add_page(STORY)
    room.look(STORY, page("Harbour", *prose("harbour", 6)))
    room.look(STORY, CONSENT)
    room.look(STORY, page("Harbour", *prose("harbour", 1), "Subscribe to read on."))
    told = len(room.changes())
    assert again(room, reader) == {"the same": 1, "wall": 2}
    assert len(room.changes()) == told
