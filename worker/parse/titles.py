"""Which of a page's many titles is the story's."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from worker.parse.dates import parse_dateline
from worker.parse.page import Page
from worker.parse.text import clean, fold

MAX_TITLE = 400  # characters
MIN_WORDS = 8  # characters of the words that a title must keep when a site's name is cut from it

_SEPARATOR = re.compile(r"\s+[-–—|·•»«:/｜ㅣ]+\s+|\s*[|｜ㅣ]\s*|\s*--+\s*|(?<=[^\x00-\x7f])：(?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class TitleClaim:
    """A title that some part of the page claims, and how much that part's word weighs."""

    value: str
    source: str
    weight: float


def decide_title(claims: Sequence[TitleClaim], site_names: Iterable[str] = ()) -> tuple[str, str] | None:
    """The title that the weightiest claims agree on, and its provenance; None without any claim.

    Claims agree when their words do, after the site's name is cut off. The one value that several parts of a page
    carry is its title; where each says something else, the order of the weights decides.
    """
    raw = [TitleClaim(clean(html.unescape(c.value))[:MAX_TITLE], c.source, c.weight) for c in claims if c.value]
    names = [fold(name) for name in site_names if name]
    votes: dict[str, float] = {}
    forms: dict[str, TitleClaim] = {}
    for claim in raw:
        others = {fold(other.value) for other in raw if other is not claim}
        value = strip_site(claim.value, others, names)
        words = fold(value)
        if not words or (words in names and len(raw) > 1):
            continue
        votes[words] = votes.get(words, 0.0) + claim.weight
        best = forms.get(words)
        if best is None or claim.weight > best.weight:
            forms[words] = TitleClaim(value, claim.source, claim.weight)
    if not votes:
        return None
    winner = forms[max(votes, key=lambda words: votes[words])]
    return winner.value, winner.source


def strip_site(title: str, others: set[str], names: Sequence[str]) -> str:
    """A title without the site's name at its end or start.

    Cut is what leaves exactly what another part of the page says (`others`), or what is one of the site's `names`;
    both folded.
    """
    cuts = list(_SEPARATOR.finditer(title))[-6:]
    for cut in cuts:
        head, tail = title[: cut.start()], title[cut.end() :]
        if len(fold(head)) >= MIN_WORDS and (fold(head) in others or _is_site(tail, names)):
            return head.strip()
        if cut is cuts[0] and len(fold(tail)) >= MIN_WORDS and _is_site(head, names):
            return tail.strip()
    return title


def _is_site(part: str, names: Sequence[str]) -> bool:
    words = fold(part)
    squeezed = words.replace(" ", "")
    return bool(words) and any(words == name or squeezed == name.replace(" ", "") for name in names)


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
