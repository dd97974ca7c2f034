"""One line an event: a stable name, then its fields. JSON in files and pipes, columns on a terminal."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import FilteringBoundLogger


def configure(level: str = "INFO") -> None:
    """Set up logging for this process; lines go to stderr."""
    pretty = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def get(name: str) -> FilteringBoundLogger:
    """A logger whose lines carry `part=name`."""
    logger: FilteringBoundLogger = structlog.get_logger(part=name)
    return logger
