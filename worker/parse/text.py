"""Text as it is kept and compared: white space, folding, paragraphs, hashes. Pure functions over strings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import xxhash

from worker.parse.ticking import without_ticking

# Zero-width and soft-hyphen characters that publishers sprinkle; directional marks too. They carry no words.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NOT_WORD = re.compile(r"[^\w\s]|_")
_ASCII_WORDS = bytes(code if chr(code).isalnum() else 32 for code in range(128)) + bytes(128)  # marks become spaces
_ASCII_WORDS_IN_LINES = _ASCII_WORDS[:10] + b"\n" + _ASCII_WORDS[11:]
_TYPOGRAPHY = (
    *((mark, "'") for mark in "\u2018\u2019\u201a\u201b\u2032`\u00b4"),
    *((mark, '"') for mark in "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"),
    *((mark, "-") for mark in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"),
    ("\u2026", "..."),
)
# "Updated 5 minutes ago", "2 hours ago", "vor 5 Minuten", "il y a 3 heures": they move by themselves and are no edit.
# One of these is in every such phrase, and the search for the phrases is dear.
_CLOCK_WORDS = (" ago", "vor ", "il y a", "hace ", "há ", " fa ", " fa.", " fa,", "назад")
CLOCK = 60  # characters about such a word in which the phrase stands
_RELATIVE_TIME = re.compile(
    r"\b(?:(?:last )?(?:updated|published|posted|modified)\s*:?\s*)?"
    r"(?:(?:an?|one|\d{1,3})\s*(?:s|sec|secs|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?|years?)\s+ago"
    r"|vor\s+(?:einer|einem|\d{1,3})\s+(?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?)"
    r"|il y a\s+(?:une?|\d{1,3})\s+(?:secondes?|minutes?|heures?|jours?|semaines?|mois)"
    r"|hace\s+(?:una?|\d{1,3})\s+(?:segundos?|minutos?|horas?|d[ií]as?|semanas?|mes(?:es)?)"
    r"|há\s+(?:uma?|\d{1,3})\s+(?:segundos?|minutos?|horas?|dias?|semanas?|m[eê]s(?:es)?)"
    r"|\d{1,3}\s+(?:second[oi]|minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei])\s+fa"
    r"|\d{1,3}\s+(?:минут[ыу]?|час(?:а|ов)?|дн(?:я|ей)|день)\s+назад)\b"
)

_RELATIVE_TIME_ANYHOW = re.compile(_RELATIVE_TIME.pattern, re.IGNORECASE)


def clean(value: str) -> str:
    """One line of printable text: control and invisible characters gone, white space folded, ends trimmed."""
    line = " ".join(value.split())
    if line.isprintable():  # nearly always: both substitutions concern unprintable characters alone
        return line
    return " ".join(_INVISIBLE.sub("", _UNPRINTABLE.sub(" ", line)).split())


def fold(value: str) -> str:
    """The words of a text alone, for telling whether two strings say the same: NFKC, case-folded, no punctuation."""
    if value.isascii():
        return b" ".join(value.lower().encode().translate(_ASCII_WORDS).split()).decode()
    return " ".join(_NOT_WORD.sub(" ", unicodedata.normalize("NFKC", value).casefold()).split())


def fold_lines(lines: Sequence[str]) -> list[str]:
    """Each line folded; many at once, for a fraction of what one at a time costs."""
    whole = "\n".join(lines)
    if whole.isascii():
        folded = whole.lower().encode().translate(_ASCII_WORDS_IN_LINES).decode()
    else:
        folded = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", whole).casefold())
    return [" ".join(line.split()) for line in folded.split("\n")] if lines else []


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say something, cleaned."""
    return [line for line in map(clean, text.splitlines()) if line]


def plain_paragraphs(text: str) -> list[str]:
    """The paragraphs of preformatted text: parted by blank lines, or one a line where there are none."""
    blocks = re.split(r"\n[ \t\r]*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    if len(blocks) < 3:
        blocks = text.splitlines()
    return [line for line in map(clean, blocks) if line]


def join(lines: Iterable[str]) -> str:
    """Paragraphs as a text keeps them: parted by a blank line."""
    return "\n\n".join(lines)


def normalise(text: str) -> str:
    """The form that hashes and comparisons rest on.

    White space, typographic quotes, dashes and case are folded and relative timestamps masked, so that a new template
    or a ticking clock is no edit. Digits and words stay: changing one is an edit.
    """
    folded = clean(text)
    if not folded.isascii():
        folded = unicodedata.normalize("NFKC", folded)
    for mark, plain in _TYPOGRAPHY:
        if mark in folded:
            folded = folded.replace(mark, plain)
    folded = without_clocks(folded.casefold(), _RELATIVE_TIME)
    return " ".join(folded.split())


def without_clocks(text: str, clock: re.Pattern[str] = _RELATIVE_TIME_ANYHOW) -> str:
    """The text without its relative timestamps, otherwise as it is. They are looked for about the words they hold."""
    lowered = text.lower()
    if len(lowered) != len(text):  # places would differ
        return clock.sub(" ", text)
    kept, done = "", 0
    for spot in _clock_words(f"{lowered} "):
        end = text.find(" ", spot + CLOCK)
        for match in clock.finditer(text, max(done, spot - CLOCK), end if end >= 0 else len(text)):
            kept += f"{text[done : match.start()]} "
            done = match.end()
    return kept + text[done:]


def _clock_words(lowered: str) -> list[int]:
    """Where in a text the words stand of which every relative timestamp holds one."""
    found: list[int] = []
    for word in _CLOCK_WORDS:
        at = lowered.find(word)
        while at >= 0:
            found.append(at)
            at = lowered.find(word, at + 1)
    return sorted(found)


def text_hash(text: str) -> bytes:
    """16 bytes (XXH3-128) that name a text: equal for texts that differ in typography, white space and clocks alone."""
    return xxhash.xxh3_128_digest(normalise(without_ticking(text)).encode())


def content_hashes(title: str | None, text: str) -> tuple[bytes, bytes]:
    """`content_hash` of an article, and `text_hash` of its text, which is normalised once; empty for no text."""
    normal = normalise(without_ticking(text))
    whole = f"{normalise(title or '')} {normal}".strip()
    return (xxhash.xxh3_128_digest(whole.encode()), xxhash.xxh3_128_digest(normal.encode()) if text else b"")


def content_hash(title: str | None, text: str) -> bytes:
    """16 bytes that name what an article says, title and body. Mask its counter first (`views.mask`)."""
    return content_hashes(title, text)[0]
