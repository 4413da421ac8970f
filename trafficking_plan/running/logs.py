"""Logging as one JSON object per line, without personal data.

Logs contain no names, addresses, typed text or tokens. A request is identified by its id and the
user's id. Paths are escaped, so that a crafted URL cannot forge a log entry.
"""

import logging
import re
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any
from urllib.parse import quote

import structlog

# The log of sign-ins, roles and signatures (security_log.py), which alone says from which network.
SECURITY = "security"
PERSONAL = ("ip", "user_agent", "email", "username")
# The token in such a URL is enough to set a password, accept a seat or read a calendar.
TOKEN_IN_PATH = re.compile(r"(/password/reset/key/|/invitation/|/calendar/)(?!done/)[^/\s]+")


def without_token(text: str) -> str:
    return TOKEN_IN_PATH.sub(r"\1(key)", text)


def drop_personal(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in PERSONAL:
        event.pop(key, None)
    if event.get("logger") != SECURITY:
        event.pop("network", None)
    if "request" in event:
        # "GET /path?query": keep the path and drop the query, which contains typed text.
        verb, _, address = str(event["request"]).partition(" ")
        path = quote(address.partition("?")[0], safe="/%")
        event["request"] = without_token(f"{verb} {path}")[:300]
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_personal,
]
# What our own log lines say beside the event; other libraries' extras may be personal.
OWN_EXTRAS = ("rendering", "seconds")

structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


class EscapeArguments:
    """Escape the arguments of log messages: Django's warnings contain the raw request path."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_token(quote(arg, safe=" /:.,'()=%")) if isinstance(arg, str) else arg
                for arg in record.args
            )
        return True


def traceback_without_messages(exc_info: Any) -> list[str]:
    """Return exception types and code lines of a traceback, innermost last.

    Exception messages are left out, because a database error quotes the refused row.
    """
    return list(_trace(exc_info[1]))


def _trace(error: BaseException | None) -> Iterator[str]:
    if error is None:
        return
    earlier = error.__cause__
    yield from _trace(earlier or (None if error.__suppress_context__ else error.__context__))
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"


def configuration(*, plain: bool, security_file: str = "") -> dict[str, Any]:
    """Return Django's LOGGING: JSON lines, or if `plain` text with full tracebacks for a terminal.

    What concerns security goes to its own file, if one is named, and is never among the requests.
    """
    to_security: dict[str, Any] = (
        {"class": "logging.handlers.WatchedFileHandler", "filename": security_file}
        if security_file
        else {"class": "logging.StreamHandler"}
    )
    rendering: list[Any] = (
        [
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            )
        ]
        if plain
        else [
            structlog.processors.ExceptionRenderer(traceback_without_messages),
            structlog.processors.JSONRenderer(),
        ]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"escape": {"()": EscapeArguments}},
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*SHARED, structlog.stdlib.ExtraAdder(allow=OWN_EXTRAS)],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *rendering,
                ],
            }
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "structured",
                "filters": ["escape"],
            },
            "security": {**to_security, "formatter": "structured"},
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # The development server's request lines duplicate ours.
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # So does Django's line about each request that is refused or fails.
            "django.request": {"handlers": [], "level": "CRITICAL", "propagate": True},
            "botocore": {"level": "WARNING"},
            SECURITY: {
                # A terminal has no use for it.
                "handlers": ["security"] if security_file or not plain else [],
                "level": "INFO",
                "propagate": False,
            },
            "weasyprint": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
        },
    }
