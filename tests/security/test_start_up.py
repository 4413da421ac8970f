"""Test what a web process refuses to start with, and that `migrate` runs once at a time."""

import threading
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from agencies.records import guards
from trafficking_plan.management.commands.migrate import LOCK
from trafficking_plan.running import service_checks, start_up
from trafficking_plan.running.service_checks import State


def files_in(folder):
    backend = "django.core.files.storage.FileSystemStorage"
    return {"default": {"BACKEND": backend, "OPTIONS": {"location": str(folder)}}}


@pytest.mark.django_db
def test_a_prepared_service_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    start_up.refuse_to_start_unprepared()
    assert service_checks.unapplied_migrations() == []


@pytest.mark.django_db
def test_an_unmigrated_database_is_refused(monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    MigrationRecorder(connection).record_unapplied("reports", "0001_briefings_and_papers")
    with pytest.raises(ImproperlyConfigured, match=r"lacks 1 migrations .* Run: manage.py migrate"):
        start_up.refuse_to_start_unprepared()


OF_NO_VERSION = (
    "The database has 1 migration that this version does not have, such as workitems.0002_hold_more_truths. "
    "It was made in development, by code that is not part of this version, and cannot be brought up to date. "
    "Use another database, or the version that made this one."
)


@pytest.fixture
def from_no_earlier_version(monkeypatch):
    """A database from before the migrations were made anew: it has others, and lacks some of ours."""
    monkeypatch.setattr(connection, "close", lambda: None)
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("reports", "0001_briefings_and_papers")
    recorder.record_applied("workitems", "0002_hold_more_truths")


@pytest.mark.django_db
def test_a_database_of_no_earlier_version_is_neither_migrated_nor_used(from_no_earlier_version):
    for refused, act in (
        (CommandError, lambda: call_command("migrate", verbosity=0)),
        (ImproperlyConfigured, start_up.refuse_to_start_unprepared),
    ):
        with pytest.raises(refused) as told:
            act()
        assert str(told.value) == OF_NO_VERSION
    assert service_checks.check_migrations().sentence == OF_NO_VERSION


@pytest.mark.django_db
def test_a_database_that_a_later_version_migrated_is_used(monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    MigrationRecorder(connection).record_applied("workitems", "9999_add_of_tomorrow")
    start_up.refuse_to_start_unprepared()
    assert service_checks.why_not_to_migrate() == ""
    assert service_checks.check_migrations() == service_checks.well(
        "All are applied, and 1 of a later version."
    )


@pytest.mark.django_db
def test_triggers_that_a_later_version_changed_keep_a_node_in(monkeypatch):
    present = guards.present("default")
    changed, missing = sorted(name for name in present if name.startswith("frozen_"))[:2]
    monkeypatch.setattr(guards, "present", lambda using: present | {changed: "of tomorrow"})
    assert service_checks.check_triggers().state is State.WRONG
    MigrationRecorder(connection).record_applied("workitems", "9999_add_of_tomorrow")
    found = service_checks.check_triggers()
    assert (found.state, found.detail) == (State.WARNING, changed)
    del present[missing]
    assert service_checks.check_triggers().state is State.WRONG


def test_a_folder_of_files_that_is_not_there_is_refused(tmp_path):
    with (
        override_settings(STORAGES=files_in(tmp_path / "unmounted")),
        pytest.raises(ImproperlyConfigured, match="unmounted, which is not there"),
    ):
        start_up.refuse_to_start_unprepared()


def test_a_service_starts_while_the_database_is_away(tmp_path, monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(start_up, "unapplied_migrations", refuse)
    start_up.refuse_to_start_unprepared()


@pytest.mark.postgresql
def test_migrate_waits_for_another_migrate(transactional_db):
    said = StringIO()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])

        def migrate():
            try:
                call_command("migrate", stdout=said, verbosity=0)
            finally:
                connection.close()

        second = threading.Thread(target=migrate)
        second.start()
        second.join(1.5)
        assert second.is_alive()
        assert said.getvalue() == ("Another process is migrating this database; waiting for it.\n")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    second.join(60)
    assert not second.is_alive()
