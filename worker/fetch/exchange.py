"""One curl handle and what it hears: a request to one URL, the headers, and the body within its limits."""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import certifi
import pycurl

from dateline.nouns.frontier import FetchOutcome
from worker.fetch.budget import Budget
from worker.fetch.decode import DecodeError, Decoder, TooLarge
from worker.fetch.guard import REFUSED_PORTS, Guard
from worker.fetch.headers import first
from worker.fetch.outcomes import NO_SUCH_PORT, Failure, failure_of, outcome_of
from worker.fetch.target import Target

_STATUS_LINE = re.compile(rb"HTTP/\S+ +(\d{3})\b")
_LENGTH = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost."""

    connect_timeout: float = 15.0  # seconds, for the name, the connection and TLS together
    min_rate: int = 100  # bytes a second, on average over `min_rate_window`; the wait for the first byte counts
    min_rate_window: int = 20  # seconds
    max_body: int = 16 * 1024 * 1024  # bytes, on the wire and decoded
    max_header_bytes: int = 64 * 1024  # of all header blocks together, 1xx and trailers included
    max_header_lines: int = 256
    max_discarded: int = 64 * 1024  # bytes of a body nobody reads (a redirect's, an error's) that are worth the
    # connection they keep alive


def ca_file() -> str:
    """The certificates that are trusted: SSL_CERT_FILE, else the system's store, else certifi's.

    The wheel's libcurl looks only where Red Hat keeps them, and would trust nobody elsewhere.
    """
    paths = (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile)
    return next((path for path in paths if path and Path(path).is_file()), certifi.where())


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request gave: a failure, or a final status with its headers, and the body where that status is OK."""

    failure: Failure | None
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_encoding: str = ""
    decoded_size: int = 0
    address: str = ""


class Exchange:
    """A curl handle for one request after another: `prepare`, let `curl` perform, `conclude`, `clear`."""

    def __init__(self, guard: Guard, budget: Budget, limits: Limits, user_agent: str, trusted: str) -> None:
        self._guard = guard
        self._budget = budget
        self._limits = limits
        self.curl = pycurl.Curl()
        for option, value in _options(limits, user_agent, trusted).items():
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._hear_header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._hear_body)
        self._pieces: list[bytes] = []
        self._headers: list[tuple[str, str]] = []
        self._refusals: list[str] = []
        self._failure: Failure | None = None
        self._decoder: Decoder | None = None
        self._content_encoding = ""
        self._held = 0
        self.clear()

    def prepare(
        self, target: Target, headers: Sequence[tuple[str, str]], *, timeout: float, fresh: bool, last: bool
    ) -> None:
        """Set the request up; `timeout` in seconds, for all of it."""
        curl = self.curl
        curl.setopt(pycurl.URL, target.wire)
        curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}".encode("latin-1") for name, value in headers])
        curl.setopt(pycurl.TIMEOUT_MS, max(1, int(timeout * 1000)))
        curl.setopt(pycurl.FRESH_CONNECT, fresh)
        curl.setopt(pycurl.FORBID_REUSE, last)

    def conclude(self, error: tuple[int, str] | None) -> Answer:
        """What became of the request, given curl's error or None."""
        if self._failure is None and error is not None and not self._status_says_it_all():
            self._failure = self._explain(*error)
        if self._failure is None and not self._headers_done:  # curl takes headers that end in mid-line
            self._failure = Failure(FetchOutcome.BAD_RESPONSE, "reading headers", "the response ended in its headers")
        if self._failure is None and self._decoder is not None:
            try:
                for _ in self._decoder.finish():
                    pass
            except DecodeError as broken:
                self._failure = _decoding_failed(broken)
        return Answer(
            self._failure,
            status=self._status,
            headers=tuple(self._headers),
            body=b"" if self._failure else b"".join(self._pieces),
            content_encoding=self._content_encoding,
            decoded_size=self._decoder.size if self._decoder else 0,
            address=self.curl.getinfo(pycurl.PRIMARY_IP),
        )

    def clear(self) -> None:
        """Forget what was heard, and give back the budget it held."""
        self._budget.give(self, self._held)
        self._pieces.clear()
        self._headers.clear()
        self._refusals.clear()
        self._held = self._lines = self._line_bytes = self._discarded = self._sockets = self._status = 0
        self._headers_done = self._paused = self._bad_port = False
        self._failure = None
        self._decoder = None
        self._content_encoding = ""

    def close(self) -> None:
        """Give everything back for good."""
        self.clear()
        self.curl.close()

    # What curl calls while it works. An exception here would be printed and lost: each returns curl's own word for
    # "stop", and leaves the reason in `_failure`.

    def _open_socket(self, _purpose: int, wanted: Any) -> socket.socket | int:
        address, port = wanted.addr[:2]
        refusal = self._guard.refusal(address, port)
        if refusal is not None:
            self._refusals.append(refusal)
            self._bad_port = port in REFUSED_PORTS
            return int(pycurl.SOCKET_BAD)
        self._sockets += 1
        return _Lent(wanted.family, wanted.socktype, wanted.protocol)

    def _hear_header(self, line: bytes) -> int | None:
        self._lines += 1
        self._line_bytes += len(line)
        if self._lines > self._limits.max_header_lines or self._line_bytes > self._limits.max_header_bytes:
            error = f"{self._lines} header lines of {self._line_bytes} bytes"
            self._failure = Failure(FetchOutcome.TOO_LARGE, "reading headers", error)
            return 0
        if self._headers_done:  # a trailer: nothing in it is for us
            return None
        if line.startswith(b"HTTP/"):
            match = _STATUS_LINE.match(line)
            self._status = int(match[1]) if match else 0
            self._headers.clear()  # of an interim response
        elif not line.strip():
            self._headers_done = self._status >= 200
        elif line[:1] in b" \t" and self._headers:
            name, value = self._headers[-1]
            self._headers[-1] = (name, f"{value} {line.strip().decode('latin-1')}")
        else:
            name, _, value = line.decode("latin-1").partition(":")
            self._headers.append((name.strip().lower(), value.strip()))
        return None

    def _hear_body(self, piece: bytes) -> int | None:
        if outcome_of(self._status) is not FetchOutcome.OK:
            self._discarded += len(piece)
            return None if self._discarded <= self._limits.max_discarded else 0
        if not self._budget.take(self, len(piece)):
            self._paused = True
            self._budget.wait(self, self._resume)
            return int(pycurl.WRITEFUNC_PAUSE)
        self._held += len(piece)
        self._pieces.append(piece)
        try:
            if self._decoder is None:
                self._decoder = self._begin_body()
            for _ in self._decoder.feed(piece):
                pass
        except DecodeError as broken:
            self._failure = _decoding_failed(broken)
            return 0
        return None

    def _begin_body(self) -> Decoder:
        declared = first(self._headers, "content-length") or ""
        if _LENGTH.fullmatch(declared) and int(declared) > self._limits.max_body:
            raise TooLarge(f"the body is declared as {declared} bytes, more than {self._limits.max_body}")
        self._content_encoding = ", ".join(value for name, value in self._headers if name == "content-encoding").lower()
        return Decoder(self._content_encoding, max_size=self._limits.max_body)

    def _resume(self) -> None:
        self._paused = False
        with suppress(pycurl.error):  # what it hands over at once may end the transfer; curl then reports that itself
            self.curl.pause(pycurl.PAUSE_CONT)

    def _status_says_it_all(self) -> bool:
        """Whether the status said all that matters, however the rest of the response went."""
        return self._headers_done and outcome_of(self._status) is not FetchOutcome.OK

    def _explain(self, code: int, message: str) -> Failure:
        if code == pycurl.E_COULDNT_CONNECT and self._refusals and not self._sockets:
            why = "; ".join(dict.fromkeys(self._refusals))
            return Failure(FetchOutcome.REFUSED, "guard", why, NO_SUCH_PORT if self._bad_port else "")
        if self._paused and code == pycurl.E_OPERATION_TIMEDOUT:
            return Failure(FetchOutcome.INTERRUPTED, "reading body", "no memory was left for one more body in flight")
        sent = self.curl.getinfo(pycurl.PRETRANSFER_TIME) > 0
        stage = "reading body" if self._headers_done else "reading headers" if sent else "connecting"
        return failure_of(code, message, heard=stage)


class _Lent(socket.socket):
    """pycurl duplicates the descriptor and drops the object: it closes itself, before Python would warn at length."""

    def __del__(self) -> None:
        self.close()


def _decoding_failed(broken: DecodeError) -> Failure:
    outcome = FetchOutcome.TOO_LARGE if isinstance(broken, TooLarge) else FetchOutcome.BAD_ENCODING
    return Failure(outcome, "decoding", str(broken))


def _options(limits: Limits, user_agent: str, trusted: str) -> dict[int, Any]:
    """What is the same for every request."""
    return {
        pycurl.USERAGENT: user_agent,
        # One visit of a host at a time over one connection: HTTP/2 has nothing to multiplex there, and would add the
        # CPU of its framing and a second protocol's worth of hostile input.
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
        pycurl.HTTP09_ALLOWED: False,
        pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
        pycurl.FOLLOWLOCATION: False,  # each hop is judged first
        pycurl.HTTP_CONTENT_DECODING: False,  # the body is kept as it came
        pycurl.PROXY: "",  # set, so that the environment's is not
        pycurl.NETRC: pycurl.NETRC_IGNORED,
        pycurl.SSL_VERIFYPEER: 1,
        pycurl.SSL_VERIFYHOST: 2,
        pycurl.CAINFO: trusted,
        pycurl.CONNECTTIMEOUT_MS: int(limits.connect_timeout * 1000),
        pycurl.LOW_SPEED_LIMIT: limits.min_rate,
        pycurl.LOW_SPEED_TIME: limits.min_rate_window,
        pycurl.MAXAGE_CONN: 60,  # seconds that a connection may wait for its next request
        pycurl.NOSIGNAL: True,  # signals belong to the process, and resolving happens in threads
        pycurl.TCP_KEEPALIVE: False,
    }
