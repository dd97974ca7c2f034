"""How people write lengths of time, moments, URLs and the word about revisits on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from dateline.clock import utc_now

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
DEFAULT = "default"  # what takes an operator's word back
LONGEST = 3650 * 86400.0  # seconds
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw]?)")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


def seconds(text: str) -> float | None:
    """`30s`, `5m`, `2h`, `1d`, `1w` or plain seconds, as seconds; None when it is nothing of the kind."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        return None
    value = float(match[1]) * UNITS[match[2]]
    return value if value <= LONGEST else None


class Duration(click.ParamType[float | str]):
    """A length of time of at least `least` seconds; with `or_default` also `default`, which takes a word back."""

    name = "interval"

    def __init__(self, least: float = 1.0, *, or_default: bool = False) -> None:
        self.least = least
        self.or_default = or_default

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | str:
        """Seconds, or DEFAULT."""
        if isinstance(value, int | float):
            return float(value)
        if self.or_default and value.strip().lower() == DEFAULT:
            return DEFAULT
        found = seconds(value)
        if found is None:
            self.fail(f"{value!r} is no length of time; right are 30s, 5m, 2h, 1d or plain seconds", param, ctx)
        if found < self.least:
            self.fail(f"{value!r} is too short; at least {self.least:g} s", param, ctx)
        return found


class Revisit(click.ParamType[str]):
    """What re-visits of a feed's articles are for, or how often they come: kept as text."""

    name = "off|edits|views|interval"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word itself, or seconds as text."""
        text = str(value).strip().lower()
        if text in ("off", "edits", "views", DEFAULT):
            return text
        found = seconds(text)
        if found is None or found < 1:
            self.fail(f"{value!r} is not right; right are off, edits, views, or an interval as 30s or 6h", param, ctx)
        return f"{found:g}"


class Moment(click.ParamType[datetime]):
    """A moment: so long ago (`2h`), or ISO 8601 (UTC unless it names its zone)."""

    name = "2h|ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment in UTC."""
        if isinstance(value, datetime):
            return value
        ago = seconds(value)
        if ago is not None and not re.fullmatch(r"\d{4}|\d{8}", value):
            return utc_now() - timedelta(seconds=ago)
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment; right are 2h, 3d, 2026-03-30 or 2026-03-30T12:00:00Z", param, ctx)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


class Tag(click.ParamType[str]):
    """A word people sort by: one line, no comma, at most 100 characters."""

    name = "tag"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The tag without white space around it."""
        text = str(value).strip()
        if not text or len(text) > 100 or not text.isprintable() or "," in text:
            self.fail(f"{value!r} is no tag; one printable word or phrase without a comma", param, ctx)
        return text


def own_word(value: Any) -> Any:
    """The word to be stored: None where the person takes it back."""
    return None if value == DEFAULT else value


def with_scheme(text: str) -> str:
    """The URL as typed, with https:// where no scheme was given."""
    stripped = text.strip()
    return stripped if _SCHEME.match(stripped) else f"https://{stripped}"
