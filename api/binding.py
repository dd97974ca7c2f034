"""The address that the API listens on: its own socket, or the reason why there is none, in words."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable

from api.guards import is_loopback
from dateline.errors import DatelineError

BACKLOG = 2048


class BindError(DatelineError):
    """The API cannot be served where it should be."""

    stage = "api"
    retry = True


def listen(host: str, port: int, *, has_key: Callable[[], bool]) -> socket.socket:
    """A listening socket. Raises BindError with the remedy, for an address that others reach also without any key."""
    address = url(host, port)
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError:
        raise BindError(f"{host} is no address of this machine", remedy=_ELSEWHERE) from None
    if not is_loopback(str(place[0])) and not has_key():
        raise BindError(
            f"{address} is open to others, and no key is set",
            remedy="set DATELINE_API_KEY (openssl rand -hex 32 makes one), or bind to this machine alone: "
            "DATELINE_BIND=127.0.0.1:8310",
        )
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a restart need not wait for old connections
        listening.bind(place)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise _in_words(address, error) from None
    listening.setblocking(False)
    return listening


_ELSEWHERE = "set DATELINE_BIND to an address and a port that can be had, for example 127.0.0.1:8311"


def _in_words(address: str, error: OSError) -> BindError:
    if error.errno == errno.EADDRINUSE:
        return BindError(f"{address} is taken by another program", remedy=f"end that program, or {_ELSEWHERE}")
    return BindError(f"{address} cannot be had: {os.strerror(error.errno or 0)}", remedy=_ELSEWHERE)


def url(host: str, port: int) -> str:
    """The address as it is typed."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def place(listening: socket.socket) -> str:
    """The address at which a program on this machine finds a socket that listens."""
    host, port = listening.getsockname()[:2]
    return url({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)  # noqa: S104 - every address: one is told
