"""Test the health checks: any host, no database for one, what is not ready from the other, no log line."""

import logging
import socket
import threading
import time
from http.client import HTTPConnection
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings
from django.utils import timezone

import trafficking_plan
from reports.issuing.services import renderings
from tests.security.test_logs import log as log
from trafficking_plan.running import health, service_checks, web_server
from trafficking_plan.running.health import Readiness
from trafficking_plan.running.service_checks import Check, State, well, wrong

RELEASE = f"Release: {trafficking_plan.__version__}"
NO_WORKER = "Worker: No worker is running, so long papers wait. Start render_papers."


@pytest.fixture(autouse=True)
def _examined_anew(monkeypatch):
    monkeypatch.setattr(health, "readiness", Readiness(patience=20, moment=20))


@override_settings(ALLOWED_HOSTS=["plan.example.govt.nz"], SECURE_SSL_REDIRECT=True)
@pytest.mark.parametrize("method", ["get", "head"])
def test_this_process_answers_by_any_host_without_tls_or_database(client, method):
    response = getattr(client, method)("/healthz", headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain")
    assert response.content == (b"ok\n" if method == "get" else b"")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_read(client, path):
    assert client.post(path).status_code == 405


@override_settings(ALLOWED_HOSTS=["plan.example.govt.nz"], SECURE_SSL_REDIRECT=True)
def test_a_service_is_ready_also_without_a_worker(client, transactional_db):
    response = client.get("/readyz", headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response.text) == (200, f"ready\n{RELEASE}\n{NO_WORKER}\n")
    assert client.head("/readyz").content == b""


def test_a_worker_that_beats_is_seen(client, transactional_db):
    renderings.sign_on(at=timezone.now())
    assert client.get("/readyz").text == f"ready\n{RELEASE}\n"


def test_what_is_not_ready_is_said_without_names(client, transactional_db, monkeypatch):
    monkeypatch.setattr(default_storage, "save", None)
    monkeypatch.setattr(service_checks, "unapplied_migrations", lambda: ["agencies.0099_secret"])
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (
        503,
        f"not ready\n{RELEASE}\nMigrations: 1 migration not applied. Run migrate.\n"
        f"{NO_WORKER}\nStorage: Uploaded files cannot be stored.\n",
    )


def test_a_missing_or_changed_trigger_is_not_ready(client, transactional_db):
    name = "seats_do_not_overlap"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}_0")
        else:
            cursor.execute(f"ALTER TABLE agencies_seat DISABLE TRIGGER {name}")
    try:
        response = client.get("/readyz")
        assert response.status_code == 503
        assert "are missing, off or changed. Run migrate." in response.text
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE agencies_seat ENABLE TRIGGER {name}")


def test_health_checks_write_no_line_in_the_request_log(client, transactional_db, log, monkeypatch):
    monkeypatch.setattr(service_checks, "unapplied_migrations", lambda: ["agencies.0099_later"])
    client.get("/healthz")
    assert client.get("/readyz").status_code == 503
    assert log() == []


@pytest.fixture
def hanging(monkeypatch):
    """A check that answers at once, and hangs while this is not set; and how often it was begun."""
    answers, begun = threading.Event(), []

    def examine():
        begun.append(1)
        assert answers.wait(20)
        return well("It answers.")

    monkeypatch.setattr(health, "READINESS", (Check("Database", examine),))
    monkeypatch.setattr(health, "KEPT", 0)
    yield answers, begun
    answers.set()


def test_a_check_that_hangs_makes_nobody_wait(hanging):
    """And one examination serves everybody who asks meanwhile."""
    answers, begun = hanging
    readiness = Readiness(moment=0.1)
    began = time.monotonic()
    found = [readiness.ask() for _ in range(50)]
    assert [finding for ((_, finding),) in found] == [wrong("It does not answer.")] * 50
    assert time.monotonic() - began < 2
    assert begun == [1]
    answers.set()
    readiness._thread.join()
    assert readiness.ask()[0][1] == well("It answers.")


def test_what_was_found_before_is_true_until_a_check_takes_too_long(hanging):
    answers, _ = hanging
    answers.set()
    readiness = Readiness(moment=0.1, patience=1)
    readiness.ask()
    readiness._thread.join()
    answers.clear()
    assert readiness.ask()[0][1] == well("It answers.")
    readiness._began_at -= 1
    assert readiness.ask()[0][1] == wrong("It does not answer.")


@pytest.fixture
def listener():
    """The port of a listener for health checks alone, as the web server starts it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        worker = SimpleNamespace(
            log=logging.getLogger("test"), sockets=["pages", SimpleNamespace(sock=listening)]
        )
        web_server.post_fork(None, worker)
        assert worker.sockets == ["pages"]
        web_server.post_worker_init(worker)
        yield listening.getsockname()[1]


def asked(port, path, method="GET"):
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(method, path, headers={"Host": "another.example"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_listener_answers_without_a_thread_of_pages(listener, hanging):
    health.readiness = Readiness(moment=0.1)
    for _ in range(20):
        assert asked(listener, "/healthz") == (200, "ok\n")
        assert asked(listener, "/readyz?now") == (
            503,
            f"not ready\n{RELEASE}\nDatabase: It does not answer.\n",
        )
    assert asked(listener, "/healthz", "HEAD") == (200, "")
    assert asked(listener, "/plans/")[0] == 404
    assert asked(listener, "/healthz", "POST")[0] == 501


def test_who_asks_the_listener_and_sends_nothing_holds_up_nobody(listener):
    with socket.create_connection(("127.0.0.1", listener)):
        assert asked(listener, "/healthz") == (200, "ok\n")


def test_a_check_that_fails_is_wrong_and_the_rest_go_on():
    def fail():
        raise ValueError("a secret")

    checks = [Check("One", fail), Check("Two", lambda: wrong("Out of order."))]
    (_, one), (_, two) = service_checks.findings(checks)
    assert (one.state, one.sentence) == (State.WRONG, "This could not be checked.")
    assert two.sentence == "Out of order."
