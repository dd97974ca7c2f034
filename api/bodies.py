"""Bodies of requests, held to their limits: bytes of each and of all at once, the pace they come at, gzip.

A route reads its body as if none of this were here; what goes over a limit is a Problem where it reads.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

USUAL_LIMIT = 1024 * 1024  # bytes, as sent and as unpacked
IN_ALL = 256 * 1024 * 1024  # bytes of all bodies that are held at once
PAUSE = 10.0  # seconds without a byte after which nobody waits any more
PACE = 16 * 1024  # bytes a second that a body must keep up after its first PAUSE seconds
STEP = 256 * 1024  # bytes unpacked at a time
# What is left of a body that was answered already is read and dropped, since many a client reads no answer before it
# has sent all: so much of it, so long.
LEFTOVER = 256 * 1024 * 1024  # bytes
LEFTOVER_TIME = 5.0  # seconds


class Bodies:
    """Holds the body of every request to `limits` (by path; USUAL_LIMIT elsewhere), and unpacks gzip."""

    def __init__(self, app: ASGIApp, limits: Mapping[str, int]) -> None:
        self._app = app
        self._limits = limits
        self.held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request with its body held to the limits."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        body = _Body(self, Headers(scope=scope), self._limits.get(scope["path"], USUAL_LIMIT), receive, send)
        try:
            await self._app(_unpacked(scope), body.receive, body.send)
        finally:
            self.held -= body.held


class _Body:
    """One request's body on its way in, and the end of its answer on the way out."""

    def __init__(self, all_: Bodies, headers: Headers, limit: int, receive: Receive, send: Send) -> None:
        self.held = 0
        self._all = all_
        self._limit = limit
        self._receive = receive
        self._send = send
        self._announced = int(length) if (length := headers.get("content-length", "")).isdigit() else 0
        self._encoding = headers.get("content-encoding", "identity").strip().lower()
        self._unpacker = zlib.decompressobj(wbits=31) if self._encoding == "gzip" else None
        self._taken = 0  # bytes off the wire
        self._began: float | None = None
        self._complete = False

    async def receive(self) -> Message:
        """The next part of the body. Raises Problem where a limit is passed."""
        if self._complete:
            return await self._receive()
        if self._encoding not in ("identity", "gzip"):
            raise Problem(
                415,
                "encoding",
                f"a body in Content-Encoding {self._encoding[:40]!r} is not read here",
                remedy="send it as gzip or as it is",
                headers={"Accept-Encoding": "gzip"},
            )
        if self._announced > self._limit:
            raise self._too_large()
        message = await self._next_in_time()
        if message["type"] != "http.request":
            return message
        part = message.get("body", b"")
        self._taken += len(part)
        self._complete = not message.get("more_body", False)
        if self._unpacker is not None:
            part = await self._unpack(part)
        else:
            self._hold(len(part))
        return {"type": "http.request", "body": part, "more_body": not self._complete}

    async def _next_in_time(self) -> Message:
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        allowed = self._began + PAUSE + self._taken / PACE
        try:
            async with asyncio.timeout_at(min(now + PAUSE, allowed)):
                return await self._receive()
        except TimeoutError:
            raise Problem(
                408, "slow", "the body came too slowly", remedy=f"send at least {PACE // 1024} KiB a second"
            ) from None

    async def _unpack(self, part: bytes) -> bytes:
        assert self._unpacker is not None
        out = []
        try:
            while part and not self._unpacker.eof:
                out.append(self._unpacker.decompress(part, STEP))
                self._hold(len(out[-1]))
                part = self._unpacker.unconsumed_tail
                await asyncio.sleep(0)  # others have their turn between two steps
            if self._complete:
                out.append(self._unpacker.flush())
                self._hold(len(out[-1]))
        except zlib.error:
            raise _no_gzip() from None
        if self._complete and not self._unpacker.eof:
            raise _no_gzip()
        return b"".join(out)

    def _hold(self, size: int) -> None:
        self.held += size
        self._all.held += size
        if self.held > self._limit or self._taken > self._limit:
            raise self._too_large()
        if self._all.held > IN_ALL:
            raise Problem(503, "busy", "too much is being sent at once", headers={"Retry-After": "5"})

    def _too_large(self) -> Problem:
        limit = f"{self._limit / 1048576:g} MiB"
        return Problem(413, "too-large", f"a body may have {limit} here", remedy="send it in several parts")

    async def send(self, message: Message) -> None:
        """The answer on its way out; one that comes before the body's end closes the connection, once that is read."""
        if self._complete:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await self._send({**message, "headers": [*message.get("headers", []), (b"connection", b"close")]})
        elif message.get("more_body", False):
            await self._send(message)
        else:
            await self._send({**message, "more_body": True})
            await self._drop_leftover()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _drop_leftover(self) -> None:
        dropped = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(LEFTOVER_TIME):
                while dropped < LEFTOVER:
                    message = await self._receive()
                    dropped += len(message.get("body", b""))
                    if not message.get("more_body", False):
                        return


def _no_gzip() -> Problem:
    return Problem(422, "encoding", "the body says that it is gzip, and is not, or not to its end")


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0") != b"")
        for name, value in scope["headers"]
    )


def _unpacked(scope: Scope) -> Scope:
    """The request as it is with its body unpacked: its length is not known beforehand."""
    gone = (b"content-encoding", b"content-length")
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in gone]}
