"""The real service under its supervisor, for tests that make trouble for it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import redis

from dateline.paths import broker_socket

ROOT = Path(__file__).parents[2]

# What tells a process of the service by its command line; the first match names it.
KINDS = {
    "reader_child": "reader",
    "watchdog": "watchdog",
    "valkey-server": "broker",
    "redis-server": "broker",
    " beat": "beat",
    "schedule@": "schedule",
    "fetch@": "fetch",
    "process@": "process",
}


class Service:
    """`dateline up --no-demo` on a data directory, in a session of its own; `stop()` leaves nothing behind."""

    def __init__(self, home: Path, env: Mapping[str, str]) -> None:
        self.home = home
        # Any free port: several of these run at once.
        own = {"DATELINE_HOME": str(home), "PYTHONPATH": str(ROOT), "DATELINE_BIND": "127.0.0.1:0"}
        self.env = {**os.environ, **own, **env}
        self.env = {name: value for name, value in self.env.items() if value}
        self.log = home.with_suffix(".log")
        self._up: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the supervisor; it returns at once."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "cli.main", "up", "--no-demo"]
            self._up = subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def command(self, *arguments: str) -> str:
        """Run a `dateline` command beside it, and return what it says."""
        command = [sys.executable, "-m", "cli.main", *arguments]
        done = subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def running(self) -> bool:
        """Whether the supervisor runs."""
        return self._up is not None and self._up.poll() is None

    def processes(self, kind: str) -> list[int]:
        """The ids of all processes of this kind below the supervisor."""
        assert self._up is not None
        table = list(_processes())
        below, found = {self._up.pid}, []
        for _ in range(4):  # generations
            below |= {pid for pid, parent, _ in table if parent in below}
        for pid, _, command in table:
            if pid in below and next((name for word, name in KINDS.items() if word in command), "") == kind:
                found.append(pid)
        return found

    def kill(self, pid: int) -> bool:
        """SIGKILL; whether there was something to kill."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def kill_supervisor(self) -> None:
        """SIGKILL to the supervisor, and start it anew."""
        assert self._up is not None
        self._up.kill()
        self._up.wait()
        self.start()

    def flush_broker(self) -> bool:
        """FLUSHALL; whether the broker was there to be flushed."""
        broker = redis.Redis(unix_socket_path=str(broker_socket(self.home)))
        with contextlib.suppress(redis.RedisError, OSError), broker:
            return bool(broker.flushall())
        return False

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        assert self._up is not None
        self._up.terminate()
        try:
            return self._up.wait(20)
        except subprocess.TimeoutExpired:
            self._up.kill()  # the watchdog ends the rest
            self._up.wait()
            raise

    def says(self) -> str:
        """The last of what it and its children said, for a failed test."""
        files = [self.log, *sorted((self.home / "logs").glob("*.log"))]
        return "\n".join(f"--- {file.name}\n{file.read_text(errors='replace')[-3000:]}" for file in files)


def _processes() -> Iterator[tuple[int, int, str]]:
    """Id, parent and command line of every process: from /proc, else from `ps`."""
    if not Path("/proc/self/stat").exists():
        listed = subprocess.run(["ps", "-axo", "pid=,ppid=,command="], capture_output=True, text=True, check=True)
        for line in listed.stdout.splitlines():
            pid, parent, command = line.split(None, 2)
            yield int(pid), int(parent), command
        return
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            yield int(folder.name), int(parent), command
