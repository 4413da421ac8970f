"""Test deploy/backup.sh: no password on a command line, and a database without tables."""

import json
import os
import subprocess
import sys

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
    (installation / "venv/bin/plan-register").write_text('#!/bin/sh\necho "{}" > "$2"\n')


def back_up(installation, **settings):
    (installation / ".env").write_text("".join(f"{name}={settings[name]}\n" for name in settings))
    ran = subprocess.run(
        ["sh", ROOT / "deploy/backup.sh", "backups"],
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
        "files.tar.gz",
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
