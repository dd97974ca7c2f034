"""What a report is told by: the words of its title, twice, and of its lead, without those of every report. Pure.

News puts what happened, where and to whom into the title and the first sentences; what follows is background that
reports of other events share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import xxhash

from worker.dedupe.words import read_words
from worker.enrich.language import little_words

LEAD = 150  # words of the text; of a script without spaces twice as many characters
LEAD_CHARACTERS = 2_500  # looked at: room for 150 long words
TITLE_COUNTS = 2
STEM = 6  # letters: inflected forms of a word begin alike ("Wahlen", "Wahl-"; "президента", "президенту")
UNSPACED = "\u0e00"  # no character of a script without spaces comes before it


def terms_of(title: str, text: str, language: str | None) -> Counter[int]:
    """How often each term stands in title and lead. A term is the hash of a word's stem, a number or two characters.

    Of scripts without spaces, each two characters in a row stand for a word: no dictionary is needed, and half of
    Chinese words have two.
    """
    lead = read_words(text[:LEAD_CHARACTERS])
    head = read_words(title).words
    words = lead.words[: LEAD * 2 if lead.unspaced else LEAD]
    found = Counter[int]()
    common = little_words(language)
    for part, times in ((head, TITLE_COUNTS), (words, 1)):
        for term in _terms(part, common):
            found[_hash(term)] += times
    return found


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
        if not single and word not in common:
            yield word if word[0].isdecimal() else word[:STEM]


@lru_cache(maxsize=200_000)
def _hash(term: str) -> int:
    return xxhash.xxh3_64_intdigest(term.encode()) & 0xFFFFFFFF
