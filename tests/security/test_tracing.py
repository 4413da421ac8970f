"""Test spans on a small collector, and that nothing that is emitted has anything personal in it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse

from tests.factories import MilestoneFactory, SeatFactory
from tests.security.test_logs import log as log
from trafficking_plan.running import tracing

PASSWORD = "long enough to be good"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def collector(monkeypatch, settings):
    """What was sent by OTLP, as a function that returns the spans and the bytes."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    bodies = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = address
    tracing.provider.cache_clear()

    def sent():
        tracing.provider().force_flush()
        messages = [ExportTraceServiceRequest.FromString(body) for body in bodies]
        spans = [
            span
            for message in messages
            for of_resource in message.resource_spans
            for of_scope in of_resource.scope_spans
            for span in of_scope.spans
        ]
        return spans, b"".join(bodies)

    yield sent
    tracing.provider().shutdown()
    tracing.provider.cache_clear()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.django_db
def test_a_request_is_a_span_of_the_trace_that_the_proxy_began(client, collector, log):
    client.get("/nowhere/?q=typed", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    (span,), _ = collector()
    (line,) = log()
    assert (span.name, span.trace_id.hex(), span.parent_span_id.hex()) == ("none", TRACE, PARENT)
    values = {each.key: each.value for each in span.attributes}
    assert values.pop("plan_register.request_id").string_value == line["request_id"]
    assert values.pop("http.request.method").string_value == "GET"
    assert {key: value.int_value for key, value in values.items()} == {
        "http.response.status_code": 404,
        "plan_register.cpu_ms": line["cpu_ms"],
        "plan_register.statements": line["statements"],
    }
    assert span.end_time_unix_nano > span.start_time_unix_nano


@pytest.mark.django_db
def test_nothing_is_sent_unless_switched_on(client, monkeypatch):
    monkeypatch.setattr(tracing, "provider", None)
    assert client.get("/nowhere/").status_code == 404


@pytest.mark.django_db
def test_a_whole_journey_emits_no_name_email_title_or_text(client, collector, log, metrics_folder):
    """Signing in, searching, reading, writing, a refusal and an error: log, figures and spans."""
    milestone = MilestoneFactory(
        description="Milestonewords", item__title="Itemtitle", item__plan__title="Plantitle"
    )
    item = milestone.item
    user = SeatFactory(
        agency=item.lead_agency,
        role="contributor",
        user__name="Personname",
        user__email="personmail@example.org",
    ).user
    user.set_password(PASSWORD)
    user.save()
    client.raise_request_exception = False
    evidence = reverse(
        "evidence:add-to-milestone", args=[item.plan.slug, item.number, milestone.number]
    )
    sign_in = reverse("account_login")
    with override_settings(METRICS_DIR=metrics_folder):
        client.post(sign_in, {"login": "personmail@example.org", "password": "wrongpassword"})
        client.post(sign_in, {"login": "personmail@example.org", "password": PASSWORD})
        pages = [
            client.get(address)
            for address in ("/", f"{item.get_absolute_url()}?q=Queryword", "/search/?q=Itemtitle")
        ]
        added = client.post(
            evidence,
            {"file": SimpleUploadedFile("Filename.txt", b"Filetext"), "note": "Notewords"},
            headers={"user-agent": "Browsername"},
            REMOTE_ADDR="192.0.2.77",
        )
        refused = client.post(evidence, {"link": "Linkwords"})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("workitems.items.views.evidence.EvidenceForm", None)
            failed = client.post(evidence, {"note": "Errorwords"})
        figures = client.get("/metrics").text
    codes = [answer.status_code for answer in (*pages[:2], added, refused, failed)]
    assert codes == [200, 200, 302, 422, 500]
    assert b"Itemtitle" in pages[1].content
    spans, sent = collector()
    assert len(spans) == len(log()) == 8
    emitted = json.dumps(log()) + figures + sent.decode(errors="replace")
    assert all("evidence:add-to-milestone" in each for each in (figures, str(sent), str(log())))
    typed = (
        *("Personname", "personmail", "example.org", "Plantitle", "Itemtitle", "Milestonewords"),
        *("Queryword", "Notewords", "Filename", "Filetext", "Linkwords", "Errorwords"),
        *("Browsername", "192.0.2.77", "wrongpassword", PASSWORD),
    )
    assert [word for word in typed if word.lower() in emitted.lower()] == []
