"""What of an entry is HTML, what is text, and how each leaves the parser.

HTML, sanitised (nh3): `ParsedEntry.summary` and `content`, and nothing else. They are fragments that may be put into a
page: no scripts, styles, forms, frames, event handlers, classes or comments; links and pictures http(s) alone and
absolute. What a publisher gave as plain text (Atom's type="text", JSON Feed's content_text) is escaped, its blank
lines become paragraphs.
Text: title, author, tags, guid, and the strings in `extra`. They are to be escaped by whoever puts them into HTML.
Addresses: `url`, and in `extra` every `url`: http(s) alone (`feed_fields.clean_url`).

feedparser's own sanitiser is switched off: it is slow and lets through what a browser runs.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Literal

import nh3

from worker.parse.feed_fields import BLANKS, MAX_TEXT, clean_line

MAX_DEPTH = 256  # elements open at once; beyond it nh3 takes time by the square of the depth
MAX_AMPERSANDS = 20_000  # nh3 takes five microseconds over each
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
MARKUP = re.compile(r"<[^<>]*>?")
# Elements that hold none, and such as their next sibling closes.
FLAT = frozenset(
    {
        *("br", "hr", "img", "wbr", "col", "area", "input", "link", "meta", "source", "embed", "param", "base"),
        *("p", "li", "dt", "dd", "tr", "td", "th", "tbody", "option"),
    }
)
PARAGRAPHS = re.compile(r"\n[ \t\r]*\n\s*")
# Only such make a title HTML: "<canvas> for beginners" is a title, too.
INLINE = re.compile(
    r"</?(?:a|b|i|u|s|em|strong|span|sub|sup|br|small|mark|font|code|p|div|cite|q|abbr|wbr|strike|del|ins)\b[^<>]{0,500}>",
    re.IGNORECASE,
)
DROPPED_WITH_CONTENT = {
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "math",
    "title",
    "textarea",
}


def safe_html(printed: object, base: str | None = None) -> str | None:
    """HTML made safe to put into a page, its relative links absolute against `base`; None where nothing is left.

    Of markup that no sanitiser is quick with the words alone are left.
    """
    if not isinstance(printed, str) or not (markup := printed[:MAX_TEXT].strip()):
        return None
    if "<" not in markup and "&" not in markup:
        return markup.replace(">", "&gt;")
    if markup.count("&") > MAX_AMPERSANDS or _too_deep(markup):
        return html.escape(BLANKS.sub(" ", html.unescape(MARKUP.sub(" ", markup))).strip(), quote=False) or None
    return _cleaner(base or "").clean(markup).strip() or None


def html_of_text(printed: object) -> str | None:
    """Plain text as HTML: escaped, its blank lines told as paragraphs. None where there is none."""
    if not isinstance(printed, str) or not (text := printed[:MAX_TEXT].strip()):
        return None
    parts = [html.escape(part, quote=False) for part in PARAGRAPHS.split(text)]
    return parts[0] if len(parts) == 1 else "".join(f"<p>{part}</p>" for part in parts)


def text_of_title(printed: object) -> str:
    """A title's words, inline markup taken out. Entities that an escaping too many left behind stay as printed."""
    title = clean_line(printed)
    return clean_line(INLINE.sub("", title)) if "<" in title else title


def _too_deep(markup: str) -> bool:
    """Whether more elements are open at once than a page of a person's making has."""
    if markup.count("<") <= MAX_DEPTH:
        return False
    depth = 0
    for tag in TAG.finditer(markup):
        if tag[2].lower() in FLAT:
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False


@lru_cache(maxsize=64)
def _cleaner(base: str) -> nh3.Cleaner:
    try:
        return _made(("rewrite_with_base", base) if base else "deny")
    except ValueError:  # the base is no address
        return _made("deny")


def _made(relative: Literal["deny"] | tuple[Literal["rewrite_with_base"], str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        clean_content_tags=DROPPED_WITH_CONTENT,
        tags=nh3.ALLOWED_TAGS - DROPPED_WITH_CONTENT,
        url_schemes={"http", "https"},
        url_relative=relative,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
