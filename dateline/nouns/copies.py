"""What two texts are compared by, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)  # of UTC: where a day begins first, and last


class CopyKind(StrEnum):
    """How an article was found to be another's copy, the surest first. The words are part of the public interface."""

    SAME_URL = "same URL"
    SAME_TEXT = "same text"
    NEAR = "near"
    LEAD = "lead"  # they begin alike: one of them was cut, or went on differently


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a text to tell its copies. Two are compared only where their `version` is the same.

    The packed fields are arrays of little-endian numbers, the same on every machine.
    """

    version: int  # of the algorithm
    text_hash: bytes  # 16 bytes: equal for texts that differ in typography and white space alone
    size: int  # distinct shingles
    sketch: bytes  # MinHash of all shingles (uint32)
    lead: bytes  # MinHash of the first 100 words' shingles (uint32)
    facts: bytes  # numbers and names, each under a hash of the words around it (uint64), ascending
    keys: bytes = b""  # what a likely copy shares at least one of (int64); kept in an index of their own


@dataclass(frozen=True, slots=True)
class Match:
    """Two texts found to be copies: how surely (0 to 1), and why, in words."""

    kind: CopyKind
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class KnownText:
    """A text met before, by the URL key of the article that it is, or would have been, of."""

    url_key: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Published:
    """When something was published: at a moment, on a day somewhere on Earth, or nobody knows when."""

    at: datetime | None = None
    on: date | None = None

    def before(self, other: Published) -> bool:
        """Whether this is earlier for certain: never where either is unknown, or a day of the other's day."""
        if self.at is None and other.at is None:
            return self.on is not None and other.on is not None and self.on < other.on
        latest, earliest = self._latest(), other._earliest()
        return latest is not None and earliest is not None and latest < earliest

    def _latest(self) -> datetime | None:
        return self.at or (_midnight(self.on) + timedelta(days=1) + BEHIND if self.on else None)

    def _earliest(self) -> datetime | None:
        return self.at or (_midnight(self.on) - AHEAD if self.on else None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
