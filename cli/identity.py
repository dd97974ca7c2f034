"""`dateline identity`: which page a URL names, and why; without database or network."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from cli.output import clean, json_option, print_json, say

NO_SCHEME = "took it for https, since it names no scheme"
MAX_LINE = 65536  # characters of one line of standard input that are read as a URL


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@json_option
def identity(urls: tuple[str, ...], as_json: bool) -> None:
    """Say which page each URL names: its key, and what was left out of the URL on the way there.

    URLs with the same key are one article. A URL of "-" stands for standard input, one URL a line. Exits 0 once every
    URL is answered: one that cannot be the address of a page has its reason in `error`.
    """
    from worker.sites import use_identities

    use_identities()
    for url in _given(urls):
        if as_json:
            print_json(record(url))
        else:
            _show(record(url))


def _given(urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        if url != "-":
            yield url
            continue
        while line := sys.stdin.readline(MAX_LINE):
            if line.strip():
                yield line.strip("\r\n")


def record(url: str) -> dict[str, Any]:
    """One URL's line of output: `key` and `url_key` as its article has them, `why` the steps in words."""
    from worker.dedupe.urls import BadUrl, identify

    bare = url.strip() and not url.lstrip().startswith(("/", "\\")) and ":" not in url.partition("/")[0]
    try:
        found = identify(f"https://{url.lstrip()}" if bare else url)
    except BadUrl as error:
        return {"url": url, "key": None, "url_key": None, "why": [], "error": str(error)}
    return {"url": url, "key": found.key, "url_key": found.url_key, "why": [NO_SCHEME] * bool(bare) + list(found.why)}


def _show(told: dict[str, Any]) -> None:
    say(clean(told["url"]))
    if "error" in told:
        say(f"  no page: {clean(told['error'])}")
        return
    say(f"  {told['key']}  {clean(told['url_key'])}")
    for step in told["why"] or ["as it is"]:
        say(f"  - {clean(step)}")
