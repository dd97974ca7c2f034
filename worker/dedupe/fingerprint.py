"""A text's fingerprint: what is kept of it so that its copies are found, and told from texts of one template. Pure.

MinHash over shingles of three words, a second one over the lead for copies that go on differently, rare runs of words
to find either by, and the numbers and names by which two stories written from one template differ.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import numpy as np
import xxhash
from numpy.typing import NDArray

from dateline.nouns.copies import Fingerprint
from worker.dedupe.words import Words, read_words

VERSION = 1  # raise it when the same text gives another fingerprint: those of two versions are never compared
SHINGLE, CHARACTER_SHINGLE = 3, 6  # words; characters of scripts without spaces
SKETCH = 128  # permutations: the estimate of a Jaccard of .5 is off by .044 (one standard deviation)
LEAD = 100  # words
LEAD_BANDS, ROWS = 8, 4
# The runs of six words with the smallest hashes: of whatever part of a text a copy keeps, it keeps that share of these.
# A third out of a text's middle or end shares one in .99 of all cases, a band (32 of 4 rows over the sketch) in .25.
RUNS, RUN = 16, 6
AROUND = 2  # words on each side of a fact that say where it stands
MAX_FACTS = 256
ENOUGH = 15  # words; of a shorter text nobody can tell who copied whom
AROUND_BITS, NUMBER_BIT = np.uint64(0xFFFFFFFF00000000), np.uint64(1)  # of a packed fact
_CHUNK = 4096  # shingles at once: the matrix of their permutations stays within the processor's cache

_Number = TypeVar("_Number", np.uint64, np.int64)
_U64 = NDArray[np.uint64]
_U32 = NDArray[np.uint32]


def fingerprint(text: str) -> Fingerprint | None:
    """The fingerprint of an article's text; None where it is too short to be anybody's copy.

    The title is left out on purpose: who takes over a story gives it another. Costs some .4 ms for 500 words.
    """
    read = read_words(text)
    if len(read.words) < (ENOUGH * 2 if read.unspaced else ENOUGH):
        return None
    plain = "\n".join(read.words).encode()
    digests = [xxhash.xxh3_64_digest(word) for word in plain.split(b"\n")]
    words = np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)
    shingle = CHARACTER_SHINGLE if read.unspaced else SHINGLE
    lead = LEAD * 2 if read.unspaced else LEAD
    shingles = _runs(words, shingle)
    sketch, lead_sketch = _minhash(shingles, SKETCH), _minhash(shingles[: lead - shingle + 1], LEAD_BANDS * ROWS)
    rare = _distinct(_runs(words, RUN * 2 if read.unspaced else RUN))[:RUNS]
    return Fingerprint(
        version=VERSION,
        text_hash=xxhash.xxh3_128_digest(plain),
        size=int(_distinct(shingles).size),
        sketch=sketch.astype("<u4").tobytes(),
        lead=lead_sketch.astype("<u4").tobytes(),
        facts=_facts(read, words).astype("<u8").tobytes(),
        keys=_keys(lead_sketch, rare),
    )


def _runs(words: _U64, length: int) -> _U64:
    """One number for each run of so many words."""
    if words.size < length:
        length = words.size
    factors = _factors(length)
    count = words.size - length + 1
    total = words[:count] * factors[0]
    for place in range(1, length):
        total += words[place : place + count] * factors[place]
    return _mix(total)


def _distinct(numbers: NDArray[_Number]) -> NDArray[_Number]:
    """The numbers in order, each once. (`np.unique` takes three times as long for so few.)"""
    ordered = np.sort(numbers)
    keep = np.ones(ordered.size, dtype=bool)
    keep[1:] = ordered[1:] != ordered[:-1]
    return ordered[keep]


def _mix(numbers: _U64) -> _U64:
    """Each number's bits spread over the whole of it (the finish of MurmurHash3)."""
    numbers = (numbers ^ (numbers >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return numbers ^ (numbers >> np.uint64(29))


@cache
def _factors(count: int) -> _U64:
    return _series("factor", count) | np.uint64(1)


@cache
def _permutations(count: int) -> tuple[_U32, _U32]:
    factors, offsets = (_series(name, count).astype(np.uint32)[:, None] for name in ("permutation", "offset"))
    return factors | np.uint32(1), offsets


def _series(name: str, count: int) -> _U64:
    """So many numbers that are the same on every machine."""
    return np.array([xxhash.xxh3_64_intdigest(f"{name} {place}".encode()) for place in range(count)], dtype=np.uint64)


def _minhash(shingles: _U64, count: int) -> _U32:
    factors, offsets = _permutations(count)
    numbers = (shingles >> np.uint64(32)).astype(np.uint32)
    least: _U32 = (factors * numbers[None, :_CHUNK] + offsets).min(axis=1)
    for start in range(_CHUNK, numbers.size, _CHUNK):
        least = np.minimum(least, (factors * numbers[None, start : start + _CHUNK] + offsets).min(axis=1))
    return least


def _facts(read: Words, words: _U64) -> _U64:
    """Each number and name under a hash of what stands around it, other facts there taken as blanks.

    Names in a row are one fact of several words, so that what stands around them does not move with their number. Of a
    long text those with the smallest hashes are kept: of a part of it, the same ones.
    """
    places = np.array(sorted({*read.numbers, *read.names}), dtype=np.intp)
    if not places.size:
        return np.empty(0, np.uint64)
    blanked = words.copy()
    blanked[read.names] = 1
    blanked[read.numbers] = 2
    starts = np.ones(words.size, dtype=bool)
    starts[1:] = (blanked[1:] != blanked[:-1]) | (blanked[1:] != 1)
    units = np.pad(blanked[starts], AROUND)
    around = _runs(units, 2 * AROUND + 1)[np.cumsum(starts)[places] - 1]
    facts = (around & AROUND_BITS) | (words[places] >> np.uint64(32) & ~NUMBER_BIT)
    facts[np.isin(places, read.numbers)] |= NUMBER_BIT
    return _distinct(facts)[:MAX_FACTS]


def _keys(lead: _U32, rare: _U64) -> bytes:
    """The keys to look copies up by: bands of the lead's sketch, and rare runs."""
    packed, band = lead.astype("<u4").tobytes(), ROWS * 4
    digests = [xxhash.xxh3_64_digest(packed[at : at + band], seed=at + 1) for at in range(0, len(packed), band)]
    bands = np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)
    return _distinct(np.concatenate([bands, rare]).view(np.int64)).astype("<i8").tobytes()
