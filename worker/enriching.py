"""The third story: claim | load | enrich | keep | tell. What is added to articles after they are saved.

Built-in enrichers run while a page is read, and their results are saved with the article, of which `article.created`
tells. The others run here, each on one article at a time in a child that may be killed, and `article.enriched` tells.
What fails is kept with its error; `dateline enrich --again NAME --failed` tries it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from dateline import log
from dateline.nouns.changes import ChangeKind, NewChange
from dateline.nouns.enrichments import Enrichment, StoredText, ToEnrich
from dateline.nouns.frontier import Problem, Tally
from dateline.nouns.plans import SavePlan
from dateline.settings import Settings
from storage import changes, enrichment_runs, enrichments, problems, tallies
from storage.enrichment_runs import EnrichmentRun
from worker.enrich.installed import EnricherAway, chosen
from worker.reader import Limits, Reader, ReaderAway
from worker.reader_words import EnrichJob, ReadResult
from worker.toolkit import Toolkit

STAGE = "enriching"
# Models are large and slow to load: an enricher of another package may take more than a page.
LIMITS = Limits(seconds=30.0, memory=4 << 30, frame=5, peak=2 << 30)
BATCH = 20  # enrichments of one claim
RUN_BATCH = 100  # articles of one step over the archive
SHARE = 0.25  # of a lease: what is not enriched by then is given back
TRIES = 3  # of one article that never comes to an end
AWAY = timedelta(minutes=5)  # until an enricher that could not be had is asked for again

_log = log.get("enrich")


def save_read(tx: Connection, plan: SavePlan, ids: Mapping[str, int], settings: Settings, now: datetime) -> list[Tally]:
    """Keep what was made of these articles while they were read, and let them wait for the other enrichers.

    Returns what is to be counted.
    """
    retexted = [(ids[one.look.url_key], one.text, one.look.url) for one in plan.articles if one.text and one.text.text]
    made = [(number, text.content_hash, one) for number, text, _ in retexted for one in text.enrichments]
    enrichments.keep(tx, made, now)
    enrichments.wait(tx, [number for number, _, _ in retexted], chosen(settings.enrich).later)
    failed = [_problem(one, url, now) for _, text, url in retexted for one in text.enrichments if one.error]
    problems.record(tx, failed)
    return _counted(one for _, _, one in made)


def enrich_waiting(toolkit: Toolkit, reader: Reader) -> int:
    """Enrich the next articles that wait; how many were claimed.

    Raises OperationalError when the database is away, ReaderAway when no child can be had.
    """
    now = toolkit.now()
    until = now + timedelta(seconds=toolkit.settings.lease)
    with toolkit.db.write() as tx:
        taken = enrichments.claim(tx, limit=BATCH, until=until, now=now)
    if not taken:
        return 0
    with toolkit.db.read() as tx:
        texts = enrichments.texts(tx, {one.article_id for one in taken})
    known = [one for one in taken if one.article_id in texts and one.tries < TRIES]
    pairs = [(one.enricher, texts[one.article_id]) for one in known]
    try:
        results = _run(reader, pairs, within=toolkit.settings.lease * SHARE)
    except ReaderAway:  # this machine's fault: it is not held against the articles
        with toolkit.db.write() as tx:
            enrichments.put_off(tx, taken, until, to=toolkit.now() + AWAY)
        raise
    _save_later(toolkit, taken, list(zip(known, results, strict=False)), texts, until)
    return len(taken)


def _run(reader: Reader, pairs: Sequence[tuple[str, StoredText]], *, within: float) -> list[ReadResult]:
    """Let the child enrich these. After `within` seconds the rest is left: fewer come back."""
    jobs = []
    for enricher, text in pairs:
        own = enricher == "language" and text.guessed  # what it told before is no declaration
        jobs.append(EnrichJob(enricher, replace(text.fields, language=None) if own else text.fields))
    return reader.read(jobs, within=within)


def _made(enricher: str, result: ReadResult) -> Enrichment | None:
    """The enrichment; None where the enricher could not be had, which is no fault of the article's."""
    if result.enrichment is None and not result.killed and result.stage == EnricherAway.stage:
        return None
    return result.enrichment or Enrichment(enricher, "", error=result.error)


def _save_later(
    toolkit: Toolkit,
    taken: Sequence[ToEnrich],
    results: Sequence[tuple[ToEnrich, ReadResult]],
    texts: Mapping[int, StoredText],
    until: datetime,
) -> None:
    now = toolkit.now()
    made = [(one, found) for one, result in results if (found := _made(one.enricher, result)) is not None]
    away = {one.enricher: result for one, result in results if _made(one.enricher, result) is None}
    ended = {one for one, _ in made}
    given_up = [one for one in taken if one.tries >= TRIES and one.article_id in texts]
    made += [(one, Enrichment(one.enricher, "", error=f"it came to no end {TRIES} times")) for one in given_up]
    gone = [one for one in taken if one.article_id not in texts]
    left = [one for one in taken if one not in ended and one not in gone and one not in given_up]
    with toolkit.db.write() as tx:
        enrichments.done(tx, [*ended, *given_up, *gone], until)
        enrichments.put_off(tx, [one for one in left if one.enricher not in away], until, to=None)
        enrichments.put_off(tx, [one for one in left if one.enricher in away], until, to=now + AWAY)
        _keep(tx, [(texts[one.article_id], found) for one, found in made], now)
        problems.record(tx, [_away(name, result, now) for name, result in sorted(away.items())])
    for name, result in sorted(away.items()):
        _log.error("enricher_away", enricher=name, error=result.error, remedy=result.remedy)
    for one, found in made:
        outcome = "failed" if found.error else "enriched"
        _log.info("article_enriched", article=one.article_id, enricher=one.enricher, outcome=outcome)


def _keep(tx: Connection, made: Sequence[tuple[StoredText, Enrichment]], now: datetime) -> int:
    """Keep these and tell of those that say something new; how many articles that are."""
    before = enrichments.of_articles(tx, {text.article_id for text, _ in made})
    new: dict[int, dict[str, object]] = {}
    for text, one in made:
        stood = before.get(text.article_id, {}).get(one.enricher)
        same = stood is not None and (stood.version, stood.result) == (one.version, one.result)
        if not one.error and not same:
            new.setdefault(text.article_id, {})[one.enricher] = one.version
    enrichments.keep(tx, [(text.article_id, text.content_hash, one) for text, one in made], now)
    told = {text.article_id: one.result for text, one in made if one.enricher == "language" and one.result}
    enrichments.guess_languages(tx, {number: found["language"] for number, found in told.items()})
    problems.record(tx, [_problem(one, text.fields.url, now) for text, one in made if one.error])
    tallies.add(tx, _counted(one for _, one in made), now)
    changes.append(
        tx,
        [NewChange(ChangeKind.ARTICLE_ENRICHED, number, {"enrichers": names}) for number, names in sorted(new.items())],
        now,
    )
    return len(new)


def enrich_again(
    toolkit: Toolkit,
    reader: Reader,
    enricher: str,
    wanted: Mapping[str, object],
    progress: Callable[[EnrichmentRun, int], None],
) -> EnrichmentRun:
    """Run an enricher over the archive, in the order of articles; `progress` hears how far it is.

    `wanted` holds what was `asked`, in words, and what it means: `since` (ISO 8601), `source_id`, `failed`. A run that
    is broken off goes on from there when the same is asked again. Raises EnricherAway.
    """
    with toolkit.db.write() as tx:
        run = enrichment_runs.begin(tx, enricher, wanted, toolkit.now())
    with toolkit.db.read() as tx:
        progress(run, enrichments.count_after(tx, run.position, run.wanted))
    while True:
        with toolkit.db.read() as tx:
            texts = enrichments.texts_after(tx, run.position, run.wanted, limit=RUN_BATCH)
        if not texts:
            break
        results = _run(reader, [(enricher, text) for text in texts], within=toolkit.settings.lease)
        found = [(text, _made(enricher, result)) for text, result in zip(texts, results, strict=False)]
        if missing := next((result for result in results if _made(enricher, result) is None), None):
            raise EnricherAway(missing.error, remedy=missing.remedy)
        made = [(text, one) for text, one in found if one is not None]
        with toolkit.db.write() as tx:
            changed = _keep(tx, made, toolkit.now())
            run = replace(
                run,
                position=made[-1][0].article_id,
                done=run.done + len(made),
                changed=run.changed + changed,
                failed=run.failed + sum(bool(one.error) for _, one in made),
            )
            enrichment_runs.advance(tx, run)
        progress(run, 0)
    with toolkit.db.write() as tx:
        enrichment_runs.end(tx, enricher)
    return run


def _counted(made: Iterable[Enrichment]) -> list[Tally]:
    """How often an enricher failed, and how many enrichments were made in all."""
    counts = Counter(f"{one.enricher} failed" if one.error else "enriched" for one in made)
    return [Tally("enrich", outcome, count) for outcome, count in sorted(counts.items())]


def _problem(one: Enrichment, url: str, now: datetime) -> Problem:
    remedy = f"`dateline enrich --again {one.enricher} --failed` tries it again"
    return Problem(now, STAGE, "enricher_failed", url, f"{one.enricher} {one.version}: {one.error}", remedy)


def _away(name: str, result: ReadResult, now: datetime) -> Problem:
    return Problem(now, STAGE, "enricher_away", "", result.error or name, result.remedy)
