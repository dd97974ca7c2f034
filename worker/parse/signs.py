"""What tells a page's kind, as plain values: no tree is asked, whoever parsed the page hands over what it has."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dateline.nouns.articles import PageKind

# Scripts that say with one character what an alphabet needs three for: Hangul, kana, ideographs.
_DENSE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class PageSigns:
    """The values that a page's kind is decided by. `text` is its body as found; `lines` all that a reader sees."""

    url: str
    text: str
    lines: Sequence[str] = ()
    title: str | None = None  # of the story, as read
    document_title: str | None = None  # of the window
    final_url: str | None = None
    ld_types: Collection[str] = ()  # of all JSON-LD objects, without their vocabulary's address
    meta: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by lower-cased name
    accessible_for_free: bool | None = None  # schema.org's isAccessibleForFree
    link_share: float = 0.0  # of the letters of all lines, those inside links


@dataclass(frozen=True, slots=True)
class Kind:
    """What a page is. `wall` names the wall where it is one, `reason` the phrase or rule that told the kind."""

    kind: PageKind
    wall: str = ""  # "consent", "challenge", "login", "paywall", "not found"
    reason: str = ""
    paywalled: bool | None = None


def weight(text: str) -> int:
    """How long a text is in letters of an alphabet: a character of Chinese, Japanese or Korean weighs three."""
    if text.isascii():
        return len(text)
    return len(text) + 2 * len(_DENSE.findall(text))
