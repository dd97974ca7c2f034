"""`dateline status`: how it goes, on one screen: what is due, waiting, failing, and what a person can do about it."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click

from cli.feed_words import advice
from cli.lock import holder
from cli.opening import opened, service_runs
from cli.output import clean, fields, json_option, print_json, say, size, when
from dateline import messages
from dateline.clock import utc_now
from dateline.nouns.frontier import Problem
from dateline.paths import ApiNote, api_note, broker_url
from dateline.settings import Settings
from storage import status as readings
from storage.database import Database
from worker.sites import installed

BROKER_WAIT = 1.0  # seconds: a broker that is away must not keep a person waiting
LONG = 3652  # days: what lasts longer is a guess that nobody needs in days
QUEUES = sorted({message.queue for message in messages.ALL})


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show how it goes: the service, what is due and waiting, what fails and how to mend it, throughput, disk."""
    with opened() as (settings, db):
        now = utc_now()
        with db.read() as tx:
            reading = readings.read(tx, now)
        pid = holder(settings.home)
        runs = service_runs(settings, db)
        api = api_note(settings.home)
        queues = queue_depths(broker_url(settings))
        free = _free_bytes(settings, db)
    if as_json:
        print_json(_record(reading, pid, runs, api, queues, free))
    else:
        _print(reading, settings, pid, runs, api, queues, free)


def queue_depths(url: str) -> dict[str, int] | None:
    """How many messages wait in each queue; None when the broker is away, or is none that can be asked."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    options: dict[str, Any] = {
        "socket_timeout": BROKER_WAIT,
        "socket_connect_timeout": BROKER_WAIT,
        "retry": Retry(NoBackoff(), 0),  # the library's own retries wait for seconds
    }
    try:
        if url.startswith("redis+socket://"):
            client = redis.Redis(unix_socket_path=unquote(urlsplit(url).path), **options)
        else:
            client = redis.Redis.from_url(url, **options)
        with client, client.pipeline(transaction=False) as asked:
            for queue in QUEUES:
                asked.llen(queue)
            return dict(zip(QUEUES, asked.execute(), strict=True))
    except (redis.RedisError, OSError, ValueError):
        return None


def _free_bytes(settings: Settings, db: Database) -> int | None:
    """What is free on the disk that the database lies on; None when it lies on a server."""
    if not db.is_sqlite:
        return None
    folder = Path(db.url.database or settings.home).parent
    return shutil.disk_usage(folder).free if folder.exists() else None


def _days_left(reading: readings.Status, free: int | None) -> float | None:
    return free / reading.bytes_last_day if free is not None and reading.bytes_last_day else None


def _record(
    reading: readings.Status,
    pid: int | None,
    runs: bool,
    api: ApiNote | None,
    queues: dict[str, int] | None,
    free: int | None,
) -> dict[str, Any]:
    days = _days_left(reading, free)
    return {
        "at": reading.at,
        "service": {"running": runs, "pid": pid},
        "api": _api_record(api),
        "processes": [asdict(one) for one in reading.processes],
        "feeds": {"total": sum(reading.feeds.values()), **reading.feeds},
        "feeds_due": reading.feeds_due,
        "feeds_overdue": reading.feeds_overdue,
        "articles": reading.articles,
        "articles_last_day": reading.articles_last_day,
        "articles_due": reading.articles_due,
        "hosts": reading.hosts,
        "hosts_leased": reading.hosts_leased,
        "broker": "up" if queues is not None else "away",
        "queues": queues,
        "captures_waiting": reading.captures_waiting,
        "captures_failed": reading.captures_failed,
        "bytes_per_day": reading.bytes_last_day,
        "bytes_kept": reading.bytes_kept,
        "bytes_free": free,
        "days_left": round(days, 1) if days is not None else None,
        "last_seq": reading.last_seq,
        "site_rules": {"used": len(installed()[0].rules), "problems": [str(one) for one in installed()[1]]},
        "throughput": [asdict(one) for one in reading.throughput],
        "problems": [asdict(one) for one in reading.problems],
        "failing": [
            {
                "id": feed.id,
                "url": feed.url,
                "failures": feed.failures,
                "failing_since": feed.failing_since,
                "error": feed.last_error,
            }
            for feed in reading.failing
        ],
        "too_fast": [
            {"id": feed.id, "url": feed.url, "seen_share": feed.seen_share, "missed_estimate": feed.missed_estimate}
            | {"advice": advice(feed)}
            for feed in reading.too_fast
        ],
    }


def _print(
    reading: readings.Status,
    settings: Settings,
    pid: int | None,
    runs: bool,
    api: ApiNote | None,
    queues: dict[str, int] | None,
    free: int | None,
) -> None:
    days = _days_left(reading, free)
    fields(
        [
            ("service", _service(pid, runs)),
            ("api", _api(api, reading)),
            ("data", settings.home),
            ("feeds", _feeds(reading)),
            ("articles", f"{reading.articles}, {reading.articles_last_day} of them in the last day"),
            ("due", f"{_many(reading.feeds_due, 'feed')}, {_many(reading.articles_due, 'page')}"),
            ("hosts", f"{reading.hosts}, {reading.hosts_leased} being visited"),
            ("queues", ", ".join(f"{name} {n}" for name, n in queues.items()) if queues else "the broker is away"),
            ("captures", f"{reading.captures_waiting} waiting, {reading.captures_failed} failed in the last day"),
            ("kept", f"{size(reading.bytes_kept)} of captures, {size(reading.bytes_last_day)} in the last day"),
            ("disk", _disk(free, days)),
            ("changes", f"up to seq {reading.last_seq}"),
            ("site rules", _site_rules()),
        ]
    )
    for problem in installed()[1]:
        say(f"  not used: {clean(problem)}")
    _print_throughput(reading)
    _print_feeds(reading)
    _print_problems(reading.problems, reading.at)


def _site_rules() -> str:
    rules, problems = installed()
    return f"{len(rules.rules)}" + (f", and {_many(len(problems), 'file')} not used, as read here:" if problems else "")


def _service(pid: int | None, runs: bool) -> str:
    if pid is not None:
        return f"runs here (process {pid})"
    if runs:
        return "runs, elsewhere or without its supervisor"
    return "does not run; start it with: dateline up"


def _api(note: ApiNote | None, reading: readings.Status) -> str:
    if note is not None:
        return f"not served: {note.problem}; {note.remedy}" if note.problem else note.url
    elsewhere = any(row.name == "api" and row.at > reading.at - readings.FRESH for row in reading.processes)
    return "is served elsewhere" if elsewhere else "not served"


def _api_record(note: ApiNote | None) -> dict[str, Any] | None:
    if note is None:
        return None
    return {"url": note.url, "problem": note.problem or None, "remedy": note.remedy or None}


def _feeds(reading: readings.Status) -> str:
    if not reading.feeds:
        return "none; add one: dateline feeds add URL"
    return f"{sum(reading.feeds.values())}: " + ", ".join(f"{n} {state}" for state, n in reading.feeds.items())


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _disk(free: int | None, days: float | None) -> str | None:
    if free is None:
        return None
    if days is None:
        return f"{size(free)} free"
    enough = f"{days:.0f} days" if days <= LONG else "more than 10 years"
    return f"{size(free)} free, enough for {enough} at this pace"


def _print_throughput(reading: readings.Status) -> None:
    stages: dict[str, list[readings.Throughput]] = defaultdict(list)
    for one in reading.throughput:
        stages[one.stage].append(one)
    if stages:
        say("\nthroughput (last 5 minutes, last hour)")
        fields(
            (f"  {stage}", ", ".join(f"{t.outcome} {t.last_5_minutes}/{t.last_hour}" for t in found))
            for stage, found in stages.items()
        )


def _print_feeds(reading: readings.Status) -> None:
    if reading.failing:
        say("\nfailing feeds")
        for feed in reading.failing:
            say(
                f"  {feed.id}  {clean(feed.label)}: {feed.failures} times in a row since "
                f"{when(feed.failing_since, reading.at)}: {clean(feed.last_error)}"
            )
    if reading.too_fast:
        say("\nfeeds that turn over faster than they are polled: some of their entries may never be seen")
        for feed in reading.too_fast:
            say(f"  {feed.id}  {clean(feed.label)}: {advice(feed)}")


def _print_problems(found: tuple[Problem, ...], now: datetime) -> None:
    """The last errors, those with the same remedy together, so that each remedy is told once."""
    if found:
        say("\nlast errors")
    together: dict[str, list[Problem]] = defaultdict(list)
    for one in found:
        together[one.remedy].append(one)
    for remedy, problems in together.items():
        for one in problems:
            say(f"  {when(one.at, now)}, {one.stage}: {clean(one.message or one.outcome)}: {clean(one.url)}")
        if remedy:
            say(f"      {clean(remedy)}")
