"""The API's process: `python -m api.serve`. It listens on DATELINE_BIND, and tries again where it cannot.

A thread writes its progress row, by which the supervisor sees that it lives, also while the port is another's.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from functools import partial
from types import FrameType

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from api import binding, keys
from api.app import create_app
from api.binding import BindError
from api.protocol import Protocol
from dateline import log
from dateline.clock import utc_now
from dateline.paths import ApiNote, note_api
from dateline.settings import Settings, load
from storage import progress
from storage.database import Database, prepare

ROW = "api"
TRY_AGAIN = 30.0  # seconds after which a port that was taken is tried again
SIGN_OF_LIFE = 5.0  # seconds between two of them, or a quarter of DATELINE_STALL
CONNECTIONS = 16  # to the database
KEEP_ALIVE = 75  # seconds that an idle connection is kept
GRACE = 1  # seconds that requests in hand have when we are told to stop

logger = log.get("api")


class Server(uvicorn.Server):
    """uvicorn's, which tells whether its loop still turns."""

    turned = 0

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        self.turned += 1
        return await super().on_tick(counter)


class Life:
    """The progress row: moved by a thread, while the process waits for its port or its loop turns."""

    def __init__(self, db: Database, every: float) -> None:
        self.server: Server | None = None
        self._db = db
        self._every = every
        self._ended = threading.Event()
        self._turned = -1
        self._thread = threading.Thread(target=self._run, name="life", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ended.set()

    def _run(self) -> None:
        while True:
            turned = self.server.turned if self.server else None
            if turned is None or turned != self._turned:
                self._turned = -1 if turned is None else turned
                self._show()
            if self._ended.wait(self._every):
                return

    def _show(self) -> None:
        try:
            with self._db.write() as tx:
                progress.step(tx, ROW, os.getpid(), utc_now())
        except SQLAlchemyError as error:
            logger.warning("progress_not_written", error=type(error).__name__)


def main() -> int:
    """Serve until a signal ends it; the exit status."""
    settings = load()
    log.configure(settings.log_level)
    log.adopt_libraries("WARNING")
    stop = threading.Event()
    prepare(settings.database_url)
    db = Database(settings.database_url, pool_size=CONNECTIONS)
    life = Life(db, min(SIGN_OF_LIFE, settings.stall / 4))

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        if life.server is not None:
            life.server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    life.start()
    try:
        listening = _listen(settings, db, stop)
        if listening is not None:
            _serve(settings, db, listening, life, stop)
    finally:
        life.stop()
        note_api(settings.home, None)
        db.close()
    logger.info("api_stopped")
    return 0


def _listen(settings: Settings, db: Database, stop: threading.Event) -> socket.socket | None:
    """The socket, as soon as it can be had; None when we are told to stop before."""
    host, port = settings.bind
    said = ""
    while not stop.is_set():
        try:
            listening = binding.listen(host, port, has_key=partial(keys.any_key, settings, db))
        except BindError as error:
            note_api(settings.home, ApiNote(binding.url(host, port), os.getpid(), str(error), error.remedy))
            if said != str(error):
                logger.error("api_not_served", reason=str(error), remedy=error.remedy, tried_again_every=TRY_AGAIN)
                said = str(error)
            stop.wait(TRY_AGAIN)
        else:
            note_api(settings.home, ApiNote(binding.place(listening), os.getpid()))
            logger.info("api_served", url=binding.place(listening))
            return listening
    return None


def _serve(settings: Settings, db: Database, listening: socket.socket, life: Life, stop: threading.Event) -> None:
    config = uvicorn.Config(
        create_app(settings, db),
        http=Protocol,
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who calls is who is connected; a proxy's word counts for less, never for more
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
    server = Server(config)
    life.server = server
    server.should_exit = stop.is_set()  # we were told before there was a server to tell
    server.run(sockets=[listening])


if __name__ == "__main__":
    sys.exit(main())
