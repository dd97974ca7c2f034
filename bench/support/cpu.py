"""CPU time of a tree of processes, by what each is: read from /proc (Linux), so that nothing measured takes part."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")

# The first word of a command line that matches names the part; what is none of these is the supervisor or its like.
PARTS = {
    "reader_child": "reader",
    "valkey": "broker",
    "redis-server": "broker",
    " beat": "beat",
    "schedule@": "schedule",
    "fetch@": "fetch",
    "process@": "process",
}


def by_part(root: int) -> dict[str, float]:
    """CPU seconds so far of the process `root` and all below it, those already ended and waited for included."""
    children = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields:
            children[int(fields[1])].append(int(folder.name))
    spent: dict[str, float] = defaultdict(float)
    todo = [root]
    while todo:
        pid = todo.pop()
        todo += children[pid]
        if fields := _stat(pid):
            spent[_part(pid)] += sum(int(ticks) for ticks in fields[11:15]) / TICK
    return dict(spent)


def between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What each part spent between two readings."""
    return {part: after[part] - before.get(part, 0.0) for part in sorted(after)}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, or none when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _part(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "ended"
    return next((part for word, part in PARTS.items() if word in command), "supervisor")
