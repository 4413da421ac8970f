"""Test the restore drill on a copy of the database, made by the database's own tools."""

import json
import os
import subprocess
import sys
from io import StringIO
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from agencies.models import Agency
from reports.render.pdf import render_pdf
from tests.factories import AgencyFactory, IssuedPaperFactory
from tests.reports.sample import document as sample_document
from trafficking_plan.running import kept_records
from trafficking_plan.testing.postgresql import find_programs

HISTORY = "agencies_historicalagency"


@pytest.fixture
def described(transactional_db, tmp_path):
    """Records, a printed and issued paper among them, and what is written down of them."""
    IssuedPaperFactory(pdf=render_pdf(sample_document()))
    AgencyFactory(short_name="First")
    AgencyFactory(short_name="Second")
    call_command("describe_records", str(tmp_path / "described.json"), stdout=StringIO())
    return tmp_path / "described.json"


@pytest.fixture
def restored(described, tmp_path):
    """The DATABASE_URL of a copy."""
    if connection.vendor == "sqlite":
        copy = tmp_path / "restored.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        yield f"sqlite:///{copy}"
        return
    values = connection.settings_dict
    host, name = values["HOST"], values["NAME"]
    programs, dump = find_programs(), tmp_path / "plan.dump"
    login = ["-h", host, "-U", values["USER"]]
    copy = f"{name}_restored"
    for command in (
        ["pg_dump", *login, "-Fc", "-f", str(dump), name],
        ["createdb", *login, "-T", "template0", copy],
        ["pg_restore", *login, "-d", copy, "--exit-on-error", "--no-owner", str(dump)],
    ):
        subprocess.run([programs / command[0], *command[1:]], check=True)
    yield f"postgresql://{values['USER']}@{quote(host, safe='')}/{copy}"
    subprocess.run([programs / "dropdb", *login, "--force", copy], check=True)


def check(url, described, root, *arguments):
    ran = subprocess.run(
        [sys.executable, "-m", "django", "check_restore", "--against", str(described), *arguments],
        env={
            **os.environ,
            "DEBUG": "yes",
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
            "DATABASE_URL": url,
            "FILES_DIR": default_storage.location,
        },
        cwd=root,
        capture_output=True,
        text=True,
    )
    return ran.returncode, ran.stdout.splitlines(), ran.stderr.splitlines()


def test_a_restored_backup_is_sound(restored, described, project_root):
    code, said, errors = check(restored, described, project_root)
    assert (code, errors) == (0, [])
    assert said[-1] == "This backup is sound."
    kept = json.loads(described.read_text())["kept"]
    assert kept[HISTORY]["rows"] == Agency.history.count()
    assert "1 issued paper is sound, and rendered to the same bytes." in said
    rows = sum(table["rows"] for table in kept.values())
    assert f"Records: what is kept for good is there, unchanged ({rows:,} rows)." in said


def test_a_backup_with_fewer_rows_is_not_sound(restored, described, project_root):
    text = json.loads(described.read_text())
    rows = text["kept"][HISTORY]["rows"]
    text["kept"][HISTORY]["rows"] += 1
    described.write_text(json.dumps(text))
    code, _, errors = check(restored, described, project_root, "--no-render")
    assert (code, errors) == (
        1,
        [
            f"{HISTORY} has {rows} of the {rows + 1} rows that it had.",
            "CommandError: This backup is not sound.",
        ],
    )


def said_of(described):
    out, errors = StringIO(), StringIO()
    with pytest.raises(CommandError, match="not sound"):
        call_command("check_restore", against=described, stdout=out, stderr=errors)
    return errors.getvalue().splitlines()


def change(sql):
    """Change a row behind the triggers' back, as the owner of the database could."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql)
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
            [HISTORY],
        )
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql)
        for _, statement in triggers:
            cursor.execute(statement)


def test_a_changed_row_is_found(described):
    change(f"UPDATE {HISTORY} SET name = 'Another' WHERE short_name = 'First'")
    assert said_of(described) == [f"{HISTORY} has rows that were changed: their digest differs."]


def test_a_missing_row_is_found(described):
    rows = Agency.history.count()
    change(f"DELETE FROM {HISTORY} WHERE short_name = 'First'")
    assert said_of(described) == [f"{HISTORY} has {rows - 1} of the {rows} rows that it had."]


def test_rows_added_since_change_nothing(described):
    AgencyFactory()
    assert list(kept_records.differences(json.loads(described.read_text()))) == []


def test_a_missing_trigger_is_found(described):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER frozen_{HISTORY}_delete_0")
        else:
            cursor.execute(f"DROP TRIGGER frozen_{HISTORY}_delete ON {HISTORY}")
    try:
        (fault,) = said_of(described)
        assert fault.startswith("Triggers: 1 of ")
        assert f"frozen_{HISTORY}_delete" in fault
    finally:
        from agencies.records import guards

        guards.install(guards.GUARDS, "default")


def test_papers_are_verified_too(described):
    IssuedPaperFactory(pdf=b"another", pdf_sha256="0" * 64)
    assert any("its SHA-256 differs" in line for line in said_of(described))
