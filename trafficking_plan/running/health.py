"""`/healthz` and `/readyz`, which load balancers and container platforms ask by any host name.

The web server's pages answer them, and a listener of their own does at another port (`listen`), which answers
while every thread that serves pages waits.
"""

import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from trafficking_plan.running.service_checks import (
    READINESS,
    Check,
    Finding,
    State,
    findings,
    wrong,
)

# A check that takes longer hangs, and must not hang us too.
PATIENCE = 3.0  # seconds
# How long a question waits at most for an examination that has just begun.
MOMENT = 0.5  # seconds
# Anybody may ask, so many questions cost one examination.
KEPT = 2.0  # seconds

Found = list[tuple[Check, Finding]]
Answer = tuple[HTTPStatus, str]


class Readiness:
    """Runs the checks in a thread, one run at a time, and remembers what it found."""

    def __init__(self, patience: float = PATIENCE, moment: float = MOMENT) -> None:
        self.patience, self.moment = patience, moment
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._found: Found = []
        self._examined: Found = []
        self._began_at = self._found_at = -KEPT

    def ask(self) -> Found:
        """Return what was found just now. Nobody waits for a check that hangs.

        While an examination takes longer than a moment, what the one before found is true. When it takes too
        long, or there was none before, the check that it waits for is wrong.
        """
        with self._lock:
            if time.monotonic() - self._found_at < KEPT:
                return self._found
            if self._thread is None or not self._thread.is_alive():
                self._began_at = time.monotonic()
                self._thread = threading.Thread(target=self._examine, daemon=True)
                self._thread.start()
            thread = self._thread
        thread.join(max(0, self._began_at + self.moment - time.monotonic()))
        if not thread.is_alive():
            return self._found
        if self._found and time.monotonic() - self._began_at < self.patience:
            return self._found
        examined = list(self._examined)
        rest = READINESS[len(examined) :]
        return [*examined, *((check, wrong("It does not answer.")) for check in rest[:1])]

    def _examine(self) -> None:
        self._examined = []
        try:
            for each in findings(READINESS):
                self._examined.append(each)
            self._found = self._examined
            self._found_at = time.monotonic()
        finally:
            connection.close()


readiness = Readiness()


def healthz() -> Answer:
    """Say that this process answers. The database is not asked: restarting us would not mend it."""
    return HTTPStatus.OK, "ok\n"


def readyz() -> Answer:
    """Answer "ready", or 503 with what is not. Warnings are listed but do not change the status."""
    found = readiness.ask()
    is_ready = not any(
        finding.state is State.WRONG and check.takes_node_out() for check, finding in found
    )
    lines = [
        f"{check.name}: {finding.sentence}"
        for check, finding in found
        if finding.state is not State.WELL
    ]
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return status, "\n".join(
        ["ready" if is_ready else "not ready", f"Release: {settings.RELEASE}", *lines, ""]
    )


ANSWERS: dict[str, Callable[[], Answer]] = {"/healthz": healthz, "/readyz": readyz}


def answer(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a health check, or None if the request is another one."""
    of_path = ANSWERS.get(request.path_info)
    if of_path is None:
        return None
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    status, text = of_path()
    response = HttpResponse(text, status=status, content_type="text/plain")
    # Django would log every 503 as an error.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


class Listener(BaseHTTPRequestHandler):
    """Answers one health check without Django, and closes the connection."""

    timeout = PATIENCE  # of who asks and sends nothing

    def do_GET(self) -> None:
        of_path = ANSWERS.get(self.path.partition("?")[0])
        status, text = of_path() if of_path else (HTTPStatus.NOT_FOUND, "not found\n")
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text.encode())))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())

    do_HEAD = do_GET

    def version_string(self) -> str:
        return "health"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Leave no line in the log."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave no line in the log if who asked has gone."""


def listen(to: socket.socket) -> None:
    """Answer health checks at a listening socket from now on, in threads of their own."""
    server = Server(to.getsockname()[:2], Listener, bind_and_activate=False)
    server.socket.close()
    server.socket = to
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    # So that the first question finds something.
    threading.Thread(target=readiness.ask, daemon=True).start()
