"""What the shell hands to the stories: settings, the database, a way to send messages, and the present moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dateline.clock import utc_now
from dateline.messages import Message
from dateline.settings import Settings
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Toolkit:
    """One for each process. `send` never raises and waits a second or two at most: a message is only a hint."""

    settings: Settings
    db: Database
    send: Callable[[Message], bool]  # whether the broker took it
    now: Callable[[], datetime] = utc_now
