"""Test deploy/backup.sh: no password on a command line, and a database without tables."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.codebase.source import ROOT

PASSWORD = "four walls/one plan"
STUB = """#!/bin/sh
tr '\\0' ' ' < /proc/$$/cmdline > seen-arguments
env | grep ^PG > seen-settings
while [ "$1" != --file ]; do shift; done
echo dump > "$2"
"""


@pytest.fixture
def installation(tmp_path):
    """A folder with venv, files and settings, where `pg_dump` only says what it was given."""
    for name in ("venv/bin", "files", "programs", "backups"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "venv/bin/python").symlink_to(sys.executable)
    command = f'#!/bin/sh\nexec {sys.executable} {ROOT}/manage.py "$@"\n'
    (tmp_path / "venv/bin/plan-register").write_text(command)
    (tmp_path / "programs/pg_dump").write_text(STUB)
    for name in ("venv/bin/plan-register", "programs/pg_dump"):
        (tmp_path / name).chmod(0o755)
    return tmp_path


def say_no_records(installation):
    """Let `describe_records` write an empty file, without a database."""
    (installation / "venv/bin/plan-register").write_text(
        '#!/bin/sh\n[ $# = 1 ] || echo "{}" > "$2"\n'
    )


def back_up(installation, *days, **settings):
    (installation / ".env").write_text("".join(f"{name}={settings[name]}\n" for name in settings))
    ran = subprocess.run(
        ["sh", ROOT / "deploy/backup.sh", "backups", *days],
        cwd=installation,
        env={
            "PATH": f"{installation}/programs:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "DEBUG": "yes",
            "SET_UP": "no",
            "ENV_FILE": str(installation / ".env"),
        },
        capture_output=True,
        text=True,
    )
    return ran, installation / ran.stdout.splitlines()[-1] if ran.stdout else None


def test_an_empty_database_is_backed_up(installation):
    """As between installing and the first `migrate`."""
    ran, made = back_up(
        installation,
        DATABASE_URL=f"sqlite:///{installation}/empty.sqlite3",
        FILES_DIR=installation / "files",
    )
    assert (ran.stderr, ran.returncode) == ("", 0)
    assert json.loads((made / "records.json").read_text()) == {"kept": {}, "rows": {}}
    assert {each.name for each in made.iterdir()} == {
        "records.json",
        "database.sqlite3",
        "files",
    }


def test_a_backup_has_all_files_and_takes_disk_for_the_new_ones(installation):
    say_no_records(installation)
    settings = {
        "DATABASE_URL": f"sqlite:///{installation}/empty.sqlite3",
        "FILES_DIR": installation / "files",
    }
    (installation / "files/first").write_text("first")
    _, one = back_up(installation, **settings)
    one.rename(installation / "backups/20261130T010000Z")
    (installation / "files/second").write_text("second")
    ran, two = back_up(installation, **settings)
    assert (ran.stderr, ran.returncode) == ("", 0)
    assert {each.name: each.read_text() for each in (two / "files").iterdir()} == {
        "first": "first",
        "second": "second",
    }
    before = installation / "backups/20261130T010000Z/files/first"
    assert (two / "files/first").samefile(before)
    (installation / "files/first").unlink()
    two.rename(installation / "backups/20261130T020000Z")
    _, three = back_up(installation, **settings)
    assert [each.name for each in (three / "files").iterdir()] == ["second"]


def test_old_backups_are_deleted_but_the_first_of_each_month(installation):
    say_no_records(installation)
    long_ago = datetime(2026, 8, 1, tzinfo=UTC).timestamp()
    for name in ("20260630", "20260701", "20260702", "20260703"):
        (installation / f"backups/{name}T010000Z").mkdir()
        os.utime(installation / f"backups/{name}T010000Z", (long_ago, long_ago))
    settings = {
        "DATABASE_URL": f"sqlite:///{installation}/empty.sqlite3",
        "FILES_DIR": installation / "files",
    }
    ran, made = back_up(installation, **settings)
    assert len([*(installation / "backups").iterdir()]) == 5
    made.rename(installation / "backups/20260704T010000Z")
    ran, made = back_up(installation, "35", **settings)
    assert (ran.stderr, ran.returncode) == ("", 0)
    assert {each.name[:8] for each in (installation / "backups").iterdir()} == {
        *("20260630", "20260701", "20260704", made.name[:8])
    }


def test_a_password_is_on_no_command_line(installation):
    say_no_records(installation)
    url = "postgresql://plan:four%20walls%2Fone%20plan@db.example/plan?sslmode=verify-full"
    ran, made = back_up(installation, DATABASE_URL=f'"{url}"', FILES_DIR=installation / "files")
    assert (ran.stderr, ran.returncode) == ("", 0)
    assert (made / "database.dump").read_text() == "dump\n"
    arguments = (installation / "seen-arguments").read_text()
    assert ("four" in arguments, "db.example" in arguments) == (False, False)
    assert set((installation / "seen-settings").read_text().splitlines()) == {
        f"PGPASSWORD={PASSWORD}",
        "PGUSER=plan",
        "PGHOST=db.example",
        "PGDATABASE=plan",
        "PGSSLMODE=verify-full",
    }


def test_files_that_are_not_there_are_no_backup(installation):
    say_no_records(installation)
    ran, made = back_up(
        installation,
        DATABASE_URL=f"sqlite:///{installation}/empty.sqlite3",
        FILES_DIR=installation / "gone",
    )
    assert ran.returncode != 0
    assert not (installation / "gone").exists()
    assert [each.suffix for each in (installation / "backups").iterdir()] == [".unfinished"]
