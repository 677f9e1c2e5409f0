"""Logs: one JSON object a line on standard error, or coloured text on a terminal."""

import logging
import sys

import structlog

_FOR_PEOPLE = (structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),)
_FOR_MACHINES = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
"""Neither prints the local variables of a traceback: there may be secrets among them."""


def configure(level: str) -> None:
    """Log from this level on: debug, info, warning or error. Raises KeyError for another word."""
    lowest = logging.getLevelNamesMapping()[level.upper()]
    on_terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(_FOR_PEOPLE if on_terminal else _FOR_MACHINES),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
