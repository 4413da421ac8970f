"""Test what a web process refuses to start with, and that `migrate` runs once at a time."""

import threading
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import override_settings

from trafficking_plan import service_checks, start_up
from trafficking_plan.management.commands.migrate import LOCK


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
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reports' AND name LIKE '0001%'")
    with pytest.raises(ImproperlyConfigured, match=r"lacks 1 migrations .* Run: manage.py migrate"):
        start_up.refuse_to_start_unprepared()


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
