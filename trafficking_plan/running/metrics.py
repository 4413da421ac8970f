"""`/metrics`: figures for Prometheus. Off unless `METRICS_DIR` is set; `deploy/extras.lock` has its package.

Each process of the web server adds to files in that folder, so any of them answers for all. A label is the
name of a view, a method or a status: nothing that a person typed or is called.
"""

import hmac
import ipaddress
import os
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import Error
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from agencies.models import Invitation, WaitingMail
from reports.models import Rendering, RenderWorker
from trafficking_plan.running.runs import last_runs
from workitems.models import Notice

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

PATH = "/metrics"
METHODS = {"GET", "HEAD", "POST"}
# Seconds; what a person notices, and where a worker is stuck.
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# A proxy sets one of these, so such a request may come from anywhere.
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")


class Requests:
    """What is counted of each request."""

    def __init__(self) -> None:
        # Where several processes add up is read when the library is first imported.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = settings.METRICS_DIR
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = CollectorRegistry()
        to, labels = self.registry, ["view", "method", "status"]
        self.number = Counter("plan_register_requests", "Requests.", labels, registry=to)
        self.seconds = Histogram(
            "plan_register_request_seconds", "Duration.", ["view"], registry=to, buckets=BUCKETS
        )
        self.cpu = Counter("plan_register_request_cpu_seconds", "CPU.", ["view"], registry=to)
        self.statements = Counter(
            "plan_register_request_statements", "Database statements.", ["view"], registry=to
        )


requests = cache(Requests)


def count(
    method: str | None, view: str, status: int, seconds: float, cpu: float, statements: int
) -> None:
    """Count a request, if figures are on."""
    if not settings.METRICS_DIR:
        return
    to = requests()
    to.number.labels(view, method if method in METHODS else "other", status).inc()
    to.seconds.labels(view).observe(seconds)
    to.cpu.labels(view).inc(cpu)
    to.statements.labels(view).inc(statements)


class Service:
    """Figures of the whole service, read from the database when they are asked for."""

    def collect(self) -> "Iterator[GaugeMetricFamily]":
        from prometheus_client.core import GaugeMetricFamily

        try:
            figures = {**read_service(), "database_up": ("Whether the database answers.", 1)}
        except Error:
            figures = {"database_up": ("Whether the database answers.", 0)}
        for name, (meaning, value) in figures.items():
            yield GaugeMetricFamily(f"plan_register_{name}", meaning, value=value)
        release = GaugeMetricFamily("plan_register_release", "The release.", labels=["release"])
        release.add_metric([settings.RELEASE], 1)
        yield release
        if not figures["database_up"][1]:
            return
        ran = GaugeMetricFamily(
            "plan_register_last_run_timestamp_seconds",
            "When a command of the timers, or a backup, last succeeded; 0 is never.",
            labels=["command"],
        )
        for command, at in last_runs().items():
            ran.add_metric([command.replace(" ", "_")], at.timestamp() if at else 0)
        yield ran


def read_service() -> dict[str, tuple[str, float]]:
    """Return each figure of the service with its meaning."""
    now = timezone.now()
    papers = Rendering.objects.filter(state=Rendering.State.WAITING).aggregate(
        number=Count("pk"), oldest=Min("asked_at")
    )
    mail = WaitingMail.objects.aggregate(number=Count("pk"), oldest=Min("queued_at"))
    notices = Notice.objects.aggregate(number=Count("pk"), last=Max("sent_at"))
    last = notices["last"].timestamp() if notices["last"] else 0
    return {
        "workers": ("Workers running.", RenderWorker.objects.alive(now).count()),
        "papers_waiting": ("Papers waiting for a worker.", papers["number"]),
        "oldest_paper_wait_seconds": (
            "How long the oldest of them has waited.",
            seconds_since(papers["oldest"], now),
        ),
        "mail_waiting": (
            "Emails that the mail server has not accepted, and invitations that it refused.",
            mail["number"] + Invitation.objects.waiting().filter(failed_at__isnull=False).count(),
        ),
        "oldest_mail_wait_seconds": (
            "How long the oldest email has waited for the mail server.",
            seconds_since(mail["oldest"], now),
        ),
        "notices": ("Lines of emails sent, as the log of notices has them.", notices["number"]),
        "last_notice_timestamp_seconds": ("When the last of them was sent; 0 is never.", last),
    }


def seconds_since(moment: datetime | None, now: datetime) -> float:
    return (now - moment).total_seconds() if moment else 0


def exposition() -> tuple[bytes, str]:
    """Return all figures and their content type."""
    requests()
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    everything: Any = CollectorRegistry()
    add_up: Any = MultiProcessCollector
    add_up(everything, settings.METRICS_DIR)
    everything.register(Service())
    return generate_latest(everything), CONTENT_TYPE_LATEST


def may_read(request: HttpRequest) -> bool:
    """Whether the request has the token or, if there is none, comes from this machine without a proxy."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    try:
        is_here = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return is_here and not any(name in request.headers for name in FORWARDED)


def answer(request: HttpRequest) -> HttpResponse | None:
    """Return the figures, or None for any other request, and for one that may not read them."""
    if not settings.METRICS_DIR or request.path_info != PATH or not may_read(request):
        return None
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    content, kind = exposition()
    return HttpResponse(content, content_type=kind)
