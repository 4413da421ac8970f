"""Logs as one JSON object a line: what happened, how long it took, and never whose words.

No names, addresses, texts or tokens: a request is known by its id and the user's number, and a
path is escaped, so that a log reader cannot be fooled by a crafted address.
"""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote

import structlog

PERSONAL = ("ip", "user_agent", "email", "username")


def drop_personal(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in PERSONAL:
        event.pop(key, None)
    if "request" in event:
        # "GET /path?query": keep the path, leave out what was typed into the query.
        verb, _, address = str(event["request"]).partition(" ")
        event["request"] = f"{verb} {quote(address.partition('?')[0], safe='/%')}"[:300]
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_personal,
]

structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


class EscapeArguments:
    """Django's own warnings put the request's path into the message as it came."""

    def filter(self, record: Any) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                quote(arg, safe=" /:.,'()<>=%") if isinstance(arg, str) else arg
                for arg in record.args
            )
        return True


def configuration(*, plain: bool) -> dict[str, Any]:
    """Django's LOGGING. `plain` is for a terminal; otherwise JSON lines."""
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False)
        if plain
        else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"escape": {"()": EscapeArguments}},
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    renderer,
                ],
            }
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "structured",
                "filters": ["escape"],
            }
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # The development server's own line a request says no more than ours.
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # Traces hold local values; the event and the request id are enough to find the cause.
            "weasyprint": {"level": "WARNING"},
        },
    }
