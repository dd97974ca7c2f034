"""The whole service as one person runs it: broker, database, scheduler, workers and the demo, under one supervisor."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from api.binding import url
from cli import demo, embedded
from cli.children import Child, ChildSpec, Watchdog
from cli.lock import held
from cli.logfiles import Pump, RotatingFile
from cli.readmit import readmit
from cli.supervisor import Marks, StopSignals, Supervisor
from cli.voice import Voice, tell_address, tell_news
from dateline import __version__
from dateline.errors import DatelineError
from dateline.paths import broker_socket, make_private, note_api, prepare_broker_socket
from dateline.settings import Settings, default_home
from storage import feeds, progress
from storage.database import Database, prepare
from worker.enrich.installed import chosen


def services(current: Settings) -> list[ChildSpec]:
    """Beat and its workers: three, and a fourth where enrichers besides the built-in ones are on; and the API.

    Beat has no row of its own: it shows in that of the scheduling worker it wakes. The API is not waited for: where
    its port is taken, all else goes on.
    """
    serve = (sys.executable, "-m", "worker.serve")
    names = ["schedule", "fetch", "process", *(["enrich"] if chosen(current.enrich).later else [])]
    workers = [ChildSpec(name, (*serve, f"{name}@%h"), progress=name) for name in names]
    front_door = ChildSpec("api", (sys.executable, "-m", "api.serve"), progress="api", awaited=False)
    return [ChildSpec("beat", (*serve, "beat"), progress="schedule"), *workers, front_door]


def run(
    current: Settings, *, with_demo: bool, aloud: bool, as_json: bool = False, on_ready: Callable[[], None]
) -> None:
    """Run the service until a signal ends it. Raises DatelineError when it cannot start."""
    began = time.monotonic()
    stop = StopSignals()
    with held(current.home), stop.installed():
        make_private(current.log_dir)
        voice = Voice(RotatingFile(current.log_dir / "up.log"), aloud=aloud, as_json=as_json)
        voice.print(_greeting(current))
        try:
            _run(current, voice, stop, with_demo=with_demo, began=began, on_ready=on_ready)
        finally:
            voice.close()


def _run(
    current: Settings, voice: Voice, stop: StopSignals, *, with_demo: bool, began: float, on_ready: Callable[[], None]
) -> None:
    guard = Watchdog()
    pump = Pump(current.log_dir)
    ended = threading.Event()
    children: list[Child] = []
    try:
        specs = services(current)
        if current.embedded_broker:
            children.append(_start_broker(current, guard, pump, voice))
        else:
            embedded.require(current.redis_url)
        prepare(current.database_url)
        db = Database(current.database_url, pool_size=2)
        if with_demo:
            if paper := demo.open_demo(current, db, voice.say):
                specs.append(paper)
        else:
            demo.close_demo(current)
        threading.Thread(target=_readmit, args=(current, db, voice), name="readmit", daemon=True).start()
        note_api(current.home, None)  # an earlier run's
        threading.Thread(target=tell_news, args=(db, voice, ended), name="news", daemon=True).start()
        threading.Thread(target=tell_address, args=(current.home, voice, ended), name="address", daemon=True).start()

        def ready() -> None:
            voice.say(f"ready after {time.monotonic() - began:.1f} s: {_feeds_in_words(db)}")
            voice.print(_what_next(current))
            on_ready()

        def marks() -> Marks:
            with db.read() as tx:
                rows: dict[str, Hashable] = {**progress.read_all(tx)}
            if current.embedded_broker and embedded.answers(broker_socket(current.home)):
                rows[embedded.ROW] = time.monotonic()
            return rows

        children += [Child(spec, guard, env=_environment(current), cwd=current.home) for spec in specs]
        Supervisor(
            children,
            guard=guard,
            pump=pump,
            stop=stop,
            read_progress=marks,
            stall=current.stall,
            say=voice.say,
            on_ready=ready,
        ).run()
    finally:
        ended.set()
        demo.close_demo(current)
        pump.close()
        guard.close()  # what still runs, after an error on the way up, ends here
    voice.say("stopped")


def _readmit(current: Settings, db: Database, voice: Voice) -> None:
    """Look again at what was refused before its network was allowed, beside the start: names may be slow to resolve."""
    with contextlib.suppress(SQLAlchemyError):
        if count := readmit(current, db):
            voice.say(f"{count} refused visit{'s' * (count != 1)} due again: the address is allowed now")


def _start_broker(current: Settings, guard: Watchdog, pump: Pump, voice: Voice) -> Child:
    """Start the embedded broker and wait until it answers: everything else needs it."""
    socket = prepare_broker_socket(current.home)
    if embedded.end_leftover(socket):
        voice.say("ended a broker that an earlier run had left")
    spec = embedded.broker_spec(socket, current.home / "broker")
    broker = Child(spec, guard, env=_environment(current), cwd=current.home)
    pump.add(spec.name, broker.start(time.monotonic()))
    if not embedded.wait_until_it_answers(socket):
        raise DatelineError(
            "the embedded broker did not start",
            stage="broker",
            remedy=f"its own words are in {current.log_dir / 'broker.log'}; or set REDIS_URL to a server that runs",
        )
    return broker


def _environment(current: Settings) -> dict[str, str]:
    """What every child is told: our own environment, with the places named absolutely."""
    known = {"DATELINE_HOME": str(current.home), "PYTHONUNBUFFERED": "1"}
    if not current.embedded_database:
        known["DATABASE_URL"] = current.database_url
    root = str(Path(__file__).parent.parent)
    if root != sysconfig.get_path("purelib"):  # a checkout that was not installed: its packages are the children's, too
        known["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return {**os.environ, **known}


def _greeting(current: Settings) -> str:
    database = "SQLite, dateline.db there"
    if not current.embedded_database:
        database = make_url(current.database_url).render_as_string(hide_password=True)
    broker = "Valkey, brought along" if current.embedded_broker else urlsplit(current.redis_url).hostname or "REDIS_URL"
    return (
        f"Dateline {__version__} is starting. Ctrl-C ends it.\n"
        f"  data      {current.home}\n"
        f"  database  {database}\n"
        f"  broker    {broker}\n"
        f"  api       {address(current)}\n"
        f"  logs      {current.log_dir}"
    )


def address(current: Settings) -> str:
    """Where the API is to be served."""
    host, port = current.bind
    return url(host, port) if port else f"any free port of {host}"


def _feeds_in_words(db: Database) -> str:
    with db.read() as tx:
        count = len(feeds.listed(tx))
    return f"{count} feed{'s' * (count != 1)}" if count else "no feed yet"


def _what_next(current: Settings) -> str:
    """Commands to try, as they can be typed from here."""
    command = "dateline"
    program = Path(sys.argv[0])
    if shutil.which("dateline") != str(program.absolute()) and program.name == "dateline":
        command = os.path.relpath(program) if program.is_relative_to(Path.cwd()) else str(program)
    if current.home != default_home():
        command = f"DATELINE_HOME={current.home} {command}"
    return (
        "  Try in another terminal:\n"
        f"    {command} articles\n"
        f"    {command} views 1\n"
        f"    {command} status\n"
        f"    {command} feeds add https://example.org/feed.xml"
    )
