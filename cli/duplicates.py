"""`dateline duplicates`: whose copy each text of a file is, without database or network. Measuring rests on it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from cli.output import json_anyway, print_json
from dateline.errors import UsageError
from dateline.nouns.copies import Published
from worker.dedupe.catalogue import Catalogue
from worker.dedupe.urls import url_key

MAX_LINE = 64 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the file."""

    id: str | int
    url: str
    title: str | None
    text: str
    published: Published


@click.command("duplicates")
@click.argument("manifest", metavar="MANIFEST")
@json_anyway
def duplicates(manifest: str) -> None:
    """Tell whose copy each article of MANIFEST is, as the service would that met them in this order.

    MANIFEST has one JSON object a line, {"id": ..., "url": ..., "title": ..., "text": ..., "published_at": ...}, or is
    "-" for standard input; all but the id may be missing or null. Prints one object a line, in the same order, when all
    is read. "original" is the id of the one published first among its copies, null for that one and for no copy;
    "kind" one of same URL, same text, near and lead; "score" from 0 to 1; "reason" in words. Exits 0 once every line is
    answered: one that cannot be read has its reason in "error".
    """
    catalogue = Catalogue()
    ids: list[str | int] = []
    answers: list[int | dict[str, Any]] = []  # a text's number, or what is wrong with its line
    for number, line in enumerate(_lines(manifest), 1):
        if not line.strip():
            continue
        read = _item(line, number)
        if isinstance(read, Item):
            catalogue.add(_key(read.url), read.title, read.text, read.published)
            answers.append(len(ids))
            ids.append(read.id)
        else:
            answers.append(read)
    for answer in answers:
        print_json(answer if isinstance(answer, dict) else _record(answer, ids, catalogue))


def _lines(name: str) -> Iterator[bytes]:
    """The lines. One beyond all measure comes cut, and is then no JSON."""
    try:
        with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
            while line := file.readline(MAX_LINE):
                yield line
                while len(line) == MAX_LINE and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE)
    except OSError as error:
        raise UsageError(f"the manifest {name} cannot be read: {error.strerror or error}") from error


def _item(line: bytes, number: int) -> Item | dict[str, Any]:
    """What a line says, or the answer that tells what is wrong with it."""
    try:
        row = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        return _wrong(None, number, f"no JSON ({error or 'nested too deep'})")
    if not isinstance(row, dict):
        return _wrong(None, number, "no JSON object")
    name = row.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool):
        return _wrong(None, number, '"id" must be a text or a number')
    for field in ("url", "title", "text"):
        if not isinstance(row.get(field), str | None):
            return _wrong(name, number, f'"{field}" must be a text')
    text = (row.get("text") or "").encode(errors="replace").decode()  # JSON can spell lone surrogates
    return Item(name, row.get("url") or "", row.get("title"), text, _published(row.get("published_at")))


def _wrong(name: str | int | None, number: int, why: str) -> dict[str, Any]:
    return {"id": name, "original": None, "kind": None, "score": None, "error": f"line {number}: {why}"}


def _published(said: object) -> Published:
    """The moment or day that is given, in UTC where no zone is named; nothing where that cannot be read."""
    text = said.strip() if isinstance(said, str) else ""
    with suppress(ValueError, OverflowError):
        if len(text) == len("2026-03-30"):
            return Published(on=date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
        return Published(at=moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return Published()


def _key(url: str) -> str | None:
    """The key under which the service would keep this address; None for what is no usable one."""
    try:
        return url_key(url) if url.strip() else None
    except ValueError:
        return None


def _record(number: int, ids: list[str | int], catalogue: Catalogue) -> dict[str, Any]:
    found = catalogue.copy(number)
    if found is None:
        return {"id": ids[number], "original": None, "kind": None, "score": None}
    match = found.match
    return {
        "id": ids[number],
        "original": ids[found.original],
        "kind": str(match.kind),
        "score": match.score,
        "reason": match.reason,
    }
