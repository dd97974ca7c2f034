"""Ends the process groups it was told of when its own parent is gone, however that came about.

The parent holds the write end of a pipe to our stdin and sends one line for each group: `+123` (look after it) or
`-123` (it has ended). The kernel closes the pipe when the parent dies, even by kill -9; then every group left is
killed. Portable, unlike PR_SET_PDEATHSIG (Linux alone, and bound to the thread that started the child).

Run by its path with `python -I -S`, so it imports nothing of the project and stays small.
"""

import os
import signal
import sys


def main() -> None:
    """Listen until the parent is gone, then end what is left."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # only the end of the parent ends us
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        sign, group = line[0], int(line[1:])
        if sign == "+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


if __name__ == "__main__":
    main()
