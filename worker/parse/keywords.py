"""Keywords as publishers give them: cleaned, each once, and not too many."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from worker.parse.text import clean, fold

MAX_KEYWORDS = 40
MAX_LENGTH = 80  # characters of one
MAX_VALUE = 4_000  # characters of one value that are read

_SPLIT = re.compile(r"\s*[,;|、，؛،\n]\s*")
_MACHINE = re.compile(
    r"^[\w.-]+[:=]\S|^(?:nlp |\w* ?category:)|^[\d\W_]+$|^https?:|^[0-9a-f-]{16,}$", re.IGNORECASE
)  # "page_id:17", "12345"


def clean_keywords(values: Iterable[str], without: Iterable[str] = ()) -> tuple[str, ...]:
    """The words in values that are lists or parts of one, in order, each once whatever its case.

    What was written for programs is left out, and the words of `without`: a site's own name.
    """
    seen = {fold(name) for name in without}
    words: list[str] = []
    for value in values:
        for part in _SPLIT.split(html.unescape(value[:MAX_VALUE])):
            word = clean(part).strip("#\"'“”")
            if 2 <= len(word) <= MAX_LENGTH and not _MACHINE.search(word) and fold(word) not in seen:
                seen.add(fold(word))
                words.append(word)
                if len(words) == MAX_KEYWORDS:
                    return tuple(words)
    return tuple(words)
