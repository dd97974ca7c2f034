"""The tags of flat markup, in arrays: where they are, what they are, which elements they make, and who holds whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.parse.blocks import OTHER_TAG, TAG, VOID, Index

MAX_TAGS = 60_000  # of one page, after pruning, that are looked at; the longest live blogs have 20,000

# What a tag is beside one of TAGS: within a text, or without one of its own.
LINK, LOUD, BREAK, EMPTY = range(OTHER_TAG + 1, OTHER_TAG + 5)
_KINDS = {
    **TAG,
    **dict.fromkeys(VOID, EMPTY),
    **dict.fromkeys(("b", "strong", "em", "i"), LOUD),
    "a": LINK,
    "br": BREAK,
}
_KIND_OF_NAME = {int.from_bytes(name.encode()[:8], "little"): kind for name, kind in _KINDS.items()}
_NAMES = np.array(sorted(_KIND_OF_NAME), np.uint64)
_KIND = np.array([_KIND_OF_NAME[name] for name in sorted(_KIND_OF_NAME)], np.uint8)


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of some pages, one page's after another's; places are counted from the first page's beginning."""

    base: Index  # where the markup of each page begins, and at last where all ends
    first: Index  # the first tag of each page, and at last how many there are
    cut: NDArray[np.bool_]  # of each page, whether it has more tags than are looked at
    page: Index  # of each tag
    begin: Index  # where it does
    end: Index  # its ">"
    behind: Index  # where the text behind it ends
    said: Index  # characters of that text; 0 for a space
    kind: NDArray[np.uint8]  # an index of TAGS, OTHER_TAG, LINK, LOUD, BREAK or EMPTY
    closing: NDArray[np.bool_]

    def running(self, steps: NDArray[Any]) -> Index:
        """The sum of steps up to each tag, from its page's first."""
        total: Index = np.cumsum(steps, dtype=np.int64)
        before: Index = np.append(0, total)[self.first]
        return total - before[self.page]


def read_tags(flats: Sequence[str]) -> Tags:
    """Find the tags in some pages' markup, up to MAX_TAGS a page. < and > stand for nothing else there."""
    letters = np.frombuffer(b"".join([flat.encode("ascii", "replace") for flat in flats]) + bytes(8), np.uint8)
    base = np.append(0, np.cumsum([len(flat) for flat in flats], dtype=np.int64))
    begin, end = np.flatnonzero(letters == ord("<")), np.flatnonzero(letters == ord(">"))
    if len(begin) != len(end):  # names may hold a "<"
        begin = begin[np.searchsorted(begin, np.append(-1, end[:-1]))]
    first = np.searchsorted(begin, base)
    counts = np.diff(first)
    page = np.repeat(np.arange(len(flats)), counts)
    behind = np.minimum(np.append(begin[1:], base[-1]), base[page + 1])
    cut = counts > MAX_TAGS
    if cut.any():
        kept = np.arange(len(page)) - first[page] < MAX_TAGS
        page, begin, end, behind = page[kept], begin[kept], end[kept], behind[kept]
        first = np.append(0, np.cumsum(np.minimum(counts, MAX_TAGS)))
    after = letters[begin + 1]
    closing = after == ord("/")
    # The first eight letters of each name as one number, to be looked up; from the first space or ">" on they are 0.
    word = np.ndarray(len(letters) - 7, "<u8", letters, strides=(1,))[begin + 1 + closing]
    stop = _first_byte(word, ord(" ")) | _first_byte(word, ord(">"))
    name = word & (((stop & -stop) >> np.uint64(7)) - np.uint64(1))
    known = np.minimum(np.searchsorted(_NAMES, name), len(_NAMES) - 1)
    kind = np.where(_NAMES[known] == name, _KIND[known], np.uint8(OTHER_TAG))
    kind[(after < ord("A")) & ~closing] = EMPTY  # <?php ... > and the like
    said = behind - end - 1
    said[(said == 1) & (letters[end + 1] == ord(" "))] = 0
    return Tags(base, first, cut, page, begin, end, behind, said, kind, closing)


def _first_byte(words: NDArray[np.uint64], byte: int) -> NDArray[np.uint64]:
    """Eight letters each: the lowest bit that is set is the highest of the first letter that is `byte`."""
    ones = np.uint64(0x0101010101010101)
    unlike = words ^ (ones * np.uint64(byte))
    return (unlike - ones) & ~unlike & (ones << np.uint64(7))


class Elements:
    """The elements of some pages, numbered through from 1; 0 is the root of them all."""

    def __init__(self, tags: Tags, opens: NDArray[np.bool_], depth: Index) -> None:
        self.tag = np.append(-1, np.flatnonzero(opens))  # the tag that begins each
        self.depth = np.append(0, depth[opens])
        self.kind = np.append(np.uint8(OTHER_TAG), tags.kind[opens])
        self.first = np.append(0, np.cumsum(opens))[tags.first] + 1  # the first element of each page, and one past all
        self._page = tags.page
        self._stride = len(opens) + 2
        places = self.depth * self._stride + self.tag
        self._order = np.argsort(places)
        self._places = places[self._order]
        self.parent = self.innermost(self.depth - 1, self.tag)
        self.parent[0] = 0

    def innermost(self, depth: Index, tag: Index) -> Index:
        """The last element of its page that opens so deep at a tag or before it."""
        found = self._order[np.searchsorted(self._places, depth * self._stride + tag, "right") - 1]
        found[(depth <= 0) | (found < self.first[self._page[tag]])] = 0
        return found

    def inherited(self, own: Index, merge: np.ufunc) -> Index:
        """What each element has of its own, merged with what all around it have."""
        found, above = own, self.parent
        for _ in range(int(self.depth.max()).bit_length()):
            found, above = merge(found, found[above]), above[above]
        return found
