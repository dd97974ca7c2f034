"""Robot stories, as agencies generate them from a template and a row of data. No two of them are copies.

`robots.txt` beside this holds the templates and says how slots are written.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

_SLOT = re.compile(r"<(?:(\w):)?([^<>]+)>")
_RANGE = re.compile(r"(\d+)(?:\.(\d+))?-(\d+)(?:\.\d+)?")


class Robots:
    """All templates: a name, and stories by it."""

    def __init__(self) -> None:
        blocks = re.split(r"^= ", Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
        named = [block.partition("\n")[::2] for block in blocks[1:]]
        self._lists = {name.removeprefix("list "): text.strip() for name, text in named if name.startswith("list ")}
        self.templates = {name: text.strip() for name, text in named if not name.startswith("list ")}

    def story(self, template: str, rng: random.Random) -> str:
        """One story by a template, its slots filled by chance."""
        kept: dict[str, str] = {}

        def fill(slot: re.Match[str]) -> str:
            name, what = slot.groups()
            if what in kept:
                return kept[what]
            drawn = self._draw(what, rng)
            if name:
                kept[name] = drawn
            return drawn

        return _SLOT.sub(fill, self.templates[template])

    def _draw(self, what: str, rng: random.Random) -> str:
        if numbers := _RANGE.fullmatch(what):
            decimals = len(numbers[2] or "")
            scale = 10**decimals
            low, high = (int(float(end) * scale) for end in what.split("-"))
            return f"{rng.randint(low, high) / scale:.{decimals}f}"
        drawn: str = rng.choice(self._lists.get(what, what).split("|"))
        return drawn
