"""Copies are told from texts that are merely alike, however they were changed, in any script."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.support.pages import JOINTS, WORDS
from bench.support.robots import Robots
from dateline.nouns.copies import CopyKind, Fingerprint
from worker.dedupe.fingerprint import fingerprint
from worker.dedupe.near import best_match, compare
from worker.dedupe.words import read_words

ROBOTS = Robots()


def story(seed: int, words: int = 300) -> str:
    """A made-up article with names and numbers in its sentences."""
    rng = random.Random(seed)
    sentences: list[str] = []
    while sum(len(sentence.split()) for sentence in sentences) < words:
        part = [rng.choice(JOINTS if i % 3 == 1 else WORDS) for i in range(rng.randint(9, 18))]
        if rng.random() < 0.6:
            part[rng.randrange(3, len(part))] = rng.choice(WORDS).title() + "ovia"
        if rng.random() < 0.4:
            part[rng.randrange(3, len(part))] = str(rng.randint(2, 5000))
        sentences.append(" ".join([part[0].capitalize(), *part[1:]]))
    return "\n\n".join(". ".join(sentences[at : at + 3]) + "." for at in range(0, len(sentences), 3))


def of(text: str) -> Fingerprint:
    made = fingerprint(text)
    assert made is not None
    return made


def edited(text: str, share: float) -> str:
    rng = random.Random(3)
    words = text.split(" ")
    return " ".join(rng.choice(words) if rng.random() < share else word for word in words)


def part(text: str, share: float, start: float = 0.0) -> str:
    words = text.split(" ")
    return " ".join(words[int(len(words) * start) : int(len(words) * (start + share))])


def shuffled(text: str) -> str:
    paragraphs = text.split("\n\n")
    random.Random(5).shuffle(paragraphs)
    return "\n\n".join(paragraphs)


BOILERPLATE = (
    "Subscribe to our newsletter. Share this on Facebook.\n\n{}\n\nFollow us. © 2026 The Courier. All rights reserved."
)
CHANGES: dict[str, Callable[[str], str]] = {
    "boilerplate around it": BOILERPLATE.format,
    "2% edited": lambda text: edited(text, 0.02),
    "5% edited": lambda text: edited(text, 0.05),
    "first half": lambda text: part(text, 0.5),
    "first third": lambda text: part(text, 0.3),
    "last third": lambda text: part(text, 0.3, 0.7),
    "from its middle": lambda text: part(text, 0.3, 0.4),
    "paragraphs in another order": shuffled,
    "an agency's line": lambda text: f"BERLIN (AP) — {text}\n\n(Reporting by Jane Smith)",
    "numbers written otherwise": lambda text: re.sub(r"\b(\d)(\d{3})\b", r"\1,\2", text),
    "typography": lambda text: text.replace(" ", "  ").replace(".", " …"),
}


@pytest.mark.parametrize("words", [80, 300, 1200])
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_changed_copy_is_found_and_looked_up(change: str, words: int) -> None:
    whole = story(words, words)
    one, other = of(whole), of(CHANGES[change](whole))
    match = compare(one, other)
    assert match is not None
    assert match == compare(other, one)
    assert 0.5 <= match.score <= 1
    shared = {one.keys[at : at + 8] for at in range(0, len(one.keys), 8)}
    assert any(other.keys[at : at + 8] in shared for at in range(0, len(other.keys), 8))


@pytest.mark.parametrize("change", ["typography", "numbers written otherwise"])
def test_what_differs_in_writing_alone_is_the_same_text(change: str) -> None:
    match = compare(of(story(1)), of(CHANGES[change](story(1))))
    assert match and match.kind is CopyKind.SAME_TEXT and match.score == 1


def test_a_text_that_goes_on_differently_is_a_copy_of_the_lead() -> None:
    shared = story(1, 110)
    match = compare(of(f"{shared}\n\n{story(2, 900)}"), of(f"{shared}\n\n{story(3, 900)}"))
    assert match and match.kind is CopyKind.LEAD


@pytest.mark.parametrize("template", ROBOTS.templates)
def test_two_stories_of_one_template_are_no_copies(template: str) -> None:
    rng = random.Random(11)
    stories = [of(ROBOTS.story(template, rng)) for _ in range(12)]
    assert [match for i, one in enumerate(stories) for other in stories[:i] if (match := compare(one, other))] == []


@pytest.mark.parametrize("template", ROBOTS.templates)
def test_a_copy_of_a_robots_story_is_one(template: str) -> None:
    told = ROBOTS.story(template, random.Random(12))
    assert compare(of(told), of(f"LONDON (AP) — {told}\n\nFollow us."))


def test_other_stories_are_no_copies() -> None:
    made = [of(story(seed)) for seed in range(40)]
    assert not any(compare(one, other) for i, one in enumerate(made) for other in made[:i])


@pytest.mark.parametrize(
    "text", ["", "   \n", "Subscribers only.", "Please log in to read on.", "只有订阅者才能阅读全文"]
)
def test_a_text_of_a_few_words_is_nobodys_copy(text: str) -> None:
    assert fingerprint(text) is None


@pytest.mark.parametrize(
    ("text", "words", "numbers", "names"),
    [
        ("He paid 1,234 euros.", "he paid 1234 euros", ["1234"], []),
        ("He paid 1.234 euros to Ann Lee.", "he paid 1234 euros to ann lee", ["1234"], ["ann", "lee"]),
        ("In 12 000 years", "in 12000 years", ["12000"], []),
        ("دفع ١٬٢٣٤ دينارا", "دفع 1234 دينارا", ["1234"], []),
        ("The end. Paris burns. So Paris fell.", "the end paris burns so paris fell", [], ["paris", "paris"]),
        ("हिन्दी में 5 शब्द", "हिन्दी में 5 शब्द", ["5"], []),
        ("地震5级", "地 震 5 级", ["5"], []),
        ("co\u00adop and ＡＢＣ", "coop and abc", [], ["abc"]),
    ],
)
def test_words_numbers_and_names_are_read_in_every_script(
    text: str, words: str, numbers: list[str], names: list[str]
) -> None:
    read = read_words(text)
    assert " ".join(read.words) == words
    assert [read.words[place] for place in read.numbers] == numbers
    assert [read.words[place] for place in read.names] == names


def test_of_several_the_surest_is_chosen_and_of_equals_the_first() -> None:
    whole = story(1)
    others = [("cut", of(part(whole, 0.5))), ("same", of(whole)), ("again", of(whole)), ("other", of(story(2)))]
    found = best_match(of(whole), others)
    assert found and found[0] == "same"
    assert best_match(of(story(9)), others) is None


def test_fingerprints_of_two_algorithms_are_never_compared() -> None:
    one = of(story(1))
    other = Fingerprint(one.version + 1, one.text_hash, one.size, one.sketch, one.lead, one.facts)
    assert compare(one, other) is None


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    code = (
        "from tests.unit.test_near_copies import of, story; from hashlib import sha256;"
        "f = of(story(1)); print(sha256(f.text_hash + f.sketch + f.lead + f.facts + f.keys).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_two_texts_are_compared_without_a_fault_either_way(one: str, other: str) -> None:
    a, b = fingerprint(one * 3), fingerprint(other * 3)
    if a is not None and b is not None:
        assert compare(a, b) == compare(b, a)
        assert compare(a, a)


def test_a_huge_text_costs_no_more_than_its_first_part() -> None:
    huge = fingerprint("word 1 Name. " * 1_000_000)
    assert huge is not None and len(huge.facts) <= 256 * 8
