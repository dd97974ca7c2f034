"""Keeps the children of one service running: starts, watches, restarts and stops them. It knows none by name."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from types import FrameType

from cli.children import Child, Watchdog
from cli.liveness import Liveness
from cli.logfiles import Pump

TURN = 0.25  # seconds between two looks at the children; a child's death wakes us at once
LOOK = 0.5  # seconds between two looks at the progress rows
READ_TIMEOUT = 5.0  # seconds after which a look that has not come back counts as blind
STOP_WITHIN = 8.0  # seconds from the first signal after which what is left is killed
LAST_TURN = 1.0  # seconds of those that each later stop order keeps for itself

Marks = Mapping[str, Hashable]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """Counts the requests to stop, and wakes whoever waits for one or for a child's death."""

    def __init__(self) -> None:
        self.count = 0
        self._woken = threading.Event()

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Listen to the signals for as long as the block runs."""
        before = {number: signal.signal(number, self._on_stop) for number in SIGNALS}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, self._on_child)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        self._woken.set()

    def _on_child(self, _number: int, _frame: FrameType | None) -> None:
        self._woken.set()

    def wait(self, seconds: float) -> None:
        """Sleep until a signal comes, at most so long."""
        self._woken.wait(seconds)
        self._woken.clear()


class ProgressReader:
    """Reads the progress rows in a thread of its own: a database that hangs must not hang the supervisor."""

    def __init__(self, read: Callable[[], Marks]) -> None:
        self._read = read
        self._marks: Marks | None = None
        self._read_at = float("-inf")
        self._thread = threading.Thread(target=self._run, name="progress-reader", daemon=True)
        self._thread.start()

    def latest(self, now: float) -> Marks | None:
        """The rows as last read; None when they cannot be read at present."""
        return self._marks if now - self._read_at < READ_TIMEOUT else None

    def _run(self) -> None:
        while True:
            with contextlib.suppress(Exception):  # whatever ails the database, the children are kept running
                self._marks = self._read()
                self._read_at = time.monotonic()
            time.sleep(LOOK)


class Supervisor:
    """Runs the children until it is told to stop.

    `read_progress` returns each progress row's present mark; a child whose row has not changed for `stall` seconds is
    killed and started again. `say` takes one line for a person about each notable event.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        guard: Watchdog,
        pump: Pump,
        stop: StopSignals,
        read_progress: Callable[[], Marks],
        stall: float,
        say: Callable[[str], None],
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.children = children
        self._guard = guard
        self._pump = pump
        self._stop = stop
        self._read_progress = read_progress
        self._liveness = Liveness(stall)
        self._stall = stall
        self._say = say
        self._on_ready = on_ready
        self._ready = False

    def run(self) -> None:
        """Start everything, keep it running, and stop it in order when asked to."""
        progress = ProgressReader(self._read_progress)
        self._await_first_look(progress)
        for child in self.children:
            if child.alive and child.spec.progress:
                self._liveness.started(child.spec.progress, time.monotonic())
        while not self._stop.count:
            now = time.monotonic()
            if self._guard.check():
                self._say("the watchdog had died: started again")
            self._reap(now)
            self._start(now)
            self._liveness.look(progress.latest(now), now)
            self._restart_stalled(now)
            self._announce()
            self._stop.wait(TURN)
        self.stop()

    def _await_first_look(self, progress: ProgressReader) -> None:
        until = time.monotonic() + READ_TIMEOUT
        while progress.latest(time.monotonic()) is None and time.monotonic() < until and not self._stop.count:
            self._stop.wait(0.01)
        now = time.monotonic()
        self._liveness.look(progress.latest(now), now)

    def _start(self, now: float) -> None:
        for child in self.children:
            if not child.alive and now >= child.start_at:
                self._pump.add(child.spec.name, child.start(now))
                if child.spec.progress:
                    self._liveness.started(child.spec.progress, now)

    def _reap(self, now: float) -> None:
        for child in self.children:
            code = child.reap(now)
            if code is not None and not self._stop.count:
                self._say(f"{child.spec.name} ended ({_cause(code)}); starting it again")

    def _restart_stalled(self, now: float) -> None:
        for row in self._liveness.stalled(now):
            for child in self.children:
                if child.spec.progress == row and child.alive:
                    self._say(f"{child.spec.name} has made no progress for {self._stall:g} s; killed")
                    child.kill()
            self._liveness.started(row, now)

    def _announce(self) -> None:
        awaited = [child for child in self.children if child.spec.awaited]
        rows = {child.spec.progress for child in awaited if child.spec.progress}
        if not self._ready and all(child.alive for child in awaited) and self._liveness.shown(rows):
            self._ready = True
            self._on_ready()

    def stop(self) -> None:
        """SIGTERM in stop order; SIGKILL to what is left after 8 seconds, or at a second signal."""
        deadline = time.monotonic() + STOP_WITHIN
        orders = sorted({child.spec.stop_order for child in self.children})
        for turns_left, order in zip(range(len(orders) - 1, -1, -1), orders, strict=True):
            leaving = [child for child in self.children if child.spec.stop_order == order]
            for child in leaving:
                child.ask_to_stop()
            self._wait_for(leaving, deadline - turns_left * LAST_TURN)
        for child in self.children:
            if child.alive:
                self._say(f"{child.spec.name} did not end in time; killed")
                child.kill()
        self._wait_for(self.children, time.monotonic() + 1.0, patient=True)

    def _wait_for(self, leaving: Sequence[Child], until: float, *, patient: bool = False) -> None:
        """Until these children are gone, or the time is over, or a second signal says that a person will not wait."""
        while time.monotonic() < until and (patient or self._stop.count < 2):
            self._reap(time.monotonic())
            if not any(child.alive for child in leaving):
                return
            self._stop.wait(0.05)


def _cause(code: int) -> str:
    """Why a process ended, in words."""
    if code >= 0:
        return f"exit status {code}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"
