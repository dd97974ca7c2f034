"""One process of the service: `python -m worker.serve beat`, or `python -m worker.serve fetch@%h` for a worker.

The same as by `celery --app worker.app`, but sooner there: that command line imports a shell and a monitor first, and
beat needs nothing of what the workers do.
"""

from __future__ import annotations

import sys

from dateline.settings import Settings, load

FETCH_THREADS = 4  # hand hosts over and wait for room; the visits are made by one loop
ENRICH_THREADS = 2  # one enriches, the other shows that we live
QUIET = {"without_mingle": True, "without_gossip": True, "without_heartbeat": True}


def main(name: str) -> int:
    """Serve until a signal ends it; the exit status."""
    settings = load()
    return _beat(settings) if name == "beat" else _work(settings, name)


def _beat(settings: Settings) -> int:
    from worker.broker import new_app

    new_app(settings).Beat(loglevel=settings.log_level, quiet=True).run()
    return 0


def _work(settings: Settings, name: str) -> int:
    from worker.app import app

    queue = name.partition("@")[0]
    threads = {"fetch": FETCH_THREADS, "process": settings.process_threads, "enrich": ENRICH_THREADS}
    pool = {"pool": "threads", "concurrency": threads[queue]} if queue in threads else {"pool": "solo"}
    worker = app.Worker(hostname=name, queues=[queue], loglevel=settings.log_level, quiet=True, **pool, **QUIET)
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
