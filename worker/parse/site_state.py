"""What a page carries as JSON for its own scripts, and the paths that lead to a value in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from turbohtml import Document

MAX_STATE = 4 * 1024 * 1024  # characters of one script; the largest real ones have 2 MB
MAX_STATES = 20  # scripts of one page
MAX_FOUND = 5_000  # values that a path with "*" may lead to
_STEP = re.compile(
    r"""\.?(?:(?P<key>[^\s.\[\]"'=*]+)|(?P<every>\*)"""
    r"""|\[\s*(?:(?P<index>-?\d{1,6})|(?P<all>\*)|"(?P<quoted>[^"]+)"|(?P<test>[\w@$.-]+)\s*=\s*(?P<wanted>[^\]]+?))\s*\])"""
)
_UNDEFINED = re.compile(r'("(?:[^"\\]|\\.)*")|\b(?:undefined|NaN|-?Infinity)\b')
_PARSED = re.compile(r"\s*JSON\.parse\(\s*")
_decoder = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A path such as `props.blocks[*].text`, `items[0]`, `a["odd key"]`, `blocks[type=text].html`, `q[key.0=a].b`."""

    text: str
    steps: tuple[tuple[str, Any], ...]

    def values(self, states: list[Any]) -> list[Any]:
        """What the path leads to in each state, in order."""
        found = states
        for kind, wanted in self.steps:
            found = [inner for value in found for inner in _step(value, kind, wanted)][:MAX_FOUND]
        return found

    def strings(self, states: list[Any]) -> list[str]:
        """The texts and numbers that the path leads to, also inside lists there."""
        flat = (inner for value in self.values(states) for inner in (value if isinstance(value, list) else [value]))
        return [str(one) for one in flat if isinstance(one, str | int | float) and not isinstance(one, bool)]


def read_path(text: str) -> JsonPath:
    """Compile a path. Raises ValueError saying at which character it is not one."""
    steps: list[tuple[str, Any]] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise ValueError(f"{text!r} is no path at character {at + 1}; right is for example props.blocks[0].text")
        steps.append(_compiled(match))
        at = match.end()
    if not steps:
        raise ValueError("a path must name something")
    return JsonPath(text, tuple(steps))


def _compiled(match: re.Match[str]) -> tuple[str, Any]:
    if match["every"] or match["all"]:
        return "every", None
    if match["index"]:
        return "index", int(match["index"])
    if match["test"]:
        return "test", (match["test"], match["wanted"].strip("\"'"))
    return "key", match["key"] or match["quoted"]


def _step(value: Any, kind: str, wanted: Any) -> Iterator[Any]:
    if kind == "key":
        if isinstance(value, dict) and wanted in value:
            yield value[wanted]
    elif kind == "index":
        if isinstance(value, list) and -len(value) <= wanted < len(value):
            yield value[wanted]
    else:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        key, text = wanted or ("", "")
        for one in inner:
            if kind == "every" or str(_inside(one, key)) == text:
                yield one


def _inside(value: Any, keys: str) -> Any:
    """What lies under dotted keys and places: "kind", "key.0"."""
    for key in keys.split("."):
        if isinstance(value, list) and key.isdigit():
            value = value[int(key)] if int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


@dataclass(frozen=True, slots=True)
class StateSource:
    """Where the state stands: in the scripts that `script` selects, after the words `after` or "VARIABLE ="."""

    script: str = ""
    variable: str = ""
    after: str = ""

    def read(self, document: Document) -> list[Any]:
        """The JSON of each script that has some; a longer one than MAX_STATE is passed over."""
        scripts = (element.text for element in document.select(self.script or "script:not([src])"))
        begun = (self._begin(text) for text in scripts if len(text) <= MAX_STATE)
        return [state for text in begun if text and (state := _load(text)) is not None][:MAX_STATES]

    def _begin(self, text: str) -> str:
        """What follows the words before the JSON; empty where they are not there."""
        if self.after:
            return text.partition(self.after)[2]
        if not self.variable:
            return text
        assigned = re.search(rf"(?<![\w$.]){re.escape(self.variable)}\s*=(?!=)", text)
        return text[assigned.end() :] if assigned else ""


def _load(text: str) -> Any:
    """The JSON that a text begins with, also as a string inside `JSON.parse(...)`."""
    wrapped = _PARSED.match(text)
    start = text[wrapped.end() :] if wrapped else text.lstrip()
    for repair in (lambda it: it, lambda it: _UNDEFINED.sub(lambda m: m[1] or "null", it)):
        try:
            value, _ = _decoder.raw_decode(repair(start))
            return _decoder.decode(value) if wrapped and isinstance(value, str) else value
        except (ValueError, RecursionError):
            continue
    return None
