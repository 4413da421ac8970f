"""Test the health checks: any host, no database for one, what is not ready from the other, no log line."""

import threading
import time

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from reports.issuing.services import renderings
from tests.security.test_logs import log as log
from trafficking_plan.running import health, service_checks
from trafficking_plan.running.health import Readiness
from trafficking_plan.running.service_checks import Check, State, well, wrong

NO_WORKER = "Worker: No worker is running, so long papers wait. Start render_papers."


@pytest.fixture(autouse=True)
def _examined_anew(monkeypatch):
    monkeypatch.setattr(health, "readiness", Readiness(patience=20))


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
    assert (response.status_code, response.text) == (200, f"ready\n{NO_WORKER}\n")
    assert client.head("/readyz").content == b""


def test_a_worker_that_beats_is_seen(client, transactional_db):
    renderings.sign_on(at=timezone.now())
    assert client.get("/readyz").text == "ready\n"


def test_what_is_not_ready_is_said_without_names(client, transactional_db, monkeypatch):
    monkeypatch.setattr(default_storage, "save", None)
    monkeypatch.setattr(service_checks, "unapplied_migrations", lambda: ["agencies.0099_secret"])
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (
        503,
        "not ready\nMigrations: 1 migration not applied. Run migrate.\n"
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


def test_a_database_that_hangs_is_not_waited_for(monkeypatch):
    """And one examination serves everybody who asks meanwhile."""
    released, begun = threading.Event(), []

    def hang():
        begun.append(1)
        released.wait(10)
        return well("At last.")

    monkeypatch.setattr(health, "READINESS", (Check("Database", hang),))
    readiness = Readiness(patience=0.1)
    began = time.monotonic()
    ((_, first),), ((_, second),) = readiness.ask(), readiness.ask()
    assert first == second == wrong("It does not answer.")
    assert time.monotonic() - began < 5
    assert begun == [1]
    released.set()
    readiness.patience = 10
    ((_, found),) = readiness.ask()
    assert found.sentence == "At last."


def test_a_check_that_fails_is_wrong_and_the_rest_go_on():
    def fail():
        raise ValueError("a secret")

    checks = [Check("One", fail), Check("Two", lambda: wrong("Out of order."))]
    (_, one), (_, two) = service_checks.findings(checks)
    assert (one.state, one.sentence) == (State.WRONG, "This could not be checked.")
    assert two.sentence == "Out of order."
