"""Which language a text is in: told by its script, its little words and its own letters. No model, no chance.

A page's declaration is evidence, no proof: templates say `lang="en"` of whatever they hold. It decides where the text
is too short to tell, or fits the declared language nearly as well as the best.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from math import log
from pathlib import Path

from dateline.nouns.enrichments import Enrichable

SAMPLE = 700  # characters of title and text: some 110 words
NEARLY = 0.75  # of the best score: as good, where the page declares that language
ENOUGH = 2.0  # of score, below which a text says too little
OWN_LETTER = 0.4  # what a letter counts that few languages have, against a word that one language has
MOST_LETTERS = 10  # of a sample that count: a name's spelling must not outweigh the words around it
WORDS = Path(__file__).with_name("languages.txt")

# Where a script is one language's, or is read as such in news.
ALONE = {
    "Greek": "el",
    "Armenian": "hy",
    "Georgian": "ka",
    "Gurmukhi": "pa",
    "Gujarati": "gu",
    "Oriya": "or",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Sinhala": "si",
    "Thai": "th",
    "Lao": "lo",
    "Tibetan": "bo",
    "Burmese": "my",
    "Khmer": "km",
    "Hangul": "ko",
    "Kana": "ja",
    "Han": "zh",
}
_RANGES = (
    (0x00AA, "Latin"),
    (0x0250, ""),
    (0x0370, "Greek"),
    (0x0400, "Cyrillic"),
    (0x0530, "Armenian"),
    (0x0590, "Hebrew"),
    (0x0600, "Arabic"),
    (0x0780, ""),
    (0x0900, "Devanagari"),
    (0x0980, "Bengali"),
    (0x0A00, "Gurmukhi"),
    (0x0A80, "Gujarati"),
    (0x0B00, "Oriya"),
    (0x0B80, "Tamil"),
    (0x0C00, "Telugu"),
    (0x0C80, "Kannada"),
    (0x0D00, "Malayalam"),
    (0x0D80, "Sinhala"),
    (0x0E00, "Thai"),
    (0x0E80, "Lao"),
    (0x0F00, "Tibetan"),
    (0x1000, "Burmese"),
    (0x10A0, "Georgian"),
    (0x1100, "Hangul"),
    (0x1200, "Ethiopic"),
    (0x13A0, ""),
    (0x1780, "Khmer"),
    (0x1800, ""),
    (0x1E00, "Latin"),
    (0x1F00, "Greek"),
    (0x2000, ""),
    (0x3040, "Kana"),
    (0x3100, ""),
    (0x3400, "Han"),
    (0xA000, ""),
    (0xAC00, "Hangul"),
    (0xD7B0, ""),
    (0xF900, "Han"),
    (0xFB00, ""),
    (0xFB50, "Arabic"),
    (0xFE00, ""),
    (0xFE70, "Arabic"),
    (0xFF00, ""),
    (0x20000, "Han"),
)
_STARTS = [start for start, _ in _RANGES]
_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz")
LETTERS = {
    "ß": "de", "ñ": "es gl eu", "ã": "pt", "õ": "pt et", "ł": "pl", "ř": "cs", "ě": "cs", "ů": "cs", "ľ": "sk",
    "ŕ": "sk", "ő": "hu", "ű": "hu", "ț": "ro", "ş": "tr az ro", "ă": "ro vi", "ğ": "tr az", "ı": "tr az", "ə": "az",
    "đ": "hr sr-Latn vi", "ð": "is fo", "þ": "is", "å": "sv da no nn", "æ": "da no nn is fo", "ø": "da no nn fo",
    "ä": "de sv fi et sk", "ķ": "lv", "ļ": "lv", "ņ": "lv", "ā": "lv", "ī": "lv", "ė": "lt", "ų": "lt", "į": "lt",
    "ħ": "mt", "ġ": "mt", "ơ": "vi", "ư": "vi", "ạ": "vi yo", "ế": "vi", "ộ": "vi", "ẹ": "yo vi", "ọ": "yo vi",
    "ç": "fr pt ca tr az sq ku", "è": "fr it ca", "ò": "it ca gd", "ì": "it gd", "ù": "it fr gd", "ë": "sq lb nl",
    "ê": "fr pt ku fy", "û": "fr ku fy", "ʻ": "uz", "ŵ": "cy", "ŷ": "cy", "ĝ": "eo", "ĉ": "eo", "ŭ": "eo",
    "ы": "ru be kk ky tt mn", "э": "ru be ky mn tt", "ъ": "bg tg ru", "ї": "uk", "є": "uk", "і": "uk be kk",
    "ў": "be", "ђ": "sr", "ћ": "sr", "ј": "sr mk", "љ": "sr mk", "њ": "sr mk", "ѓ": "mk", "ќ": "mk", "ѕ": "mk",
    "ә": "kk tt", "қ": "kk tg", "ғ": "kk tg", "ң": "kk ky tt", "ө": "mn kk ky tt", "ү": "mn ky kk tt", "ҳ": "tg",
    "ҷ": "tg", "җ": "tt", "پ": "fa ur ps ckb ug sd", "چ": "fa ur ps ckb ug sd", "گ": "fa ur ckb ug sd",
    "ی": "fa ur ps ckb", "ک": "fa ur ps ckb", "ٹ": "ur", "ڈ": "ur", "ڑ": "ur", "ں": "ur", "ے": "ur", "ہ": "ur",
    "ړ": "ps", "ښ": "ps", "ځ": "ps", "ې": "ps ug", "ۍ": "ps", "ێ": "ckb", "ۆ": "ckb ug", "ە": "ckb ug", "ڵ": "ckb",
    "ڳ": "sd", "ڻ": "sd", "ٿ": "sd", "ۋ": "ug", "ة": "ar", "أ": "ar", "ى": "ar ps", "ळ": "mr", "ৰ": "as", "ৱ": "as",
    "র": "bn",
}  # fmt: skip  # a table of letters
_WORD = re.compile(r"[^\W\d_]+(?:['’`ʻ\u0900-\u0963\u0981-\u0dff\u200c]+[^\W\d_]*)*")


class Language:
    """{"language": "pt", "confidence": 0.93, "declared": "pt"}; None where neither text nor page tells."""

    name = "language"
    version = "1"

    def enrich(self, article: Enrichable) -> dict[str, object] | None:
        """Tell the language of title and text."""
        declared = article.language
        if found := tell(_sample(article), declared):
            return {"language": found[0], "confidence": found[1], "declared": declared}
        return {"language": declared, "confidence": None, "declared": declared} if declared else None


def language_of(article: Enrichable) -> str | None:
    """The language of an article for others to go by, whatever its page says."""
    found = tell(_sample(article), article.language)
    return found[0] if found else article.language


def _sample(article: Enrichable) -> str:
    return f"{article.title}\n{article.text[:SAMPLE]}"[:SAMPLE]


@lru_cache(maxsize=4)  # several enrichers ask for the same article
def tell(sample: str, declared: str | None = None) -> tuple[str, float] | None:
    """The language of a sample, and how sure that is (up to 1); None where it says too little."""
    sample = sample.lower()
    letters = Counter() if sample.isascii() else Counter(sample)
    script = _script(letters)
    if script in ALONE:
        return ALONE[script], 1.0
    scores = _scores(sample, letters)
    if not scores:
        return None
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    best = ranked[0]
    if declared in scores and scores[declared] >= NEARLY * scores[best]:
        best = declared
    elif scores[best] < ENOUGH:
        return None
    others = max((scores[code] for code in ranked[:2] if code != best), default=0.0)
    return best.partition("-")[0], round(scores[best] / (scores[best] + others), 2)


def _script(letters: Counter[str]) -> str:
    """The script that most letters are of; any kana makes Han Japanese."""
    shares: Counter[str] = Counter()
    for letter, count in letters.items():
        if letter >= "\x80":
            place = bisect(_STARTS, ord(letter)) - 1
            if place >= 0 and (script := _RANGES[place][1]):
                shares[script] += count
        elif letter in _ASCII:
            shares["Latin"] += count
    if not shares:
        return "Latin"
    if shares["Kana"] * 20 > shares["Han"] + shares["Kana"]:
        shares["Kana"] += shares["Han"]
    # One character of these says as much as several letters; Latin names stand in texts of every script.
    for script in ("Han", "Kana", "Hangul"):
        shares[script] *= 3
    return max(shares, key=lambda script: (shares[script], script))


def _scores(sample: str, letters: Counter[str]) -> dict[str, float]:
    """By language how well its little words and its own letters fit."""
    known = _words()
    scores: dict[str, float] = {}
    for word in _WORD.findall(sample):
        if (fits := known.get(word)) is not None:
            for code in fits[0]:
                scores[code] = scores.get(code, 0.0) + fits[1]
    for letter, count in letters.items():
        if letter in LETTERS:
            fitting = LETTERS[letter].split()
            for code in fitting:
                worth = OWN_LETTER * min(count, MOST_LETTERS) / len(fitting)
                scores[code] = scores.get(code, 0.0) + worth
    return scores


def little_words(language: str | None) -> frozenset[str]:
    """The words of a language that stand in every report."""
    return _by_language().get(language or "", frozenset())


def _lines() -> Iterator[tuple[str, list[str]]]:
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, words = line.partition(":")
            yield code, words.split()


@cache
def _by_language() -> dict[str, frozenset[str]]:
    return {code: frozenset(words) for code, words in _lines()}


@cache
def _words() -> dict[str, tuple[tuple[str, ...], float]]:
    """By word the languages that have it, and its worth: 1 for one language's own, less for each that shares it."""
    codes: dict[str, list[str]] = {}
    for code, words in _by_language().items():
        for word in words:
            codes.setdefault(word, []).append(code)
    languages = len(_by_language())
    return {word: (tuple(having), log(languages / len(having)) / log(languages)) for word, having in codes.items()}
