"""What one fetch is: a conditional GET, hop by hop through its redirects, guarded, timed and capped.

target | headers | request | judge, and on to the next hop, at most five times | Fetched
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic

import pycurl

from dateline.clock import utc_now
from dateline.nouns.frontier import Fetched, FetchOutcome, FetchRequest
from worker.fetch.budget import Budget
from worker.fetch.exchange import Answer, Exchange, Limits, ca_file
from worker.fetch.guard import Guard
from worker.fetch.hops import AllowRedirect, Way
from worker.fetch.outcomes import Failure
from worker.fetch.target import Target, same_site

_IDLE_HANDLES = 512  # kept for the next fetches: making one costs as much as a 304

CheckHop = Callable[[str], Awaitable[FetchOutcome | None]]


def anywhere(_here: Target, _there: Target) -> bool:
    """An `allow_redirect` that follows to any site, as a robots.txt wants it (RFC 9309, 2.3.1.2)."""
    return True


class Client:
    """Fetches URLs; many at once, all on one event loop.

    What the network does never raises: each fetch ends in a `Fetched` with a named outcome, its stage, the error and a
    remedy. `deadline` is in seconds, for the requests of one fetch together. `budget` (bytes) bounds what all bodies in
    flight hold; a body counts until its fetch returns. `trusted` is a file of CA certificates. `now` is the clock that
    dates what was fetched.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        guard: Guard | None = None,
        deadline: float = 60.0,
        limits: Limits | None = None,
        budget: Budget | None = None,
        trusted: str | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._user_agent = user_agent
        self._guard = guard or Guard()
        self._deadline = deadline
        self._limits = limits or Limits()
        self._budget = budget or Budget(256 * 1024 * 1024)
        self._trusted = trusted or ca_file()
        self._now = now
        self._multi = pycurl.AsyncCurlMulti()
        self._idle: list[Exchange] = []

    async def fetch(
        self,
        request: FetchRequest,
        *,
        fresh: bool = False,
        last: bool = False,
        allow_redirect: AllowRedirect = same_site,
        check_hop: CheckHop | None = None,
    ) -> Fetched:
        """GET one URL.

        `fresh` opens a new connection, `last` closes it afterwards; in between it is kept for the same host.
        A redirect that `allow_redirect(here, there)` declines ends the fetch with REDIRECT_ELSEWHERE and the target as
        `final_url`. `check_hop(url)` is asked before any other is followed; an outcome that it returns ends the fetch
        (another host's robots.txt says no, say). The time it takes does not count against the deadline.

        The validators are sent only where the URL requested is `validators_url`. There is a body only when it is OK.
        """
        way = Way(request, allow_redirect)
        hop = way.begin()
        first = True
        while isinstance(hop, Target):
            if not first and check_hop is not None and (verdict := await check_hop(hop.url)) is not None:
                stage = "robots" if verdict is FetchOutcome.ROBOTS else "redirect"
                return way.fetched(Failure(verdict, stage, f"a redirect to {hop.url} was not followed"), self._now())
            answer = await self._ask(way, hop, fresh=fresh and first, last=last)
            first = False
            next_hop = way.judge(hop, answer)
            if next_hop is None:
                return way.fetched(None, self._now())
            hop = next_hop
        return way.fetched(hop, self._now())

    async def aclose(self) -> None:
        """Close all connections; a fetch still under way ends as INTERRUPTED."""
        await self._multi.aclose()
        while self._idle:
            self._idle.pop().close()

    async def _ask(self, way: Way, hop: Target, *, fresh: bool, last: bool) -> Answer:
        """One request on one hop, within what is left of the deadline."""
        if self._multi.closed:
            return _CLOSED
        exchange = self._idle.pop() if self._idle else self._new_exchange()
        started = monotonic()
        try:
            exchange.prepare(hop, way.headers(hop), timeout=self._deadline - way.elapsed, fresh=fresh, last=last)
            try:
                await self._multi.add_handle(exchange.curl)
            except pycurl.error as error:
                return exchange.conclude(error.args)
            except asyncio.CancelledError:
                if self._multi.closed and not _being_cancelled():
                    return _CLOSED
                raise
            return exchange.conclude(None)
        finally:
            way.elapsed += monotonic() - started
            self._put_back(exchange)

    def _new_exchange(self) -> Exchange:
        return Exchange(self._guard, self._budget, self._limits, self._user_agent, self._trusted)

    def _put_back(self, exchange: Exchange) -> None:
        # Also after a cancellation: the multi has taken the handle out before the awaiting task hears of it.
        if self._multi.closed or len(self._idle) >= _IDLE_HANDLES:
            exchange.close()
        else:
            exchange.clear()
            self._idle.append(exchange)


_CLOSED = Answer(Failure(FetchOutcome.INTERRUPTED, "connecting", "the fetch client was closed"))


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
