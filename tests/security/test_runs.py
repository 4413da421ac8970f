"""Test that commands of the timers note when they last succeeded, and that one which no longer runs is noticed."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from tests.security.test_metrics import on as on
from tests.security.test_metrics import read
from trafficking_plan.management.commands.support_bundle import HARMLESS, bundle
from trafficking_plan.running import runs, service_checks

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(settings):
    settings.DEBUG = False
    cache.clear()


def test_what_succeeded_is_noted_and_other_commands_are_not(live):
    for arguments in (["digests", "add"], ["digests", "list"], ["send_notices"], ["migrate"], []):
        runs.note(arguments)
    assert {name for name, at in runs.last_runs().items() if at} == {"digests add", "send_notices"}


def test_a_database_that_is_away_stops_no_command(live, monkeypatch):
    def away(*arguments, **more):
        raise DatabaseError

    monkeypatch.setattr(cache, "set", away)
    runs.note(["send_notices"])


def test_what_has_not_run_for_twice_its_time_is_named(live):
    assert service_checks.check_timers().sentence.startswith(
        "Not run in time: send_notices (never)"
    )
    for command in runs.TIMED:
        runs.note(command.split())
    assert service_checks.check_timers() == service_checks.well(
        "Every timer has run, and a backup was made."
    )
    cache.set(runs.key("note_backup"), timezone.now() - timedelta(days=3), timeout=None)
    found = service_checks.check_timers()
    assert (found.state.value, found.sentence) == (
        "warning",
        "Not run in time: note_backup (3 days ago). See systemctl --failed and list-timers.",
    )


def test_without_official_information_its_timer_is_not_missed(live, settings):
    settings.REQUESTS = ""
    assert "purge_requesters" not in runs.last_runs()


def test_the_last_runs_are_figures(client, on, live):
    runs.note(["note_backup"])
    figures = read(client)
    assert figures[("last_run_timestamp_seconds", "note_backup")] > 0
    assert figures[("last_run_timestamp_seconds", "digests_add")] == 0


def test_a_failed_unit_is_mailed_to_the_operator_if_there_is_one(settings, mailoutbox):
    call_command("report_failure", "plan-register-backup", stdout=StringIO())
    assert mailoutbox == []
    settings.OPERATOR_EMAIL = "operator@example.org"
    call_command("report_failure", "plan-register-backup")
    (message,) = mailoutbox
    assert (message.to, message.subject.partition(": ")[2]) == (
        ["operator@example.org"],
        "plan-register-backup failed",
    )
    assert "journalctl --unit=plan-register-backup" in message.body


def test_checks_are_printed_as_json(live, monkeypatch):
    from trafficking_plan.management.commands import check_service

    monkeypatch.setattr(
        check_service, "CHECKS", (service_checks.Check("A", lambda: service_checks.well("B.")),)
    )
    said = StringIO()
    call_command("check_service", "--json", stdout=said)
    assert json.loads(said.getvalue())["checks"] == [{"name": "A", "state": "ok", "sentence": "B."}]


def test_a_support_bundle_has_versions_and_numbers_and_nothing_personal(settings, live):
    settings.SECRET_KEY = "a-secret"
    settings.SUPPORT_EMAIL = "somebody@example.org"
    settings.SITE_URL = "https://plan.example.govt.nz"
    settings.EMAIL_HOST = "mail.example.govt.nz"
    said = json.dumps(bundle())
    for secret in ("a-secret", "somebody", "plan.example", "mail.example", str(settings.BASE_DIR)):
        assert secret not in said
    found = json.loads(said)
    assert found["release"] == settings.RELEASE
    assert found["rows"]["agencies_user"] == 0
    assert "SUPPORT_EMAIL" in found["set"]
    assert found["settings"].keys() == set(HARMLESS)
