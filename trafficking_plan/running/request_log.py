"""One line in the log for each request, with what it cost; the same figures go to `/metrics` and to traces."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import structlog
from django.core.signals import got_request_exception
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from trafficking_plan.running import metrics, tracing

log = structlog.get_logger(__name__)
NO_VIEW = "none"


@dataclass
class Cost:
    """What a request has cost since it began: wall time, CPU time of its thread, statements."""

    began: float = field(default_factory=time.perf_counter)
    cpu_began: float = field(default_factory=time.thread_time)
    statements: int = 0

    def count(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.statements += 1
        return execute(*arguments)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    @property
    def cpu_seconds(self) -> float:
        return time.thread_time() - self.cpu_began


def view_of(request: HttpRequest) -> str:
    """Return the name of the view, which has no part of what was asked for."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else NO_VIEW


class RequestLog:
    """Write a line for each request when it ends, also for one that failed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cost = Cost()
        structlog.contextvars.clear_contextvars()
        request_id = str(uuid4())
        structlog.contextvars.bind_contextvars(request_id=request_id)
        with connection.execute_wrapper(cost.count):
            response = self.get_response(request)
        failure = getattr(request, "failure", None)
        seconds, cpu_seconds, view = cost.seconds, cost.cpu_seconds, view_of(request)
        write, event = (log.error, "request_failed") if failure else (log.info, "request_finished")
        write(
            event,
            request=f"{request.method} {request.path}",
            view=view,
            code=response.status_code,
            ms=round(1000 * seconds),
            cpu_ms=round(1000 * cpu_seconds),
            statements=cost.statements,
            **({"exc_info": failure} if failure else {}),
        )
        structlog.contextvars.clear_contextvars()
        metrics.count(
            *(request.method, view, response.status_code, seconds, cpu_seconds, cost.statements)
        )
        tracing.record(
            request,
            view=view,
            status=response.status_code,
            request_id=request_id,
            seconds=seconds,
            cpu=cpu_seconds,
            statements=cost.statements,
        )
        return response


@receiver(got_request_exception)
def note_failure(request: HttpRequest | None = None, **kwargs: object) -> None:
    """Keep the exception for the request's line."""
    if request is not None:
        request.failure = sys.exc_info()[1]  # type: ignore[attr-defined]
