"""A run over the archive by today's reader: batch after batch, at a walk, from where it was broken off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from storage import rereads
from storage.rereads import ToReread
from worker.parse.article import READER
from worker.process import process_captures
from worker.reader import Reader
from worker.rereading import reread_captures
from worker.toolkit import Toolkit

BATCH = 50  # captures: what one transaction saves while others hardly wait


def reprocess(
    toolkit: Toolkit,
    reader: Reader,
    wanted: ToReread,
    tell: Callable[[int, int], None],
    *,
    afresh: bool = False,
) -> Counter[str]:
    """Read what is wanted again; how many captures came to what. `tell` is given how many are done, and of how many.

    A run that was broken off goes on behind the last batch that it finished, unless it is to begin `afresh`. Any number
    of runs may go on at once, beside the service: what one has read otherwise the next finds read.
    """
    name = f"reader {READER}, source {wanted.source_id or 'any'}{', failed' if wanted.failed else ''}"
    with toolkit.db.write() as tx:
        position = rereads.begin(tx, name, wanted.since, toolkit.now(), afresh=afresh)
    with toolkit.db.read() as tx:
        total, bodiless = rereads.count(tx, wanted, position)
    outcomes: Counter[str] = Counter({"body gone": bodiless} if bodiless else {})
    done = 0
    tell(0, total)
    while True:
        with toolkit.db.read() as tx:
            ids = rereads.following(tx, wanted, position, BATCH)
        if not ids:
            break
        found = reread_captures(toolkit, reader, ids)
        outcomes.update(found.outcomes.values())
        outcomes.update(_read_as_new(toolkit, reader, found.readable))
        position, done = ids[-1], done + len(ids)
        with toolkit.db.write() as tx:
            rereads.advance(tx, name, position)
        tell(done, max(total, done))
    with toolkit.db.write() as tx:
        rereads.advance(tx, name, position, finished_at=toolkit.now())
    return outcomes


def _read_as_new(toolkit: Toolkit, reader: Reader, ids: list[int]) -> Counter[str]:
    """Process captures that gave no text and would now, in the ordinary way: what they show was never taken."""
    if not ids:
        return Counter()
    with toolkit.db.write() as tx:
        rereads.ask_again(tx, ids)
    return process_captures(toolkit, reader, ids)
