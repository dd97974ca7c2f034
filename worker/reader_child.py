"""The reader child: frames of jobs in on stdin, frames of results out on stdout, until stdin ends.

`python -m worker.reader_child MEMORY_BYTES JOB_SECONDS`; started and judged by `worker.reader`. Everything that parses
what strangers wrote runs here, under limits, so that a hostile body costs this process and nothing else.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from worker.enrich.installed import here
from worker.reader_words import LENGTH, OUT_OF_MEMORY, Answer, Job
from worker.reading import read_jobs
from worker.sites import installed

MAPPED = 1 << 30  # bytes of address space for libraries


def main(memory: int, seconds: float) -> int:
    """Serve frames until stdin ends."""
    limit(memory)
    # Whatever a library prints must not end up between the frames.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    (rules, _), enrichers = installed(), here().at_once
    decoder, encoder = msgspec.msgpack.Decoder(list[Job]), msgspec.msgpack.Encoder()
    gc.freeze()  # what the imports made is never garbage
    put(answers, b"")  # ready
    try:
        while (frame := take(sys.stdin.buffer)) is not None:
            jobs = decoder.decode(frame)
            # The keeper kills us sooner. This is for when it is gone itself, and works inside C code too.
            signal.setitimer(signal.ITIMER_REAL, seconds * (len(jobs) + 1))
            answer = encoder.encode(Answer(read_jobs(jobs, rules=rules, enrichers=enrichers), peak_memory()))
            signal.setitimer(signal.ITIMER_REAL, 0)
            put(answers, answer)
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def limit(memory: int) -> None:
    """Bound this process: memory, no core files; Ctrl-C is the keeper's business; libraries log nothing.

    RLIMIT_DATA counts what it allocates for itself, which is what it will really hold. Address space, of which
    libraries map far more than they use, is bounded loosely, for systems that count nothing else.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (memory + MAPPED, memory + MAPPED))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)


def peak_memory() -> int:
    """The most memory that this program ever held, in bytes.

    Linux hands getrusage's figure down from the process that started this one, however large that is.
    """
    with contextlib.suppress(OSError, StopIteration), Path("/proc/self/status").open() as status:
        return int(next(line for line in status if line.startswith("VmHWM:")).split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def put(stream: BinaryIO, frame: bytes) -> None:
    """Write one frame: its length, then its bytes."""
    stream.write(LENGTH.pack(len(frame)))
    stream.write(frame)
    stream.flush()


def take(stream: BinaryIO) -> bytes | None:
    """Read one frame; None when the stream has ended."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = LENGTH.unpack(head)[0]
    frame = stream.read(size)
    return frame if len(frame) == size else None


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2])))
