"""Stories told as articles come: hold the desk | follow the log | load | decide | keep and tell.

Articles are taken in the order of the change log, all languages by one desk at a time, so that there are no races and
the same log gives the same stories. The desk's windows are kept in memory between two messages; the database holds all
they are made of, and whoever takes the desk over fills them again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as of_day
from uuid import uuid4

from sqlalchemy import Connection

from dateline import log
from dateline.nouns.articles import PageKind
from dateline.nouns.changes import Change, ChangeKind
from dateline.nouns.frontier import Tally
from dateline.nouns.stories import Reported, ReportText, StoryDesk
from storage import changes, stories, tallies
from worker.cluster.decide import Desk, Report, Rules
from worker.cluster.terms import LEAD_CHARACTERS, terms_of
from worker.cluster.window import MOST
from worker.enrich.language import SAMPLE, tell
from worker.toolkit import Toolkit

PAGE = 1000  # changes looked at in one go
BATCH = 200  # of them that matter here
HOLD = timedelta(seconds=60)  # the desk is kept between messages, so that one process alone has the windows
PATIENCE = 2.0  # seconds that one message may keep a thread
PLACED_BY = frozenset((ChangeKind.ARTICLE_CREATED, ChangeKind.ARTICLE_COMPLETED, ChangeKind.ARTICLE_WALLED))
FOLLOWED = PLACED_BY | {ChangeKind.ARTICLE_DUPLICATE, ChangeKind.ARTICLE_REROOTED, ChangeKind.ARTICLE_REMOVED}
NO_REPORT = frozenset((PageKind.INDEX, PageKind.WALL))

_log = log.get("stories")


class Storyteller:
    """One for each process; any thread may call it."""

    def __init__(self) -> None:
        self._token = uuid4().hex
        self._turn = threading.Lock()
        self._desk: Desk | None = None
        self._after = -1  # how far the log was followed when the desk's windows were as they are

    def follow(self, toolkit: Toolkit, *, patience: float = PATIENCE) -> int:
        """Take what is new in the log, for so many seconds; how many changes were looked at.

        Nothing where stories are switched off, or another thread or process is at it. Raises OperationalError when the
        database is away.
        """
        if not toolkit.settings.stories or not self._turn.acquire(blocking=False):
            return 0
        try:
            until, total = time.monotonic() + patience, 0
            while (looked_at := self._batch(toolkit)) and (total := total + looked_at):
                if time.monotonic() > until:
                    break
            return total
        except BaseException:
            self._desk = None  # its windows may hold what was not kept
            raise
        finally:
            self._turn.release()

    def leave(self, toolkit: Toolkit) -> None:
        """Give the desk back, if it was taken, for another process to go on at once."""
        with self._turn:
            if self._desk is not None:
                self._desk = None
                with toolkit.db.write() as tx:
                    stories.give_back(tx, self._token)

    def behind(self, toolkit: Toolkit) -> bool:
        """Whether the log holds what was not followed yet."""
        with toolkit.db.read() as tx:
            return bool(changes.after(tx, stories.desk(tx).after, limit=1))

    def _batch(self, toolkit: Toolkit) -> int:
        if not self.behind(toolkit):
            return 0
        now = toolkit.now()
        with toolkit.db.write() as tx:
            held = stories.hold(tx, self._token, now, now + HOLD)
        if held is None:
            self._desk = None
            return 0
        if self._desk is None or self._after != held.after:
            hours = toolkit.settings.story_window
            self._desk = Desk(Rules(toolkit.settings.story_threshold, hours * 3600.0), held.last_id)
        with toolkit.db.read() as tx:
            page = _whole(changes.after(tx, held.after, limit=PAGE))
            followed = _follow(tx, self._desk, page, held)
        with toolkit.db.write() as tx:
            told = stories.keep(tx, self._token, followed, self._desk.steps(), toolkit.now())
            if told is not None:
                tallies.add(tx, [Tally("changes", str(change.kind)) for change in told], toolkit.now())
                changes.append(tx, told, toolkit.now())
        self._after = followed.after
        if told is None:
            self._desk = None
            return 0
        if told:
            _log.info("stories_told", changes=len(told), after=followed.after)
        return len(page)


def _whole(page: list[Change]) -> list[Change]:
    """The changes up to the BATCH-th that matters, none of them parted from what is told of it in the next."""
    places = [place for place, change in enumerate(page) if change.kind in FOLLOWED]
    end = places[BATCH] if len(places) > BATCH else len(page)
    if end < len(page) and _copied_at_once(page[end - 1], page[end]):
        end += 1
    elif end == PAGE and page[-1].kind in PLACED_BY:
        end -= 1
    return page[:end]


def _copied_at_once(change: Change, following: Change) -> bool:
    """Whether an article is told to be a copy in the same breath."""
    beside = following.seq == change.seq + 1 and following.subject == change.subject
    return change.kind in PLACED_BY and following.kind == ChangeKind.ARTICLE_DUPLICATE and beside


def _follow(tx: Connection, desk: Desk, page: Sequence[Change], held: StoryDesk) -> StoryDesk:
    """Decide what these changes do to stories; how far the log is followed then."""
    events = [change for change in page if change.kind in FOLLOWED]
    subjects = {change.subject for change in events}
    roots = {root for change in events if (root := _original(change)) is not None}
    reported = stories.reported(tx, subjects, characters=LEAD_CHARACTERS)
    desk.standing, desk.copied = stories.standing(tx, subjects | roots)
    clock, reports = held.clock, []
    for change in events:
        clock = max(clock, change.at)
        article = reported.get(change.subject)
        reports.append(_report(article, change, clock) if article and article.kind not in NO_REPORT else None)
    languages = {one.language for one in desk.standing.values()} | {one.language for one in reports if one}
    for language in sorted(languages - desk.windows.keys()):
        since = held.clock - timedelta(seconds=desk.rules.window)
        desk.restore(language, stories.window(tx, language, since, limit=MOST))
    for place, (change, report) in enumerate(zip(events, reports, strict=True)):
        following = events[place + 1] if place + 1 < len(events) else None
        if following is None or not _copied_at_once(change, following):
            _take(desk, change, report)
    return StoryDesk(page[-1].seq if page else held.after, clock, desk.last_id)


def _take(desk: Desk, change: Change, report: Report | None) -> None:
    standing = desk.standing.get(change.subject)
    if report is None or change.kind == ChangeKind.ARTICLE_REMOVED:
        if standing is not None:
            desk.drop(change.subject)
        return
    original = _original(change)
    if change.kind in PLACED_BY and standing is not None:
        original = standing.copy_of  # it stays a copy, whatever its page says now
    if original is not None:
        desk.follow(report, original)
    else:
        desk.place(report)


def _original(change: Change) -> int | None:
    original = change.summary.get("duplicate_of")
    return original if isinstance(original, int) else None


def _report(article: Reported, change: Change, clock: datetime) -> Report:
    text = _text(article, change)
    language = _language(text, article.language)
    return Report(
        article=article.article,
        language=language,
        terms=terms_of(text.title, text.text, language),
        at=min(_published(text), clock),
        seq=change.seq,
        since=clock,
    )


def _text(article: Reported, change: Change) -> ReportText:
    """The text that the change tells of, as it was then: what came later does not alter where an article belongs."""
    texts = list(article.texts)
    if change.kind == ChangeKind.ARTICLE_CREATED:
        texts = [one for one in texts if one.kind == "first" and one.observed_at == article.first_seen_at]
    if texts:
        return texts[-1]
    title = change.summary.get("title") if change.kind == ChangeKind.ARTICLE_CREATED else None
    return ReportText("none", str(title or article.title), "", change.at)


def _published(text: ReportText) -> datetime:
    """When it was published, else seen. A day alone is taken at its noon."""
    noon = datetime.combine(text.published_on, of_day(12), UTC) if text.published_on else None
    return text.published_at or noon or text.observed_at


def _language(text: ReportText, declared: str | None) -> str:
    plain = (declared or "").partition("-")[0].lower()
    told = tell(f"{text.title}\n{text.text[:SAMPLE]}"[:SAMPLE], plain or None)
    return told[0] if told else plain
