"""The demo newspaper as a publisher with a log of its own, and the proof that what is kept is what the log says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from cli.demo_site.feeds import ANNOUNCED
from storage.database import Database
from storage.tables import articles, captures, view_samples
from tests.support.service import ROOT


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the publisher's log: what a story's page showed, or would have where it answered 304."""

    at: datetime
    views: int
    status: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One sample of the page's counter."""

    at: datetime
    count: int


@dataclass(slots=True)
class Proof:
    """What came of holding all series against the log."""

    equal: int = 0  # samples that are what the log says of their moment
    unchanged: int = 0  # of these the ones of looks that were answered 304
    wrong: list[str] = field(default_factory=list)  # samples that are not, or that no line of their own speaks for
    lost: list[str] = field(default_factory=list)  # pages that were served and left no sample


class Gazette:
    """The running newspaper."""

    def __init__(self, url: str, log: Path, process: subprocess.Popen[str]) -> None:
        self.url = url.rstrip("/")
        self.feeds = [self.url + path for path in ANNOUNCED.values()]
        self._log = log
        self._process = process

    def shut(self) -> None:
        """Stop serving: the log is whole."""
        self._process.terminate()
        self._process.wait(20)

    def shown(self) -> dict[str, list[Shown]]:
        """By page what its counter showed, oldest first; pages taken down are left out."""
        found: dict[str, list[Shown]] = defaultdict(list)
        for line in map(json.loads, self._log.read_text().splitlines()):
            if line["views"] is not None:
                at = datetime.fromtimestamp(line["at"], UTC)
                found[line["url"]].append(Shown(at, line["views"], line["status"]))
        return found


@contextmanager
def gazette(log: Path, seed: int = 1) -> Iterator[Gazette]:
    """Serve the newspaper on a free port; `log` gets a line for each page of a story that it serves."""
    command = [sys.executable, "-m", "cli.main", "demo-site", "--port", "0", "--seed", str(seed), "--log", str(log)]
    with subprocess.Popen([*command, "--json"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Gazette(json.loads(process.stdout.readline())["url"], log, process)
        finally:
            process.kill()


def kept(database: Database) -> dict[str, list[Kept]]:
    """By page all samples of its counter, oldest first."""
    query = (
        select(articles.c.url, view_samples.c.observed_at, view_samples.c["count"].label("views"))
        .join(view_samples, view_samples.c.article_id == articles.c.id)
        .where(view_samples.c.meter == "page")
        .order_by(articles.c.id, view_samples.c.observed_at)
    )
    found: dict[str, list[Kept]] = defaultdict(list)
    with database.read() as tx:
        for row in tx.execute(query):
            found[row.url].append(Kept(row.observed_at, row.views))
    return found


def unread(database: Database) -> int:
    """Captures that wait to be read."""
    with database.read() as tx:
        return len(tx.execute(select(captures.c.id).where(captures.c.state == "waiting")).all())


def prove(shown: Mapping[str, Sequence[Shown]], series: Mapping[str, Sequence[Kept]]) -> Proof:
    """Hold each page's samples against the publisher's log.

    A sample's moment is that at which its page had arrived: the line that speaks for it is the newest before it, and
    it speaks for no other. A look that is answered 304 is an observation, too: the page stands as it was read.
    """
    proof = Proof()
    for url in sorted(shown.keys() | series.keys()):
        _hold(url, shown.get(url, ()), series.get(url, ()), proof)
    return proof


def _hold(url: str, shown: Sequence[Shown], samples: Sequence[Kept], proof: Proof) -> None:
    line: Shown | None = None  # no sample has spoken of it yet
    events: list[Shown | Kept] = [*shown, *samples]
    for event in sorted(events, key=lambda event: event.at):
        if isinstance(event, Shown):
            if line is not None:
                proof.lost.append(f"{url} at {line.at}: {line.views}")
            line = event
            continue
        if line is not None and line.views == event.count:
            proof.equal += 1
            proof.unchanged += line.status == 304
        else:
            said = f"the log says {line.views}" if line else "no line speaks for it"
            proof.wrong.append(f"{url} at {event.at}: kept {event.count}, {said}")
        line = None
    if line is not None:
        proof.lost.append(f"{url} at {line.at}: {line.views}")
