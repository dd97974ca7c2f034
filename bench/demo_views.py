"""Whether series are what the publisher showed: the service beside the demo newspaper, held against the paper's log.

    python -m bench.demo_views [--minutes 10] [--kill] [--seed 1] [--database postgresql://...]

Every sample must equal the log's line of its moment, and each line speaks for one sample at most. With `--kill`, parts
of the service are killed (SIGKILL) at random moments meanwhile: pages served may be lost then, samples never wrong.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from storage.database import Database
from storage.tables import captures
from tests.support.gazette import Proof, gazette, kept, prove, unread
from tests.support.service import Service

KILLED = ("fetch", "fetch", "process", "process", "reader", "schedule", "beat", "broker", "supervisor")
PAUSE = (2.0, 12.0)  # seconds between two kills
SETTLED = 30.0  # seconds that all which was fetched may take to be read


def trouble(service: Service, database: Database, until: float, rng: random.Random) -> Counter[str]:
    """Kill one part after another until then; how many of each."""
    done: Counter[str] = Counter()
    while (pause := rng.uniform(*PAUSE)) < until - time.monotonic():
        time.sleep(pause)
        kind = rng.choice(KILLED)
        with database.read() as tx:  # a capture whose reader dies three times is given up as a killer of readers
            suspects = select(captures.c.id).where(captures.c.state == "waiting", captures.c.lost_leases >= 2)
            if tx.execute(suspects.limit(1)).first():
                continue
        if kind == "supervisor":
            service.kill_supervisor()
            done[kind] += 1
        elif found := service.processes(kind):
            done[kind] += service.kill(rng.choice(found))
    time.sleep(max(0.0, until - time.monotonic()))
    return done


def run(folder: Path, minutes: float, seed: int, database_url: str, *, kill: bool) -> tuple[Proof, int, Counter[str]]:
    """Let both run for so long; the proof, how many series there are, and what was killed."""
    env = {"DATABASE_URL": database_url, "REDIS_URL": "", "DATELINE_ALLOW_NETWORKS": "127.0.0.0/8"}
    env |= {"DATELINE_HOST_DELAY": "0.05"} | ({"DATELINE_LEASE": "8", "DATELINE_STALL": "20"} if kill else {})
    service = Service(folder / "home", env)
    database = Database(database_url)
    with gazette(folder / "gazette.jsonl", seed) as paper:
        service.start()
        try:
            service.command("feeds", "add", *paper.feeds, "--every", "5s", "--revisit", "10s", "--no-wait")
            until = time.monotonic() + minutes * 60
            done: Counter[str] = Counter()
            if kill:
                done = trouble(service, database, until, random.Random(seed))
            else:
                time.sleep(max(0.0, until - time.monotonic()))
            paper.shut()
            settled = time.monotonic() + SETTLED
            while time.monotonic() < settled and (unread(database) or prove(paper.shown(), kept(database)).lost):
                time.sleep(0.5)
        finally:
            service.stop()
        series = kept(database)
        return prove(paper.shown(), series), len(series), done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database or f"sqlite:///{folder}/home/dateline.db"
        proof, series, done = run(Path(folder), options.minutes, options.seed, url, kill=options.kill)
    print(f"{series} series, {proof.equal} samples equal to the publisher's log, {len(proof.wrong)} not")
    print(f"{proof.unchanged} of them of looks answered 304; {len(proof.lost)} pages served left no sample")
    if options.kill:
        print(f"killed meanwhile: {', '.join(f'{kind} {count}' for kind, count in sorted(done.items()))}")
    for line in (*proof.wrong[:20], *(proof.lost[:20] if not options.kill else ())):
        print(" ", line)
    raise SystemExit(1 if proof.wrong or not proof.equal else 0)


if __name__ == "__main__":
    main()
