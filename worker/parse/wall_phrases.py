"""How walls speak: the phrases of `walls.toml`, ready to be looked up line by line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("walls.toml")
KEY = 3  # characters that phrases are looked up by; no opening is shorter
MOST = 400  # characters of a line that are compared
_BULLETS = "\u2022\u00b7*>\U0001f36a\U0001f512\U0001f510\u2713\u2714 -\u2013\u2014\u00a1"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a line of a wall begins with: `start`, then each of `rest` somewhere behind the one before it."""

    wall: str
    phrase: str
    start: str
    rest: tuple[str, ...]

    def opens(self, line: str) -> bool:
        """Whether a line in its plain form begins so."""
        if not line.startswith(self.start):
            return False
        place = len(self.start)
        for part in self.rest:
            if (found := line.find(part, place)) < 0:
                return False
            place = found + len(part)
        return True


@dataclass(frozen=True, slots=True)
class Phrases:
    """The whole of the file: openings by their first characters, window titles with their wall, and words."""

    openings: dict[str, tuple[Opening, ...]]
    titles: dict[str, str]
    buttons: frozenset[str]
    consent: tuple[str, ...]
    challenge: tuple[str, ...]
    other: tuple[str, ...]

    def openings_of(self, line: str) -> Iterator[Opening]:
        """The walls that a line in its plain form speaks for."""
        return (one for one in self.openings.get(line[:KEY], ()) if one.opens(line))


def plain(line: str) -> str:
    """A line's beginning as phrases are compared with it: case-folded, single blanks, plain apostrophes, no bullet."""
    return " ".join(line[:MOST].split()).casefold().replace("\u2019", "'").lstrip(_BULLETS)


@cache
def phrases() -> Phrases:
    """The phrases, read from their file when first asked for."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    openings: dict[str, list[Opening]] = {}
    for wall, languages in table["openings"].items():
        for phrase in dict.fromkeys(one for listed in languages.values() for one in _listed(listed)):
            start, *rest = (part.strip() for part in phrase.split("*"))
            openings.setdefault(start[:KEY], []).append(Opening(wall, phrase, start, tuple(rest)))
    words = {name: tuple(_listed(listed)) for name, listed in table["words"].items()}
    return Phrases(
        openings={key: tuple(some) for key, some in openings.items()},
        titles={title: wall for wall, listed in table["titles"].items() for title in _listed(listed)},
        buttons=frozenset(words["buttons"]),
        consent=words["consent"],
        challenge=words["challenge"],
        other=words["other"],
    )


def _listed(lines: str) -> Iterator[str]:
    return (plain(line) for line in lines.splitlines() if line.strip())
