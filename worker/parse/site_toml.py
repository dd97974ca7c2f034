"""A small TOML file read with care: every complaint names the line and the key, and unknown keys are refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, TypeVar

Value = TypeVar("Value")

_HEADER = re.compile(r"^\s*\[{1,2}\s*([^\[\]#]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_WHERE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


class RuleFileError(Exception):
    """A file that cannot be used: the line (from 1), and what is wrong there."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Table:
    """One table of the file: takes its values out by name and kind. `path`: the keys that lead here from the top."""

    def __init__(self, values: dict[str, Any], source: str, path: tuple[str, ...] = ()) -> None:
        self.values = values
        self.source = source
        self.path = path

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def only(self, *known: str) -> None:
        """Refuse keys that are not among these."""
        for key in self.values:
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
                raise self.wrong(key, f"unknown key {'.'.join((*self.path, key))}; {hint}", needle=key)

    def wrong(self, key: str, message: str, *, needle: str = "") -> RuleFileError:
        """A complaint about a key of this table; `needle` is looked for from the key's line on."""
        return RuleFileError(line_of(self.source, (*self.path, key) if key else self.path, needle), message)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that says something. Without a default the key must be there."""
        value = self.values.get(key, default)
        if value is None:
            raise self.wrong("", f"{'.'.join((*self.path, key))} is missing")
        if not isinstance(value, str) or (key in self.values and not value.strip()):
            raise self.wrong(key, f"{'.'.join((*self.path, key))} must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts; nothing where the key is not there."""
        value = self.values.get(key, [])
        listed = value if isinstance(value, list) else [value]
        for one in listed:
            if not isinstance(one, str) or not one.strip():
                raise self.wrong(key, f"{'.'.join((*self.path, key))} must be a text or a list of texts")
        return tuple(listed)

    def table(self, key: str) -> Table | None:
        """A table inside this one; None where the key is not there."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(key, f"{'.'.join((*self.path, key))} must be a table")
        return Table(value, self.source, (*self.path, key))

    def read(self, key: str, text: str, reader: Callable[[str], Value]) -> Value:
        """A text of this key as `reader` understands it; its ValueError becomes a complaint about the text's line."""
        try:
            return reader(text)
        except ValueError as error:
            raise self.wrong(key, f"{'.'.join((*self.path, key))}: {error}", needle=text) from None


def read_table(source: str) -> Table:
    """The file's top table. Raises RuleFileError where it is no TOML."""
    try:
        return Table(tomllib.loads(source), source)
    except tomllib.TOMLDecodeError as error:
        found = _WHERE.search(str(error))
        line = int(found[1]) if found and found[1] else source.count("\n") + 1
        raise RuleFileError(line, f"no TOML: {_WHERE.sub('', str(error))}") from None


def line_of(source: str, path: tuple[str, ...], needle: str = "") -> int:
    """The line (from 1) on which a key is set, or the nearest key around it; from there on, the first with `needle`."""
    lines = source.splitlines()
    header: tuple[str, ...] = ()
    best, depth = 1, 0
    for number, line in enumerate(lines, 1):
        here: tuple[str, ...] = ()
        if match := _HEADER.match(line):
            here = header = _parts(match[1])
        elif match := _KEY.match(line):
            here = (*header, *_parts(match[1]))
        if len(here) > depth and here == path[: len(here)]:
            best, depth = number, len(here)
    quoted = needle.replace("\\", "\\\\").replace('"', '\\"')
    after = enumerate(lines[best - 1 :], best)
    return next((number for number, line in after if needle and (needle in line or quoted in line)), best)


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(r"""[\w-]+|"[^"]*"|'[^']*'""", dotted))
