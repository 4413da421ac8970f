"""Databases that earlier releases made, restored from the museum's dumps and opened by this one."""

import gzip
import os
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.migrations.state import ProjectState

from tests.museum.exhibits import HERE, Exhibit
from tests.template_databases import use

FOLDER = HERE / "databases"
SIGNED = {
    "reports_issuedpaper": "document, pdf, document_sha256, pdf_sha256",
    "reports_meetingpaper": "pdf, sha256",
    "reports_releasedpaper": "pdf, pdf_sha256",
}


def are_made_with_todays_libraries():
    return Exhibit(FOLDER).is_made_with_todays_libraries()


@contextmanager
def opened(commit, folder):
    """Let this process work in the database that the demo made at this commit, while the block runs."""
    plain = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        file = folder / f"{commit}.sqlite3"
        file.write_bytes(gzip.decompress((FOLDER / f"{commit}.sqlite3.gz").read_bytes()))
        use(str(file))
        try:
            yield
        finally:
            use(plain)
        return
    name = f"test_museum_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    use(name)
    try:
        dump = gzip.decompress((FOLDER / f"{commit}.postgresql.sql.gz").read_bytes()).decode()
        connection.ensure_connection()
        connection.connection.execute(dump)
        # The dump leaves its session without a search path.
        connection.close()
        yield
    finally:
        use(plain)
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def each_model_built_alone():
    """Let a migration build the class of the model that it changes, and none of the related ones.

    For each of the 1,000 operations of the replaced migrations Django builds up to 200 classes anew,
    which takes more than a minute. Operations on tables read none of them; before one that reads
    rows, all classes are built.
    """

    def only_this(self, app_label, model_name, delay=False):
        self.is_delayed = True
        return {(app_label, model_name)}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ProjectState, "_find_reload_model", only_this)
        yield


def signed_papers():
    """Return the bytes of all papers that are kept as they were signed, frozen or released."""
    found = {}
    with connection.cursor() as cursor:
        there = connection.introspection.table_names(cursor)
        for table in SIGNED.keys() & there:
            cursor.execute(f"SELECT id, {SIGNED[table]} FROM {table} ORDER BY id")
            found[table] = [
                tuple(bytes(each) if isinstance(each, memoryview) else each for each in row)
                for row in cursor.fetchall()
            ]
    return found
