"""A publisher on loopback whose every byte a test decides: plain or TLS, on its own port, in its own thread."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

Stream = asyncio.StreamWriter


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived: the header names in lower case, the number of the connection it came over."""

    path: str
    headers: dict[str, str]
    connection: int


Route = bytes | Callable[[Request], bytes] | Callable[[Request, Stream], Awaitable[None]]


def reply(status: int, body: bytes = b"", *headers: str) -> bytes:
    """A whole response; 1xx, 204 and 304 without a length, as HTTP has it."""
    lines = [f"HTTP/1.1 {status} {'OK' if status == 200 else 'Whatever'}", *headers]
    if status not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class HttpServer:
    """Serves `routes` (by path, without the query) until it is closed; a path without a route is a 404.

    A route is a whole response in bytes, a function that makes one, or a coroutine function that writes to the stream
    itself, after which the connection is closed. The connection also ends after a response that says so.
    """

    def __init__(self, routes: dict[str, Route], *, address: str = "127.0.0.1", certificate: str | None = None) -> None:
        self.routes = routes
        self.requests: list[Request] = []
        self.connections = 0
        self.bytes_received = 0
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self.address = address
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)

    def url(self, path: str = "/", host: str | None = None) -> str:
        """The URL of a path here; under another name for this machine when `host` is given."""
        name = host or (f"[{self.address}]" if ":" in self.address else self.address)
        return f"{'https' if self._tls else 'http'}://{name}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.requests]

    def __enter__(self) -> HttpServer:
        self._thread.start()
        assert self._ready.wait(10), "the test's server did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        server = await asyncio.start_server(
            self._converse, self.address, 0, family=family, ssl=self._tls, backlog=512, limit=1 << 20
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: Stream) -> None:
        self.connections += 1
        number = self.connections
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            while await self._answer(await reader.readuntil(b"\r\n\r\n"), number, writer):
                pass
        with suppress(Exception):
            writer.close()

    async def _answer(self, head: bytes, number: int, writer: Stream) -> bool:
        self.bytes_received += len(head)
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        request = Request(first.split()[1], {name.lower(): value.strip() for name, _, value in pairs}, number)
        self.requests.append(request)
        route = self.routes.get(request.path.partition("?")[0], reply(404))
        if asyncio.iscoroutinefunction(route):
            await route(request, writer)
            return False
        response = route if isinstance(route, bytes) else route(request)  # type: ignore[call-arg]
        assert isinstance(response, bytes)
        writer.write(response)
        await writer.drain()
        return b"\r\nconnection: close" not in response.partition(b"\r\n\r\n")[0].lower()
