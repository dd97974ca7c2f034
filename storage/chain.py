"""What was seen of one article over time: its texts, walls in their place, pages gone and back again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from dateline.nouns.articles import Article, Revision
from dateline.nouns.changes import ChangeKind
from dateline.nouns.frontier import FetchOutcome, VisitKind
from storage import catalog
from storage.tables import captures, changes, visits

EVENTS = {ChangeKind.ARTICLE_GONE: "gone", ChangeKind.ARTICLE_BACK: "back", ChangeKind.ARTICLE_WALLED: "taken back"}
SHOWN = 500  # newest looks that showed no text


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was seen. `kind` is a revision's, or gone, back, taken back, wall (a look at one), unreadable."""

    at: datetime
    kind: str
    reason: str = ""
    capture_id: int | None = None
    revision: Revision | None = None
    number: int | None = None  # of a text, from 1, as people name it


@dataclass(frozen=True, slots=True)
class Chain:
    """All that was seen of an article, oldest first, and how often it was looked at."""

    steps: tuple[Step, ...]
    looks: int
    looked_at: datetime | None

    @property
    def texts(self) -> tuple[Step, ...]:
        """The steps that hold a text."""
        return tuple(step for step in self.steps if step.revision is not None)

    def before(self, step: Step) -> Step | None:
        """The text that one is compared with: its capture's earlier reading, else the one shown before it.

        Where that one was read twice, the reading by the same reader.
        """
        assert step.revision is not None and step.number is not None
        earlier = [one for one in self.texts[: step.number - 1] if one.revision and one.revision.kind != "wall"]
        own = [one for one in earlier if one.capture_id == step.capture_id]
        if own or not earlier:
            return own[-1] if own else None
        shown = [one for one in earlier if one.capture_id == earlier[-1].capture_id]
        same = [one for one in shown if one.revision and one.revision.reader == step.revision.reader]
        return (same or shown)[-1]


def of_article(tx: Connection, article: Article) -> Chain:
    """The chain of one article."""
    mine = select(visits.c.id).where(
        visits.c.kind == str(VisitKind.ARTICLE),
        or_(visits.c.subject_id == article.id, visits.c.url_key == article.url_key),
    )
    looked = select(func.count(), func.max(captures.c.fetched_at)).where(captures.c.visit_id.in_(mine))
    count, last = tx.execute(looked).one()
    bare = (
        select(captures)
        .where(captures.c.visit_id.in_(mine), captures.c.state.in_(("walled", "failed")))
        .order_by(captures.c.id.desc())
        .limit(SHOWN)
    )
    looks = [
        Step(row.fetched_at, "wall" if row.state == "walled" else "unreadable", _reason(row.verdict), row.id)
        for row in tx.execute(bare)
        if row.outcome == FetchOutcome.OK
    ]
    texts = [
        Step(one.observed_at, one.kind, "", one.capture_id, one, number)
        for number, one in enumerate(catalog.revisions_of(tx, article.id), 1)
    ]
    # In the order of their moments; what is of one moment stays in the order of this list.
    steps = sorted([*_events(tx, article.id), *looks, *texts], key=lambda step: step.at)
    return Chain(tuple(steps), count, last)


def _reason(verdict: str) -> str:
    """What stood there, without what that did to the article."""
    return verdict.rpartition("a wall in its place: ")[2]


def _events(tx: Connection, article_id: int) -> Iterator[Step]:
    told = select(changes).where(changes.c.subject == article_id, changes.c.kind.in_([str(kind) for kind in EVENTS]))
    for row in tx.execute(told.order_by(changes.c.seq)):
        seen = row.summary.get("observed_at")
        at = datetime.fromisoformat(seen) if isinstance(seen, str) else row.at
        yield Step(at, EVENTS[ChangeKind(row.kind)], str(row.summary.get("reason", "")), row.summary.get("capture_id"))
