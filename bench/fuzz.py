"""Spoilt pages and feeds through the real reader child: nothing may hang it, crash it or grow its memory.

    python -m bench.fuzz CORPUS_DIR... [--inputs 20000] [--seed 0] [--seconds S] [--largest 150000] [--keep FOLDER]

CORPUS_DIR/truth.json maps ids to {file, ...} (pages, gzipped) or names of feeds beside it to anything. Prints what
became of the inputs, which killed the child and by what limit, the slowest read alone, and the child's memory. Ends
with status 1 when an input crashed the reader or tripped over a fault of its own. `--keep` writes such inputs, and the
slowest, as files.
"""

from __future__ import annotations

import argparse
import gzip
import heapq
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.support.mutations import Body, mutate
from worker.reader import Reader
from worker.reader_words import FeedJob, Job, PageJob, ReadResult

BATCH = 50  # inputs handed over together, as the service does
SHARE_OF_FEEDS = 0.2
SLOW = 0.03  # seconds of a batch for each of its inputs, beyond which each is timed alone
KEPT = 10  # slowest inputs
URL = "https://paper.example/2007/03/30/story-1.html"
WARM = PageJob(b"<p>Words</p>", URL)
# What the child says when it died of a limit; anything else that kills it is a crash.
LIMITS = {"longer than": "killed: time", "of memory": "killed: memory"}
_FAULT = re.compile(r"[A-Z]\w+(?:Error|Exception|Interrupt)\b")


@dataclass(slots=True)
class Findings:
    """What is learnt of the inputs."""

    outcomes: Counter[str] = field(default_factory=Counter)
    bad: list[tuple[str, int]] = field(default_factory=list)  # (what, the input's number)
    slowest: list[tuple[float, int, str, int]] = field(default_factory=list)  # (s, number, mutations, bytes)
    memory: list[int] = field(default_factory=list)  # bytes held by the child after each thousand
    peak: int = 0  # bytes
    children: int = 1


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS_DIR")
    arguments.add_argument("--inputs", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many")
    arguments.add_argument("--largest", type=int, default=150_000, help="bytes of the pages that are spoilt")
    arguments.add_argument("--keep", type=Path, help="a folder for inputs that are worth a second look")
    options = arguments.parse_args()
    pages, feeds = load(options.corpora, options.largest)
    if not pages:
        sys.exit("no pages in these folders")
    print(
        f"{len(pages)} pages and {len(feeds)} feeds of at most {options.largest} bytes, seed {options.seed}", flush=True
    )
    started, found, number = time.monotonic(), Findings(), 0
    with Reader() as reader:
        child = reader.child_pid
        while number < options.inputs and time.monotonic() - started < options.seconds:
            numbers = range(number, min(number + BATCH, options.inputs))
            made = [make(options.seed, n, pages, feeds) for n in numbers]
            study(reader, made, number, found)
            if reader.child_pid != child:
                found.children, child = found.children + 1, reader.child_pid
            number = numbers.stop
            if number % 1_000 == 0:
                found.memory.append(resident(child) or reader.peak)
                print(f"{number} inputs, {time.monotonic() - started:.0f} s, {found.memory[-1] >> 20} MB", flush=True)
    report(found, number, time.monotonic() - started)
    if options.keep:
        keep(options.keep, found, lambda wanted: make(options.seed, wanted, pages, feeds)[0])
    sys.exit(bool(found.bad))


def load(corpora: list[Path], largest: int) -> tuple[list[bytes], list[bytes]]:
    """The pages and feeds of the corpora, without those too large to be read thousands of times."""
    pages, feeds = [], []
    for corpus in corpora:
        for name, told in sorted(json.loads((corpus / "truth.json").read_text()).items()):
            if "file" in told:
                pages.append(gzip.decompress((corpus / told["file"]).read_bytes()))
            else:
                feeds.append((corpus / name).read_bytes())
    return [body for body in pages if 0 < len(body) <= largest], [body for body in feeds if 0 < len(body) <= largest]


def make(seed: int, number: int, pages: list[bytes], feeds: list[bytes]) -> tuple[Job, str]:
    """The input of a number, the same in each run, and how it was spoilt."""
    chance = random.Random(f"{seed} {number}")
    is_feed = bool(feeds) and chance.random() < SHARE_OF_FEEDS
    first, second = chance.choice(feeds if is_feed else pages), chance.choice(feeds if is_feed else pages)
    spoilt, how = mutate(chance, Body(first), Body(second))
    kind = FeedJob if is_feed else PageJob
    return kind(spoilt.body, URL, spoilt.content_encoding, spoilt.content_type), f"{kind.__name__}: {how}"


def study(reader: Reader, made: list[tuple[Job, str]], first: int, found: Findings) -> None:
    """Read a batch, note what became of it; when it was slow, time its inputs one by one."""
    jobs = [job for job, _ in made]
    before = time.monotonic()
    results = reader.read(jobs)
    spent = time.monotonic() - before
    found.peak = max(found.peak, reader.peak)
    for place, result in enumerate(results):
        outcome = outcome_of(result)
        found.outcomes[outcome] += 1
        if outcome.startswith(("killed", "fault")):
            found.bad.append((f"{outcome}: {result.error} ({made[place][1]})", first + place))
    if spent > SLOW * len(jobs):
        for place, (job, how) in enumerate(made):
            if not results[place].killed:
                reader.read([WARM])  # a child killed by the one before is not this one's cost
                before = time.monotonic()
                reader.read([job])
                found.slowest.append((time.monotonic() - before, first + place, how, len(job.body)))
        found.slowest = heapq.nlargest(KEPT, found.slowest)


def outcome_of(result: ReadResult) -> str:
    """What a result is counted as: digits left out of errors, so that like ones fall together."""
    if result.killed:
        return next((name for said, name in LIMITS.items() if said in result.error), "killed: crash")
    if _FAULT.match(result.error):
        return f"fault: {result.error[:60]}"
    if result.error:
        return "error: " + re.sub(r"\d+|'[^']*'", "N", result.error)[:60]
    if result.feed is not None:
        return "feed"
    return "article with text" if result.article is not None and result.article.text else "article without text"


def resident(pid: int) -> int:
    """The memory that a process holds now, in bytes; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def report(found: Findings, inputs: int, seconds: float) -> None:
    print(f"\n{inputs} inputs in {seconds:.0f} s, {found.children} children, peak {found.peak >> 20} MB")
    print("child's memory, MB: " + " ".join(str(size >> 20) for size in found.memory))
    print("\n| outcome | inputs |\n|---|---|")
    for outcome, count in found.outcomes.most_common():
        print(f"| {outcome} | {count} |")
    print("\n| slowest, s | input | bytes | how |\n|---|---|---|---|")
    for spent, number, how, size in found.slowest:
        print(f"| {spent:.2f} | {number} | {size} | {how} |")
    for what, number in found.bad:
        print(f"\ninput {number}: {what}")


def keep(folder: Path, found: Findings, make_again: Callable[[int], Job]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in [number for _, number in found.bad] + [number for _, number, *_ in found.slowest]:
        job = make_again(number)
        (folder / f"{number}.{type(job).__name__}").write_bytes(job.body)


if __name__ == "__main__":
    main()
