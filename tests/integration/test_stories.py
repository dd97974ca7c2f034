"""Stories on both databases: told from the log, kept behind a lease, the same however often the teller dies."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update

from bench.support.reports import Labelled, Press
from dateline.nouns.changes import ChangeKind, NewChange
from dateline.nouns.stories import Story
from storage import catalog, changes, sources, stories, story_catalog
from storage.database import Database
from storage.tables import articles, revisions, story_articles, story_desk
from storage.tables import changes as change_rows
from storage.tables import stories as story_rows
from tests.support.fetched import START, Newsroom, page
from worker.reader import Limits, Reader
from worker.stories import HOLD, Storyteller

OUTLETS = ("alpha.example", "beta.example", "gamma.example")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits(seconds=5.0)) as one:
        yield one


@pytest.fixture
def room(database: Database, reader: Reader) -> Newsroom:
    return Newsroom(database, reader)


class Archive:
    """Articles put into the database as saving leaves them, without pages being read."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.number = 0
        with room.db.write() as tx:
            self.outlets = list(sources.ensure(tx, OUTLETS, room.at).values())

    def save(
        self, *reports: tuple[str, str], copy_of: int | None = None, kind: str = "article", after: float = 60
    ) -> list[int]:
        """Each title and text as a new article, in one transaction, so many seconds after the last."""
        self.room.later(seconds=after)
        told, ids = [], []
        with self.room.db.write() as tx:
            for title, text in reports:
                self.number += 1
                number = self.number
                row = {
                    "id": number,
                    "key": f"a{number}",
                    "url_key": f"paper.example/{number}",
                    "url": f"http://paper.example/{number}",
                    "source_id": self.outlets[number % len(self.outlets)],
                    "title": title,
                    "kind": kind,
                    "text_from": "page" if text else "none",
                    "content_hash": b"",
                    "first_seen_at": self.room.at,
                    "updated_at": self.room.at,
                    **{name: [] for name in ("byline", "agencies", "keywords")},
                    "provenance": {},
                }
                tx.execute(articles.insert(), [row])
                if text:
                    self._revision(tx, number, "first", title, text)
                told.append(NewChange(ChangeKind.ARTICLE_CREATED, number, {"title": title}))
                if copy_of is not None:
                    told.append(NewChange(ChangeKind.ARTICLE_DUPLICATE, number, {"duplicate_of": copy_of}))
                ids.append(number)
            changes.append(tx, told, self.room.at)
        return ids

    def complete(self, number: int, title: str, text: str) -> None:
        """Its page comes after the feed's words."""
        self.room.later(minutes=1)
        with self.room.db.write() as tx:
            self._revision(tx, number, "completed", title, text)
            changes.append(tx, [NewChange(ChangeKind.ARTICLE_COMPLETED, number, {"title": title})], self.room.at)

    def tell(self, kind: ChangeKind, number: int, **summary: object) -> None:
        """Something that the log says of an article."""
        self.room.later(minutes=1)
        with self.room.db.write() as tx:
            changes.append(tx, [NewChange(kind, number, summary)], self.room.at)

    def _revision(self, tx: Any, number: int, kind: str, title: str, text: str) -> None:
        row = {
            "article_id": number,
            "capture_id": number * 10 + (kind == "completed"),
            "reader": "r",
            "kind": kind,
            "observed_at": self.room.at,
            "title": title,
            "byline": [],
            "text": text,
            "text_from": "page",
            "content_hash": b"",
        }
        tx.execute(revisions.insert(), [row])


@pytest.fixture
def archive(room: Newsroom) -> Archive:
    return Archive(room)


def follow(room: Newsroom, teller: Storyteller | None = None) -> int:
    return (teller or Storyteller()).follow(room.toolkit, patience=600)


def told(room: Newsroom) -> list[tuple[str, int, dict[str, object]]]:
    return [(c.kind, c.subject, c.summary) for c in room.changes() if c.kind.startswith("story")]


def groups(room: Newsroom) -> list[list[int]]:
    with room.db.read() as tx:
        rows = tx.execute(select(story_articles.c.story_id, story_articles.c.article_id)).all()
    found: dict[int, list[int]] = {}
    for story, article in rows:
        if story is not None:
            found.setdefault(story, []).append(article)
    return sorted(sorted(one) for one in found.values())


def state(room: Newsroom) -> list[Any]:
    """All that the desk keeps, but when it was kept."""
    with room.db.read() as tx:
        kept = [tuple(row) for row in tx.execute(select(story_articles).order_by(story_articles.c.article_id))]
        columns = [c for c in story_rows.c if c.name not in ("created_at", "updated_at")]
        return kept + [tuple(row) for row in tx.execute(select(*columns).order_by(story_rows.c.id))]


HARBOUR = (
    "Ferry Aurora runs aground off Malmö, 214 rescued",
    "The ferry Aurora ran aground off Malmö early on Tuesday with 214 passengers on board, the coast guard said. "
    "Captain Lindqvist had turned for the harbour in thick fog when the hull struck the Falsterbo reef.",
)
HARBOUR_TOO = (
    "214 taken off stranded ferry near Malmö",
    "All 214 people aboard the Aurora were brought ashore after the ferry hit a reef at Falsterbo in fog, officials in "
    "Malmö told reporters. Prosecutors want to question the captain, named as Lindqvist, about his speed.",
)
HARBOUR_LATER = (
    "Captain of ferry Aurora questioned after Falsterbo grounding",
    "Prosecutors in Malmö questioned Captain Lindqvist of the ferry Aurora for six hours about the grounding on the "
    "Falsterbo reef, from which 214 passengers were rescued by the coast guard.",
)
BUDGET = (
    "Parliament in Lisbon passes budget by three votes",
    "Portugal's parliament approved next year's budget late on Thursday by a margin of three votes, after Finance "
    "Minister Tavares promised farmers 90 million euros for irrigation in the Alentejo.",
)


def test_an_article_alone_is_no_story_and_the_second_report_begins_one(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR)
    archive.save(BUDGET)
    assert follow(room) == 2
    assert told(room) == [] and groups(room) == []
    archive.save(HARBOUR_TOO)
    follow(room, teller := Storyteller())
    room.later(seconds=HOLD.total_seconds() + 1)
    follow(room, teller)
    assert groups(room) == [[1, 3]]
    [(kind, story, summary)] = told(room)
    assert (kind, summary["title"], summary["articles"], summary["outlets"]) == ("story.created", HARBOUR[0], 2, 2)
    assert summary["joined"] == [1, 3]
    found = list(catalog.newest_first(room.db.read, catalog.ArticleFilter(story_id=story)))
    assert [one.id for one in found] == [3, 1] and {one.story_id for one in found} == {story}


def test_a_later_report_joins_and_is_told(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR, HARBOUR_TOO)
    teller = Storyteller()
    follow(room, teller)
    archive.save(HARBOUR_LATER, BUDGET)
    follow(room, teller)
    assert groups(room) == [[1, 2, 3]]
    assert told(room)[-1] == ("story.updated", 1, {"articles": 3, "outlets": 3, "joined": [3], "left": []})
    [story] = listed(room)
    assert (story.articles, story.first_at, story.last_at) == (3, START + timedelta(minutes=1), room.at)


def listed(room: Newsroom, **wanted: Any) -> list[Story]:
    return list(story_catalog.latest_first(room.db.read, **wanted))


def test_a_copy_follows_its_original_and_makes_a_story_of_it(room: Newsroom, archive: Archive) -> None:
    [first] = archive.save(BUDGET)
    archive.save(BUDGET, copy_of=first)
    follow(room)
    assert groups(room) == [[1, 2]]
    with room.db.read() as tx:
        weighing = tx.execute(select(story_articles.c.article_id).where(story_articles.c.copy_of.is_(None))).scalars()
        assert list(weighing) == [1]


def test_a_copy_of_an_article_that_is_not_there_stands_for_itself(room: Newsroom, archive: Archive) -> None:
    archive.save(BUDGET, copy_of=999)
    follow(room)
    assert groups(room) == []


def test_an_original_that_is_re_rooted_weighs_no_more_and_one_that_is_freed_weighs(
    room: Newsroom, archive: Archive
) -> None:
    archive.save(HARBOUR, HARBOUR_TOO)
    archive.save(HARBOUR_TOO)
    archive.tell(ChangeKind.ARTICLE_REROOTED, 2, duplicate_of=3)
    follow(room)
    assert groups(room) == [[1, 2, 3]]
    assert weighing(room) == [1, 3]
    archive.tell(ChangeKind.ARTICLE_REROOTED, 2, duplicate_of=None)
    room.later(minutes=1)
    follow(room)
    assert weighing(room) == [1, 2, 3] and groups(room) == [[1, 2, 3]]


def weighing(room: Newsroom) -> list[int]:
    query = select(story_articles.c.article_id).where(story_articles.c.copy_of.is_(None))
    with room.db.read() as tx:
        return list(tx.execute(query.order_by(story_articles.c.article_id)).scalars())


def test_a_page_that_tells_of_something_else_moves_its_article(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR, HARBOUR_TOO, HARBOUR_LATER, BUDGET)
    follow(room, teller := Storyteller())
    assert groups(room) == [[1, 2, 3]]
    archive.complete(3, BUDGET[0], BUDGET[1])
    follow(room, teller)
    assert groups(room) == [[1, 2], [3, 4]]
    assert ("story.updated", 1, {"articles": 2, "outlets": 2, "joined": [], "left": [3]}) in told(room)
    archive.complete(2, *HARBOUR_TOO)
    follow(room, teller)
    assert groups(room) == [[1, 2], [3, 4]]


def test_a_removed_article_leaves_and_an_empty_story_is_not_listed(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR, HARBOUR_TOO)
    follow(room, teller := Storyteller())
    for number in (1, 2):
        with room.db.write() as tx:
            tx.execute(delete(revisions).where(revisions.c.article_id == number))
            tx.execute(delete(articles).where(articles.c.id == number))
        archive.tell(ChangeKind.ARTICLE_REMOVED, number)
        follow(room, teller)
    assert groups(room) == [] and listed(room) == []
    assert told(room)[-1][2] == {"articles": 0, "outlets": 0, "joined": [], "left": [2]}


@pytest.mark.parametrize("kind", ["index", "wall"])
def test_a_front_page_or_a_wall_is_no_report(room: Newsroom, archive: Archive, kind: str) -> None:
    archive.save(HARBOUR, HARBOUR_TOO, kind=kind)
    follow(room)
    assert groups(room) == []


def test_a_story_takes_nobody_after_its_time(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR)
    room.later(hours=73)
    archive.save(HARBOUR_TOO)
    follow(room)
    assert groups(room) == []


def test_stories_that_turn_out_to_be_one_merge_and_the_old_id_is_answered(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR, HARBOUR_TOO)
    archive.save(BUDGET, copy_of=None)
    archive.save(BUDGET, copy_of=3)
    follow(room)
    assert groups(room) == [[1, 2], [3, 4]]
    archive.complete(3, *HARBOUR_LATER)
    follow(room)
    assert groups(room) == [[1, 2, 3, 4]]
    assert ("story.merged", 2, {"into": 1}) in told(room)
    with room.db.read() as tx:
        assert story_catalog.find(tx, "2").id == 1
        assert story_catalog.dossier(tx, story_catalog.find(tx, "1")).merged_from == (2,)
    assert [one.id for one in listed(room)] == [1]


def test_a_story_of_two_matters_is_parted_told_and_titled_anew(room: Newsroom, archive: Archive) -> None:
    """The report of both, which came first, held them together until there were eight that weigh."""
    quake = "tremor rubble magnitude epicentre aftershock collapsed rescuers seismologists shaking damage"
    vote = "ballot turnout parliament coalition polling electoral candidates majority counting observers"
    archive.save(("", f"{vote} {quake}"))
    for number in range(3):
        archive.save((f"Vote {number + 10}", vote))
        archive.save((f"Quake {number + 20}", f"{quake} villagers"))
    archive.save(("Quake 20", f"{quake} villagers"), copy_of=3)
    follow(room, teller := Storyteller())
    assert groups(room) == [[1, 2, 3, 4, 5, 6, 7, 8]]
    archive.save(("Quake 30", f"{quake} villagers"))
    follow(room, teller)
    assert groups(room) == [[1, 2, 4, 6], [3, 5, 7, 8, 9]]
    with room.db.read() as tx:
        found = [story_catalog.find(tx, word) for word in ("1", "2")]
    assert [(one.title, one.articles, one.split_from) for one in found] == [("Vote 10", 4, None), ("Quake 20", 5, 1)]
    assert ("story.split", 1, {"into": 2, "articles": 5}) in told(room)
    assert [kind for kind, story, _ in told(room)[1:] if story == 1] == ["story.updated", "story.split"]


def test_stories_are_listed_by_their_last_report(room: Newsroom, archive: Archive) -> None:
    archive.save(BUDGET)
    archive.save(BUDGET, copy_of=1)
    archive.save(HARBOUR, HARBOUR_TOO)
    follow(room)
    assert [one.id for one in listed(room)] == [2, 1]
    assert [one.id for one in listed(room, limit=1)] == [2]
    assert [one.id for one in listed(room, since=room.at)] == [2]
    assert listed(room, language="pt") == []


def test_one_desk_at_a_time_follows_and_a_dead_one_is_waited_out(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR)
    first, second = Storyteller(), Storyteller()
    assert follow(room, first) == 1
    archive.save(HARBOUR_TOO, after=HOLD.total_seconds() - 1)
    assert follow(room, second) == 0
    archive.save(HARBOUR_LATER, after=1)
    assert follow(room, second) > 0 and groups(room) == [[1, 2, 3]]
    archive.save(BUDGET, after=1)
    assert follow(room, first) == 0


def test_who_leaves_the_desk_leaves_it_to_the_next_at_once(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR)
    follow(room, first := Storyteller())
    assert not first.behind(room.toolkit)
    archive.save(HARBOUR_TOO, after=1)
    assert first.behind(room.toolkit)
    first.leave(room.toolkit)
    assert follow(room) > 0 and groups(room) == [[1, 2]]


def test_who_lost_the_desk_meanwhile_keeps_nothing(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR, HARBOUR_TOO)
    with room.db.write() as tx:
        held = stories.hold(tx, "slow", room.at, room.at + HOLD)
        assert held is not None
        tx.execute(update(story_desk).values(token="another"))
        assert stories.keep(tx, "slow", held, [], room.at) is None


def test_stories_may_be_switched_off(room: Newsroom, archive: Archive) -> None:
    archive.save(HARBOUR, HARBOUR_TOO)
    object.__setattr__(room.toolkit.settings, "stories", False)
    assert follow(room) == 0 and groups(room) == []


def write_down(archive: Archive, reports: Sequence[Labelled], seed: int) -> None:
    """Reports as they might come: some are copies, some completed or re-rooted or removed later."""
    chance = random.Random(seed)
    for report in reports:
        if archive.number > 3 and chance.random() < 0.1:
            archive.save((report.title, report.text), copy_of=chance.randint(1, archive.number))
            continue
        [number] = archive.save((report.title, report.text if chance.random() < 0.8 else ""))
        if chance.random() < 0.15:
            archive.complete(number, report.title, report.text)
        if chance.random() < 0.05:
            archive.tell(ChangeKind.ARTICLE_REROOTED, chance.randint(1, number), duplicate_of=number)
        if chance.random() < 0.05:
            archive.tell(ChangeKind.VIEWS_UPDATED, number, count=5)


@pytest.mark.parametrize(("batch", "looked_at"), [(1, 2), (7, 11), (7, 1000), (1000, 13)])
def test_a_log_followed_again_in_any_pieces_gives_the_same_stories(
    room: Newsroom, archive: Archive, monkeypatch: pytest.MonkeyPatch, batch: int, looked_at: int
) -> None:
    """At once; and by a new desk, with its windows filled anew, after each few changes."""
    write_down(archive, list(Press(5).reports(60, 60)), seed=1)
    follow(room)
    once = state(room)
    assert len(groups(room)) > 5
    forget(room)
    monkeypatch.setattr("worker.stories.BATCH", batch)
    monkeypatch.setattr("worker.stories.PAGE", looked_at)
    pieces = 0
    while Storyteller().follow(room.toolkit, patience=-1):
        room.later(seconds=HOLD.total_seconds() + 1)
        pieces += 1
    assert pieces > 5
    assert state(room) == once


def forget(room: Newsroom) -> None:
    """As if nobody had followed the log."""
    with room.db.write() as tx:
        tx.execute(delete(story_articles))
        tx.execute(update(story_rows).values(merged_into=None, split_from=None))
        tx.execute(delete(story_rows))
        tx.execute(delete(change_rows).where(change_rows.c.kind.startswith("story.")))
        tx.execute(update(story_desk).values(after=0, clock=START - timedelta(days=1), last_id=0, token=None))


class Killed(BaseException):
    """What no code of ours catches."""


def test_killed_before_any_statement_nothing_is_lost_or_done_twice(room: Newsroom, archive: Archive) -> None:
    write_down(archive, list(Press(6).reports(30, 30)), seed=3)
    follow(room)
    once, said = state(room), told(room)
    assert said
    fatal = 0
    while True:
        fatal += 1
        forget(room)
        if not killed_at(room, fatal):
            break
        room.later(seconds=HOLD.total_seconds() + 1)
        follow(room)
        assert (state(room), told(room)) == (once, said)
    assert fatal > 10


def killed_at(room: Newsroom, fatal: int) -> bool:
    """Follow the log with a teller that dies before its so many-th statement; whether it came so far."""
    count = 0

    def die(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == fatal:
            raise Killed

    event.listen(room.db.engine, "before_cursor_execute", die)
    try:
        follow(room)
    except Killed:
        return True
    finally:
        event.remove(room.db.engine, "before_cursor_execute", die)
    return False


def test_pages_that_the_process_stage_read_become_a_story(room: Newsroom) -> None:
    """From captures to the story, as the service does it."""
    for number, (title, text) in enumerate((HARBOUR, BUDGET, HARBOUR_TOO, HARBOUR_LATER)):
        url = f"http://outlet{number}.example/story"
        room.add_page(url)
        assert room.look(url, page(title, *text.split(". "))) == {"applied": 1}
    follow(room)
    [story] = listed(room)
    assert (story.articles, story.outlets, story.language) == (3, 3, "en")
    with room.db.read() as tx:
        reports = story_catalog.dossier(tx, story).reports
    assert [one.title for one in reports] == [HARBOUR[0], HARBOUR_TOO[0], HARBOUR_LATER[0]]
