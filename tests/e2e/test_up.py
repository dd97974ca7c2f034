"""`dateline up`, `down` and `logs` as a person uses them: the real service and the demo newspaper, in a new home."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cli.lock import holder
from dateline.paths import SOCKET_LIMIT

ROOT = Path(__file__).parents[2]
DATELINE = (sys.executable, "-m", "cli.main")
KINDS = {
    "broker": "valkey-server",
    "beat": " beat",
    "schedule": "schedule@",
    "fetch": "fetch@",
    "process": "process@",
    "api": "api.serve",
}


def eventually(truth: Callable[[], Any], within: float, what: Callable[[], str]) -> Any:
    """The first true answer; when it does not come in time, what the service said."""
    until = time.monotonic() + within
    while not (found := truth()):
        assert time.monotonic() < until, f"not within {within:g} s:\n{what()}"
        time.sleep(0.05)
    return found


def processes() -> list[tuple[int, int, str]]:
    """Id, parent and command line of every process that is not a zombie."""
    listed = subprocess.run(["ps", "-axwwo", "pid=,ppid=,stat=,command="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 3) for line in listed.stdout.splitlines()]
    return [(int(pid), int(parent), command) for pid, parent, state, command in rows if not state.startswith("Z")]


def below(pid: int) -> dict[int, str]:
    """A process and everything it started, by id."""
    table = processes()
    found = {pid: next((command for one, _, command in table if one == pid), "")}
    while fresh := {one: command for one, parent, command in table if parent in found and one not in found}:
        found |= fresh
    return found


class Home:
    """A data directory and the commands run on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        servers = ("DATABASE_URL", "REDIS_URL")
        self.env = {name: value for name, value in os.environ.items() if name not in servers}
        self.env |= {"DATELINE_HOME": str(path), "PYTHONPATH": str(ROOT), "DATELINE_BIND": "127.0.0.1:0"}

    def run(self, *arguments: str, exit_code: int = 0) -> str:
        """What a command says, on either stream."""
        done = subprocess.run(
            [*DATELINE, *arguments], env=self.env, capture_output=True, text=True, timeout=110, cwd=self.path.parent
        )
        assert done.returncode == exit_code, f"{done.stdout}{done.stderr}\n{self.says()}"
        return done.stdout + done.stderr

    def pid(self) -> int:
        """The supervisor's."""
        return holder(self.path) or 0

    def child(self, kind: str, other_than: int = 0) -> int:
        """The process of this kind, 0 while there is none but the given one."""
        found = (pid for pid, command in below(self.pid()).items() if KINDS[kind] in command)
        return next((pid for pid in found if pid != other_than), 0)

    def says(self) -> str:
        """The last of every log."""
        logs = sorted((self.path / "logs").glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}" for log in logs)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "home")
    yield made
    with contextlib.suppress(ProcessLookupError):
        if pid := made.pid():
            os.kill(pid, signal.SIGKILL)


def gone(pids: dict[int, str]) -> bool:
    """Whether none of these processes runs any more (a number may be another's by now: the command tells)."""
    running = {(pid, command) for pid, _, command in processes()}
    return not any(process in running for process in pids.items())


@pytest.mark.slow
def test_a_newcomer_sees_articles_and_rising_views_without_the_internet(home: Home, tmp_path: Path) -> None:
    home.path = tmp_path / ("a long name for a data directory, longer than a socket's path may be " * 2)
    home.env["DATELINE_HOME"] = str(home.path)
    assert len(str(home.path)) > SOCKET_LIMIT

    assert f"process {home.run('up', '--detach') and home.pid()}" in home.run("up", exit_code=2)
    first = eventually(lambda: home.run("articles", "--json").splitlines(), 30, home.says)
    article = json.loads(first[0])
    assert article["url"].startswith("http://127.0.0.1:")

    def risen() -> bool:
        samples = [json.loads(line)["count"] for line in home.run("views", str(article["id"]), "--json").splitlines()]
        return len(samples) >= 2 and samples[-1] > samples[0]

    eventually(risen, 60, home.says)
    assert "ready after" in home.run("logs", "up", "-n", "100")
    api = json.loads(home.run("status", "--json"))["api"]
    assert api["url"] in home.run("logs", "up", "-n", "100") and api["problem"] is None
    with urllib.request.urlopen(f"{api['url']}/healthz", timeout=10) as answer:
        assert json.load(answer)["status"] == "ok"
    assert "no log is called" in home.run("logs", "nobody", exit_code=3)

    everything = below(home.pid())
    [line] = home.run("logs", "up", "-n", "1", "--json").splitlines()
    assert json.loads(line)["process"] == "up"
    assert json.loads(home.run("down", "--json"))["stopped"]
    eventually(lambda: gone(everything), 5, home.says)
    assert "No service runs" in home.run("down")


@pytest.mark.slow
def test_every_killed_child_comes_back_and_a_killed_supervisor_takes_all_with_it(home: Home) -> None:
    begun = json.loads(home.run("up", "--detach", "--no-demo", "--json"))
    assert (begun["pid"], begun["data"]) == (home.pid(), str(home.path))
    assert not any("demo-site" in command for command in below(home.pid()).values())
    for kind in KINDS:
        first = eventually(partial(home.child, kind), 5, home.says)
        os.kill(first, signal.SIGKILL)
        eventually(partial(home.child, kind, other_than=first), 2, home.says)

    everything = below(home.pid())
    assert len(everything) >= 1 + 1 + len(KINDS)  # the supervisor, its watchdog, the children
    os.kill(home.pid(), signal.SIGKILL)
    eventually(lambda: gone(everything), 5, home.says)


@pytest.mark.slow
def test_a_port_that_is_taken_is_told_with_the_remedy_and_all_else_goes_on(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = f"127.0.0.1:{other.getsockname()[1]}"
        home.env["DATELINE_BIND"] = place
        said = home.run("up", "--detach", "--no-demo")
        assert f"http://{place} is taken by another program" in said and "DATELINE_BIND" in said
        assert f"http://{place} is taken by another program" in home.run("logs", "up")
        api = json.loads(home.run("status", "--json"))["api"]
        assert "taken" in api["problem"] and "DATELINE_BIND" in api["remedy"]
        assert "healthy" in home.run("health", "api", "--json")  # it lives, and waits for the port
        home.run("down")


@pytest.mark.slow
def test_ctrl_c_ends_all_within_ten_seconds(home: Home) -> None:
    with subprocess.Popen(
        [*DATELINE, "up"], env=home.env, stdout=subprocess.PIPE, text=True, start_new_session=True, cwd=home.path.parent
    ) as up:
        assert up.stdout is not None
        said = []
        for line in up.stdout:
            said.append(line)
            if "ready after" in line:
                break
        else:
            pytest.fail("".join(said) + home.says())
        assert str(home.path) in "".join(said)
        assert "demo newspaper was added" in "".join(said)
        everything = below(up.pid)
        began = time.monotonic()
        os.killpg(up.pid, signal.SIGINT)  # a terminal sends it to the whole foreground group
        said = up.stdout.readlines()
        assert up.wait(12) == 0
    assert time.monotonic() - began < 10
    assert "killed" not in "".join(said)
    eventually(lambda: gone(everything), 5, home.says)
