"""What went and what came between two texts, word by word. Pure, exact, and bounded on whatever it is given.

Equal paragraphs, then words that stand once in both, part the texts into short stretches; each of those is compared by
the greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). A stretch that differs
too much, and all that is left when the allowance of steps is spent, is told as gone and come whole: still true.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from worker.dedupe.words import UNSPACED

Op = Literal["same", "added", "removed"]
STEPS = 800_000  # of the inner loop, of one comparison: about half a second
APART = 100  # changes in one leg of the way through a stretch
ALIKE = 0.35  # of the shorter of two stretches: with fewer letters the same, they have only small words in common
BREAK = "\n\n"  # between two paragraphs

# Words with what joins them, numbers with their points, marks and signs one by one, a character where no spaces are.
_TOKEN = re.compile(
    rf"\n\n|[^\S\n]+|[{UNSPACED}][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece]*"
    rf"|\d+(?:[.,:\u066b\u066c]\d+)*|(?:(?![{UNSPACED}\d])\w)+(?:['\u2019\-](?:(?![{UNSPACED}\d])\w)+)*|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both, only in the newer, or only in the older."""

    op: Op
    text: str


def diff(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces from one text to the other: `same` and `removed` give the older back, `same` and `added` the newer."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    allowance = [STEPS]
    ops: list[tuple[Op, str]] = []
    for a, b in _parted(_paragraphs(old), _paragraphs(new)):
        if a == b:
            ops += [("same", word) for word in a]
        else:
            ops += _between(a, b, allowance)
    return tuple(_joined(_without_crumbs(ops)))


def older(pieces: Sequence[Piece]) -> str:
    """The text before."""
    return "".join(piece.text for piece in pieces if piece.op != "added")


def newer(pieces: Sequence[Piece]) -> str:
    """The text after."""
    return "".join(piece.text for piece in pieces if piece.op != "removed")


def _paragraphs(words: list[str]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    start = 0
    for place, word in enumerate(words):
        if word == BREAK:
            found.append(tuple(words[start : place + 1]))
            start = place + 1
    return [*found, tuple(words[start:])] if words[start:] else found


def _parted(a: list[tuple[str, ...]], b: list[tuple[str, ...]]) -> Iterator[tuple[list[str], list[str]]]:
    """The texts in pairs of stretches: whole paragraphs that stand in both, and what lies between these."""
    at_a, at_b = 0, 0
    for i, j in [*_anchors(a, b), (len(a), len(b))]:
        if i > at_a or j > at_b:
            yield _flat(a[at_a:i]), _flat(b[at_b:j])
        if i < len(a):
            yield list(a[i]), list(b[j])
        at_a, at_b = i + 1, j + 1


def _flat(parts: Sequence[tuple[str, ...]]) -> list[str]:
    return [word for part in parts for word in part]


def _anchors(a: Sequence[object], b: Sequence[object]) -> list[tuple[int, int]]:
    """Pairs of places with equal items, rising in both: common heads and tails, and between them what stands once."""
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    once_a, once_b = _once(a, head, len(a) - tail), _once(b, head, len(b) - tail)
    pairs = [(i, once_b[item]) for item, i in once_a.items() if item in once_b]
    return [
        *((i, i) for i in range(head)),
        *_rising(pairs),
        *((len(a) - k, len(b) - k) for k in range(tail, 0, -1)),
    ]


def _once(items: Sequence[object], start: int, stop: int) -> dict[object, int]:
    places: dict[object, int] = {}
    for place in range(start, stop):
        places[items[place]] = -1 if items[place] in places else place
    return {item: place for item, place in places.items() if place >= 0}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs (rising in the first) that rises in the second too: patience sorting."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for place, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        tops[pile : pile + 1] = [j]
        piles[pile : pile + 1] = [place]
        before.append(piles[pile - 1] if pile else -1)
    found: list[tuple[int, int]] = []
    place = piles[-1] if piles else -1
    while place >= 0:
        found.append(pairs[place])
        place = before[place]
    return found[::-1]


def _between(a: list[str], b: list[str], allowance: list[int]) -> list[tuple[Op, str]]:
    """Two stretches of words: parted again at the words that stand once in both, and compared between these."""
    ops: list[tuple[Op, str]] = []
    at_a, at_b = 0, 0
    for i, j in [*_anchors(a, b), (len(a), len(b))]:
        ops += _myers(a[at_a:i], b[at_b:j], allowance)
        if i < len(a):
            ops.append(("same", a[i]))
        at_a, at_b = i + 1, j + 1
    same = sum(len(word) for op, word in ops if op == "same")
    return ops if same >= ALIKE * min(sum(map(len, a)), sum(map(len, b))) else _replaced(a, b)


def _replaced(a: Sequence[str], b: Sequence[str]) -> list[tuple[Op, str]]:
    gone: list[tuple[Op, str]] = [("removed", word) for word in a]
    come: list[tuple[Op, str]] = [("added", word) for word in b]
    return gone + come


def _myers(a: Sequence[str], b: Sequence[str], allowance: list[int]) -> list[tuple[Op, str]]:
    """The shortest way from one to the other. A long one is walked in legs, each as far as so many changes lead."""
    ops: list[tuple[Op, str]] = []
    while a and b and allowance[0] > 0:
        leg, x, y = _leg(a, b, allowance)
        ops += leg
        a, b = a[x:], b[y:]
    return ops + _replaced(a, b)


def _leg(a: Sequence[str], b: Sequence[str], allowance: list[int]) -> tuple[list[tuple[Op, str]], int, int]:
    """The way from the heads of both as far as APART changes lead, and how much of each that is."""
    ends = {1: 0}
    trail: list[dict[int, int]] = []
    for d in range(APART + 1):
        trail.append(dict(ends))
        for k in range(-d, d + 1, 2):
            down = k == -d or (k != d and ends[k - 1] < ends[k + 1])
            x = start = ends[k + 1] if down else ends[k - 1] + 1
            while x < len(a) and x - k < len(b) and a[x] == b[x - k]:
                x += 1
            allowance[0] -= 1 + x - start
            ends[k] = x
            if x >= len(a) and x - k >= len(b):
                return _walked_back(a, b, trail, x, x - k), x, x - k
    # A way that left the texts never comes back into them: one of those that did not led furthest.
    inside = [k for k in range(-APART, APART + 1, 2) if ends[k] <= len(a) and ends[k] - k <= len(b)]
    k = max(inside, key=lambda k: 2 * ends[k] - k)
    return _walked_back(a, b, trail, ends[k], ends[k] - k), ends[k], ends[k] - k


def _walked_back(
    a: Sequence[str], b: Sequence[str], trail: list[dict[int, int]], x: int, y: int
) -> list[tuple[Op, str]]:
    ops: list[tuple[Op, str]] = []
    for d in range(len(trail) - 1, -1, -1):
        ends, k = trail[d], x - y
        down = k == -d or (k != d and ends[k - 1] < ends[k + 1])
        from_k = k + 1 if down else k - 1
        from_x = ends[from_k] if d else 0
        from_y = from_x - from_k if d else 0
        while x > from_x and y > from_y:
            x, y = x - 1, y - 1
            ops.append(("same", a[x]))
        if d and down:
            y -= 1
            ops.append(("added", b[y]))
        elif d:
            x -= 1
            ops.append(("removed", a[x]))
    return ops[::-1]


def _without_crumbs(ops: list[tuple[Op, str]]) -> list[tuple[Op, str]]:
    """Spaces and marks that happen to be equal between two changes belong to the changes: nobody reads crumbs."""
    found: list[tuple[Op, str]] = []
    runs = [(same, list(run)) for same, run in groupby(ops, key=lambda pair: pair[0] == "same")]
    for place, (same, run) in enumerate(runs):
        words = [word for _, word in run]
        crumb = same and 0 < place < len(runs) - 1 and not any(one == BREAK or _says(one) for one in words)
        found += _replaced(words, words) if crumb else run
    return found


def _says(word: str) -> bool:
    return any(map(str.isalnum, word))


def _joined(ops: list[tuple[Op, str]]) -> Iterator[Piece]:
    """Runs of one kind in one piece each; where something was replaced, what went stands before what came."""
    for same, run in groupby(ops, key=lambda pair: pair[0] == "same"):
        words = list(run)
        ops_of_run: tuple[Op, ...] = ("same",) if same else ("removed", "added")
        for op in ops_of_run:
            if text := "".join(word for kind, word in words if kind == op):
                yield Piece(op, text)
