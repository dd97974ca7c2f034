"""Run a server that ends when we do, even when we are killed: it is the child of a process that waits for our pipe."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any


class Tethered:
    """A server on a tether. `stop()` ends it; so does the end of this process, however it comes."""

    def __init__(self, command: list[str], **popen: Any) -> None:
        """`popen` may hold `user`, `group`, `extra_groups`, `cwd`, `env`."""
        self.holder = subprocess.Popen(
            [sys.executable, __file__, json.dumps({"command": command, **popen})],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self) -> None:
        """End the server and wait until it is gone."""
        assert self.holder.stdin is not None
        self.holder.stdin.close()
        self.holder.wait(15)


def _hold(command: list[str], **popen: Any) -> None:
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, **popen)
    os.read(0, 1)  # returns at end of file: our parent is gone
    server.send_signal(signal.SIGINT)  # Postgres: a fast shutdown; Redis: save and leave
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    _hold(**json.loads(sys.argv[1]))
