"""Whether two texts are copies of each other, by their fingerprints: how surely, and why in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dateline.nouns.copies import CopyKind, Fingerprint, Match
from worker.dedupe.fingerprint import AROUND_BITS, MAX_FACTS, NUMBER_BIT

Key = TypeVar("Key")
RANK = {kind: place for place, kind in enumerate(CopyKind)}  # the surest first
NEAR = 0.5  # Jaccard of all shingles
CONTAINED = 0.7  # share of the shorter text's shingles that stand in the longer one
LEAD = 0.5  # Jaccard of the leads' shingles
SEEN = 8  # of 128 permutations must agree before containment is more than chance
# Copies differ in few of the facts that stand among the same words (measured: in at most .09 where 5% of the words were
# edited), stories made from one template in many (.12 and up; of numbers alone .3 and up).
DIFFER = ((3, 0.12), (2, 0.25))  # so many facts, and more than this share of those in equal places
NUMBERS_DIFFER = (2, 0.3)
FACTS = 0.7  # share of the smaller set of numbers and names that the other must have, where places tell too little:
PLACES = 5  # fewer than these, or more than a tenth of them differing


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two texts are: shares from 0 to 1, estimated from their sketches."""

    whole: float  # Jaccard of all shingles
    contained: float
    lead: float
    facts: float  # overlap of the numbers and names, of the smaller set
    places: int  # facts of both that stand among the same words
    differing: int  # of those, the ones that are not the same
    number_places: int = 0  # of the places, those of numbers
    numbers_differing: int = 0


def best_match(one: Fingerprint, others: Iterable[tuple[Key, Fingerprint]]) -> tuple[Key, Match] | None:
    """The one of these texts that this is the surest copy of; of equally sure ones, the first."""
    found = [(key, match) for key, other in others if (match := compare(one, other)) is not None]
    return min(found, key=lambda pair: (RANK[pair[1].kind], -pair[1].score), default=None)


def compare(one: Fingerprint, other: Fingerprint) -> Match | None:
    """Whether these texts are copies. The same whichever is named first."""
    if one.version != other.version:
        return None
    if one.text_hash == other.text_hash:
        return Match(CopyKind.SAME_TEXT, 1.0, "the same words")
    return judge(liken(one, other))


def judge(like: Likeness) -> Match | None:
    """What a likeness amounts to: a near copy, one that begins alike, or none."""
    near = like.whole >= NEAR or like.contained >= CONTAINED
    if (not near and like.lead < LEAD) or of_one_template(like):
        return None
    kind, score = (CopyKind.NEAR, max(like.whole, like.contained)) if near else (CopyKind.LEAD, like.lead)
    reason = f"{like.whole:.0%} alike, {like.contained:.0%} of the shorter one in both, leads {like.lead:.0%} alike"
    return Match(kind, round(score, 3), f"{reason}; {like.facts:.0%} of numbers and names shared")


def of_one_template(like: Likeness) -> bool:
    """Whether two texts that are alike tell different things: robots' reports of two earthquakes, of two firms.

    They are alike in all but their facts. Copies, however they were cut or edited, agree on nearly all facts that stand
    among the same words.
    """
    many, share = NUMBERS_DIFFER
    if like.numbers_differing >= many and like.numbers_differing > share * like.number_places:
        return True
    if any(like.differing >= many and like.differing > share * like.places for many, share in DIFFER):
        return True
    unsure = like.places < PLACES or like.differing * 10 > like.places
    return unsure and like.facts < FACTS


def liken(one: Fingerprint, other: Fingerprint) -> Likeness:
    """Compare two fingerprints of one version."""
    agreeing = int(np.count_nonzero(_sketch(one.sketch) == _sketch(other.sketch)))
    whole = agreeing / (len(one.sketch) // 4)
    shared = whole * (one.size + other.size) / (1 + whole)
    contained = min(1.0, shared / min(one.size, other.size)) if agreeing >= SEEN else whole
    lead = float(np.mean(_sketch(one.lead) == _sketch(other.lead)))
    return Likeness(whole, max(whole, contained), lead, *_facts(one.facts, other.facts))


def _sketch(packed: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(packed, dtype="<u4")


def _facts(one: bytes, other: bytes) -> tuple[float, int, int, int, int]:
    """Overlap of the facts themselves; how many stand among the same words in both; how many of these differ."""
    a, b = np.frombuffer(one, dtype="<u8"), np.frombuffer(other, dtype="<u8")
    if not a.size or not b.size:
        return 1.0, 0, 0, 0, 0
    a, b = a[a <= _reach(b)], b[b <= _reach(a)]
    words = np.unique(a & ~AROUND_BITS), np.unique(b & ~AROUND_BITS)
    fewest = min(words[0].size, words[1].size)
    overlap = np.intersect1d(*words, assume_unique=True).size / fewest if fewest else 1.0
    numbers = a[(a & NUMBER_BIT).astype(bool)], b[(b & NUMBER_BIT).astype(bool)]
    return overlap, *_places(a, b), *_places(*numbers)


def _places(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> tuple[int, int]:
    """How many places have facts of both, and at how many of these each has one that the other lacks."""
    only_a, only_b = np.setdiff1d(a, b, assume_unique=True), np.setdiff1d(b, a, assume_unique=True)
    both, differing = (np.intersect1d(x & AROUND_BITS, y & AROUND_BITS).size for x, y in ((a, b), (only_a, only_b)))
    return both, differing


def _reach(facts: NDArray[np.uint64]) -> np.uint64:
    """Up to where a set of facts is complete: one that was capped lacks what is above its last."""
    return facts[-1] if facts.size == MAX_FACTS else np.uint64(0xFFFFFFFFFFFFFFFF)
