"""Test deploy/restore.sh on a PostgreSQL server: beside the service first, then into place, and never half of it."""

import os
import subprocess
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection

from tests.codebase.source import ROOT
from tests.security.stub_programs import stubs
from trafficking_plan.testing.postgresql import find_programs

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ROLES = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'plan') THEN CREATE ROLE plan LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'plan_owner') THEN CREATE ROLE plan_owner LOGIN; END IF;
END $$
"""
TABLES = """
CREATE TABLE words (word text);
CREATE TABLE django_session (session_key text);
CREATE TABLE usersessions_usersession (id int);
"""


@pytest.fixture
def site(tmp_path):
    """An installation with a database of its own, whose commands and services only note that they were called."""
    values, name = connection.settings_dict, f"restore_{os.getpid()}"
    login = {"host": values["HOST"], "user": values["USER"]}
    log = stubs(
        tmp_path,
        su='while [ "$1" != -c ]; do shift; done; exec sh -c "$2"',
        systemctl="",
        chown="",
    )

    def sql(statement, database=name):
        with psycopg.connect(**login, dbname=database, autocommit=True) as to:
            cursor = to.execute(statement)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []

    def databases():
        return set(
            sql(
                f"SELECT datname FROM pg_database WHERE datname LIKE '{name}%'", database="postgres"
            )
        )

    def drop():
        for each in databases():
            sql(f'DROP DATABASE "{each}" WITH (FORCE)', database="postgres")

    drop()
    sql(ROLES, database="postgres")
    sql(f'CREATE DATABASE "{name}" OWNER plan_owner TEMPLATE template0', database="postgres")
    sql(TABLES)
    sql("INSERT INTO words VALUES ('as backed up'); INSERT INTO django_session VALUES ('open')")
    backup = tmp_path / "backups/20261201T010000Z"
    (backup / "files/2026").mkdir(parents=True)
    (backup / "files/2026/kept").write_text("as backed up")
    (backup / "records.json").write_text("{}")
    environment = {
        "PATH": f"{tmp_path}/stubs:{find_programs()}:{os.environ['PATH']}",
        "LOG": str(log),
        "PGHOST": values["HOST"],
        "PGUSER": values["USER"],
        "APPLICATION": "plan",
    }
    dump = ["pg_dump", "-Fc", "--no-owner", "-f", str(backup / "database.dump"), name]
    subprocess.run(dump, env=environment, check=True)
    sql("UPDATE words SET word = 'wrong since'")
    (tmp_path / "files").mkdir()
    (tmp_path / "files/later").write_text("later")
    (tmp_path / "venv/bin").mkdir(parents=True)
    command = tmp_path / "venv/bin/plan-register"
    command.write_text('#!/bin/sh\necho "plan-register $*" >> "$LOG"\n')
    command.chmod(0o755)
    (tmp_path / ".env").write_text(
        f"DATABASE_URL=postgresql://plan@%2Frun/{name}\nFILES_DIR={tmp_path}/files\n"
    )

    def restore(*options, **changes):
        return subprocess.run(
            ["sh", ROOT / "deploy/restore.sh", *options, backup],
            cwd=tmp_path,
            env={**environment, **changes},
            capture_output=True,
            text=True,
        )

    yield SimpleNamespace(**locals())
    drop()


def called(site):
    return site.log.read_text().splitlines()


def test_a_trial_touches_nothing_of_the_service(site):
    ran = site.restore()
    assert (ran.stderr, ran.returncode) == ("", 0)
    assert called(site)[-1] == "plan-register check_restore --against restored.json"
    assert not any(line.startswith("systemctl") for line in called(site))
    assert site.sql("SELECT word FROM words") == ["wrong since"]
    assert site.sql("SELECT word FROM words", f"{site.name}_restored") == ["as backed up"]
    assert (site.tmp_path / "restored/2026/kept").read_text() == "as backed up"
    assert [each.name for each in (site.tmp_path / "files").iterdir()] == ["later"]


def test_into_place_everybody_is_signed_out_and_what_was_there_is_kept(site):
    with psycopg.connect(**site.login, dbname=site.name) as of_another_node:
        ran = site.restore("--into-place")
        assert (ran.stderr, ran.returncode) == ("", 0)
        with pytest.raises(psycopg.OperationalError):
            of_another_node.execute("SELECT 1")
    assert site.databases() == {site.name, f"{site.name}_lost"}
    assert site.sql("SELECT word FROM words") == ["as backed up"]
    assert site.sql("SELECT session_key FROM django_session") == []
    assert (site.tmp_path / "files/2026/kept").read_text() == "as backed up"
    assert (site.tmp_path / "files_lost/later").read_text() == "later"
    services = "plan-register-web plan-register-worker"
    assert [line for line in called(site) if not line.startswith(("su", "chown"))][-3:] == [
        f"systemctl stop {services}",
        f"systemctl start {services}",
        "plan-register check_service",
    ]
    again = site.restore("--into-place")
    assert (again.returncode, "from an earlier restore" in again.stderr) == (1, True)


def test_a_dry_run_prints_each_step_and_does_none(site):
    ran = site.restore("--dry-run", "--into-place")
    assert (ran.stderr, ran.returncode) == ("", 0)
    assert "+ systemctl stop plan-register-web plan-register-worker" in ran.stdout
    assert site.databases() == {site.name}
    assert not any(line.startswith(("systemctl", "plan-register")) for line in called(site))


def test_a_backup_that_is_not_sound_is_not_put_into_place(site):
    site.command.write_text("#!/bin/sh\necho It is not sound.\nexit 1\n")
    ran = site.restore("--into-place")
    assert ran.returncode == 1
    assert not any(line.startswith("systemctl") for line in called(site))
    assert site.sql("SELECT word FROM words") == ["wrong since"]


def test_half_a_restore_starts_nothing_and_says_how_to_end_it(site):
    stubs(site.tmp_path, mv="exit 1")
    ran = site.restore("--into-place")
    assert ran.returncode == 1
    assert f"its files are still in {site.tmp_path}/restored. Move them to" in ran.stderr
    assert not any(line.startswith("systemctl start") for line in called(site))
    with pytest.raises(psycopg.OperationalError, match="not currently accepting"):
        site.sql("SELECT word FROM words")


def test_if_the_database_does_not_change_places_files_stay_and_the_service_starts(site):
    psql = find_programs() / "psql"
    # The one that renames has its statements on standard input, and waits for none.
    stubs(
        site.tmp_path, psql=f'case "$*" in *ON_ERROR_STOP*postgres) exit 3;; esac; exec {psql} "$@"'
    )
    ran = site.restore("--into-place")
    assert ran.returncode == 3
    assert "Nothing was moved. The service is started again as it was." in ran.stderr
    assert called(site)[-1] == "systemctl start plan-register-web plan-register-worker"
    assert site.sql("SELECT word FROM words") == ["wrong since"]
    assert (site.tmp_path / "files/later").exists()


@pytest.mark.parametrize("name", ["records.json", "database.dump"])
def test_half_a_backup_is_refused(site, name):
    (site.backup / name).unlink()
    ran = site.restore()
    assert (ran.returncode, f"has no {name}, so it is not a whole backup" in ran.stderr) == (
        1,
        True,
    )
    assert not site.log.exists()
