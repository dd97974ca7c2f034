"""Searching words without regard to case and accents, alike on both databases (neither folds all scripts itself)."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """The text without case and accents: `Straße` and `STRASSE`, `Malmö` and `malmo` are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_of(search: str) -> tuple[str, ...]:
    """The folded words of a search; all of them must be found."""
    return tuple(folded(search).split())


def holds(words: tuple[str, ...], *texts: str | None) -> bool:
    """Whether each word stands in one of the texts."""
    hay = folded("\n".join(text for text in texts if text))
    return all(word in hay for word in words)
