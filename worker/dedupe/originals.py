"""Which of two copies is the original: the one published first, as far as their dates can tell. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)  # of UTC: where a day begins first, and last


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
