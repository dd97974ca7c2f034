"""One line an event: a stable name, then its fields. JSON in files and pipes, columns on a terminal."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import FilteringBoundLogger, Processor

CHATTY = ("celery.worker.strategy", "celery.app.trace", "celery.beat")  # a line for each message is one too many


def _stamps() -> list[Processor]:
    return [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]


def _renderer() -> list[Processor]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer()]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def configure(level: str = "INFO") -> None:
    """Set up logging for this process; lines go to stderr."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_stamps(), *_renderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def adopt_libraries(level: str = "INFO") -> None:
    """Give the lines of libraries that use the standard library's logging our manner, too."""
    handler = logging.StreamHandler(sys.stderr)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[remove, *_renderer()], foreign_pre_chain=[*_stamps(), structlog.stdlib.add_logger_name]
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def get(name: str) -> FilteringBoundLogger:
    """A logger whose lines carry `part=name`."""
    logger: FilteringBoundLogger = structlog.get_logger(part=name)
    return logger
