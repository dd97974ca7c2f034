"""Whether this data directory has the demo newspaper, and what that takes. Its feeds are feeds like any other."""

from __future__ import annotations

import dataclasses
import socket
import sys
import time
from collections.abc import Callable

from cli.children import ChildSpec
from cli.demo_site.feeds import ANNOUNCED
from cli.opening import page_key
from dateline.clock import utc_now
from dateline.nouns.feeds import NewFeed
from dateline.paths import DemoSite, demo_site, note_demo_site
from dateline.settings import Settings
from storage import feeds
from storage.database import Database

HOST = "127.0.0.1"
USUAL_PORT = 8017
SEED = 1
EVERY = 5.0  # seconds between two polls of its feeds, which its Cache-Control allows
REVISIT = "10"  # seconds between two looks at a story
HOST_DELAY = 0.05  # seconds between two visits: it runs on this machine and is asked by nobody else


def open_demo(current: Settings, db: Database, say: Callable[[str], None]) -> ChildSpec | None:
    """The demo newspaper as a child, where its feeds are here or no feed is; its note tells the guard.

    Its port stays the same for a data directory, since its articles' addresses carry it; taken, it is not served.
    """
    known = demo_site(current.home)
    with db.read() as tx:
        urls = [feed.url for feed in feeds.listed(tx)]
    if urls and not (known and any(url.startswith(known.url + "/") for url in urls)):
        close_demo(current)
        return None
    site = known or DemoSite(HOST, _free_port(), SEED, time.time())
    if not _is_free(site.port):
        say(f"the demo newspaper is not served: port {site.port} is taken by another program")
        close_demo(current)
        return None
    note_demo_site(current.home, dataclasses.replace(site, served=True))
    if not urls:
        _add_feeds(site, db)
        say(f"no feed is here yet, so the demo newspaper was added: {site.url}/")
    return _spec(site)


def close_demo(current: Settings) -> None:
    """Its address is no longer ours: the guard closes it again."""
    site = demo_site(current.home)
    if site is not None and site.served:
        note_demo_site(current.home, dataclasses.replace(site, served=False))


def _add_feeds(site: DemoSite, db: Database) -> None:
    pages = [page_key(site.url + path) for path in ANNOUNCED.values()]
    new = [NewFeed(url, key, every=EVERY, revisit=REVISIT, tags=("demo",)) for url, key in pages]
    with db.write() as tx:
        feeds.add_many(tx, new, utc_now(), reason="it was just added by `dateline up`", urgent=True)
        feeds.set_host_delay(tx, new[0].url, HOST_DELAY)


def _spec(site: DemoSite) -> ChildSpec:
    place = ("--host", site.host, "--port", str(site.port))
    paper = ("--seed", str(site.seed), "--started-at", repr(site.started_at))
    return ChildSpec("demo", (sys.executable, "-m", "cli.main", "demo-site", *place, *paper))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    if _is_free(USUAL_PORT):
        return USUAL_PORT
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
