"""Drop the table in which version 1.0.0 logged what was saved on Django's administration pages.

The pages went with a later version. Whatever they saved is in the history of its record too.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("agencies", "0014_record_resets_of_the_second_step")]

    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS django_admin_log", migrations.RunSQL.noop)
    ]
