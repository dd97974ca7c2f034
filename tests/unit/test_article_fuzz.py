"""Whatever bytes come, reading a page answers: with an article or with a reason."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import layouts
from worker.parse.article import PageInput, read_articles

SOURCES = [body for _, body, _ in layouts.pages()][::9]
PIECES = st.sampled_from(
    [
        *(
            "<",
            ">",
            "</",
            "<!--",
            "-->",
            "<![CDATA[",
            "&#",
            "\x00",
            "\ud7ff",
            "<p>",
            "</p>",
            "<table>",
            "<pre>",
            "<br>",
        ),
        *("<a href=", "\"'", "<script>", '<script type="application/ld+json">', '{"@type":"NewsArticle","headline":'),
        *("]" * 9, "[" * 99, "9" * 40, " views", "2504 views", "万+"),
    ]
)


def check(bodies: list[bytes]) -> None:
    for article in read_articles([PageInput(body, "http://courier.example/x", None) for body in bodies]):
        assert article.error or article.reader
        assert "\x00" not in article.text
        article.text.encode()
        (article.title or "").encode()
        assert article.views is None or article.views.count >= 0


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=400), min_size=1, max_size=4))
def test_arbitrary_bytes_are_answered(bodies: list[bytes]):
    check(bodies)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=60))
def test_arbitrary_markup_is_answered(parts: list[str]):
    check(["".join(parts).encode("utf-8", "surrogatepass")])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_a_mutated_page_is_answered(seed: int, changes: int):
    chance = random.Random(seed)
    body = bytearray(chance.choice(SOURCES).encode())
    for _ in range(changes):
        at, size = chance.randrange(len(body)), chance.randrange(1, 200)
        body[at : at + size] = chance.choice(
            [b"", bytes(chance.randbytes(size)), body[at : at + size] * 3, b"<div>" * size]
        )
    check([bytes(body)])
