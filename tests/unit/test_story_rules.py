"""Which story a report belongs to, rule by rule; and that a desk which died in between decides the same."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.support.reports import Press
from bench.support.robots import Robots
from dateline.nouns.stories import Dropped, Founded, Joined, Merged, Placed, StoryStep
from worker.cluster.decide import FEWEST, Desk, Report, Rules
from worker.cluster.terms import Terms, terms_of

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
QUAKE, VOTE, FINAL = range(20), range(100, 120), range(200, 220)


def report(article: int, *words: int, at: float = 0, since: float | None = None, **more: object) -> Report:
    """A report of these terms, published at an hour and come at that hour, else at the one of its number."""
    come = NOW + timedelta(hours=since if since is not None else 0, seconds=article)
    terms = Terms(dict.fromkeys(words, 1), frozenset(more.get("facts", ())))  # type: ignore[call-overload]
    return Report(article, "en", terms, NOW + timedelta(hours=at), article, come)


class Shelf:
    """What storage keeps of a desk's steps."""

    def __init__(self) -> None:
        self.placed: dict[int, Placed] = {}
        self.last_id = 0
        self.merged: dict[int, int] = {}
        self.parted: dict[int, int | None] = {}

    def take(self, steps: list[StoryStep]) -> None:
        for step in steps:
            if isinstance(step, Placed):
                self.placed[step.article] = step
            elif isinstance(step, Founded):
                self.last_id = step.story
                self.parted[step.story] = step.parted_from
            elif isinstance(step, Joined):
                self._move(
                    lambda one, step=step: one.article in step.articles or one.copy_of in step.articles, step.story
                )
            elif isinstance(step, Merged):
                self._move(lambda one, step=step: one.story == step.story, step.into)
                self.merged[step.story] = step.into
            elif isinstance(step, Dropped):
                del self.placed[step.article]

    def _move(self, which: object, story: int) -> None:
        for article, one in self.placed.items():
            if which(one):  # type: ignore[operator]
                self.placed[article] = replace(one, story=story)

    @property
    def groups(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for article, one in sorted(self.placed.items()):
            if one.story is not None:
                found.setdefault(one.story, []).append(article)
        return found


class Newsdesk:
    """A desk with its shelf; `fresh` makes it anew before each event, as after a death."""

    def __init__(self, *, fresh: bool = False, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.shelf, self.fresh = Shelf(), fresh
        self.clock = NOW - timedelta(days=99)
        self.desk = Desk(self.rules)

    def see(self, *reports: Report) -> dict[int, list[int]]:
        for one in reports:
            self._open(one)
            self.desk.place(one)
            self.shelf.take(self.desk.steps())
        return self.shelf.groups

    def copy(self, one: Report, original: int) -> dict[int, list[int]]:
        self._open(one)
        self.desk.follow(one, original)
        self.shelf.take(self.desk.steps())
        return self.shelf.groups

    def drop(self, article: int) -> dict[int, list[int]]:
        self._open(None)
        if article in self.shelf.placed:
            self.desk.drop(article)
            self.shelf.take(self.desk.steps())
        return self.shelf.groups

    def _open(self, one: Report | None) -> None:
        if self.fresh:
            self.desk = Desk(self.rules, self.shelf.last_id)
            since = self.clock - timedelta(seconds=self.rules.window)
            weighing = (each for each in self.shelf.placed.values() if each.copy_of is None and each.since > since)
            languages: dict[str, list[Placed]] = {}
            for placed in sorted(weighing, key=lambda each: each.seq):
                languages.setdefault(placed.language, []).append(placed)
            for language, stored in languages.items():
                self.desk.restore(language, stored)
        self.desk.standing = dict(self.shelf.placed)
        self.desk.copied = {each.copy_of for each in self.shelf.placed.values() if each.copy_of is not None}
        self.clock = max(self.clock, one.since) if one else self.clock


def test_reports_of_one_event_are_a_story_and_one_alone_is_none() -> None:
    desk = Newsdesk()
    assert desk.see(report(1, *QUAKE)) == {}
    assert desk.see(report(2, *VOTE)) == {}
    assert desk.see(report(3, *QUAKE[:10], *FINAL[:8])) == {1: [1, 3]}
    assert desk.see(report(4, *VOTE), report(5, *QUAKE)) == {1: [1, 3, 5], 2: [2, 4]}


@pytest.mark.parametrize(("shared", "together"), [(20, True), (6, True), (5, True), (3, False), (0, False)])
def test_it_joins_from_the_threshold_on(shared: int, together: bool) -> None:
    desk = Newsdesk()
    desk.see(report(1, *QUAKE), report(2, *QUAKE[:shared], *FINAL[shared:]))
    assert bool(desk.shelf.groups) is together


@pytest.mark.parametrize(
    ("published", "come", "together"),
    [(0, 0, True), (72, 0, True), (73, 0, False), (-72, 0, True), (-73, 0, False), (0, 71, True), (0, 73, False)],
)
def test_it_joins_within_the_time_by_publication_and_arrival(published: float, come: float, together: bool) -> None:
    desk = Newsdesk()
    desk.see(report(1, *QUAKE), report(2, *QUAKE, at=published, since=come))
    assert bool(desk.shelf.groups) is together


def test_a_story_that_goes_on_goes_on_taking_reports() -> None:
    desk = Newsdesk()
    for day in range(8):
        desk.see(report(day + 1, *QUAKE, at=day * 48, since=day * 48))
    assert desk.shelf.groups == {1: [1, 2, 3, 4, 5, 6, 7, 8]}


@pytest.mark.parametrize("count", range(FEWEST))
def test_a_report_of_hardly_any_words_is_near_to_nothing(count: int) -> None:
    desk = Newsdesk()
    assert desk.see(report(1, *QUAKE[:count]), report(2, *QUAKE[:count])) == {}


@pytest.mark.parametrize(
    ("facts", "others", "together"),
    [
        (QUAKE[:5], QUAKE[:5], True),  # the same names
        (QUAKE[:5], FINAL[:5], False),  # the same words about others
        (QUAKE[:3], FINAL[:3], True),  # too few names to tell
    ],
)
def test_reports_of_one_template_are_of_one_event_only_with_names_in_common(
    facts: range, others: range, together: bool
) -> None:
    words = QUAKE[5:]
    desk = Newsdesk()
    desk.see(report(1, *words, *facts, facts=facts), report(2, *words, *others, facts=others))
    assert bool(desk.shelf.groups) is together


@pytest.mark.parametrize("template", ["house sale", "lottery", "weather", "earnings"])
def test_robots_reports_by_one_template_are_mostly_kept_apart(template: str) -> None:
    robots, press, chance, desk = Robots(), Press(1), random.Random(1), Newsdesk()
    texts = [(one.title, one.text) for one in press.reports(100, 10)]
    texts += [(text.partition(".")[0], text) for text in (robots.story(template, chance) for _ in range(20))]
    for article, (title, text) in enumerate(texts, 1):
        desk.see(Report(article, "en", terms_of(title, text, "en"), NOW, article, NOW))
    assert sum(article > 100 for group in desk.shelf.groups.values() for article in group) <= 10


def test_stories_that_a_report_shows_to_be_one_merge_into_the_larger() -> None:
    desk = Newsdesk()
    desk.see(*(report(n, *QUAKE[:10], *FINAL[:4]) for n in (1, 2)))
    desk.see(*(report(n, *QUAKE[10:], *FINAL[2:6]) for n in (3, 4, 5)))
    assert desk.shelf.groups == {1: [1, 2], 2: [3, 4, 5]}
    desk.see(report(6, *QUAKE, *FINAL[:6]), report(7, *QUAKE, *FINAL[:6]), report(8, *QUAKE, *FINAL[:6]))
    assert list(map(len, desk.shelf.groups.values())) == [8]
    assert list(desk.shelf.merged.items()) in ([(1, 2)], [(2, 1)])


def test_of_equals_the_younger_joins_the_older() -> None:
    desk = Newsdesk(rules=Rules(join=0.3))
    desk.see(*(report(n, *QUAKE[:12]) for n in (1, 2)), *(report(n, *QUAKE[9:]) for n in (3, 4)))
    assert desk.shelf.groups == {1: [1, 2], 2: [3, 4]}
    desk.see(report(5, *QUAKE), report(6, *QUAKE), report(7, *QUAKE))
    assert (desk.shelf.merged, list(desk.shelf.groups)) in (({2: 1}, [1]), ({}, [1, 2]))


def test_a_text_that_is_completed_stays_while_it_is_near_and_else_goes() -> None:
    desk = Newsdesk()
    desk.see(*(report(n, *QUAKE) for n in (1, 2, 3)), report(4, *VOTE))
    again = replace(report(3, *QUAKE[:5], *FINAL[:15]), seq=9)
    assert desk.see(again) == {1: [1, 2, 3]}
    assert desk.see(replace(report(3, *VOTE), seq=10)) == {1: [1, 2], 2: [3, 4]}
    assert desk.see(replace(report(3, *FINAL), seq=11)) == {1: [1, 2], 2: [4]}


def test_a_page_in_another_language_than_its_feed_leaves_the_story() -> None:
    desk = Newsdesk()
    desk.see(report(1, *QUAKE), report(2, *QUAKE), report(3, *QUAKE))
    assert desk.see(replace(report(3, *QUAKE), language="pt", seq=9)) == {1: [1, 2]}


def test_one_left_alone_in_its_story_keeps_it_and_may_be_joined_again() -> None:
    desk = Newsdesk()
    desk.see(report(1, *QUAKE), report(2, *QUAKE))
    assert desk.see(replace(report(2, *VOTE), seq=8)) == {1: [1]}
    assert desk.see(replace(report(1, *QUAKE[:18]), seq=9), report(3, *QUAKE)) == {1: [1, 3]}


def test_a_story_of_two_matters_is_parted_and_the_smaller_leaves() -> None:
    """A report of both, which came first, holds them together until there are eight."""
    desk = Newsdesk()
    both = report(1, *QUAKE[:10], *VOTE[:10])
    of_quake = [report(n, *QUAKE[:10], *FINAL[:1]) for n in (2, 4, 6)]
    of_vote = [report(n, *VOTE[:10], *FINAL[10:11]) for n in (3, 5, 7)]
    in_turn = [one for pair in zip(of_quake, of_vote, strict=True) for one in pair]
    assert desk.see(both, *in_turn) == {1: [1, 2, 3, 4, 5, 6, 7]}
    assert desk.see(report(8, *QUAKE[:10])) == {1: [1, 2, 4, 6, 8], 2: [3, 5, 7]}
    assert desk.shelf.parted == {1: None, 2: 1}


def test_a_story_of_one_matter_is_not_parted() -> None:
    desk = Newsdesk()
    for n in range(1, 40):
        desk.see(report(n, *(QUAKE[k % 20] for k in range(n, n + 12))))
    assert set(desk.shelf.parted.values()) == {None}


def test_a_copy_follows_its_original_wherever_that_goes_and_does_not_weigh() -> None:
    desk = Newsdesk()
    desk.see(report(1, *QUAKE))
    assert desk.copy(report(2, *QUAKE), 1) == {1: [1, 2]}
    assert len(desk.desk.windows["en"]) == 1
    desk.see(report(3, *VOTE), report(4, *VOTE))
    assert desk.see(replace(report(1, *VOTE), seq=9)) == {2: [1, 2, 3, 4]}
    assert desk.copy(replace(report(3, *VOTE), seq=10), 1) == {2: [1, 2, 3, 4]}
    assert sorted(one.article for one in desk.shelf.placed.values() if one.copy_of is None) == [1, 4]


def test_an_original_that_leaves_with_its_copies_is_a_story_of_its_own() -> None:
    desk = Newsdesk()
    desk.see(report(1, *QUAKE), report(2, *QUAKE), report(3, *QUAKE))
    desk.copy(report(4, *QUAKE), 3)
    assert desk.see(replace(report(3, *VOTE), seq=9)) == {1: [1, 2], 2: [3, 4]}
    assert desk.shelf.parted == {1: None, 2: 1}


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("see"), st.integers(1, 14), st.sets(st.integers(0, 25), max_size=12), st.integers(0, 200)),
        st.tuples(st.just("copy"), st.integers(1, 14), st.integers(1, 14), st.integers(0, 200)),
        st.tuples(st.just("drop"), st.integers(1, 14)),
    ),
    max_size=40,
)


def run(events: list[tuple[object, ...]], *, fresh: bool) -> Newsdesk:
    desk, hours = Newsdesk(fresh=fresh, rules=Rules(join=0.3)), 0.0
    for seq, event in enumerate(events, 1):
        if event[0] == "drop":
            desk.drop(event[1])  # type: ignore[arg-type]
            continue
        hours += event[3] / 20  # type: ignore[operator]
        words = event[2] if event[0] == "see" else ()
        one = replace(report(event[1], *words, at=hours, since=hours), seq=seq)  # type: ignore[misc, arg-type]
        if event[0] == "see":
            desk.see(one)
        else:
            desk.copy(one, event[2])  # type: ignore[arg-type]
    return desk


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_a_desk_made_anew_before_each_event_decides_as_one_that_never_died(events: list[tuple[object, ...]]) -> None:
    one, other = run(events, fresh=False), run(events, fresh=True)
    assert one.shelf.placed == other.shelf.placed
    assert (one.shelf.merged, one.shelf.parted) == (other.shelf.merged, other.shelf.parted)
    for placed in one.shelf.placed.values():
        assert placed.story not in one.shelf.merged
        root = one.shelf.placed.get(placed.copy_of or 0)
        assert root is None or root.copy_of is not None or root.story == placed.story
