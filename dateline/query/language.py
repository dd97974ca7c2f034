"""The query language: words, "phrases", prefix*, AND OR NOT (or -), parentheses, title: source: tag: language:.

Words beside each other must all be found; AND binds tighter than OR. Operators are written in capitals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast, get_args

from dateline.errors import UsageError
from dateline.query.tree import And, Fact, FactName, Node, Not, Or, Words
from dateline.query.words import SIGN, fold, is_pair, is_sign, tokens

LONGEST_QUERY = 2_000  # characters
MOST_WORDS = 200  # tokens in all; each character of a script without spaces is one
DEEPEST = 20  # parentheses and NOTs within each other
SHORTEST_PREFIX = 2  # characters
FACTS = get_args(FactName)
_FIELDS = ("title", *FACTS)
_LEXEMES = re.compile(
    r"\s+|(?P<open>\()|(?P<close>\))|(?P<minus>-(?=[^\s)]))|(?P<field>[^\W\d_]{2,30}):(?=[^\s)])"
    r'|["“”„](?P<phrase>[^"“”„]*)(?P<end>["“”„]?)|(?P<word>[^\s()"“”„]+)'
)


class QueryError(UsageError):
    """A query that cannot be understood. `position` counts its characters from 1."""

    stage = "query"

    def __init__(self, message: str, position: int, remedy: str) -> None:
        super().__init__(f"{message} (character {position} of the query)", remedy=remedy)
        self.position = position


def parse(text: str) -> Node:
    """The query as a tree. Raises QueryError."""
    if len(text) > LONGEST_QUERY:
        remedy = f"a query has at most {LONGEST_QUERY} characters; this one has {len(text)}"
        raise QueryError("the query is too long", LONGEST_QUERY + 1, remedy)
    reader = _Reader(_lexemes(text), len(text) + 1)
    node = reader.either(title=False)
    if (one := reader.next()) is not None:
        raise QueryError("nothing is open that this ) could close", one.at, "take it out, or open one before it")
    return node


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: str  # "open", "close", "AND", "OR", "NOT", "field", "words"
    at: int
    text: str = ""


def _lexemes(text: str) -> list[_Lexeme]:
    found: list[_Lexeme] = []
    for match in _LEXEMES.finditer(text):
        kind, at = match.lastgroup, match.start() + 1
        after_field = bool(found) and found[-1].kind == "field"
        if kind in ("open", "close"):
            found.append(_Lexeme(kind, at))
        elif kind == "minus":
            found.append(_Lexeme("NOT", at))
        elif kind == "field":
            found.append(_Lexeme("field", at, match["field"]))
        elif kind == "end":
            if not match["end"]:
                raise QueryError("a phrase is not closed", at, 'put a " behind its last word')
            found.append(_Lexeme("words", at, match["phrase"]))
        elif kind == "word":
            word = match["word"]
            operator = word in ("AND", "OR", "NOT") and not after_field
            if operator or after_field or "*" in word or tokens(word):
                found.append(_Lexeme(word if operator else "words", at, word))
    return found


class _Reader:
    """Reads lexemes from left to right."""

    def __init__(self, lexemes: list[_Lexeme], end: int) -> None:
        self._lexemes = lexemes
        self._end = end
        self._place = 0
        self._depth = 0
        self._words = 0

    def next(self) -> _Lexeme | None:
        """What comes next; it stays there."""
        return self._lexemes[self._place] if self._place < len(self._lexemes) else None

    def either(self, *, title: bool) -> Node:
        """Parts with OR between them."""
        parts = [self._all(title)]
        while (one := self.next()) is not None and one.kind == "OR":
            self._place += 1
            parts.append(self._all(title))
        return parts[0] if len(parts) == 1 else Or(_flat(parts, Or))

    def _all(self, title: bool) -> Node:
        """Parts beside each other, or with AND between them."""
        parts = [self._one(title)]
        while (one := self.next()) is not None and one.kind not in ("OR", "close"):
            self._place += one.kind == "AND"
            parts.append(self._one(title))
        return parts[0] if len(parts) == 1 else And(_flat(parts, And))

    def _one(self, title: bool) -> Node:
        one = self.next()
        if one is None or one.kind in ("AND", "OR", "close"):
            raise self._missing(one)
        self._place += 1
        if one.kind == "words":
            return self._found(one, title)
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError("the query is nested too deeply", one.at, f"at most {DEEPEST} parentheses and NOTs")
        if one.kind == "NOT":
            node: Node = Not(self._one(title))
        elif one.kind == "field":
            node = self._field(one)
        else:
            node = self.either(title=title)
            if self.next() is None:
                raise QueryError("a parenthesis is not closed", one.at, "put a ) behind its last word")
            self._place += 1
        self._depth -= 1
        return node

    def _missing(self, one: _Lexeme | None) -> QueryError:
        at = one.at if one else self._end
        if not self._lexemes:
            return QueryError("the query is empty", at, 'give a word or more: harbour, "harbour bridge", bridg*')
        if one is None or one.kind == "close":
            return QueryError("a word is missing", at, "put one here, or take out the operator or ( before it")
        remedy = f'put one before it, or write "{one.kind.lower()}" in small letters where it is a word itself'
        return QueryError(f"a word is missing before {one.kind}", at, remedy)

    def _field(self, field: _Lexeme) -> Node:
        name, value = field.text.lower(), self.next()
        if name not in _FIELDS:
            remedy = f"known are {', '.join(f'{one}:' for one in _FIELDS)}; put words with a colon between quotes"
            raise QueryError(f"there is no field {field.text}:", field.at, remedy)
        if value is None or value.kind not in (("words", "open") if name == "title" else ("words",)):
            remedy = 'right are source:NAME and source:"A NAME"; each value has its own field before it'
            raise QueryError(f"{name}: has no value", field.at, remedy)
        if name == "title":
            return self._one(title=True)
        self._place += 1
        folded = " ".join(fold(value.text).split())
        if not folded or "*" in value.text:
            raise QueryError(f"{value.text!r} names no {name}", value.at, "give it in full, with letters or digits")
        return Fact(cast("FactName", name), folded)

    def _found(self, one: _Lexeme, title: bool) -> Words:
        text, prefix = one.text.strip(), one.text.rstrip().endswith("*")
        text = text[:-1] if prefix else text
        if "*" in text:
            raise QueryError("a * stands within a word", one.at, "it can only stand at the end: bridg*")
        found = tokens(text)
        if not found:
            remedy = "give letters or digits" + (" before the *" if prefix else "")
            raise QueryError(f"{one.text!r} has no word", one.at, remedy)
        self._words += len(found)
        if self._words > MOST_WORDS:
            remedy = f"a query has at most {MOST_WORDS} words (of Chinese, Japanese and Thai: characters)"
            raise QueryError("the query has too many words", one.at, remedy)
        words = _words(found, prefix, title)
        if words.prefix and len(words.tokens[-1]) < SHORTEST_PREFIX and not is_sign(words.tokens[-1]):
            remedy = f"a * needs at least {SHORTEST_PREFIX} letters before it"
            raise QueryError(f"the prefix {words.tokens[-1]!r} is too short", one.at, remedy)
        return words


def _words(found: list[str], prefix: bool, title: bool) -> Words:
    """The tokens as an index has them: of a script without spaces, a run goes on in whatever stands behind it."""
    last = found[-1]
    if not is_sign(last):
        return Words(tuple(found), prefix, title)
    if len(found) == 1:
        return Words((SIGN + last,), False, title)
    if is_pair(found[-2]) and found[-2][1] == last:
        return Words(tuple(found[:-1]), False, title)
    return Words(tuple(found), True, title)


def _flat(parts: list[Node], kind: type[And] | type[Or]) -> tuple[Node, ...]:
    """The parts, with those of the same kind taken apart."""
    return tuple(each for part in parts for each in (part.parts if isinstance(part, kind) else (part,)))
