"""`dateline duplicates` answers every line of its manifest, as the service would decide."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_near_copies import part, story


def ask(manifest: Path | str, given: str = "") -> tuple[int, list[dict[str, Any]], str]:
    command = [sys.executable, "-m", "cli.main", "duplicates", str(manifest)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def line(name: str, text: str, at: str | None = None, url: str | None = None, title: str = "A title") -> str:
    row = {"id": name, "url": url or f"https://{name}.example/story", "title": title, "text": text, "published_at": at}
    return json.dumps(row)


def originals(*lines: str) -> dict[str, tuple[Any, Any]]:
    code, rows, _ = ask("-", "\n".join(lines))
    assert code == 0
    return {row["id"]: (row["original"], row["kind"]) for row in rows}


STORY = story(1)


def test_each_kind_of_copy_is_told(tmp_path: Path) -> None:
    manifest = tmp_path / "texts.jsonl"
    manifest.write_text(
        "\n".join(
            [
                line("first", STORY, "2026-03-30T08:00:00Z", "https://a.example/s"),
                line("address", story(9), None, "http://www.a.example/s?utm_source=x"),
                line("equal", STORY, "2026-03-30T09:00:00Z"),
                line("retitled", STORY, "2026-03-30T09:00:00Z", title="Something else"),
                line("lead", f"{part(STORY, 0.4)} {story(5, 900)}", "2026-03-31"),
                line("cut", part(STORY, 0.5), "2026-03-30T10:00:00+02:00"),
                line("other", story(2), "2026-03-30T07:00:00Z"),
            ]
        )
    )
    code, rows, _ = ask(manifest)
    assert code == 0
    assert [(row["id"], row["original"], row["kind"]) for row in rows] == [
        ("first", None, None),
        ("address", "first", "same URL"),
        ("equal", "first", "same text"),
        ("retitled", "first", "same text"),
        ("lead", "first", "lead"),
        ("cut", "first", "near"),
        ("other", None, None),
    ]
    assert all(0.5 <= row["score"] <= 1 and row["reason"] for row in rows if row["original"])


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("2026-03-30T08:00:00Z", "2026-03-30T07:00:00Z", "2026-03-30T09:00:00Z"), ("b", None, "b")),
        (("2026-03-30T08:00:00Z", None, "2026-03-30T07:00:00Z"), ("c", "c", None)),
        ((None, "2026-03-30T07:00:00Z", None), (None, "a", "a")),
        (("2026-03-30", "2026-03-30T00:01:00Z", "2026-03-28"), ("c", "c", None)),
        (("not a date", "2026-03-30", "2026-03-30"), (None, "a", "a")),
    ],
)
def test_the_original_is_the_one_published_first_as_far_as_is_known(
    times: tuple[str | None, ...], expected: tuple[str | None, ...]
) -> None:
    names = ("a", "b", "c")
    found = originals(
        *(line(name, part(STORY, 1 - n / 10), at) for n, (name, at) in enumerate(zip(names, times, strict=True)))
    )
    assert tuple(found[name][0] for name in names) == expected


def test_a_line_that_cannot_be_read_is_answered_with_its_number() -> None:
    lines = [line("a", STORY), "{", "[]", '{"id": null}', '{"id": 5, "text": 7}', "", '{"id": 6}', line("b", STORY)]
    code, rows, _ = ask("-", "\n".join(lines))
    assert code == 0
    assert [row["id"] for row in rows] == ["a", None, None, None, 5, 6, "b"]
    assert [row.get("error", "")[:7] for row in rows] == ["", "line 2:", "line 3:", "line 4:", "line 5:", "", ""]
    assert rows[-1]["original"] == "a"


def test_empty_and_short_texts_are_nobodys_copies() -> None:
    short = "Please log in to read on."
    assert set(originals(*(line(f"n{n}", text) for n, text in enumerate(["", "", short, short]))).values()) == {
        (None, None)
    }


def test_many_that_are_no_copies_hide_none_that_is() -> None:
    """They share an agency's long footer, so that each of its keys has more owners than are kept."""
    footer = story(77, 120)
    crowd = [line(f"n{n}", f"{story(100 + n, 250)}\n\n{footer}") for n in range(30)]
    found = originals(line("a", f"{STORY}\n\n{footer}"), *crowd, line("b", f"{part(STORY, 0.7)}\n\n{footer}"))
    assert found.pop("b") == ("a", "near")
    assert set(found.values()) == {(None, None)}


def test_a_manifest_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    code, rows, said = ask(tmp_path / "none.jsonl")
    assert (code, rows) == (2, []) and "none.jsonl" in said
