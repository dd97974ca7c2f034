"""What captures of feeds do: entries, visits of new pages, articles of the feed's own text, and the feed's row.

Also: a home page whose feeds are found, a feed that a person gave as an article, and polls that failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dateline.nouns.changes import NewChange
from dateline.nouns.feeds import DiscoveredFeed, Feed, FeedState, NewFeed, ParsedFeed
from dateline.nouns.frontier import FetchOutcome, NewVisit, NextVisit, Reschedule, VisitKind
from dateline.nouns.plans import Look, PollPlan
from dateline.urls import host_name, same_site, site_of
from storage import entries, feeds, frontier, polls, sources, subjects
from storage.polls import PollTold
from worker.dedupe import sitemaps
from worker.dedupe.entries import decide_poll, entry_address, renamed
from worker.dedupe.looks import look_from_feed, why_no_page
from worker.dedupe.urls import normalise, url_key
from worker.material import Reading
from worker.parse.sitemap import SITEMAP_INDEX
from worker.rescheduling import after_failed_poll, after_poll, without_validators

ROBOTS = "/robots.txt"
UNDECIDED = frozenset((FeedState.NEW, FeedState.FAILED, FeedState.HOME))  # never seen to be a feed


@dataclass(slots=True)
class PollsDone:
    """What the feeds of a batch brought, for the rest of its transaction."""

    looks: list[Look] = field(default_factory=list)
    visits: list[NewVisit] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # URL keys of articles whose entry changed
    found: list[NewFeed] = field(default_factory=list)
    members: dict[int, tuple[list[NewFeed], list[str]]] = field(default_factory=dict)  # of indexes, by their feeds' ids
    url_keys: list[str] = field(default_factory=list)  # of the entries stored
    reschedules: list[Reschedule] = field(default_factory=list)
    changes: list[NewChange] = field(default_factory=list)
    verdicts: dict[int, str] = field(default_factory=dict)  # by capture id

    def took(self, reading: Reading) -> bool:
        """Whether this capture was a feed's."""
        return reading.capture.id in self.verdicts

    def schedule(self, tx: Connection, now: datetime) -> None:
        """Store the visits and feeds that were found, and bring forward what changed."""
        feeds.add_many(tx, self.found, now, reason="a page of its site names it")
        for index_id, (new, changed) in sorted(self.members.items()):
            feeds.add_many(tx, new, now, reason="its sitemap index names it")
            feeds.wake_members(tx, index_id, changed, now)
            feeds.rest_members(tx, index_id, now - sitemaps.RECENT, "its sitemap index tells when it changes")
        frontier.add_visits(tx, self.visits, now)
        again = subjects.to_look_again(tx, self.again, now)
        frontier.set_due(tx, again, now, "the feed's entry changed", now, on_demand=False)


def take_polls(tx: Connection, readings: Sequence[Reading], *, first_poll_entries: int, now: datetime) -> PollsDone:
    """Apply the captures of feeds among these, the feeds' rows held in the order of their ids."""
    done = PollsDone()
    held = polls.locked(tx, [one.feed.id for one in readings if one.feed is not None])
    for reading in readings:
        ingested = reading.result.feed if reading.result and reading.capture.kind is VisitKind.ARTICLE else None
        feed = held.get(reading.feed.id) if reading.feed is not None else None
        if ingested is not None:
            verdict = _take_ingested(tx, done, reading, ingested, first_poll_entries, now)
        elif reading.capture.kind is not VisitKind.FEED:
            continue
        elif feed is None:
            verdict = "its feed was removed"
        else:
            verdict = _take_poll(tx, done, reading, feed, first_poll_entries, now)
        done.verdicts[reading.capture.id] = verdict
    return done


def _take_poll(
    tx: Connection, done: PollsDone, reading: Reading, feed: Feed, first_poll_entries: int, now: datetime
) -> str:
    result = reading.result
    if reading.same:
        return _take_same(tx, done, reading, feed, now)
    if result is not None and result.feed is not None:
        plan = _take_entries(tx, done, reading, feed, result.feed, first_poll_entries, now)
        rescheduled, interval = after_poll(reading.capture, _told(feed, result.feed), plan.seen_share, now)
        done.reschedules.append(rescheduled)
        told = PollTold(feed, reading.capture.fetched_at, interval, result.feed, plan)
        done.changes += polls.succeeded(tx, told)
        if result.feed.kind == SITEMAP_INDEX:
            return _take_members(tx, done, feed, result.feed, now)
        return _in_words(plan, result.feed)
    if result is not None and result.found and feed.state in UNDECIDED:
        return _take_home(tx, done, reading, feed, result.found)
    return _take_failure(tx, done, reading, feed, now)


def _take_same(tx: Connection, done: PollsDone, reading: Reading, feed: Feed, now: datetime) -> str:
    rescheduled, interval = after_poll(reading.capture, feed, 1.0, now)
    done.reschedules.append(rescheduled)
    done.changes += polls.succeeded(tx, PollTold(feed, reading.capture.fetched_at, interval))
    return "the same document as before"


def _take_entries(
    tx: Connection,
    done: PollsDone,
    reading: Reading,
    feed: Feed,
    parsed: ParsedFeed,
    first_poll_entries: int,
    now: datetime,
    *,
    on_demand: bool = False,
) -> PollPlan:
    """Store what is new in a document, and note the visits and looks that it asks for."""
    known = entries.by_key(tx, feed.id, [entry.key for entry in parsed.entries])
    unknown = [entry_address(feed.url, entry)[1] for entry in parsed.entries if entry.key not in known]
    known |= renamed(feed.url, parsed, known, entries.by_url(tx, feed.id, unknown))
    plan = decide_poll(feed, parsed, known, first_poll_entries=first_poll_entries, now=now, on_demand=on_demand)
    entries.save(tx, plan, reading.capture.fetched_at)
    outlets = sources.ensure(tx, {site_of(host_name(save.url)) for save in plan.from_feed}, now)
    for save in plan.from_feed:
        own = reading.own_of.get(save.entry.key)
        if own is not None:
            source_id = feed.source_id if same_site(feed.url, save.url) else outlets[site_of(host_name(save.url))]
            done.looks.append(look_from_feed(reading.capture, save, own, feed.id, source_id))
    done.visits += plan.visits
    done.again += plan.again if feed.revisit != "off" else ()
    done.url_keys += [save.url_key for save in plan.entries if save.id is None]
    return plan


def _told(feed: Feed, parsed: ParsedFeed) -> Feed:
    """The feed with what its document says of its rhythm."""
    return replace(feed, ttl=parsed.ttl, skip_hours=parsed.skip_hours, skip_days=parsed.skip_days)


def _in_words(plan: PollPlan, parsed: ParsedFeed) -> str:
    recorded = sum(save.id is None and save.state == "recorded" for save in plan.entries)
    words = [f"{parsed.total} entries", f"{plan.new} new"]
    words += [f"{recorded} of them recorded only"] if recorded else []
    words += [f"{plan.changed} changed"] if plan.changed else []
    return ", ".join(words) + (f" ({parsed.error})" if parsed.error else "")


def _take_members(tx: Connection, done: PollsDone, feed: Feed, parsed: ParsedFeed, now: datetime) -> str:
    """Follow an index's sitemaps: new ones become feeds with the operator's words about it, changed ones are due."""
    words = f"a sitemap index of {parsed.total} sitemaps" if parsed.total != 1 else "a sitemap index of 1 sitemap"
    if feeds.generation(tx, feed) >= sitemaps.DEPTH:
        return f"{words}, too many indexes deep: not followed"
    named = [_named(feed, entry.url or "", parent_id=feed.id) for entry in sitemaps.members(feed, parsed, now)]
    new = [one for one in named if one is not None]
    done.members[feed.id] = new, [one.url_key for one in new]
    return f"{words}, {len(new)} of them new or changed and followed" + (f" ({parsed.error})" if parsed.error else "")


def _named(feed: Feed, printed: str, **more: Any) -> NewFeed | None:
    """A feed that another one names, with the operator's words about that; None where the address is none."""
    try:
        url = normalise(printed)
    except ValueError:
        return None
    words = {"source_id": feed.source_id, "tags": feed.tags, "revisit": feed.revisit, "content": feed.content}
    return NewFeed(url=url, url_key=url_key(url), **(words | more))  # type: ignore[arg-type]  # fields of any type


def _take_home(tx: Connection, done: PollsDone, reading: Reading, feed: Feed, found: Sequence[DiscoveredFeed]) -> str:
    """A home page was given: its feeds become feeds of their own, with the operator's words about it."""
    named = [_named(feed, one.url, title=one.title or None, kind=one.kind or None, every=feed.every) for one in found]
    new = [one for one in named if one is not None]
    done.found += new
    polls.found_home(tx, feed, reading.capture.fetched_at)
    what = "robots.txt" if feed.url.endswith(ROBOTS) else "home page"
    verdict = f"a {what} that names {len(new)} feed{'s' if len(new) != 1 else ''}"
    reason = f"{verdict}: they are polled"
    if what == "home page" and any(one.url.endswith(ROBOTS) for one in new):
        verdict = reason = "a home page that names no feed: its robots.txt is asked for sitemaps"
    done.reschedules.append(without_validators(reading.capture, NextVisit(None, reason), subject_id=feed.id))
    return verdict


def _take_failure(tx: Connection, done: PollsDone, reading: Reading, feed: Feed, now: datetime) -> str:
    """A poll that gave no feed. What was known of the feed stays; the next fetch is unconditional."""
    capture, result = reading.capture, reading.result
    following = after_failed_poll(capture, feed, now)
    state: FeedState | None = None
    if capture.outcome is not FetchOutcome.OK:
        error = why_no_page(capture).replace("its page", "it")
        state = FeedState.GONE if following.at is None else None
    else:
        error = result.error if result is not None and result.error else "it cannot be read as a feed"
        if feed.state in UNDECIDED and result is not None and not result.killed:
            state = FeedState.HOME if feed.state is FeedState.HOME else FeedState.FAILED
            following = NextVisit(None, "neither a feed nor a page that names one; `dateline feeds poll` tries again")
    if feed.state is FeedState.PAUSED:
        following = NextVisit(None, "paused by a person; `dateline feeds resume` goes on")
    done.changes += polls.failed(tx, feed, error, capture.fetched_at, state=state)
    done.reschedules.append(without_validators(capture, following, subject_id=feed.id))
    return error


def _take_ingested(
    tx: Connection, done: PollsDone, reading: Reading, parsed: ParsedFeed, first_poll_entries: int, now: datetime
) -> str:
    """A person ingested a feed's address: its entries are taken now, and the feed is kept, paused where it is new."""
    url = normalise(reading.capture.final_url)
    title, kind = parsed.title or None, parsed.kind
    added = feeds.add_many(tx, [NewFeed(url, url_key(url), title=title, kind=kind)], now)[0]
    if added.new:
        feeds.pause(tx, added.feed)
    feed = polls.locked(tx, [added.feed.id])[added.feed.id]
    plan = _take_entries(tx, done, reading, feed, parsed, first_poll_entries, now, on_demand=True)
    told = PollTold(feed, reading.capture.fetched_at, feed.interval, parsed, plan)
    done.changes += polls.succeeded(tx, told)
    verdict = f"a feed ({feed.label}): {_in_words(plan, parsed)}; `dateline feeds resume {feed.id}` polls it"
    if parsed.kind == SITEMAP_INDEX:
        verdict = f"a sitemap index of {parsed.total} sitemaps: `dateline feeds resume {feed.id}` follows them"
    done.reschedules.append(without_validators(reading.capture, NextVisit(None, f"it is feed {feed.id}")))
    return verdict
