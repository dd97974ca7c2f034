"""Which of a page's many titles is the story's."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote

from worker.parse.dates import parse_dateline
from worker.parse.page import Page
from worker.parse.text import clean, fold

MAX_TITLE = 400  # characters
MIN_WORDS = 8  # characters of the words that a title must keep when a site's name is cut from it

# What the word of each part of a page weighs, chosen on pages with known titles. The <title> is written for search
# engines: whatever agrees with it is the less likely to be the headline, and alone it is what is left.
STORY, OPENGRAPH, HEADING, TAG, ECHO, DOCUMENT = 1.0, 0.9, 0.6, 0.5, 0.0, -0.5
STRANGE = 0.0  # a heading that speaks of other things than the page's metadata: a section's, a site's
ADDRESS = ((0.8, 0.7), (0.6, 0.4))

_SEPARATOR = re.compile(r"(?<=\s)[-–—|·•»«:/｜ㅣ]+(?=\s)|[|｜ㅣ]|--+|(?<=[^\x00-\x7f])：(?=[^\x00-\x7f])")
_ANY_SEPARATOR = re.compile(r"[-–—|·•»«:_/｜ㅣ]+")
_BAR = re.compile(r"\s*[|｜ㅣ»]\s*(?=[^|｜ㅣ»]*$)")
_SLUG_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?:id|art|article|a|c)?\d{4,}|[0-9a-f]{8,}|(?=\w*\d)(?=\w*[a-z])\w{8,}|(?:id|art|article)\d*")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "a", "œ": "o", "ı": "i", "đ": "d", "ł": "l"})


@dataclass(frozen=True, slots=True)
class TitleClaim:
    """A title that some part of the page claims, and how much that part's word weighs."""

    value: str
    source: str
    weight: float


def decide_title(claims: Sequence[TitleClaim], site_names: Iterable[str] = (), url: str = "") -> tuple[str, str] | None:
    """The title that the weightiest claims agree on, and its provenance; None without any claim.

    Claims agree when their words do, after the site's name is cut off; parts of equal weight speak with one voice. The
    page's address speaks for the title that it was made from.
    """
    raw = [TitleClaim(clean(html.unescape(c.value))[:MAX_TITLE], c.source, c.weight) for c in claims if c.value]
    names = [fold(name) for name in site_names if name]
    folded = [fold(claim.value) for claim in raw]
    voices: dict[str, set[float]] = {}
    forms: dict[str, TitleClaim] = {}
    for at, claim in enumerate(raw):
        value = strip_site(claim.value, set(folded[:at] + folded[at + 1 :]), names)
        words = folded[at] if value == claim.value else fold(value)
        if not words or (words in names and len(raw) > 1):
            continue
        voices.setdefault(words, set()).add(claim.weight)
        if words not in forms or claim.weight > forms[words].weight:
            forms[words] = TitleClaim(value, claim.source, claim.weight)
    if not voices:
        return None
    said = {word for words, weights in voices.items() if weights != {HEADING} for word in words.split()}
    votes = {words: sum(_heard(weights, words, said)) for words, weights in voices.items()}
    if len(votes) > 1 and (slug := slug_words(url)):
        fits = {words: _fit(slug, words) for words in votes}
        best = max(fits.values())
        bonus = next((added for at_least, added in ADDRESS if best >= at_least), 0.0)
        votes = {words: vote + bonus * (fits[words] == best) for words, vote in votes.items()}
    winner = forms[max(votes, key=lambda words: votes[words])]
    return winner.value, winner.source


def _heard(weights: set[float], words: str, said: set[str]) -> Iterable[float]:
    if HEADING in weights and said:
        listed = words.split()
        if sum(word in said for word in listed) < 0.4 * len(listed):
            return {*weights - {HEADING}, STRANGE}
    return weights


def slug_words(url: str) -> list[str]:
    """The words of the part of a URL's path that most looks like a title; [] where it has fewer than three."""
    path = url.split("?", 1)[0].split("#", 1)[0].split("://", 1)[-1].partition("/")[2]
    best: list[str] = []
    for segment in path.split("/")[:20]:
        name = unquote(segment[:300]).rsplit(".", 1)[0] if re.search(r"\.\w{2,5}$", segment) else unquote(segment[:300])
        words = [word for word in _SLUG_WORD.findall(name.casefold()) if not _NUMBER.fullmatch(word)]
        if len(words) > len(best):
            best = [_plain(word) for word in words]
    return best if len(best) >= 3 else []


def _fit(slug: Sequence[str], words: str) -> float:
    """How far a title's words are the slug's, from 0 to 1 (Dice)."""
    said, title = _grams(slug), _grams([_plain(word) for word in words.split()])
    return 2 * (said & title).total() / (said.total() + title.total())


def _grams(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    """Words and pairs of neighbours: the order counts too."""
    return Counter([*((word,) for word in words), *pairwise(words)])


def _plain(word: str) -> str:
    """A word without accents; "ae" and "ä" become one, since addresses write either."""
    bare = word
    if not word.isascii():
        letters = unicodedata.normalize("NFKD", word.translate(_LETTERS))
        bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return bare.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("aa", "a")


def strip_site(title: str, others: set[str], names: Sequence[str]) -> str:
    """A title without the site's name at its end or start, and without a section's before a site's at its end.

    Cut is what leaves exactly what another part of the page says (`others`), or what is one of the site's `names`;
    both folded.
    """
    for cut in list(_ANY_SEPARATOR.finditer(title))[-6:]:
        if cut.start() >= MIN_WORDS and fold(title[: cut.start()]) in others:
            return title[: cut.start()].strip()
    cuts = list(_SEPARATOR.finditer(title))[-6:] if names else []
    for cut in cuts:
        head, tail = title[: cut.start()].strip(), title[cut.end() :]
        if len(fold(head)) >= MIN_WORDS and _is_site(tail, names, loosely=True):
            section = _BAR.search(head)
            if section and len(head[section.end() :].split()) <= 3 and section.start() >= 3 * MIN_WORDS:
                head = head[: section.start()].strip()
            return head
        if cut is cuts[0] and len(fold(tail)) >= MIN_WORDS and _is_site(head, names):
            return tail.strip()
    return title


def _is_site(part: str, names: Sequence[str], loosely: bool = False) -> bool:
    """Whether a part of a title is one of a site's names; loosely: holds one, is held by one, or is spelt by one."""
    words = fold(part)
    squeezed = words.replace(" ", "")
    if not squeezed:
        return False
    bare = [name.replace(" ", "") for name in names]
    if squeezed in bare:
        return True
    listed = words.split()
    if not loosely or len(listed) > 4:
        return False
    initials = "".join(word[0] for word in listed)
    return any(
        (len(name) >= 3 and initials == name)
        or (len(name) >= 5 and name in squeezed)
        or (len(squeezed) >= 4 and squeezed in name)
        for name in bare
    )


def title_of_lines(page: Page, document_title: str, before: int) -> tuple[str, str] | None:
    """A title for a page without metadata: what its <title> repeats, else its loudest line above the story.

    `before` is the index of the story's first line of prose.
    """
    lines = page.lines[: before + 1] if before >= 0 else page.lines[:40]
    wanted = fold(document_title)
    for line in lines:
        words = fold(line.text)
        if len(words) >= MIN_WORDS and words in wanted and not line.breaks | (len(line.text) > MAX_TITLE):
            return line.text, "dom"
    above = [line for line in lines[-12:] if 12 <= len(line.text) <= 200 and line.linked * 2 < len(line.text)]
    above = [line for line in above if parse_dateline(line.text) is None and not line.prose]
    loudest = max(above, key=lambda line: line.loud, default=None)
    if loudest is not None and loudest.loud:
        return loudest.text, "dom"
    if above and parse_dateline(lines[lines.index(above[0]) - 1].text) is not None:
        # "Fri, Mar 30, 2007 - Page 6", and below it the headline, in type as plain as the story's.
        return above[0].text, "text"
    return None
