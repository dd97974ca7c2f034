"""What a host's robots.txt allows (RFC 9309), over protego: pure.

The client follows a robots.txt to any site: `fetch(..., allow_redirect=anywhere)`. The outcome and the body are kept
with the host; `rules_from` turns them into rules again.
"""

from __future__ import annotations

import codecs
import re
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from protego import Protego

from dateline.nouns.frontier import FetchOutcome

PRODUCT = "Dateline"  # our product token: what a publisher writes after "User-agent:"
MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: what has to be read; the rest is cut off
MAX_CRAWL_DELAY = 86400.0  # seconds; a longer one is nonsense
KEPT = timedelta(hours=24)  # RFC 9309, 2.4: longer it should not be used
RETRY_UNREACHABLE = timedelta(hours=1)  # while it cannot be had nothing may be fetched, so look again sooner

# RFC 9309, 2.3.1.3: what a 4xx says is that there are no rules; 2.3.1.2: so do more than five redirects.
_NO_RULES = frozenset(
    {
        FetchOutcome.UNAUTHORIZED,
        FetchOutcome.FORBIDDEN,
        FetchOutcome.NOT_FOUND,
        FetchOutcome.GONE,
        FetchOutcome.LEGAL,
        FetchOutcome.CLIENT_ERROR,
        FetchOutcome.TOO_MANY_REDIRECTS,
    }
)
_USER_AGENT = re.compile(r"^[ \t]*user[ _-]?agent[ \t]*:?[ \t]*(.*)$", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+|\*")
_OTHERS = "another"


class RobotsRules:
    """What one robots.txt allows. Made by `rules_from`."""

    def __init__(self, text: str = "", *, disallow_all: bool = False) -> None:
        self._disallow_all = disallow_all
        self._parsed = cache(lambda token: Protego.parse(_only_for(token, text)))

    def allowed(self, url: str, user_agent: str = PRODUCT) -> bool:
        """Whether the URL may be fetched by the product whose token the user agent begins with.

        robots.txt itself always may.
        """
        if urlsplit(url).path == "/robots.txt":
            return True
        if self._disallow_all:
            return False
        token = _token(user_agent)
        return bool(self._parsed(token).can_fetch(url, token))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds that the publisher asks us to leave between two requests; None when it says nothing."""
        token = _token(PRODUCT)
        delay: float | None = self._parsed(token).crawl_delay(token)
        return None if delay is None else min(delay, MAX_CRAWL_DELAY)


def rules_from(outcome: str, body: bytes | None) -> RobotsRules:
    """The rules that follow from how the fetch of a robots.txt ended.

    OK: what it says (an unreadable line says nothing). A 4xx: everything is allowed. All else (5xx, 429, unreachable,
    refused, never fetched): nothing is.
    """
    if outcome == FetchOutcome.OK:
        return RobotsRules(_text(body or b""))
    return RobotsRules(disallow_all=outcome not in _NO_RULES)


def robots_url(url: str) -> str:
    """Where the robots.txt that governs an http(s) URL lies: at its scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/robots.txt"


def robots_stale(fetched_at: datetime | None, outcome: str, now: datetime) -> bool:
    """Whether it is time to fetch a robots.txt again: never fetched, a day old, or unreachable an hour ago."""
    if fetched_at is None:
        return True
    known = outcome == FetchOutcome.OK or outcome in _NO_RULES
    return now - fetched_at >= (KEPT if known else RETRY_UNREACHABLE)


def _text(body: bytes) -> str:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body[:MAX_BYTES].decode("utf-16", "replace")
    return body[:MAX_BYTES].decode("utf-8-sig", "replace")


def _token(user_agent: str) -> str:
    """The product token that a user agent, or the value of a "User-agent" line, begins with (RFC 9309, 2.2.1)."""
    match = _TOKEN.match(user_agent)
    return match[0].lower() if match else ""


def _only_for(token: str, text: str) -> str:
    """The text with every agent but this one and `*` under one name.

    protego copies each rule to each agent of its group: half a megabyte of agents over half a megabyte of rules would
    be 400 million rules. It also takes a line's agent for ours when that is merely how our name begins.
    """
    lines = []
    for line in text.splitlines():
        if match := _USER_AGENT.match(line):
            named = _token(match[1])
            line = f"User-agent: {named if named in (token, '*') else _OTHERS}"
        lines.append(line)
    return "\n".join(lines)
