"""What a site rule claims, as the values that metadata keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from worker.parse.bylines import read_names
from worker.parse.dates import parse_stamp

_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_]|$)")
_COMMA = re.compile(r"\s*[,;，、]\s*")


def typed(claims: Mapping[str, Sequence[str]], absolute: Callable[[str], str | None]) -> dict[str, object]:
    """The rule's claims by the names of metadata's fields; what cannot be read as its field is left out.

    `absolute` makes a link absolute, or tells that it is none.
    """
    found: dict[str, object] = {
        name: claims[name][0] for name in ("title", "section", "page", "site_name") if claims.get(name)
    }
    for name in ("canonical_url", "image"):
        if url := next(filter(None, map(absolute, claims.get(name, ()))), None):
            found[name] = url
    if names := read_names(list(claims.get("byline", ()))):
        found["byline"] = tuple(names)
    if words := [word for value in claims.get("keywords", ()) for word in _COMMA.split(value) if word]:
        found["keywords"] = tuple(dict.fromkeys(words))
    if language := next(filter(None, map(_LANGUAGE.match, claims.get("language", ()))), None):
        found["language"] = language[1].lower()
    return found | _dates(claims)


def _dates(claims: Mapping[str, Sequence[str]]) -> dict[str, object]:
    found: dict[str, object] = {}
    if stamp := next(filter(None, map(parse_stamp, claims.get("published", ()))), None):
        found["published_on"] = stamp.day
        if stamp.at:
            found["published_at"] = stamp.at
    if (stamp := next(filter(None, map(parse_stamp, claims.get("modified", ()))), None)) and stamp.at:
        found["modified_at"] = stamp.at
    return found
