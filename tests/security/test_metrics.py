"""Test `/metrics`: off by default, guarded, and figures of requests and of the whole service."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.test import override_settings
from django.utils import timezone

import trafficking_plan
from reports.issuing.services import renderings
from tests.factories import RenderingFactory, SeatFactory
from tests.security.test_logs import BACKEND
from tests.security.test_logs import log as log
from trafficking_plan.running import metrics, start_up

TOKEN = "a-token-that-prometheus-sends-0123456789"


@pytest.fixture
def on(metrics_folder, db):
    with override_settings(METRICS_DIR=metrics_folder):
        yield


def read(client, **more):
    """The figures: name and labels, and the value."""
    # Imported first here, the library would not add up processes.
    from prometheus_client.parser import text_string_to_metric_families

    response = client.get("/metrics", **more)
    assert response.status_code == 200
    return {
        (sample.name.removeprefix("plan_register_"), *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_there_are_no_figures_unless_switched_on(client, db):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("headers", "address", "token", "status"),
    [
        ({}, "127.0.0.1", "", 200),
        ({}, "::1", "", 200),
        ({}, "10.0.0.7", "", 404),
        # A proxy on this machine passes on what came from anywhere.
        ({"x-forwarded-for": "192.0.2.1"}, "127.0.0.1", "", 404),
        ({"x-forwarded-proto": "https"}, "127.0.0.1", "", 404),
        ({}, "127.0.0.1", TOKEN, 404),
        ({"authorization": f"Bearer {TOKEN}"}, "10.0.0.7", TOKEN, 200),
        ({"authorization": f"Bearer {TOKEN}x"}, "127.0.0.1", TOKEN, 404),
        ({"authorization": f"Bearer {TOKEN[:-1]}é"}, "127.0.0.1", TOKEN, 404),
        ({"authorization": "Bearer "}, "10.0.0.7", "", 404),
    ],
)
def test_they_are_read_with_the_token_or_from_this_machine(
    client, on, headers, address, token, status
):
    with override_settings(METRICS_TOKEN=token):
        assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


@override_settings(ALLOWED_HOSTS=["plan.example.govt.nz"], SECURE_SSL_REDIRECT=True)
def test_they_answer_by_any_host_without_tls_and_leave_no_line(client, on, log):
    read(client, headers={"host": "10.0.0.7:8000"})
    assert client.head("/metrics").content == b""
    assert client.post("/metrics").status_code == 405
    assert log() == []


def test_requests_are_counted_by_view_and_status(client, on):
    client.force_login(SeatFactory().user, backend=BACKEND)
    before = read(client)
    client.get("/")
    client.get("/agencies/")
    client.get("/nowhere/")
    client.generic("BREW", "/nowhere/")
    client.get("/healthz")
    after = read(client)
    grown = {
        key: value - before.get(key, 0)
        for key, value in after.items()
        if key[0] == "requests_total" and value != before.get(key)
    }
    assert grown == {
        ("requests_total", "200", "GET", "home"): 1,
        ("requests_total", "403", "GET", "agencies:list"): 1,
        ("requests_total", "404", "GET", "none"): 1,
        ("requests_total", "404", "none", "other"): 1,
    }
    assert after["request_seconds_count", "home"] == after["requests_total", "200", "GET", "home"]
    assert after["request_statements_total", "home"] > 1
    assert after["request_cpu_seconds_total", "home"] > 0


def test_the_worker_the_queue_and_the_mail_are_told(client, on):
    now = timezone.now()
    renderings.sign_on(at=now)
    RenderingFactory(waiting=True, asked_at=now - timedelta(minutes=5))
    figures = read(client)
    assert 300 <= figures.pop(("oldest_paper_wait_seconds",)) < 330
    names = ("workers", "papers_waiting", "mail_waiting", "notices", "database_up")
    assert [figures[name,] for name in names] == [1, 1, 0, 0, 1]
    assert figures["last_notice_timestamp_seconds",] == 0


def test_a_database_that_is_away_is_told(client, on, monkeypatch):
    def refuse():
        raise DatabaseError

    monkeypatch.setattr(metrics, "read_service", refuse)
    assert read(client)["database_up",] == 0


ADD = """
import django; django.setup()
from trafficking_plan.running import metrics
metrics.count("GET", "home", 200, 0.1, 0.1, 3)
"""
SHOW = """
import django; django.setup()
from trafficking_plan.running import metrics
metrics.Service = type("None", (), {"collect": lambda self: []})
print(metrics.exposition()[0].decode())
"""


def test_the_processes_of_a_web_server_add_up(tmp_path, project_root, monkeypatch):
    monkeypatch.setenv("METRICS_DIR", str(tmp_path))
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    for act in (ADD, ADD, SHOW):
        ran = subprocess.run(
            [sys.executable, "-c", act], cwd=project_root, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
    assert (
        'plan_register_requests_total{method="GET",status="200",view="home"} 2.0'
        in ran.stdout.splitlines()
    )


def test_a_folder_of_figures_that_is_not_there_is_refused(tmp_path):
    with (
        override_settings(METRICS_DIR=str(tmp_path / "gone")),
        pytest.raises(ImproperlyConfigured, match="METRICS_DIR is .*gone, which is not there"),
    ):
        start_up.refuse_to_start_unprepared()


def test_the_release_is_a_figure(client, on):
    assert read(client)[("release", trafficking_plan.__version__)] == 1
