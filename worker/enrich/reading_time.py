"""How long reading an article takes: words at a reader's pace, characters where words are not parted by spaces."""

from __future__ import annotations

import re

import numpy as np

from dateline.nouns.enrichments import Enrichable

WORDS = 238  # a minute, silently (Brysbaert 2019, a meta-analysis of 190 studies)
CHARACTERS = 500  # a minute, of Chinese, Japanese, Thai and their like
_RANGES = ((0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_UNSPACED = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in _RANGES)}]+")


class ReadingTime:
    """{"words": 527, "characters": 0, "minutes": 2.2}; None where there is no text."""

    name = "reading_time"
    version = "1"

    def enrich(self, article: Enrichable) -> dict[str, object] | None:
        """Count the words; `characters` are those of scripts without spaces, which are in no word."""
        text, characters = article.text, _unspaced(article.text)
        words = len((_UNSPACED.sub(" ", text) if characters else text).split())
        if not words and not characters:
            return None
        minutes = round(words / WORDS + characters / CHARACTERS, 1)
        return {"words": words, "characters": characters, "minutes": max(minutes, 0.1)}


def _unspaced(text: str) -> int:
    """How many characters are of scripts without spaces. (By a regular expression it takes six times as long.)"""
    if text.isascii():
        return 0
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    return sum(int(np.count_nonzero((codes >= first) & (codes <= last))) for first, last in _RANGES)
