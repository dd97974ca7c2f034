"""Time as Dateline keeps it: aware datetimes in UTC, to the microsecond. Pure modules take `now` as an argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def utc_now() -> datetime:
    """The present moment. Only the shell (tasks, commands, the loop) calls this."""
    return datetime.now(UTC)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC, exactly (a float of seconds cannot hold them all)."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment that lies `micros` microseconds after 1970 in UTC."""
    return EPOCH + timedelta(microseconds=micros)


def offset_of(moment: datetime | None) -> int | None:
    """Minutes east of UTC of the zone that a moment is written in; None without one."""
    shift = moment.utcoffset() if moment is not None else None
    return None if shift is None else round(shift / timedelta(minutes=1))


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with a `Z`: `2026-03-30T12:00:00Z`, with microseconds only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
