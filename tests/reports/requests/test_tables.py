"""Test that the tables of official information are those of earlier releases, and are made where they are absent."""

from types import SimpleNamespace

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

FIRST = ("requests", "0001_requests_and_releases")
MODELS = list(apps.get_app_config("requests").get_models())
# Those of the first migration; later ones are made by migrations of their own.
TABLES = {model._meta.db_table for model in MODELS} - {
    *("reports_filecheck", "reports_publicletter")
}


def made_beside(present):
    """Return the tables that the first migration makes in a database with these."""
    loader = MigrationLoader(None, replace_migrations=False)
    (operation,) = loader.get_migration(*FIRST).operations
    before, after = (loader.project_state(FIRST, at_end=at_end) for at_end in (False, True))
    made = []
    introspection = SimpleNamespace(table_names=lambda: [*present])
    editor = SimpleNamespace(
        connection=SimpleNamespace(alias="default", introspection=introspection),
        create_model=lambda model: made.append(model._meta.db_table),
    )
    operation.database_forwards("requests", editor, before, after)
    return made


def test_every_table_keeps_the_name_that_reports_gave_it():
    """Digests of kept records, and databases of earlier releases, have these."""
    assert {model._meta.label_lower: model._meta.db_table for model in MODELS} == {
        model._meta.label_lower: f"reports_{model._meta.model_name}" for model in MODELS
    }


def test_a_new_database_gets_every_table():
    assert set(made_beside(["reports_briefing"])) == TABLES


def test_a_database_of_an_earlier_release_keeps_its_tables():
    assert made_beside(["reports_briefing", *TABLES]) == []


def test_only_absent_tables_are_made():
    assert made_beside(TABLES - {"reports_linecopy"}) == ["reports_linecopy"]
