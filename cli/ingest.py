"""`dateline ingest URL...`: fetch and store these now, through the same frontier as everything else, at the head of it.

Where the service runs it does the work, and this command watches the database; else the work is done here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection

from api.records import article_record
from cli.articles import print_article
from cli.opening import opened, page_key, remedy_here, service_runs
from cli.output import clean, json_option, note, print_json, say
from cli.params import Duration
from dateline import log
from dateline.clock import utc_now
from dateline.nouns.articles import Article
from dateline.nouns.feeds import Feed, FeedState
from dateline.nouns.frontier import FetchOutcome, NewVisit, Priority, VisitKind
from dateline.settings import Settings
from dateline.urls import host_name
from storage import catalog, feeds, frontier, history
from storage.database import Database

LOOK = 0.2  # seconds between two looks at the database
SHOWN = 3  # paragraphs of an article's text
REASON = "a person asked for it: dateline ingest"
NOT_THERE = 3  # exit code: the publisher has no such page
POLLED = frozenset({FeedState.NEW, FeedState.ACTIVE, FeedState.PAUSED, FeedState.GONE})
READABLE = frozenset({FetchOutcome.OK, FetchOutcome.NOT_MODIFIED})
ON_ITS_WAY = frozenset({FetchOutcome.REDIRECT_ELSEWHERE, FetchOutcome.INTERRUPTED})


@dataclass(slots=True)
class Errand:
    """One URL that a person asked for, its visit, and how that stood before."""

    url: str
    key: str
    visit_id: int
    feed_id: int | None  # it was known as a feed's address
    before: history.Standing
    stage: str = ""  # as last told


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an errand. `state`: ingested, failed, or waiting."""

    errand: Errand
    state: str
    words: str  # what happened, or what went wrong
    outcome: str = ""
    remedy: str = ""
    article: Article | None = None
    feed: Feed | None = None
    articles: int = 0  # of the feed
    pending: int = 0


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--no-wait", is_flag=True, help="Store the request alone; the service does it when it runs.")
@click.option("--ignore-robots", is_flag=True, help="Fetch these pages although robots.txt forbids it.")
@click.option("--timeout", type=Duration(1), default=60.0, show_default="60s", help="Wait at most so long.")
@json_option
@click.pass_context
def ingest(
    ctx: click.Context, urls: tuple[str, ...], no_wait: bool, ignore_robots: bool, timeout: float, as_json: bool
) -> None:
    """Fetch and store these URLs now: articles' pages, or feeds with all that they name.

    Exit codes: 0 all are stored, 1 some failed or are still waited for, 2 wrong usage, 3 the publisher has none of
    those that failed.
    """
    pages = {key: page for page, key in map(page_key, urls)}
    with opened() as (settings, db):
        errands = _store(db, pages, ignore_robots=ignore_robots)
        if no_wait:
            for errand in errands:
                _tell(db, Result(errand, "waiting", "stored; it is fetched next when the service runs"), as_json)
            return
        here = not service_runs(settings, db)
        _see_to(settings, db, errands, timeout, here=here, aloud=not as_json)
        results = [_result(db, errand, here=here) for errand in errands]
        for result in results:
            _tell(db, result, as_json)
    failed = [result for result in results if result.state != "ingested"]
    if failed:
        gone = all(result.outcome in (FetchOutcome.NOT_FOUND, FetchOutcome.GONE) for result in failed)
        ctx.exit(NOT_THERE if gone else 1)


def _store(db: Database, pages: dict[str, str], *, ignore_robots: bool) -> list[Errand]:
    """Make each URL due now, before all else of its host: a known feed's poll, or a page's visit.

    Any URL of a known article, such as its canonical one, means the visit that the article has.
    """
    now = utc_now()
    with db.write() as tx:
        known = {key: found[0] for key, url in pages.items() if (found := feeds.by_url(tx, url, [key]))}
        polled = {key: feed for key, feed in known.items() if feed.state in POLLED}
        polls = feeds.visits_of(tx, [feed.id for feed in polled.values()])
        ids = {key: polls[feed.id].visit_id for key, feed in polled.items() if feed.id in polls}
        kept = history.own_addresses(tx, pages.keys() - ids.keys())
        at = {key: kept.get(key, (url, key)) for key, url in pages.items() if key not in ids}
        new = [_visit(*address, now, ignore_robots) for address in sorted(set(at.values()))]
        before = history.standings(tx, [*ids.values(), *history.page_visits(tx, [one.url_key for one in new])])
        frontier.set_due(tx, list(ids.values()), now, REASON, now)
        made = {key: visit_id for (_, key), visit_id in frontier.add_visits(tx, new, now).items()}
        ids |= {key: made[own] for key, (_, own) in at.items()}
        fresh = history.standings(tx, [one for one in ids.values() if one not in before])
    return [
        Errand(url, key, ids[key], polled[key].id if key in polled else None, (before | fresh)[ids[key]])
        for key, url in pages.items()
    ]


def _visit(url: str, key: str, now: datetime, ignore_robots: bool) -> NewVisit:
    return NewVisit(
        url=url,
        url_key=key,
        host=host_name(url),
        kind=VisitKind.ARTICLE,
        due_at=now,
        priority=Priority.ON_DEMAND,
        reason=REASON,
        ignore_robots=ignore_robots,
        on_demand=True,
    )


def _see_to(
    settings: Settings, db: Database, errands: Sequence[Errand], timeout: float, *, here: bool, aloud: bool
) -> None:
    """Have the errands done: here, or by the service that runs. Returns after `timeout` seconds at the latest."""
    until = time.monotonic() + timeout

    def done() -> bool:
        return not _left(db, errands, aloud=aloud)

    if here:
        from worker.foreground import work_until  # here: a running service does the fetching and reading itself

        # Its own lines tell a person each stage; the workers' log would say it all twice.
        log.configure("DEBUG" if settings.log_level == "DEBUG" else "ERROR")
        if aloud:
            note("No service runs here, so this command does the work itself.")
        work_until(settings, db, done, timeout=timeout)
        return
    while not done() and time.monotonic() < until:
        time.sleep(LOOK)


def _left(db: Database, errands: Sequence[Errand], *, aloud: bool) -> list[Errand]:
    """The errands that are not done yet; each new stage of one is told."""
    with db.read() as tx:
        now = utc_now()
        standings = history.standings(tx, [one.visit_id for one in errands])
        stages = {one.key: _stage(one, standings.get(one.visit_id), now) for one in errands}
        for one in errands:
            if not stages[one.key] and (feed := _feed_of(tx, one)) and (left := history.yield_of(tx, feed.id).pending):
                stages[one.key] = f"a feed; {left} of its pages are still to come"
    for one in errands:
        if aloud and stages[one.key] not in ("", one.stage):
            note(f"{clean(one.url)}: {stages[one.key]}")
            one.stage = stages[one.key]
    return [one for one in errands if stages[one.key]]


def _stage(errand: Errand, now_it_is: history.Standing | None, now: datetime) -> str:
    """Where an errand stands, in words; empty when it is done."""
    if now_it_is is None:
        return ""
    if now_it_is.waiting:
        return f"fetched ({now_it_is.last_outcome or 'ok'}), to be read"
    if not now_it_is.on_demand and _was_made(errand, now_it_is):
        return "sent on to another site" if now_it_is.last_outcome in ON_ITS_WAY else ""
    leased = now_it_is.host_leased_until is not None and now_it_is.host_leased_until > now
    return "being fetched" if leased else "waits for its host's turn"


def _was_made(errand: Errand, now_it_is: history.Standing) -> bool:
    before = errand.before
    return now_it_is.last_visit_at != before.last_visit_at or now_it_is.newest_capture > before.newest_capture


# --- what came of it ---


def _feed_of(tx: Connection, errand: Errand) -> Feed | None:
    """The feed that an errand's URL is, or that its page turned out to be."""
    if errand.feed_id is not None:
        return next(iter(feeds.load(tx, [errand.feed_id])), None)
    known = history.of_url(tx, errand.key, errand.url)
    if known.article is not None:
        return None
    if known.feed is not None and known.feed.state in POLLED:
        return known.feed
    look = next((one for visit in known.appointments for one in visit.looks), None)
    if look is None or look.outcome != FetchOutcome.OK or look.final_url == errand.url:
        return None
    url, key = page_key(look.final_url)
    return next(iter(feeds.by_url(tx, url, [key])), None)


def _result(db: Database, errand: Errand, *, here: bool) -> Result:
    """What the database says of an errand now."""
    with db.read() as tx:
        now_it_is = history.standings(tx, [errand.visit_id]).get(errand.visit_id)
        stage = _stage(errand, now_it_is, utc_now())
        known = history.of_url(tx, errand.key, errand.url)
        feed = _feed_of(tx, errand)
        came = history.yield_of(tx, feed.id) if feed else history.Yield(0, 0)
    visit = next((one for one in known.appointments if one.visit_id == errand.visit_id), None)
    if visit is None:
        return Result(errand, "failed", "its visit was removed meanwhile")
    article = None if feed else known.article
    if stage:
        return Result(errand, "waiting", stage, article=article, feed=feed)
    outcome, words = visit.last_outcome, ""
    look = visit.looks[0] if visit.looks and visit.looks[0].capture_id > errand.before.newest_capture else None
    if look is not None:
        outcome, words = look.outcome, look.verdict
    read_well = outcome in READABLE and (look is None or look.state == "applied")
    if read_well and (article or feed):
        words = words or "not modified since the last look"
        return Result(errand, "ingested", words, outcome, "", article, feed, came.articles, came.pending)
    told = _why_failed(errand, visit, look, outcome, here=here)
    return Result(errand, "failed", *told, article, feed, came.articles)


def _why_failed(
    errand: Errand, visit: history.Appointment, look: history.Look | None, outcome: str, *, here: bool
) -> tuple[str, str, str]:
    """What went wrong in words, the outcome, and what a person can do."""
    if outcome == FetchOutcome.ROBOTS:
        return (
            "the publisher's robots.txt forbids it",
            outcome,
            f"if you may all the same: dateline ingest --ignore-robots {errand.url}",
        )
    capture_id = look.capture_id if look else None
    mine = (one for one in visit.problems if one.outcome == outcome or (capture_id and one.capture_id == capture_id))
    problem = next(mine, None)
    said = (look.error if look and outcome not in READABLE else "") or (problem.message if problem else "")
    words = said or (look.verdict if look else "") or outcome.replace("_", " ") or "it was not fetched"
    remedy = problem.remedy if problem else ""
    if here:
        remedy = remedy_here(remedy, f"dateline ingest {errand.url}")
    if visit.due_at and visit.attempts:
        remedy = "; ".join(filter(None, [remedy, f"it is tried again at {visit.due_at:%Y-%m-%d %H:%M:%S} UTC"]))
    return words, outcome, remedy


# --- telling it ---


def _tell(db: Database, result: Result, as_json: bool) -> None:
    if as_json:
        print_json(_record(result))
        return
    for line in _lines(result):
        say(line)
    if result.state == "ingested" and result.article is not None:
        with db.read() as tx:
            print_article(catalog.dossier(tx, result.article), paragraphs=SHOWN)
    say()


def _lines(result: Result) -> Iterator[str]:
    errand, feed = result.errand, result.feed
    said = {"ingested": "", "failed": "failed: ", "waiting": "not yet: "}[result.state]
    yield f"{clean(errand.url)}: {said}{clean(result.words)}"
    if result.remedy:
        yield f"  {clean(result.remedy)}"
    if feed is not None:
        yield f"  feed {feed.id}, {feed.state}: {clean(feed.label)}"
        yield f"  {result.articles} articles: dateline articles --feed {feed.id}"
        if result.pending:
            yield f"  {result.pending} pages are still to come, while the service runs: dateline status"
    if result.state == "failed" and result.article is not None:
        yield f"  what is kept of it: dateline show {result.article.id}"
    if result.state == "waiting":
        yield f"  it is not forgotten: dateline explain {errand.url}"


def _record(result: Result) -> dict[str, Any]:
    feed = result.feed
    return {
        "url": result.errand.url,
        "state": result.state,
        "outcome": result.outcome or None,
        "words": result.words,
        "remedy": result.remedy or None,
        "visit_id": result.errand.visit_id,
        "article": article_record(result.article) if result.article else None,
        "feed": None
        if feed is None
        else {
            "id": feed.id,
            "url": feed.url,
            "title": feed.label,
            "state": feed.state,
            "articles": result.articles,
            "pending": result.pending,
        },
    }
