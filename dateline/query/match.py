"""Whether a text is what a query asks for; and of many queries, which ones.

Queries are found by a word that each must have, so that a thousand of them cost a text hardly more than a few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from dateline.query.tree import And, Fact, Node, Not, Or, Words
from dateline.query.words import bounded, signs, tokens

STEM = 3  # characters by which a query for a prefix is found
_STEM, _FACT = "\ue002", "\ue003"  # before what is no word; private use


class Document:
    """An article as queries see it: the tokens of title and text, and facts as `"source the paper"`."""

    __slots__ = ("_places", "facts", "signs", "text", "title", "title_signs")

    def __init__(self, title: str, text: str, facts: Iterable[str] = ()) -> None:
        self.title, self.text = bounded(tokens(title), tokens(text))
        self.title_signs, self.signs = signs(self.title), signs(self.text)
        self.facts = frozenset(facts)
        self._places: dict[bool, dict[str, list[int]]] = {}

    def words(self) -> set[str]:
        """All tokens."""
        return {*self.title, *self.text, *self.title_signs, *self.signs}

    def has(self, words: Words) -> bool:
        """Whether the title, or the text where that is meant too, has these words side by side."""
        return self._has(words, title=True) or (not words.title and self._has(words, title=False))

    def _has(self, words: Words, *, title: bool) -> bool:
        places = self._where(title=title)
        *whole, last = words.tokens
        if not words.prefix:
            whole.append(last)
        if any(token not in places for token in whole):
            return False
        if len(words.tokens) == 1:
            return not words.prefix or any(token.startswith(last) for token in places)
        stream = self.title if title else self.text
        size = len(whole)
        return any(
            stream[at : at + size] == whole
            and (not words.prefix or (at + size < len(stream) and stream[at + size].startswith(last)))
            for at in places[whole[0]]
        )

    def _where(self, *, title: bool) -> dict[str, list[int]]:
        places = self._places.get(title)
        if places is None:
            places = {sign: [] for sign in (self.title_signs if title else self.signs)}
            for at, token in enumerate(self.title if title else self.text):
                places.setdefault(token, []).append(at)
            self._places[title] = places
        return places


def matches(node: Node, document: Document) -> bool:
    """Whether the document is what the query asks for."""
    match node:
        case Words():
            return document.has(node)
        case Fact():
            return str(node) in document.facts
        case Not(part):
            return not matches(part, document)
        case And(parts):
            return all(matches(part, document) for part in parts)
        case Or(parts):
            return any(matches(part, document) for part in parts)


def anchors(node: Node) -> frozenset[str] | None:
    """Tokens of which a document must have one to match; None where it can match without any."""
    match node:
        case Words(found, prefix):
            whole = found[:-1] if prefix else found
            return frozenset([max(whole, key=len) if whole else _STEM + found[0][:STEM]])
        case Fact():
            return frozenset([_FACT + str(node)])
        case Not():
            return None
        case And(parts):
            known = [one for part in parts if (one := anchors(part)) is not None]
            return min(known, key=_cost, default=None)
        case Or(parts):
            each = [anchors(part) for part in parts]
            return None if None in each else frozenset().union(*(one for one in each if one))


def _cost(tokens: frozenset[str]) -> tuple[bool, int, int]:
    """The least of several sets of anchors: facts come last, few are better than many, long ones better than short."""
    return any(one[0] == _FACT for one in tokens), len(tokens), -min(map(len, tokens))


Name = TypeVar("Name", bound=Hashable)


class Matcher(Generic[Name]):
    """Many queries at once."""

    def __init__(self, queries: Mapping[Name, Node]) -> None:
        self._queries = queries
        self._by_anchor: defaultdict[str, list[Name]] = defaultdict(list)
        self._always: list[Name] = []
        for name, node in queries.items():
            found = anchors(node)
            if found is None:
                self._always.append(name)
            for anchor in found or ():
                self._by_anchor[anchor].append(name)
        self._stems = sorted({len(one) - 1 for one in self._by_anchor if one[0] == _STEM})

    def __len__(self) -> int:
        return len(self._queries)

    def of(self, document: Document) -> Sequence[Name]:
        """The queries that the document matches."""
        if not self._queries:
            return ()
        words = document.words()
        keys = words | {_FACT + fact for fact in document.facts}
        for size in self._stems:
            keys |= {_STEM + word[:size] for word in words}
        likely = {name for key in keys & self._by_anchor.keys() for name in self._by_anchor[key]}
        likely.update(self._always)
        return [name for name in likely if matches(self._queries[name], document)]
