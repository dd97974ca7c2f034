"""Processes that cannot outlive us: each leads a session of its own, and a watchdog ends it should we be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cli import watchdog

# A child waits at this gate until the watchdog knows its group; killed before that, we close the gate and it exits.
GATE = ("/bin/sh", "-c", 'read -r go && exec "$@" </dev/null', "gate")
STEADY = 30.0  # seconds of life after which a child's next death counts as its first
BACKOFF = (0.1, 0.5, 1.0, 2.0, 5.0)  # seconds before a restart, by deaths in a row


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One process of the service: what to run, the progress row that shows its life, and when its turn to stop is."""

    name: str
    argv: tuple[str, ...]
    progress: str | None = None
    stop_order: int = 1  # lower stops sooner; the next number waits until all of this one are gone
    env: Mapping[str, str] = field(default_factory=dict)
    awaited: bool = True  # whether the service is ready only once this one has shown life


class Watchdog:
    """The process that ends our children's groups when we are gone."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._groups: set[int] = set()
        self._revive()

    def _revive(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(watchdog.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        for group in self._groups:
            self._tell(f"+{group}\n")

    def _tell(self, line: str) -> None:
        assert self._process is not None and self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # killed just now: `check` starts another, which is told everything
            os.write(self._process.stdin.fileno(), line.encode())

    def watch(self, group: int) -> None:
        """End this group should we die. From the return on it is safe even against kill -9."""
        self.check()
        self._groups.add(group)
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """This group has ended; its number may soon be someone else's."""
        self._groups.discard(group)
        self._tell(f"-{group}\n")

    def check(self) -> bool:
        """Start another watchdog if ours was killed; True when that was so."""
        if self._process is not None and self._process.poll() is None:
            return False
        self._revive()
        return True

    def close(self) -> None:
        """End the watchdog, and with it every group that is still being watched."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(timeout=5)


def kill_group(group: int, number: int) -> None:
    """Signal a whole process group; one that is gone already is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def spawn(argv: Sequence[str], guard: Watchdog, *, env: Mapping[str, str], cwd: Path) -> subprocess.Popen[bytes]:
    """Start a process that leads its own session, its output in a pipe, known to the watchdog before its first step."""
    process = subprocess.Popen(
        [*GATE, *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=dict(env),
        cwd=cwd,
    )
    assert process.stdin is not None
    guard.watch(process.pid)
    with contextlib.suppress(BrokenPipeError), process.stdin as gate:
        gate.write(b"go\n")
    return process


class Child:
    """One process of the service and its history of deaths. `now` is the monotonic clock, in seconds."""

    def __init__(self, spec: ChildSpec, guard: Watchdog, *, env: Mapping[str, str], cwd: Path) -> None:
        self.spec = spec
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_at = 0.0  # not before this moment
        self._deaths = 0
        self._guard = guard
        self._env = {**env, **spec.env}
        self._cwd = cwd

    @property
    def alive(self) -> bool:
        """Whether its process was running when we last looked."""
        return self.process is not None

    def start(self, now: float) -> IO[bytes]:
        """Start it and return its output."""
        self.process = spawn(self.spec.argv, self._guard, env=self._env, cwd=self._cwd)
        self.started_at = now
        assert self.process.stdout is not None
        return self.process.stdout

    def reap(self, now: float) -> int | None:
        """Its exit code once it has died, else None. Ends what it left behind and sets when it may start again."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        kill_group(self.process.pid, signal.SIGKILL)  # grandchildren
        self._guard.forget(self.process.pid)
        self.process = None
        self._deaths = 1 if now - self.started_at >= STEADY else self._deaths + 1
        self.start_at = now + BACKOFF[min(self._deaths, len(BACKOFF)) - 1]
        return code

    def ask_to_stop(self) -> None:
        """SIGTERM to the process alone: it ends its own children in order."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def kill(self) -> None:
        """SIGKILL to it and everything it started."""
        if self.process is not None:
            kill_group(self.process.pid, signal.SIGKILL)
