"""A span for each request, sent by OpenTelemetry. Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set.

A span has the name of the view, the method, the status and what the request cost. Nothing else is sent: the
library's own instrumentation would send paths, queries, addresses and statements.
"""

import time
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


@cache
def provider() -> "TracerProvider":
    """Return what sends spans, in a thread of this process. It reads the library's own variables."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    found = TracerProvider(resource=Resource.create({"service.name": "plan-register"}))
    found.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return found


def record(
    request: HttpRequest,
    *,
    view: str,
    status: int,
    request_id: str,
    seconds: float,
    cpu: float,
    statements: int,
) -> None:
    """Send the span of a request that has just ended, if tracing is on."""
    if not settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    ended = time.time_ns()
    # The proxy may have begun the trace.
    begun = {"traceparent": request.headers.get("traceparent", "")}
    span = (
        provider()
        .get_tracer(__name__)
        .start_span(
            view,
            context=TraceContextTextMapPropagator().extract(begun),
            kind=SpanKind.SERVER,
            start_time=ended - int(seconds * 1e9),
            attributes={
                "http.request.method": request.method or "",
                "http.response.status_code": status,
                "plan_register.request_id": request_id,
                "plan_register.cpu_ms": round(1000 * cpu),
                "plan_register.statements": statements,
            },
        )
    )
    span.end(ended)
