"""The words of texts and queries: one tokenizer, so that both databases and the matcher find the same.

A word is a run of letters, digits and their marks, without case and accents. Scripts that write no spaces between
words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are cut into overlapping pairs of characters, one for each
character: `東京都` gives `東京 京都 都`. So a run of two characters and more is found by its pairs standing side by
side, and a prefix finds a single one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

VERSION = 1  # of the tokens in the index: with another one, all texts are indexed again
LONGEST = 64  # characters of a word: what lies behind them is cut off, in texts and queries alike
TITLE_WORDS, TEXT_WORDS = 300, 16_000  # Postgres keeps the places of some 16,383 words,
REPEATS = 255  # and so many of one word: the others stand for no word
LOOKED_AT = 100_000  # characters of a text: what Postgres keeps of one has an end, too
NO_WORD = "\ue000"  # the place of a word too often repeated; private use, so that no text and no query has it
SIGN = "\ue001"  # before a single character of a script without spaces, kept once for each text

# What no decomposition takes apart, though people search for it without.
_ALIKE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})
_ALIKE |= str.maketrans({"ک": "ك", "ی": "ي", "ى": "ي"})
# Combining classes that change a letter and not only its tone or length: nukta, kana voicing, virama, Thai vowels.
_LETTERS = frozenset((7, 8, 9, 84, 91, 103, 107, 118, 122, 129, 130, 132))
_SPACE = frozenset("\u200b\u2060")  # parts words without being seen
_UNSPACED = (
    "\u3005\u3007\u3040-\u309f\u30a0-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
)
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED} ]+| +")


class _Folding(dict[int, str]):
    """What becomes of each character, found out once: its letters without case and accents, or a space."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = "".join(_letters(chr(code)))
        return folded


def _letters(sign: str) -> Iterable[str]:
    if sign in _SPACE:
        return " "
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign.casefold()).casefold())
    return (_letter(one) for one in apart.translate(_ALIKE))


def _letter(sign: str) -> str:
    category, accent = unicodedata.category(sign), unicodedata.combining(sign)
    if category == "Cf" or sign == "\u0640" or (accent and accent not in _LETTERS):
        return ""
    return sign if category[0] in "LNM" else " "


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text's words without case and accents, with spaces between them."""
    return text.lower().translate(_FOLDING) if text.isascii() else _composed(text.translate(_FOLDING))


def _composed(text: str) -> str:
    """With Korean syllables and voiced kana in one piece again."""
    return unicodedata.normalize("NFC", text)


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order."""
    folded = fold(text[:LOOKED_AT])[:LOOKED_AT]
    if not _IS_UNSPACED.search(folded):
        words = folded.split()
        return words if len(folded) <= LONGEST else [word[:LONGEST] for word in words]
    found: list[str] = []
    for run in _RUNS.findall(folded):
        if _IS_UNSPACED.match(run):
            found += map("".join, zip(run, [*run[1:], ""], strict=True))
        elif run[0] != " ":
            found.append(run[:LONGEST])
    return found


def is_sign(token: str) -> bool:
    """Whether this is a single character of a script without spaces."""
    return len(token) == 1 and bool(_IS_UNSPACED.match(token))


def is_pair(token: str) -> bool:
    """Whether this is a pair of characters of a script without spaces."""
    return len(token) == 2 and bool(_IS_UNSPACED.match(token))


def signs(found: Iterable[str]) -> list[str]:
    """The marked single characters of these tokens, each once."""
    return sorted({SIGN + token[0] for token in found if _IS_UNSPACED.match(token)})


def bounded(title: list[str], text: list[str]) -> tuple[list[str], list[str]]:
    """The tokens that are kept of a title and a text: so many, and a word that recurs too often not each time."""
    title, text = title[:TITLE_WORDS], text[:TEXT_WORDS]
    if len(title) + len(text) <= REPEATS:
        return title, text
    often = {word for word, count in Counter([*title, *text]).items() if count > REPEATS}
    if not often:
        return title, text
    seen: Counter[str] = Counter()

    def kept(word: str) -> str:
        if word not in often:
            return word
        seen[word] += 1
        return word if seen[word] <= REPEATS else NO_WORD

    return [kept(word) for word in title], [kept(word) for word in text]
