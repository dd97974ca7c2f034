"""What is left of a text: a stub, which is an observation, or an edit; and texts that a site repeats."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dateline.nouns.articles import ParsedArticle
from dateline.nouns.plans import Look, UrlAlias
from worker.dedupe.repeats import repeated, without
from worker.dedupe.stubs import stub_of

PARTS = [
    f"The harbour committee met on day {n} to hear how the repairs went, and what they would cost." for n in range(9)
]
STOOD = "\n\n".join(PARTS)
NEW = "This story was withdrawn because the committee never met, and nothing in it was so."


@pytest.mark.parametrize(
    ("before", "after", "paywalled", "stub"),
    [
        (STOOD, PARTS[0], None, True),
        (STOOD, f"{PARTS[0]}\n\n{PARTS[1]}\n\n{PARTS[2]}", None, True),
        (STOOD, PARTS[0][:60] + "…", None, True),
        (STOOD, PARTS[0].upper().replace(" ", "  "), None, True),
        (STOOD, f"{PARTS[0]}\n\n{PARTS[4]}", None, True),
        (STOOD, f"{PARTS[0]}\n\n{NEW}", True, True),
        (STOOD, "", True, True),
        (STOOD, f"{PARTS[0]}\n\n{NEW}", None, False),
        (STOOD, NEW, None, False),
        (STOOD, "\n\n".join(PARTS[:6]), None, False),
        (STOOD, "\n\n".join(PARTS[:6]), True, False),
        (STOOD, STOOD + NEW, True, False),
        (PARTS[0], PARTS[0][:30], None, False),
        ("", PARTS[0], True, False),
    ],
)
def test_less_of_the_same_is_a_stub_and_something_new_an_edit(
    before: str, after: str, paywalled: bool | None, stub: bool
) -> None:
    assert bool(stub_of(before, ParsedArticle(text=after, paywalled=paywalled))) is stub


def look(number: int, text: bytes = b"w", *, title: str | None = None, source: int = 1) -> Look:
    at = datetime(2026, 3, 30, 12, tzinfo=UTC)
    aliases = (UrlAlias(f"u{number}", "raw", "r"), UrlAlias("login", "final", "f"))
    page = ParsedArticle(text="Members alone.", text_hash=text)
    called = f"Story {number}" if title is None else title
    return Look(
        "k", f"u{number}", "r", source, at, number, page=page, feed_title=called, aliases=aliases, final_url="f"
    )


@pytest.mark.parametrize(
    ("looks", "shown", "walls"),
    [
        ([look(n) for n in range(5)], {}, {(1, b"w")}),
        ([look(n) for n in range(4)], {}, set()),
        ([look(4)], {(1, b"w"): {f"u{n}": f"Story {n}" for n in range(4)}}, {(1, b"w")}),
        ([look(3)], {(1, b"w"): {f"u{n}": f"Story {n}" for n in range(4)}}, set()),
        ([look(n, title="One  story" if n % 2 else "one story") for n in range(9)], {}, set()),
        ([look(n, title="") for n in range(9)], {}, set()),
        ([look(n, source=n) for n in range(9)], {}, set()),
        ([look(n, b"") for n in range(9)], {}, set()),
    ],
)
def test_a_text_is_a_wall_at_five_pages_of_a_site_whose_feed_titles_differ(
    looks: list[Look], shown: dict[tuple[int, bytes], dict[str, str]], walls: set[tuple[int, bytes]]
) -> None:
    assert repeated(looks, shown) == walls


def test_nothing_that_a_wall_says_is_its_story_s() -> None:
    told, other = without([look(1), look(2, b"other")], {(1, b"w")})
    assert (told.page, told.wall, told.final_url, [one.role for one in told.aliases]) == (
        None,
        "repeated",
        None,
        ["raw"],
    )
    assert told.entry is not None
    assert told.entry.title == "Story 1"
    assert (other.wall, other.page is not None) == ("", True)
