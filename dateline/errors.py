"""One small tree of errors. Each says what happened, at which stage, and what a person can do about it."""

from __future__ import annotations


class DatelineError(Exception):
    """Something Dateline understands went wrong.

    `stage` names where, `remedy` what a person can do, `retry` whether looking again later can help.
    """

    stage = "dateline"
    retry = False

    def __init__(self, message: str, *, stage: str | None = None, remedy: str = "", retry: bool | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy
        if stage is not None:
            self.stage = stage
        if retry is not None:
            self.retry = retry


class SettingsError(DatelineError):
    """A setting has a value that cannot be used."""

    stage = "settings"


class UsageError(DatelineError):
    """A person asked for something that cannot be done as asked (command line or API)."""

    stage = "usage"


class NotFound(UsageError):
    """What was named does not exist here."""


class StorageError(DatelineError):
    """The database cannot be used as it is."""

    stage = "storage"


class ReadError(DatelineError):
    """A body could not be read as what it should be (a feed, a page)."""

    stage = "reading"


class ReaderKilled(ReadError):
    """The reader child went over its limit of time or memory, or died, while it had this body."""

    retry = True
