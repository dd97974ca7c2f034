"""`dateline up`, `down` and `logs`: the service as a person starts it, ends it and reads what it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click

from cli.lock import held, holder
from cli.logfiles import follow, last_lines
from cli.output import json_option, print_json, say
from cli.voice import api_in_words
from dateline import settings
from dateline.errors import DatelineError, NotFound
from dateline.paths import ApiNote, api_note, make_private

READY_WITHIN = 90.0  # seconds that `up --detach` waits
DOWN_WITHIN = 12.0  # seconds; the service itself takes ten at most
API_WITHIN = 3.0  # seconds that `up --detach` gives the API to say where it is served
LAST_WORDS = 15  # lines shown of a service that did not start


@click.command()
@click.option("--detach", "-d", is_flag=True, help="Run in the background; returns when the service is ready.")
@click.option("--no-demo", is_flag=True, help="Never serve the demo newspaper, not even where no feed is.")
@click.option("--ready-fd", type=int, hidden=True)
@json_option
def up(detach: bool, no_demo: bool, ready_fd: int | None, as_json: bool) -> None:
    """Run the whole service: broker, database, scheduler, workers; here, until Ctrl-C, or in the background.

    Where no feed is it adds the demo newspaper, so that there is something to see.
    """
    current = settings.load()
    if detach:
        _detach(current, no_demo, as_json=as_json)
        return
    from cli import house  # here: `down` and `logs` need none of it

    def ready() -> None:
        if ready_fd is not None:
            os.write(ready_fd, b"ready")
            os.close(ready_fd)

    house.run(current, with_demo=not no_demo, aloud=ready_fd is None, as_json=as_json, on_ready=ready)


def _detach(current: settings.Settings, no_demo: bool, *, as_json: bool) -> None:
    """Start the service in a session of its own, and wait until it says that it is ready."""
    began = time.monotonic()
    with held(current.home):  # refuses here and now what the child could only refuse in its log
        log = make_private(current.log_dir) / "up.log"
    ready, say_ready = os.pipe()
    command = [
        sys.executable,
        "-m",
        "cli.main",
        "up",
        "--ready-fd",
        str(say_ready),
        *(["--no-demo"] if no_demo else []),
    ]
    with log.open("ab") as words:
        offset = words.tell()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True, pass_fds=[say_ready]
        )
    os.close(say_ready)
    os.set_blocking(ready, False)
    while process.poll() is None and time.monotonic() - began < READY_WITHIN:
        if _read(ready):
            took = time.monotonic() - began
            api = _api(current.home)
            if as_json:
                print_json(
                    {"pid": process.pid, "data": str(current.home), "ready_after": round(took, 1)}
                    | {"api": api.url if api and not api.problem else None}
                )
                return
            say(f"The service runs in the background (process {process.pid}), ready after {took:.1f} s.")
            say(f"  data  {current.home}")
            say(f"  api   {api_in_words(api) if api else 'not served yet; `dateline status` tells'}")
            say("  Try: dateline status; dateline articles; dateline logs -f; dateline down")
            return
        time.sleep(0.05)
    happened = "is not ready" if process.poll() is None else f"ended with exit status {process.returncode}"
    with log.open("rb") as words:
        words.seek(offset)
        last = b"".join(words.readlines()[-LAST_WORDS:]).decode(errors="replace")
    raise DatelineError(
        f"the service {happened} after {_since(began)}; its last words were:\n{last.rstrip()}",
        stage="up",
        remedy=f"all of them: {current.log_dir}, or `dateline logs`",
    )


def _api(home: Path) -> ApiNote | None:
    """What the API's process notes of itself within a moment: the service is ready without it."""
    until = time.monotonic() + API_WITHIN
    while (note := api_note(home)) is None and time.monotonic() < until:
        time.sleep(0.05)
    return note


def _read(pipe: int) -> bytes:
    try:
        return os.read(pipe, 16)
    except BlockingIOError:
        return b""


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s"


@click.command()
@json_option
def down(as_json: bool) -> None:
    """Stop the service that runs on this data directory. Nothing running is no failure."""
    current = settings.load()
    pid = holder(current.home)
    if pid is None:
        if as_json:
            print_json({"pid": None, "data": str(current.home), "stopped": False})
        else:
            say(f"No service runs on {current.home}.")
        return
    began = time.monotonic()
    try:
        os.kill(pid, signal.SIGTERM)
    except PermissionError:
        raise DatelineError(f"the service (process {pid}) belongs to another user", stage="down") from None
    except ProcessLookupError:
        pass  # it ended just now
    while holder(current.home) == pid:
        if time.monotonic() - began > DOWN_WITHIN:
            raise DatelineError(
                f"the service (process {pid}) has not ended within {DOWN_WITHIN:g} s",
                stage="down",
                remedy=f"`kill -9 {pid}` ends it and all its processes; nothing stored is lost",
            )
        time.sleep(0.05)
    if as_json:
        took = round(time.monotonic() - began, 1)
        print_json({"pid": pid, "data": str(current.home), "stopped": True, "ended_after": took})
    else:
        say(f"Stopped (process {pid}, {_since(began)}).")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("-f", "--follow", "following", is_flag=True, help="Go on with new lines as they come, until Ctrl-C.")
@click.option("-n", "--lines", type=click.IntRange(min=0), default=20, show_default=True, help="Last lines of each.")
@json_option
def logs(names: tuple[str, ...], following: bool, lines: int, as_json: bool) -> None:
    """Show what the service's processes say: all of them, or those named (up, broker, beat, fetch ...)."""
    current = settings.load()
    files = {path.stem: path for path in sorted(current.log_dir.glob("*.log"))}
    if unknown := [name for name in names if name not in files]:
        raise NotFound(f"no log is called {unknown[0]}", remedy=f"there are: {', '.join(files) or 'none yet'}")
    if not files:
        raise NotFound(f"no logs are in {current.log_dir} yet", remedy="start the service: dateline up")
    chosen = {name: files[name] for name in names or files}
    width = 0 if as_json else max(map(len, chosen))
    offsets = {}
    for name, path in chosen.items():
        shown, offsets[name] = last_lines(path, lines)
        for line in shown:
            _print(name, line, width)
    if following:
        watched: dict[str, Path] = chosen
        for name, line in follow(watched, offsets):
            _print(name, line, width)


def _print(name: str, line: bytes, width: int) -> None:
    if not width:
        print_json({"process": name, "line": line.decode(errors="replace")})
        return
    click.echo(f"{name:<{width}} | ".encode() + line)
