"""A line of text as words, counts and signs; the counter phrases by their words; where in a page they may stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from worker.parse.numbers import ALL_UNITS, EASTERN, NUMBER, is_unit, plain_digits
from worker.parse.view_phrases import BESIDE, OTHERS, PHRASES

REACH = 30  # characters on each side of a number within which its word stands

# Scripts that do not part their words: Thai, Lao, Burmese, Khmer, Japanese, Chinese, Korean.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# Marks are no letters to `re`, but parts of words in Hebrew, Arabic and the scripts of India.
_MARK = (
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983"
    "\u09bc-\u09cd\u09d7\u0a01-\u0a4d\u0a70\u0a71\u0a81-\u0acd\u0b82-\u0bcd\u0c00-\u0c56\u0c81-\u0cd6\u0d00-\u0d4d"
    "\u0d81-\u0ddf\u200c\u200d"
)
_LETTER = rf"[^\W\d_{_UNSPACED}][{_MARK}]*"
# "ViewsShare" is what two elements print side by side.
_WORD = rf"[{_UNSPACED}👁👀]|[A-Z][a-z]{{3,}}(?=[A-Z][a-z]{{2,}})|(?:{_LETTER})+(?:['’](?:{_LETTER})+)*"
# Dates, times, scores, ranges, telephone numbers, money and percentages: numbers that count nothing.
_OTHER = (
    r"\d{1,4}(?:[./–-]\d{1,4}){2,}|\d+ ?[:/–×-] ?\d+(?::\d\d)?|\+\d[\d ()/-]{5,}|[$€£¥₹₽₺₩฿] ?\d[\d.,]*"
    r"|\d[\d.,]* ?[%$€£¥₹₽₺₩฿°]"
)
_TOKEN = re.compile(
    rf"(?P<other>{_OTHER})|(?P<number>{NUMBER}(?:{EASTERN})?(?: ?\+)?)|(?P<word>{_WORD})|(?P<sign>[^\s{_MARK}\ufe0f])"
)
# Digits, and up to four letters behind them.
_RUN = re.compile(r"(\d(?:[\d.,'’ \u00a0\u202f\u2009\u066c]*\d)?)[ \u00a0\n)\]）】\-+＋×]*([^\d\s]{0,4})")
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
_NO_LETTERS = re.compile(rf"[^\w{_MARK}👁👀]|[\d_]")

_DROPPED = dict.fromkeys(
    [
        *range(0x300, 0x370),
        *range(0x591, 0x5C8),
        *range(0x64B, 0x656),
        0x670,
        0x93C,
        0x9BC,
        0x200C,
        0x200D,
        0x2019,
        0x27,
    ]
)
_ALIKE = str.maketrans("ıłđøيكىة", "ildoیکیه")

Sides = tuple[tuple[str, ...], tuple[str, ...]]  # a phrase's words before its count and after it


class Token(NamedTuple):
    """A word, a count ("number"), a number that is no count ("other") or a sign, with its place in the line."""

    kind: str
    text: str
    key: str
    start: int
    end: int


@lru_cache(8192)
def key(word: str) -> str:
    """A word without case and accents, and with one form of each Arabic letter: "VIZUALIZĂRI" is "vizualizari"."""
    folded = unicodedata.normalize("NFKD", word.casefold()).translate(_DROPPED)
    return unicodedata.normalize("NFC", folded).translate(_ALIKE)


def tokens_of(line: str) -> list[Token]:
    """The tokens of a line; those of scripts without spaces letter by letter."""
    tokens = []
    for match in _TOKEN.finditer(plain_digits(line)):
        kind, (start, end) = match.lastgroup or "", match.span()
        tokens.append(Token(kind, line[start:end], key(match[0]) if kind == "word" else match[0], start, end))
    return tokens


def is_unspaced(token: Token) -> bool:
    """Whether a token is a letter of a script that does not part its words."""
    return token.kind == "word" and _UNSPACED_LETTER.match(token.text) is not None


def words_of(text: str) -> tuple[str, ...]:
    """The keys of a text's words."""
    return tuple(token.key for token in tokens_of(text) if token.kind == "word")


def _compile() -> dict[Sides, tuple[str, bool]]:
    compiled: dict[Sides, tuple[str, bool]] = {}
    for language, phrases in PHRASES.items():
        for phrase in phrases:
            before, after = phrase.split("#")
            sides, wants_colon = (words_of(before), words_of(after)), before.rstrip().endswith(":")
            if sides not in compiled or not wants_colon:
                compiled[sides] = compiled.get(sides, (language,))[0], wants_colon
    return compiled


# The phrases by their words before and after the count; with each its language and whether it wants a colon.
PHRASE_TABLE = _compile()
LABELS = frozenset("".join(before or after) for before, after in PHRASE_TABLE if not (before and after))
USUAL = frozenset(map(key, BESIDE)) | {word for sides in PHRASE_TABLE for side in sides for word in side}
OF_OTHERS = frozenset(map(key, OTHERS))
# By these words beside a number a line is worth reading; by their letters next to it, most numbers are passed over.
_LABEL_ENDS = frozenset(before[-1] for before, after in PHRASE_TABLE if not after)
_STARTS = frozenset(after[0] for before, after in PHRASE_TABLE if not before)
_AROUND = frozenset((before[-1], after[0]) for before, after in PHRASE_TABLE if before and after)
_ENDINGS = frozenset(before[-1][-4:] for before, _ in PHRASE_TABLE if before)
_BEGINNINGS = frozenset(after[0][:4] for _, after in PHRASE_TABLE if after) | {key(unit)[:4] for unit in ALL_UNITS}
_WORD_BEFORE = re.compile(rf"({_WORD})[^{_UNSPACED}\w👁👀]*$")
_WORDS_BEHIND = re.compile(rf"[^{_UNSPACED}\w👁👀]*({_WORD})\.?\s?({_WORD})?\s?({_WORD})?")


def spots(text: str) -> Iterator[int]:
    """Where in a text numbers stand beside the words of a phrase: cheap, and wrong on the safe side."""
    for match in _RUN.finditer(text):
        start, end = match.span(1)
        before = (
            text[start - 8 if start > 8 else 0 : start]
            .rstrip(" \u00a0\n:：=([-–—（【")
            .rpartition(" ")[2]
            .rpartition("\n")[2][-4:]
        )
        if (_ends_word(before) or _begins_word(match[2])) and _is_said(text, start, end):
            yield start


def _is_said(text: str, start: int, end: int) -> bool:
    """Whether the words beside a number, and behind the unit that it may have, are those of a phrase."""
    match = _WORD_BEFORE.search(text, max(0, start - REACH), start)
    before = key(match[1]) if match else ""
    if before in _LABEL_ENDS:
        return True
    behind = _WORDS_BEHIND.match(text, end, end + REACH)
    words = [key(word) for word in behind.groups() if word] if behind else []
    if words and not is_unit(words[0]):
        del words[1:]
    return any(word in _STARTS or (before, word) in _AROUND for word in words)


@lru_cache(16384)
def _ends_word(letters: str) -> bool:
    """Whether the last letters before a number, up to four, end a word of a phrase: a whole one if they are fewer."""
    folded = key(_NO_LETTERS.sub("", letters))
    return folded in _ENDINGS or (_UNSPACED_LETTER.match(letters[-1:]) is not None and folded[-1:] in _ENDINGS)


@lru_cache(16384)
def _begins_word(letters: str) -> bool:
    """The same for the first letters behind a number."""
    folded = key(_NO_LETTERS.sub("", letters))
    return folded in _BEGINNINGS or (_UNSPACED_LETTER.match(letters) is not None and folded[:1] in _BEGINNINGS)
