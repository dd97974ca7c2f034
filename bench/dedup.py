"""How well copies are told: recall over perturbed articles, false flags over real ones and robots', look-up cost.

    python -m bench.dedup CORPUS_DIR... [--texts 300] [--lookups 10000,1000000]

CORPUS_DIR/truth.json maps an id to {title, body, ...}. Each perturbation is put behind all the originals, in memory, as
`dateline duplicates` decides. `--lookups` fills a SQLite file and a private Postgres with that many texts and prints
what finding the candidates of one more costs; the largest takes some minutes and 4 GB of disk each.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from bench.support.robots import Robots
from dateline.nouns.copies import CopyKind, Published
from storage import fingerprints
from storage.database import Database, migrate
from tests.support.postgres import Postgres
from worker.dedupe.candidates import likely
from worker.dedupe.catalogue import Catalogue
from worker.dedupe.fingerprint import fingerprint

Keys = NDArray[np.int64]
Article = tuple[str, str]  # title, text
NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
FURNITURE = """
Subscribe to our newsletter and never miss a story.
Share this article on Facebook and WhatsApp.
Advertisement
Read more: ten things to know this morning
Follow us on Instagram and YouTube for more from our newsroom in London.
© 2026 The Evening Courier. All rights reserved.
Our journalism is paid for by readers like you, from $5 a month.
""".strip().splitlines()


def furnished(words: str, rng: random.Random) -> str:
    return "\n\n".join([*rng.sample(FURNITURE, 2), words, *rng.sample(FURNITURE, 3)])


def edited(share: float) -> Callable[[str, random.Random], str]:
    """So many of the words replaced by another of the text, left out, or given one more."""

    def edit(words: str, rng: random.Random) -> str:
        parts = re.split(r"(\s+)", words)
        vocabulary = parts[::2]
        for place in range(0, len(parts), 2):
            if rng.random() < share:
                other = rng.choice(vocabulary)
                parts[place] = rng.choice([other, "", f"{parts[place]} {other}"])
        return "".join(parts)

    return edit


def cut(share: float, start: float = 0.0) -> Callable[[str, random.Random], str]:
    def part(words: str, _: random.Random) -> str:
        # Texts of scripts without spaces are cut by characters.
        parts = re.split(r"(\s+)", words) if words.count(" ") * 20 > len(words) else list(words)
        return "".join(parts[int(len(parts) * start) : int(len(parts) * (start + share))])

    return part


def reordered(words: str, rng: random.Random) -> str:
    paragraphs = re.split(r"\n+", words)
    rng.shuffle(paragraphs)
    return "\n\n".join(paragraphs)


def by_agency(words: str, rng: random.Random) -> str:
    line = rng.choice(["BERLIN (AP) — ", "(Reuters) - ", "PARIS, 12 March (AFP) – "])
    return f"{line}{words}\n\n(Reporting by Jane Smith; editing by John Doe)"


PERTURBED: dict[str, Callable[[str, random.Random], str]] = {
    "boilerplate added": furnished,
    "2% of words edited": edited(0.02),
    "5% of words edited": edited(0.05),
    "cut to 50%": cut(0.5),
    "cut to 30%": cut(0.3),
    "paragraphs reordered": reordered,
    "agency line added": by_agency,
}
HARDER: dict[str, Callable[[str, random.Random], str]] = {  # beside the seven: not in the mean
    "10% of words edited": edited(0.10),
    "last 30%": cut(0.3, 0.7),
    "30% from the middle": cut(0.3, 0.35),
    "cut to 30%, boilerplate": lambda words, rng: furnished(cut(0.3)(words, rng), rng),
}
LEVELS = (CopyKind.SAME_TEXT, CopyKind.NEAR, CopyKind.LEAD)


def articles_of(corpus: Path) -> list[Article]:
    truth = json.loads((corpus / "truth.json").read_text())
    found = {row["body"]: row.get("title") or "" for row in truth.values() if row.get("body")}
    return [(title, body) for body, title in found.items()]


def told(catalogue: Catalogue, title: str, words: str) -> tuple[int | None, CopyKind | None]:
    found = catalogue.add(None, title, words, Published())
    return (found.original, found.match.kind) if found else (None, None)


def score_corpus(corpus: Path, *, words: int | None = None) -> None:
    """One table: recall and the levels that found it, for each perturbation."""
    found = [(title, " ".join(body.split()[:words]) if words else body) for title, body in articles_of(corpus)]
    catalogue = Catalogue()
    before = [told(catalogue, *one) for one in found]
    flagged = [(number, original) for number, (original, _) in enumerate(before) if original is not None]
    print(f"\n**{corpus.name}**, {len(found)} real articles{f', their first {words} words' if words else ''}")
    print(f"flagged among themselves: {len(flagged)}")
    for number, original in flagged:
        print(f"    {found[number][1][:70]!r} as a copy of {found[original][1][:70]!r}")
    print("\n| perturbation | recall | " + " | ".join(LEVELS) + " | of another |\n|---|---|---|---|---|---|")
    roots = [place if first is None else first for place, (first, _) in enumerate(before)]
    recalls = []
    for name, change in {**PERTURBED, **HARDER}.items():
        catalogue, rng, levels = Catalogue(), random.Random(name), Counter[CopyKind | None]()
        for one in found:
            told(catalogue, *one)
        hits = wrong = 0
        for number, (title, body) in enumerate(found):
            root, kind = told(catalogue, f"{title} | The Courier", change(body, rng))
            hit = root == roots[number]
            hits, wrong = hits + hit, wrong + (root is not None and not hit)
            levels[kind] += hit
        if name in PERTURBED:
            recalls.append(hits / len(found))
        shares = " | ".join(f"{levels[kind] / len(found):.3f}" for kind in LEVELS)
        print(f"| {name} | {hits / len(found):.3f} | {shares} | {wrong / len(found):.3f} |")
    print(f"macro recall over the first seven: {statistics.mean(recalls):.3f}")


def score_robots(count: int) -> None:
    """False flags among stories of one template, each met after all those before it; and their copies' recall."""
    robots, total = Robots(), 0
    print(f"\n**robots**, {count} stories of each of {len(robots.templates)} templates\n")
    print("| template | flagged | its copies found |\n|---|---|---|")
    for name in robots.templates:
        rng, catalogue = random.Random(name), Catalogue()
        stories = [robots.story(name, rng) for _ in range(count)]
        flags = sum(told(catalogue, "", story)[0] is not None for story in stories)
        copies = sum(told(catalogue, "", by_agency(story, rng))[0] is not None for story in stories)
        total += flags
        print(f"| {name} | {flags / count:.3f} | {copies / count:.3f} |")
    print(f"false flags among templates: {total / count / len(robots.templates):.4f}")


def cost(corpus: Path) -> None:
    bodies = [body for _, body in articles_of(corpus)]
    spent = []
    for _ in range(3):
        began = time.process_time()
        for body in bodies:
            fingerprint(body)
        spent.append(time.process_time() - began)
    words = statistics.mean(len(body.split()) for body in bodies)
    print(f"\na fingerprint costs {min(spent) / len(bodies) * 1000:.2f} ms of CPU ({words:.0f} words on average)")


def synthetic(count: int, start: int = 0) -> Keys:
    """The keys of so many texts: 24 each, of which one in ten is shared with other texts."""
    rng = np.random.default_rng(start)
    keys = rng.integers(-(2**63), 2**63 - 1, size=(count, 24), dtype=np.int64)
    common = rng.random((count, 24)) < 0.1
    keys[common] = rng.integers(0, max(1, count // 4), size=int(common.sum()))
    return keys


def bands(keys: Keys, start: int) -> Iterator[tuple[int, bytes]]:
    """Each key with its newest eight owners, ascending: in that order a database takes them in without a search."""
    flat = keys.ravel()
    order = np.argsort(flat, kind="stable")
    marks = (order // keys.shape[1] + start + 1).astype(">i8").tobytes()
    ends = [*(np.flatnonzero(np.diff(flat[order])) + 1).tolist(), flat.size]
    first = 0
    for end, key in zip(ends, flat[order][np.array(ends) - 1].tolist(), strict=True):
        packed = marks[max(first, end - 8) * 8 : end * 8]
        yield key, b"".join(packed[at : at + 8] for at in range(len(packed) - 8, -1, -8))
        first = end


def prints(keys: Keys, start: int) -> Iterator[tuple[Any, ...]]:
    """A fingerprint for each text, of the usual size."""
    made = fingerprint(Robots().story("earnings", random.Random(1)))
    assert made is not None
    parts = (made.version, made.text_hash, made.size, made.sketch, made.lead, made.facts)
    for place in range(len(keys)):
        mark = start + place + 1
        yield (mark, f"paper.example/{mark}", *parts, keys[place].astype("<i8").tobytes())


def fill(db: Database, start: int, end: int) -> None:
    """Load texts as they would have been claimed, in bulk."""
    keys = synthetic(end - start, start)
    columns = "mark, url_key, version, text_hash, size, sketch, lead, facts, keys, at"
    with db.write() as tx:
        raw: Any = tx.connection.driver_connection
        if db.is_sqlite:
            raw.executemany("INSERT OR IGNORE INTO lsh_bands (key, owners, at) VALUES (?, ?, 0)", bands(keys, start))
            marks = ", ".join("?" * 9)
            raw.executemany(f"INSERT INTO fingerprints ({columns}) VALUES ({marks}, 0)", prints(keys, start))
            return
        with raw.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE loaded (key bigint, owners bytea, at timestamptz) ON COMMIT DROP")
            for table, rows in (
                ("loaded (key, owners, at)", bands(keys, start)),
                (f"fingerprints ({columns})", prints(keys, start)),
            ):
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row((*row, NOW))
            cursor.execute("INSERT INTO lsh_bands SELECT * FROM loaded ON CONFLICT DO NOTHING")


def lookup_cost(db: Database, known: Keys, tries: int = 400) -> tuple[float, float]:
    """p50 in milliseconds of finding one text's candidates, and of claiming its keys with it.

    Half of its keys are those of a `known` text.
    """
    rng = random.Random(1)
    looked, claimed = [], []
    for number in range(tries):
        keys = sorted(
            {*known[rng.randrange(len(known))][:12].tolist(), *(rng.randrange(-(2**63), 2**63) for _ in range(12))}
        )
        with db.read() as tx:
            tx.execute(text("SELECT 1"))
            began = time.perf_counter()
            fingerprints.load(tx, likely(-1, keys, fingerprints.owners(tx, keys)))
            looked.append(time.perf_counter() - began)
        with db.write() as tx:
            tx.execute(text("SELECT 1"))
            began = time.perf_counter()
            fingerprints.load(tx, likely(-1, keys, fingerprints.claim(tx, {-1 - number: keys}, NOW)))
            claimed.append(time.perf_counter() - began)
            tx.rollback()
    return statistics.median(looked) * 1000, statistics.median(claimed) * 1000


def score_lookups(sizes: list[int]) -> None:
    server = Postgres()
    try:
        with tempfile.TemporaryDirectory() as folder:
            migrate(f"sqlite:///{folder}/dateline.db")
            print("\n| database | texts known | look-up p50, ms | claim and look-up p50, ms |\n|---|---|---|---|")
            for url in (f"sqlite:///{folder}/dateline.db", server.create()):
                db, before, known = Database(url), 0, synthetic(sizes[0])
                for size in sizes:
                    fill(db, before, size)
                    if not db.is_sqlite:
                        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                            connection.execute(text("VACUUM ANALYZE lsh_bands, fingerprints"))
                    looked, claimed = lookup_cost(db, known)
                    print(f"| {url.partition(':')[0]} | {size:,} | {looked:.3f} | {claimed:.3f} |", flush=True)
                    before = size
                db.close()
    finally:
        server.stop()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS_DIR")
    arguments.add_argument("--texts", type=int, default=300, help="stories of each robot's template")
    arguments.add_argument("--lookups", default="10000,1000000", help="texts known; empty to leave it out")
    options = arguments.parse_args()
    for corpus in options.corpora:
        score_corpus(corpus)
    score_corpus(options.corpora[0], words=80)
    score_robots(options.texts)
    cost(options.corpora[0])
    if options.lookups:
        score_lookups([int(size) for size in options.lookups.split(",")])


if __name__ == "__main__":
    main()
