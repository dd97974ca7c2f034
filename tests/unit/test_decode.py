"""Content codings undone, with limits."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable
from itertools import pairwise

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from worker.fetch.decode import DecodeError, Decoder, TooLarge, codings_of, decode_body

TEXT = b"".join(b"Line %d of a page that tells a story.\n" % number for number in range(4000))
LIMIT = 1 << 20


def bare_deflate(text: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(text) + packer.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda text: brotli.compress(text, quality=4),
    "zstd": zstandard.compress,
    "gzip, gzip": lambda text: gzip.compress(gzip.compress(text)),
    "br, gzip": lambda text: gzip.compress(brotli.compress(text, quality=4)),
    "identity": bytes,
    "": bytes,
    "utf-8": bytes,
    "GZip": gzip.compress,
}


@pytest.mark.parametrize("coding", ENCODERS)
def test_each_coding_is_undone(coding: str) -> None:
    assert decode_body(ENCODERS[coding](TEXT), coding, max_size=LIMIT) == TEXT


def test_a_bare_deflate_stream_is_taken_as_browsers_do() -> None:
    assert decode_body(bare_deflate(TEXT), "deflate", max_size=LIMIT) == TEXT


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_body_without_a_byte_is_empty_whatever_it_says(coding: str) -> None:
    assert decode_body(b"", coding, max_size=LIMIT) == b""


@given(st.sampled_from(sorted(ENCODERS)), st.binary(max_size=2000), st.randoms(use_true_random=False))
def test_how_a_body_is_cut_into_pieces_makes_no_difference(coding: str, text: bytes, rng: random.Random) -> None:
    body = ENCODERS[coding](text)
    cuts = sorted({0, len(body), *(rng.randrange(len(body) + 1) for _ in range(5))})
    decoder = Decoder(coding, max_size=LIMIT)
    pieces = [piece for start, end in pairwise(cuts) for piece in decoder.feed(body[start:end])]
    assert b"".join([*pieces, *decoder.finish()]) == text
    assert decoder.size == len(text)


@given(st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, gzip"]), st.binary(max_size=400))
def test_garbage_is_an_error_or_bytes_and_nothing_else(coding: str, body: bytes) -> None:
    try:
        decode_body(body, coding, max_size=LIMIT)
    except DecodeError as error:
        assert error.stage == "decoding"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT) + gzip.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT) + b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zstandard.compress(TEXT)),
    ],
)
def test_members_one_after_another_are_all_read(coding: str, body: bytes) -> None:
    assert decode_body(body, coding, max_size=LIMIT) == TEXT + TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
@pytest.mark.parametrize("tail", [b"\0", b"\0" * 100, b"<!-- cached -->"])
def test_what_follows_the_end_is_ignored(coding: str, tail: bytes) -> None:
    assert decode_body(ENCODERS[coding](TEXT) + tail, coding, max_size=LIMIT) == TEXT


@pytest.mark.parametrize("missing", range(1, 9))
def test_a_gzip_body_that_lacks_only_its_checksum_is_taken(missing: int) -> None:
    assert decode_body(gzip.compress(TEXT)[:-missing], "gzip", max_size=LIMIT) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "gzip, gzip"])
@pytest.mark.parametrize("missing", [30, 300, 0.5])
def test_a_body_cut_short_is_an_error(coding: str, missing: float) -> None:
    body = ENCODERS[coding](TEXT)
    kept = len(body) - missing if missing >= 1 else len(body) * missing
    with pytest.raises(DecodeError):
        decode_body(body[: int(kept)], coding, max_size=LIMIT)


@pytest.mark.parametrize("coding", ["compress", "sdch", "gzip, exi", "aes128gcm", "gzip;q=1"])
def test_a_coding_we_do_not_know_is_an_error(coding: str) -> None:
    with pytest.raises(DecodeError):
        codings_of(coding)


def test_three_codings_are_more_than_anyone_needs() -> None:
    assert codings_of("identity, x-gzip, br") == ("gzip", "br")
    with pytest.raises(DecodeError):
        codings_of("gzip, gzip, gzip")


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "gzip, gzip", "identity"])
def test_the_limit_of_bytes_holds_to_the_byte(coding: str) -> None:
    body = ENCODERS[coding](TEXT)
    assert decode_body(body, coding, max_size=len(TEXT)) == TEXT
    with pytest.raises(TooLarge):
        decode_body(body, coding, max_size=len(TEXT) - 1)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "gzip, gzip"])
def test_a_bomb_goes_off_at_the_ratio_long_before_the_limit(coding: str) -> None:
    bomb = ENCODERS[coding](bytes(32 << 20))
    decoder = Decoder(coding, max_size=1 << 40)
    with pytest.raises(TooLarge, match="bomb"):
        for _ in decoder.feed(bomb):
            pass
    assert decoder.size <= 16 << 20


def test_a_bomb_in_the_outer_layer_alone_goes_off_too() -> None:
    nothing = gzip.compress(b"")
    outer = gzip.compress(nothing * 100_000)  # 2 MB of empty members, of which nothing comes
    with pytest.raises(DecodeError):
        decode_body(outer, "gzip, gzip", max_size=LIMIT)


def test_empty_members_without_end_are_an_error() -> None:
    with pytest.raises(DecodeError, match="members"):
        decode_body(gzip.compress(b"") * 2000, "gzip", max_size=LIMIT)


def test_a_zstd_window_over_the_web_limit_is_an_error() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(DecodeError):
        decode_body(packer.compress(TEXT) + packer.flush(), "zstd", max_size=LIMIT)
