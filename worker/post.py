"""The way to the broker for our own messages: never raises, and costs two seconds at most when the broker is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from celery import Celery
from kombu.exceptions import ChannelError

from dateline import log
from dateline.messages import Message

Answer = TypeVar("Answer")
PATIENCE = 1.0  # seconds for a connection, an answer, or our turn
PAUSE = 1.0  # seconds after a failure in which nobody else waits for a broker that is away
NO_SUCH_QUEUE = "404"  # a Redis list that is empty does not exist

_log = log.get("broker")


class Post:
    """One connection, used by one thread at a time. A failure is logged when it begins and when it ends."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._turn = threading.Lock()
        self._connection: Any = None
        self._away = False
        self._try_again = float("-inf")

    def send(self, message: Message) -> bool:
        """Send this; whether the broker took it."""

        def send(connection: Any) -> bool:
            self._app.send_task(
                message.task,
                kwargs=message.arguments(),
                queue=message.queue,
                connection=connection,
                retry=False,
                ignore_result=True,
            )
            return True

        return self._use(send) or False

    def queue_length(self, queue: str) -> int | None:
        """How many messages wait there; None when the broker is away."""

        def ask(connection: Any) -> int:
            channel = connection.default_channel
            try:
                return int(channel.queue_declare(queue=queue, passive=True).message_count)
            except ChannelError as error:
                if str(error.reply_code) != NO_SUCH_QUEUE:
                    raise
                return 0

        return self._use(ask)

    def close(self) -> None:
        """Give the connection back."""
        if self._turn.acquire(timeout=PATIENCE):
            try:
                self._drop()
            finally:
                self._turn.release()

    def _use(self, act: Callable[[Any], Answer]) -> Answer | None:
        if not self._turn.acquire(timeout=PATIENCE):
            return None
        try:
            if time.monotonic() < self._try_again:
                return None
            answer = act(self._connect())
        except Exception as error:  # whatever a broken broker or its driver raises: a message is only a hint
            self._drop()
            self._try_again = time.monotonic() + PAUSE
            if not self._away:
                _log.warning("broker_away", error=f"{type(error).__name__}: {error}")
            self._away = True
            return None
        else:
            if self._away:
                _log.info("broker_back")
            self._away = False
            return answer
        finally:
            self._turn.release()

    def _connect(self) -> Any:
        if self._connection is None:
            self._connection = self._app.connection_for_write(
                connect_timeout=PATIENCE,
                transport_options={"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "max_retries": 0},
            )
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it may be broken: that is why it goes
                connection.release()
