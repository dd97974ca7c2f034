"""One budget of bytes for all bodies in flight: what a fetch holds is taken from it, and who finds no room waits."""

from __future__ import annotations

from collections.abc import Callable


class Budget:
    """Bytes that bodies may hold together.

    When there is no room, takers wait in line and are resumed in that order. The first in line may always go on: were
    all of them waiting, with every byte held by a body that is itself waiting, none could ever finish. So at most the
    total and one body more are held.

    Not thread-safe: it belongs to one event loop.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._waiting: dict[object, Callable[[], None]] = {}  # insertion order is the line
        self._leader: object | None = None  # the one that may go over the total
        self.held = 0

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._waiting)

    def take(self, owner: object, size: int) -> bool:
        """Take bytes for a body; False when there is no room, and the owner should wait."""
        if self.held + size > self._total and owner is not self._leader:
            if self._leader is not None:
                return False
            self._leader = owner
        self.held += size
        return True

    def wait(self, owner: object, resume: Callable[[], None]) -> None:
        """Stand in line; `resume` is called once, when it is worth trying again."""
        self._waiting[owner] = resume

    def give(self, owner: object, size: int) -> None:
        """Give back what the owner's finished body held, and let those in line try again."""
        self.held -= size
        self._waiting.pop(owner, None)
        if self._leader is owner:
            self._leader = None
        if self.held >= self._total and self._leader is not None:
            return
        waiting, self._waiting = self._waiting, {}
        for resume in waiting.values():  # those that find no room stand in line again, in the same order
            resume()
