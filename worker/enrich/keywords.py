"""What an article is about: words and names that are frequent in it and rare elsewhere (tf-idf), best first.

How rare a word is comes from counted texts (`background/`, made by `bench/count_words.py`), where its language has been
counted. Elsewhere the little words are left out and the rest are told apart by how often they stand here.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress, count
from math import log
from operator import ne
from pathlib import Path

from dateline.nouns.enrichments import Enrichable
from worker.enrich.language import language_of, little_words
from worker.enrich.unspaced import NO_WORDS, unspaced_keywords

MOST = 8
LOOKED_AT = 8_000  # characters of the text: 1,300 words say what it is about
SHORTEST = 3  # letters; a Korean one is a syllable
IN_TITLE = 2  # how often a word of the title counts besides
UNCOUNTED = 300  # texts: by this a word's rarity is reckoned where nobody counted
LONGEST_NAME = 4  # words
BACKGROUND = Path(__file__).with_name("background")
_AROUND = string.punctuation + "“”„‘’‚«»‹›¿¡…–—·•、。।؟،؛"  # stands before and behind words
_MARKS = (("’", "'"), ("‘s ", "'s "), ("—", " — "), ("–", " – "), ("/", " / "), ("\n", " . "))
_JOINING = frozenset("of de la le del della di da do dos van von al bin ibn el".split())  # noqa: SIM905
_JOSA = re.compile("(?<=[가-힣]{2})(?:에서|으로|에게|까지|부터|이라고|라고|은|는|이|가|을|를|의|에|로|와|과|도|만)$")


class Keywords:
    """{"words": ["tariffs", "European Commission", ...]}; None where there are none, or nobody can cut its words."""

    name = "keywords"
    version = "1"

    def enrich(self, article: Enrichable) -> dict[str, object] | None:
        """Weigh the words of title and text."""
        text, language = article.text[:LOOKED_AT], language_of(article)
        if language in NO_WORDS:
            return None
        words = unspaced_keywords(article.title, text, language, MOST)
        if words is None:
            words = _spaced_keywords(article.title, text, language)
        return {"words": words} if words else None


def cut(text: str, language: str | None) -> tuple[list[str], list[str], list[str]]:
    """A text's words: with the marks around them, bare, and bare in lower case. Marks alone are an empty word."""
    for mark, plain in _MARKS:
        text = text.replace(mark, plain)
    if "'" in text:  # English ties its genitive to a word, other languages the word to the next one
        text = text.replace("'s", "") if language == "en" else text.replace("'", "' ")
    written = text.split()
    bare = [word.strip(_AROUND) for word in written]
    if language == "ko":
        bare = [_JOSA.sub("", word) for word in bare]
    return written, bare, " ".join(bare).lower().split(" ")


def _spaced_keywords(title: str, text: str, language: str | None) -> list[str]:
    written, bare, words = cut(text, language)
    in_title = set(cut(title, language)[2])
    common, counted, total = little_words(language), *background(language)
    counts, shortest = Counter(words), SHORTEST - (language == "ko")
    scores: dict[str, float] = {}
    for word, often in counts.items():
        if (often == 1 and word not in in_title) or word in common or len(word) < shortest or not word[0].isalpha():
            continue
        scores[word] = (often + IN_TITLE * (word in in_title)) * log(total / counted.get(word, 1))
    names = _names(written, bare, words, common)
    ranked = sorted(scores, key=lambda word: (-scores[word], word))
    return list(_chosen(ranked, names, Counter(bare), language))


def _chosen(
    ranked: Sequence[str], names: dict[str, tuple[str, ...]], shown: Counter[str], language: str | None
) -> Iterator[str]:
    """The best words as the article writes them, as whole names where they are part of one, none said twice."""
    said: set[str] = set()
    left = MOST
    for word in ranked:
        if word in said or (language == "en" and {f"{word}s", word.removesuffix("s")} & said):
            continue
        name = names.get(word, (word,))
        said.update(part.lower() for part in name)
        said.add(word)
        yield " ".join(name) if word in names else max((word, word.capitalize(), word.upper()), key=shown.__getitem__)
        left -= 1
        if not left:
            return


def _names(
    written: Sequence[str], bare: Sequence[str], words: Sequence[str], common: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """By word the name that it is mostly part of: words with capitals in a row, joined by "of" and its like."""
    runs: Counter[tuple[str, ...]] = Counter()
    run: list[int] = []  # places of words
    for place in compress(count(), map(ne, bare, words)):
        if words[place] in common:
            continue
        behind = _place_before(run, place, words)
        parts = written[behind : place + 1] if behind is not None else ()
        if parts and parts[0].endswith(bare[run[-1]]) and parts[-1].startswith(bare[place]):  # no mark between them
            run += range(run[-1] + 1, place + 1)
            continue
        runs.update(_name(run, bare))
        run = [place]
    runs.update(_name(run, bare))
    having: dict[str, Counter[tuple[str, ...]]] = {}
    for name, often in runs.items():
        for part in name:
            having.setdefault(part.lower(), Counter())[name] += often
    found = {}
    for word, names in having.items():
        name, often = max(names.items(), key=lambda one: (one[1], -len(one[0]), one[0]))
        if often * 2 > names.total() and word not in _JOINING:
            found[word] = name
    return found


def _place_before(run: Sequence[int], place: int, words: Sequence[str]) -> int | None:
    """Where the name so far ends, if this word may go on with it: next to it, or behind "of" and its like."""
    if not run or place - run[-1] > 2 or (place - run[-1] == 2 and words[place - 1] not in _JOINING):
        return None
    return run[-1]


def _name(run: Sequence[int], bare: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(bare[place] for place in run)] if 1 < len(run) <= LONGEST_NAME else []


@cache
def background(language: str | None) -> tuple[dict[str, int], int]:
    """In how many texts each word stands, and of how many, as counted; nothing for a language that was not."""
    path = BACKGROUND / f"{language}.txt"
    if language not in _counted_languages():
        return {}, UNCOUNTED
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    counted = {}
    for line in lines:
        often, *words = line.split()
        counted.update(dict.fromkeys(words, int(often)))
    return counted, int(first.split()[1])


@cache
def _counted_languages() -> frozenset[str]:
    return frozenset(path.stem for path in BACKGROUND.glob("*.txt"))
