"""A text as the words that copies are told by, in any script, and which of them are facts: numbers and names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import compress, count, filterfalse
from operator import ne, not_

from worker.parse.text import paragraphs

MAX_CHARACTERS = 200_000  # of one text; what is behind them says nothing new of whose copy it is

# Scripts written without spaces: there a character stands for a word.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs and the like, which belong to the word though Python's \w does not say so.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u0963\u0981-\u0dff\u200c\u200d"
_END = '.!?:\u0964\u06d4\u2026\u3002"\u201c\u201d\u201e\u00ab\u00bb\n'  # what may stand before a sentence's first word
_TOKEN = re.compile(
    rf"(?a:[0-9]{{1,3}}(?: [0-9]{{3}})+(?![0-9]))"  # "12 000"
    rf"|\d+(?:[.,'\u2019\u066b\u066c]\d+)*"
    rf"|[^\W\d_{UNSPACED}]+(?:[{_MARKS}]+[^\W\d_{UNSPACED}]*)*"
    rf"|[{UNSPACED}]"
    rf"|[{_END}]"
)
_ENDS = frozenset(_END)
_UNSPACED_CHARACTER = re.compile(f"[{UNSPACED}]")
_BETWEEN_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Words:
    """A text's words in lower case, numbers as digits alone; and the places of its numbers and names among them."""

    words: list[str]
    numbers: list[int]
    names: list[int]
    unspaced: bool  # most of it is of a script without spaces


def read_words(text: str) -> Words:
    """Cut a text into words.

    A name is a word with a capital that does not owe it to its place at the head of a sentence. A number is its digits
    in ASCII, so that 1,234 and 1.234 and ١٬٢٣٤ are one.
    """
    lines = "\n".join(paragraphs(text[:MAX_CHARACTERS]))
    if not lines.isascii():
        lines = unicodedata.normalize("NFKC", lines)
    tokens = _TOKEN.findall(lines)
    ends = list(compress(count(), map(_ENDS.__contains__, tokens)))
    first = {place - past for past, place in enumerate(ends)}  # where each sentence's first word will stand
    first.add(0)
    tokens = list(filterfalse(_ENDS.__contains__, tokens))
    words = "\n".join(tokens).lower().split("\n") if tokens else []
    numbers = [place for place in compress(count(), map(not_, map(str.isalpha, words))) if words[place][0].isdecimal()]
    for place in numbers:
        words[place] = _digits(words[place])
    capitals = [place for place in compress(count(), map(ne, tokens, words)) if not tokens[place][0].isdecimal()]
    within = {words[place] for place in capitals if place not in first}
    names = [place for place in capitals if words[place] in within]
    unspaced = not lines.isascii() and len(_UNSPACED_CHARACTER.findall(lines)) * 2 > len(words)
    return Words(words, numbers, names, unspaced)


def _digits(number: str) -> str:
    plain = _BETWEEN_DIGITS.sub("", number)
    return plain if plain.isascii() else "".join(str(unicodedata.decimal(digit)) for digit in plain)
