"""`dateline enrich`: enrichers listed, run over what is stored, or over what waits for them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from cli.opening import opened
from cli.output import clean, json_option, note, print_json, say, table
from cli.params import Moment
from dateline import messages
from dateline.clock import iso
from dateline.errors import NotFound, UsageError
from dateline.settings import Settings
from storage import enrichments, sources
from storage.database import Database
from storage.enrichment_runs import EnrichmentRun
from worker.enrich.installed import EnricherAway, available, chosen, load
from worker.enriching import LIMITS, enrich_again, enrich_waiting
from worker.reader import Reader
from worker.toolkit import Toolkit


@click.command()
@click.option("--list", "listing", is_flag=True, help="List the enrichers: which are on, and what they lack here.")
@click.option("--again", metavar="NAME", help="Run this enricher over the articles that are stored.")
@click.option("--since", metavar="2h|ISO", help="With --again: those first seen since then.")
@click.option("--source", "source_word", metavar="NAME", help="With --again: those of this outlet.")
@click.option("--failed", is_flag=True, help="With --again: those on which it failed last.")
@json_option
def enrich(
    listing: bool, again: str | None, since: str | None, source_word: str | None, failed: bool, as_json: bool
) -> None:
    """Enrich stored articles; without options, those that wait for it.

    A run over the archive that was broken off goes on where it was when the same is asked again.
    """
    if again is None and (since or source_word or failed):
        raise UsageError("--since, --source and --failed say which articles --again goes over")
    if again is not None and again not in available():
        raise NotFound(f"no enricher is called {again}", remedy="dateline enrich --list names them")
    with opened() as (settings, db):
        if listing:
            _list(settings, db, as_json=as_json)
        elif again is not None:
            version = load(again).version  # what is missing is told before anything is done
            asked = {"version": version, "since": since, "source": source_word, "failed": failed}
            with db.read() as tx:
                outlet = sources.find(tx, source_word).id if source_word else None
            moment = iso(Moment().convert(since, None, None)) if since else None
            wanted = {"asked": asked, "since": moment, "source_id": outlet, "failed": again if failed else None}
            _again(settings, db, again, wanted, as_json=as_json)
        else:
            _waiting(settings, db, as_json=as_json)


def _list(settings: Settings, db: Database, *, as_json: bool) -> None:
    on = chosen(settings.enrich)
    with db.read() as tx:
        waiting = enrichments.waiting(tx)
    rows = [_enricher(name, origin, name in on.names, waiting.get(name, 0)) for name, origin in available().items()]
    if as_json:
        for row in rows:
            print_json(row)
    else:
        columns = ["name", "version", "on", "from", "waiting", "note"]
        table(columns, ([row[column] for column in columns] for row in rows))
        for row in rows:
            if row["remedy"]:
                note(clean(f"{row['name']}: {row['remedy']}"))
    for problem in on.problems:
        note(clean(problem))


def _enricher(name: str, origin: str, on: bool, waiting: int) -> dict[str, Any]:
    version, lacks, remedy = None, "", ""
    try:
        version = load(name).version
    except EnricherAway as error:
        lacks, remedy = str(error), error.remedy
    return {
        "name": name,
        "version": version,
        "on": "yes" if on else "no",
        "from": origin,
        "waiting": waiting,
        "note": lacks,
        "remedy": remedy,
    }


def _again(settings: Settings, db: Database, name: str, wanted: dict[str, Any], *, as_json: bool) -> None:
    with _bar(name) as progress, Reader(LIMITS) as reader:
        run = enrich_again(_toolkit(settings, db), reader, name, wanted, progress)
    if as_json:
        counted = {"articles": run.done, "changed": run.changed, "failed": run.failed}
        print_json({"enricher": name, "version": wanted["asked"]["version"], "began_at": run.began_at, **counted})
        return
    say(f"{name}: {run.done} article{'s' * (run.done != 1)}, {run.changed} told anew, {run.failed} failed.")
    if run.failed:
        say(f"  What failed stands in dateline status; again for those alone: dateline enrich --again {name} --failed")


def _waiting(settings: Settings, db: Database, *, as_json: bool) -> None:
    toolkit, taken = _toolkit(settings, db), 0
    with Reader(LIMITS) as reader:
        while claimed := enrich_waiting(toolkit, reader):
            taken += claimed
    with db.read() as tx:
        left = enrichments.waiting(tx)
    if as_json:
        print_json({"taken": taken, "waiting": left})
        return
    say(f"{taken} taken up, {sum(left.values())} left." if taken or left else "Nothing waits to be enriched.")


def _toolkit(settings: Settings, db: Database) -> Toolkit:
    def unsent(_: messages.Message) -> bool:
        return False

    return Toolkit(settings, db, unsent)


@contextmanager
def _bar(name: str) -> Iterator[Callable[[EnrichmentRun, int], None]]:
    """A bar on a terminal, on stderr; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda run, left: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(name, total=None)

        def progress(run: EnrichmentRun, left: int) -> None:
            if left:
                shown.update(task, total=run.done + left)
            shown.update(task, completed=run.done)

        yield progress
