"""The fetch loop: hundreds of hosts at once, each a coroutine that makes its due visits one after another.

take in | robots | fetch | hand to the flusher | sleep the host's delay | the next, or give back

The task that brings hosts does not wait for them: it hands over and returns. What is finished goes to the flusher,
which answers with the host's next due visit, looked at afresh.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from dateline import log
from dateline.nouns.frontier import Fetched, FetchOutcome, FetchRequest, Host, Visit, VisitKind
from dateline.paths import demo_endpoint
from storage import frontier, hosts
from worker.fetch.budget import Budget
from worker.fetch.client import Client
from worker.fetch.exchange import Limits
from worker.fetch.guard import Guard
from worker.fetch.pacing import delay_of
from worker.fetch.rules import Robots
from worker.flusher import Finished, Flusher, Item, worker_died
from worker.toolkit import Toolkit

DRAIN_BUDGET = 5  # visits of a host with a delay, before others get their turn
FREE_DRAIN_BUDGET = 50  # of a host without one
JITTER = 0.2  # of the delay, on top of it
ENOUGH_LEASE = 30.0  # seconds that must be left when a drain begins, or a quarter of the lease where that is less
ACCEPT = {
    VisitKind.FEED: "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5",
    VisitKind.ARTICLE: "text/html,application/xhtml+xml,*/*;q=0.5",
}

LONGEST_DRAIN = 900.0  # seconds; what takes longer has gone wrong, and its lease is let go

_log = log.get("fetch")


@dataclass(slots=True)
class Drain:
    """One host's turn: as it was when leased, and how many visits were made."""

    host: Host
    token: str
    made: int = 0


class FetchLoop:
    """One for each process: a thread with an event loop, and the flusher beside it."""

    def __init__(self, toolkit: Toolkit) -> None:
        self._toolkit = toolkit
        self._flusher = Flusher(toolkit, self._in_hand)
        self._room = threading.Condition()
        self._active: dict[int, tuple[str, float]] = {}  # hosts taken in and not yet given back: token, and since when
        self._broken_off: list[tuple[int, str]] = []  # hosts that were being visited when we were stopped, and tokens
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fetch-loop", daemon=True)
        self._drains: set[asyncio.Task[None]] = set()
        self._client: Client
        self._budget: Budget
        self._robots: Robots

    def start(self) -> None:
        """Begin; returns when hosts can be handed over."""
        self._flusher.start()
        self._thread.start()
        self._ready.wait()

    @property
    def idle(self) -> bool:
        """Whether no host is being visited."""
        return not self._active

    def hand_over(self, host_ids: Sequence[int], token: str, *, wait: float = 20.0) -> int:
        """Take in hosts that were leased with this token; how many there was something to visit at.

        Each begins as soon as there is room for it. For that this waits at most `wait` seconds in all; the hosts that
        found none, and those that are still being visited here by an older lease, are handed back.
        """
        deadline = time.monotonic() + wait
        left, begun = list(host_ids), 0
        while left and (taken := self._make_room(left, token, deadline)):
            left = [host_id for host_id in left if host_id not in taken]
            begun += self._take_in(taken, token)
        if left:
            with self._toolkit.db.write() as tx:
                hosts.hand_back(tx, token, left)
        return begun

    def pulse(self, timeout: float = 10.0) -> None:
        """A sign of life through the loop and the flusher. Raises TimeoutError when either is stuck."""
        came: Future[Visit | None] = Future()

        def through_loop() -> None:
            self._flusher.submit(Item(None, answer=came))

        self._loop.call_soon_threadsafe(through_loop)
        came.result(timeout)

    def close(self, grace: float = 2.0) -> None:
        """Stop: fetches under way are broken off, what is finished is written, the leases go back."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._loop.call_soon_threadsafe(self._stop_drains)
            with self._room:
                self._room.notify_all()
            self._thread.join(grace)
            self._hand_back()
            self._flusher.close(grace)

    def _make_room(self, host_ids: Sequence[int], token: str, deadline: float) -> set[int]:
        """Take as many of these as there is room for, once there is any; none when there is none by the deadline."""
        limit = self._toolkit.settings.hosts_in_flight
        with self._room:
            free = [host_id for host_id in host_ids if host_id not in self._active]
            while free and len(self._active) >= limit and not self._stopping.is_set():
                if not self._room.wait(max(0.0, deadline - time.monotonic())):
                    break
            if self._stopping.is_set():
                return set()
            taken = set(free[: max(0, limit - len(self._active))])
            since = time.monotonic()
            self._active.update(dict.fromkeys(taken, (token, since)))
        return taken

    def _take_in(self, taken: set[int], token: str) -> int:
        """Let the drains of these hosts begin, where the lease is still ours and something is due."""
        toolkit, now = self._toolkit, self._toolkit.now()
        enough = timedelta(seconds=min(ENOUGH_LEASE, toolkit.settings.lease / 4))
        heads: dict[int, Visit] = {}
        try:
            with toolkit.db.write() as tx:
                mine = hosts.leased(tx, sorted(taken), token, now + enough)
                heads = frontier.next_due(tx, [host.id for host in mine], now)
                hosts.hand_back(tx, token, [host.id for host in mine if host.id not in heads])
        except BaseException:
            self._leave(taken)
            raise
        self._leave(taken - heads.keys())
        for host in mine:
            if host.id in heads:
                self._loop.call_soon_threadsafe(self._begin, Drain(host, token), heads[host.id])
        return len(heads)

    def _leave(self, host_ids: set[int]) -> None:
        with self._room:
            for host_id in host_ids:
                self._active.pop(host_id, None)
            self._room.notify_all()

    def _in_hand(self) -> dict[int, str]:
        """The hosts whose leases are to be kept alive, with their tokens; one that hangs for too long is let go."""
        oldest = time.monotonic() - LONGEST_DRAIN
        with self._room:
            return {host_id: token for host_id, (token, since) in self._active.items() if since > oldest}

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._main())
        finally:
            self._loop.close()

    async def _main(self) -> None:
        settings = self._toolkit.settings
        demo = demo_endpoint(settings.home)
        self._budget = Budget(settings.bodies_in_flight)
        self._client = Client(
            user_agent=settings.user_agent,
            guard=Guard(settings.allow_networks, frozenset({demo} if demo else ())),
            deadline=settings.fetch_deadline,
            limits=Limits(max_body=settings.max_body),
            budget=self._budget,
            now=self._toolkit.now,
        )
        self._robots = Robots(self._client, self._toolkit.now, self._rest)
        self._stopped = asyncio.Event()
        self._ready.set()
        await self._stopped.wait()
        await self._client.aclose()
        while self._drains:
            await asyncio.wait(self._drains)

    def _stop_drains(self) -> None:
        self._stopped.set()

    def _begin(self, drain: Drain, head: Visit) -> None:
        if self._stopping.is_set():
            self._broken_off.append((drain.host.id, drain.token))
            self._leave({drain.host.id})
            return
        task = self._loop.create_task(self._drain(drain, head))
        self._drains.add(task)
        task.add_done_callback(self._drains.discard)

    async def _drain(self, drain: Drain, head: Visit) -> None:
        """Make a host's due visits one after another, up to the budget; the flusher gives it back."""
        try:
            await self._sleep_until(drain.host.next_allowed_at)
            following: Visit | None = head
            while following is not None:
                drain.made += 1
                following = await self._visit(drain, following)
        except Exception as error:  # a fault of ours must cost this host its turn, not the others theirs
            _log.error("drain_broke", host=drain.host.name, error=f"{type(error).__name__}: {error}"[:500])
        finally:
            self._leave({drain.host.id})

    async def _visit(self, drain: Drain, visit: Visit) -> Visit | None:
        """One visit; the next one when its effects are committed and the host's delay is over, None at the end."""
        now = self._toolkit.now
        budget = DRAIN_BUDGET if self._delay(drain.host) > 0 else FREE_DRAIN_BUDGET
        fetched = worker_died(visit, now())
        if fetched is None:
            fetched = await self._fetch(drain.host, visit, fresh=drain.made == 1, last=drain.made >= budget)
        if fetched.outcome is FetchOutcome.INTERRUPTED:
            self._broken_off.append((drain.host.id, drain.token))
            return None
        robots = self._robots.news(drain.host)
        if robots:
            drain.host = replace(drain.host, crawl_delay=robots[-1].crawl_delay)
        allowed_at = now() + timedelta(seconds=self._delay(drain.host) * (1 + JITTER * random.random()))  # noqa: S311 no secret
        going_on = drain.made < budget and not self._stopping.is_set()
        finished = Finished(visit, drain.host, drain.token, fetched, allowed_at, going_on)
        size = len(fetched.body)
        self._budget.held += size  # what waits to be written counts, too: fetching slows down while it cannot
        try:
            following = await asyncio.wrap_future(self._flusher.submit(Item(finished, robots=robots)))
        finally:
            self._budget.give(finished, size)
        if following is not None:
            await self._sleep_until(allowed_at)
        return following

    async def _fetch(self, host: Host, visit: Visit, *, fresh: bool, last: bool) -> Fetched:
        url = visit.fetch_url or visit.url
        obeys = visit.kind is VisitKind.ARTICLE and not visit.ignore_robots
        if obeys and (refusal := await self._robots.refusal(host, url)) is not None:
            return refusal
        request = FetchRequest(url, visit.etag, visit.last_modified, visit.validators_url, ACCEPT[visit.kind])

        async def check_hop(target: str) -> FetchOutcome | None:
            refused = await self._robots.refusal(host, target) if obeys else None
            return None if refused is None else FetchOutcome.ROBOTS

        return await self._client.fetch(request, fresh=fresh, last=last, check_hop=check_hop)

    async def _rest(self, host: Host) -> None:
        """Between robots.txt and the page that it was asked for lies the host's delay, as between any two requests."""
        await self._sleep_until(self._toolkit.now() + timedelta(seconds=self._delay(host)))

    def _delay(self, host: Host) -> float:
        return delay_of(host, self._toolkit.settings.host_delay)

    def _hand_back(self) -> None:
        """We were stopped: nothing was done with these hosts' visits, so nothing is noted on them."""
        if not self._broken_off:
            return
        try:
            with self._toolkit.db.write() as tx:
                for token in sorted({token for _, token in self._broken_off}):
                    hosts.hand_back(tx, token, [host_id for host_id, held in self._broken_off if held == token])
        except SQLAlchemyError as error:
            _log.warning("leases_not_given_back", hosts=len(self._broken_off), error=str(error)[:200])

    async def _sleep_until(self, moment: datetime | None) -> None:
        """Wait for a moment, or for the end of the loop."""
        if moment is None or (seconds := (moment - self._toolkit.now()).total_seconds()) <= 0:
            return
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
        except TimeoutError:
            return
