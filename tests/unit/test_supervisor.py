"""The supervisor on small children of our own: started, watched, restarted, stopped, and never orphaned."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.children import BACKOFF, Child, ChildSpec, Watchdog
from cli.liveness import Liveness
from cli.logfiles import Follower, Pump, RotatingFile, last_lines

SLEEPER = ("sleep", "600")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
)
# A supervisor in a process of its own: it prints its children's pids and what it says, and marks progress from a file.
HOUSE = """
import os, sys, time
from pathlib import Path
from cli.children import Child, ChildSpec, Watchdog
from cli.logfiles import Pump
from cli.supervisor import StopSignals, Supervisor
home, stall, specs = Path(sys.argv[1]), float(sys.argv[2]), eval(sys.argv[3])
stop, guard, pump = StopSignals(), Watchdog(), Pump(home)
def marks():
    return {p.stem: p.read_text() for p in home.glob("*.mark")}
with stop.installed():
    print("watchdog", guard._process.pid, flush=True)
    children = [Child(spec, guard, env=dict(os.environ), cwd=home) for spec in specs]
    Supervisor(children, guard=guard, pump=pump, stop=stop,
               read_progress=marks, stall=stall,
               say=lambda line: print(line, flush=True), on_ready=lambda: print("ready", flush=True)).run()
pump.close()
guard.close()
"""


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
        return bool(state) and not state.startswith("Z")
    return False


def eventually(truth: Callable[[], object], within: float = 15.0) -> None:
    until = time.monotonic() + within
    while not truth():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.02)


class House:
    """A running supervisor whose children write their pids into files."""

    def __init__(self, home: Path, specs: list[ChildSpec], stall: float = 60.0) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOUSE, str(home), str(stall), repr(specs)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout
        self.watchdog = int(self.said.readline().split()[1])

    def pid(self, name: str, *, other_than: int = 0) -> int:
        path = self.home / f"{name}.pid"
        eventually(lambda: path.exists() and path.read_text().strip() not in ("", str(other_than)))
        return int(path.read_text())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def build(specs: list[ChildSpec], stall: float = 60.0) -> House:
        houses.append(House(tmp_path, specs, stall))
        return houses[-1]

    yield build
    for built in houses:
        built.process.kill()
        built.process.wait()
        built.said.close()


def noting(name: str, *command: str, **fields: object) -> ChildSpec:
    """A child that writes its pid into NAME.pid before it runs the command."""
    return ChildSpec(name, ("/bin/sh", "-c", f'echo $$ > {name}.pid; exec "$@"', "sh", *command), **fields)  # type: ignore[arg-type]


def test_a_dead_child_is_started_again_at_once(house: Callable[..., House]) -> None:
    built = house([noting("one", *SLEEPER)])
    first = built.pid("one")
    assert built.said.readline() == "ready\n"
    os.kill(first, signal.SIGKILL)
    began = time.monotonic()
    second = built.pid("one", other_than=first)
    assert time.monotonic() - began < 2
    assert alive(second)
    assert built.said.readline() == "one ended (killed by SIGKILL); starting it again\n"


def test_a_child_that_makes_no_progress_is_killed_and_started_again(
    house: Callable[..., House], tmp_path: Path
) -> None:
    (tmp_path / "row.mark").write_text("left by an earlier run")
    built = house([noting("one", *STUBBORN, progress="row")], stall=1.5)
    first = built.pid("one")
    assert built.said.readline() == "one has made no progress for 1.5 s; killed\n"
    built.pid("one", other_than=first)
    assert not alive(first)


def test_a_signal_ends_every_child_in_order(house: Callable[..., House]) -> None:
    built = house([noting("one", *SLEEPER), noting("last", *SLEEPER, stop_order=9)])
    pids = [built.pid("one"), built.pid("last")]
    built.process.send_signal(signal.SIGTERM)
    assert built.process.wait(timeout=10) == 0
    assert not any(alive(pid) for pid in [*pids, built.watchdog])


def test_a_second_signal_kills_what_would_not_end(house: Callable[..., House], tmp_path: Path) -> None:
    built = house([noting("one", *STUBBORN)])
    pid = built.pid("one")
    eventually(lambda: (tmp_path / "one.log").exists())
    built.process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        built.process.wait(timeout=0.5)
    built.process.send_signal(signal.SIGINT)
    assert built.process.wait(timeout=4) == 0
    assert not alive(pid)


@pytest.mark.slow
def test_what_ignores_the_signal_is_killed_within_ten_seconds(house: Callable[..., House], tmp_path: Path) -> None:
    built = house([noting("one", *STUBBORN), noting("broker", *SLEEPER, stop_order=9)])
    pids = [built.pid("one"), built.pid("broker")]
    eventually(lambda: (tmp_path / "one.log").exists())
    built.process.send_signal(signal.SIGTERM)
    assert built.process.wait(timeout=10) == 0
    assert not any(alive(pid) for pid in pids)


def test_a_killed_supervisor_leaves_neither_children_nor_grandchildren(house: Callable[..., House]) -> None:
    built = house([noting("one", "/bin/sh", "-c", "sleep 600 & echo $! > grand.pid; wait"), noting("two", *STUBBORN)])
    pids = [built.pid(name) for name in ("one", "grand", "two")]
    assert all(alive(pid) for pid in pids)
    built.process.kill()
    eventually(lambda: not any(alive(pid) for pid in [*pids, built.watchdog]), within=5)


def test_a_killed_watchdog_is_replaced_and_still_leaves_no_orphan(house: Callable[..., House]) -> None:
    built = house([noting("one", *SLEEPER)])
    pid = built.pid("one")
    assert built.said.readline() == "ready\n"
    os.kill(built.watchdog, signal.SIGKILL)
    assert built.said.readline() == "the watchdog had died: started again\n"
    built.process.kill()
    eventually(lambda: not alive(pid), within=5)


def test_grandchildren_end_with_a_child_that_died(house: Callable[..., House]) -> None:
    built = house([noting("one", "/bin/sh", "-c", "sleep 600 & echo $! > grand.pid; wait")])
    first, grandchild = built.pid("one"), built.pid("grand")
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not alive(grandchild), within=5)


def test_the_wait_before_a_restart_grows_to_five_seconds_and_no_further(tmp_path: Path) -> None:
    guard = Watchdog()
    child = Child(ChildSpec("one", ("false",)), guard, env=os.environ, cwd=tmp_path)
    waits = []
    for _ in range(7):
        output = child.start(now=0.0)
        eventually(lambda: child.reap(now=1.0) is not None)
        output.close()
        waits.append(child.start_at - 1.0)
    guard.close()
    assert waits == pytest.approx([*BACKOFF, 5.0, 5.0])
    assert max(BACKOFF) == 5.0


def test_a_child_that_lived_long_starts_again_without_waiting(tmp_path: Path) -> None:
    guard = Watchdog()
    child = Child(ChildSpec("one", ("false",)), guard, env=os.environ, cwd=tmp_path)
    for died_at in (1.0, 1.0, 100.0):
        output = child.start(now=0.0)
        eventually(lambda died_at=died_at: child.reap(now=died_at) is not None)
        output.close()
    guard.close()
    assert child.start_at == pytest.approx(100.0 + BACKOFF[0])


def test_only_a_row_that_changes_keeps_a_process_alive() -> None:
    liveness = Liveness(stall=10)
    liveness.look({"a": 1, "b": 1}, 0)
    liveness.started("a", 0)
    liveness.started("b", 0)
    for now in range(1, 13):
        liveness.look({"a": now, "b": 1}, now)
    assert liveness.stalled(12) == ["b"]
    assert liveness.shown(["a"]) and not liveness.shown(["a", "b"])


def test_a_row_left_by_an_earlier_run_is_no_sign_of_life() -> None:
    liveness = Liveness(stall=10)
    liveness.look({"a": "old"}, 0)
    liveness.started("a", 0)
    liveness.look({"a": "old"}, 1)
    assert not liveness.shown(["a"])
    liveness.look({"a": "new"}, 2)
    assert liveness.shown(["a"])


@pytest.mark.parametrize("blinded", [[None] * 30, []], ids=["an unreadable database", "a suspended supervisor"])
def test_time_without_sight_is_held_against_nobody(blinded: list[None]) -> None:
    liveness = Liveness(stall=10)
    liveness.look({"a": 1}, 0)
    liveness.started("a", 0)
    for now, marks in enumerate(blinded, start=1):
        liveness.look(marks, now)
    liveness.look({"a": 1}, 31)
    assert liveness.stalled(31) == []
    for now in range(32, 42):
        liveness.look({"a": 1}, now)
    assert liveness.stalled(42) == ["a"]


def test_a_log_rotates_by_size_and_keeps_so_many_files(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "x.log", rotate_at=100, keep=3)
    for number in range(50):
        file.write(b"line %03d\n" % number)
    file.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.log", "x.log.1", "x.log.2"]
    kept = b"".join((tmp_path / name).read_bytes() for name in ("x.log.2", "x.log.1", "x.log"))
    assert kept.splitlines()[-1] == b"line 049"
    assert kept.splitlines() == [b"line %03d" % number for number in range(50 - len(kept.splitlines()), 50)]


def test_following_a_log_misses_no_line_when_it_rotates(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    file = RotatingFile(path, rotate_at=100, keep=5)
    follower = Follower(path, 0)
    seen: list[bytes] = []
    for number in range(60):
        file.write(b"line %03d" % number)
        if number % 3 == 0:
            seen += follower.lines()  # in the middle of a line
        file.write(b"\n")
        if number % 4 == 0:
            seen += follower.lines()
    seen += follower.lines()
    file.close()
    assert seen == [b"line %03d" % number for number in range(60)]


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        (b"", 5, []),
        (b"a\nb\nc\n", 2, [b"b", b"c"]),
        (b"a\nb\nc", 2, [b"b", b"c"]),
        (b"x" * 200_000 + b"\nlast\n", 1, [b"last"]),
        (b"x" * 200_000 + b"\nlast\n", 2, [b"x" * 200_000, b"last"]),
        (b"a\n", 0, []),
    ],
)
def test_the_last_lines_are_read_from_the_end(tmp_path: Path, text: bytes, count: int, expected: list[bytes]) -> None:
    (tmp_path / "x.log").write_bytes(text)
    assert last_lines(tmp_path / "x.log", count) == (expected, len(text))


def test_a_chatty_child_is_never_held_up_and_nothing_it_says_is_lost(tmp_path: Path) -> None:
    pump = Pump(tmp_path)
    read_end, write_end = os.pipe()
    pump.add("chatty", os.fdopen(read_end, "rb"))
    with os.fdopen(write_end, "wb") as pipe:
        for number in range(50_000):
            pipe.write(b"%d\n" % number)
    pump.close()
    assert (tmp_path / "chatty.log").read_bytes().split() == [b"%d" % number for number in range(50_000)]
