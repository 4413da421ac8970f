"""`/healthz` and `/readyz`, which load balancers and container platforms ask by any host name."""

import threading
import time

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

# A database that hangs instead of refusing must not hang us too.
PATIENCE = 3.0  # seconds
# Anybody may ask, so many questions cost one examination.
KEPT = 2.0  # seconds

Found = list[tuple[Check, Finding]]


class Readiness:
    """Runs the checks in a thread, one run at a time. Requests in the meantime wait for the same result."""

    def __init__(self, patience: float = PATIENCE, kept: float = KEPT) -> None:
        self.patience, self.kept = patience, kept
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._found: Found = []
        self._examined: Found = []
        self._found_at = -kept

    def ask(self) -> Found:
        """Return what was found. If that takes too long, the check that it waits for is wrong."""
        with self._lock:
            if time.monotonic() - self._found_at < self.kept:
                return self._found
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._examine, daemon=True)
                self._thread.start()
            thread = self._thread
        thread.join(self.patience)
        if not thread.is_alive():
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


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers. The database is not asked: restarting us would not mend it."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
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
    response = HttpResponse(
        "\n".join(["ready" if is_ready else "not ready", *lines, ""]),
        status=200 if is_ready else 503,
        content_type="text/plain",
    )
    # Django would log every 503 as an error.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


ANSWERS = {"/healthz": healthz, "/readyz": readyz}


def answer(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a health check, or None if the request is another one."""
    view = ANSWERS.get(request.path_info)
    if view is None:
        return None
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return view(request)
