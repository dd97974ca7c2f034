"""Labelled snippets of pages: counters in the world's languages and forms, and numbers that only look like one."""

from __future__ import annotations

from pathlib import Path

from worker.parse.article import PageInput, read_article
from worker.parse.evidence import Evidence
from worker.parse.page import open_page
from worker.parse.views import find_views

SNIPPETS = Path(__file__).parents[1] / "fixtures" / "view_snippets.txt"
PROSE = "The ferry left the harbour at seven, as it has on every day of the year since the war, said its captain. "
Found = tuple[int, bool, int] | None


def page_of(markup: str) -> bytes:
    """A small page: a headline of its own unless the snippet has one, prose, the snippet, more prose."""
    headline = "" if "<h1" in markup else "<h1>A night ferry over the strait</h1>"
    body = f"{headline}<p>{PROSE * 3}</p>\n{markup}\n<p>{PROSE * 2}</p>"
    return f"<html><meta charset=utf-8><body>{body}</body></html>".encode()


def found_on(markup: str) -> Found:
    page = open_page(page_of(markup), "http://courier.example/news/1")
    found = find_views(page, Evidence(page))
    return (found.count, found.exact, found.step) if found else None


def labelled() -> list[tuple[str, str, Found]]:
    """All snippets: their heading, their markup, what is to be found."""
    cases: list[tuple[str, str, Found]] = []
    heading = ""
    for line in SNIPPETS.read_text().splitlines():
        if line.startswith("= "):
            heading = line[2:]
        elif not line.startswith("#"):
            count, markup = line.split(" | ", 1)
            number, _, step = count.partition("~")
            cases.append((heading, markup, None if count == "-" else (int(number), not step, int(step or 1))))
    return cases


def test_the_table_is_large_and_speaks_many_languages() -> None:
    cases = labelled()
    languages = {name for heading, _, truth in cases if truth for name in heading.split(", ") if len(name) == 2}
    assert len(cases) >= 300
    assert len(languages) >= 30


def test_nearly_all_counters_are_found_and_hardly_anything_else() -> None:
    outcomes = [(heading, markup, truth, found_on(markup)) for heading, markup, truth in labelled()]
    right = sum(found == truth for _, _, truth, found in outcomes if truth)
    given = sum(found is not None for *_, found in outcomes)
    wanted = sum(truth is not None for _, _, truth, _ in outcomes)
    wrong = [
        f"{heading}: {markup}: {found}, not {truth}" for heading, markup, truth, found in outcomes if found != truth
    ]
    told = "\n".join(wrong)
    assert right / given >= 0.99, told
    assert right / wanted >= 0.97, told


def test_the_text_that_is_kept_has_no_counter() -> None:
    for _, markup, truth in labelled()[:40]:
        article = read_article(PageInput(page_of(markup), "http://courier.example/news/1"))
        assert article.views is not None and truth is not None and article.views.count == truth[0]
        assert article.views.matched not in article.text
