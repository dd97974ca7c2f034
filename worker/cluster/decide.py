"""Which story a report belongs to: joined, merged, parted. Pure: equal reports in equal order give equal stories.

Online single-pass clustering, as the TDT programme did event detection (Yang, Pierce and Carbonell 1998; Allan,
Papka and Lavrenko 1998): each report is compared once, on arrival, with the clusters of late reports, and joins the
nearest if that is near enough, else it begins one. A cluster of one is no story yet. The rules, with `JOIN` the
threshold of the settings as a cosine:

- It joins the nearest cluster with a cosine of JOIN or more, whose reports were published within the window of it.
- Robots' reports by one template, as of the day's quakes or quarterly figures, are near by all but their names and
  numbers. So with one report of the cluster at least it must share, of its own names and numbers, FACTS of the share
  that it shares of its other words. (Not asked of a report that has fewer than FEWEST names and numbers.)
- Another cluster that is near it too merges when it is as near as MERGE to the one that was joined: the smaller joins
  the larger (of equals the younger the older), whose id stands.
- A report whose text is completed stays while its cosine with the rest is STAY or more; else it is placed anew.
- When a story's late reports reach 8, 16, 32, 64 and 128 they are parted in two (spherical 2-means). If each half has
  several reports and the halves are less near to each other than JOIN, the smaller leaves as a story of its own.
- A copy follows its original's story and does not weigh.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from dateline.nouns.stories import Dropped, Founded, Joined, Merged, Placed, StoryStep
from worker.cluster.terms import Terms
from worker.cluster.window import Vector, Window

MERGE, STAY = 1.5, 0.75  # as shares of JOIN
FACTS = 0.7  # of the share of the other words
COMPARED = 32  # reports of a cluster, the newest
FEWEST = 4  # terms of a report that can be near to anything; names and numbers of one that a template is told by
LOOKED_AT = 4  # clusters beside the nearest
PARTED_AT = frozenset((8, 16, 32, 64, 128))
ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Rules:
    """How near (a cosine), and within what time (seconds), reports are of one story."""

    join: float = 0.20
    window: float = 72 * 3600.0


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it comes to the desk."""

    article: int
    language: str
    terms: Terms
    at: datetime  # when it was published
    seq: int  # of the change that tells of it
    since: datetime  # of that change


class Desk:
    """Where stories are told apart. What it decides is taken from it by `steps`, in order."""

    def __init__(self, rules: Rules, last_id: int = 0) -> None:
        self.rules = rules
        self.last_id = last_id
        self.windows: dict[str, Window] = {}
        self.standing: dict[int, Placed] = {}  # of the articles that the batch names, given by the caller
        self.copied: set[int] = set()  # those of them that have copies
        self._steps: list[StoryStep] = []

    def steps(self) -> list[StoryStep]:
        """What was decided since the last call."""
        steps, self._steps = self._steps, []
        return steps

    def restore(self, language: str, placed: Iterable[Placed]) -> None:
        """Fill a window with the reports that are stored of it, in the order of their `seq`."""
        self._window(language).fill(
            (
                one.article,
                one.story if one.story is not None else -one.article,
                Vector.unpacked(one.terms),
                one.at.timestamp(),
                one.since.timestamp(),
            )
            for one in placed
        )

    # --- what the log tells ---

    def place(self, report: Report) -> None:
        """A report comes, or its text is another now."""
        window, standing = self._window(report.language), self._take_out(report.article)
        before = standing.story if standing else None
        rest = self._window(standing.language).members(before) if standing and before is not None else []
        window.forget(report.since.timestamp() - self.rules.window)
        vector = window.vector(report.terms.counts)
        if vector.terms.size < FEWEST:
            vector = Vector.unpacked(b"")
        own = -report.article if before is None or rest else before
        near = self._near(window, vector, report)
        if any(name == before for name, _ in near):  # it stays
            near.sort(key=lambda one: one[0] != before)
        elif near and near[0][1] < self.rules.join:
            near = []
        target = near[0][0] if near else own
        window.add(report.article, target, vector, report.at.timestamp(), report.since.timestamp())
        placed = Placed(
            report.article, None, report.language, report.seq, report.since, report.at, None, vector.packed()
        )
        merging = [own] if own > 0 and own != target else []
        for other, cosine in near[1 : 1 + LOOKED_AT]:
            if cosine >= self.rules.join and window.cosine(target, other) >= MERGE * self.rules.join:
                merging.append(other)
        self._settle(window, placed, [target, *merging])

    def follow(self, report: Report, original: int) -> None:
        """A report is a copy of that one."""
        root = self.standing.get(original)
        if root is None or original == report.article:
            self.place(report)
            return
        self._take_out(report.article)
        story = root.story
        if story is None:
            story = self._found(root.language, original)
            self._join(self._window(root.language), [original], story)
        placed = Placed(report.article, story, root.language, report.seq, report.since, report.at, original)
        self._put(placed)

    def drop(self, article: int) -> None:
        """An article was removed."""
        self._take_out(article)
        self.standing.pop(article, None)
        self._steps.append(Dropped(article))

    # --- how ---

    def _window(self, language: str) -> Window:
        return self.windows.setdefault(language, Window())

    def _take_out(self, article: int) -> Placed | None:
        """Take a report out of its window, if it is there; how it stood."""
        before = self.standing.get(article)
        if before is not None:
            self._window(before.language).remove(article)
        return before

    def _near(self, window: Window, vector: Vector, report: Report) -> list[tuple[int, float]]:
        """The clusters that are near or nearly so, in text, time and facts."""
        at, reach = report.at.timestamp(), self.rules.window
        near = window.nearest(vector, STAY * self.rules.join) if vector.terms.size else []
        spans = {name: window.span(name) for name, _ in near}
        in_time = (one for one in near if spans[one[0]][0] - reach <= at <= spans[one[0]][1] + reach)
        return [one for one in in_time if self._same_facts(window, vector, one[0], report.terms.facts)]

    def _same_facts(self, window: Window, vector: Vector, cluster: int, facts: frozenset[int]) -> bool:
        """Whether it shares names and numbers with one report of the cluster, as far as it has some that tell."""
        if sum(term in facts for term in vector.terms.tolist()) < FEWEST:
            return True
        others = window.compared(vector, facts, cluster, newest=COMPARED)
        return any(one.facts >= FACTS * one.words for one in others if one.cosine >= self.rules.join / 2)

    def _settle(self, window: Window, placed: Placed, names: Sequence[int]) -> None:
        """Make one cluster of these, the report being in the first, and say what that does to stories."""
        article, before = placed.article, self.standing.get(placed.article)
        stories = sorted((-len(window.members(name)), name) for name in names if name > 0)
        reports = [one for name in names for one in window.members(name)]
        if stories:
            story: int | None = stories[0][1]
        elif len(reports) > 1 or article in self.copied:
            first = min(reports or [article], key=lambda one: (window.at(one) if one in window else 0.0, one))
            story = self._found(placed.language, first, before.story if before and len(reports) < 2 else None)
        else:
            story = None
        self._put(replace(placed, story=story))
        if story is None:
            return
        alone = [one for name in names if name < 0 for one in window.members(name) if one != article]
        self._join(window, [*alone, article] if article in self.copied else alone, story)
        window.move([article], story)
        for _, name in stories[1:]:
            window.move(window.members(name), story)
            self._restory([one.article for one in self.standing.values() if one.story == name], story)
            self._steps.append(Merged(name, story))
        if len(window.members(story)) in PARTED_AT:
            self._part(window, placed.language, story)

    def _found(self, language: str, first: int, parted_from: int | None = None) -> int:
        self.last_id += 1
        self._steps.append(Founded(self.last_id, language, first, parted_from))
        return self.last_id

    def _put(self, placed: Placed) -> None:
        self.standing[placed.article] = placed
        self._steps.append(placed)
        if placed.copy_of is not None:
            self.copied.add(placed.copy_of)

    def _join(self, window: Window, articles: Sequence[int], story: int) -> None:
        window.move(articles, story)
        if articles:
            copied = self.copied.intersection(articles)
            copies = [one.article for one in self.standing.values() if one.copy_of in copied] if copied else []
            self._restory([*articles, *copies], story)
            self._steps.append(Joined(story, tuple(articles)))

    def _restory(self, articles: Iterable[int], story: int) -> None:
        for one in articles:
            if one in self.standing:
                self.standing[one] = replace(self.standing[one], story=story)

    def _part(self, window: Window, language: str, story: int) -> None:
        """Part a story in two if its reports are of two groups."""
        articles = window.members(story)
        leaving = _smaller_half([window.of(one) for one in articles], self.rules.join)
        if not leaving:
            return
        parted = [articles[place] for place in leaving]
        first = min(parted, key=lambda one: (window.at(one), one))
        self._join(window, parted, self._found(language, first, story))


def _smaller_half(vectors: Sequence[Vector], apart: float) -> list[int]:
    """Which of these (places) are a group of their own, whose cosine with the rest is less than that; mostly none."""
    terms, places = np.unique(np.concatenate([one.terms for one in vectors]), return_inverse=True)
    matrix = np.zeros((len(vectors), terms.size))
    rows = np.repeat(np.arange(len(vectors)), [one.terms.size for one in vectors])
    matrix[rows, places] = np.concatenate([one.weights for one in vectors])
    products = matrix @ matrix.T  # of whole numbers far below 2^53: exact, on every machine
    far = int(products.sum(axis=1).argmin())
    opposite = int(products[far].argmin())
    of_far = products[far] > products[opposite]
    for _ in range(ROUNDS):
        if not 2 <= of_far.sum() <= len(vectors) - 2:
            return []
        lengths = [np.sqrt(products[np.ix_(group, group)].sum()) for group in (of_far, ~of_far)]
        nearer = products[:, of_far].sum(axis=1) / lengths[0] > products[:, ~of_far].sum(axis=1) / lengths[1]
        if (nearer == of_far).all():
            break
        of_far = nearer
    if not 2 <= of_far.sum() <= len(vectors) - 2:
        return []
    lengths = [np.sqrt(products[np.ix_(group, group)].sum()) for group in (of_far, ~of_far)]
    if products[np.ix_(of_far, ~of_far)].sum() / (lengths[0] * lengths[1]) >= apart:
        return []
    smaller = of_far if of_far.sum() * 2 < len(vectors) else ~of_far
    # Of equal halves the one without the oldest leaves.
    if of_far.sum() * 2 == len(vectors) and smaller[0]:
        smaller = ~smaller
    return [int(place) for place in np.flatnonzero(smaller)]
