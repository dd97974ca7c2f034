"""One transaction of the process stage: fence | polls | looks | hold | decide | save | look again when | tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from dateline.nouns.changes import NewChange
from dateline.nouns.feeds import Feed
from dateline.nouns.frontier import Capture, Problem, Reschedule, Tally, VisitKind
from dateline.nouns.plans import Known, KnownArticle, Look, SavePlan
from dateline.settings import Settings
from dateline.urls import host_name, same_site, site_of
from storage import (
    articles,
    canonicals,
    captures,
    changes,
    entries,
    feeds,
    fingerprints,
    frontier,
    problems,
    saving,
    sources,
    tallies,
    walls,
)
from worker.copies import texts_alike
from worker.dedupe.candidates import mark_of
from worker.dedupe.canonical import claim_of, names_another, shared_by_many, without_shared
from worker.dedupe.decide import comparable, decide
from worker.dedupe.looks import Seen, look_at, why_walled
from worker.dedupe.repeats import TOLD_BY, repeated, site_text, without
from worker.dedupe.urls import url_key
from worker.enriching import save_read
from worker.material import Reading
from worker.polling import PollsDone, take_polls
from worker.reader_words import ReadResult
from worker.rescheduling import after_look


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one capture."""

    capture_id: int
    state: str  # "applied", "walled" or "failed"
    verdict: str


def save_readings(
    tx: Connection, token: str, readings: Sequence[Reading], settings: Settings, now: datetime
) -> list[Settled]:
    """Save what these captures say. Those whose lease was lost are left out."""
    ours = captures.fenced(tx, [reading.capture.id for reading in readings], token)
    mine = [reading for reading in readings if reading.capture.id in ours]
    polled = take_polls(tx, mine, first_poll_entries=settings.first_poll_entries, now=now)
    pages = [one for one in mine if one.capture.kind is VisitKind.ARTICLE and one.subject and not polled.took(one)]
    shown_by = _feeds_of(tx, pages)
    looks = _looks(tx, pages, shown_by, now)
    _hold(tx, [*looks, *polled.looks], polled.url_keys)
    looks, taken_back = _without_repeats(tx, looks, now)
    looks, freed = _without_shared(tx, looks, now)
    known = _known(tx, [*looks, *polled.looks], now)
    plan = decide([*looks, *polled.looks], known, damp_after=settings.damp_after)
    ids, told = saving.save(tx, plan, known.ids)
    news = [*taken_back, *freed, *told]
    enriched = save_read(tx, plan, ids, settings, now)
    entries.link(tx, articles.ids(tx, polled.url_keys))
    following = _after_looks(tx, pages, shown_by, looks, known, plan, ids, settings, now)
    polled.schedule(tx, now)
    frontier.reschedule(tx, [*polled.reschedules, *following], now)
    settled = [_settled(reading, plan, polled) for reading in mine]
    problems.record(tx, [problem for reading in mine if (problem := _problem(reading, plan, now))])
    captures.applied(tx, token, [(one.capture_id, one.state, one.verdict) for one in settled], now)
    tallies.add(tx, [*(Tally("process", one.state) for one in settled), *_counted(news, plan), *enriched], now)
    changes.append(tx, [*news, *polled.changes], now)
    return settled


def _feeds_of(tx: Connection, pages: Sequence[Reading]) -> dict[int, Feed]:
    """The feeds that showed these pages, by id."""
    return {feed.id: feed for feed in feeds.load(tx, [r.entry.feed_id for r in pages if r.entry])}


def _looks(tx: Connection, pages: Sequence[Reading], shown_by: dict[int, Feed], now: datetime) -> list[Look]:
    outlets = sources.ensure(tx, {site_of(host_name(r.subject.url)) for r in pages if r.subject}, now)
    looks = []
    for reading in pages:
        subject, result = reading.subject, reading.result
        assert subject is not None
        feed = shown_by.get(reading.entry.feed_id) if reading.entry else None
        # The operator may have given the feed a source of its own name: its articles are that outlet's.
        mine = feed is not None and same_site(feed.url, subject.url)
        source_id = feed.source_id if feed is not None and mine else outlets[site_of(host_name(subject.url))]
        seen = Seen(
            page=result.article if result is not None else None,
            entry=reading.own,
            feed_id=feed.id if feed is not None else None,
            error=f"its page could not be read: {result.error}" if result is not None and result.error else "",
            same=reading.same,
            feed_title=(reading.entry.hints.title or "") if reading.entry else "",
        )
        looks.append(look_at(reading.capture, subject, seen, source_id))
    return looks


def _hold(tx: Connection, looks: Sequence[Look], polled_keys: Sequence[str]) -> None:
    """Hold what these looks are decided by, so that no other worker decides on the same."""
    keys = {key for look in looks for key in (look.url_key, *(alias.url_key for alias in look.aliases))}
    texts = {look.page.text_hash for look in looks if look.page and look.page.text_hash}
    articles.lock(tx, {*keys, *_hashes(looks), *texts, *polled_keys})


def _without_repeats(tx: Connection, looks: list[Look], now: datetime) -> tuple[list[Look], list[NewChange]]:
    """The looks, those that show what their site shows in place of many stories told as such; and what that undoes."""
    texts = {text for look in looks if (text := site_text(look))}
    before = walls.known(tx, texts)
    new = repeated(looks, walls.shown(tx, texts - before)) - before
    taken_back = walls.keep(tx, new, why_walled("repeated", TOLD_BY), now) if new else walls.TakenBack()
    fingerprints.forget(tx, [mark_of(url_key) for url_key in taken_back.bare])
    return without(looks, before | new), list(taken_back.changes)


def _without_shared(tx: Connection, looks: list[Look], now: datetime) -> tuple[list[Look], list[NewChange]]:
    """The looks, without a canonical URL that their source names for many pages; and what noticing that undoes."""
    naming = {look.source_id for look in looks if names_another(look)}
    doubted = set(canonicals.distrusted(tx, naming))
    freed: list[NewChange] = []
    for source_id in sorted(naming - doubted):
        mine = {one.url_key: one for look in looks if look.source_id == source_id and (one := claim_of(look))}
        claims = [*(one for one in canonicals.claims(tx, source_id) if one.url_key not in mine), *mine.values()]
        if key := shared_by_many(claims):
            urls = {one.canonical_url for one in claims if url_key(one.canonical_url) == key}
            freed += canonicals.distrust(tx, source_id, key, urls, now)
            doubted.add(source_id)
    return without_shared(looks, doubted), freed


def _hashes(looks: Sequence[Look]) -> set[bytes]:
    return {text.content_hash for look in looks for text in (look.page, look.entry) if text and comparable(text)}


def _known(tx: Connection, looks: Sequence[Look], now: datetime) -> Known:
    """What stands beside these looks, with the texts of those articles whose page says something else."""
    url_keys = {look.url_key for look in looks}
    aliases = {alias.url_key for look in looks for alias in look.aliases}
    earliest: dict[str, datetime] = {}
    for look in looks:
        earliest[look.url_key] = min(look.observed_at, earliest.get(look.url_key, look.observed_at))
    alike = texts_alike(tx, looks, now)
    hashes = _hashes(looks)
    found = articles.known(tx, url_keys, other_keys=aliases, hashes=hashes, looked_at=earliest, alike=alike)
    standing = {key: article.content_hash for key, article in found.articles.items()}
    texts = ((one.url_key, text) for one in looks if (text := one.page or one.entry) is not None)
    edited = [url_key for url_key, text in texts if text.content_hash != standing.get(url_key)]
    return articles.with_texts(tx, found, edited)


def _after_looks(
    tx: Connection,
    pages: Sequence[Reading],
    shown_by: dict[int, Feed],
    looks: Sequence[Look],
    known: Known,
    plan: SavePlan,
    ids: dict[str, int],
    settings: Settings,
    now: datetime,
) -> list[Reschedule]:
    """When each page's visit is due again."""
    standing: dict[str, KnownArticle] = {**known.articles, **{one.look.url_key: one.known for one in plan.articles}}
    outlets = sources.load(tx, {look.source_id for look in looks})
    reschedules = []
    for reading, look in zip(pages, looks, strict=True):
        assert reading.subject is not None
        feed = shown_by.get(look.feed_id or 0)
        outlet = outlets.get(look.source_id)
        reschedules.append(
            after_look(
                reading.capture,
                reading.subject,
                known.articles.get(look.url_key),
                standing.get(look.url_key),
                article_id=ids.get(look.url_key),
                revisit=(feed.revisit if feed else None) or (outlet.revisit if outlet else None),
                read_well=(look.page is not None or look.same) and look.capture_id not in plan.walls,
                wall=plan.walls.get(look.capture_id, ("", ""))[1],
                damp_after=settings.damp_after,
                now=now,
            )
        )
    return reschedules


def _settled(reading: Reading, plan: SavePlan, polled: PollsDone) -> Settled:
    capture = reading.capture
    verdict = polled.verdicts.get(capture.id) or plan.verdicts.get(capture.id) or "what it was fetched for was removed"
    fault = _fault(reading)
    if fault and capture.id not in polled.verdicts:
        verdict = f"{fault.error}; {verdict}"
    state = "failed" if fault else "walled" if capture.id in plan.walls else "applied"
    return Settled(capture.id, state, verdict)


def _fault(reading: Reading) -> ReadResult | None:
    """What kept a body from being read; a page that names feeds was read well."""
    result = reading.result
    return result if result is not None and result.error and not result.found else None


def _problem(reading: Reading, plan: SavePlan, now: datetime) -> Problem | None:
    capture, fault = reading.capture, _fault(reading)
    if fault is None:
        return _wall_met(capture, plan, now)
    return Problem(
        at=now,
        stage=fault.stage or "reading",
        outcome="reader_killed" if fault.killed else "unreadable",
        url=capture.url,
        message=fault.error,
        remedy=fault.remedy,
        visit_id=capture.visit_id,
        capture_id=capture.id,
        feed_id=reading.feed.id if reading.feed else None,
    )


def _wall_met(capture: Capture, plan: SavePlan, now: datetime) -> Problem | None:
    if capture.id not in plan.walls:
        return None
    wall, reason = plan.walls[capture.id]
    remedy = "a site rule can name the story's text" if wall in ("repeated", "stub") else ""
    return Problem(now, "reading page", "wall", capture.url, reason, remedy, capture.visit_id, capture.id)


def _counted(news: Sequence[NewChange], plan: SavePlan) -> list[Tally]:
    walls_met = (Tally("walls", wall) for wall, _ in plan.walls.values())
    return [*(Tally("changes", str(change.kind)) for change in news), *walls_met]
