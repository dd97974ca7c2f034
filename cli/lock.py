"""One service for one data directory: a lock that the kernel lets go of when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from dateline.errors import DatelineError, UsageError
from dateline.paths import make_private, run_dir

PATIENCE = 0.5  # seconds: someone who only asks who holds the lock has it for an instant


def _path(home: Path) -> Path:
    return run_dir(home) / "up.lock"


@contextlib.contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold the data directory. Raises UsageError when another `dateline up` has it."""
    try:
        make_private(home)
        make_private(run_dir(home))
        lock = os.open(_path(home), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatelineError(
            f"the data directory {home} cannot be used: {error.strerror}",
            remedy="set DATELINE_HOME to a folder that you can write to",
        ) from None
    try:
        if not _locked(lock):
            pid = os.pread(lock, 20, 0).decode().strip() or "unknown"
            raise UsageError(
                f"the service runs already (process {pid}) on {home}",
                remedy="stop it with `dateline down`, or give this one a directory of its own: DATELINE_HOME=...",
            )
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.02)


def holder(home: Path) -> int | None:
    """The process id of the service that runs on this data directory, or None."""
    try:
        lock = os.open(_path(home), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        with contextlib.suppress(ValueError):
            return int(os.pread(lock, 20, 0))
        return None
    finally:
        os.close(lock)
