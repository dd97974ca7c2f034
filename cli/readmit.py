"""Visits that were refused, made due again where the operator has allowed their address since."""

from __future__ import annotations

import socket
from contextlib import suppress
from urllib.parse import urlsplit

from dateline.clock import utc_now
from dateline.settings import Settings
from dateline.urls import DEFAULT_PORTS
from storage import frontier
from storage.database import Database
from worker.fetch.guard import Guard

BATCH = 500  # visits looked at in one transaction
REASON = "its address was refused, and is allowed now"


def readmit(settings: Settings, db: Database) -> int:
    """Make visits due that wait because the guard refused them, and would not today; how many there were.

    Names are looked up as a fetch would: this can take a while, so that nobody should wait for it.
    """
    if not settings.allow_networks:
        return 0
    allowed: dict[tuple[str, int], bool] = {}
    count = last = 0
    while True:
        with db.read() as tx:
            refused = frontier.refused(tx, after=last, limit=BATCH, now=utc_now())
        if not refused:
            return count
        last = max(refused)
        due = []
        for visit_id, url in refused.items():
            place = _place(url)
            if place not in allowed:
                allowed[place] = _is_allowed(*place, Guard(settings.allow_networks))
            due += [visit_id] if allowed[place] else []
        now = utc_now()
        with db.write() as tx:
            frontier.set_due(tx, due, now, REASON, now, on_demand=False)
        count += len(due)


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)


def _is_allowed(name: str, port: int, guard: Guard) -> bool:
    """Whether one of its addresses is open by the operator's word alone.

    A visit to a public one was refused for another reason, such as where it was sent on to, which may hold as before.
    """
    with suppress(OSError, UnicodeError):
        found = {str(info[4][0]) for info in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)}
        return any(guard.refusal(one, port) is None and Guard().refusal(one, port) for one in found)
    return False
