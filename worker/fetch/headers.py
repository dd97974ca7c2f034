"""What response headers say about when to come back: pure, over (name in lower case, value) pairs as received."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

Headers = Sequence[tuple[str, str]]

LONGEST_WAIT = timedelta(days=30)  # a longer Retry-After is nonsense (`Retry-After: 999999999`), not a wish
LONGEST_FRESHNESS = 30 * 86400.0  # seconds; a feed that declares a year has misunderstood
MAX_VALIDATOR = 4096  # characters; a longer one would blow the server's own request limit when sent back

_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
# Latin-1 is what a header can carry; a control character could end our header and begin another.
_SENDABLE = re.compile(rf"[ -~\xa0-\xff]{{1,{MAX_VALIDATOR}}}")
_DIRECTIVE = re.compile(r'\s*([A-Za-z0-9-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,"]*)))?\s*(?:,|$)')


def first(headers: Headers, name: str) -> str | None:
    """The first value of a header, or None; the name in lower case."""
    return next((value for key, value in headers if key == name), None)


def last(headers: Headers, name: str) -> str | None:
    """The last value of a header, or None; the name in lower case."""
    return first(headers[::-1], name)


def http_date(text: str | None) -> datetime | None:
    """An HTTP-date in any of its three forms (RFC 9110, 5.6.7), in UTC; None for what is none."""
    if not text or len(text) > 64:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(headers: Headers, now: datetime) -> datetime | None:
    """The moment before which the server asks us not to come back (RFC 9110, 10.2.3); None when it says nothing usable.

    Both forms: seconds count from now; a date counts from the server's own Date where it sends one, so that a wrong
    clock there shifts nothing. It is never cut short, but for nonsense over 30 days; what is past or negative is
    ignored.
    """
    text = (last(headers, "retry-after") or "").strip()
    if _SECONDS.fullmatch(text):
        wait = timedelta(seconds=min(math.ceil(float(text)), LONGEST_WAIT.total_seconds()))
    else:
        until = http_date(text)
        if until is None:
            return None
        wait = min(until - (http_date(last(headers, "date")) or now), LONGEST_WAIT)
    return now + wait if wait > timedelta(0) else None


def freshness(headers: Headers, now: datetime) -> float | None:
    """Seconds for which the response stays fresh by its own headers (RFC 9111, 4.2.1); None when they say nothing.

    `max-age` less `Age`, else `Expires` less `Date`; 0 for no-cache, no-store, a negative or an unreadable value; at
    most 30 days.
    """
    directives = dict(_directives(headers))
    if "no-cache" in directives or "no-store" in directives:
        return 0.0
    if "max-age" in directives:
        seconds = _seconds(directives["max-age"]) - _seconds(first(headers, "age"))
    elif (expires := first(headers, "expires")) is not None:
        until = http_date(expires)
        since = http_date(first(headers, "date")) or now
        seconds = (until - since).total_seconds() if until else 0.0
    else:
        return None
    return min(max(seconds, 0.0), LONGEST_FRESHNESS)


def _directives(headers: Headers) -> Iterator[tuple[str, str]]:
    text = ", ".join(value for name, value in headers if name == "cache-control")[:4096]
    found = [(match[1].lower(), match[2] or match[3] or "") for match in _DIRECTIVE.finditer(text)]
    yield from reversed(found)  # a directive that comes twice counts as it came first


def _seconds(text: str | None) -> float:
    text = (text or "").strip()
    return float(text) if _SECONDS.fullmatch(text) else 0.0


def validators(headers: Headers) -> tuple[str | None, str | None]:
    """The ETag and Last-Modified to send next time, exactly as received: opaque, with quotes and `W/`.

    One that cannot be sent back (empty, overlong, with control characters) counts as absent.
    """
    return _opaque(last(headers, "etag")), _opaque(last(headers, "last-modified"))


def conditions(etag: str | None, last_modified: str | None) -> list[tuple[str, str]]:
    """The request headers that ask "only if it changed" (RFC 9110, 13.1); both are sent when both are known."""
    pairs = (("If-None-Match", _opaque(etag)), ("If-Modified-Since", _opaque(last_modified)))
    return [(name, value) for name, value in pairs if value is not None]


def _opaque(value: str | None) -> str | None:
    return value if value and _SENDABLE.fullmatch(value) else None
