"""Which of the texts known may be copies of one another: those that share keys, the most first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import xxhash

from dateline.nouns.copies import Fingerprint

OWNERS = 8  # of one key, the newest: words that stand under every story of an agency are no clue
MOST = 24  # candidates that are compared with one text


def mark_of(url_key: str) -> int:
    """The number by which keys name the text of this URL key: known before its article is stored."""
    return xxhash.xxh3_64_intdigest(url_key.encode()) - (1 << 63)


def keys_of(one: Fingerprint) -> list[int]:
    """The keys to look this text's copies up by, ascending."""
    keys: list[int] = np.frombuffer(one.keys, dtype="<i8").tolist()
    return keys


def likely(mark: int, keys: Iterable[int], owners: Mapping[int, Iterable[int]]) -> list[int]:
    """The marks of the texts that share keys with this one, those with the most in common first."""
    shared = Counter(owner for key in keys for owner in owners.get(key, ()) if owner != mark)
    return [owner for owner, _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST]]
