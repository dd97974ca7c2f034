"""`dateline changes`: the change log as consumers read it, in commit order, each from the place where it left off."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterator
from typing import Any

import click

from cli.opening import opened
from cli.output import json_option, print_json, print_row, table
from dateline.nouns.changes import Change, ChangeKind
from storage import changes as log
from storage.database import Database

PAGE = 1000  # changes read in one transaction
LOOK = 0.25  # seconds between two looks for new changes
LAST_SEQ = 2**63 - 1
KINDS = [str(kind) for kind in ChangeKind]


class Kinds(click.ParamType[tuple[str, ...]]):
    """Kinds of changes, comma-separated; `article` means all kinds that begin with it."""

    name = "kind,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The kinds, in the order of the vocabulary."""
        if isinstance(value, tuple):
            return value
        words = [word.strip() for word in value.split(",") if word.strip()]
        for word in words:
            if word not in KINDS and not any(kind.startswith(f"{word}.") for kind in KINDS):
                self.fail(f"{word!r} is no kind of change; there are {', '.join(KINDS)}", param, ctx)
        return tuple(kind for kind in KINDS if kind in words or kind.partition(".")[0] in words)


@click.command()
@click.option("--after", type=click.IntRange(0, LAST_SEQ), default=0, metavar="SEQ", help="Only those behind this one.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many.")
@click.option("--follow", "-f", is_flag=True, help="Go on with new changes as they come, until Ctrl-C.")
@click.option("--kinds", type=Kinds(), default=(), help="Of these kinds alone, as article.created,views or feed.")
@json_option
def changes(after: int, limit: int | None, follow: bool, kinds: tuple[str, ...], as_json: bool) -> None:
    """Read the change log. Keep the last `seq` that you have taken care of, and go on with `--after SEQ`."""
    with opened() as (_, db):
        found = _changes(db, after, limit, kinds, follow=follow)
        if as_json:
            for change in found:
                print_json(_record(change))
        elif follow:  # a line at a time: a table would wait for its page to fill
            for change in found:
                print_row(_row(change))
        else:
            table(["seq", "at", "kind", "subject", "summary"], (_row(one) for one in found), empty="No changes there.")


def _changes(db: Database, after: int, limit: int | None, kinds: tuple[str, ...], *, follow: bool) -> Iterator[Change]:
    left = limit
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        with db.read() as tx:
            page = log.after(tx, after, limit=size, kinds=kinds)
        yield from page
        if page:
            after = page[-1].seq
            left = None if left is None else left - len(page)
        if len(page) < size and (not follow or _reader_left(LOOK)):
            return


def _reader_left(seconds: float) -> bool:
    """Wait so long, or until whoever reads our output has gone: writing nothing, we would never be told."""
    sys.stdout.flush()
    watch = select.poll()
    watch.register(1, 0)
    return bool(watch.poll(seconds * 1000))


def _record(change: Change) -> dict[str, Any]:
    return {
        "seq": change.seq,
        "kind": change.kind,
        "subject": change.subject,
        "at": change.at,
        "summary": change.summary,
    }


def _row(change: Change) -> tuple[object, ...]:
    told = ", ".join(f"{name} {value}" for name, value in change.summary.items() if value is not None)
    return change.seq, change.at, change.kind, change.subject, told
