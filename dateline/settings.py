"""Settings, read once from the environment by the shell and handed down as one frozen object.

`NAMES` is the whole list: what each variable means, its unit and its default (`.env.example` and the docs follow it).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import platformdirs

from dateline import __version__
from dateline.errors import SettingsError

Network = IPv4Network | IPv6Network
PROJECT_URL = "https://github.com/dateline-news/dateline"


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs. Times are seconds unless the name says otherwise."""

    home: Path
    database_url: str
    redis_url: str
    embedded_database: bool  # DATABASE_URL was not given: SQLite in the data directory
    embedded_broker: bool  # REDIS_URL was not given: `dateline up` runs its own server
    allow_networks: tuple[Network, ...] = ()
    host_delay: float = 1.0
    contact: str = PROJECT_URL
    lease: float = 120.0
    tick: float = 1.0
    stall: float = 60.0
    keep_captures: float = 90.0  # days
    keep_unchanged: float = 7.0  # days, for re-visits that made no revision
    keep_fingerprints: float = 14.0  # days in which copies of a text are found
    damp_after: int = 24  # looks
    stories: bool = True
    story_window: float = 72.0  # hours after its last report in which a story takes others
    story_threshold: float = 0.20  # cosine
    first_poll_entries: int = 200
    fetch_deadline: float = 60.0
    max_body: int = 16 * 1024 * 1024  # decoded bytes
    bodies_in_flight: int = 256 * 1024 * 1024  # bytes, of all bodies being fetched by one process
    hosts_in_flight: int = 500
    hosts_leased: int = 2000  # dispatch stops above it
    captures_waiting: int = 5000  # dispatch stops above it
    process_threads: int = 2
    site_rules: Path | None = None  # a folder of the user's own site rules
    enrich: tuple[str, ...] = ()  # enrichers that are wished besides those on by default; "-name" switches one off
    bind: tuple[str, int] = ("127.0.0.1", 8310)  # host and port of the API; port 0: any that is free
    hosts: tuple[str, ...] = ()  # further names that the API may be called by
    api_key: str = field(default="", repr=False)  # opens everything; empty: there is none
    log_level: str = "INFO"

    @property
    def user_agent(self) -> str:
        """Product, version and a way to reach whoever runs this."""
        return f"Dateline/{__version__} (+{self.contact})"

    @property
    def log_dir(self) -> Path:
        """Where `dateline up` keeps its children's logs."""
        return self.home / "logs"


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise ValueError("must be above 0")
    return value


def _not_negative(text: str) -> float:
    value = float(text)
    if not value >= 0:
        raise ValueError("must be 0 or more")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError("must be 1 or more")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise ValueError("must be between 0 and 1")
    return value


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("must be on or off")
    return text.lower() == "on"


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _contact(text: str) -> str:
    if not text.strip() or not text.isprintable() or any(c in text for c in "()"):
        raise ValueError("must be a URL or a mail address on one line")
    return text.strip()


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _bind(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("must be an address and a port")
    return host, int(port)


def _hosts(text: str) -> tuple[str, ...]:
    names = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if wrong := [name for name in names if not re.fullmatch(r"[0-9a-z._-]+|\[[0-9a-f:.]+\]", name)]:
        raise ValueError(f"{wrong[0]!r} is no host's name (give it without scheme and port)")
    return names


def _key(text: str) -> str:
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("must be letters, digits and signs of ASCII, without spaces")
    return text


def _enrichers(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if wrong := [name for name in names if not re.fullmatch(r"-?[a-z][a-z0-9_]*", name)]:
        raise ValueError(f"{wrong[0]!r} is no name of an enricher")
    return names


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.upper()


SECRET = frozenset(("DATELINE_API_KEY",))  # not repeated in an error

# variable -> (field, reader, example, what it means)
NAMES: dict[str, tuple[str, Callable[[str], Any], str, str]] = {
    "DATELINE_ALLOW_NETWORKS": (
        "allow_networks",
        _networks,
        "127.0.0.0/8,10.1.0.0/16",
        "private networks that may be fetched from (CIDRs, comma-separated); none by default",
    ),
    "DATELINE_HOST_DELAY": ("host_delay", _not_negative, "1", "seconds between two visits of one host"),
    "DATELINE_CONTACT": ("contact", _contact, "https://example.org/bot", "URL or mail address in the User-Agent"),
    "DATELINE_LEASE": ("lease", _positive, "120", "seconds that a claimed host or capture stays claimed"),
    "DATELINE_TICK": ("tick", _positive, "1", "seconds between two looks for due hosts"),
    "DATELINE_STALL": ("stall", _positive, "60", "seconds without progress after which a process is restarted"),
    "DATELINE_KEEP_CAPTURES": ("keep_captures", _positive, "90", "days that bodies of captures are kept"),
    "DATELINE_KEEP_FINGERPRINTS": (
        "keep_fingerprints",
        _positive,
        "14",
        "days after which a text's near copies are no longer told as such",
    ),
    "DATELINE_DAMP_AFTER": (
        "damp_after",
        _count,
        "24",
        "looks in a row that each find another text, after which one text a day is kept of an article",
    ),
    "DATELINE_STORIES": ("stories", _switch, "on", "on or off: whether reports of one event are told as one story"),
    "DATELINE_STORY_WINDOW": (
        "story_window",
        _positive,
        "72",
        "hours after its last report in which a story takes others",
    ),
    "DATELINE_STORY_THRESHOLD": (
        "story_threshold",
        _share,
        "0.2",
        "how near a report must be to a story to join it: a cosine between 0 and 1",
    ),
    "DATELINE_FIRST_POLL_ENTRIES": ("first_poll_entries", _count, "200", "newest entries taken by a feed's first poll"),
    "DATELINE_FETCH_DEADLINE": ("fetch_deadline", _positive, "60", "seconds that one fetch may take in all"),
    "DATELINE_MAX_BODY": ("max_body", _count, "16777216", "bytes of one decoded body"),
    "DATELINE_HOSTS_IN_FLIGHT": ("hosts_in_flight", _count, "500", "hosts that one fetch worker visits at once"),
    "DATELINE_PROCESS_THREADS": ("process_threads", _count, "2", "reader processes of one process worker"),
    "DATELINE_SITE_RULES": ("site_rules", _folder, "/etc/dateline/sites", "folder of your own site rules (*.toml)"),
    "DATELINE_ENRICH": (
        "enrich",
        _enrichers,
        "sentiment,places,-keywords",
        "enrichers to run besides those on by default; a minus switches one off",
    ),
    "DATELINE_BIND": ("bind", _bind, "127.0.0.1:8310", "address and port of the API; port 0 takes one that is free"),
    "DATELINE_HOSTS": (
        "hosts",
        _hosts,
        "dateline.example.org,news.lan",
        "names besides those of this machine that the API may be called by (comma-separated, without ports)",
    ),
    "DATELINE_API_KEY": (
        "api_key",
        _key,
        "a-long-random-word-of-your-own",
        "key that opens the whole API to who sends it (Authorization: Bearer)",
    ),
    "DATELINE_LOG_LEVEL": ("log_level", _level, "INFO", "DEBUG, INFO, WARNING or ERROR"),
}


def _absolute(database_url: str) -> str:
    """A SQLite file named relative to here, named absolutely: the service's processes run in the data directory."""
    scheme, slashes, path = database_url.partition(":///")
    if scheme.startswith("sqlite") and slashes and path and path[0] not in "/:?":
        return f"{scheme}{slashes}{Path(path).absolute()}"
    return database_url


def default_home() -> Path:
    """The user's data folder, as the system has it."""
    return Path(platformdirs.user_data_dir("dateline", appauthor=False))


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises SettingsError naming the variable, what was wrong with it and an example of what is right.
    """
    env = os.environ if environ is None else environ
    home = Path(env.get("DATELINE_HOME") or default_home()).expanduser().absolute()
    values: dict[str, Any] = {}
    for name, (attribute, reader, example, meaning) in NAMES.items():
        text = env.get(name, "").strip()
        if not text:
            continue
        try:
            values[attribute] = reader(text)
        except ValueError as error:
            shown = name if name in SECRET else f"{name}={text!r}"
            raise SettingsError(
                f"{shown} cannot be used: {error}", remedy=f"{name} is {meaning}; for example {name}={example}"
            ) from None
    return Settings(
        home=home,
        database_url=_absolute(env.get("DATABASE_URL") or f"sqlite:///{home / 'dateline.db'}"),
        redis_url=env.get("REDIS_URL") or "",
        embedded_database=not env.get("DATABASE_URL"),
        embedded_broker=not env.get("REDIS_URL"),
        **values,
    )
