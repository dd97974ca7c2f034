"""Where things lie: the data directory's lock, the broker's socket, the demo's note, a relative SQLite file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.lock import held, holder
from dateline import settings
from dateline.errors import DatelineError, UsageError
from dateline.paths import (
    SOCKET_LIMIT,
    DemoSite,
    broker_socket,
    broker_url,
    demo_endpoint,
    demo_site,
    note_demo_site,
    prepare_broker_socket,
    run_dir,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def short() -> Iterator[Path]:
    """A data directory with a short path, whatever pytest's own folder is called."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, short: Path) -> Path:
    """A data directory whose socket's path is too long for the kernel."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    folder = tmp_path / ("x" * SOCKET_LIMIT)
    folder.mkdir()
    return folder


def test_a_short_home_keeps_its_socket(short: Path) -> None:
    assert prepare_broker_socket(short) == broker_socket(short) == short / "run" / "broker.sock"


def test_a_long_home_has_a_short_private_socket_that_all_find(long: Path) -> None:
    socket = prepare_broker_socket(long)
    assert len(os.fsencode(socket)) <= SOCKET_LIMIT
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    assert broker_socket(long) == socket
    assert prepare_broker_socket(long) == socket


@pytest.mark.parametrize("harm", ["opened to others", "a symbolic link", "a file", "removed"])
def test_a_socket_folder_that_others_could_have_laid_is_not_used(long: Path, harm: str) -> None:
    folder = prepare_broker_socket(long).parent
    if harm == "opened to others":
        folder.chmod(0o755)
    else:
        folder.rmdir()
        if harm == "a symbolic link":
            (long / "elsewhere").mkdir(mode=0o700)
            folder.symlink_to(long / "elsewhere")
        if harm == "a file":
            folder.touch(mode=0o600)
    assert broker_socket(long) == run_dir(long) / "broker.sock"
    assert prepare_broker_socket(long).parent != folder


def test_the_broker_is_the_one_that_was_given_else_our_own(short: Path) -> None:
    given = settings.load({"DATELINE_HOME": str(short), "REDIS_URL": "redis://broker.example/0"})
    assert broker_url(given) == "redis://broker.example/0"
    strange = short / "100% #1?"
    own = settings.load({"DATELINE_HOME": str(strange)})
    assert broker_url(own) == f"redis+socket://{short}/100%25%20%231%3F/run/broker.sock"


def test_the_demo_is_let_through_only_while_it_is_served(short: Path) -> None:
    assert demo_endpoint(short) is None
    site = DemoSite("127.0.0.1", 8017, seed=1, started_at=1.5)
    note_demo_site(short, site)
    assert demo_site(short) == site
    assert demo_endpoint(short) == ("127.0.0.1", 8017)
    note_demo_site(short, DemoSite("127.0.0.1", 8017, seed=1, started_at=1.5, served=False))
    assert demo_site(short) is not None
    assert demo_endpoint(short) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"host": "127.0.0.1", "port": "x"}', "null"])
def test_a_broken_note_means_no_demo(short: Path, text: str) -> None:
    run_dir(short).mkdir()
    (run_dir(short) / "demo.json").write_text(text)
    assert demo_endpoint(short) is None


def test_one_service_holds_a_data_directory(short: Path) -> None:
    assert holder(short) is None
    with held(short):
        assert holder(short) == os.getpid()
        with pytest.raises(UsageError, match=rf"process {os.getpid()}\b") as refused, held(short):
            pass
        assert "dateline down" in refused.value.remedy
    assert holder(short) is None


def test_the_lock_goes_with_a_killed_holder(short: Path) -> None:
    code = (
        "import time, pathlib\nfrom cli.lock import held\n"
        f"with held(pathlib.Path({str(short)!r})): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert holder(short) == process.pid
        process.kill()
    with held(short):
        assert holder(short) == os.getpid()


def test_a_home_that_cannot_be_made_is_told_in_words(short: Path) -> None:
    (short / "file").touch()
    with pytest.raises(DatelineError, match="cannot be used"), held(short / "file" / "home"):
        pass


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("sqlite:///news.db", f"sqlite:///{Path.cwd() / 'news.db'}"),
        ("sqlite:////var/news.db", "sqlite:////var/news.db"),
        ("postgresql://u:p@h/news", "postgresql://u:p@h/news"),
    ],
)
def test_a_relative_sqlite_file_is_named_absolutely(given: str, expected: str) -> None:
    assert settings.load({"DATABASE_URL": given}).database_url == expected
