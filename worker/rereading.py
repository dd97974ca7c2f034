"""Captures read again by today's reader: load | read | decide | save. Nothing is fetched, and no visit is moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from dateline.nouns.articles import ParsedArticle, TextFrom
from dateline.nouns.frontier import Tally
from dateline.nouns.plans import Look
from storage import articles, captures, changes, rereads, saving, tallies
from worker import material
from worker.dedupe.looks import Seen, look_at
from worker.dedupe.rereads import Reread, decide_rereads
from worker.dedupe.stubs import stub_of
from worker.enriching import save_read
from worker.material import Reading
from worker.reader import Reader
from worker.toolkit import Toolkit

READING_SHARE = 0.4  # of a lease, for the reading of one batch


@dataclass(slots=True)
class Found:
    """What became of captures that were read again, by id."""

    outcomes: dict[int, str] = field(default_factory=dict)  # "reread", "the same", "unreadable", "wall", "body gone"
    readable: list[int] = field(default_factory=list)  # those that never gave a text, and would now


def reread_captures(toolkit: Toolkit, reader: Reader, ids: Sequence[int]) -> Found:
    """Read these captures again and keep what today's reader reads otherwise, as revisions of kind "reread".

    Captures that gave no text at the time are not touched: those that would now are named, to be processed as new.
    """
    found = Found()
    with toolkit.db.read() as tx:
        left = captures.load(tx, ids)
    while left:
        readings = material.read(reader, material.load(toolkit.db, left), within=toolkit.settings.lease * READING_SHARE)
        for batch in _one_of_each(readings):
            with toolkit.db.write() as tx:
                _save(tx, toolkit, batch, found)
        read = {reading.capture.id for reading in readings}
        left = [capture for capture in left if capture.id not in read]
    return found


def renew_heads(toolkit: Toolkit, reader: Reader, readings: Sequence[Reading]) -> None:
    """Read the newest texts of these pages' articles again where another reader read them than reads the pages now.

    Else what the reader does better would be taken for an edit by the publisher.
    """
    pages = {
        one.subject.url_key: one.result.article
        for one in readings
        if one.subject is not None and one.result is not None and one.result.article is not None
    }
    if not pages:
        return
    with toolkit.db.read() as tx:
        heads = rereads.heads(tx, pages)
    stale = [head.capture_id for url_key, head in heads.items() if _read_otherwise(head, pages[url_key])]
    if stale:
        reread_captures(toolkit, reader, stale)


def _read_otherwise(head: rereads.Head, page: ParsedArticle) -> bool:
    other = (
        head.content_hash != page.content_hash or head.byline != page.byline or head.published_on != page.published_on
    )
    return other and head.reader != page.reader


def _one_of_each(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    """The readings in rounds, each visit at most once in one: what a capture says rests on what those before it did."""
    left = sorted(readings, key=lambda reading: reading.capture.id)
    while left:
        of_visit: dict[int, Reading] = {}
        for reading in left:
            of_visit.setdefault(reading.capture.visit_id, reading)
        batch = list(of_visit.values())
        yield batch
        left = [reading for reading in left if of_visit[reading.capture.visit_id] is not reading]


def _save(tx: Connection, toolkit: Toolkit, readings: Sequence[Reading], found: Found) -> None:
    """Save one round in one transaction."""
    now = toolkit.now()
    looks = [look for reading in readings if (look := _look(reading, found)) is not None]
    keys = [look.url_key for look in looks]
    articles.lock(tx, keys)
    known = articles.known(tx, keys)
    held = rereads.standing(tx, {look.capture_id: (look.url_key, look.observed_at) for look in looks})
    untaken = rereads.untaken(tx, [look.capture_id for look in looks])
    shown = {look.url_key: look.page.text_hash for look in looks if look.page is not None}
    walls = rereads.walls_among(tx, shown)
    again: list[Reread] = []
    for look in looks:
        article, stands = known.articles.get(look.url_key), held.get(look.capture_id)
        assert look.page is not None
        if look.url_key in walls or (
            stands is not None and not stands.own and stub_of(stands.revision.text, look.page)
        ):
            found.outcomes[look.capture_id] = "wall"
        elif article is None or article.text_from is not TextFrom.PAGE or look.capture_id in untaken:
            found.readable.append(look.capture_id)
        elif stands is None:
            found.outcomes[look.capture_id] = "the same"
        else:
            again.append(Reread(look, article, stands.revision, stands.newest, stands.readers))
    plan = decide_rereads(again)
    found.outcomes |= plan.verdicts
    ids, told = saving.save(tx, plan, known.ids)
    enriched = save_read(tx, plan, ids, toolkit.settings, now)
    tallies.add(tx, [*(Tally("changes", str(change.kind)) for change in told), *enriched], now)
    changes.append(tx, told, now)


def _look(reading: Reading, found: Found) -> Look | None:
    """The look that a capture is to today's reader; None, with the outcome noted, where that shows no text."""
    page = reading.result.article if reading.result is not None else None
    if reading.same:
        outcome = "the same"
    elif reading.capture.body_id is None or reading.result is material.EXPIRED:
        outcome = "body gone"
    elif page is None or reading.subject is None:
        outcome = "unreadable"
    else:
        look = look_at(reading.capture, reading.subject, Seen(page=page), source_id=0)
        if look.page is not None and look.page.text:
            return look
        outcome = "wall" if look.wall else "unreadable"
    found.outcomes[reading.capture.id] = outcome
    return None
