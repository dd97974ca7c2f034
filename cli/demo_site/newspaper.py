"""What the demo newspaper holds at any moment: a pure function of its seed, its first moment and now.

Times are Unix seconds. Nothing is stored, so a restart continues the same newspaper, and anybody who knows the three
numbers knows every counter it ever showed.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

FIRST_EDITION = 24  # stories that are there from the first moment
PACE = 15.0  # seconds between the first new stories
SLOWING = 60  # new stories after which the pace has halved: a demo left running must not bury its owner
IN_FEED = 25  # newest stories of a section in its feed
SECTIONS = {"world": "World", "business": "Business", "science": "Science", "city": "City"}
MARKUPS = ("classic", "modern", "breaks", "plain")
WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Story:
    """One story with everything that will ever happen to it."""

    number: int
    section: str
    headline: str
    author: str
    page: int
    published_at: float
    paragraphs: tuple[str, ...]
    revised_at: float | None
    revised_paragraphs: tuple[str, ...]
    removed_at: float | None
    removed_status: int  # 404 or 410
    syndicated: bool  # the wire desk carries the same text under an address of its own
    markup: str
    audience: float  # readers who come while it is news
    fading: float  # seconds in which that interest falls to a third
    trickle: float  # readers a second, ever after

    @property
    def path(self) -> str:
        """Its address."""
        slug = "-".join("".join(c if c.isalnum() else " " for c in self.headline.lower()).split()[:8])
        return f"/{self.section}/{datetime.fromtimestamp(self.published_at, UTC):%Y/%m/%d}/{slug}-{self.number}"

    @property
    def paths(self) -> tuple[str, ...]:
        """All its addresses: its own and, where syndicated, the wire desk's."""
        return (self.path, f"/wire/{self.number}") if self.syndicated else (self.path,)

    def text(self, now: float) -> tuple[str, ...]:
        """Its paragraphs as they read now."""
        return self.revised_paragraphs if self.is_revised(now) else self.paragraphs

    def is_revised(self, now: float) -> bool:
        """Whether its text has been edited by now."""
        return self.revised_at is not None and now >= self.revised_at

    def is_removed(self, now: float) -> bool:
        """Whether it has been taken down by now."""
        return self.removed_at is not None and now >= self.removed_at

    def edited_at(self, now: float) -> float:
        """When its text last changed."""
        return self.revised_at if self.revised_at is not None and now >= self.revised_at else self.published_at

    def views(self, now: float) -> int:
        """What its counter shows: never falling, fast at first, slower with age."""
        age = max(0.0, now - self.published_at)
        return int(self.audience * -math.expm1(-age / self.fading) + self.trickle * age)

    def counted_at(self, now: float) -> float:
        """When the counter turned to what it shows now, to a millisecond."""
        count = self.views(now)
        early, late = self.published_at, now
        while late - early > 0.001:
            middle = (early + late) / 2
            early, late = (early, middle) if self.views(middle) == count else (middle, late)
        return late


@dataclass(frozen=True, slots=True)
class Newspaper:
    """All stories, by the seed and the moment of the first edition."""

    seed: int
    started_at: float

    def count(self, now: float) -> int:
        """How many stories have been published by now."""
        age = max(0.0, now - self.started_at) / PACE
        # The k-th new story comes after k + k*k / (2 * SLOWING) paces; this is that, solved for k.
        return FIRST_EDITION + int(math.sqrt(SLOWING * SLOWING + 2 * SLOWING * age) - SLOWING + 1e-9)

    def published_at(self, number: int) -> float:
        """When a story came out, or will: those of the first edition are up to a day old at the start."""
        new = number - FIRST_EDITION + 1
        if new <= 0:
            return self.started_at + (new - 1) * 3600
        return self.started_at + PACE * (new + new * new / (2 * SLOWING))

    def story(self, number: int) -> Story:
        """The story of this number (from 0)."""
        return _story(self.seed, number, self.published_at(number))

    def stories(self, now: float) -> Iterator[Story]:
        """Every story published by now, newest first, those taken down included."""
        return (self.story(number) for number in range(self.count(now) - 1, -1, -1))

    def feed(self, section: str, now: float) -> tuple[list[Story], float]:
        """The newest stories of a section, as its feed lists them, and when that list last read otherwise."""
        found: list[Story] = []
        changes = [self.started_at]
        for story in self.stories(now):
            if story.section == section:
                if story.is_removed(now):
                    changes.append(story.removed_at or now)
                else:
                    found.append(story)
                    changes.append(story.edited_at(now))
            if len(found) == IN_FEED:
                break
        return found, max(changes)

    def at(self, path: str, now: float) -> Story | None:
        """The story at an address, if one was ever published there."""
        tail = path.rsplit("/", 1)[-1].rsplit("-", 1)[-1]
        if not (tail.isascii() and tail.isdigit() and len(tail) < 10) or int(tail) >= self.count(now):
            return None
        story = self.story(int(tail))
        return story if path in story.paths else None


@lru_cache(maxsize=4096)
def _story(seed: int, number: int, published_at: float) -> Story:
    dice = Random(f"{seed}/{number}")  # noqa: S311 - fiction, not cryptography
    section = tuple(SECTIONS)[number % len(SECTIONS)]
    fields = _fields(dice, published_at)
    subject = dice.choice(WORDS["subjects"][section])
    fields["role"] = subject["speaker"].format(**fields)
    follow_ups = dice.sample(WORDS["follow_ups"], dice.randint(5, 9))
    paragraphs = tuple(text.format(**fields) for text in (subject["opening"], *follow_ups))
    is_new = number >= FIRST_EDITION
    born = (
        published_at if is_new else published_at + (FIRST_EDITION - number) * 3600
    )  # the first edition's fate starts then
    revised = dice.random() < 0.25
    removed = not revised and dice.random() < 0.1
    correction = dice.choice(WORDS["corrections"]).format(**fields)
    return Story(
        number=number,
        section=section,
        headline=subject["headline"].format(**fields),
        author=fields["author"],
        page=dice.randint(1, 16),
        published_at=published_at,
        paragraphs=paragraphs,
        revised_at=born + dice.uniform(40, 400) if revised else None,
        revised_paragraphs=(*paragraphs, correction),
        removed_at=born + dice.uniform(120, 900) if removed else None,
        removed_status=dice.choice((404, 410)),
        syndicated=dice.random() < 0.125,
        markup=MARKUPS[dice.randrange(len(MARKUPS))],
        audience=dice.uniform(200, 6000),
        fading=dice.uniform(900, 20_000),
        trickle=dice.uniform(0.002, 0.2),
    )


def _fields(dice: Random, published_at: float) -> dict[str, str]:
    """The names and numbers of one story."""
    people = [f"{first} {dice.choice(WORDS['last_names'])}" for first in dice.sample(WORDS["first_names"], 3)]
    places = dice.sample(WORDS["places"], 3)
    companies = [f"{head} {dice.choice(WORDS['companies_tail'])}" for head in dice.sample(WORDS["companies_head"], 2)]
    day = datetime.fromtimestamp(published_at, UTC)
    return {
        "author": people[0],
        "speaker": people[1],
        "surname": people[1].split()[-1],
        "critic": people[2],
        "place": places[0],
        "place2": places[1],
        "place3": places[2],
        "company": companies[0],
        "company2": companies[1],
        "day": f"{day:%A}",
        "count": str(dice.randint(11, 97)),
        "count2": str(dice.randint(101, 399)),
        "small": str(dice.randint(3, 9)),
        "big": f"{dice.randint(400, 9800):,}",
        "big2": f"{dice.randint(400, 9800):,}",
        "years": str(dice.randint(2, 19)),
        "days": str(dice.randint(3, 30)),
        "hours": str(dice.randint(3, 40)),
        "percent": str(dice.randint(2, 38)),
        "percent2": str(dice.randint(10, 90)),
        "rate": f"{dice.randint(4, 30) / 4:.2f}",
        "million": str(dice.randint(12, 940)),
        "million2": str(dice.randint(12, 940)),
        "ordinal": dice.choice(("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")),
        "year": str(dice.randint(day.year - 40, day.year - 2)),
        "year2": str(dice.randint(day.year + 1, day.year + 6)),
    }
