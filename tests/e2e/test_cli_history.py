"""`history`, `diff` and `reprocess`, run as a person or a script runs them, over what the process stage kept."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from dateline.clock import utc_now
from dateline.nouns.frontier import FetchOutcome
from storage.database import Database
from tests.support.fetched import Newsroom, page, prose
from worker.reader import Reader

ROOT = Path(__file__).parents[2]
STORY = "http://paper.example/story/1"
SINGLE = "http://paper.example/story/2"
HEBREW = "http://paper.example/story/3"
CONSENT = page("We value your privacy", "We and our 842 partners store cookies on a device.", "Accept all")
LINES = prose("harbour", 5)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


@pytest.fixture
def room(
    tmp_path: Path, database_url: str, database: Database, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> Newsroom:
    """An article that was edited, walled, gone, back and put back as it was; another that never changed."""
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("REDIS_URL", raising=False)
    room = Newsroom(database, reader)
    room.at = utc_now() - timedelta(hours=1)
    room.add_page(STORY)
    room.look(STORY, page("Harbour reopens", *LINES))
    room.look(
        STORY,
        page("Harbour reopens \u202eon\u009b day 17", *LINES[:2], LINES[2].replace("day 2", "day 17"), *LINES[3:]),
    )
    room.look(STORY, CONSENT)
    room.look(STORY, CONSENT)
    room.look(STORY, outcome=FetchOutcome.GONE)
    room.look(STORY, page("Harbour reopens", *LINES))
    room.add_page(SINGLE)
    room.look(SINGLE, page("Bridge", *prose("bridge")))
    return room


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def lines(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_history_shows_the_chain_for_a_person_and_for_a_program(room: Newsroom) -> None:
    told = run("history", STORY).stdout
    rows = [line.split("\t") for line in told.splitlines()[3:]]
    assert [(row[0], row[2], row[4]) for row in rows[1:]] == [
        ("1", "first", "-"),
        ("2", "substantial edit", "+1 -1"),
        ("-", "wall", "-"),
        ("-", "gone", "-"),
        ("-", "back", "-"),
        ("3", "substantial edit", "+1 -1"),
    ]
    assert "2 looks until" in rows[3][6] and "consent wall" in rows[3][6]
    assert "flip-flop: the text of 1 again" in rows[6][6]
    found = lines("history", STORY)
    assert [one["kind"] for one in found] == ["first", "edit", "wall", "wall", "gone", "back", "edit"]
    assert (found[1]["weight"], found[1]["why"], found[1]["changed"]) == (
        "substantial",
        "its title changed",
        ["title", "text"],
    )
    assert (found[6]["flip_flop"], found[6]["same_as"], found[6]["words"] > 100) == (True, 1, True)
    assert lines("history", str(room.article(STORY).id)) == found


def test_diff_marks_what_went_and_what_came(room: Newsroom) -> None:
    told = run("diff", STORY, "1", "2").stdout
    assert "{+17+}" in told and "[-2-]" in told
    assert "Harbour reopens{+ on day 17+}" in told
    assert "... 1 paragraph the same" in told
    assert not {"\x1b", "\u202e", "\u009b"} & set(told)
    assert "substantial: its title changed; +1 -1 words" in told
    assert run("diff", STORY, "2").stdout == told
    back = run("diff", STORY).stdout
    assert "[-17-]" in back and "text 3" in back.splitlines()[1]


def test_a_diff_for_a_program_gives_both_texts_back(room: Newsroom) -> None:
    [found] = lines("diff", STORY, "1", "2")
    before, after = (
        "".join(piece["text"] for piece in found["text"] if piece["op"] != left_out)
        for left_out in ("added", "removed")
    )
    assert before == "\n\n".join(LINES)
    assert after == before.replace("day 2", "day 17")
    assert (found["from"]["number"], found["to"]["number"], found["weight"]) == (1, 2, "substantial")
    assert found["byline"] == {"before": [], "after": []}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["diff", SINGLE], 3),
        (["diff", STORY, "1"], 3),
        (["diff", STORY, "9"], 3),
        (["diff", STORY, "last"], 2),
        (["diff", STORY, "1", "2", "3"], 2),
        (["history", "999"], 3),
        (["reprocess", "--source", "nobody"], 3),
    ],
)
def test_exit_codes_tell_scripts_what_happened(room: Newsroom, arguments: list[str], code: int) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr


def on_terminal(*arguments: str, **environment: str) -> str:
    """What a person sees: the command with a terminal as its output."""
    mine, its = pty.openpty()
    env = {**{name: value for name, value in os.environ.items() if name != "NO_COLOR"}, "TERM": "xterm", **environment}
    command = [sys.executable, "-m", "cli.main", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=its, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    ) as run_it:
        os.close(its)
        told = b""
        while True:
            try:
                part = os.read(mine, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not part:
                break
            told += part
        assert run_it.wait(60) == 0
    os.close(mine)
    return told.decode()


def test_a_terminal_shows_colours_unless_they_are_refused(room: Newsroom) -> None:
    shown = on_terminal("diff", STORY, "1", "2")
    assert "\x1b[32m\x1b[4m17\x1b[0m" in shown
    assert "\x1b[31m\x1b[9m2\x1b[0m" in shown
    assert "{+" not in shown
    assert "{+17+}" in on_terminal("diff", STORY, "1", "2", NO_COLOR="1")


def test_a_text_that_runs_from_right_to_left_is_told_as_such(room: Newsroom) -> None:
    words = "ראש הממשלה אמר היום כי הנמל ייפתח מחדש בקיץ, וכי העבודות יסתיימו לפני החג. " * 3
    room.add_page(HEBREW)
    room.look(HEBREW, page("הנמל ייפתח", words, words + "זה הכול."))
    room.look(HEBREW, page("הנמל ייפתח", words.replace("היום", "אתמול"), words + "זה הכול."))
    told = run("diff", HEBREW).stdout
    marked = next(line for line in told.splitlines() if "{+" in line)
    assert marked.strip().startswith("\u2067") and marked.endswith("\u2069")
    assert "[-היום-]{+אתמול+}" in marked


def test_reprocess_tells_what_it_did_and_changes_nothing_that_reads_the_same(room: Newsroom) -> None:
    before = len(lines("changes"))
    assert lines("reprocess") == [
        {"reread": 0, "the_same": 4, "applied": 0, "walled": 0, "wall": 2, "unreadable": 0, "failed": 0, "body_gone": 0}
    ]
    told = run("reprocess", "--since", "2h", "--source", "paper.example")
    assert "6 captures" in told.stdout and "4 read the same" in told.stdout
    assert run("reprocess", "--failed").stdout == "There is nothing to be read again.\n"
    assert len(lines("changes")) == before


def test_reprocess_that_is_killed_goes_on_where_it_was(room: Newsroom) -> None:
    ids = []
    for number in range(10, 210):
        room.add_page(f"http://paper.example/story/{number}")
        ids.append(room.capture(f"http://paper.example/story/{number}", page("Harbour", *prose(f"h{number}"))))
    room.process(*ids)
    command = [sys.executable, "-m", "cli.main", "reprocess", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        while "captures are to be read" not in first.stderr.readline():
            assert first.poll() is None
        _until_some_are_read(room)
        first.send_signal(signal.SIGKILL)
    [rest] = lines("reprocess")
    assert 0 <= rest["the_same"] < 204
    assert [one["the_same"] for one in lines("reprocess", "--again")] == [204]


def _until_some_are_read(room: Newsroom) -> None:
    from sqlalchemy import select

    from storage.tables import rereadings

    while True:
        with room.db.read() as tx:
            if tx.execute(select(rereadings.c.position)).scalar_one():
                return
