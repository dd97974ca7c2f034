"""`dateline reprocess`: read what was fetched again with today's reader, without asking the publishers."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import click

from cli.opening import opened
from cli.output import json_option, note, print_json, say
from cli.params import Moment
from dateline import log, messages
from storage import sources
from storage.rereads import ToReread
from worker import sites
from worker.reader import Reader
from worker.reprocess import reprocess as run
from worker.toolkit import Toolkit

NICENESS = 10  # the service's own reading goes first
# outcome -> how it is told, in this order
WORDS = {
    "reread": "read otherwise: kept as a reading of its own (article.reread)",
    "the same": "read the same",
    "applied": "gave no text before, and were taken now",
    "walled": "gave no text before, and show a wall",
    "wall": "show a wall: left as they are",
    "unreadable": "cannot be read: left as they are",
    "failed": "could not be saved: see dateline status",
    "body gone": "are kept without their body, whose time was over",
}


@click.command()
@click.option("--since", type=Moment(), help="Fetched since then: so long ago (2h), or a date or moment (ISO 8601).")
@click.option("--source", "source_word", metavar="NAME", help="Of this outlet alone: id, key or name.")
@click.option("--failed", is_flag=True, help="Those alone that could not be read.")
@click.option("--again", is_flag=True, help="From the beginning, though an earlier run was broken off.")
@json_option
def reprocess(since: datetime | None, source_word: str | None, failed: bool, again: bool, as_json: bool) -> None:
    """Read the pages that were fetched again with today's reader and site rules. Nothing is fetched.

    What is read otherwise is kept beside the earlier reading, as a revision of kind "reread": never as an edit by the
    publisher. It may be interrupted at any time, and goes on where it was when it is run again with the same options.
    """
    with opened() as (settings, db):
        with db.read() as tx:
            outlet = sources.find(tx, source_word).id if source_word else None
        with suppress(OSError):
            os.nice(NICENESS)
        log.configure("DEBUG" if settings.log_level == "DEBUG" else "ERROR")
        sites.use_identities()
        toolkit = Toolkit(settings, db, _unsent)
        with _bar() as tell, Reader() as reader:
            outcomes = run(toolkit, reader, ToReread(since, outlet, failed), tell, afresh=again)
    if as_json:
        print_json({name.replace(" ", "_"): outcomes[name] for name in WORDS})
        return
    for line in _told(outcomes):
        say(line)


def _unsent(_: messages.Message) -> bool:
    return False


def _told(outcomes: Counter[str]) -> Iterator[str]:
    yield f"{outcomes.total()} captures" if outcomes else "There is nothing to be read again."
    yield from (f"  {outcomes[name]} {words}" for name, words in WORDS.items() if outcomes[name])


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; elsewhere the number of captures at the start alone."""
    if not sys.stderr.isatty():
        yield lambda done, total: note(f"{total} captures are to be read.") if not done else None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("reading again")
        yield lambda done, total: progress.update(task, completed=done, total=total)
