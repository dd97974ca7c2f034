"""The late reports of one language, each in a cluster; which clusters a report is near to. Pure.

A report is a short vector: its heaviest terms, weighed by how often they stand in it and by how rare they were in the
window when it came, of length one in whole numbers. A cluster is the sum of its members. Whole numbers add up alike in
any order, so that a window filled again from the database is the very window that was lost.

The window finds clusters by its terms' postings. Terms that stand in many reports are left out of vectors, so that what
finding costs hardly grows with the window.
"""

from __future__ import annotations

from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

UNIT = 10_000  # the length of a vector
TERMS = 48  # of one vector: its heaviest
COMMON, COMMON_LEAST = 0.03, 50  # what stands in more of the window's reports tells none of them from another
MOST = 200_000  # reports in a window: some 500 MB
PRIOR = 300  # reports that an empty window is reckoned to hold, so that the first are not near for common words
_SHIFT, _WEIGHT = np.uint64(16), np.uint64(0xFFFF)
_SPARE = 1024  # slots


@dataclass(frozen=True, slots=True)
class Vector:
    """A report's terms in their order, and their weights."""

    terms: NDArray[np.uint32]
    weights: NDArray[np.uint16]

    def packed(self) -> bytes:
        """As it is stored."""
        return self.terms.astype("<u4").tobytes() + self.weights.astype("<u2").tobytes()

    @staticmethod
    def unpacked(stored: bytes) -> Vector:
        """The vector that was stored."""
        count = len(stored) // 6
        return Vector(np.frombuffer(stored, "<u4", count), np.frombuffer(stored, "<u2", count, count * 4))

    @property
    def length(self) -> int:
        """Squared."""
        weights = self.weights.astype(np.int64)
        return int(weights @ weights)


@dataclass(frozen=True, slots=True)
class Compared:
    """A report beside another: how near they are, and what share of its facts and of its other words the other has."""

    cosine: float
    facts: float
    words: float


@dataclass(slots=True)
class _Member:
    slot: int
    cluster: int
    vector: Vector
    at: float
    since: float


@dataclass(slots=True)
class _Cluster:
    label: int  # a slot that only its members' places point to
    members: dict[int, None] = field(default_factory=dict)  # article ids, the oldest arrival first
    length: int = 0  # squared


class Window:
    """Reports by article id, in clusters named by numbers of the caller's. Times are seconds."""

    def __init__(self) -> None:
        self._members: OrderedDict[int, _Member] = OrderedDict()
        self._clusters: dict[int, _Cluster] = {}
        self._postings: dict[int, array[int]] = {}  # by term: slot and weight, packed; those of reports that left too
        self._frequency: Counter[int] = Counter()
        self._slots = 1  # slot 0 is nobody's: what left points there
        self._labels: NDArray[np.int64] = np.zeros(_SPARE, np.int64)  # by slot
        self._lengths: NDArray[np.int64] = np.ones(_SPARE, np.int64)  # by label, as in clusters
        self._names: list[int] = [0]  # by label

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, article: int) -> bool:
        return article in self._members

    # --- vectors ---

    def vector(self, counts: Mapping[int, int]) -> Vector:
        """The vector of a report whose terms stand in it so often; empty where it has no word of its own."""
        often = max(COMMON_LEAST, int(COMMON * len(self)))
        total, frequency = len(self) + PRIOR, self._frequency
        weighed = [
            (-(1 + log(count)) * log(total / (here + 1)), term)
            for term, count in counts.items()
            if (here := frequency.get(term, 0)) <= often
        ]
        heaviest = sorted(weighed)[:TERMS]
        length = sqrt(sum(weight * weight for weight, _ in heaviest)) or 1.0
        ordered = sorted((term, round(-weight / length * UNIT)) for weight, term in heaviest)
        kept = [(term, weight) for term, weight in ordered if weight > 0]
        return Vector(
            np.array([term for term, _ in kept], np.uint32), np.array([weight for _, weight in kept], np.uint16)
        )

    # --- what is near ---

    def nearest(self, vector: Vector, least: float) -> list[tuple[int, float]]:
        """The clusters whose cosine with this vector is at least so much, the nearest first."""
        found = [
            (np.frombuffer(postings, np.uint64), weight)
            for term, weight in zip(vector.terms.tolist(), vector.weights.tolist(), strict=True)
            if (postings := self._postings.get(term)) is not None
        ]
        if not found:
            return []
        packed = np.concatenate([postings for postings, _ in found])
        weights = np.repeat([weight for _, weight in found], [postings.size for postings, _ in found])
        sums = np.bincount(self._labels[packed >> _SHIFT], (packed & _WEIGHT).astype(np.float64) * weights)
        sums[0] = 0
        near = np.flatnonzero(sums)
        cosines = sums[near] / np.sqrt(self._lengths[near].astype(np.float64) * vector.length)
        enough = cosines >= least
        pairs = zip(near[enough].tolist(), cosines[enough].tolist(), strict=True)
        return sorted(((self._names[label], cosine) for label, cosine in pairs), key=lambda one: (-one[1], one[0]))

    def compared(self, vector: Vector, facts: frozenset[int], cluster: int, *, newest: int) -> list[Compared]:
        """A vector compared with each of a cluster's newest reports, its facts and its other words apart."""
        found = [self.of(one) for one in self.members(cluster)[-newest:]]
        terms = np.concatenate([one.terms for one in found])
        places = np.minimum(np.searchsorted(vector.terms, terms), vector.terms.size - 1)
        shared = vector.terms[places] == terms
        own, is_fact = vector.weights.astype(np.float64), np.isin(vector.terms, list(facts))
        whose = np.repeat(np.arange(len(found)), [one.terms.size for one in found])

        def summed(weights: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.bincount(whose, weights * shared, len(found)).astype(np.float64)

        dots = summed(np.concatenate([one.weights for one in found]) * own[places])
        cosines = dots / np.sqrt([float(one.length * vector.length) for one in found])
        of_facts, of_words = (
            summed((own * own * kind)[places]) / max(1.0, float((own * own)[kind].sum()))
            for kind in (is_fact, ~is_fact)
        )
        rows = zip(cosines.tolist(), of_facts.tolist(), of_words.tolist(), strict=True)
        return [Compared(*row) for row in rows]

    def cosine(self, cluster: int, other: int) -> float:
        """How near two clusters are to each other."""
        mine, others = self._clusters[cluster], self._clusters[other]
        dot = _dot(self._vectors(mine), _sum(self._vectors(others)))
        return dot / sqrt(mine.length * others.length)

    def members(self, cluster: int) -> list[int]:
        """The articles of a cluster that are in the window, the oldest arrival first."""
        found = self._clusters.get(cluster)
        return sorted(found.members, key=lambda one: self._members[one].slot) if found else []

    def of(self, article: int) -> Vector:
        """The vector of a report in the window."""
        return self._members[article].vector

    def at(self, article: int) -> float:
        """When a report in the window was published."""
        return self._members[article].at

    def span(self, cluster: int) -> tuple[float, float]:
        """When the first and the last of a cluster's reports in the window were published."""
        times = [self._members[one].at for one in self._clusters[cluster].members]
        return min(times), max(times)

    # --- coming, moving, leaving ---

    def add(self, article: int, cluster: int, vector: Vector, at: float, since: float) -> None:
        """A report comes, into this cluster. One without terms is not kept: nothing would find it."""
        if not vector.terms.size:
            return
        self._make_room()
        slot, self._slots = self._slots, self._slots + 1
        self._names.append(0)
        self._members[article] = _Member(slot, cluster, vector, at, since)
        self._post(slot, vector)
        self._frequency.update(vector.terms.tolist())
        self._enter(article, cluster)

    def fill(self, reports: Iterable[tuple[int, int, Vector, float, float]]) -> None:
        """All that an empty window had, by the arguments of `add`, in the order of arrival."""
        for article, name, vector, at, since in reports:
            if vector.terms.size:
                self._members[article] = _Member(0, name, vector, at, since)
                self._clusters.setdefault(name, _Cluster(0)).members[article] = None
                self._frequency.update(vector.terms.tolist())
        for cluster in self._clusters.values():
            vectors = self._vectors(cluster)
            cluster.length = vectors[0].length if len(vectors) == 1 else _length(_sum(vectors))
        self._pack()

    def remove(self, article: int) -> None:
        """A report leaves, if it is there."""
        if (member := self._members.get(article)) is None:
            return
        self._leave(article)
        del self._members[article]
        self._labels[member.slot] = 0
        for term in member.vector.terms.tolist():
            if self._frequency[term] == 1:
                del self._frequency[term], self._postings[term]
            else:
                self._frequency[term] -= 1

    def move(self, articles: Iterable[int], cluster: int) -> None:
        """Reports go to another cluster."""
        for article in articles:
            if article in self._members:
                self._leave(article)
                self._enter(article, cluster)

    def forget(self, before: float) -> None:
        """Let those leave that came before this moment, and the oldest where there are too many."""
        while self._members:
            article = next(iter(self._members))
            if self._members[article].since > before and len(self._members) <= MOST:
                return
            self.remove(article)

    def _enter(self, article: int, name: int) -> None:
        member = self._members[article]
        cluster = self._clusters.get(name)
        if cluster is None:
            cluster = self._clusters[name] = _Cluster(member.slot)
            self._names[member.slot] = name
        own = member.vector
        cluster.length += 2 * _dot(self._vectors(cluster), (own.terms, own.weights.astype(np.int64))) + own.length
        cluster.members[article] = None
        member.cluster = name
        self._labels[member.slot] = cluster.label
        self._lengths[cluster.label] = cluster.length

    def _leave(self, article: int) -> None:
        member = self._members[article]
        cluster, own = self._clusters[member.cluster], member.vector
        del cluster.members[article]
        if not cluster.members:
            del self._clusters[member.cluster]
            return
        cluster.length -= 2 * _dot(self._vectors(cluster), (own.terms, own.weights.astype(np.int64))) + own.length
        if cluster.label == member.slot:
            self._label(member.cluster, cluster)
        self._lengths[cluster.label] = cluster.length

    def _label(self, name: int, cluster: _Cluster) -> None:
        """Give a cluster the slot of its oldest member for a label."""
        slots = [self._members[one].slot for one in cluster.members]
        cluster.label = slots[0]
        self._labels[slots] = cluster.label
        self._names[cluster.label] = name

    def _vectors(self, cluster: _Cluster) -> list[Vector]:
        return [self._members[one].vector for one in cluster.members]

    def _post(self, slot: int, vector: Vector) -> None:
        for term, weight in zip(vector.terms.tolist(), vector.weights.tolist(), strict=True):
            packed = slot << 16 | weight
            if (postings := self._postings.get(term)) is None:
                self._postings[term] = array("Q", (packed,))
            else:
                postings.append(packed)

    def _make_room(self) -> None:
        """Give out slots anew where most stand for reports that left; else make room for more."""
        if self._slots > 2 * len(self._members) + _SPARE:
            self._pack()
        elif self._slots == self._labels.size:
            self._labels = np.concatenate([self._labels, np.zeros_like(self._labels)])
            self._lengths = np.concatenate([self._lengths, np.ones_like(self._lengths)])

    def _pack(self) -> None:
        members = list(self._members.values())
        size = 2 * len(members) + 2 * _SPARE
        self._labels, self._lengths = np.zeros(size, np.int64), np.ones(size, np.int64)
        self._names, self._slots = [0] * (len(members) + 1), len(members) + 1
        for slot, member in enumerate(members, 1):
            member.slot = slot
        self._postings = _postings(members)
        for name, cluster in self._clusters.items():
            self._label(name, cluster)
            self._lengths[cluster.label] = cluster.length


def _postings(members: list[_Member]) -> dict[int, array[int]]:
    """By term the slots and weights of these, packed; all at once, since a window is large."""
    if not members:
        return {}
    terms = np.concatenate([one.vector.terms for one in members])
    weights = np.concatenate([one.vector.weights for one in members]).astype(np.uint64)
    slots = np.repeat(np.array([one.slot for one in members], np.uint64), [one.vector.terms.size for one in members])
    order = np.argsort(terms, kind="stable")
    terms, packed = terms[order], (slots << _SHIFT | weights)[order]
    starts = np.flatnonzero(np.concatenate([[True], terms[1:] != terms[:-1]]))
    ends = [*starts[1:].tolist(), terms.size]
    pieces = zip(terms[starts].tolist(), starts.tolist(), ends, strict=True)
    return {term: array("Q", packed[start:end].tobytes()) for term, start, end in pieces}


_Sum = tuple[NDArray[np.uint32], NDArray[np.int64]]


def _sum(vectors: list[Vector]) -> _Sum:
    """The sum of these vectors: its terms in their order, and their weights."""
    terms, place = np.unique(np.concatenate([one.terms for one in vectors]), return_inverse=True)
    weights = np.bincount(place, np.concatenate([one.weights for one in vectors]))
    return terms, weights.astype(np.int64)


def _length(total: _Sum) -> int:
    """Squared."""
    return int(total[1] @ total[1])


def _dot(vectors: list[Vector], other: _Sum) -> int:
    """The product of the sum of these vectors with another sum."""
    if not vectors or not other[0].size:
        return 0
    terms = np.concatenate([one.terms for one in vectors])
    weights = np.concatenate([one.weights for one in vectors]).astype(np.int64)
    places = np.minimum(np.searchsorted(other[0], terms), other[0].size - 1)
    return int((weights * other[1][places])[other[0][places] == terms].sum())
