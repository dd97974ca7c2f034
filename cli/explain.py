"""`dateline explain URL`: why a URL is due when it is, and what happened to it at each stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from api.records import article_record
from cli.opening import opened, page_key
from cli.output import clean, json_option, print_json, say, size, span, when
from dateline.clock import utc_now
from dateline.errors import NotFound
from dateline.nouns.articles import Article, TextFrom
from dateline.nouns.feeds import Feed
from dateline.nouns.frontier import Priority
from storage import catalog, history
from worker.dedupe.revisions import DAMPED, damped

PRIORITIES: dict[int, str] = {
    Priority.ON_DEMAND: "first of its host: a person asked",
    Priority.FEED: "a feed's poll",
    Priority.NEW_ARTICLE: "a new article's page",
    Priority.REVISIT: "a look at a known page, last of its host",
}


@click.command()
@click.argument("url")
@json_option
def explain(url: str, as_json: bool) -> None:
    """Say why a URL is due when it is, and what happened to it: in which feeds it stood, each fetch and its verdict."""
    page, key = page_key(url)
    with opened() as (settings, db), db.read() as tx:
        known = history.of_url(tx, key, page)
        copies = catalog.dossier(tx, known.article).copies if known.article else ()
    if not known.known:
        raise NotFound(
            f"nothing is known of {page}", remedy="no feed has named it yet; fetch it now with: dateline ingest URL"
        )
    if as_json:
        print_json(_record(page, known, copies))
        return
    now = utc_now()
    say(clean(page))
    for line in _told(known, copies, now):
        say(line)
    if known.article and damped(known.article, settings.damp_after):
        say(f"  {DAMPED}: dateline history {known.article.id}")


def _record(page: str, known: history.History, copies: tuple[Article, ...]) -> dict[str, Any]:
    return {
        "url": page,
        "url_key": known.url_key,
        "visits": [asdict(one) for one in known.appointments],
        "entries": [asdict(one) for one in known.mentions],
        "feed": asdict(known.feed) if known.feed else None,
        "article": article_record(known.article) if known.article else None,
        "copies": [{"id": one.id, "url": one.url, "source": one.source} for one in copies],
    }


def _told(known: history.History, copies: tuple[Article, ...], now: datetime) -> Iterator[str]:
    if known.feed:
        yield from _feed(known.feed, now)
    for mention in known.mentions:
        yield f"\nentry of feed {mention.feed_id} ({clean(mention.feed_url)})"
        seen = f"first seen {when(mention.first_seen_at, now)}, last {when(mention.last_seen_at, now)}"
        yield f"  {seen}: {_fate(mention)}"
    for appointment in known.appointments:
        yield from _visit(appointment, now)
    if known.article:
        yield from _article(known.article, copies, now)
    else:
        yield "\nno article has come of it" + (" yet" if any(one.due_at for one in known.appointments) else "")


def _feed(feed: Feed, now: datetime) -> Iterator[str]:
    yield f"\nit is feed {feed.id}, {feed.state}: {clean(feed.label)}"
    if feed.failures:
        since = f"{feed.failures} times in a row, first {when(feed.failing_since, now)}"
        yield f"  it fails, {since}: {clean(feed.last_error)}"


def _fate(mention: history.Mention) -> str:
    words = {
        "waiting": "its page is to be fetched",
        "taken": "taken",
        "recorded": "recorded only: it was older than what a feed's first poll takes",
    }
    return words.get(mention.state, mention.state)


def _visit(one: history.Appointment, now: datetime) -> Iterator[str]:
    last = f"{when(one.last_visit_at, now)}: {one.last_outcome}" if one.last_visit_at else "never"
    yield f"\nvisit of {clean(one.url)} ({one.kind}), last made {last}"
    if one.due_at is None:
        yield f"  never due again: {clean(one.reason) or 'no reason was given'}"
    else:
        yield f"  due {when(one.due_at, now)} ({one.due_at:%Y-%m-%d %H:%M:%S} UTC): {clean(one.reason)}"
        yield f"  order: {PRIORITIES.get(one.priority, one.priority)}"
    if one.attempts:
        yield f"  failed {one.attempts} times in a row"
    if one.moved_to:
        yield f"  it says that it has moved for good to {clean(one.moved_to)}"
    if one.ignore_robots:
        yield "  robots.txt is not asked: by a person's word"
    yield f"  host {clean(one.host)}: {'; '.join(_host(one, now))}"
    for look in one.looks:
        yield f"  {look.fetched_at:%Y-%m-%d %H:%M:%S} fetched: {_fetch(look)}"
        yield f"    read: {_reading(look)}"
    for problem in one.problems:
        yield f"  {problem.at:%Y-%m-%d %H:%M:%S} {clean(problem.stage)}: {clean(problem.message or problem.outcome)}"
        if problem.remedy:
            yield f"    {clean(problem.remedy)}"


def _host(one: history.Appointment, now: datetime) -> Iterator[str]:
    """What may hold the visit back, or hurry it."""
    if one.host_delay is not None:
        yield f"{span(one.host_delay)} between two visits, by a person's word"
    elif one.host_crawl_delay is not None:
        yield f"{span(one.host_crawl_delay)} between two visits, by its robots.txt"
    if one.host_leased_until and one.host_leased_until > now:
        yield "being visited now"
    elif one.host_allowed_at and one.host_allowed_at > now:
        yield f"left alone for politeness until {one.host_allowed_at:%Y-%m-%d %H:%M:%S} UTC"
    else:
        yield "free to be visited"
    if one.host_failures:
        yield f"{one.host_failures} failures in a row"
    if one.robots_outcome:
        yield f"robots.txt: {one.robots_outcome}"


def _fetch(look: history.Look) -> str:
    words = [look.outcome + (f" ({look.status})" if look.status else "")]
    words += [size(look.size)] if look.size else []
    words += ["the same bytes as before"] if look.same_body else []
    words += [clean(look.error)] if look.error else []
    return ", ".join(words) + f", from {clean(look.final_url)}"


def _reading(look: history.Look) -> str:
    if look.state == "waiting":
        return "waits for its turn"
    return f"{look.state}: {clean(look.verdict)}" if look.state != "applied" else clean(look.verdict)


def _article(article: Article, copies: tuple[Article, ...], now: datetime) -> Iterator[str]:
    yield f"\narticle {article.id} (key {article.key}): {clean(article.title or article.url)}"
    many = f"{article.revisions} revision{'s' * (article.revisions != 1)}"
    yield f"  first seen {when(article.first_seen_at, now)}, {many}"
    if article.text_from is not TextFrom.PAGE:
        yield f"  text from {article.text_from}: {clean(article.text_reason)}"
    if article.duplicate_of:
        yield f"  a copy of article {article.duplicate_of} ({clean(article.duplicate_kind)})"
    for copy in copies:
        yield f"  the same text: article {copy.id}, {clean(copy.url)}"
    if article.gone_at:
        yield f"  gone since {article.gone_at:%Y-%m-%d %H:%M:%S} UTC"
