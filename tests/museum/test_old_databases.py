"""Test that databases of earlier releases become what a new one is, with their papers untouched."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests.museum.database_schemas import as_restored, parts_of, schema_of
from tests.museum.old_databases import (
    are_made_with_todays_libraries,
    each_model_built_alone,
    opened,
    signed_papers,
)
from trafficking_plan.running import service_checks

OURS = ("agencies", "workitems", "reports", "requests")


@pytest.fixture
def schema_of_a_new_database(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield schema_of(connection)
        connection.close()


@pytest.mark.parametrize(
    ("commit", "stops"),
    [
        # Interrupted among the migrations that the squashed ones replace. In one go it takes the same steps.
        pytest.param(
            "0c0aba37", [("workitems", "0012"), ("reports", "0014")], id="version 1.0.0, half-way"
        ),
        pytest.param("98dfdb97", [], id="before the first squash"),
        # Made by the squashed migrations of that day, then interrupted among those that came after them.
        pytest.param(
            "c52ff443",
            [
                ("agencies", "0016"),
                ("workitems", "0033"),
                ("reports", "0031"),
                ("requests", "0003"),
            ],
            id="made by the first squash, half-way",
        ),
    ],
)
def test_an_upgraded_database_is_like_a_new_one_and_keeps_its_papers(
    commit, stops, schema_of_a_new_database, tmp_path
):
    with opened(commit, tmp_path), each_model_built_alone():
        papers = signed_papers()
        assert all(papers.values())
        for app, name in stops:
            call_command("migrate", app, name, verbosity=0)
            assert service_checks.why_not_to_migrate() == ""
            assert service_checks.unapplied_migrations() != []
        call_command("migrate", verbosity=0)

        assert differences(schema_of(connection), schema_of_a_new_database) == []
        assert {table: rows for table, rows in signed_papers().items() if table in papers} == papers
        assert service_checks.check_migrations() == service_checks.well("All are applied.")
        said = StringIO()
        is_same = are_made_with_todays_libraries()
        call_command("check_restore", no_render=not is_same, stdout=said)
        how = "and rendered to the same bytes" if is_same else "by their SHA-256"
        assert f"2 issued papers are sound, {how}.\n" in said.getvalue()
        assert said.getvalue().endswith("This backup is sound.\n")


def differences(this, other):
    """Return each definition that only one of the schemas has."""
    return sorted(
        (name, "upgraded" if part in this.get(name, ()) else "new", part)
        for name in this.keys() | other.keys()
        for part in this.get(name, set()) ^ other.get(name, set())
    )


def test_every_kind_of_definition_is_compared(schema_of_a_new_database):
    kinds = {name.rsplit(" of ", 1)[0] for name in schema_of_a_new_database}
    assert kinds == (
        {"columns and constraints", "index", "table", "trigger"}
        if connection.vendor == "sqlite"
        else {"columns", "constraints", "indexes", "triggers", "functions", "other relations"}
    )


def test_a_list_is_the_same_in_a_restored_backup():
    new = "CHECK (((role)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))"
    restored = "CHECK (((role)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))"
    assert as_restored(new) == as_restored(restored) == "CHECK (((role) = ANY (ARRAY['a', 'b'])))"


def test_columns_and_constraints_are_told_apart():
    sql = """CREATE TABLE "a" ("b" text CHECK ("b" IN ('(', ',')), UNIQUE ("b", "c")) STRICT"""
    assert list(parts_of(sql)) == [
        """"b" text CHECK ("b" IN ('(', ','))""",
        'UNIQUE ("b", "c")',
        "STRICT",
    ]


def test_a_database_with_any_part_of_the_replaced_migrations_can_be_completed(monkeypatch):
    """Squashed migrations must not wait for each other, whatever was applied before they came."""
    disk = MigrationLoader(None).disk_migrations
    replaced = {key for each in disk.values() for key in each.replaces}
    order = replaced_in_order(replaced)
    assert set(order) >= replaced
    for count in range(len(order) + 1):
        applied = dict.fromkeys(order[:count])
        # As `migrate APP` records.
        applied |= {
            key: None
            for key, each in disk.items()
            if each.replaces and applied.keys() >= set(each.replaces)
        }
        monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _, a=applied: a.copy())
        executor = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        made = set(applied)
        for migration, _ in plan:
            made.update(migration.replaces or [(migration.app_label, migration.name)])
        assert made >= replaced
        assert len(made) == len(applied) + sum(len(each.replaces) or 1 for each, _ in plan)


def replaced_in_order(replaced):
    """Return them, and what they depend on of other apps, in the order of the first installation."""
    graph = MigrationLoader(None, replace_migrations=False).graph
    last = [max(key for key in replaced if key[0] == app) for app in OURS]
    return list(dict.fromkeys(key for each in last for key in graph.forwards_plan(each)))
