"""Test migrations: none is missing, and each name says what it does."""

import re

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations import AddField, CreateModel, Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.codebase.source import APPS, ROOT

# Names that makemigrations generates, in whole or in part.
MADE_UP = re.compile(
    r"auto_\d|_and_more$|^\d{4}_initial$|^\d{4}_(alter|remove|rename)_\w+_\w+_\w+_\w+$"
)


def missing(recorded, wanted):
    changes = MigrationAutodetector(recorded, wanted).changes(graph=MigrationLoader(None).graph)
    return {app: changes[app] for app in changes if app in APPS}


def test_no_migration_is_missing():
    recorded = MigrationLoader(None).project_state()
    assert missing(recorded, ProjectState.from_apps(apps)) == {}


def test_the_check_finds_a_field_without_a_migration():
    recorded = MigrationLoader(None).project_state()
    del recorded.models["agencies", "agency"].fields["name"]
    assert list(missing(recorded, ProjectState.from_apps(apps))) == ["agencies"]


def test_every_migration_is_named_for_its_change():
    names = [
        path.stem
        for app in APPS
        for path in (ROOT / app / "migrations").glob("0*.py")
        if MADE_UP.search(path.stem)
    ]
    assert names == []


@pytest.mark.parametrize(
    "name",
    ["0001_initial", "0003_auto_20261124_1012", "0004_alter_workitem_status_and_more"],
)
def test_the_check_finds_an_automatic_name(name):
    assert MADE_UP.search(name)


def columns_that_an_earlier_release_cannot_fill(migrations):
    """Columns that a migration adds as NOT NULL without a default in the database. A table that it makes itself, which
    an earlier release does not know, may have any."""
    return [
        f"{migration.app_label}.{operation.model_name}.{operation.name}"
        for migration in migrations
        for made in [
            {each.name_lower for each in migration.operations if isinstance(each, CreateModel)}
        ]
        for operation in migration.operations
        if isinstance(operation, AddField)
        and operation.model_name_lower not in made
        and not operation.field.many_to_many
        and not operation.field.null
        and not operation.field.has_db_default()
    ]


def after_the_squash():
    loader = MigrationLoader(None)
    replaced = {key for each in loader.replacements.values() for key in each.replaces}
    return [
        migration
        for key, migration in loader.disk_migrations.items()
        if key[0] in (*APPS, "requests") and key not in replaced and not migration.replaces
    ]


# Django takes up to a fifth of a second for each, as it builds the classes of nearly all models again.
MOST_OPERATIONS = 40


def run_on_a_new_database(loader):
    plan = [key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]
    return [
        operation
        for app, name in dict.fromkeys(plan)
        if app in (*APPS, "requests")
        for operation in loader.graph.nodes[app, name].operations
    ]


def test_a_new_database_is_made_quickly():
    number = len(run_on_a_new_database(MigrationLoader(None)))
    assert number <= MOST_OPERATIONS, (
        f"A new database runs {number} operations. Squash again: “Squash migrations” in docs/recipes.md."
    )


def test_the_check_counts_the_operations_of_a_new_database():
    """Without the squashed migrations, those that they replace."""
    assert len(run_on_a_new_database(MigrationLoader(None, replace_migrations=False))) > 1_000


def test_an_earlier_release_can_write_on_the_tables_of_a_later_one():
    """After a roll back, and while the nodes are upgraded one by one."""
    assert columns_that_an_earlier_release_cannot_fill(after_the_squash()) == []


def test_the_check_finds_a_column_without_a_default():
    step = Migration("0099_add_funding", "workitems")
    step.operations = [AddField("workitem", "funding", models.TextField(blank=True))]
    assert columns_that_an_earlier_release_cannot_fill([step]) == ["workitems.workitem.funding"]


def test_the_check_allows_any_column_of_a_table_of_the_same_migration():
    step = Migration("0099_add_grants", "workitems")
    step.operations = [
        CreateModel("Grant", []),
        AddField("grant", "purpose", models.TextField()),
        AddField("workitem", "funding", models.TextField()),
    ]
    assert columns_that_an_earlier_release_cannot_fill([step]) == ["workitems.workitem.funding"]


def test_the_check_allows_a_descriptive_name():
    assert not MADE_UP.search("0007_add_stalled_status")
