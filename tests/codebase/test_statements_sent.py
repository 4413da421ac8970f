"""Test the list of what each test sends to the database."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from tests import statements_sent
from tests.statements_sent import Recorder, shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('SELECT "id" FROM "item" WHERE "id" IN (%s, %s)', 'SELECT "id" FROM "item" WHERE "id" IN (%s, %s, %s)'),
        ('SAVEPOINT "s139_x1"', 'SAVEPOINT "s27_x12"'),
        ('SELECT 1 FROM "item" LIMIT 21', 'SELECT 0 FROM "item" LIMIT 5'),
        ('INSERT INTO "item" ("id") VALUES (%s), (%s)', 'INSERT INTO "item" ("id") VALUES (%s)'),
    ],
)  # fmt: skip
def test_statements_that_differ_in_numbers_have_one_shape(one, other):
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('SELECT "id" FROM "item"', 'SELECT "id" FROM "step"'),
        ('SELECT "id" FROM "item"', 'SELECT "id" FROM "item" FOR UPDATE'),
        ('SELECT "id" FROM "item" WHERE "a" = %s', 'SELECT "id" FROM "item" WHERE "a" LIKE %s'),
    ],
)
def test_statements_that_ask_something_else_have_two(one, other):
    assert shape(one) != shape(other)


def test_what_a_test_alone_sends_is_listed_beneath_its_module(tmp_path, capsys):
    rows = [
        ["tests/test_a.py::test_one[1]", 1.0, ["x", "y"]],
        ["tests/test_a.py::test_one[2]", 1.5, ["x", "z"]],
        ["tests/test_b.py::test_two", 0.25, ["x"]],
    ]
    (tmp_path / "gw0.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    statements_sent.main(tmp_path)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["2.5", "s", "1", "tests", "tests/test_a.py"],
        ["2", "of", "test_one", "(2.5", "s)"],
        ["0.2", "s", "1", "tests", "tests/test_b.py"],
    ]


@pytest.mark.django_db
def test_what_is_sent_is_noted_also_what_the_database_refuses(tmp_path, monkeypatch):
    for name in ("_execute", "_executemany"):  # put back after the test
        monkeypatch.setattr(CursorWrapper, name, getattr(CursorWrapper, name))
    noted = Recorder(tmp_path).sent
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.execute("SELECT 2")
        assert len(noted) == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("SELECT nothing_of_that_name")
    assert len(noted) == 5  # and the savepoint, the way back to it, and its end
