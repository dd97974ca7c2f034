"""A real Valkey or Redis for the tests: private, on a unix socket, and ended surely even if the test run is killed."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import redis

from cli.embedded import server_arguments, server_binary, wait_until_it_answers
from tests.support.tether import Tethered


class Valkey:
    """A broker for this run: TEST_REDIS_URL, else a server of our own (one on PATH, else the one in our packages).

    `url` is what REDIS_URL and Celery take; `client()` speaks to it directly. `kill()` and `start()` make trouble.
    """

    def __init__(self) -> None:
        self._server: Tethered | None = None
        self.url = os.environ.get("TEST_REDIS_URL", "")
        if not self.url:
            self._folder = Path(tempfile.mkdtemp(prefix="dl-valkey-", dir="/tmp"))  # short: a socket's path is limited
            self._socket = self._folder / "s"
            self.url = f"redis+socket://{self._socket}"
            self.start()

    def start(self) -> None:
        """Start our own server, on the data that an earlier one may have left."""
        binary = shutil.which("valkey-server") or shutil.which("redis-server") or server_binary()
        self._server = Tethered(list(server_arguments(binary, self._socket, self._folder)))
        assert wait_until_it_answers(self._socket), f"{binary} did not start"

    def client(self) -> redis.Redis:
        """A connection of redis-py."""
        if self._server is None:
            return redis.Redis.from_url(self.url)
        return redis.Redis(unix_socket_path=str(self._socket))

    def kill(self) -> None:
        """End our own server with SIGKILL, as a machine's trouble would."""
        with self.client() as client:
            os.kill(int(client.info("server")["process_id"]), 9)
        assert self._server is not None
        self._server.stop()

    def stop(self) -> None:
        """End our own server and remove its folder; leave one that was given alone."""
        if self._server is not None:
            self._server.stop()
            shutil.rmtree(self._folder, ignore_errors=True)
