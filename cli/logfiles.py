"""The children's output: pumped from their pipes into files that rotate by size, and read back by `dateline logs`."""

from __future__ import annotations

import contextlib
import os
import selectors
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROTATE_AT = 10 * 1024 * 1024  # bytes
KEEP = 5  # files of each child, the current one included
CHUNK = 65536  # bytes of one read, what a pipe holds
BLOCK = 65536  # bytes read at a time, backwards from a file's end


class RotatingFile:
    """Bytes appended to `path`; when it is full it becomes `path.1`, that one `path.2`, and the oldest goes."""

    def __init__(self, path: Path, *, rotate_at: int = ROTATE_AT, keep: int = KEEP) -> None:
        self._path = path
        self._rotate_at = rotate_at
        self._keep = keep
        self._file: IO[bytes] | None = None
        self._midline = False

    def write(self, data: bytes) -> None:
        """Append. A full disk loses log lines, never the service."""
        with contextlib.suppress(OSError):
            if self._file is None:
                self._file = self._path.open("ab", buffering=0)
            if self._file.tell() + len(data) > self._rotate_at and self._file.tell() and not self._midline:
                self._rotate()
            self._file.write(data)
            self._midline = not data.endswith(b"\n") and self._file.tell() < 2 * self._rotate_at

    def _rotate(self) -> None:
        assert self._file is not None
        self._file.close()
        self._file = None
        for number in range(self._keep - 2, -1, -1):
            older = self._path if number == 0 else self._numbered(number)
            with contextlib.suppress(FileNotFoundError):
                older.replace(self._numbered(number + 1))
        self._file = self._path.open("ab", buffering=0)

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def close(self) -> None:
        """Close the file; another write opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Pump:
    """One thread that empties every child's pipe into its file, so that no child ever waits for a reader."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: dict[str, RotatingFile] = {}
        self._selector = selectors.DefaultSelector()
        self._arrivals: list[tuple[IO[bytes], str]] = []
        self._lock = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="log-pump", daemon=True)
        self._thread.start()

    def add(self, name: str, pipe: IO[bytes]) -> None:
        """Empty this pipe into `name.log` until its writers are gone."""
        with self._lock:
            self._arrivals.append((pipe, name))
        os.write(self._wake_write, b".")

    def close(self) -> None:
        """Write what is still in the pipes and end."""
        self._closing = True
        os.write(self._wake_write, b".")
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._closing:
            self._turn(None)
        while self._turn(0):
            pass
        for file in self._files.values():
            file.close()

    def _turn(self, timeout: float | None) -> bool:
        """Move what is ready; True when anything was."""
        moved = False
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                os.read(self._wake_read, CHUNK)
                self._welcome()
                continue
            data = os.read(key.fd, CHUNK)
            moved = bool(data) or moved
            if data:
                self._file(key.data[1]).write(data)
            else:
                self._selector.unregister(key.fd)
                key.data[0].close()
        return moved

    def _welcome(self) -> None:
        with self._lock:
            arrivals, self._arrivals = self._arrivals, []
        for pipe, name in arrivals:
            self._selector.register(pipe.fileno(), selectors.EVENT_READ, (pipe, name))

    def _file(self, name: str) -> RotatingFile:
        return self._files.setdefault(name, RotatingFile(self._directory / f"{name}.log"))


def last_lines(path: Path, count: int) -> tuple[list[bytes], int]:
    """The last `count` lines of a file, and the offset at which they end. Reads no more than it needs."""
    with path.open("rb") as file:
        end = start = file.seek(0, os.SEEK_END)
        tail = b""
        while start > 0 and tail.count(b"\n") <= count:
            start = max(0, start - BLOCK)
            file.seek(start)
            tail = file.read(end - start)
    return (tail.splitlines()[-count:] if count else []), end


class Follower:
    """Reads on in a log file, through its rotations."""

    def __init__(self, path: Path, offset: int) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._rest = b""
        with contextlib.suppress(FileNotFoundError):
            self._file = path.open("rb")
            self._file.seek(offset)

    def lines(self) -> Iterator[bytes]:
        """The whole lines that have come since the last call."""
        yield from self._read_on()
        while self._rotated():
            yield from self._read_on()  # what was written between our last read and the rotation
            if self._file is not None:
                self._file.close()
            self._file = self._path.open("rb")
            yield from self._read_on()

    def _read_on(self) -> Iterator[bytes]:
        if self._file is None:
            return
        while data := self._file.read(BLOCK):
            *whole, self._rest = (self._rest + data).split(b"\n")
            yield from whole

    def _rotated(self) -> bool:
        """Whether another file has taken the place of the one that we read."""
        try:
            current = self._path.stat()
        except FileNotFoundError:
            return False
        return self._file is None or os.fstat(self._file.fileno()).st_ino != current.st_ino


def follow(paths: dict[str, Path], offsets: dict[str, int], *, every: float = 0.25) -> Iterator[tuple[str, bytes]]:
    """Lines of several log files as they come, each with its file's name, for ever."""
    followers = {name: Follower(path, offsets.get(name, 0)) for name, path in paths.items()}
    while True:
        for name, follower in followers.items():
            for line in follower.lines():
                yield name, line
        time.sleep(every)
