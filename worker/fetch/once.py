"""One page fetched for a person who looks at it: the guarded client and robots.txt as for any visit, no database."""

from __future__ import annotations

import asyncio

from dateline.clock import utc_now
from dateline.nouns.frontier import Fetched, FetchOutcome, FetchRequest, Host
from dateline.paths import demo_endpoint
from dateline.settings import Settings
from dateline.urls import host_name
from worker.fetch.client import Client, anywhere
from worker.fetch.exchange import Limits
from worker.fetch.guard import Guard
from worker.fetch.pacing import delay_of
from worker.fetch.rules import Robots

ACCEPT = "text/html,application/xhtml+xml,*/*;q=0.5"


def fetch_once(settings: Settings, url: str, *, ignore_robots: bool = False) -> Fetched:
    """GET one page, redirects to any site followed. What the network does never raises: the outcome tells it.

    robots.txt is fetched first and obeyed, of each host on the way, with the host's delay before the page. Raises
    ValueError where the URL is none.
    """
    return asyncio.run(_fetch(settings, url, ignore_robots))


async def _fetch(settings: Settings, url: str, ignore_robots: bool) -> Fetched:
    demo = demo_endpoint(settings.home)
    client = Client(
        user_agent=settings.user_agent,
        guard=Guard(settings.allow_networks, frozenset({demo} if demo else ())),
        deadline=settings.fetch_deadline,
        limits=Limits(max_body=settings.max_body),
    )

    async def rest(host: Host) -> None:
        await asyncio.sleep(delay_of(host, settings.host_delay))

    robots = Robots(client, utc_now, rest)

    async def refusal(target: str) -> Fetched | None:
        return None if ignore_robots else await robots.refusal(Host(0, host_name(target), None), target)

    async def check_hop(target: str) -> FetchOutcome | None:
        return FetchOutcome.ROBOTS if await refusal(target) is not None else None

    try:
        refused = await refusal(url)
        if refused is not None:
            return refused
        request = FetchRequest(url, accept=ACCEPT)
        return await client.fetch(request, allow_redirect=anywhere, check_hop=check_hop)
    finally:
        await client.aclose()
