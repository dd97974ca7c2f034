"""Whether a page shows a stub of the text that stood there: less of the same, as behind a paywall. Pure."""

from __future__ import annotations

from dateline.nouns.articles import ParsedArticle
from worker.parse.text import normalise
from worker.parse.ticking import without_ticking

FULL = 600  # letters that a text has at least, for a part of it to be a stub
MUCH_SHORTER = 0.5  # of the text before
CONTAINED = 0.8  # of a stub's letters, in paragraphs that stood in the text before


def stub_of(before: str, page: ParsedArticle) -> str:
    """What tells that `page` shows a stub of the text `before`, in words; empty for an edit.

    A publisher who cuts a story says something new in its place; a stub says nothing but what stood there before, or
    the page itself declares that the rest is not free.
    """
    letters = len(page.text)
    if len(before) < FULL or letters > MUCH_SHORTER * len(before):
        return ""
    left = f"{letters} of {len(before)} letters are left"
    if page.paywalled:
        return f"{left}, and it is not free any more"
    stood = normalise(before)
    parts = [part for part in map(normalise, without_ticking(page.text).split("\n\n")) if part]
    contained = sum(len(part) for part in parts if part.rstrip(" .\u2026") in stood)
    return f"{left}, and they say nothing else" if contained >= CONTAINED * sum(map(len, parts)) else ""
