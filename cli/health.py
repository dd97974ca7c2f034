"""`dateline health NAME`: whether a process of the service gets on, for a container's health check."""

from __future__ import annotations

import click

from cli.output import json_option, print_json, say
from dateline import settings
from dateline.clock import utc_now
from dateline.errors import DatelineError
from storage import progress
from storage.database import Database


@click.command()
@click.argument("name", type=click.Choice(["schedule", "fetch", "process", "enrich", "api"]))
@json_option
def health(name: str, as_json: bool) -> None:
    """Exit 0 when this part of the service made progress within DATELINE_STALL seconds, else 1.

    Judged by its row in the database, which moves when its queue is served: a process that answers, or a connection
    that is open, proves nothing.
    """
    current = settings.load()
    database = Database(current.database_url, pool_size=1)
    try:
        with database.read() as tx:
            row = progress.read_all(tx).get(name)
    finally:
        database.close()
    if row is None:
        raise DatelineError(f"{name} has never made progress")
    age = (utc_now() - row.at).total_seconds()
    if age > current.stall:
        raise DatelineError(f"{name} has made no progress for {age:.0f} s")
    if as_json:
        print_json({"name": name, "healthy": True, "at": row.at, "age": round(age, 1)})
        return
    say(f"{name} made progress {age:.0f} s ago")
