"""The cache's own table, so that counts of failed sign-ins are shared and `migrate` is enough."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_agencies_people_and_seats")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
