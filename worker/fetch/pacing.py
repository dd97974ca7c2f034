"""How long a host is left alone: its delay between two visits, and the hold after it asked for one or failed. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from dateline.nouns.frontier import Fetched, FetchOutcome, Host

CRAWL_DELAY_CEILING = 60.0  # seconds; a robots.txt that asks for more would keep us for days (the operator may obey)
HOLD = 60.0  # seconds, after the first 429 or 503 without a Retry-After; doubled each time
TROUBLE = 5.0  # seconds, after the first failure to reach the host; doubled each time
HOLD_CEILING = 3600.0
DOUBLINGS = 12  # enough to reach the ceiling

ASKED = frozenset({FetchOutcome.RATE_LIMITED, FetchOutcome.UNAVAILABLE})
UNREACHED = frozenset(
    {FetchOutcome.DNS, FetchOutcome.CONNECT, FetchOutcome.TLS, FetchOutcome.TIMEOUT, FetchOutcome.TOO_SLOW}
)


def delay_of(host: Host, default: float) -> float:
    """Seconds between two visits: the operator's word, else the longer of the default and robots.txt's."""
    if host.delay is not None:
        return host.delay
    return max(default, min(host.crawl_delay or 0.0, CRAWL_DELAY_CEILING))


def hold_after(fetched: Fetched, failures: int, chance: float) -> tuple[datetime | None, int]:
    """Until when the whole host is left alone after this fetch (None: no longer than its delay), and its failures.

    `failures` counts those in a row before it; `chance` in [0, 1) spreads the hosts that fail together.
    """
    if fetched.outcome in ASKED and fetched.retry_after is not None:
        return fetched.retry_after, failures + 1
    if fetched.outcome not in ASKED | UNREACHED:
        return None, 0
    base = HOLD if fetched.outcome in ASKED else TROUBLE
    seconds = min(base * 2.0 ** min(failures, DOUBLINGS), HOLD_CEILING) * (1 + 0.25 * chance)
    return fetched.fetched_at + timedelta(seconds=seconds), failures + 1
