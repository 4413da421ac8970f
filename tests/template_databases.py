"""Gives each run of pytest, and each of its workers, a database copied from a migrated template.

Migrating takes far longer than copying. On SQLite the template is kept under `var/`, so it serves
the next runs too; on PostgreSQL it is kept in the server. Its name holds a digest of everything
that it was made from, so a template that is out of date is never used.

`python -m tests.template_databases` makes the template alone. `manage.py test` runs it beside other
work: migrating uses one core, and all workers of a suite would wait for it.
"""

import contextlib
import fcntl
import gc
import hashlib
import os
import shutil

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.test.utils import setup_test_environment

# A country may leave out an app.
FOLDER = settings.BASE_DIR / "var" / "test-databases" / settings.COUNTRY
APPS = ("trafficking_plan", "agencies", "workitems", "reports", "reports/requests")
# What `migrate` reads: the steps, the models, triggers and indexes that it ends with, other people's apps.
SOURCES = (
    "migrations/**/*.py",
    "models/**/*.py",
    "models.py",
    "records/*.py",
    "apps.py",
)
OTHER_SOURCES = ("trafficking_plan/settings.py", "requirements-dev.lock")


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, tmp_path_factory):
    """Stand in for pytest-django's own fixture, which migrates a database from nothing."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    databases = (
        SqliteDatabases(tmp_path_factory.mktemp("database"))
        if connection.vendor == "sqlite"
        else PostgresqlDatabases(f"test_{worker}_{os.getpid()}")
    )
    with django_db_blocker.unblock(), template_of(databases) as template:
        databases.copy(template)
    yield
    with django_db_blocker.unblock():
        connection.close()
        databases.remove()


def template_key(root):
    """Return a digest of Django's version and of every file that decides what `migrate` makes."""
    paths = {root / name for name in OTHER_SOURCES}
    for app in APPS:
        for pattern in SOURCES:
            paths.update((root / app).glob(pattern))
    digest = hashlib.sha256(f"Django {django.get_version()} {settings.REQUESTS}\n".encode())
    for path in sorted(paths):
        contents = path.read_bytes()
        digest.update(f"{path.relative_to(root)} {len(contents)}\n".encode())
        digest.update(contents)
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def template_of(databases):
    """Yield the template, made if there is none, while no other process makes or copies it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{connection.vendor}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield databases.template(template_key(settings.BASE_DIR))


def use(name):
    """Let every connection of this process open the database of this name from now on."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def migrate(name):
    """Make a database of this name from nothing.

    Django's own test command would also make the table of the cache, which a live service has from
    `migrate` alone.
    """
    plain = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation._create_test_db(verbosity=0, autoclobber=True)
    use(name)
    # Django's, because ours also marks the folder of uploaded files, and tests begin without a mark.
    call_command(Migrate(), verbosity=0, interactive=False, run_syncdb=True)
    # On SQLite the last connection to close also moves everything into the one file.
    use(plain)


class SqliteDatabases:
    """Files: in memory, two threads would share one connection."""

    def __init__(self, folder):
        self.folder = folder

    def template(self, key):
        template = FOLDER / f"{key}.sqlite3"
        if not template.exists():
            unfinished = FOLDER / "unfinished.sqlite3"
            migrate(str(unfinished))
            for old in FOLDER.glob("*.sqlite3"):
                if old != unfinished:
                    old.unlink()
            unfinished.rename(template)
        return template

    def copy(self, template):
        shutil.copyfile(template, self.folder / "test.sqlite3")
        use(str(self.folder / "test.sqlite3"))

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresqlDatabases:
    """Databases of one server, copied by the server itself."""

    def __init__(self, name):
        self.name = name
        self.plain = connection.settings_dict["NAME"]

    def template(self, key):
        template = f"test_template_{key}"
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
            made = cursor.fetchone() is not None
        if not made:
            unfinished = f"test_unfinished_{settings.COUNTRY}"
            migrate(unfinished)
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{template}"')
        return template

    def copy(self, template):
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')
        use(self.name)

    def remove(self):
        use(self.plain)
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')


def main():
    """Make the template of the database that the settings name."""
    gc.disable()  # a tenth of the time; the process ends soon
    django.setup()
    setup_test_environment()
    databases = SqliteDatabases(None) if connection.vendor == "sqlite" else PostgresqlDatabases("")
    with template_of(databases):
        pass


if __name__ == "__main__":
    main()
