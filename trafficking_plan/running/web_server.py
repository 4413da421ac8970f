"""What gunicorn runs in each process besides the pages: `--config python:trafficking_plan.running.web_server`.

If it listens to two addresses, the second is for health checks alone. Its processes share that socket, so any of
them answers, also while the others stop.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

# Packages that others import and pages do not use. Each process would keep them: 2 MiB.
HARDLY_USED = ("sqlparse", "django.contrib.admin")

# What gunicorn says of a request that it cannot read, with its sender or address.
OF_REQUEST = re.compile(
    r"(?<=Invalid request) from ip=.*|(?<=Error handling request) .*", re.DOTALL
)


class Line(logging.Formatter):
    """Writes gunicorn's own lines as those of the service (logs.py), without addresses."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "event": OF_REQUEST.sub("", record.getMessage()),
            "process": record.process,
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and (error := record.exc_info[1]):
            from trafficking_plan.running.logs import traceback_without_messages

            line["exception"] = traceback_without_messages(record.exc_info)
            if type(error).__name__ == "ImproperlyConfigured":
                line["reason"] = str(error)  # why it does not start, for the operator
        return json.dumps(line, ensure_ascii=False)


class Lines(Logger):
    """Gunicorn's logger, with lines of our format."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Line())


logger_class = Lines

# Functions import what they need, so that it is the code of their process, which may be newer than that of the one that
# started it.


def post_fork(server: Any, worker: Any) -> None:
    """Keep the second address from the threads that serve pages, and what they do not use from being loaded."""
    from trafficking_plan.sign_in.late_modules import run_late

    worker.sockets, worker.health_sockets = worker.sockets[:1], worker.sockets[1:]
    for name in HARDLY_USED:
        run_late(name)


def post_worker_init(worker: Any) -> None:
    from trafficking_plan import __version__
    from trafficking_plan.running import health

    worker.log.info("Release %s", __version__)
    for each in worker.health_sockets:
        each.sock.setblocking(False)
        health.listen(each.sock)
