"""What reaches a person's terminal, what a script reads, and how people write times on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.logfiles import RotatingFile
from cli.main import COMMANDS, Failure, Missing, Misuse, failure, main
from cli.output import _widths, clean, clean_block, json_line, size, span, table, when
from cli.params import DEFAULT, Duration, Moment, Revisit, Tag, own_word, seconds, with_scheme
from cli.status import _disk
from cli.voice import Voice
from dateline.errors import DatelineError, NotFound, StorageError, UsageError

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("Plain title", "Plain title"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "2Jcleared"),
        ("\x1bcreset", "creset"),
        ("two\nlines\tand  tabs\r", "two lines and tabs"),
        ("nul\0 bell\x07 del\x7f", "nul bell del"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("日本語 Ünïcode 👍", "日本語 Ünïcode 👍"),
    ],
)
def test_a_strangers_text_cannot_steer_a_terminal(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


@given(st.text())
def test_nothing_that_is_shown_holds_a_control_character(text: str) -> None:
    shown = clean(text)
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) <= 0x9F for letter in shown)
    assert shown.encode().decode() == shown  # no lone surrogate: stdout could not take it


def test_paragraphs_stay_apart_in_a_cleaned_text() -> None:
    assert clean_block("One\x1b[2J\nline.\n\n\n\nTwo.") == "One line.\n\nTwo."


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_a_record_is_one_harmless_line_that_loses_nothing(record: dict[str, object]) -> None:
    line = json_line(record)
    assert json.loads(line) == record
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) <= 0x9F for letter in line)
    assert line.encode().decode() == line


def test_moments_and_days_stand_in_json_as_iso() -> None:
    record = {"at": NOW, "on": date(2007, 3, 30), "hash": b"\x01\xff", "days": frozenset({2, 1})}
    assert json.loads(json_line(record)) == {
        "at": "2026-03-30T12:00:00Z",
        "on": "2007-03-30",
        "hash": "01ff",
        "days": [1, 2],
    }


def test_a_list_in_a_pipe_is_tab_separated_and_goes_on_past_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    table(["id", "title"], ((number, f"a\ttab {number}") for number in range(450)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "id\ttitle"
    assert lines[450] == "449\ta tab 449"
    assert len(lines) == 451


def test_an_empty_list_says_so_beside_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    table(["id"], [], empty="No feeds.")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "No feeds.\n")


@pytest.mark.parametrize(
    ("given_seconds", "shown"),
    [(None, "-"), (0, "0s"), (0.5, "0.5s"), (45, "45s"), (90, "1.5m"), (300, "5m"), (7200, "2h"), (864000, "10d")],
)
def test_a_length_of_time_is_shown_in_its_largest_unit(given_seconds: float | None, shown: str) -> None:
    assert span(given_seconds) == shown


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (None, "never"),
        (NOW, "now"),
        (NOW + timedelta(minutes=5), "in 5m"),
        (NOW - timedelta(hours=2), "2h ago"),
    ],
)
def test_a_moment_is_shown_from_now(moment: datetime | None, shown: str) -> None:
    assert when(moment, NOW) == shown


@pytest.mark.parametrize(("count", "shown"), [(0, "0 B"), (999, "999 B"), (3400, "3.4 kB"), (2.5e12, "2.5 TB")])
def test_bytes_are_shown_in_words(count: float, shown: str) -> None:
    assert size(count) == shown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("30s", 30),
        ("5m", 300),
        ("2H", 7200),
        ("1d", 86400),
        (" 1w ", 604800),
        ("90", 90),
        ("1.5 h", 5400),
        ("5x", None),
        ("-5m", None),
        ("", None),
        ("m5", None),
        ("9999999d", None),
    ],
)
def test_lengths_of_time_are_read_as_people_write_them(text: str, found: float | None) -> None:
    assert seconds(text) == found


@pytest.mark.parametrize(
    ("kind", "text", "hint"),
    [
        (Duration(), "soon", "right are 30s, 5m, 2h, 1d"),
        (Duration(1), "0.5", "at least 1 s"),
        (Duration(), "default", "right are"),
        (Revisit(), "often", "right are off, edits, views"),
        (Revisit(), "0", "right are off, edits, views"),
        (Moment(), "yesterday", "right are 2h, 3d, 2026-03-30"),
        (Tag(), "a,b", "without a comma"),
        (Tag(), " ", "one printable word"),
    ],
)
def test_a_wrong_word_is_answered_with_right_ones(kind: click.ParamType[object], text: str, hint: str) -> None:
    with pytest.raises(click.BadParameter, match=hint):
        kind.convert(text, None, None)


def test_a_word_can_be_taken_back() -> None:
    assert own_word(Duration(or_default=True).convert("Default", None, None)) is None
    assert own_word(Revisit().convert(DEFAULT, None, None)) is None
    assert own_word(Revisit().convert("6h", None, None)) == "21600"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-30", datetime(2026, 3, 30, tzinfo=UTC)),
        ("20260330", datetime(2026, 3, 30, tzinfo=UTC)),
        ("2026-03-30T14:00:00+02:00", NOW),
        ("2026-03-30T12:00:00Z", NOW),
    ],
)
def test_a_moment_is_read_in_utc_unless_it_names_its_zone(text: str, moment: datetime) -> None:
    assert Moment().convert(text, None, None) == moment


def test_an_age_is_read_as_a_moment_so_long_ago() -> None:
    age = datetime.now(UTC) - Moment().convert("2h", None, None)
    assert abs(age - timedelta(hours=2)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("typed", "url"),
    [("example.org/feed", "https://example.org/feed"), (" http://a.b/ ", "http://a.b/"), ("ftp://a.b/", "ftp://a.b/")],
)
def test_https_is_assumed_where_no_scheme_was_typed(typed: str, url: str) -> None:
    assert with_scheme(typed) == url


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (DatelineError("x"), Failure, 1),
        (StorageError("x"), Failure, 1),
        (UsageError("x"), Misuse, 2),
        (NotFound("x"), Missing, 3),
    ],
)
def test_each_error_has_an_exit_code_of_its_kind(error: DatelineError, kind: type[Failure], code: int) -> None:
    told = failure(error)
    assert type(told) is kind
    assert told.exit_code == code


def test_an_error_is_told_with_its_remedy_and_without_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    failure(NotFound("no feed \x1b[31m7", remedy="dateline feeds list")).show()
    assert capsys.readouterr().err == "Error: no feed 7\n  dateline feeds list\n"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_in_the_table_exists_and_explains_itself(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that can be run, by what a person types."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name)), command


def test_every_command_takes_json() -> None:
    found = dict(commands(main))
    assert {"up", "feeds add", "sources merge", "extract"} <= found.keys()
    silent = [name for name, command in found.items() if not any("--json" in one.opts for one in command.params)]
    assert silent == []


def test_a_service_in_the_foreground_says_each_line_as_json_and_logs_it_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voice = Voice(RotatingFile(tmp_path / "up.log"), aloud=True, as_json=True)
    voice.print("Dateline starts.\n  data  /here")
    voice.say("ready")
    voice.close()
    greeting, ready = map(json.loads, capsys.readouterr().out.splitlines())
    assert (greeting["text"], ready["event"]) == ("Dateline starts.\n  data  /here", "ready")
    assert ready["at"].endswith("Z")
    assert (tmp_path / "up.log").read_text().startswith("Dateline starts.\n")


@pytest.mark.parametrize(
    ("free", "days", "shown"),
    [
        (None, None, None),
        (1000, None, "1.0 kB free"),
        (1000, 12.2, "1.0 kB free, enough for 12 days at this pace"),
        (1000, 4e6, "1.0 kB free, enough for more than 10 years at this pace"),
    ],
)
def test_the_disk_is_told_with_no_more_days_than_anyone_believes(
    free: int | None, days: float | None, shown: str | None
) -> None:
    assert _disk(free, days) == shown


def test_help_imports_nothing_that_is_slow() -> None:
    code = (
        "import sys; from cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'celery', 'sqlalchemy', 'lxml', 'alembic', 'rich', 'pycurl', 'feedparser'} & sys.modules.keys()\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize(
    ("columns", "natural", "room", "widths"),
    [
        (["id", "title", "views"], [3, 60, 5], 100, [3, 60, 5]),
        (["id", "title", "views"], [3, 60, 5], 44, [3, 30, 5]),
        (["id", "feed", "error"], [3, 30, 50], 59, [3, 25, 25]),
        (["id", "title", "views"], [3, 60, 5], 10, [3, 8, 5]),  # words give way, an id never
    ],
)
def test_on_a_narrow_terminal_words_give_way_and_ids_do_not(
    columns: list[str], natural: list[int], room: int, widths: list[int]
) -> None:
    assert _widths(columns, natural, room) == widths
