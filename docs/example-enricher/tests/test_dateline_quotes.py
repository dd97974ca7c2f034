"""The enricher on small texts."""

from types import SimpleNamespace

import pytest
from dateline_quotes import Quotes


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("“We will look at it again,” she said.", ["We will look at it again,"]),
        ("Er sagte: „Das ist noch nicht entschieden“ und ging.", ["Das ist noch nicht entschieden"]),
        ("The “smart” meter failed.", None),
        ("Nobody said a word.", None),
    ],
)
def test_quotes_are_found_and_irony_is_none(text: str, quotes: list[str] | None) -> None:
    """Quotation marks alone do not make a quotation."""
    told = Quotes().enrich(SimpleNamespace(title="", text=text))
    assert (told and told["quotes"]) == quotes
