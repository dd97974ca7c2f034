"""An enricher for Dateline: the quotations of an article, and how much of it they are."""

from __future__ import annotations

import re
from typing import Any

MOST = 5  # quotations kept: a result is small
LONGEST = 300  # characters of one
WORDS = 4  # with fewer, quotation marks are irony or a title

_QUOTED = re.compile(r"[“«„\"]([^“”«»„\"\n]{1,2000})[”»“\"]")


class Quotes:
    """{"share": 0.21, "quotes": ["We will look at it again", ...]}; None where nobody is quoted."""

    name = "quotes"
    version = "1"  # raise it when the same article may give another result

    def enrich(self, article: Any) -> dict[str, Any] | None:
        """`article` has title, text, language, url, published_at, byline, section, keywords and agencies."""
        quotes = [found for found in _QUOTED.findall(article.text) if len(found.split()) >= WORDS]
        if not quotes:
            return None
        share = sum(map(len, quotes)) / len(article.text)
        return {"share": round(share, 2), "quotes": [quote[:LONGEST] for quote in quotes[:MOST]]}
