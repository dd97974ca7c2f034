"""The roof: the `dateline` command. Each subcommand is imported only when it is run, so that starting is quick."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from cli.output import clean
from dateline import __version__
from dateline.errors import DatelineError, NotFound, StorageError, UsageError

INTERRUPTED = 130
EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no such thing here, 130 interrupted."

# command -> (where it is defined, what it does), in the order in which a newcomer needs them
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("cli.up:up", "Run the whole service."),
    "down": ("cli.up:down", "Stop the service."),
    "logs": ("cli.up:logs", "Show what the service's processes say."),
    "status": ("cli.status:status", "Show how it goes: what is due, waiting, failing."),
    "feeds": ("cli.feeds:feeds", "Add, set, list, pause, poll and remove feeds; OPML in and out."),
    "sources": ("cli.sources:sources", "List, edit and merge outlets."),
    "ingest": ("cli.ingest:ingest", "Fetch and store these URLs now."),
    "articles": ("cli.articles:articles", "List articles, newest first."),
    "show": ("cli.articles:show", "Show one article with its text and where each field was found."),
    "enrich": ("cli.enrich:enrich", "Run enrichers over what is stored; list them."),
    "history": ("cli.history:history", "Show what was seen of an article over time: its texts, walls, gone and back."),
    "diff": ("cli.diff:diff", "Show word by word what changed between two texts of an article."),
    "views": ("cli.views:views", "Show one article's view counts over time."),
    "stories": ("cli.stories:stories", "List events that several articles report."),
    "story": ("cli.stories:story", "Show one story with its reports."),
    "changes": ("cli.changes:changes", "Read the change log, in commit order."),
    "explain": ("cli.explain:explain", "Say why a URL is due when it is, and what happened to it."),
    "extract": ("cli.extract:extract", "Read pages from files, or one with --page, without database."),
    "parse-feed": ("cli.parse_feed:parse_feed", "Read feeds from files, without database or network."),
    "identity": ("cli.identity:identity", "Say which page URLs name, without database or network."),
    "duplicates": ("cli.duplicates:duplicates", "Tell copies among texts in a file, without database or network."),
    "reprocess": ("cli.reprocess:reprocess", "Read what was fetched again with today's reader."),
    "migrate": ("cli.migrate:migrate", "Make the database, or bring it to today's shape."),
    "health": ("cli.health:health", "Tell whether a worker of this kind makes progress."),
    "demo-site": ("cli.demo_site:demo_site", "Serve the demo newspaper on loopback."),
}


class Failure(click.ClickException):
    """A DatelineError as the command line tells it: what happened, what to do, and the exit code for scripts."""

    exit_code = 1

    def __init__(self, error: DatelineError) -> None:
        super().__init__(str(error))
        self.remedy = error.remedy

    def show(self, file: Any = None) -> None:
        """Print it on stderr."""
        click.echo(f"Error: {clean(self.message)}", err=True)
        if self.remedy:
            click.echo(f"  {clean(self.remedy)}", err=True)


class Misuse(Failure):
    """Something was asked for that cannot be done as asked."""

    exit_code = 2


class Missing(Failure):
    """What was named does not exist here."""

    exit_code = 3


def failure(error: DatelineError) -> Failure:
    """The error with its exit code."""
    return (
        Missing(error) if isinstance(error, NotFound) else (Misuse if isinstance(error, UsageError) else Failure)(error)
    )


class Root(click.Group):
    """Knows its subcommands by name, imports the one that is run, and turns errors into words and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; what goes wrong is told in words."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _leave_quietly()  # here: click itself would exit 1
        except DatelineError as error:
            raise failure(error) from error
        except Exception as error:
            # Named by its module: importing SQLAlchemy here would slow down every command.
            if type(error).__module__ == "sqlalchemy.exc" and hasattr(error, "orig"):
                raise Failure(_database_failed(error)) from error
            raise

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *rest: Any, **extra: Any) -> Any:
        """Run the command line and exit."""
        extra["standalone_mode"] = False
        try:
            code = super().main(args, prog_name, *rest, **extra)
            sys.stdout.flush()
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            _leave_quietly()
        sys.exit(code if isinstance(code, int) else 0)


def _database_failed(error: Exception) -> StorageError:
    reason = str(getattr(error, "orig", error)).strip()
    return StorageError(
        f"the database failed: {reason}",
        remedy="check DATABASE_URL, that the server runs and that its disk is not full",
    )


def _leave_quietly() -> NoReturn:
    """Whoever read our output has gone (`dateline changes | head`): that is no failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else the interpreter complains while it flushes stdout at exit
    sys.exit(0)


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="dateline")
def main() -> None:
    """Dateline keeps news: every article, its revisions and its view counts over time.

    Every command works whether or not the service (`dateline up`) runs. Lists are tables on a terminal, tab-separated
    lines in a pipe, and one JSON object a line with --json.
    """


if __name__ == "__main__":
    main()
