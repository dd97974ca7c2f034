"""The single fields of a feed's entry: addresses and texts; each bounded, none trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import urljoin, urlsplit, urlunsplit

MAX_URL = 4096  # characters
MAX_LINE = 2000  # characters of a title, an author, an id
MAX_TEXT = 1_000_000  # characters of a summary or a content
MAX_TAGS = 50

BLANKS = re.compile(r"\s+")
URL_BREAKS = re.compile(r"[\t\r\n]\s*")


def clean_url(printed: object, *bases: str | None) -> str | None:
    """An address made absolute against the first base that can do it; None unless it ends up http or https."""
    if not isinstance(printed, str) or not (url := URL_BREAKS.sub("", printed.strip())) or len(url) > MAX_URL:
        return None
    if url.lower().startswith("www."):
        url = f"http://{url}"
    for base in ("", *bases):
        try:
            absolute = urljoin(base, url) if base else url
            parts = urlsplit(absolute)
            if parts.scheme in {"http", "https"} and parts.hostname:
                netloc = parts.netloc if "@" in parts.netloc else parts.netloc.lower()
                return urlunsplit(parts._replace(netloc=netloc, path=parts.path or "/")).replace(" ", "%20")
        except ValueError:
            return None
    return None


def clean_line(printed: object, limit: int = MAX_LINE) -> str:
    """A text of one line: blanks folded and trimmed, bounded; "" for what is no text."""
    return BLANKS.sub(" ", printed[: 4 * limit]).strip()[:limit] if isinstance(printed, str) else ""


def clean_tags(printed: Iterable[object]) -> tuple[str, ...]:
    """Tags as printed, each once, bounded in number and length."""
    return tuple(dict.fromkeys(tag for word in islice(printed, MAX_TAGS) if (tag := clean_line(word, 200))))


def clean_text(printed: object) -> str | None:
    """A long text, trimmed and bounded; None where there is none."""
    return (printed[:MAX_TEXT].strip() or None) if isinstance(printed, str) else None
