"""`dateline migrate`: make the database, or bring it to today's shape. For containers, which start it once, first."""

from __future__ import annotations

import click

from cli.output import json_option, print_json, say
from dateline import settings
from storage import database


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Make the database, or bring it to today's shape.

    Every other command does so by itself for the embedded database; any number of these may run at once.
    """
    database.migrate(settings.load().database_url)
    print_json({"migrated": True}) if as_json else say("the database has today's shape")
