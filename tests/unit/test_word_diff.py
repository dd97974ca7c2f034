"""Diffs of texts: exact on whatever they are given, readable on prose, bounded on what was made to be dear."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.dedupe.diff import diff, newer, older

MARKS = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}
PROSE = st.lists(
    st.sampled_from(["the ", "ship ", "12,5 ", "is", " ", ".", "\n\n", "\n", "東京", "ไม้", "שלום", "e\u0301", "x"])
)


def told(before: str, after: str) -> str:
    return "".join(MARKS[piece.op].format(piece.text) for piece in diff(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("", "All new.", "{+All new.+}"),
        ("All gone.", "", "[-All gone.-]"),
        ("The cat sat on the mat.", "The black cat sat on a mat.", "The {+black +}cat sat on [-the-]{+a+} mat."),
        ("It cost 1,234.5 crowns.", "It cost 1,235.5 crowns.", "It cost [-1,234.5-]{+1,235.5+} crowns."),
        ("It wasn't so.", "It was so.", "It [-wasn't-]{+was+} so."),
        ("A long old name here.", "A brand new name here.", "A [-long old-]{+brand new+} name here."),
        ("東京で新しい館が開く。", "東京で古い館が開く。", "東京で[-新し-]{+古+}い館が開く。"),
        ("ראש הממשלה אמר היום", "ראש הממשלה אמר אתמול", "ראש הממשלה אמר [-היום-]{+אתמול+}"),
        ("ไม้เก่า", "ไม้ใหม่", "ไม้[-เก่า-]{+ใหม่+}"),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nThree.", "One.\n\n[-Two.\n\n-]Three."),
        ("One.\n\nThree.", "One.\n\nTwo is new.\n\nThree.", "One.\n\n{+Two is new.\n\n+}Three."),
    ],
)  # fmt: skip
def test_a_diff_reads_as_a_person_would_mark_it(before: str, after: str, expected: str) -> None:
    assert told(before, after) == expected


def test_paragraphs_with_small_words_alone_in_common_are_replaced_whole() -> None:
    before = "The mayor of the town said on Monday that the harbour is to be closed for the winter."
    after = "In a letter to readers the editor regrets that the story was printed before it had been checked."
    assert [piece.op for piece in diff(before, after)] == ["removed", "added"]


@given(PROSE.map("".join), PROSE.map("".join))
def test_applying_a_diff_gives_either_text(before: str, after: str) -> None:
    pieces = diff(before, after)
    assert (older(pieces), newer(pieces)) == (before, after)
    assert all(piece.text for piece in pieces)
    assert all(one.op != two.op for one, two in pairwise(pieces))


@given(st.text(max_size=60), st.text(max_size=60))
def test_applying_a_diff_of_any_characters_gives_either_text(before: str, after: str) -> None:
    pieces = diff(before, after)
    assert (older(pieces), newer(pieces)) == (before, after)
    assert (before == after) == all(piece.op == "same" for piece in pieces)


def _noise(letters: str, count: int, seed: int) -> str:
    dice = random.Random(seed)
    return "".join(dice.choice(letters) for _ in range(count))


SIZE = 1_000_000
WORDS = [f"w{n}" for n in range(SIZE // 7)]
HOSTILE = {
    "noise": (_noise("ab ", SIZE, 1), _noise("ab ", SIZE, 2)),
    "one word": ("a " * (SIZE // 2), "b a " * (SIZE // 4)),
    "marks": ("." * SIZE, ".," * (SIZE // 2)),
    "characters": (_noise("東京大阪", SIZE, 1), _noise("東京大阪", SIZE, 2)),
    "backwards": (" ".join(WORDS), " ".join(reversed(WORDS))),
    "paragraphs backwards": ("\n\n".join(WORDS), "\n\n".join(reversed(WORDS))),
    "breaks": ("\n" * SIZE, "\n" * (SIZE - 1) + "x"),
    "combining": ("ก" + "\u0e34" * SIZE, "ก" + "\u0e34" * (SIZE - 3) + "x"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_texts_of_a_megabyte_made_to_be_dear_are_compared_before_the_test_times_out(name: str) -> None:
    before, after = HOSTILE[name]
    pieces = diff(before, after)
    assert (older(pieces), newer(pieces)) == (before, after)


def test_many_edits_in_one_long_paragraph_are_told_one_by_one() -> None:
    dice = random.Random(3)
    words = dice.choices(["the", "of", "to", "in", "council", "harbour", "ship", "said", "year", "plan"], k=20_000)
    edited = [word if dice.random() > 0.03 else "edited" for word in words]
    pieces = diff(" ".join(words), " ".join(edited))
    same = sum(len(piece.text) for piece in pieces if piece.op == "same")
    assert same > 0.9 * len(" ".join(words))
