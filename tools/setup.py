#!/usr/bin/env python3
"""Make .venv ready: the locked packages (hash-checked) and Dateline itself. Standard library only.

    python3 tools/setup.py          what Dateline needs to run
    python3 tools/setup.py --dev    and what its tests need

Does nothing when everything is as the lock files and pyproject.toml ask; so `make run` may call it each time.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NEEDED = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def main() -> None:
    """Bring .venv up to date, or say in one sentence what is missing."""
    use_a_python_new_enough()
    dev = "--dev" in sys.argv[1:]
    if works(PYTHON) and (stamped(dev=True) or (not dev and stamped(dev=False))):
        return
    began = time.monotonic()
    say("setting up {} with Python {}.{}.{}".format(VENV, *sys.version_info[:3]))
    pip = make_venv()
    lock = "requirements-dev.lock" if dev else "requirements.lock"
    # The lock names every package with its hashes: nothing is left to resolve.
    run([*pip, "install", "--no-deps", "--require-hashes", "-r", str(ROOT / lock)])
    run([*pip, "install", "--no-deps", "--editable", str(ROOT)])
    stamp(dev).write_text(fingerprint(dev))
    say(f"ready after {time.monotonic() - began:.0f} s: .venv/bin/dateline")


def use_a_python_new_enough() -> None:
    """Go on under a newer Python of this machine when ours is too old."""
    if sys.version_info >= NEEDED:
        return
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - a fixed name found on PATH, the same arguments
    stop(
        "Dateline needs Python 3.11 or newer, and this is {}.{} ({}).".format(*sys.version_info[:2], sys.executable),
        "Install one (Debian, Ubuntu: apt install python3.11-venv; macOS: brew install python) and try again.",
    )


def stamp(dev: bool) -> Path:
    """The note of what was installed last."""
    return VENV / ("stamp-dev" if dev else "stamp")


def stamped(dev: bool) -> bool:
    """Whether what was installed is what the lock files and pyproject.toml ask for now."""
    return stamp(dev).is_file() and stamp(dev).read_text() == fingerprint(dev)


def fingerprint(dev: bool) -> str:
    """What the environment was made from: another text, another environment."""
    names = ["pyproject.toml", "requirements-dev.lock" if dev else "requirements.lock"]
    digest = hashlib.sha256(str(ROOT).encode())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def works(python: Path) -> bool:
    """Whether this interpreter runs: an upgrade of the system's Python may have taken it away."""
    try:
        return subprocess.run([str(python), "-c", ""], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> "list[str]":
    """Create .venv where it is missing or broken, and return the pip that installs into it."""
    if not works(PYTHON):
        shutil.rmtree(str(VENV), ignore_errors=True)
        bare = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
        run([sys.executable, "-m", "venv", *bare, str(VENV)])
    quiet = ["--quiet", "--disable-pip-version-check"]
    if has_pip(str(PYTHON)):
        return [str(PYTHON), "-m", "pip", *quiet]
    if has_pip(sys.executable):  # Debian and Ubuntu split ensurepip off; the system's own pip can do its work
        return [sys.executable, "-m", "pip", "--python", str(PYTHON), *quiet]
    shutil.rmtree(str(VENV), ignore_errors=True)
    return stop(
        f"this Python ({sys.executable}) has neither ensurepip nor pip.",
        "Install one of them (Debian, Ubuntu: apt install python3-venv) and try again.",
    )


def has_pip(python: str) -> bool:
    """Whether `python -m pip` works."""
    return subprocess.run([python, "-c", "import pip"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def run(command: "list[str]") -> None:
    """Run a command, and stop with its own words when it fails."""
    code = subprocess.run(command, cwd=str(ROOT), check=False).returncode
    if code:
        stop(f"`{' '.join(command)}` failed (exit status {code}).", "Its own words are above.")


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"dateline: {text}", flush=True)


def stop(what: str, remedy: str) -> "list[str]":
    """Say what is wrong and what helps, and leave."""
    sys.exit(f"dateline: {what}\n{remedy}")


if __name__ == "__main__":
    main()
