"""Test the demo command: what it makes, what it keeps, and when it refuses."""

import socket
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

from agencies.models import Agency, User
from reports.models import IssuedPaper
from trafficking_plan.management.commands import demo
from workitems.models import Plan


@pytest.fixture
def var(tmp_path, monkeypatch, settings):
    """A debugging machine with an empty `var`."""
    settings.DEBUG = True
    monkeypatch.setattr(demo, "VAR", tmp_path / "var")
    monkeypatch.setattr(demo, "BRIEFING", tmp_path / "var" / "briefing-2010.pdf")
    monkeypatch.setenv("SITE_URL", settings.SITE_URL)
    return tmp_path / "var"


def run(**options):
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


@pytest.mark.sqlite  # what it runs on; the commands that it calls have tests on both
@pytest.mark.django_db
def test_demo_writes_the_briefing_prints_the_sign_ins_marks_its_pages_and_keeps_entered_data(
    var, client
):
    told = run(no_serve=True)
    first = (var / "briefing-2010.pdf").read_bytes()
    assert first.startswith(b"%PDF-")
    assert f"Briefing  {var / 'briefing-2010.pdf'}" in told
    assert "coordinator@example.org" in told
    assert "administrator@example.org" in told
    assert User.objects.get(is_superuser=True).email == "administrator@example.org"

    for page in (reverse("account_login"), reverse("reports:published")):
        assert client.get(page).text.count(demo.BANNER) == 1
    backgrounds = Plan.objects.values_list("background", flat=True)
    papers = [bytes(paper.document).decode() for paper in IssuedPaper.objects.all()]
    assert [text for text in (*backgrounds, *papers) if "made up" in text] == []

    Agency.objects.filter(short_name="Police").update(name="New name")
    told = run(no_serve=True)
    assert "nothing was changed" in told
    assert Agency.objects.get(short_name="Police").name == "New name"


@pytest.mark.django_db
def test_pages_of_a_live_service_have_no_banner(client):
    assert 'class="page banner' not in client.get(reverse("account_login")).text


@pytest.mark.parametrize(
    ("given", "linked"),
    [(None, "http://127.0.0.1:8123"), ("https://plan.example.org/", "https://plan.example.org")],
    ids=["the port that is served", "the environment's own"],
)
def test_links_in_mails_and_calendars_lead_to_the_served_address(
    settings, monkeypatch, given, linked
):
    monkeypatch.setattr(demo.os, "environ", {"SITE_URL": given} if given else {})
    settings.SITE_URL = settings.SITE_URL  # so that it is put back
    demo.link_to("http://127.0.0.1:8123")
    assert linked == settings.SITE_URL
    assert demo.os.environ["SITE_URL"].rstrip("/") == linked


def test_demo_runs_only_with_debug_on(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="Put DEBUG=yes into .env"):
        run()


def test_demo_reports_a_used_port_before_any_work(var):
    with socket.socket() as other:
        other.bind((demo.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} cannot be used.*--port"):
            run(port=port)
    assert not var.exists()


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_demo_refuses_an_invalid_port(var, port):
    with pytest.raises(CommandError, match=f"There is no port {port}"):
        run(port=port)


@pytest.mark.django_db
def test_demo_refuses_a_database_with_unknown_migrations(var):
    demo.refuse_database_from_before()
    MigrationRecorder(connection).record_applied("another_app", "0007_of_somebody_else")
    demo.refuse_database_from_before()
    MigrationRecorder(connection).record_applied("workitems", "0002_hold_more_truths")
    with pytest.raises(CommandError, match="made by an earlier version.*demo --reset"):
        run(no_serve=True)


def test_reset_removes_the_demos_own_files_and_no_others(var, monkeypatch):
    kept = [var / "set-up.log", var.parent / "elsewhere.sqlite3"]
    gone = [var / "db.sqlite3", var / "db.sqlite3-wal", demo.BRIEFING, var / "files" / "a.pdf"]
    for path in (*kept, *gone):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    database = SimpleNamespace(
        vendor="sqlite", close=lambda: None, settings_dict={"NAME": var / "db.sqlite3"}
    )
    monkeypatch.setattr(demo, "connection", database)
    demo.remove_demo()
    assert [path.exists() for path in kept] == [True, True]
    assert [path.exists() for path in gone] == [False, False, False, False]


def test_reset_does_not_touch_a_database_server(var, monkeypatch):
    monkeypatch.setattr(demo, "connection", SimpleNamespace(vendor="postgresql"))
    with pytest.raises(CommandError, match="only removes an SQLite demo database"):
        demo.remove_demo()


def test_the_worker_stops_when_the_server_stops():
    with demo.worker() as process:
        assert process.poll() is None
    assert process.poll() is not None
    with pytest.raises(RuntimeError), demo.worker() as process:
        raise RuntimeError
    assert process.poll() is not None
