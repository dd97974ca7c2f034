"""What one worker process keeps for its tasks, made when needed: toolkit, fetch loop, reader children."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from dateline.settings import Settings
from storage import progress
from storage.database import Database
from worker import sites
from worker.enriching import LIMITS
from worker.fetch.loop import FetchLoop
from worker.post import Post
from worker.reader import Reader
from worker.toolkit import Toolkit

if TYPE_CHECKING:
    from worker.stories import Storyteller


class Workshop:
    """One for each process; its methods may be called by any thread."""

    def __init__(self, settings: Settings, post: Post) -> None:
        self.settings = settings
        self.post = post
        self._made = threading.RLock()
        self._ending = threading.Lock()
        self._toolkit: Toolkit | None = None
        self._loop: FetchLoop | None = None
        self._idle: list[Reader] = []
        self._enriching = threading.Lock()
        self._enricher: Reader | None = None
        self._storyteller: Storyteller | None = None
        self._closed = False

    @property
    def toolkit(self) -> Toolkit:
        """Settings, database and a way to send."""
        with self._made:
            if self._toolkit is None:
                sites.use_identities()
                self._toolkit = Toolkit(self.settings, Database(self.settings.database_url), self.post.send)
            return self._toolkit

    @property
    def loop(self) -> FetchLoop:
        """The one fetch loop of this process, started."""
        with self._made:
            if self._loop is None:
                loop = FetchLoop(self.toolkit)
                loop.start()
                self._loop = loop
            return self._loop

    @property
    def storyteller(self) -> Storyteller:
        """Who tells stories apart in this process."""
        with self._made:
            if self._storyteller is None:
                from worker.stories import Storyteller  # here: it brings numpy, which the other workers never need

                self._storyteller = Storyteller()
            return self._storyteller

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """A reader for one thread's use: an idle one, else a new one."""
        with self._made:
            reader = self._idle.pop() if self._idle else Reader()
        try:
            yield reader
        finally:
            with self._made:
                keep = not self._closed
                if keep:
                    self._idle.append(reader)
            if not keep:
                reader.close()

    @contextmanager
    def enricher(self) -> Iterator[Reader | None]:
        """The child that runs enrichers; None while another thread has it: one a process holds their models."""
        if not self._enriching.acquire(blocking=False):
            yield None
            return
        try:
            self._enricher = self._enricher or Reader(LIMITS)
            yield self._enricher
        finally:
            if self._closed and self._enricher is not None:
                self._enricher.close()
            self._enriching.release()

    def warm_readers(self, count: int) -> None:
        """Start reader children now, so that the first batch need not wait for their imports."""
        readers = [Reader() for _ in range(count)]
        for reader in readers:
            reader.warm()
        with self._made:
            self._idle += readers

    def step(self, name: str) -> None:
        """Give a sign of life in this process's progress row."""
        with self.toolkit.db.write() as tx:
            progress.step(tx, name, os.getpid(), self.toolkit.now())

    def stop_fetching(self) -> None:
        """End the fetch loop; its hosts are given back, or their leases run out."""
        with self._ending:  # a second caller waits until the first is done, and does not end the process under it
            loop = self._loop
            if loop is not None:
                loop.close()

    def close(self) -> None:
        """End what was started. Readers still in use end with the process that holds their pipe."""
        self.stop_fetching()
        if self._storyteller is not None:
            with suppress(SQLAlchemyError):  # a desk that is not given back is free in a minute
                self._storyteller.leave(self.toolkit)
        with self._made:
            self._closed = True
            idle, self._idle = self._idle, []
        if self._enriching.acquire(blocking=False):
            idle += [self._enricher] if self._enricher else []
            self._enriching.release()
        for reader in idle:
            reader.close()
        self.post.close()
