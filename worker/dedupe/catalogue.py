"""Copies among texts given one after another, kept in memory: the service's decision without its database. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dateline.nouns.copies import CopyKind, Fingerprint, Match, Published
from worker.dedupe.candidates import OWNERS, keys_of, likely
from worker.dedupe.decide import ENOUGH_TO_COMPARE
from worker.dedupe.fingerprint import fingerprint
from worker.dedupe.near import best_match
from worker.parse.text import content_hash


@dataclass(frozen=True, slots=True)
class Copy:
    """That a text is a copy: of which one (its number), and how that was found."""

    original: int
    match: Match


class Catalogue:
    """Texts by their numbers, 0 and up in the order given. Some 4 kB of memory for each, whatever its length."""

    def __init__(self) -> None:
        self._published: list[Published] = []
        self._prints: list[Fingerprint | None] = []
        self._copies: dict[int, Copy] = {}
        self._members: dict[int, list[int]] = {}  # an original's copies
        self._urls: dict[str, int] = {}
        self._texts: dict[bytes, int] = {}
        self._owners: dict[int, int | list[int]] = {}  # most keys have one

    def add(self, url_key: str | None, title: str | None, text: str, published: Published) -> Copy | None:
        """Take one text in, and say whose copy it is. An earlier original may make the others its copies."""
        number = len(self._published)
        made = fingerprint(text)
        keys = keys_of(made) if made else []
        self._published.append(published)
        self._prints.append(replace(made, keys=b"") if made else None)
        found = self._same(number, url_key, title, text) or (self._alike(number, made, keys) if made else None)
        for key in keys:
            self._own(key, number)
        if found is not None:
            self._join(number, *found)
        return self._copies.get(number)

    def copy(self, number: int) -> Copy | None:
        """Whose copy the text of this number is as things stand now."""
        return self._copies.get(number)

    def _same(self, number: int, url_key: str | None, title: str | None, text: str) -> tuple[int, Match] | None:
        if url_key is not None and (first := self._urls.setdefault(url_key, number)) != number:
            return first, Match(CopyKind.SAME_URL, 1.0, "the same address")
        if len(text) < ENOUGH_TO_COMPARE:
            return None
        first = self._texts.setdefault(content_hash(title, text), number)
        return (first, Match(CopyKind.SAME_TEXT, 1.0, "the same words")) if first != number else None

    def _alike(self, number: int, made: Fingerprint, keys: Iterable[int]) -> tuple[int, Match] | None:
        owners = {key: (held,) if isinstance(held := self._owners.get(key, ()), int) else held for key in keys}
        others = ((one, other) for one in likely(number, keys, owners) if (other := self._prints[one]) is not None)
        return best_match(made, others)

    def _own(self, key: int, number: int) -> None:
        held = self._owners.setdefault(key, number)
        if isinstance(held, list):
            self._owners[key] = [number, *held[: OWNERS - 1]]
        elif held != number:
            self._owners[key] = [number, held]

    def _join(self, number: int, other: int, match: Match) -> None:
        root = self._copies[other].original if other in self._copies else other
        members = self._members.setdefault(root, [])
        if match.kind is CopyKind.SAME_URL or not self._published[number].before(self._published[root]):
            self._copies[number] = Copy(root, match)
            members.append(number)
            return
        self._copies[root] = Copy(number, match)
        for member in members:
            self._copies[member] = replace(self._copies[member], original=number)
        self._members[number] = [*self._members.pop(root), root]
