"""Content codings undone with limits: gzip, deflate, br and zstd, piece by piece (RFC 9110, 8.4).

A body is hostile: 16 kB of zstd can become 512 MB. No step here makes more than a few megabytes at once, and every
stage's output is counted against a limit of bytes and of the ratio to what came over the wire.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import brotli
import zstandard

from dateline.errors import ReadError

ACCEPT_ENCODING = "gzip, br, zstd, deflate"
MAX_CODINGS = 2  # "gzip, gzip" is met in the wild; nobody needs three
MAX_MEMBERS = 1000  # of one gzip or zstd body: empty ones cost time and yield nothing
RATIO_LIMIT = 200  # decoded bytes for each wire byte; the most repetitive honest pages stay under 60
RATIO_FREE = 1024 * 1024  # decoded bytes that may come at any ratio
_STEP = 128 * 1024  # decoded bytes made at once
_ZSTD_SLICE = 256  # wire bytes given at once to zstd, whose output cannot be bounded: at most 8 MB come of them
_ZSTD_WINDOW = 8 * 1024 * 1024  # bytes; RFC 9659: the largest window of a content coding

_ALIASES = {"x-gzip": "gzip", "x-deflate": "deflate"}
# Names that servers put there although nothing was coded; browsers read such a body as it is.
_NOT_CODED = frozenset({"", "identity", "none", "binary", "8bit", "utf-8", "utf8", "iso-8859-1", "chunked"})


class DecodeError(ReadError):
    """The body's content coding is unknown, broken or cut short."""

    stage = "decoding"


class TooLarge(DecodeError):
    """The decoded body goes over its limit of bytes or of the ratio to its wire size."""


def codings_of(content_encoding: str) -> tuple[str, ...]:
    """The codings that a Content-Encoding names, in the order they were applied; identity and its like left out.

    Raises DecodeError for an unknown coding, or for more than two.
    """
    names = (part.strip().lower() for part in content_encoding.split(","))
    codings = tuple(_ALIASES.get(name, name) for name in names if name not in _NOT_CODED)
    for coding in codings:
        if coding not in _OPENERS:
            raise DecodeError(f"the content coding {coding[:40]!r} is not one we asked for", remedy=_ASK_PUBLISHER)
    if len(codings) > MAX_CODINGS:
        raise DecodeError(f"{len(codings)} content codings on top of each other", remedy=_ASK_PUBLISHER)
    return codings


def decode_body(body: bytes, content_encoding: str, *, max_size: int) -> bytes:
    """The body without its content coding.

    `max_size` limits the decoded bytes. Raises TooLarge over it or over the ratio, DecodeError for a body that is not
    in its coding or ends before its time. A gzip body that lacks nothing but its checksum is taken, as browsers do.
    """
    decoder = Decoder(content_encoding, max_size=max_size)
    return b"".join([*decoder.feed(body), *decoder.finish()])


class Decoder:
    """Decodes one body as it arrives: `feed` each piece, then `finish`; both yield what could be decoded.

    `size` counts the decoded bytes so far. Both raise as `decode_body` does.
    """

    def __init__(self, content_encoding: str, *, max_size: int) -> None:
        codings = codings_of(content_encoding)
        self._stages = [_Stage(coding) for coding in reversed(codings)]
        self._max_size = max_size
        self._wire = 0
        self.size = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What this piece of the wire body adds to the decoded body."""
        self._wire += len(piece)
        return self._count(self._through(0, (piece,)))

    def finish(self) -> Iterator[bytes]:
        """What was still held back; raises DecodeError when a coding's end is missing."""
        for number, stage in enumerate(self._stages):
            if self._wire:  # an empty body is an empty body, whatever its coding
                yield from self._count(self._through(number + 1, self._bounded(stage, stage.finish())))

    def _through(self, first: int, pieces: Iterable[bytes]) -> Iterable[bytes]:
        for stage in self._stages[first:]:
            pieces = self._bounded(stage, stage.feed_all(pieces))
        return pieces

    def _bounded(self, stage: _Stage, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            stage.size += len(piece)
            self._check(stage.size)
            yield piece

    def _count(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.size += len(piece)
            self._check(self.size)
            yield piece

    def _check(self, size: int) -> None:
        if size > self._max_size:
            raise TooLarge(f"the decoded body is larger than {self._max_size} bytes", remedy=_RAISE_LIMIT)
        if size > RATIO_FREE and size > RATIO_LIMIT * self._wire:
            raise TooLarge(f"{self._wire} bytes became more than {size}: a decompression bomb", remedy=_ASK_PUBLISHER)


_ASK_PUBLISHER = "the publisher's server is at fault; look again later"
_RAISE_LIMIT = "raise DATELINE_MAX_BODY if the page is honest"


class _Member(Protocol):
    """One compressed stream inside a body."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...

    @property
    def ended(self) -> bool: ...

    @property
    def rest(self) -> bytes:
        """What came after the end."""
        ...

    def complete(self) -> bool:
        """Whether nothing but a checksum is missing; asked once, when no more will come."""
        ...


class _Stage:
    """One coding: a member, or several one after another; what follows the last is ignored, as browsers do."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._head, self._open = _OPENERS[coding]
        self._held = b""
        self._member: _Member | None = None
        self._opened = 0
        self._over = False
        self.size = 0

    def feed_all(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield from self._feed(piece, self._head)

    def finish(self) -> Iterator[bytes]:
        if self._held:
            yield from self._feed(b"", 1)
        if self._member is not None and not self._member.complete():
            raise DecodeError(f"the {self._coding} body is cut short", remedy=_ASK_PUBLISHER)

    def _feed(self, piece: bytes, head: int) -> Iterator[bytes]:
        data, self._held = self._held + piece, b""
        while data and not self._over:
            if self._member is None:
                if len(data) < head:
                    self._held = data
                    return
                self._member = self._next_member(data[:head])
                if self._member is None:
                    return
            try:
                yield from self._member.feed(data)
            except (zlib.error, brotli.error, zstandard.ZstdError) as error:
                raise DecodeError(f"the {self._coding} body is broken: {error}", remedy=_ASK_PUBLISHER) from None
            if not self._member.ended:
                return
            data, self._member = self._member.rest, None

    def _next_member(self, head: bytes) -> _Member | None:
        member = self._open(head, self._opened == 0)
        if member is None:
            if not self._opened:
                raise DecodeError(f"the body is not {self._coding}, though it says so", remedy=_ASK_PUBLISHER)
            self._over = True
        self._opened += 1
        if self._opened > MAX_MEMBERS:
            raise DecodeError(f"more than {MAX_MEMBERS} {self._coding} members", remedy=_ASK_PUBLISHER)
        return member


class _Inflate:
    def __init__(self, window_bits: int) -> None:
        self._inflater = zlib.decompressobj(window_bits)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            piece = self._inflater.decompress(data, _STEP)
            data = self._inflater.unconsumed_tail
            if piece:
                yield piece
            if self.ended or (not data and len(piece) < _STEP):
                return

    @property
    def ended(self) -> bool:
        return self._inflater.eof

    @property
    def rest(self) -> bytes:
        return self._inflater.unused_data

    def complete(self) -> bool:
        # Given eight zeros, an inflater that waits for the checksum complains about the check; one that waits for
        # text does not.
        try:
            self._inflater.decompress(bytes(8))
        except zlib.error as error:
            return "data check" in str(error) or "length check" in str(error)
        return self.ended


class _Brotli:
    ended = False  # it has one member alone: what follows its end goes to the decoder, which refuses it
    rest = b""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield self._decoder.process(data, output_buffer_limit=_STEP)
        while not self._decoder.can_accept_more_data():
            yield self._decoder.process(b"", output_buffer_limit=_STEP)

    def complete(self) -> bool:
        return bool(self._decoder.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        self.rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE):
            piece = self._decoder.decompress(data[start : start + _ZSTD_SLICE])
            if piece:
                yield piece
            if self._decoder.eof:
                self.rest = self._decoder.unused_data + data[start + _ZSTD_SLICE :]
                return

    @property
    def ended(self) -> bool:
        return self._decoder.eof

    def complete(self) -> bool:
        return False


def _open_gzip(head: bytes, _first: bool) -> _Member | None:
    return _Inflate(16 + zlib.MAX_WBITS) if head == b"\x1f\x8b" else None


def _open_deflate(head: bytes, first: bool) -> _Member | None:
    """RFC 9110 means the zlib format; some servers send the bare stream, and browsers take both."""
    wrapped = len(head) == 2 and head[0] & 0x0F == 8 and int.from_bytes(head) % 31 == 0
    return _Inflate(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS) if first else None


def _open_brotli(_head: bytes, first: bool) -> _Member | None:
    return _Brotli() if first else None


def _open_zstd(head: bytes, _first: bool) -> _Member | None:
    skippable = head[1:] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50
    return _Zstd() if head == b"\x28\xb5\x2f\xfd" or skippable else None


# coding -> bytes needed to tell what it is, and how a member is opened
_OPENERS: dict[str, tuple[int, Callable[[bytes, bool], _Member | None]]] = {
    "gzip": (2, _open_gzip),
    "deflate": (2, _open_deflate),
    "br": (1, _open_brotli),
    "zstd": (4, _open_zstd),
}
