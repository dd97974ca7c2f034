"""HTTP/1.1 by uvicorn and httptools, with what they leave open: a limit on the size of a head and on the time that it
takes, on the number of connections, and problem documents for what never becomes a request."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.problems import MEDIA_TYPE, Problem

HEAD = 64 * 1024  # bytes of a request line with its headers
HEAD_TIME = 10.0  # seconds for them to come
CONNECTIONS = 2000  # at once
# Seconds in which what still comes after a refusal is dropped: to hang up at once would destroy our answer.
LINGER = 1.0


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head = 0  # bytes of the present head that were understood
        self._unseen = 0  # bytes since the parser last understood something
        self._deadline: asyncio.TimerHandle | None = None
        self._begun = False  # something of a request has come
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or turn it away where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            self._refuse(Problem(503, "busy", "too many connections are open", headers={"Retry-After": "5"}))
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._forget_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes off the wire."""
        if self._refused:
            return
        self._unseen += len(data)
        super().data_received(data)
        if self._refused or self.transport.is_closing():
            return
        if self._unseen > HEAD or self._head > HEAD:
            self._refuse(_large_head())
        elif self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()  # something came that begins no request: it may not hold the connection for ever

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head = self._unseen = 0
        self._begun = True
        if self._deadline is None:
            self._await_head()

    def on_url(self, url: bytes) -> None:
        """Some of its address."""
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers."""
        super().on_header(name, value)
        self._count(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        """Its head is complete."""
        self._forget_deadline()
        self._unseen = 0
        self._begun = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of its body."""
        self._unseen = 0
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        if self._head > HEAD:
            self._refuse(_large_head())
        else:
            self._refuse(Problem(400, "no-http", "this is no request of HTTP/1.1"))

    def _count(self, size: int) -> None:
        self._unseen = 0
        self._head += size
        if self._head > HEAD:
            raise ValueError("the head is too large")  # the parser's end: it is answered in `send_400_response`

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_TIME, self._too_slow)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if self._begun:
            self._refuse(Problem(408, "slow", f"the headers did not come within {HEAD_TIME:g} s"))
        else:
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        """Answer without a request, and hang up."""
        body = problem.body()
        fields = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), "connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in {**(problem.headers or {}), **fields}.items())
        self.transport.write(STATUS_LINE[problem.status_code] + head.encode("latin-1") + b"\r\n" + body)
        self.transport.write_eof()
        self._refused = True
        self._forget_deadline()
        self._deadline = self.loop.call_later(LINGER, self.transport.close)


def _large_head() -> Problem:
    return Problem(431, "large-head", f"a request's headers may have {HEAD // 1024} KiB")
