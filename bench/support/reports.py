"""Made-up reports of made-up events: other words for one matter, shared names and numbers. A sanity check, no corpus.

Words follow Zipf's law. A topic has words that all its events share, an event names, numbers and a few words of its
own; each report draws anew from all of them, so that two reports of one event share a third of what is theirs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

START = datetime(2026, 3, 1, tzinfo=UTC)
VOCABULARY, TOPICS = 60_000, 150
SYLLABLES = [a + b for a in "bcdfghjklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "on", "us")]
SHARES = (0.62, 0.20, 0.18)  # of a text: anybody's words, the topic's, the event's


@dataclass(frozen=True, slots=True)
class Labelled:
    """One report, and the event that it is of."""

    id: str
    title: str
    text: str
    published_at: datetime
    language: str | None
    event: str


class Press:
    """Writes reports. The same seed writes the same."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = random.Random(seed)
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            words["".join(self._rng.choices(SYLLABLES, k=self._rng.choice((1, 2, 2, 3, 3, 4))))] = None
        self._words = list(words)
        self._zipf = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        self._topics = [self._rng.choices(self._words[300:20_000], k=120) for _ in range(TOPICS)]

    def reports(self, count: int, hours: float) -> Iterator[Labelled]:
        """So many reports within so many hours, in order; an event's within a day, a third of all events have one."""
        rng, made = self._rng, []
        event = 0
        while len(made) < count:
            event += 1
            began = rng.uniform(0, hours)
            matter = self._matter()
            size = 1 if rng.random() < 1 / 3 else min(40, 1 + int(rng.paretovariate(1.1)))
            for _ in range(size):
                at = min(hours, began + rng.expovariate(1 / 6))
                title, text = self._report(*matter)
                made.append((at, title, text, event))
        made = sorted(made[:count])
        for number, (at, title, text, event) in enumerate(made):
            yield Labelled(f"r{number}", title, text, START + timedelta(hours=at), "en", f"e{event}")

    def _matter(self) -> tuple[list[str], list[str]]:
        """A topic's words, and an event's own."""
        rng = self._rng
        names = [word.title() for word in rng.choices(self._words[3000:], k=7)]
        numbers = [str(rng.randint(3, 9999)) for _ in range(4)]
        return rng.choice(self._topics), [*names, *names, *numbers, *rng.choices(self._words[1000:], k=10)]

    def _report(self, topic: list[str], own: list[str]) -> tuple[str, str]:
        rng = self._rng
        angle, mine = rng.sample(topic, 50), rng.sample(own, len(own) * 2 // 3)
        title = rng.sample(mine, 3) + rng.choices(angle, k=3) + self._plain(2)
        rng.shuffle(title)
        length = rng.randint(90, 220)
        plain, topical, special = (int(length * share) for share in SHARES)
        text = self._plain(plain) + rng.choices(angle, k=topical) + rng.choices(mine, k=special)
        rng.shuffle(text)
        sentences = [_sentence(text[place : place + 15]) for place in range(0, len(text), 15)]
        return _sentence(title), ". ".join(sentences) + "."

    def _plain(self, count: int) -> list[str]:
        return self._rng.choices(self._words, cum_weights=self._zipf, k=count)


def _sentence(words: list[str]) -> str:
    return " ".join([words[0].title(), *words[1:]]) if words else ""
