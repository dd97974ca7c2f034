"""Where things lie in a data directory, and how every command finds the broker and the demo newspaper there."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from dateline.settings import Settings

SOCKET_LIMIT = 100  # bytes; the kernel's limit is 108 on Linux and 104 on macOS and BSD, closing NUL included


@dataclass(frozen=True, slots=True)
class DemoSite:
    """The demo newspaper of this data directory: where it is served, and what makes it the same one after a restart."""

    host: str
    port: int
    seed: int
    started_at: float  # Unix time of its first edition
    served: bool = True  # by the present run of the service

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ApiNote:
    """Where the API of this data directory is served now, or why it is not."""

    url: str
    pid: int
    problem: str = ""  # empty: it is served
    remedy: str = ""


def run_dir(home: Path) -> Path:
    """Locks, sockets and notes of a running service; nothing in it is worth a backup."""
    return home / "run"


def make_private(directory: Path) -> Path:
    """Create `directory` (and its parents) for its owner's eyes alone, and return it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def write_note(path: Path, text: str) -> None:
    """Replace a small file in one step: a reader sees the old text or the new one, never half."""
    make_private(path.parent)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _is_ours(directory: Path) -> bool:
    """A real directory, ours, closed to all others: whoever else may write in /tmp cannot have laid it there."""
    try:
        found = directory.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def broker_socket(home: Path) -> Path:
    """Where the embedded broker of this data directory listens, whether or not it runs now.

    A path too long for a unix socket is replaced by a short private one, noted in `run/broker.path`.
    """
    usual = run_dir(home) / "broker.sock"
    if len(os.fsencode(usual)) <= SOCKET_LIMIT:
        return usual
    with contextlib.suppress(OSError):
        noted = Path((run_dir(home) / "broker.path").read_text(encoding="utf-8"))
        if _is_ours(noted.parent):
            return noted
    return usual


def prepare_broker_socket(home: Path) -> Path:
    """As `broker_socket`, and makes the short private directory where one is needed. For `dateline up` alone."""
    make_private(run_dir(home))
    path = broker_socket(home)
    if len(os.fsencode(path)) <= SOCKET_LIMIT:
        return path
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    if not base or len(os.fsencode(base)) > SOCKET_LIMIT // 2 or not os.access(base, os.W_OK | os.X_OK):
        base = "/tmp"  # noqa: S108 - mkdtemp makes a name nobody can foresee, mode 0700; tempfile's own choice may be long
    path = Path(tempfile.mkdtemp(prefix="dateline-", dir=base)) / "broker.sock"
    write_note(run_dir(home) / "broker.path", str(path))
    return path


def broker_url(settings: Settings) -> str:
    """The broker as Celery names it: REDIS_URL, else the embedded server's socket."""
    return settings.redis_url or f"redis+socket://{quote(str(broker_socket(settings.home)))}"


def demo_site(home: Path) -> DemoSite | None:
    """The demo newspaper that this data directory has, or None."""
    try:
        known = json.loads((run_dir(home) / "demo.json").read_text(encoding="utf-8"))
        return DemoSite(
            host=str(known["host"]),
            port=int(known["port"]),
            seed=int(known["seed"]),
            started_at=float(known["started_at"]),
            served=bool(known["served"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_demo_site(home: Path, site: DemoSite) -> None:
    """Record the demo newspaper. While it is `served` the guard lets its one address and port through."""
    write_note(run_dir(home) / "demo.json", json.dumps(asdict(site)))


def demo_endpoint(home: Path) -> tuple[str, int] | None:
    """The one loopback address and port that the guard allows although it is private; None while none is served."""
    site = demo_site(home)
    return (site.host, site.port) if site and site.served else None


def api_note(home: Path) -> ApiNote | None:
    """What the API's process last noted of itself; None when it ended, or never ran."""
    try:
        known = json.loads((run_dir(home) / "api.json").read_text(encoding="utf-8"))
        note = ApiNote(str(known["url"]), int(known["pid"]), str(known["problem"]), str(known["remedy"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    try:
        os.kill(note.pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it runs, as somebody else
    return note


def note_api(home: Path, note: ApiNote | None) -> None:
    """Record where the API is served; None when that ends."""
    if note is None:
        (run_dir(home) / "api.json").unlink(missing_ok=True)
    else:
        write_note(run_dir(home) / "api.json", json.dumps(asdict(note)))
