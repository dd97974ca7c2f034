"""A reader child that does what hostile bodies make parsers do, at a word: hang, eat memory, die, babble."""

from __future__ import annotations

import sys

from worker.reader import Limits, Reader

CHILD = """
import os, signal, sys, time
from worker import reader_child
true = reader_child.read_jobs
def read_jobs(jobs, **rules):
    for job in jobs:
        if b"HANG" in job.body:
            while True:
                pass
        if b"EAT" in job.body:
            held = [bytes(1 << 20) for _ in range(1 << 20)]
        if b"DIE" in job.body:
            os.kill(os.getpid(), signal.SIGKILL)
        if b"EXIT" in job.body:
            os._exit(7)
    return true(jobs, **rules)
reader_child.read_jobs = read_jobs
sys.exit(reader_child.main(int(sys.argv[1]), float(sys.argv[2])))
"""


class HostileReader(Reader):
    """A real keeper with such a child."""

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self.command = [sys.executable, "-c", CHILD, str(self.limits.memory), str(self.limits.seconds)]
