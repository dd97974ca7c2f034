"""Each origin's robots.txt while the process lives: from the host's row, else fetched; its news goes to the row."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from dateline.nouns.frontier import Fetched, FetchOutcome, FetchRequest, Host
from dateline.urls import host_name
from storage.hosts import RobotsFile
from worker.fetch.client import Client, anywhere
from worker.fetch.decode import DecodeError, TooLarge, decode_body
from worker.fetch.outcomes import REMEDIES
from worker.fetch.pacing import UNREACHED
from worker.fetch.robots import MAX_BYTES, RobotsRules, robots_stale, robots_url, rules_from

REMEMBERED = 4096  # origins
DECODED_LIMIT = 16 * MAX_BYTES  # bytes; what is over MAX_BYTES is cut off afterwards


@dataclass(slots=True)
class _Known:
    rules: RobotsRules
    outcome: str
    fetched_at: datetime


class Robots:
    """What robots.txt says, asked before each page. Belongs to one event loop."""

    def __init__(self, client: Client, now: Callable[[], datetime], rest: Callable[[Host], Awaitable[None]]) -> None:
        self._client = client
        self._now = now
        self._rest = rest  # what a request to a host is followed by
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}
        self._news: dict[int, RobotsFile] = {}

    async def refusal(self, host: Host, url: str) -> Fetched | None:
        """The outcome of a visit that robots.txt forbids; None where it may be made."""
        try:
            address = robots_url(url)
            known = await self._get(host, address, host_name(url) == host.name)
        except ValueError:
            return None  # no URL to fetch: the client says what is wrong with it
        if known.outcome == FetchOutcome.REFUSED or known.rules.allowed(url):
            return None  # where the guard refuses the host, it refuses the page too, and says why
        # A robots.txt that cannot be had forbids all, too, but that will pass: the page is tried again like any other.
        told = known.outcome == FetchOutcome.OK
        outcome = FetchOutcome.ROBOTS if told else FetchOutcome(known.outcome)
        why = "forbids it" if told else f"could not be had ({known.outcome.replace('_', ' ')}), which forbids all"
        return Fetched(
            url=url,
            final_url=url,
            outcome=outcome,
            stage="robots",
            fetched_at=self._now(),
            error=f"{address} {why}",
            remedy=REMEDIES.get(outcome, ""),
        )

    def news(self, host: Host) -> tuple[RobotsFile, ...]:
        """What was fetched for this host since it was last asked: to be kept on its row."""
        file = self._news.pop(host.id, None)
        return (file,) if file is not None else ()

    async def _get(self, host: Host, address: str, own: bool) -> _Known:
        known = self._known.get(address)
        if known is None and own and host.robots_fetched_at is not None and urlsplit(address).scheme == "https":
            known = _Known(
                rules_from(host.robots_outcome, host.robots_body), host.robots_outcome, host.robots_fetched_at
            )
            self._remember(address, known)
        if known is not None and not robots_stale(known.fetched_at, known.outcome, self._now()):
            return known
        lock = self._asking.setdefault(address, asyncio.Lock())
        async with lock:
            again = self._known.get(address)
            if again is not None and again is not known:
                return again
            known = await self._ask(host, address, own)
        if not lock.locked():
            self._asking.pop(address, None)
        return known

    async def _ask(self, host: Host, address: str, own: bool) -> _Known:
        fetched = await self._client.fetch(FetchRequest(address), allow_redirect=anywhere)
        body = _text_of(fetched)
        known = _Known(rules_from(fetched.outcome, body), str(fetched.outcome), fetched.fetched_at)
        if fetched.outcome is FetchOutcome.INTERRUPTED or fetched.outcome in UNREACHED:
            return known  # it says nothing about robots: the next page's turn asks again, when the host has rested
        self._remember(address, known)
        if own:
            delay = known.rules.crawl_delay if body else None
            self._news[host.id] = RobotsFile(host.id, body, known.outcome, known.fetched_at, delay)
            await self._rest(replace(host, crawl_delay=delay))
        return known

    def _remember(self, address: str, known: _Known) -> None:
        self._known[address] = known
        self._known.move_to_end(address)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _text_of(fetched: Fetched) -> bytes | None:
    if fetched.outcome is not FetchOutcome.OK:
        return None
    try:
        encoding = fetched.header("content-encoding") or ""
        return decode_body(fetched.body, encoding, max_size=DECODED_LIMIT)[:MAX_BYTES]
    except (DecodeError, TooLarge):
        return b""
