"""Test migrations: none is missing, and each name says what it does."""

import re

import pytest
from django.apps import apps
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


def test_the_check_allows_a_descriptive_name():
    assert not MADE_UP.search("0007_add_stalled_status")
