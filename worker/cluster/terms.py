"""What a report is told by: the words of its title, twice, and of its lead, without those of every report. Pure.

News puts what happened, where and to whom into the title and the first sentences; what follows is background that
reports of other events share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import xxhash

from worker.dedupe.words import Words, read_words
from worker.enrich.language import little_words

LEAD = 150  # words of the text; of a script without spaces twice as many characters
LEAD_CHARACTERS = 2_500  # looked at: room for 150 long words
TITLE_COUNTS = 2
STEM = 6  # letters: inflected forms of a word begin alike ("protest", "protesters"; "президента", "президенту")
UNSPACED = "\u0e00"  # no character of a script without spaces comes before it
CAPITALS = 0.6  # of a title's words: with more, capitals tell no names in it


@dataclass(frozen=True, slots=True)
class Terms:
    """How often each term stands in title and lead; and which of them are names and numbers."""

    counts: Mapping[int, int] = field(default_factory=dict)
    facts: frozenset[int] = frozenset()


def terms_of(title: str, text: str, language: str | None) -> Terms:
    """A report's terms: hashes of its words' stems, its numbers, and of each two characters in a row.

    These stand for words in scripts without spaces: no dictionary is needed, and most Chinese words have two.
    """
    head, lead = read_words(title), read_words(text[:LEAD_CHARACTERS])
    words = lead.words[: LEAD * 2 if lead.unspaced else LEAD]
    common = little_words(language)
    counts = Counter[int]()
    for part, times in ((head.words, TITLE_COUNTS), (words, 1)):
        for term in _terms(part, common):
            counts[_hash(term)] += times
    named = list(_facts(lead, len(words)))
    if len(head.names) <= CAPITALS * len(head.words):
        named += _facts(head, len(head.words))
    return Terms(counts, frozenset(_hash(term) for term in _terms(named, common)))


def _terms(words: Sequence[str], common: frozenset[str]) -> Iterator[str]:
    before = ""
    for word in words:
        single = len(word) == 1
        if single and word >= UNSPACED:
            if before:
                yield before + word
            before = word
            continue
        before = ""
        if single:
            continue
        if word not in common:
            yield word if word[0].isdecimal() else word[:STEM]


def _facts(read: Words, end: int) -> Iterator[str]:
    """The names and numbers among the first words."""
    return (read.words[place] for place in (*read.names, *read.numbers) if place < end)


@lru_cache(maxsize=200_000)
def _hash(term: str) -> int:
    return xxhash.xxh3_64_intdigest(term.encode()) & 0xFFFFFFFF
