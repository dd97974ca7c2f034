"""What a person or a program reads: tables on a terminal, tab-separated lines in a pipe, JSON Lines with `--json`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

import click

from dateline.clock import iso

PAGE = 200  # rows of one table on a terminal: a list of any length is shown as it comes

# Titles, errors and URLs come from strangers: what could steer a terminal (escape sequences, C0 and C1 controls) or
# turn a line's reading order around (bidirectional overrides) is taken out before a person sees it.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

json_option: Callable[[Any], Any] = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
json_anyway: Callable[[Any], Any] = click.option(  # so that a script need not know which commands speak JSON alone
    "--json", is_flag=True, expose_value=False, help="Changes nothing: the output is one JSON object a line anyway."
)


def clean(text: object) -> str:
    """A stranger's text on one line, harmless to a terminal."""
    return " ".join(_ESCAPES.sub("", str(text)).split())


def harmless(text: str) -> str:
    """The same for a piece of a line: its spaces at both ends are kept."""
    return _SPACES.sub(" ", _ESCAPES.sub("", text))


def clean_block(text: str) -> str:
    """The same, with its paragraphs kept."""
    return "\n\n".join(paragraph for part in text.split("\n\n") if (paragraph := clean(part)))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def json_line(record: dict[str, Any]) -> str:
    """One record as one line of JSON; what could steer a terminal stands escaped, so that nothing is lost."""
    line = json.dumps(record, ensure_ascii=False, default=_plain)
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def print_json(record: dict[str, Any]) -> None:
    """Print one record as one line of JSON."""
    click.echo(json_line(record))


def say(text: str = "") -> None:
    """Print words for a person."""
    click.echo(text)


def note(text: str) -> None:
    """Print words beside the output proper: on stderr, so that a pipe is left alone."""
    click.echo(text, err=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """Print rows as they come: a table on a terminal, tab-separated lines elsewhere. `empty` is said for none."""
    cells = ([_cell(value) for value in row] for row in rows)
    first = list(islice(cells, PAGE))
    if not first:
        if empty:
            note(empty)
        return
    if not sys.stdout.isatty():
        click.echo("\t".join(columns))
        for part in _parts(first, cells):
            click.echo("\n".join("\t".join(row) for row in part))
        return
    from rich.console import Console  # here: most commands in a pipe never need it
    from rich.table import Table
    from rich.text import Text

    console = Console()
    for part in _parts(first, cells):
        grid = Table(box=None, pad_edge=False, header_style="bold")
        natural = [max(map(len, (column, *(row[i] for row in part)))) for i, column in enumerate(columns)]
        for column, width in zip(columns, _widths(columns, natural, console.width), strict=True):
            grid.add_column(column, overflow="ellipsis", no_wrap=True, justify=_side(column), width=width)
        for row in part:
            grid.add_row(*(Text(cell) for cell in row))
        console.print(grid)


def print_row(row: Sequence[object]) -> None:
    """Print one row at once, tab-separated: for lists that have no end."""
    click.echo("\t".join(_cell(value) for value in row))


def _parts(first: list[list[str]], rest: Iterable[list[str]]) -> Iterable[list[list[str]]]:
    while first:
        yield first
        first = list(islice(rest, PAGE))


ELASTIC = frozenset({"title", "feed", "error", "url", "source", "tags", "note", "summary", "name", "reason", "key"})
SHORTEST = 8  # characters that an elastic column keeps on the narrowest terminal


def _widths(columns: Sequence[str], natural: Sequence[int], room: int) -> list[int]:
    """Ids, numbers and dates keep their width, since the next command needs them whole; words make room for them."""
    over = sum(natural) + 2 * len(columns) - room  # two spaces between columns
    widths = list(natural)
    while over > 0:
        widest = max((i for i, name in enumerate(columns) if name in ELASTIC), key=lambda i: widths[i], default=None)
        if widest is None or widths[widest] <= SHORTEST:
            break
        widths[widest] -= 1
        over -= 1
    return widths


NUMBERS = frozenset({"id", "seq", "views", "count", "feeds", "articles", "failures", "entries", "revisions"})


def _side(column: str) -> Any:
    return "right" if column in NUMBERS else "left"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list | tuple):
        return ", ".join(clean(one) for one in value)
    return clean(value)


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values under each other; empty ones are left out."""
    shown = [(name, _cell(value)) for name, value in pairs if value not in (None, "", (), [])]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name:<{width}}  {value}")


def span(seconds: float | None) -> str:
    """A length of time in its largest fitting unit: `45s`, `5m`, `2h`, `3d`; `-` for none."""
    if seconds is None:
        return "-"
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if abs(seconds) >= size:
            whole = seconds / size
            return f"{whole:.0f}{unit}" if whole >= 10 or whole == int(whole) else f"{whole:.1f}{unit}"
    return f"{seconds:.0f}s" if seconds == int(seconds) or abs(seconds) >= 10 else f"{seconds:.1f}s"


def when(moment: datetime | None, now: datetime) -> str:
    """A moment as seen from now: `in 5m`, `2h ago`, `now`, `never`."""
    if moment is None:
        return "never"
    away = (moment - now).total_seconds()
    if abs(away) < 1:
        return "now"
    return f"in {span(round(away))}" if away > 0 else f"{span(round(-away))} ago"


def size(count: float) -> str:
    """Bytes in words: `512 B`, `3.4 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
