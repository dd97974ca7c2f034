"""The keeper of a reader child: hands it bodies in small frames, limits it, replaces it, and finds the body that kills.

A frame that goes over its time, or with which the child dies, is read again one body at a time in new children; the
body that does it alone is answered with an error, and the rest are read. A kill from outside is held against a body
only when it happens again. One Reader belongs to one thread.
"""

from __future__ import annotations

import contextlib
import math
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO

import msgspec

from dateline.errors import DatelineError, ReaderKilled
from worker.reader_words import LENGTH, MAX_FRAME, OUT_OF_MEMORY, Answer, Job, ReadResult

START_TIME = 30.0  # seconds until a new child must be ready; on an idle machine it takes one
PIPE_CHUNK = 1 << 20  # bytes
STARTS = 3  # of a child, before none can be had
TRIES_ALONE = 2  # of a body whose child is shot: the system's killer, short of memory, may choose a child for its size
# A child is one core's worth; thread pools of numeric libraries would map gigabytes on a machine with many.
ONE_CORE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reader child may take."""

    seconds: float = 5.0  # for one body
    memory: int = 256 * 1024 * 1024  # bytes that it may allocate; 40 MB more of libraries are mapped from files
    frame: int = 10  # bodies handed over at once: what is read again when one of them kills
    frame_bytes: int = 8 * 1024 * 1024
    bodies: int = 20_000  # after so many the child is replaced, against slow leaks
    peak: int = 200 * 1024 * 1024  # bytes of resident memory from which on it is replaced; news pages take 140 MB


class Reader:
    """A reader child and its keeper. `read` answers one result a job, whatever the bodies do.

    `peak` is the most memory that a child told it held, in bytes, after the last frame.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.command = [
            *(sys.executable, "-m", "worker.reader_child"),
            *(str(self.limits.memory), str(self.limits.seconds)),
        ]
        self._child: _Child | None = None
        self._read = 0
        self.peak = 0
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Answer)

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def child_pid(self) -> int:
        """The process id of the child, started where there is none."""
        self.warm()
        assert self._child is not None
        return self._child.pid

    def warm(self) -> None:
        """Start the child now, so that the first batch need not wait for its imports."""
        if self._child is None:
            self._child = _Child(self.command, self.limits)

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def read(self, jobs: Sequence[Job], *, within: float = math.inf) -> list[ReadResult]:
        """Read these bodies; one result a job, in order. After `within` seconds the rest is left.

        Raises ReaderAway when no child can be had: that is nobody's body's fault, and none is judged.
        """
        results: list[ReadResult] = []
        until = time.monotonic() + within
        for frame in self._frames(jobs):
            if results and time.monotonic() > until:
                break
            try:
                results += self._exchange(frame)
            except ReaderKilled as error:
                if len(frame) == 1 and not isinstance(error, _Shot):
                    results.append(_killed(error))
                    continue
                for job in frame:
                    if results and time.monotonic() > until:
                        return results
                    results.append(self._alone(job))
        return results

    def _frames(self, jobs: Sequence[Job]) -> list[list[Job]]:
        frames: list[list[Job]] = []
        size = 0
        for job in jobs:
            if not frames or len(frames[-1]) >= self.limits.frame or size + len(job.body) > self.limits.frame_bytes:
                frames.append([])
                size = 0
            frames[-1].append(job)
            size += len(job.body)
        return frames

    def _alone(self, job: Job) -> ReadResult:
        tries = 0
        while True:
            tries += 1
            try:
                return self._exchange([job])[0]
            except ReaderKilled as error:
                if not isinstance(error, _Shot) or tries >= TRIES_ALONE:
                    return _killed(error)

    def _exchange(self, jobs: list[Job]) -> list[ReadResult]:
        """One frame there and back. Raises ReaderKilled, the child gone, when it went over a limit or died."""
        try:
            child = self._ready_child()
            # All of a frame together get what one may take: none takes more, and a slow one shows itself alone.
            until = time.monotonic() + self.limits.seconds
            child.put(self._encoder.encode(jobs), until)
            answer = self._decoder.decode(child.take(until))
        except (ReaderKilled, msgspec.DecodeError) as error:
            self.close()
            raise (
                error if isinstance(error, ReaderKilled) else ReaderKilled(f"the reader child babbled: {error}")
            ) from error
        except BaseException:
            self.close()  # interrupted half-way: the pipe holds an answer that belongs to nobody
            raise
        self._read += len(jobs)
        self.peak = answer.peak
        if self._read >= self.limits.bodies or answer.peak >= self.limits.peak:
            self.close()
            self._read = 0
        return answer.results

    def _ready_child(self) -> _Child:
        """A child that waits for a frame. Those that died before they had one tell nothing of any body."""
        for starts_left in reversed(range(STARTS)):
            self.warm()
            assert self._child is not None
            try:
                self._child.wait_until_ready()
                break
            except ReaderKilled as error:
                self.close()
                if not starts_left:
                    raise ReaderAway(f"no reader child can be started: {error}") from error
        assert self._child is not None
        return self._child


class ReaderAway(DatelineError):
    """No reader child can be had: this machine or this installation is at fault."""

    stage = "reading"
    retry = True

    def __init__(self, message: str) -> None:
        super().__init__(message, remedy="see the log for what the child said; memory may be short")


class _Shot(ReaderKilled):
    """The child died of SIGKILL, which no fault in a library and none of its own limits sends."""


def _killed(error: ReaderKilled) -> ReadResult:
    return ReadResult(error=str(error), stage=error.stage, remedy=error.remedy, killed=True)


class _Child:
    """The process and its two pipes, read and written against a deadline."""

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        self._limits = limits
        self._started = time.monotonic()
        self._ready = False
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, **ONE_CORE},
        )
        self._in, self._out = _pipe(self._process.stdin), _pipe(self._process.stdout)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Wait for its first frame. Raises ReaderKilled, also where it died since."""
        if not self._ready:
            self.take(self._started + START_TIME)
            self._ready = True
        if self._process.poll() is not None:
            raise self._death()

    def put(self, frame: bytes, until: float) -> None:
        """Write one frame before the monotonic moment `until`."""
        rest = memoryview(LENGTH.pack(len(frame)) + frame)
        while rest:
            self._await(self._in, selectors.EVENT_WRITE, until)
            try:
                rest = rest[os.write(self._in, rest[:PIPE_CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._death() from None

    def take(self, until: float) -> bytes:
        """Read one frame before the monotonic moment `until`."""
        size = LENGTH.unpack(self._take(LENGTH.size, until))[0]
        if size > MAX_FRAME:
            raise ReaderKilled(f"the reader child announced an answer of {size} bytes", remedy=_LATER)
        return self._take(size, until)

    def _take(self, size: int, until: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            self._await(self._out, selectors.EVENT_READ, until)
            try:
                part = os.read(self._out, min(size - len(parts), PIPE_CHUNK))
            except BlockingIOError:
                continue
            if not part:
                raise self._death()
            parts += part
        return bytes(parts)

    def _await(self, pipe: int, event: int, until: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, event)
            if not selector.select(max(0.0, until - time.monotonic())):
                over = f"reading it took longer than {self._limits.seconds:g} s"
                raise ReaderKilled(over if self._ready else f"it took longer than {START_TIME:g} s", remedy=_LATER)

    def _death(self) -> ReaderKilled:
        """Why it is no longer there, in words."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.returncode
        if code == OUT_OF_MEMORY:
            why = f"reading it took more than {self._limits.memory >> 20} MB of memory"
        elif code == -signal.SIGKILL:
            return _Shot("the reader child died of SIGKILL", remedy=_LATER)
        elif code is not None and code < 0:
            why = f"the reader child died of {signal.Signals(-code).name}"
        else:
            why = f"the reader child ended (exit status {code})"
        return ReaderKilled(why, remedy=_LATER)

    def end(self) -> None:
        """Kill it and reap it: it holds nothing that anybody needs."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.kill()
        self._process.wait()


_LATER = "its capture is kept: a later reader may do better; report it with its URL if it happens again"


def _pipe(stream: IO[bytes] | None) -> int:
    assert stream is not None
    os.set_blocking(stream.fileno(), False)
    return stream.fileno()
