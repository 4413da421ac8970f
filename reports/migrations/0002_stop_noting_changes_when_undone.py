"""Drop the triggers that record changes when this migration is reversed, before their table
goes."""

from django.db import migrations


def stop_noting(apps, schema_editor):
    """Drop PostgreSQL's function and its triggers. SQLite's triggers are lifted before each
    migrate."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS reports_recordchange_note() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_briefings_and_papers")]

    operations = [migrations.RunPython(migrations.RunPython.noop, stop_noting)]
