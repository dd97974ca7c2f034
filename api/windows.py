"""The thread that brings the windows of views up to date after posts: top lists read what it makes."""

from __future__ import annotations

import threading

from dateline import log
from dateline.clock import utc_now
from storage import view_windows
from storage.database import Database

AT_ONCE = 500  # articles in one write transaction
AGAIN = 10.0  # seconds after a failure

logger = log.get("api")


class Windows:
    """Refreshes whenever it is woken, until nothing is left to do."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._woken = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="windows", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier process may have left."""
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Something was posted."""
        self._woken.set()

    def stop(self) -> None:
        """End after the transaction in hand."""
        self._ended = True
        self._woken.set()

    def _run(self) -> None:
        while not self._ended:
            self._woken.wait()
            self._woken.clear()
            try:
                while not self._ended and self._refresh():
                    pass
            except Exception as error:  # whatever it was, the API goes on, and so does this thread
                logger.warning("windows_not_refreshed", error=type(error).__name__, detail=str(error)[:300])
                if not self._ended and not self._woken.wait(AGAIN):
                    self._woken.set()

    def _refresh(self) -> bool:
        """One step; whether there may be more to do."""
        with self._db.write() as tx:
            return view_windows.refresh(tx, utc_now(), AT_ONCE) >= AT_ONCE
