"""Logs: one JSON object a line on standard error, or coloured text on a terminal.

Only what is known to be harmless is written: names on the list below, and no secrets or phones even there.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

KNOWN = frozenset(
    [
        "address",
        "attempts",
        "batch",
        "bytes",
        "code",
        "company_id",
        "connections",
        "deliveries",
        "entries",
        "entry_id",
        "error",
        "event",
        "events",
        "exception",
        "head",
        "integration_id",
        "items",
        "kind",
        "level",
        "logger",
        "method",
        "operation",
        "path",
        "platform",
        "port",
        "reason",
        "request_id",
        "rows",
        "seconds",
        "session_id",
        "source",
        "status",
        "timestamp",
        "topic",
        "turn",
        "user_id",
        "what",
        "workers",
    ]
)
"""What a line may be made of; the names of other things are told, not the things."""

_SCRUBBED = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 ***"),
    (re.compile(r"(\w+://[^/\s:@]*):[^@\s/]+@"), r"\1:***@"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "***"),
    (re.compile(r"\bEAA[A-Za-z0-9]{20,}"), "***"),
    (re.compile(r"(?i)((?:password|secret|token|api_?key|authorization)['\"]?\s*[:=]\s*['\"]?)[^\s'\",}]+"), r"\1***"),
    (re.compile(r"(?<![\w-])\+?\d{6,20}(\d{4})(?![\w-])"), r"••••\1"),
)
"""Texts that look like tokens, passwords and phones, and what is left of them."""


def scrubbed(text: str) -> str:
    """The text without what looks like a secret, and with the last four digits of what looks like a phone."""
    for pattern, rest in _SCRUBBED:
        text = pattern.sub(rest, text)
    return text


def configure(level: str) -> None:
    """Log from this level on: debug, info, warning or error. Raises KeyError for another word."""
    lowest = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            harmless,
            *_renderers(on_terminal=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def harmless(logger: object, method: str, told: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A line without what nobody said is harmless. (structlog gives a traceback without its local variables.)"""
    known = {name: _plain(value) for name, value in told.items() if name in KNOWN}
    unknown = sorted(told.keys() - KNOWN)
    return {**known, "withheld": unknown} if unknown else known


def _plain(value: object) -> object:
    if isinstance(value, str):
        return scrubbed(value)
    return value if value is None or isinstance(value, bool | int | float) else scrubbed(str(value))


def _renderers(*, on_terminal: bool) -> tuple[Any, ...]:
    if not on_terminal:
        return (structlog.processors.JSONRenderer(),)
    from structlog.dev import ConsoleRenderer

    return (ConsoleRenderer(),)
