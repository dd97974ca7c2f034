"""A query as a tree. `Words` are found in title or text, `Fact`s in what is known beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

FactName: TypeAlias = Literal["source", "tag", "language"]


@dataclass(frozen=True, slots=True)
class Words:
    """One token, or several side by side; with `prefix` the last one may go on."""

    tokens: tuple[str, ...]
    prefix: bool = False
    title: bool = False  # in the title alone


@dataclass(frozen=True, slots=True)
class Fact:
    """The outlet, a tag or the language; `value` is folded: "the paper", "pt br"."""

    name: FactName
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be so."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    parts: tuple[Node, ...]


Node: TypeAlias = Words | Fact | Not | And | Or


def wordy(node: Node) -> bool:
    """Whether this asks for words alone, so that an index of words answers it."""
    match node:
        case Words():
            return True
        case Fact():
            return False
        case Not(part):
            return wordy(part)
        case And(parts) | Or(parts):
            return all(map(wordy, parts))
